"""A control plane for the tests that ask for one: `plane` is all of it, `scheduler_only` has no controllers and no fake kubelets.

RINGFENCE_KUBERNETES chooses the version. Without the programs the tests are skipped; in continuous integration they fail.
"""

import os
import shutil
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.bed import ControlPlane, keep_only_logs
from tests.cluster.build import NAMES, chosen, existing, make
from tests.cluster.life import MINDFUL, QUICK
from tests.cluster.observe import left_behind

LIVE = pytest.StashKey[list[Path]]()
WANTED = pytest.StashKey[list[Path]]()
PARTING_SECONDS = 20
StartPlane = Callable[..., AbstractContextManager[ControlPlane]]


def pytest_configure(config: pytest.Config) -> None:
    """Remember which control planes run, and whose logs somebody will want to read."""
    config.stash[LIVE] = []
    config.stash[WANTED] = []


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that comes to ask for the programs, so that it can be left out where only Python is there."""
    for item in items:
        if "programs" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.cluster)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep the logs of the control planes that a failed test saw, and say where they are."""
    report = yield
    if report.failed:
        wanted = item.config.stash[WANTED]
        wanted += [folder for folder in item.config.stash[LIVE] if folder not in wanted]
        report.sections += [("control plane logs", str(folder / "logs")) for folder in wanted]
    return report


@pytest.fixture(scope="session")
def programs() -> Path:
    """Return the folder of the five programs of the chosen version."""
    wanted = chosen()
    if not wanted.is_built() and len(existing(wanted)) == len(NAMES):
        make(wanted)
    if wanted.is_built():
        return wanted.folder
    reason = f"the control plane of Kubernetes {wanted.kubernetes} is not built: run make cluster-test, or make control-plane"
    if os.environ.get("RINGFENCE_CI"):
        pytest.fail(f"{reason} (continuous integration must not skip)")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def start_plane(programs: Path, tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> StartPlane:
    """Return a way to start a control plane of one's own: `with start_plane(controllers=False) as plane:`."""
    live, wanted = pytestconfig.stash[LIVE], pytestconfig.stash[WANTED]

    @contextmanager
    def start(**wishes: Any) -> Iterator[ControlPlane]:
        folder = tmp_path_factory.mktemp("control-plane")
        live.append(folder)
        try:
            with ControlPlane.start(programs, folder, **wishes) as plane:
                yield plane
        except BaseException:
            wanted.append(folder)
            raise
        finally:
            live.remove(folder)
            keep_only_logs(folder)
            if folder not in wanted:
                shutil.rmtree(folder)

    return start


@pytest.fixture(scope="session")
def common_plane(start_plane: StartPlane) -> Iterator[ControlPlane]:
    """Return the control plane that `plane` gives to one file of tests after the other."""
    with start_plane(flags=MINDFUL, scheduler_config=QUICK) as started:
        yield started


@pytest.fixture(scope="module")
def plane(common_plane: ControlPlane) -> Iterator[ControlPlane]:
    """Return a whole control plane, shared by all tests: use names of your own, and leave it as you found it.

    What a file of tests leaves behind would run, or be pending, in the next one's clusters: that is an error.
    """
    yield common_plane
    with suppress(TimeoutError):  # volumes go after their claims, which go after their namespace
        common_plane.wait(lambda: not left_behind(common_plane), "everything is gone", PARTING_SECONDS)
    assert not left_behind(common_plane), f"left behind: {left_behind(common_plane)}"


@pytest.fixture(scope="session")
def scheduler_only(start_plane: StartPlane) -> Iterator[ControlPlane]:
    """Return a control plane without controllers and kubelets: what is created stays as it is, and pods are only bound."""
    with start_plane(controllers=False, kwok=False) as started:
        yield started


@pytest.fixture(scope="session")
def kubectl_path() -> str:
    """Return the kubectl of the development requirements."""
    beside = Path(sys.executable).with_name("kubectl")
    assert beside.exists(), "kubectl comes with requirements/dev.txt"
    return str(beside)
