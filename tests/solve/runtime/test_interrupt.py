"""Work ends by the clock and by Ctrl-C, whether it looks at them or not."""

import os
import signal
import subprocess
import sys
import threading
from itertools import count, repeat

import pytest

from models.solver.outcome import UNDECIDED
from models.solver.problem import NodeSlot, PodClass, Problem
from planner.solve import Deadline, SearchContext, fewest_nodes, purchase, redundant_purchase, repairs, solve
from planner.solve.runtime.interrupt import HALT, Halt, in_time, on_interrupt

PROBLEM = Problem(
    resources=("cpu", "pods"),
    rings=("a", "b"),
    classes=(
        PodClass("x", 0, 3, (1, 1), (0, 1)),
        PodClass("y", 1, 2, (1, 1), (0, 1)),
        PodClass("d", -1, 0, (0, 0), (1,), daemon=True),
    ),
    nodes=(NodeSlot("n0", (4, 4), (0, 1)), NodeSlot("n1", (4, 4), (0, 1))),
)


def endless(*_given, **_more):
    for _ in repeat(None):
        pass


def test_work_that_ends_in_time_is_what_it_comes_to():
    assert in_time(lambda: "done", 1000.0) == in_time(lambda: "done", None) == "done"
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_work_that_looks_at_no_clock_is_cut_short():
    assert in_time(endless, 0.0) is None
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_within_work_that_is_cut_short_other_work_is_too():
    steps = []

    def outer():
        steps.append(in_time(endless, 0.0))
        steps.append(in_time(endless, 1000.0))
        endless()
        steps.append("never")

    assert in_time(outer, 0.1) is None
    assert steps == [None, None]


def test_what_was_noted_before_stays():
    noted = []

    def work():
        for number in count():
            noted.append(number)

    assert in_time(work, 0.0) is None
    assert noted[0] == 0


def test_other_errors_are_those_of_the_work():
    with pytest.raises(ZeroDivisionError):
        in_time(lambda: 1 / 0, 1000.0)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_in_other_threads_work_is_as_long_as_it_is():
    found = []
    thread = threading.Thread(target=lambda: found.append(in_time(lambda: "done", 0.0)))
    thread.start()
    thread.join()
    assert found == ["done"]


def test_an_end_that_is_asked_for_cuts_work_short_that_has_no_limit():
    with on_interrupt():
        HALT.has_begun = True

        def work():
            os.kill(os.getpid(), signal.SIGINT)
            endless()

        assert in_time(work, None) is None
        assert HALT.asked
    HALT.asked = False


def interrupted(times, has_begun):
    with on_interrupt():
        HALT.has_begun = has_begun
        for _ in range(times):
            os.kill(os.getpid(), signal.SIGINT)
        endless()


@pytest.mark.parametrize(
    ("times", "has_begun"),
    [
        pytest.param(1, False, id="the first one before anything is sought"),
        pytest.param(2, True, id="the second one"),
    ],
)
def test_ctrl_c_ends_all_at_once(times, has_begun):
    with pytest.raises(KeyboardInterrupt):
        interrupted(times, has_begun)
    HALT.asked = False


DEAF = """
import ctypes, os, signal, threading, time
from planner.solve.runtime.interrupt import HALT, on_interrupt
with on_interrupt():
    HALT.has_begun = True
    ask = lambda: [(time.sleep(0.2), os.kill(os.getpid(), signal.SIGINT)) for _ in range(2)]
    threading.Thread(target=ask).start()
    lock = ctypes.CDLL(None)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            lock.usleep(500000)
        except KeyboardInterrupt:
            pass
"""


def test_a_second_ctrl_c_ends_a_program_that_does_not_hear_it():
    ended = subprocess.run([sys.executable, "-c", DEAF], capture_output=True, text=True, timeout=50)
    assert (ended.returncode, "interrupted" in ended.stderr) == (3, True)


DROPPED = """
from itertools import repeat
from planner.solve.runtime.interrupt import in_time
def endless():
    for _ in repeat(None):
        pass
class Talkative:
    def __del__(self):
        endless()
def work():
    Talkative()
    endless()
print(in_time(work, 0.0))
"""


def test_an_alarm_that_python_drops_comes_again_and_nothing_is_said():
    ended = subprocess.run([sys.executable, "-c", DROPPED], capture_output=True, text=True, timeout=50)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "None\n", "")


def test_what_others_drop_is_said(monkeypatch):
    class Broken:
        def __del__(self):
            raise KeyError

    said = []
    monkeypatch.setattr(sys, "unraisablehook", lambda dropped: said.append(dropped.exc_type))
    in_time(Broken, 1000.0)
    assert said == [KeyError]


def test_what_is_being_imported_is_there_whole_before_work_is_cut_short(tmp_path, monkeypatch):
    (tmp_path / "alarming.py").write_text("import signal\nsignal.raise_signal(signal.SIGALRM)\nIS_WHOLE = True\n")
    monkeypatch.syspath_prepend(tmp_path)
    steps = []

    def work():
        import alarming

        steps.append(alarming.IS_WHOLE)
        signal.raise_signal(signal.SIGALRM)
        steps.append("never")

    assert in_time(work, 1000.0) is None
    assert steps == [True]


def test_an_end_may_be_asked_for_with_nothing_at_work():
    halt = Halt()
    halt.ask()
    halt.hurry()
    assert halt.asked


@pytest.mark.parametrize(
    "part",
    ["planner.solve.owned.solve.Builder.build", "planner.solve.owned.solve.facts_of", "planner.solve.owned.solve.Prover.prove"],
)
def test_a_search_of_which_a_part_never_ends_is_undecided(monkeypatch, part):
    monkeypatch.setattr(part, endless)
    found = solve(PROBLEM, SearchContext(deadline=Deadline(0.2)))
    if part.endswith("prove"):
        assert not any(found.unplaced), "what was built is there"
    else:
        assert (found.verdict, found.unplaced) == (UNDECIDED, (3, 2, 0))
    assert found.counts[2] == ((1, 1),)
    assert [goal.name for goal in found.goals][-4:] == ["unplaced", "moves", "relabels", "headroom"]


def test_what_was_packed_when_a_search_is_cut_short_is_taken_up(monkeypatch):
    monkeypatch.setattr("planner.solve.place.construct.relieve", endless)
    assert sum(solve(PROBLEM, SearchContext(deadline=Deadline(0.2))).unplaced) == 0


def test_what_a_search_that_never_ends_knows_of_prices_nodes_and_repairs(monkeypatch):
    monkeypatch.setattr("planner.solve.buy.solve.buy", endless)
    monkeypatch.setattr("planner.solve.place.min_nodes.fewest_nodes", endless)
    monkeypatch.setattr("planner.solve.infeasible.cheapest_repair.find_repairs", endless)
    monkeypatch.setattr("planner.solve.buy_redundant.search.redundant_purchase", endless)
    brief = SearchContext(deadline=Deadline(0.0))
    nothing = purchase(PROBLEM, brief)
    assert (nothing.bought, nothing.cost, nothing.bound, nothing.unplaced) == ((), 0, 0, (3, 2, 0))
    assert fewest_nodes(PROBLEM, brief) == (-1, 0)
    assert repairs(PROBLEM, solve(PROBLEM), brief) == ()
    assert redundant_purchase(PROBLEM, nothing, brief) is nothing
