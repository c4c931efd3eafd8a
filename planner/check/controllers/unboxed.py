"""Sandboxes for code of strangers that run without one."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.estate import Estate
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting
from planner.read.documents.tree import text

_GROUPS = ("agents.x-k8s.io", "extensions.agents.x-k8s.io")


def _question(estate: Estate) -> Iterator[Sighting]:
    for template in estate.templates:
        if template.item.group in _GROUPS and not text(template.spec, "runtimeClassName"):
            yield template.sighting("runs code of strangers, and names no runtimeClassName")


RULE = Rule(
    id="sandbox-unboxed",
    breaks=SECURITY,
    severity=WARNING,
    sentence="A sandbox runs on the node's own kernel",
    why="Sandboxes are for code that nobody has read; without a RuntimeClass it shares the kernel with its neighbours.",
    how="Generated code uses a hole of the kernel, and has the node.",
    fix="name a RuntimeClass that isolates (gVisor, Kata), and give sandboxes a level of their own",
    source="https://github.com/kubernetes-sigs/agent-sandbox",
    question=_question,
)
