"""A ring survives a loss if the pods that it had on the lost nodes can all be elsewhere in it.

Lost is one node of the ring, or all its nodes in one zone (label topology.kubernetes.io/zone; a node without the label is lost
with no zone). The Node objects are gone, and with them their DaemonSet pods and static pods, which need no other place. Nothing
else changes: nodes keep their rings, and all other pods stay where they are; what preemption could do is left out.

The ring's other pods that were there can be elsewhere if they can be put on the ring's remaining nodes so that the placement is
valid (placement_validity.py) with all pods that stay taken for residents: those take room and count, but are not judged, for
kube-scheduler evicts nobody because a rule about other pods no longer holds.

A pod is tied to a node, or to a zone, if no node outside it (of any ring) would let the pod in by its name, labels, taints and
volumes, were it in the pod's ring. It is then pending whatever is planned, and its ring may survive the loss nevertheless.
"""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from models.kubernetes.cluster import Cluster
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from models.kubernetes.resources import PODS
from planner.rules import FILTERS
from planner.rules.placement import affinity_order
from planner.rules.placement.cluster_state import World
from planner.rules.placement.pod_class import Kind, Site
from planner.rules.placement.scheduler_filters import fits, ports_taken, static_reason
from planner.rules.placement.topology_counts import domain_of
from planner.rules.plugins import noderesources, podtopologyspread

ZONE = "topology.kubernetes.io/zone"
# maker and verify share these numbers: with others a ring would survive for one and not for the other
TRIES = 4000
MOST_PODS = 16
MIXES = 24
NOT_MANY = 100
TIGHTEST = 4
"""On so many nodes that have room for them pods are tried together."""
Guest = tuple[str, Pod]
"""A workload's name and a pod of it as patched."""
Unit = tuple[str, Kind]
Score = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Repacking:
    """The guests of lost nodes that find no place, and which pod moves to which node (by name)."""

    left: Counter[Guest]
    moves: tuple[tuple[Pod, str], ...]


def zones(nodes: Iterable[Node]) -> list[tuple[str, tuple[str, ...]]]:
    """Return the zones and the names of their nodes, sorted."""
    by_zone: dict[str, list[str]] = {}
    for node in nodes:
        if ZONE in node.labels:
            by_zone.setdefault(node.labels[ZONE], []).append(node.name)
    return [(zone, tuple(sorted(by_zone[zone]))) for zone in sorted(by_zone)]


def lets_in(pod: Pod, node: Node, cluster: Cluster) -> bool:
    """Say whether the node, given as a member of the pod's ring, would take the pod if nothing else were there."""
    keys = (
        *(term.topology_key for term in pod.pod_affinity),
        *(constraint.topology_key for constraint in podtopologyspread.hard(pod)),
    )
    return all(key in node.labels for key in keys) and not any(rejects(pod, node, cluster) for rejects in FILTERS.values())


def repack(world: World, gone: Sequence[str], homes: Sequence[str], guests: Sequence[Mapping[Guest, int]]) -> Repacking:
    """Put the guests of the lost nodes on the homes, in the best way found; the world stays as it was.

    `guests` are those of each lost node. Few pods are tried in every way; of many, a place that is not found may exist all the
    same.
    """
    lost = [world.lose(name) for name in gone]
    parties = [[(owner, world.kind(pod)) for (owner, pod), count in party.items() for _ in range(count)] for party in guests]
    units = [unit for party in parties for unit in party]
    search = _Search(world, [world.sites[name] for name in homes], units, parties)
    left = search.best() if units else []
    for site, stood in reversed(lost):
        world.regain(site, stood)
    moves = tuple((kind.pod, site.node.name) for (_, kind), site in search.best_placed)
    return Repacking(Counter((owner, kind.pod) for owner, kind in left), moves)


@dataclass(slots=True)
class _Search:
    """One search for places; `best_left` are the units without one in the best way so far, `best_placed` the others."""

    world: World
    homes: list[Site]
    units: list[Unit]
    parties: list[list[Unit]]
    tries: int = 0
    best_left: list[Unit] = field(default_factory=list)
    best_placed: list[tuple[Unit, Site]] = field(default_factory=list)
    best_score: Score = ()
    tiers: list[int] = field(default_factory=list)
    takers: dict[Kind, frozenset[int]] = field(default_factory=dict)
    scale: dict[str, int] = field(default_factory=dict)

    def best(self) -> list[Unit]:
        """Fill by first fit in three orders of the nodes, mix pods that are not many, and try everything where they are few.

        Of many, as of a zone, those of each node are moved together first.
        """
        self.scale = {name: sum(home.node.allocatable.get(name, 0) for home in self.homes) or 1 for name in self._asked()}
        self.units.sort(key=self._rank)
        self.tiers = sorted({kind.pod.priority for _, kind in self.units}, reverse=True)
        # to begin with nobody has a place, so that every way is compared with something
        self.keep(self.units, ())
        room = {id(home): min(self._shares(home)) for home in self.homes}
        emptiest = sorted(self.homes, key=lambda home: (-room[id(home)], home.node.name))
        if len(self.units) > NOT_MANY:
            self.keep(*self._filled(emptiest, whole=True))
        for order in (emptiest, emptiest[::-1], self.homes):
            if self.best_left:
                self.keep(*self._filled(order))
                self._remember()
        whole, luck = list(self.units), random.Random(len(self.units))  # noqa: S311  another way to pack, not a secret
        for _ in range(MIXES if len(whole) <= NOT_MANY else 0):
            if self.best_left:
                self.units = sorted(luck.sample(whole, len(whole)), key=lambda unit: -unit[1].pod.priority)
                self.keep(*self._filled(emptiest))
        self.units = whole
        if self.best_left and len(self.units) <= MOST_PODS:
            _Tree(self).grow()
        return self.best_left

    def _rank(self, unit: Unit) -> tuple[int, bool, float, tuple[str, ...], str]:
        """Order pods: higher priority first, then those with rules, then the big ones."""
        owner, kind = unit
        size = max((kind.request[name] / self.scale[name] for name in noderesources.asked(kind.request)), default=0.0)
        return -kind.pod.priority, not _ruled(kind), -size, kind.pod.claims, owner

    def _shares(self, home: Site) -> list[float]:
        """Return how much of what all homes have of each resource is free on one."""
        return [home.free.get(name, home.node.allocatable.get(name, 0)) / whole for name, whole in self.scale.items()]

    def _asked(self) -> list[str]:
        return sorted({PODS, *(name for _, kind in self.units for name in noderesources.asked(kind.request))})

    def score(self, left: Iterable[Unit]) -> Score:
        """Count the pods left, those of higher priority first."""
        counts = Counter(kind.pod.priority for _, kind in left)
        return tuple(counts[tier] for tier in self.tiers)

    def keep(self, left: Sequence[Unit], placed: Sequence[tuple[Unit, Site]]) -> None:
        """Remember a way that leaves less than the best one so far."""
        score = self.score(left)
        if not self.best_score or score < self.best_score:
            self.best_left, self.best_placed, self.best_score = list(left), list(placed), score

    def _remember(self) -> None:
        """Note which homes have room for the kinds that are left: what has none now has none either once more have come."""
        for kind in dict.fromkeys(kind for _, kind in self.best_left):
            if kind not in self.takers and not _ruled(kind):
                self.takers[kind] = frozenset(id(home) for home in self.homes if fits(kind, home, self.world))

    def _filled(self, order: Sequence[Site], whole: bool = False) -> tuple[list[Unit], list[tuple[Unit, Site]]]:
        """Put each unit on the first node that takes it, as kube-scheduler would; return those left and those placed.

        The world stays as it was.

        If `whole`, those of a lost node go to one node together where there is one that takes them all.
        """
        placed: list[tuple[Unit, Site]] = []
        left = self._round(order, self._together(placed) if whole else self.units, placed)
        while left and len(again := self._round(order, left, placed)) < len(left):
            left = again
        before = len(placed)
        # one at a time: once it is out, others may be even
        while uneven := [pair for pair in placed if _uneven(self.world, *pair)][:1]:
            placed.remove(uneven[0])
            self._take(*uneven[0])
            left.append(uneven[0][0])
        for unit, site in placed:
            self._take(unit, site)
        # one that was taken out again may have been the company that another one came for
        alone = len(placed) < before and any(kind.pod.pod_affinity for (_, kind), _ in placed)
        return (list(self.units), []) if alone else (left, placed)

    def _together(self, placed: list[tuple[Unit, Site]]) -> list[Unit]:
        """Move the units of each lost node together, the most first, where they leave least room; return those left."""
        asked = [_sum(party) for party in self.parties]
        sizes = [sum(amount / self.scale[name] for name, amount in wants.items()) for wants in asked]
        left: list[Unit] = []
        for number in sorted(range(len(asked)), key=lambda number: -sizes[number]):
            able = [
                home for home in self.homes if noderesources.has_room(asked[number].items(), home.free, home.node.allocatable)
            ]
            for home in sorted(able, key=lambda home: sum(self._shares(home)))[:TIGHTEST]:
                if self._moved(self.parties[number], home, placed):
                    break
            else:
                left += self.parties[number]
        return sorted(left, key=self._rank)

    def _moved(self, party: Sequence[Unit], home: Site, placed: list[tuple[Unit, Site]]) -> bool:
        """Put all units on a node, or none."""
        for number, unit in enumerate(party):
            if not fits(unit[1], home, self.world):
                for before in party[:number]:
                    self._take(before, home)
                return False
            self.world.add(unit[1].pod, home.node.name)
        placed += [(unit, home) for unit in party]
        return True

    def _round(self, order: Sequence[Site], units: Sequence[Unit], placed: list[tuple[Unit, Site]]) -> list[Unit]:
        left: list[Unit] = []
        homes = {kind: [site for site in order if id(site) in sites] for kind, sites in self.takers.items()}
        full: dict[Kind, int] = {}
        for unit in units:
            kind = unit[1]
            mine = homes.get(kind, order)
            start = 0 if _ruled(kind) else full.get(kind, 0)
            index = next((index for index in range(start, len(mine)) if fits(kind, mine[index], self.world)), len(mine))
            full[kind] = index
            if index == len(mine):
                left.append(unit)
                continue
            self.world.add(kind.pod, mine[index].node.name)
            placed.append((unit, mine[index]))
        return left

    def _take(self, unit: Unit, site: Site) -> None:
        self.world.remove(unit[1].pod, site.node.name)


def _ruled(kind: Kind) -> bool:
    """Say whether other pods decide where this one may go."""
    pod = kind.pod
    return bool(kind.ports or kind.exclusive or kind.spread or pod.pod_affinity or pod.pod_anti_affinity)


def _sum(party: Iterable[Unit]) -> Counter[str]:
    """Return what pods need to be free together."""
    total: Counter[str] = Counter()
    for _, kind in party:
        total.update(dict(noderesources.wanted(kind.request)))
    return total


def _uneven(world: World, unit: Unit, site: Site) -> bool:
    """Say whether the pod breaks a spread constraint of its own with all pods in place (placement_validity.py)."""
    pod = unit[1].pod
    for constraint, tally in world.spread(unit[1]):
        for domain in domain_of(site.node, constraint.topology_key):
            itself = bool(tally.ground.of(site.node)) and tally.wants(pod)
            there = tally.at(domain) - itself + podtopologyspread.counts_self(constraint, pod)
            if there - tally.lowest(constraint.min_domains) > constraint.max_skew:
                return True
    return False


@dataclass(slots=True)
class _Tree:
    """Tries every place for every pod, and none, those that are left out last, up to a number of tries."""

    search: _Search
    placed: list[tuple[Unit, Site]] = field(default_factory=list)
    left: list[Unit] = field(default_factory=list)

    def grow(self) -> None:
        """Look for a better way than the best one; the world stays as it was."""
        world = self.search.world
        lonely = any(kind.pod.pod_affinity for _, kind in self.search.units)
        before = [(site, site.residents) for site in world.sites.values()] if lonely else []
        for site, _ in before:
            # who stays is company, but not judged: so all of them are residents for a while
            site.residents = Counter(site.kinds)
        self._grow(0, 0)
        for site, residents in before:
            site.residents = residents

    def _grow(self, index: int, first: int) -> None:
        """Decide about the unit; of pods that are alike the later one goes to no earlier node."""
        search = self.search
        if search.tries >= TRIES or search.score(self.left) >= search.best_score:
            return
        if index == len(search.units):
            if self._valid():
                search.keep(self.left, self.placed)
            return
        unit = search.units[index]
        alike = index + 1 < len(search.units) and search.units[index + 1] == unit
        for number in range(first, len(search.homes)):
            site = search.homes[number]
            search.tries += 1
            if _has_room(search.world, unit[1], site):
                search.world.add(unit[1].pod, site.node.name)
                self.placed.append((unit, site))
                self._grow(index + 1, number if alike else 0)
                self.placed.pop()
                search.world.remove(unit[1].pod, site.node.name)
        self.left.append(unit)
        self._grow(index + 1, len(search.homes) if alike else 0)
        self.left.pop()

    def _valid(self) -> bool:
        world = self.search.world
        if any(_uneven(world, *pair) for pair in self.placed):
            return False
        return not any(unit[1].pod.pod_affinity for unit, _ in self.placed) or not affinity_order.stuck(world)


def _has_room(world: World, kind: Kind, site: Site) -> bool:
    """Say whether the rules that more pods can only break let the pod in: all but spread and affinity."""
    if not noderesources.has_room(noderesources.wanted(kind.request), site.free, site.node.allocatable):
        return False
    if static_reason(kind.pod, site.node, world) or (kind.ports and ports_taken(kind, site)):
        return False
    if any(world.claim_users[claim] for claim in kind.exclusive):
        return False
    if any(constraint.topology_key not in site.node.labels for constraint in kind.spread):
        return False
    return not any(_repelled(world, kind, site))


def _repelled(world: World, kind: Kind, site: Site) -> Iterator[bool]:
    for term, tally in (*world.repulsion(kind), *world.repelled_by(kind)):
        yield any(tally.at(domain) for domain in domain_of(site.node, term.topology_key))
