"""Both doors to one cluster: the live one, and what kubectl exports into a file."""

import re
from pathlib import Path
from typing import Any

import yaml

from planner.read.live.resources import KUBERNETES, PODS
from tests.cluster.bed import ControlPlane

ROOT = Path(__file__).resolve().parents[2]
LISTED = (*KUBERNETES, PODS)


def documents(*files: Path) -> list[dict[str, Any]]:
    """Return every document of the files."""
    return [each for file in files for each in yaml.safe_load_all(file.read_text(encoding="utf-8")) if each]


def placeless(text: str) -> str:
    """Leave out where things were read, and whether that was a cluster."""
    return re.sub(r"Source\(file='[^']*', line=\d+\)", "Source()", text).replace("live=True", "live=False")


def exported(kubectl: Any, plane: ControlPlane, folder: Path, *more: str) -> str:
    """Write what kubectl gets of every kind that every cluster is asked for, and return the file."""
    resources = ",".join([*(f"{each.resource}.{each.group}".rstrip(".") for each in LISTED), *more])
    done = kubectl("--kubeconfig", plane.kubeconfig, "get", resources, "-A", "-o", "yaml")
    assert done.returncode == 0, done.stderr
    file = folder / "all.yaml"
    file.write_text(done.stdout, encoding="utf-8")
    return str(file)
