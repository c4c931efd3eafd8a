"""Nodes of which DaemonSets take a large part."""

from collections.abc import Iterator
from fractions import Fraction

from models.answer.finding import INFO
from models.kubernetes.node import Node
from planner.check.estate.estate import Estate
from planner.check.rule import AVAILABILITY, Rule
from planner.check.sighting import Sighting
from planner.rules import daemonset
from planner.rules.plugins import nodeaffinity, tainttoleration
from planner.rules.plugins.noderesources import requests

_SHARE = Fraction(1, 4)
_NAMES = ("cpu", "memory")


def _question(estate: Estate) -> Iterator[Sighting]:
    daemons = [workload for workload in estate.cluster.workloads if workload.is_daemon]
    for node in estate.cluster.nodes if daemons else ():
        pods = [daemonset.daemon_pod(workload.template) for workload in daemons]
        there = [
            pod
            for pod in pods
            if nodeaffinity.matches(pod, node) and not tainttoleration.untolerated(pod.tolerations, node.taints)
        ]
        for name in _NAMES:
            share = _share(node, name, sum(requests(pod).get(name, 0) for pod in there))
            if share > _SHARE:
                message = f"DaemonSets take {int(share * 100)} % of its {name}: {len(there)} of them run there"
                yield Sighting(f"Node/{node.name}", message, node.where)
                break


def _share(node: Node, name: str, asked: int) -> Fraction:
    room = node.allocatable.get(name, 0)
    return Fraction(asked, room) if room else Fraction(0)


RULE = Rule(
    id="daemons-weigh",
    breaks=AVAILABILITY,
    severity=INFO,
    sentence="DaemonSets take a large part of a node",
    why="Each node of a ring pays for every agent: small nodes look cheap and are not.",
    how="A ring of small nodes holds far fewer pods than their sizes say.",
    fix="use fewer and larger nodes for the ring, or lower what the agents request",
    source="https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/",
    question=_question,
)
