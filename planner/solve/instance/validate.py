"""Counts a placement again from the Problem alone, trusting neither the solver nor its encodings."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.solver.problem import AntiAffinity, PodClass, PortConflict, Problem, TopologySpread
from planner.solve.instance.affinity_order import pods_without_neighbour

Counts = Sequence[Mapping[int, int]]
EVERYWHERE = -1
"""No number to set: the ring of those that are on the nodes of every ring."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that a placement breaks, the (class, node) pairs whose pods would have to go, or the node to clear of its ring."""

    rule: str
    what: str
    evict: tuple[tuple[int, int], ...] = ()
    clear: int | None = None


def breaches(problem: Problem, ring_of: Sequence[int], counts: Counts) -> Iterator[Breach]:
    """Yield every way in which the placement is wrong; none means that it is valid."""
    yield from _purity(problem, ring_of, counts)
    yield from _sizes(problem, ring_of, counts)
    yield from _totals(problem, counts)
    yield from _capacity(problem, counts)
    for clash in problem.clashes:
        yield from _clash(problem, clash, counts)
    here: dict[int, set[int]] = {}
    for i, on in enumerate(counts if problem.aparts else ()):
        for n in on:
            here.setdefault(n, set()).add(i)
    for apart in problem.aparts:
        yield from _apart(problem, apart, counts, here)
    for spread in problem.spreads:
        yield from _spread(problem, spread, ring_of, counts)
    for owner, node in pods_without_neighbour(problem, counts):
        yield _breach(problem, "together", f"{problem.classes[owner].name} has no earlier neighbour", [(owner, node)])


def _breach(problem: Problem, rule: str, what: str, pairs: Sequence[tuple[int, int]]) -> Breach:
    """Name the pods to evict; daemons cannot be, so where there is nobody else a node has to leave its ring."""
    evict = tuple((i, n) for i, n in pairs if not problem.classes[i].daemon)
    daemons = [n for i, n in pairs if problem.classes[i].daemon and not is_everywhere(problem.classes[i])]
    return Breach(rule, what, evict, daemons[-1] if daemons and not evict else None)


def is_everywhere(pod_class: PodClass) -> bool:
    """Say whether the class is on all its candidates whatever the plan is."""
    return pod_class.daemon and pod_class.ring == EVERYWHERE


def _purity(problem: Problem, ring_of: Sequence[int], counts: Counts) -> Iterator[Breach]:
    for n, node in enumerate(problem.nodes):
        if ring_of[n] != EVERYWHERE and ring_of[n] not in node.rings:
            yield Breach("ring", f"{node.name} may not be given ring {ring_of[n]}")
    for i, c in enumerate(problem.classes):
        if c.daemon:
            due = {n: 1 for n in c.candidates if c.ring in (EVERYWHERE, ring_of[n])}
            if dict(counts[i]) != due:
                yield Breach("daemon", f"{c.name} is not exactly on the nodes of its ring")
            continue
        allowed = set(c.candidates)
        for n in counts[i]:
            if n not in allowed or c.ring not in (EVERYWHERE, ring_of[n]):
                yield Breach("ring", f"{c.name} may not be on {problem.nodes[n].name}", ((i, n),))


def _sizes(problem: Problem, ring_of: Sequence[int], counts: Counts) -> Iterator[Breach]:
    """Yield the rings with too many nodes, each with the node that has fewest pods."""
    for r, size in enumerate(problem.sizes):
        mine = [n for n, ring in enumerate(ring_of) if ring == r]
        if len(mine) > size.most:
            emptiest = min(mine, key=lambda n: (sum(on.get(n, 0) for on in counts), -n))
            yield Breach("size", f"ring {problem.rings[r]} has {len(mine)} nodes", clear=emptiest)


def _totals(problem: Problem, counts: Counts) -> Iterator[Breach]:
    for i, c in enumerate(problem.classes):
        if any(count < 1 for count in counts[i].values()):
            yield Breach("count", f"{c.name} has an empty entry", ())
        if not c.daemon and sum(counts[i].values()) > c.count:
            yield Breach("count", f"{c.name} has more pods than it should", ())


def _capacity(problem: Problem, counts: Counts) -> Iterator[Breach]:
    used = np.zeros((len(problem.nodes), len(problem.resources)), dtype=np.int64)
    capacity = np.array([n.capacity for n in problem.nodes], dtype=np.int64).reshape(used.shape)
    closed = capacity.max(axis=1, initial=0) <= 0
    for i, c in enumerate(problem.classes):
        for n, count in counts[i].items():
            # a cordoned node is written as one without capacity, and DaemonSets tolerate that it is cordoned
            if not (c.daemon and closed[n]):
                used[n] += np.array(c.requests, dtype=np.int64) * count
    for n in map(int, np.flatnonzero((used > np.maximum(capacity, 0)).any(axis=1))):
        here = [i for i, c in enumerate(problem.classes) if not c.daemon and n in counts[i]]
        if here:
            yield Breach("capacity", f"{problem.nodes[n].name} is overfull", ((here[-1], int(n)),))
        elif any(n in counts[i] for i, c in enumerate(problem.classes) if not is_everywhere(c)):
            yield Breach("capacity", f"{problem.nodes[n].name} cannot hold its daemons", clear=int(n))


def _clash(problem: Problem, clash: PortConflict, counts: Counts) -> Iterator[Breach]:
    first, second = clash.first, clash.second
    if first == second:
        bad = [n for n, count in counts[first].items() if count > 1]
    else:
        bad = sorted(set(counts[first]) & set(counts[second]))
    if all(is_everywhere(problem.classes[i]) for i in (first, second)):
        return
    guest = second if not problem.classes[second].daemon else first
    for n in bad:
        yield _breach(problem, "clash", f"two pods on {problem.nodes[n].name} want the same port", [(guest, n)])


def _apart(problem: Problem, apart: AntiAffinity, counts: Counts, here: Mapping[int, set[int]]) -> Iterator[Breach]:
    """Yield the domains in which a pod of the owner is beside others; `here` are the classes on each node."""
    guests = set(apart.others) - {apart.owner} if counts[apart.owner] else set()
    for domain in apart.domains:
        owners = {n: counts[apart.owner][n] for n in domain if n in counts[apart.owner]}
        if not owners:
            continue
        others = sorted((i, n) for n in domain for i in here.get(n, ()) if i in guests)
        fixed = is_everywhere(problem.classes[apart.owner])
        movable = [(i, n) for i, n in others if not (fixed and is_everywhere(problem.classes[i]))]
        crowd = apart.owner in apart.others and not fixed and sum(owners.values()) > 1
        if movable or crowd:
            pairs = [*movable, *((apart.owner, n) for n in owners)]
            yield _breach(problem, "apart", f"{problem.classes[apart.owner].name} is not kept apart", pairs)


def _spread(problem: Problem, spread: TopologySpread, ring_of: Sequence[int], counts: Counts) -> Iterator[Breach]:
    owner = problem.classes[spread.owner]
    if is_everywhere(owner):
        return
    existing: list[tuple[int, list[int]]] = []
    for number, domain in enumerate(spread.domains):
        counted = [n for n in domain if owner.ring in (EVERYWHERE, ring_of[n])]
        if counted or number in spread.standing:
            existing.append((sum(counts[m].get(n, 0) for m in set(spread.matched) for n in counted), counted))
    least = min((count for count, _ in existing), default=0) if len(existing) >= spread.min_domains else 0
    for count, counted in existing:
        here = [(spread.owner, n) for n in counted if n in counts[spread.owner]]
        if here and count - least > spread.max_skew:
            yield _breach(problem, "spread", f"{owner.name} is {count - least} pods uneven", here)
