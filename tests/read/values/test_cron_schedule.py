"""How soon one run of a schedule can follow another; the answers are those of github.com/robfig/cron v3.0.1."""

import pytest

from planner.read.values.cron_schedule import NotASchedule, shortest_interval

HOUR, DAY = 3600, 86400

INTERVALS = {
    "every minute": ("* * * * *", 60),
    "every five minutes": ("*/5 * * * *", 300),
    "steps that do not divide the hour are short at its end": ("*/7 * * * *", 240),
    "a step from a number goes on to the end": ("50/4 * * * *", 240),
    "a question mark is a star": ("0 ? * * ?", HOUR),
    "a list, also over the end of the hour": ("0,50 * * * *", 600),
    "a range of hours": ("0 9-17 * * *", HOUR),
    "twice a day, over midnight": ("30 1,23 * * *", 2 * HOUR),
    "once a day": ("0 2 * * *", DAY),
    "once a week": ("0 0 * * 1", 7 * DAY),
    "names of days and months in any case": ("0 0 * Jan SUN", 7 * DAY),
    "working days": ("0 0 * * mon-fri", DAY),
    "the shortest month": ("0 0 1 * *", 28 * DAY),
    "a leap day": ("0 0 29 2 *", 1461 * DAY),
    "a day of either field where both are limited": ("0 0 13 * 5", DAY),
    "a day of both where one has a star with a step of one": ("0 0 */1 * 5", 7 * DAY),
    "a step makes it no star": ("0 0 */2 * 5", DAY),
    "twice a day on days apart": ("0 6,18 1 1 *", 12 * HOUR),
    "a day that never comes": ("0 0 31 2 *", None),
    "a field of commas matches nothing": ("0 , * * *", None),
    "blanks around and between": ("  0  0 *  * 1 ", 7 * DAY),
    "a zone in front": ("CRON_TZ=UTC 5 * * * *", HOUR),
    "a name": ("@hourly", HOUR),
    "a name for a year": ("@annually", 365 * DAY),
    "a duration": ("@every 1h30m", 5400),
    "a duration with a fraction": ("@every 1.5h", 5400),
    "no duration is below a second": ("@every 300ms", 1),
}


@pytest.mark.parametrize(("text", "seconds"), INTERVALS.values(), ids=INTERVALS)
def test_the_shortest_time_from_one_run_to_the_next(text, seconds):
    assert shortest_interval(text) == seconds


REFUSED = (
    *("", "* * * *", "* * * * * *", "60 * * * *", "0 24 * * *", "0 0 0 * *", "0 0 * 13 *", "0 0 * * 7", "5-1 * * * *"),
    *("5- * * * *", "*/0 * * * *", "1/2/3 * * * *", "1-2-3 * * * *", "x * * * *", "jan * * * *"),
    *("@reboot", "@every", "@every x", "@every 1"),
)


@pytest.mark.parametrize("text", REFUSED)
def test_texts_that_are_no_schedule(text):
    with pytest.raises(NotASchedule):
        shortest_interval(text)
