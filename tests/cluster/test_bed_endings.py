"""The test bed goes away whatever happens, and says what is wrong."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.bed import ControlPlane, keep_only_logs
from tests.cluster.build import NAMES
from tests.cluster.conftest import StartPlane
from tests.cluster.program import NotReadyError
from tests.conftest import ROOT

STARTER = """
import signal, sys
from pathlib import Path
from tests.cluster.bed import ControlPlane
signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell's background jobs are started without
with ControlPlane.start(Path(sys.argv[1]), Path(sys.argv[2]), controllers=False, kwok=False) as plane:
    print(plane.url, flush=True)
    sys.stdin.read()
"""
FAILING = """
def test_that_fails(plane):
    assert plane.url == "somewhere else"

def test_that_passes(scheduler_only):
    pass
"""


@pytest.fixture
def starter(programs: Path, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Return another Python that has started a control plane in the folder `plane`, and that waits."""
    command = [sys.executable, "-c", STARTER, str(programs), str(tmp_path / "plane")]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("https://127.0.0.1:")
        yield process
        process.kill()


def running(folder: Path) -> set[str]:
    """Name the processes, by their program, whose command line speaks of a folder."""
    listing = subprocess.run(["ps", "-ww", "-A", "-o", "args="], capture_output=True, text=True, check=True).stdout
    commands = [line.split()[0] for line in listing.splitlines() if str(folder) in line]
    return {Path(command).name for command in commands} & set(NAMES)


def test_a_program_that_dies_at_start_is_named_with_the_end_of_its_log(programs: Path, tmp_path: Path) -> None:
    flags = {"kube-apiserver": ["--no-such-flag"]}
    start = ControlPlane.start(programs, tmp_path / "plane", flags=flags)
    with pytest.raises(NotReadyError, match=r"^kube-apiserver ended \(exit code 1\)\. The last lines of ") as died:
        start.__enter__()
    assert "unknown flag: --no-such-flag" in str(died.value)
    assert str(tmp_path / "plane" / "logs" / "kube-apiserver.log") in str(died.value)
    assert running(tmp_path) == set()


def test_a_program_that_dies_later_ends_the_waiting(start_plane: StartPlane) -> None:
    with start_plane(controllers=False, kwok=False) as plane:
        plane.programs["kube-scheduler"].stop()
        with pytest.raises(NotReadyError, match=r"^kube-scheduler ended \("):
            plane.wait(lambda: False, "nothing")


def test_the_end_of_the_block_ends_every_process_and_the_data_can_go(programs: Path, tmp_path: Path) -> None:
    folder = tmp_path / "plane"
    with ControlPlane.start(programs, folder):
        assert running(folder) == set(NAMES)
    assert running(folder) == set()
    logs = keep_only_logs(folder)
    assert sorted(file.stem for file in logs.iterdir()) == sorted(NAMES)
    assert list(folder.iterdir()) == [logs]


@pytest.mark.parametrize("given", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=["Ctrl-C", "SIGTERM", "SIGKILL"])
def test_every_process_ends_with_the_one_that_started_it(
    starter: subprocess.Popen[str], tmp_path: Path, plane: ControlPlane, given: signal.Signals
) -> None:
    assert running(tmp_path / "plane") == {"etcd", "kube-apiserver", "kube-scheduler"}
    starter.send_signal(given)
    assert starter.wait(timeout=60) != 0
    plane.wait(lambda: not running(tmp_path / "plane"), "every process has ended")


def test_the_logs_of_a_failed_test_are_kept_and_named_and_nothing_else_is(programs: Path, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    shutil.copy(Path(__file__).with_name("conftest.py"), inner)
    (inner / "test_inner.py").write_text(FAILING)
    (inner / "pytest.ini").write_text("[pytest]\nmarkers = cluster\n")
    base = tmp_path / "base"
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--basetemp={base}", str(inner)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=inner, env=environment, capture_output=True, text=True, check=False)
    assert "1 failed, 1 passed" in done.stdout
    logs = base / "control-plane0" / "logs"
    assert "control plane logs -----" in done.stdout
    assert str(logs) in done.stdout
    assert sorted(file.stem for file in logs.iterdir()) == sorted(NAMES)
    assert [folder.name for folder in base.iterdir() if folder.is_dir() and not folder.is_symlink()] == ["control-plane0"]
    assert running(base) == set()
