"""What each ring can lose: for every node and zone of it, the pods that would then be pending.

failure_repacking.py says what that means.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from models.answer.plan import Lost, Outlook
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from models.trust import PolicyNodes
from planner.rules import ring_membership
from planner.rules.placement.cluster_state import World
from planner.rules.placement.failure_repacking import Guest, Repacking, lets_in, repack, zones
from planner.rules.purchased_node import examples

NODE, ZONE = "node", "zone"
MOST_FAILING = 16
Guests = Mapping[str, Mapping[Guest, int]]
"""What each node holds of its ring's own pods, DaemonSets left out."""


@dataclass(slots=True)
class Prospect:
    """A plan's final state, and what there is to ask of it: the world, the rings' nodes, and the guests of each node.

    `holds` judges where the guests of lost nodes went; where it says no, they count as pending.
    """

    world: World
    cluster: Cluster
    policy: PolicyNodes
    rings: Mapping[str, Sequence[str]]
    guests: Guests
    holds: Callable[[Sequence[str], Repacking], bool] = lambda _gone, _repacking: True
    _allowed: dict[object, tuple[str, ...]] = field(default_factory=dict)

    def outlooks(self) -> tuple[Outlook, ...]:
        """Look at every loss of every ring that has guests; of a ring that fails often only the first failures."""
        every = (self._outlook(name, of) for name in sorted(self.rings) for of in (NODE, ZONE) if self._peopled(name))
        return tuple(outlook for outlook in every if outlook.count)

    def _peopled(self, name: str) -> bool:
        return any(self.guests.get(node) for node in self.rings[name])

    def _outlook(self, name: str, of: str) -> Outlook:
        losses = self._losses(name, of)
        tried = failing = 0
        worst: list[Lost] = []
        for place, gone in losses:
            if failing >= MOST_FAILING:
                break
            lost = self._lost(name, of, place, gone)
            tried += 1
            failing += bool(lost.pending)
            worst += [lost] * bool(lost.pending or lost.tied)
        worst.sort(key=lambda lost: (-sum(lost.pending.values()), -sum(lost.tied.values()), lost.name))
        tying = sum(bool(lost.tied) for lost in worst)
        return Outlook(name, of, len(losses), tried, failing, tying, tuple(worst[:MOST_FAILING]))

    def _losses(self, name: str, of: str) -> list[tuple[str, tuple[str, ...]]]:
        """Return what the ring may lose and the nodes of it, those with most guests first."""
        nodes = sorted(self.rings[name])
        every = zones(self.world.sites[node].node for node in nodes)
        places: list[tuple[str, tuple[str, ...]]] = every if of == ZONE else [(node, (node,)) for node in nodes]
        return sorted(places, key=lambda place: (-sum(self._held(place[1]).values()), place[0]))

    def _held(self, gone: Sequence[str]) -> Counter[Guest]:
        held: Counter[Guest] = Counter()
        for node in gone:
            held.update(self.guests.get(node, {}))
        return held

    def _lost(self, name: str, of: str, place: str, gone: Sequence[str]) -> Lost:
        homes = [node for node in sorted(self.rings[name]) if node not in gone]
        repacking = repack(self.world, gone, homes, [self.guests.get(node, {}) for node in gone])
        left = repacking.left if self.holds(gone, repacking) else self._held(gone)
        counts: dict[bool, Counter[str]] = {False: Counter(), True: Counter()}
        for (owner, pod), count in left.items():
            counts[self._tied(name, of, place, pod)][owner] += count
        return Lost(place, FrozenMap(counts[False]), FrozenMap(counts[True]))

    def _tied(self, name: str, of: str, place: str, pod: Pod) -> bool:
        """Say whether no node outside the place would let the pod in."""
        inside = dict(zones(self._everyone())).get(place, ()) if of == ZONE else (place,)
        return not any(node not in inside for node in self._letting_in(name, pod))

    def _everyone(self) -> tuple[Node, ...]:
        """Return all nodes, those that could be bought among them."""
        return (*self.cluster.nodes, *examples(self.cluster.shapes))

    def _letting_in(self, name: str, pod: Pod) -> tuple[str, ...]:
        key = (name, self.world.kind(pod).static, pod.pod_affinity, pod.topology_spread_constraints)
        if key not in self._allowed:
            self._allowed[key] = tuple(self._open_to(name, pod))
        return self._allowed[key]

    def _open_to(self, name: str, pod: Pod) -> Iterator[str]:
        for node in self._everyone():
            if not ring_membership.is_excluded(node, self.policy) and lets_in(
                pod, ring_membership.ring_node(node, name, self.policy), self.cluster
            ):
                yield node.name
