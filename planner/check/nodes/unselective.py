"""API servers that tell a kubelet of pods on other nodes."""

from collections.abc import Iterator

from models.answer.finding import INFO
from planner.check.estate.estate import Estate
from planner.check.estate.version import control_plane, shown
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting

_SELECTIVE = (1, 32, 0)


def _question(estate: Estate) -> Iterator[Sighting]:
    told = control_plane(estate)
    if told and told[0] < _SELECTIVE:
        message = f"Kubernetes {shown(told[0])}: a kubelet may list the pods of every node"
        yield Sighting(told[1], message, told[2])


RULE = Rule(
    id="kubelet-reads-all-pods",
    breaks=SECURITY,
    severity=INFO,
    sentence="A kubelet may list the pods of every node",
    why="A node that was taken over sees all pods, with what their specs hold; and reads what its own pods use in any case.",
    how="The kubelet's credentials list pods of all namespaces: images, variables and arguments of trusted workloads.",
    fix="upgrade to 1.32 or newer, where nodes are authorized by field selector (on by default, GA in 1.34)",
    source="https://github.com/kubernetes/enhancements/tree/master/keps/sig-auth/4601-authorize-with-selectors",
    question=_question,
)
