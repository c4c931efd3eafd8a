"""The nodes as columns of numbers, in the order in which kube-scheduler looks at them.

Source: pkg/scheduler/backend/cache/node_tree.go, staging/src/k8s.io/component-helpers/node/topology/helpers.go GetZoneKey.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from models.kubernetes.node import Node
from planner.simulate.arrays import Numbers

T = TypeVar("T")

ZONE, REGION = "topology.kubernetes.io/zone", "topology.kubernetes.io/region"
BETA_ZONE, BETA_REGION = "failure-domain.beta.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/region"
NOWHERE = -1
"""The domain of a node that does not count."""


def zone_by_zone(nodes: Iterable[Node]) -> tuple[Node, ...]:
    """Return the nodes zone by turns: the first of each zone, then the second of each."""
    zones: dict[tuple[str, str], list[Node]] = {}
    for node in nodes:
        zones.setdefault(_zone(node), []).append(node)
    longest = max(map(len, zones.values()), default=0)
    return tuple(zone[turn] for turn in range(longest) for zone in zones.values() if turn < len(zone))


def _zone(node: Node) -> tuple[str, str]:
    labels = node.labels
    # GetZoneKey looks at the deprecated labels first.
    return labels.get(BETA_REGION, labels.get(REGION, "")), labels.get(BETA_ZONE, labels.get(ZONE, ""))


@dataclass(slots=True, eq=False)
class Terrain:
    """Nodes that questions are asked about, once for each kind of node that the question can tell apart."""

    nodes: Sequence[Node]
    index: dict[str, int] = field(init=False)
    _classes: dict[object, tuple[list[int], Numbers]] = field(default_factory=dict)
    _domains: dict[str, tuple[Numbers, tuple[str, ...]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Give each node its number."""
        self.index = {node.name: number for number, node in enumerate(self.nodes)}

    def ask(self, keys: Collection[str], question: Callable[[Node], T], by_name: bool = False) -> list[T]:
        """Answer a question that looks at these label keys, taints, cordons, who is bought, and at names only if said so."""
        examples, kind_of = self._kinds(keys, by_name)
        answers = [question(self.nodes[example]) for example in examples]
        return [answers[kind] for kind in kind_of.tolist()]

    def number(self, keys: Collection[str], question: Callable[[Node], Any], by_name: bool = False) -> Numbers:
        """Answer with a number for each node."""
        examples, kind_of = self._kinds(keys, by_name)
        return np.array([question(self.nodes[example]) for example in examples], dtype=np.int64)[kind_of]

    def _kinds(self, keys: Collection[str], by_name: bool) -> tuple[list[int], Numbers]:
        key = (tuple(sorted(keys)), by_name)
        if key not in self._classes:
            kinds: dict[object, int] = {}
            examples: list[int] = []
            kind_of = np.empty(len(self.nodes), dtype=np.int64)
            for number, node in enumerate(self.nodes):
                seen = tuple(node.labels.get(name) for name in key[0])
                # A node that is still to be bought is judged otherwise: no driver has said how much storage it has.
                looks = (seen, node.taints, node.unschedulable, bool(node.shape), node.name if by_name else "")
                kind = kinds.setdefault(looks, len(kinds))
                if kind == len(examples):
                    examples.append(number)
                kind_of[number] = kind
            self._classes[key] = examples, kind_of
        return self._classes[key]

    def domains(self, key: str) -> tuple[Numbers, tuple[str, ...]]:
        """Return the number of each node's value of a topology key, NOWHERE for nodes that lack it, and the values."""
        if key not in self._domains:
            values = dict.fromkeys(node.labels[key] for node in self.nodes if key in node.labels)
            id_of = {value: number for number, value in enumerate(values)}
            ids = np.array(
                [id_of.get(node.labels.get(key, ""), NOWHERE) if key in node.labels else NOWHERE for node in self.nodes]
            )
            self._domains[key] = ids.astype(np.int64), tuple(values)
        return self._domains[key]
