"""For how many months a ring lasts is what adding up growth month by month comes to."""

import csv
from dataclasses import replace
from fractions import Fraction
from io import StringIO

import pytest

from models.answer.review import Growth, Runway
from planner import formats, pipeline
from planner.errors import BadInput
from planner.paper import PLAIN
from planner.review.nodes.runway import parsed_rate, runway
from planner.review.report import words
from tests.review.test_numbers import path_of, reviewed
from tests.shop_that_buys import node, quiet, workload, write


def lasts(percent: int, rate: int) -> int:
    """Grow month by month."""
    size, months = Fraction(1), 0
    while (size := size * (1 + Fraction(rate, 10_000))) <= 1 + Fraction(percent, 100):
        months += 1
    return months


@pytest.mark.parametrize("rate", ["0.5%/month", "3%/month", "20%/month", "100%/month"])
def test_months_are_counted_one_by_one(rate):
    ring = reviewed("quickstart").rings[0]
    parsed = parsed_rate(rate)
    for percent in (0, 1, 3, 20, 100, 256):
        told = runway(replace(ring, growth=Growth(percent, percent == 256)), (parsed,))
        assert told == Runway(parsed.rate, lasts(percent, parsed.rate), percent == 256)


def planned(tmp_path, **policy):
    work = [workload("api", "restricted", "1", 2), workload("plugin", "untrusted", "1", 3)]
    return pipeline.plan(write(tmp_path, work, [node("n-1"), node("n-2")], **policy), quiet, exact=True)


def test_the_ring_that_is_full_first_is_named(tmp_path):
    review = pipeline.review(planned(tmp_path), quiet, growth=["10%/month", "restricted=30%/month"])
    assert {ring.name: (ring.growth.percent, ring.runway) for ring in review.rings} == {
        "restricted": (100, Runway(3000, 2)),  # 1.69, and 2.197 in the third
        "untrusted": (33, Runway(1000, 2)),  # 1.21, and 1.331 in the third
    }
    headline = words.headlines(review)[2]
    first = min(review.rings, key=lambda ring: (ring.runway.months, ring.growth.percent))
    assert headline.value == f"{first.runway.months} months"
    assert f"a month ring {first.name} is full in month {first.runway.months + 1}: it can grow by" in headline.note
    head, *rows = csv.reader(StringIO(formats.review(review, "csv", PLAIN, "rings")))
    told = {row[0]: dict(zip(head, row, strict=True)) for row in rows if row[1] == "ring"}
    for ring in review.rings:
        assert told[ring.name]["can_grow_percent"] == str(ring.growth.percent)
        assert told[ring.name]["months"] == str(ring.runway.months)
        for kind in ("md", "html"):
            assert f"{ring.growth.percent} %, {ring.runway.months} months" in formats.review(review, kind, PLAIN)


def test_a_ring_grows_as_fast_as_the_fastest_of_its_groups(tmp_path):
    plan = planned(tmp_path, mayShare=[["restricted", "untrusted"]])
    (ring,) = pipeline.review(plan, quiet, growth=["restricted=1%/month", "untrusted=7.25%/month"]).rings
    assert ring.runway.rate == 725
    assert words.rate(ring.runway) == "7.25 %"


def test_without_a_rate_nothing_is_said_of_months(tmp_path):
    review = pipeline.review(planned(tmp_path), quiet, growth=["restricted=1%/month"])
    assert [ring.name for ring in review.rings if ring.runway] == ["restricted"]
    quick = pipeline.review(planned(tmp_path), quiet, growth=["1%/month"], quick=True)
    assert not any(ring.runway for ring in quick.rings)


@pytest.mark.parametrize("text", ["3%", "3/month", "0%/month", "101%/month", "-1%/month", "3%/year", "x%/month", "1.234%/month"])
def test_what_is_no_growth_per_month_is_refused(text):
    with pytest.raises(ValueError, match="write 3%/month"):
        parsed_rate(text)


def test_a_level_that_is_not_there_is_bad_input():
    with pytest.raises(BadInput, match="--growth: no level or trust group is called 'nobody'"):
        pipeline.review(pipeline.load(str(path_of("quickstart"))), quiet, quick=True, growth=["nobody=3%/month"])
