"""Static pods, which no taint keeps off."""

from collections.abc import Iterator

from models.answer.finding import INFO
from planner.check.estate.dedicated import is_hard, sets_apart
from planner.check.estate.estate import Estate
from planner.check.rule import AVAILABILITY, Rule
from planner.check.sighting import Sighting
from planner.read.documents.tree import text


def _question(estate: Estate) -> Iterator[Sighting]:
    nodes = {node.name: node for node in estate.today}
    for pod in estate.running:
        node = nodes.get(text(pod.spec, "nodeName"))
        if not pod.is_static or node is None:
            continue
        taints = [taint for taint in node.taints if is_hard(taint) and sets_apart(taint.key) and not pod.tolerates(taint)]
        if taints:
            yield pod.sighting(f"a static pod on {node.name}: it stays there, whatever taint {taints[0].key} says")


RULE = Rule(
    id="static-pod",
    breaks=AVAILABILITY,
    severity=INFO,
    sentence="A static pod is on a node of a ring",
    why="Its kubelet runs it from a file: no taint keeps it off, and NoExecute leaves its mirror terminating for ever.",
    how="Who may write the node's manifest folder runs what he likes there.",
    fix="count it among the ring's residents, and let it tolerate the ring's taint",
    source="https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/",
    question=_question,
)
