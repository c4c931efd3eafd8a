"""Make programs that tests run beside a control plane: `python -m tests.cluster.tools NAME …`, once per content of a go.mod.

Karpenter with its kwok provider, and what evaluates policies in the place of the API server: `kyverno` and `gator`.
"""

import argparse
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.build import HERE, ROOT, STAMP, CannotBuildError, Release, check_go, digest, go


@dataclass(frozen=True, slots=True)
class Tool:
    """A program that a module in the folder of its name builds, from a package of what it requires; it may ask for a newer Go.

    `beside` are files of what it requires that belong beside the program.
    """

    name: str
    requires: str
    package: str
    beside: str = ""

    @property
    def module(self) -> Release:
        """Return the module."""
        return Release(HERE / self.name, toolchain="auto")

    @property
    def folder(self) -> Path:
        """Return the folder that holds, or is to hold, the program and what belongs beside it."""
        return ROOT / ".control-plane" / f"{self.name}-{self.module.version(self.requires)}"

    @property
    def program(self) -> Path:
        """Return the program."""
        return self.folder / self.name

    def is_built(self) -> bool:
        """Say whether it is there, made from this very go.mod."""
        stamp = self.folder / STAMP
        return stamp.is_file() and stamp.read_text(encoding="utf-8") == digest(self.module.module)

    def find(self) -> str:
        """Return what the variable of its name says, or what is built or on PATH; "" where there is none."""
        built = str(self.program) if self.is_built() else ""
        return os.environ.get(self.name.upper()) or built or shutil.which(self.name) or ""

    def make(self) -> None:
        """Build it, and lay the files beside it."""
        check_go(self.module)
        print(f"building {self.name}: minutes the first time", flush=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        package = f"{self.requires}/{self.package}"
        done = go(self.module, "build", "-trimpath", "-ldflags", "-s -w", "-o", str(self.program), package, capture=False)
        found = go(self.module, "list", "-m", "-f", "{{.Dir}}", self.requires)
        if done.returncode or found.returncode:
            raise CannotBuildError(f"Go could not build {self.name} (its messages are above). {found.stderr}")
        for file in sorted(Path(found.stdout.strip()).glob(self.beside)) if self.beside else ():
            shutil.copyfile(file, self.folder / file.name)
        (self.folder / STAMP).write_text(digest(self.module.module), encoding="utf-8")


KARPENTER = Tool("karpenter", "sigs.k8s.io/karpenter", "kwok", "*/apis/crds/*.yaml")
KYVERNO = Tool("kyverno", "github.com/kyverno/kyverno", "cmd/cli/kubectl-kyverno")
GATOR = Tool("gator", "github.com/open-policy-agent/gatekeeper/v3", "cmd/gator")
TOOLS = {tool.name: tool for tool in (KARPENTER, KYVERNO, GATOR)}


def main() -> int:
    """Make the programs unless they are there, and print their folders."""
    parser = argparse.ArgumentParser(description="Build programs that tests run beside a control plane.")
    parser.add_argument("names", nargs="+", choices=TOOLS, metavar="NAME", help=", ".join(TOOLS))
    try:
        for tool in (TOOLS[name] for name in parser.parse_args().names):
            if not tool.is_built():
                tool.make()
            print(f"{tool.name}: {tool.folder.relative_to(ROOT)}")
    except CannotBuildError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
