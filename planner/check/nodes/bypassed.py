"""API servers in which a kubelet may get around NodeRestriction."""

from collections.abc import Iterator

from models.answer.finding import ERROR
from planner.check.estate.estate import Estate
from planner.check.estate.version import Version, control_plane, shown
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting

_FIXED: dict[tuple[int, int], Version] = {(1, 31): (1, 31, 12), (1, 32): (1, 32, 8), (1, 33): (1, 33, 4)}
_FIRST_SOUND = (1, 34, 0)


def _question(estate: Estate) -> Iterator[Sighting]:
    told = control_plane(estate)
    if told is None:
        return
    version, subject, where = told
    fixed = _FIXED.get(version[:2], _FIRST_SOUND)
    if version < fixed:
        message = f"Kubernetes {shown(version)}: a kubelet can delete its node and come back with other labels and taints"
        yield Sighting(subject, message, where, f"upgrade the control plane to {shown(fixed)} or newer")


RULE = Rule(
    id="node-restriction-bypassed",
    breaks=SECURITY,
    severity=ERROR,
    sentence="Kubelets can get around NodeRestriction (CVE-2025-5187)",
    why="A node that was taken over can give itself the label of a trusted ring, whatever the key.",
    how="It sets an owner on its own Node, is deleted by the garbage collector, and registers anew with labels that it likes.",
    fix="upgrade the control plane",
    source="https://github.com/kubernetes/kubernetes/issues/133471",
    question=_question,
)
