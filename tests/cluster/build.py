"""Make or find the five programs of a control plane, with nothing but Python and Go: `python tests/cluster/build.py`.

Each version of Kubernetes has a `go.mod` whose `tool` lines name the programs: the one beside this file is the default, others
are in folders below, and what they do not name comes from the default one. The programs come to `.control-plane/<version>/`, once
per content of `go.mod` and `go.sum`. What KUBEBUILDER_ASSETS or PATH already has in the right version is linked instead of built;
if that is all of them, Go is not needed.
What else tests run is made by `python -m tests.cluster.tools`.
"""

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
NAMES = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok")
MODULES = {"etcd": "go.etcd.io/etcd/server/v3", "kwok": "sigs.k8s.io/kwok"}
KUBERNETES = "k8s.io/kubernetes"
STAMP = "built-from"


class CannotBuildError(Exception):
    """The programs cannot be made here; the message is one sentence that says why."""


@dataclass(frozen=True, slots=True)
class Release:
    """One version of the control plane, as a go.mod pins it; `toolchain` says whether a newer Go may be fetched for it."""

    module: Path
    toolchain: str = ""

    @property
    def text(self) -> str:
        """The go.mod itself."""
        return (self.module / "go.mod").read_text(encoding="utf-8")

    @property
    def kubernetes(self) -> str:
        """The version of Kubernetes without its v."""
        return self.version(KUBERNETES)

    @property
    def go(self) -> str:
        """The version of Go that it asks for."""
        return self._found(r"^go (\S+)$")

    @property
    def folder(self) -> Path:
        """Where its programs come to."""
        return ROOT / ".control-plane" / self.kubernetes

    @property
    def tools(self) -> dict[str, str]:
        """The package of each program that it builds itself: its tool lines."""
        packages = self._found(r"^tool \(([^)]*)\)").split()
        return {"etcd" if package == MODULES["etcd"] else _default_name(package): package for package in packages}

    @property
    def makers(self) -> "dict[str, Release]":
        """The release whose go.mod builds each program: this one, or the default one."""
        return {name: self if name in self.tools else release() for name in NAMES}

    @property
    def stamp(self) -> str:
        """What decides whether programs built earlier are still the right ones."""
        return digest(*dict.fromkeys(maker.module for maker in self.makers.values()))

    def version(self, module: str) -> str:
        """Return the version of a module that it requires, without its v."""
        return self._found(rf"^\s*(?:require )?{re.escape(module)} v(\S+)")

    def expected(self, program: str) -> str:
        """Return the version that a program must report."""
        return self.makers[program].version(MODULES.get(program, KUBERNETES))

    def is_built(self) -> bool:
        """Say whether its programs are there, and made from this very go.mod."""
        stamp = self.folder / STAMP
        same = stamp.is_file() and stamp.read_text(encoding="utf-8") == self.stamp
        return same and all((self.folder / name).exists() for name in NAMES)

    def _found(self, pattern: str) -> str:
        found = re.search(pattern, self.text, re.MULTILINE)
        if found is None:
            raise CannotBuildError(f"{self.module / 'go.mod'} has no line like {pattern}.")
        return found[1]


def releases() -> dict[str, Release]:
    """Return every release that a go.mod below this folder pins, the default first, by its version of Kubernetes."""
    found = [Release(file.parent) for file in (HERE / "go.mod", *sorted(HERE.glob("v*/go.mod")))]
    return {release.kubernetes: release for release in found}


def release(version: str | None = None) -> Release:
    """Return the release of a version, `1.35` being enough, or the default one."""
    known = releases()
    for each, found in known.items():
        if version is None or each == version or each.startswith(f"{version}."):
            return found
    raise CannotBuildError(f"No go.mod pins Kubernetes {version}; those that do: {', '.join(known)}.")


def chosen() -> Release:
    """Return the release that RINGFENCE_KUBERNETES asks for, or the default one."""
    return release(os.environ.get("RINGFENCE_KUBERNETES") or None)


def existing(wanted: Release, environment: Mapping[str, str] = os.environ) -> dict[str, Path]:
    """Find programs of the right version in KUBEBUILDER_ASSETS, then on PATH."""
    places = [environment.get("KUBEBUILDER_ASSETS", ""), *environment.get("PATH", "").split(os.pathsep)]
    found: dict[str, Path] = {}
    for name in NAMES:
        for place in filter(None, places):
            file = Path(place).absolute() / name
            if os.access(file, os.X_OK) and file.is_file() and _reported(file) == wanted.expected(name):
                found[name] = file
                break
    return found


def _reported(program: Path) -> str | None:
    """Ask a program for its version, whichever way it words the answer."""
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"(?:Version: |Kubernetes v|version v)(\d\S*)", answer.stdout)
    return found[1] if found else None


def make(wanted: Release) -> None:
    """Link what exists, build the rest beside the old programs, and put them in place when all are there."""
    fresh = wanted.folder.with_name(f".{wanted.kubernetes}-{os.getpid()}")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        have = existing(wanted)
        for name, file in have.items():
            (fresh / name).symlink_to(file)
            print(f"{name} {wanted.expected(name)}: {file}")
        missing = {name: maker for name, maker in wanted.makers.items() if name not in have}
        for maker in dict.fromkeys(missing.values()):
            _build(maker, [name for name in missing if missing[name] == maker], fresh)
        (fresh / STAMP).write_text(wanted.stamp, encoding="utf-8")
        shutil.rmtree(wanted.folder, ignore_errors=True)
        fresh.rename(wanted.folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _build(wanted: Release, names: list[str], folder: Path) -> None:
    check_go(wanted)
    print(f"building {', '.join(names)} as {wanted.module.relative_to(ROOT) / 'go.mod'} says: minutes the first time", flush=True)
    major, minor, _ = wanted.kubernetes.split(".", 2)
    version = f"{KUBERNETES.split('/')[0]}/component-base/version"
    says = {"gitVersion": f"v{wanted.kubernetes}", "gitMajor": major, "gitMinor": minor}
    flags = " ".join(["-s -w", *(f"-X {version}.{name}={value}" for name, value in says.items())])
    packages = {name: wanted.tools[name] for name in names}
    done = go(wanted, "build", "-trimpath", "-ldflags", flags, "-o", f"{folder}{os.sep}", *packages.values(), capture=False)
    if done.returncode:
        raise CannotBuildError(f"Go could not build the control plane (exit code {done.returncode}, its messages are above).")
    for name, package in packages.items():
        (folder / _default_name(package)).rename(folder / name)


def check_go(wanted: Release) -> None:
    """Refuse to go on without a Go that is new enough, by itself or by the toolchain that it may fetch."""
    needs = f"Building the control plane needs Go {wanted.go} or newer"
    if shutil.which("go") is None:
        raise CannotBuildError(f"{needs}, and there is no go on PATH.")
    asked = go(wanted, "env", "GOVERSION")
    if asked.returncode or _numbers(asked.stdout) < _numbers(wanted.go):
        local = {**os.environ, "GOTOOLCHAIN": "local"}
        has = subprocess.run(["go", "env", "GOVERSION"], capture_output=True, text=True, check=False, cwd=ROOT, env=local)
        raise CannotBuildError(f"{needs}, and the go on PATH is {has.stdout.strip() or 'of no version that it would tell'}.")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)[:3]))


def go(wanted: Release, *arguments: str, capture: bool = True) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "GOWORK": "off", "GOFLAGS": "-mod=readonly"}
    if wanted.toolchain:
        environment["GOTOOLCHAIN"] = wanted.toolchain
    return subprocess.run(["go", *arguments], cwd=wanted.module, env=environment, capture_output=capture, text=True, check=False)


def _default_name(package: str) -> str:
    """Return what Go calls the binary of a package: its last part that is no version."""
    return [part for part in package.split("/") if not re.fullmatch(r"v\d+", part)][-1]


def digest(*modules: Path) -> str:
    content = [(module / name).read_bytes() for module in modules for name in ("go.mod", "go.sum")]
    return hashlib.sha256(b"".join(content)).hexdigest()


def main() -> int:
    """Make the programs unless they are there, and print their folder last."""
    parser = argparse.ArgumentParser(description="Build the programs of a control plane for the tests.")
    parser.add_argument("--kubernetes", metavar="VERSION", help="the version, of those that a go.mod pins (default: the first)")
    try:
        wanted = release(parser.parse_args().kubernetes or None)
        if not wanted.is_built():
            make(wanted)
    except CannotBuildError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Kubernetes {wanted.kubernetes}: {wanted.folder.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
