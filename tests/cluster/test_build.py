"""How the programs of the control plane come about: what is there is used, what is missing is built, what is wrong is said."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cluster import build
from tests.cluster.build import CannotBuildError, Release, existing, make, release, releases

SAYS = {"etcd": "etcd Version: {}", "kwok": "kwok version v{} go1.26 (linux/amd64)"}
MODULE = """module example.test/cluster

go 1.26.0

tool (
	go.etcd.io/etcd/server/v3
	k8s.io/kubernetes/cmd/kube-apiserver
	k8s.io/kubernetes/cmd/kube-controller-manager
	k8s.io/kubernetes/cmd/kube-scheduler
	sigs.k8s.io/kwok/cmd/kwok
)

require (
	go.etcd.io/etcd/server/v3 v3.7.0 // indirect
	k8s.io/kubernetes v1.37.2 // indirect
	sigs.k8s.io/kwok v0.8.0 // indirect
)
"""
# Builds what it is asked to build: files named as Go names them, that hold the arguments.
GO = """#!/bin/sh
case "$1" in
env) echo "{version}" ;;
build)
  for each; do test "$last" = -o && out=$each; last=$each; done
  for each; do
    case $each in
    */v3) each=${{each%/v3}} ;;
    esac
    case $each in
    -*|*\\ *|"$out") ;;
    */*) echo "$@" >"$out${{each##*/}}"; chmod +x "$out${{each##*/}}" ;;
    esac
  done ;;
esac
"""
Machine = Callable[..., dict[str, str]]


@pytest.fixture
def wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Release:
    """Return a release of its own, whose programs come to a temporary folder."""
    module = tmp_path / "tests" / "cluster"
    module.mkdir(parents=True)
    (module / "go.mod").write_text(MODULE)
    (module / "go.sum").write_text("")
    monkeypatch.setattr(build, "ROOT", tmp_path)
    monkeypatch.delenv("KUBEBUILDER_ASSETS", raising=False)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    return Release(module)


def script(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(0o755)


def program(folder: Path, name: str, version: str) -> None:
    """Write a program that only knows its version."""
    script(folder / name, f"#!/bin/sh\necho '{SAYS.get(name, 'Kubernetes v{}').format(version)}'\n")


def all_programs(folder: Path) -> None:
    for name in build.NAMES:
        program(folder, name, {"etcd": "3.7.0", "kwok": "0.8.0"}.get(name, "1.37.2"))


def go(folder: Path, version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a Go of some version first on PATH; its programs hold the arguments that they were built with."""
    script(folder / "go", GO.format(version=version))
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)


def test_every_release_names_the_five_programs_and_its_versions() -> None:
    known = releases()
    assert next(iter(known)) == release().kubernetes
    assert set(release().tools) == set(build.NAMES)
    for version, found in known.items():
        assert {"etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"} <= set(found.tools), version
        assert all(found.expected(name)[0].isdigit() for name in build.NAMES), version


def test_a_minor_version_is_enough_to_name_a_release() -> None:
    for version, found in releases().items():
        assert release(version.rpartition(".")[0]) == found == release(version)


@pytest.mark.parametrize("version", ["1.2", "1.3", "latest"])
def test_an_unknown_release_is_refused_with_the_known_ones(version: str) -> None:
    with pytest.raises(CannotBuildError, match=rf"^No go.mod pins Kubernetes {version}; those that do: 1\."):
        release(version)


def test_programs_of_the_right_version_are_linked_and_go_is_not_needed(
    wanted: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_programs(tmp_path / "assets")
    (tmp_path / "assets" / "kwok").rename(script_folder(tmp_path) / "kwok")
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(tmp_path / "assets"))
    monkeypatch.setenv("PATH", str(script_folder(tmp_path)), prepend=os.pathsep)
    make(wanted)
    assert wanted.is_built()
    assert (wanted.folder / "etcd").resolve() == tmp_path / "assets" / "etcd"
    assert (wanted.folder / "kwok").resolve() == script_folder(tmp_path) / "kwok"


def script_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "path"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.mark.parametrize(
    ("name", "version"), [("etcd", "3.6.5"), ("kube-apiserver", "1.36.3"), ("kube-scheduler", "1.37.20"), ("kwok", "0.7.0")]
)
def test_a_program_of_another_version_is_not_taken(
    wanted: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, version: str
) -> None:
    all_programs(tmp_path)
    assert set(existing(wanted, {"KUBEBUILDER_ASSETS": str(tmp_path)})) == set(build.NAMES)
    program(tmp_path, name, version)
    assert set(existing(wanted, {"KUBEBUILDER_ASSETS": str(tmp_path)})) == set(build.NAMES) - {name}


def test_a_program_that_does_not_run_is_not_taken(wanted: Release, tmp_path: Path) -> None:
    script(tmp_path / "etcd", "#!/no/such/interpreter\n")
    (tmp_path / "kwok").mkdir()
    assert existing(wanted, {"PATH": str(tmp_path)}) == {}


def test_what_is_missing_is_built_with_its_version_and_named_as_we_name_it(
    wanted: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "assets", "kwok", "0.8.0")
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(tmp_path / "assets"))
    go(tmp_path / "go", "go1.26.0", monkeypatch)
    make(wanted)
    assert sorted(file.name for file in wanted.folder.iterdir()) == sorted([*build.NAMES, build.STAMP])
    arguments = (wanted.folder / "etcd").read_text()
    assert "-X k8s.io/component-base/version.gitVersion=v1.37.2" in arguments
    assert "sigs.k8s.io/kwok" not in arguments


def test_what_a_go_mod_does_not_name_is_built_from_the_default_one(
    wanted: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = wanted.module / "v1.35"
    other.mkdir()
    (other / "go.mod").write_text(MODULE.replace("\tsigs.k8s.io/kwok/cmd/kwok\n", "").replace("1.37.2", "1.35.4"))
    (other / "go.sum").write_text("")
    monkeypatch.setattr(build, "HERE", wanted.module)
    go(tmp_path / "go", "go1.26.0", monkeypatch)
    make(release("1.35"))
    assert sorted(file.name for file in release("1.35").folder.iterdir()) == sorted([*build.NAMES, build.STAMP])
    assert "gitVersion=v1.35.4" in (release("1.35").folder / "etcd").read_text()
    assert "gitVersion=v1.37.2" in (release("1.35").folder / "kwok").read_text()
    (wanted.module / "go.sum").write_text("another kwok\n")
    assert not release("1.35").is_built()


def test_programs_are_built_once_per_content_of_go_mod(wanted: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not wanted.is_built()
    go(tmp_path / "go", "go1.30.1", monkeypatch)
    make(wanted)
    assert wanted.is_built()
    (wanted.module / "go.sum").write_text("another\n")
    assert not wanted.is_built()
    make(wanted)
    assert wanted.is_built()
    (wanted.folder / "kwok").unlink()
    assert not wanted.is_built()


def test_a_build_that_fails_leaves_the_old_programs_and_nothing_else(
    wanted: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go(tmp_path / "go", "go1.26.0", monkeypatch)
    make(wanted)
    script(tmp_path / "go" / "go", "#!/bin/sh\ntest $1 = env && echo go1.26.0\n")
    with pytest.raises(CannotBuildError, match="exit code 1"):
        make(wanted)
    assert wanted.is_built()
    assert [file.name for file in wanted.folder.parent.iterdir()] == ["1.37.2"]


@pytest.mark.parametrize(
    ("version", "says"),
    [
        (None, "and there is no go on PATH."),
        ("go1.25.9", "and the go on PATH is go1.25.9."),
        ("go1.9", "and the go on PATH is go1.9."),
    ],
)
def test_a_go_that_is_missing_or_too_old_is_one_sentence_and_a_failure(tmp_path: Path, version: str | None, says: str) -> None:
    here = Path(build.__file__).parent
    copy = tmp_path / "tests" / "cluster"
    copy.mkdir(parents=True)
    for name in ("go.mod", "go.sum", "build.py"):
        shutil.copy(here / name, copy)
    if version:
        script(tmp_path / "bin" / "go", GO.format(version=version))
    # The folder with the shell's own commands might hold a Go, too.
    environment = {"PATH": str(tmp_path / "bin"), "GOTOOLCHAIN": "local"}
    done = subprocess.run([sys.executable, copy / "build.py"], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == f"Building the control plane needs Go 1.26.0 or newer, {says}\n"
