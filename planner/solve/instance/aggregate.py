"""Merges what the goals cannot tell apart: nodes into kinds, classes into types, so that a model of sums stays small."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from planner.solve.instance.arrays import EVERYWHERE, Bools, Facts, Ints, fits
from planner.solve.tuning.placement import SumsTuning


@dataclass(frozen=True, slots=True)
class Kind:
    """Nodes that are alike to the sums: what they have (the most of any member), and the rings that any can serve.

    Of a block's nodes those are alike that have the same `price`; those that have one may be of no ring.
    """

    nodes: tuple[int, ...]
    rings: tuple[int, ...]
    capacity: Ints
    room: Ints
    price: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """Nodes of one kind that also carry the same ring, and on which it counts as much for each ring that its pods stay."""

    nodes: tuple[int, ...]
    kind: int
    ring_today: int
    staying: tuple[int, ...]

    @property
    def at_home(self) -> tuple[int, ...]:
        """Return the rings that the nodes have a reason to be in; all others are alike to them."""
        return tuple(r for r, staying in enumerate(self.staying) if staying or r == self.ring_today)


@dataclass(frozen=True, slots=True)
class Type:
    """Classes that are alike to the sums; `single` ones put at most one pod on a node."""

    classes: tuple[int, ...]
    ring: int
    count: int
    priority: int
    requests: Ints
    kinds: tuple[int, ...]
    single: bool


@dataclass(frozen=True, slots=True)
class Merged:
    """A problem in sums; whatever they cannot do, the problem cannot.

    It forgets rules and fragments, and what runs today unless `running`.
    """

    facts: Facts
    kinds: tuple[Kind, ...]
    groups: tuple[Group, ...]
    types: tuple[Type, ...]
    kind_of: Ints
    running: bool = True


def merge(facts: Facts, tuning: SumsTuning, running: bool = True, apart: bool = False) -> Merged:
    """Merge nodes and classes; nodes that run different pods stay different if `running` counts.

    `apart` keeps every class a type of its own.
    """
    kinds = _kinds(facts, tuning.kinds)
    kind_of = np.zeros(len(facts.problem.nodes), dtype=np.int64)
    for g, kind in enumerate(kinds):
        kind_of[list(kind.nodes)] = g
    return Merged(facts, kinds, _groups(facts, kind_of, running), _types(facts, kinds, apart), kind_of, running)


def _kinds(facts: Facts, most: int) -> tuple[Kind, ...]:
    able = facts.fit > 0
    groups: dict[Hashable, list[int]] = {}
    block_of = {n: number for number, block in enumerate(facts.problem.blocks) for n in block}
    for n in range(len(facts.problem.nodes)):
        looks = (facts.usable[n].tobytes(), facts.capacity[n].tobytes(), facts.load[n].tobytes(), able[:, n].tobytes())
        block = block_of.get(n)
        price = 0 if block is None else facts.problem.nodes[n].price
        groups.setdefault((block, price, *looks), []).append(n)
    members = list(groups.values())
    # Kinds of several blocks are not merged: nodes of one may all be of one ring only.
    if len(members) > most and not block_of:
        members = _coarser(facts, members, most)
    return tuple(_kind(facts, nodes, facts.problem.nodes[nodes[0]].price if nodes[0] in block_of else 0) for nodes in members)


def _coarser(facts: Facts, members: Sequence[list[int]], most: int) -> list[list[int]]:
    """Merge neighbours in capacity, of the same rings, until few enough kinds remain."""
    order = sorted(members, key=lambda m: (facts.usable[m[0]].tobytes(), tuple(facts.capacity[m[0]]), m[0]))
    size = -(-len(order) // most)
    merged: list[list[int]] = []
    width, last = 0, b""
    for nodes in order:
        rings = facts.usable[nodes[0]].tobytes()
        if merged and rings == last and width < size:
            merged[-1] = sorted(merged[-1] + nodes)
            width += 1
        else:
            merged.append(list(nodes))
            width, last = 1, rings
    return merged


def _kind(facts: Facts, nodes: Sequence[int], price: int) -> Kind:
    rings = tuple(int(r) for r in np.flatnonzero(facts.usable[list(nodes)].any(axis=0)))
    on = list(nodes)
    # the most of any member: what the sums cannot do with that, no member can
    return Kind(tuple(nodes), rings, facts.capacity[on].max(axis=0), facts.room[on].max(axis=0), price)


def stays(facts: Facts) -> Ints:
    """Return how many running pods of each plain class could stay on each node, if the node is in the class's ring."""
    able: Ints = np.minimum(facts.running, facts.fit)
    return able


def worth_staying(facts: Facts) -> Ints:
    """Return what it counts that they stay."""
    result: Ints = stays(facts) * facts.weights[:, None]
    return result


def _groups(facts: Facts, kind_of: Ints, running: bool) -> tuple[Group, ...]:
    able, rings = worth_staying(facts) * running, len(facts.problem.rings)
    per_ring = np.zeros((len(facts.problem.nodes), rings), dtype=np.int64)
    for r in range(rings):
        per_ring[:, r] = able[facts.ring_of_class == r].sum(axis=0)
    groups: dict[tuple[int, int, tuple[int, ...]], list[int]] = {}
    for n in range(len(kind_of)):
        key = (int(kind_of[n]), int(facts.ring_today[n]), tuple(per_ring[n].tolist()))
        groups.setdefault(key, []).append(n)
    return tuple(Group(tuple(nodes), *key) for key, nodes in groups.items())


def _types(facts: Facts, kinds: Sequence[Kind], apart: bool) -> tuple[Type, ...]:
    single = single_classes(facts)
    groups: dict[Hashable, list[int]] = {}
    reach: dict[int, tuple[int, ...]] = {}
    for c in facts.plain:
        pod_class = facts.problem.classes[c]
        reach[c] = tuple(g for g, kind in enumerate(kinds) if facts.fit[c, list(kind.nodes)].any())
        key = (pod_class.ring, pod_class.requests, pod_class.priority, reach[c], bool(single[c]), c if apart else -1)
        if pod_class.count:
            groups.setdefault(key, []).append(c)
    return tuple(_type(facts, group, reach[group[0]], bool(single[group[0]])) for group in groups.values())


def _type(facts: Facts, group: Sequence[int], kinds: tuple[int, ...], single: bool) -> Type:
    first = facts.problem.classes[group[0]]
    count = int(facts.counts[list(group)].sum())
    # a type of several single classes may put one pod of each on a node
    return Type(tuple(group), first.ring, count, first.priority, facts.requests[group[0]], kinds, single)


def single_classes(facts: Facts) -> Bools:
    """Say which classes may have at most one pod on a node: by host port, or by anti-affinity to themselves per node."""
    single = np.zeros(len(facts.problem.classes), dtype=np.bool_)
    for clash in facts.problem.clashes:
        if clash.first == clash.second:
            single[clash.first] = True
    for apart in facts.problem.aparts:
        covered = {n for domain in apart.domains for n in domain}
        if apart.owner in apart.others and covered.issuperset(facts.problem.classes[apart.owner].candidates):
            single[apart.owner] = True
    return single


def per_node(kind: Kind, type_: Type) -> int:
    """Return how many pods of a type one node of the kind can hold at most."""
    if type_.single:
        return len(type_.classes)
    space = kind.capacity if type_.ring == EVERYWHERE else kind.room[type_.ring]
    return min(type_.count, int(fits(space[None, :], type_.requests)[0]))
