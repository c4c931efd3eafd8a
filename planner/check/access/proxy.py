"""Who may reach kubelets through the API server."""

from collections.abc import Iterator

from models.answer.finding import ERROR
from planner.check.estate.estate import Estate
from planner.check.estate.rights import holders
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting


def _question(estate: Estate) -> Iterator[Sighting]:
    for grant in estate.access.of_all(("create", "get"), "", "nodes/proxy"):
        yield grant.sighting(
            f"{grant.subject} may reach the kubelet of every node through the API server{holders(grant, estate)}"
        )


RULE = Rule(
    id="may-proxy-nodes",
    breaks=SECURITY,
    severity=ERROR,
    sentence="Somebody may reach the API of kubelets",
    why="nodes/proxy lets its holder run commands in every pod of every node, past admission and audit; get is enough for that.",
    how="Open a websocket to the kubelet's exec endpoint of a trusted node with a monitoring agent's token.",
    fix="grant nodes/metrics, nodes/stats or nodes/healthz instead (on by default since 1.36)",
    source="https://kubernetes.io/docs/concepts/security/rbac-good-practices/#access-to-proxy-subresource-of-nodes",
    question=_question,
)
