"""Paths of fields as Kubernetes writes them in its own messages: "spec.containers[0].image", "metadata.labels[a.b/c]"."""

import re
from collections.abc import Sequence

Step = str | int
ANY = "*"
"""A step of a pattern that stands for every item of a list, or every key of a map: "spec.groups[*].template"."""

_STEP = re.compile(r"\.?([^.\[\]]+)|\[([^\]]*)\]")


def steps_of(path: str) -> list[Step]:
    """Take a path apart."""
    parts = _STEP.findall(path.removeprefix("$"))
    return [name or (int(inner) if inner.isdecimal() else inner) for name, inner in parts]


def path_of(steps: Sequence[Step]) -> str:
    """Put a path together."""
    path = ""
    for step in steps:
        if isinstance(step, int) or not re.fullmatch(r"[A-Za-z_$][\w$-]*", step):
            path += f"[{step}]"
        else:
            path += f".{step}" if path else step
    return path


def follows(path: str, pattern: str) -> bool:
    """Say whether a path is one of those that a pattern stands for."""
    steps, wanted = steps_of(path), steps_of(pattern)
    return len(steps) == len(wanted) and all(want in (ANY, step) for step, want in zip(steps, wanted, strict=True))
