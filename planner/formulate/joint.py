"""Rules between pods, as sets of classes and sets of nodes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations_with_replacement

from models.kubernetes.cluster import Cluster
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod, TopologySpreadConstraint
from models.solver.indexed_problem import Batch
from models.solver.problem import Affinity, AntiAffinity, PortConflict, TopologySpread
from planner.formulate.eligible import Eligibility
from planner.formulate.labelled import Labelled
from planner.formulate.offers import Ground, ground
from planner.rules.plugins import nodeports, podtopologyspread, volumerestrictions

Domains = tuple[tuple[int, ...], ...]


@dataclass(slots=True)
class Joint:
    """Builds the joint rules between classes; each class is known by one of its batches.

    `outside` are the nodes that will be in no ring, as they will be. From index `owned` on the nodes are examples of offers.
    """

    cluster: Cluster
    eligibility: Eligibility
    classes: Sequence[Batch]
    outside: Sequence[Node] = ()
    owned: int = 0
    _grounds: dict[str, Ground] = field(default_factory=dict)
    _counting: dict[object, tuple[Ground, tuple[int, ...]]] = field(default_factory=dict)
    _labelled: Labelled = field(init=False)

    def __post_init__(self) -> None:
        """Sort the classes by their labels, so that rules find those that they mean."""
        self._labelled = Labelled(self.cluster, self.classes)

    def clashes(self) -> Iterator[PortConflict]:
        """Yield the pairs of classes whose host ports exclude each other."""
        ported = [(owner, nodeports.ports(batch.pod)) for owner, batch in enumerate(self.classes) if nodeports.ports(batch.pod)]
        for (first, ours), (second, theirs) in combinations_with_replacement(ported, 2):
            if any(nodeports.conflict(our, other) for our in ours for other in theirs):
                yield PortConflict(first, second)

    def aparts(self) -> Iterator[AntiAffinity]:
        """Yield required anti-affinity, and claims that one pod at a time may use."""
        for owner, batch in enumerate(self.classes):
            for term in batch.pod.pod_anti_affinity:
                others = self._labelled.selected(batch.pod, (term,))
                if others:
                    ground = self.ground(term.topology_key)
                    yield AntiAffinity(owner, others, ground.domains, ground.joins)
        yield from self._single_users()

    def _single_users(self) -> Iterator[AntiAffinity]:
        everywhere, anywhere = (tuple(range(self.owned)),), (0,) * (len(self.eligibility.nodes) - self.owned)
        users: dict[str, list[int]] = {}
        for user, batch in enumerate(self.classes):
            for claim in volumerestrictions.exclusive(batch.pod, self.cluster):
                users.setdefault(claim, []).append(user)
        for claim in sorted(users):
            for owner in users[claim]:
                yield AntiAffinity(owner, tuple(users[claim]), everywhere, anywhere)

    def togethers(self) -> Iterator[Affinity]:
        """Yield required affinity; where a static pod already matches, no pod of the owner is the first of all."""
        for owner, batch in enumerate(self.classes):
            terms = batch.pod.pod_affinity
            if terms:
                grounds = [self.ground(term.topology_key) for term in terms]
                keys = tuple(ground.domains for ground in grounds)
                targets = self._labelled.selected(batch.pod, terms)
                if any(self.classes[target].fixed_to and self._in_any(keys, target) for target in targets):
                    targets = tuple(target for target in targets if target != owner)
                joins = tuple(ground.joins for ground in grounds) if grounds[0].joins else ()
                yield Affinity(owner, targets, keys, joins)

    def _in_any(self, keys: Sequence[Domains], target: int) -> bool:
        there = self.classes[target].fixed_to
        return any(self.eligibility.nodes[node].name == there for domains in keys for domain in domains for node in domain)

    def spreads(self) -> Iterator[TopologySpread]:
        """Yield the spread constraints that can keep a pod pending, over the nodes that count if they join the ring."""
        for owner, batch in enumerate(self.classes):
            for constraint in podtopologyspread.hard(batch.pod):
                matched = self._labelled.counting(batch.pod, constraint)
                ground, standing = self._counted(constraint, batch)
                skew, least = constraint.max_skew, constraint.min_domains
                yield TopologySpread(owner, matched, ground.domains, skew, least, standing, ground.joins)

    def _counted(self, constraint: TopologySpreadConstraint, batch: Batch) -> tuple[Ground, tuple[int, ...]]:
        """Return the domains of the nodes that count once they are in the ring, and those that count in any case.

        Which these are hangs on where the pod may go, and on what its constraints are about.
        """
        pod, keys = batch.pod, tuple(rule.topology_key for rule in podtopologyspread.hard(batch.pod))
        policies = constraint.topology_key, constraint.node_affinity_policy, constraint.node_taints_policy
        asked = (policies, keys, pod.node_selector, pod.node_affinity, pod.tolerations, pod.node_name, batch.ring)
        if asked not in self._counting:
            self._counting[asked] = self._grounded(constraint, batch)
        return self._counting[asked]

    def _grounded(self, constraint: TopologySpreadConstraint, batch: Batch) -> tuple[Ground, tuple[int, ...]]:
        key, domains = constraint.topology_key, dict[str, list[int]]()
        for number in range(len(self.eligibility.nodes)):
            node = self.eligibility.ringed(number, batch.ring)
            if podtopologyspread.counted(constraint, batch.pod, node):
                domains.setdefault(node.labels[key], []).append(number)
        outside = (node for node in self.outside if podtopologyspread.counted(constraint, batch.pod, node))
        standing = {node.labels[key] for node in outside}
        # a set, in any order: `ground` sorts the values
        for value in standing:
            domains.setdefault(value, [])
        ground = self._parted(key, domains)
        return ground, tuple(domain for domain, value in enumerate(ground.values) if value in standing)

    def ground(self, key: str) -> Ground:
        """Return the nodes that bear the label, by its value."""
        if key not in self._grounds:
            domains: dict[str, list[int]] = {}
            for number, node in enumerate(self.eligibility.nodes):
                if key in node.labels:
                    domains.setdefault(node.labels[key], []).append(number)
            self._grounds[key] = self._parted(key, domains)
        return self._grounds[key]

    def _parted(self, key: str, domains: dict[str, list[int]]) -> Ground:
        return ground(key, domains, self.eligibility.nodes, self.owned)


def needed_keys(pod: Pod) -> tuple[str, ...]:
    """Return the topology keys without which a node cannot take the pod at all."""
    spread = (constraint.topology_key for constraint in podtopologyspread.hard(pod))
    return (*(term.topology_key for term in pod.pod_affinity), *spread)


def selections(classes: Sequence[Batch], cluster: Cluster) -> list[tuple[int, ...]]:
    """List, for each batch, the joint terms in the cluster that select its pods; of terms that mean the same the first one."""
    labelled = Labelled(cluster, classes)
    anti = [(b.pod, (t,)) for b in classes for t in b.pod.pod_anti_affinity]
    near = [(b.pod, b.pod.pod_affinity) for b in classes if b.pod.pod_affinity]
    spread = [(b.pod, c) for b in classes for c in podtopologyspread.hard(b.pod)]
    meant = [labelled.selected(owner, terms) for owner, terms in (*anti, *near)]
    meant += [labelled.counting(owner, constraint) for owner, constraint in spread]
    first: dict[int, int] = {}
    for number, batches in enumerate(meant):
        # Labelled gives equal answers as one object, and `meant` keeps them alive
        first.setdefault(id(batches), number)
    chosen: list[list[int]] = [[] for _ in classes]
    for number in first.values():
        for batch in meant[number]:
            chosen[batch].append(number)
    return [tuple(terms) for terms in chosen]
