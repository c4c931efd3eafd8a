"""What is done in processes of their own is done as if one came after another."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from planner.solve import beside

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import sys
from planner.solve import beside
with open(sys.argv[1], "a") as runs:
    runs.write("a run")
beside.processors = lambda: 2
print([list(one) for one in beside.each(dict.fromkeys, [(1,), (2,)])])
"""


@pytest.fixture(autouse=True)
def _two_processors(monkeypatch):
    monkeypatch.setattr(beside, "processors", lambda: 2)


def square(number, over):
    return [number * number, os.getpid(), os.getpgrp(), over()]


def only_here(pid, over):
    if os.getpid() != pid:
        raise RuntimeError
    return [pid]


def refused(word, over):
    raise ValueError(word)


def endless(path, over):
    path.write_text(str(os.getpid()))
    threading.Event().wait()


def test_each_thing_has_a_process_of_its_own_which_ctrl_c_does_not_reach():
    found = beside.each(square, range(5))
    assert [one[0] for one in found] == [0, 1, 4, 9, 16]
    assert len({one[1] for one in found} - {os.getpid()}) == 5
    assert os.getpgrp() not in {one[2] for one in found}
    assert not any(one[3] for one in found)


@pytest.mark.parametrize(
    ("things", "options"),
    [
        pytest.param([3], {}, id="one thing alone"),
        pytest.param([3, 4], {"apart": False}, id="things that are not worth it"),
    ],
)
def test_no_process_is_started_for(things, options):
    assert {one[1] for one in beside.each(square, things, **options)} == {os.getpid()}


def test_where_no_process_can_be_started_all_is_done_here(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert {one[1] for one in beside.each(square, [3, 4])} == {os.getpid()}


def test_what_a_process_could_not_do_is_done_here():
    assert beside.each(only_here, [os.getpid()] * 2) == [[os.getpid()]] * 2


def test_an_error_is_raised_here():
    with pytest.raises(ValueError, match="no"):
        beside.each(refused, ["no", "nothing"])


def test_once_it_is_over_no_process_is_waited_for(tmp_path):
    paths = [tmp_path / str(number) for number in range(4)]

    def over():
        return all(path.exists() and path.read_text() for path in paths[:2])

    assert beside.each(endless, paths, over) == [[]] * 4
    assert not any(path.exists() for path in paths[2:])
    for path in paths[:2]:
        with pytest.raises(ProcessLookupError):
            os.kill(int(path.read_text()), 0)


def test_nothing_is_begun_that_is_over():
    assert beside.each(refused, ["no", "nothing"], lambda: True, apart=False) == [[], []]


def test_a_script_that_plans_is_not_run_again_in_each_process(tmp_path):
    script, runs = tmp_path / "script.py", tmp_path / "runs"
    script.write_text(SCRIPT)
    command = [sys.executable, script, runs]
    made = subprocess.run(command, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True)
    assert (made.stdout, runs.read_text()) == ("[[1], [2]]\n", "a run")
