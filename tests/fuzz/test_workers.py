"""Cases have an end, and so do the processes that run them: one that dies or says nothing has failed its case."""

import multiprocessing
import os
import time

import pytest

from tests.fuzz import cases, workers

SPAWN = multiprocessing.get_context("spawn")


def worker(target, *arguments, since=0.0):
    line, other = SPAWN.Pipe()
    process = SPAWN.Process(target=target, args=arguments, daemon=True)
    process.start()
    other.close()
    return workers.Worker(process, line, "input-1", since)


@pytest.mark.parametrize(
    ("target", "arguments", "said"),
    [
        pytest.param(os.abort, (), "the process died: SIGABRT\n", id="by a signal"),
        pytest.param(os._exit, (7,), "the process died: 7\n", id="by itself"),
    ],
)
def test_a_process_that_dies_has_failed_its_case(target, arguments, said):
    assert worker(target, *arguments).result(True) == (workers.FAILED, said)


def test_a_process_that_says_nothing_is_ended():
    silent = worker(time.sleep, 600, since=time.monotonic() - workers.PATIENCE)
    assert silent.result(False) == (workers.FAILED, "no answer in 180 seconds\n")
    assert not silent.process.is_alive()


def test_a_process_has_time_to_answer():
    busy = worker(time.sleep, 600, since=time.monotonic())
    assert busy.result(False) is None
    busy.process.kill()


def test_a_case_that_takes_too_long_is_ended(monkeypatch):
    def endless(*_):
        while True:
            pass

    monkeypatch.setattr(cases, "SECONDS", 0.1)
    monkeypatch.setattr(cases, "tried", endless)
    ends, wrong = cases.run(1, "input-0")
    assert ends == {"failed": 1}
    assert "TooLong: more than 0.1 seconds" in wrong


def test_every_case_is_run_once():
    names = ["input-0", "input-1", "plan-0"]
    assert sorted(case for case, _ in workers.results(1, iter(names))) == names
