"""What is done in processes of their own is done as if one came after another."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from planner.solve.runtime import workers

ROOT = Path(__file__).resolve().parents[3]
ONCE = """
import sys
from planner.solve.runtime import workers
with open(sys.argv[1], "a") as runs:
    runs.write("a run")
workers.processors = lambda: 2
print([list(one) for one in workers.run_each(dict.fromkeys, [(1,), (2,)])])
"""
LONG = """
import sys
from pathlib import Path
from planner.solve.runtime import workers
from tests.solve.runtime.test_workers import endless
workers.processors = lambda: 2
workers.run_each(endless, [Path(sys.argv[1])] * 2)
"""
PROCESSORS = workers.processors


@pytest.fixture(autouse=True)
def _two_processors(monkeypatch):
    monkeypatch.setattr(workers, "processors", lambda: 2)


def square(number, over):
    return [number * number, os.getpid(), over()]


def only_here(pid, over):
    if os.getpid() != pid:
        raise RuntimeError
    return [pid]


def ended(pid, over):
    if os.getpid() != pid:
        sys.exit()
    return [pid]


def interrupted(pid, over):
    os.kill(os.getpid(), signal.SIGINT)
    return [os.getpid() != pid]


def loud(pid, over):
    print("not an answer", flush=True)
    return [os.getpid() != pid]


def refused(word, over):
    raise ValueError(word)


def endless(path, over):
    """Say that this process works, and hold on to it: who reads a pipe of this name gets to its end when the process ends."""
    with path.open("w") as file:
        file.write(f"{os.getpid()} ")
        file.flush()
        threading.Event().wait(60)
        file.write("too late")
    return []


def test_each_thing_has_a_process_of_its_own():
    found = workers.run_each(square, range(5))
    assert [one[0] for one in found] == [0, 1, 4, 9, 16]
    assert len({one[1] for one in found} - {os.getpid()}) == 5
    assert not any(one[2] for one in found)


@pytest.mark.parametrize(
    ("things", "options"),
    [
        pytest.param([3], {}, id="one thing alone"),
        pytest.param([3, 4], {"apart": False}, id="things that are not worth it"),
    ],
)
def test_no_process_is_started_for(things, options):
    assert {one[1] for one in workers.run_each(square, things, **options)} == {os.getpid()}


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        pytest.param("executable", "/nowhere/python", id="which is not there"),
        pytest.param("executable", "/bin/true", id="which is another program"),
        pytest.param("executable", None, id="which is not known"),
        pytest.param("frozen", True, id="which is the planner itself"),
    ],
)
def test_where_there_is_no_python_to_start_all_is_done_here(monkeypatch, attribute, value):
    monkeypatch.setattr(sys, attribute, value, raising=False)
    assert {one[1] for one in workers.run_each(square, [3, 4])} == {os.getpid()}


@pytest.mark.parametrize("task", [pytest.param(only_here, id="fails there"), pytest.param(ended, id="ends its process")])
def test_what_a_process_could_not_do_is_done_here(task):
    assert workers.run_each(task, [os.getpid()] * 2) == [[os.getpid()]] * 2


@pytest.mark.parametrize(
    "task", [pytest.param(interrupted, id="is interrupted by Ctrl-C"), pytest.param(loud, id="prints something")]
)
def test_a_process_answers_although_it(task):
    assert workers.run_each(task, [os.getpid()] * 2) == [[True]] * 2


def test_an_error_is_raised_here():
    with pytest.raises(ValueError, match="no"):
        workers.run_each(refused, ["no", "nothing"])


def test_nothing_of_the_folder_or_the_environment_is_run(tmp_path, monkeypatch):
    for name in ("pickle.py", "sitecustomize.py"):
        (tmp_path / name).write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert os.getpid() not in {one[1] for one in workers.run_each(square, [3, 4])}
    assert not (tmp_path / "ran").exists()


def test_once_it_is_over_no_process_is_waited_for(tmp_path):
    paths = [tmp_path / str(number) for number in range(4)]

    def over():
        return all(path.exists() and path.read_text() for path in paths[:2])

    assert workers.run_each(endless, paths, over) == [[]] * 4
    assert not any(path.exists() for path in paths[2:])
    for path in paths[:2]:
        with pytest.raises(ProcessLookupError):
            os.kill(int(path.read_text()), 0)


@pytest.mark.parametrize("apart", [False, True])
def test_nothing_is_begun_that_is_over(monkeypatch, apart):
    begun = []
    monkeypatch.setattr(workers.subprocess, "Popen", lambda *_, **__: begun.append(1))
    assert workers.run_each(refused, ["no", "nothing"], lambda: True, apart=apart) == [[], []]
    assert not begun


def test_a_script_that_plans_is_not_run_again_in_each_process(tmp_path):
    runs = tmp_path / "runs"
    with script(tmp_path, ONCE, runs) as made:
        said, _ = made.communicate()
    assert (said, runs.read_text()) == ("[[1], [2]]\n", "a run")


def test_processes_end_with_the_planner_even_if_that_is_killed(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with script(tmp_path, LONG, pipe) as made, pipe.open() as working:
        said = ""
        while len(said.split()) < 2:
            said += working.read(1)
        made.kill()
        assert "late" not in working.read()


def script(folder, text, *arguments):
    file = folder / "script.py"
    file.write_text(text)
    command = [sys.executable, file, *arguments]
    return subprocess.Popen(command, env={"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize(
    ("said", "most"),
    [
        pytest.param("max 100000", 64, id="a container without a limit"),
        pytest.param("200000 100000", 2, id="a container that has two processors"),
        pytest.param("150000 100000", 2, id="a part of one counts as one"),
        pytest.param("1000 100000", 1, id="however small"),
        pytest.param("9999999 1000", 64, id="more than there are"),
        pytest.param(None, 64, id="no container"),
    ],
)
def test_no_more_processors_are_used_than_a_container_has(monkeypatch, tmp_path, said, most):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)), raising=False)
    monkeypatch.setattr(workers, "QUOTA", tmp_path / "cpu.max")
    if said:
        (tmp_path / "cpu.max").write_text(said + "\n")
    assert PROCESSORS() == most
