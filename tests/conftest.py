"""What every test may ask for: the command line as users run it, kubectl, and the public data sets."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.forks import Forks, import_all
from tests.review.browser import CHROMIUM

ROOT = Path(__file__).resolve().parent.parent
os.environ["RINGFENCE_QUIET"] = "1"  # what a command says meanwhile hangs on how busy the machine is
DATA = ROOT.parent / "shared" / "data"

Run = Callable[..., subprocess.CompletedProcess[str]]

USUAL = {signal.SIGINT: signal.default_int_handler, signal.SIGHUP: signal.SIG_DFL, signal.SIGQUIT: signal.SIG_DFL}
for number, handler in USUAL.items():
    if signal.getsignal(number) is signal.SIG_IGN:  # in the background of a shell, or by nohup; what tests start inherits it
        signal.signal(number, handler)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what a run leaves out."""
    left_out = {
        "not cluster": "need a real control plane; make cluster-test runs them",
        "not soak": "take long; make soak runs them",
    }
    for mark, said in left_out.items():
        if mark in config.option.markexpr:
            terminalreporter.write_line(f"left out: the tests that {said}")
    if not CHROMIUM:
        terminalreporter.write_line("left out: the tests that look at pages in a browser; apt-get install chromium brings one")


@pytest.fixture(scope="session", autouse=True)
def _imports() -> None:
    """Import all first: a module that comes while a name is patched would keep what stands for it, in every later test."""
    import_all()


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    """Start a process that has imported everything, and forks for each call of the command line."""
    with Forks() as started:
        yield started


@pytest.fixture(scope="session")
def ringfence(forks: Forks) -> Run:
    """Run the command line with the given arguments, in any folder, without a terminal: forked, or started to read stdin."""

    def run(*arguments: object, cwd: Path = ROOT, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        if stdin is not None:
            return started(*arguments, cwd=cwd, stdin=stdin)
        done = forks.run(*arguments, cwd=cwd)
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


def started(*arguments: object, cwd: Path, stdin: str) -> subprocess.CompletedProcess[str]:
    """Start the command line as users do; what Python compiles for it is kept."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, str(ROOT / "cli.py"), *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=environment, input=stdin, capture_output=True, encoding="utf-8", check=False)


@pytest.fixture(scope="session")
def kubectl() -> Run:
    """Run kubectl offline: the one beside this Python, or on PATH; only continuous integration insists on it."""
    beside = Path(sys.executable).with_name("kubectl")
    found = str(beside) if beside.exists() else shutil.which("kubectl")
    if found is None:
        if os.environ.get("RINGFENCE_CI"):
            pytest.fail("kubectl is missing, and continuous integration must not skip: install requirements/dev.txt")
        pytest.skip("kubectl is neither beside this Python nor on PATH; it comes with requirements/dev.txt")

    def run(*arguments: object, stdin: str = "") -> subprocess.CompletedProcess[str]:
        command = [found, *map(str, arguments)]
        # It ends before it pays to collect what it no longer needs, which takes a third of its work.
        offline = {**os.environ, "KUBECONFIG": os.devnull, "GOGC": "400"}
        return subprocess.run(command, input=stdin, capture_output=True, text=True, encoding="utf-8", check=False, env=offline)

    return run


@pytest.fixture(scope="session")
def data() -> Path:
    """Return the folder of the public data sets, which are no part of the repository."""
    if not DATA.is_dir():
        pytest.skip("the public data sets are not beside the repository (../shared/data)")
    return DATA
