"""NoExecute taints on nodes on which pods run."""

from collections.abc import Iterator

from models.answer.finding import ERROR
from planner.check.estate.dedicated import sets_apart
from planner.check.estate.estate import Estate
from planner.check.estate.template import Template
from planner.check.rule import AVAILABILITY, Rule
from planner.check.sighting import Sighting
from planner.read.documents.tree import text
from planner.words import some


def _question(estate: Estate) -> Iterator[Sighting]:
    nodes = {node.name: node for node in estate.today}
    affected: dict[tuple[str, str], list[Template]] = {}
    for pod in estate.running:
        node = nodes.get(text(pod.spec, "nodeName"))
        for taint in node.taints if node else ():
            if taint.effect == "NoExecute" and sets_apart(taint.key) and not pod.tolerates(taint) and not pod.is_static:
                affected.setdefault((f"{taint.key}={taint.value}", text(pod.spec, "nodeName")), []).append(pod)
    for (taint_text, name), pods in sorted(affected.items()):
        message = f"taint {taint_text}:NoExecute deletes {some([pod.subject for pod in pods])} at once, past every budget"
        yield Sighting(f"Node/{name}", message, nodes[name].where)


RULE = Rule(
    id="no-execute-ignores-budget",
    breaks=AVAILABILITY,
    severity=ERROR,
    sentence="A NoExecute taint deletes pods past their budget",
    why="The taint manager deletes pods without asking PodDisruptionBudgets: all replicas may go at once.",
    how="A ring is closed by NoExecute while pods of others still run on its nodes.",
    fix="taint with NoSchedule first, drain the nodes by eviction, and only then use NoExecute",
    source="https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#taint-based-evictions",
    question=_question,
)
