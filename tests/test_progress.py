"""What a command says meanwhile: where stderr is no terminal a line now and then, and nothing where quiet is asked for."""

import threading

import pytest

from planner.commands import terminal


class Clock:
    """Lets so many pauses pass, once something is going on."""

    def __init__(self, times):
        self.left, self.pauses, self.is_going_on = times, [], threading.Event()

    def wait(self, pause):
        self.is_going_on.wait()
        self.pauses.append(pause)
        return len(self.pauses) > self.left

    def set(self):
        self.is_going_on.set()


@pytest.mark.parametrize(
    ("phrase", "times", "said"),
    [
        pytest.param("packing 2 rings", 0, "", id="what takes a moment says nothing"),
        pytest.param("packing 2 rings", 1, "2 s: packing 2 rings …\n", id="what takes two seconds says what it does"),
        pytest.param("", 1, "", id="unless nothing is known of it yet"),
        pytest.param("a\x1b[2Jb", 1, "2 s: a\\x1b[2Jb …\n", id="in characters that steer no terminal"),
    ],
)
def test_a_line_is_said_now_and_then(monkeypatch, capsys, phrase, times, said):
    monkeypatch.delenv(terminal.QUIET)
    with terminal.progress_shown(clock := Clock(times)) as progress:
        progress(phrase)
        clock.set()
    assert capsys.readouterr().err == said


def test_lines_come_less_and_less_often(monkeypatch, capsys):
    monkeypatch.delenv(terminal.QUIET)
    with terminal.progress_shown(clock := Clock(8)) as progress:
        progress("packing")
    assert clock.pauses == [2, 2, 4, 8, 16, 32, 60, 60, 60]
    assert [line.split(" s")[0] for line in capsys.readouterr().err.splitlines()] == [
        "2",
        "4",
        "8",
        "16",
        "32",
        "64",
        "124",
        "184",
    ]


def test_nothing_is_said_where_quiet_is_asked_for(monkeypatch, capsys):
    monkeypatch.setenv(terminal.QUIET, "1")
    with terminal.progress_shown(clock := Clock(8)) as progress:
        progress("packing")
    assert (clock.pauses, capsys.readouterr().err) == ([], "")
