"""Which pods the static filters let onto which nodes, asked once for nodes that no filter can tell apart."""

from collections.abc import Hashable

from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from planner.rules.placement.scheduler_filters import ports_taken, static_reason
from planner.rules.plugins.volumezone import GA_LABEL
from planner.simulate.any_order_proof.ring_pods import Crowd
from planner.simulate.scheduler.node_equivalence import asked_keys


class Doors:
    """The nodes of a ring, merged into `types` that let the same pods in; `type_of` is each node's."""

    def __init__(self, arriving: Crowd) -> None:
        self._arriving = arriving
        self.examples: list[Node] = []
        self.type_of: list[int] = []
        self._known: dict[Hashable, tuple[bool, ...]] = {}
        keys, by_name = _told_apart_by(arriving)
        types: dict[Hashable, int] = {}
        for node in arriving.nodes:
            ports = frozenset(port for port, count in arriving.world.sites[node.name].ports.items() if count > 0)
            labels = tuple(node.labels.get(key) for key in keys)
            own = (node.kubelet_version, bool(node.shape), node.name if by_name else "")
            kind = types.setdefault((labels, node.taints, node.unschedulable, ports, own), len(types))
            if kind == len(self.examples):
                self.examples.append(node)
            self.type_of.append(kind)

    def open_to(self, pod: Pod) -> tuple[bool, ...]:
        """Say for each type of node whether it lets the pod in, as far as the node and its residents decide."""
        world = self._arriving.world
        kind = world.kind(pod)
        key = (kind.static, kind.ports)
        if key not in self._known:
            self._known[key] = tuple(
                not static_reason(pod, node, world) and not ports_taken(kind, world.sites[node.name]) for node in self.examples
            )
        return self._known[key]


def _told_apart_by(arriving: Crowd) -> tuple[list[str], bool]:
    """Return the label keys that a filter may read, and whether one may read the node's name."""
    asked = [asked_keys(member.pod, arriving.world.cluster) for member in arriving.members]
    # VolumeZone reads these whatever the pod asks for, and each by its older name too.
    keys = set(GA_LABEL).union(*(read for read, _ in asked))
    return sorted(keys), any(by_name for _, by_name in asked)
