"""What can be looked up whoever is where: worked out once for all runs of one plan, when it is first asked for."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
import numpy.typing as npt

from planner.simulate.arrays import Flags, Numbers
from planner.simulate.scheduler.ranking.node_rows import AGAIN, AT_FREE, AT_PODS, needed_by
from planner.simulate.scheduler.topology_counts import Count
from planner.simulate.scores import WEIGHTS, nodeaffinity, tainttoleration
from planner.simulate.scores.resources_at_once import LARGEST

if TYPE_CHECKING:
    from planner.simulate.scheduler.rulebook import Rulebook, Rules

SPREAD_WEIGHT = np.int64(WEIGHTS["PodTopologySpread"])


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """Nodes that pods may ever go to, also as plain numbers.

    `there` is cpu and memory of each three times, as resources_at_once wants them, `pairs` once; `is_plain` if each has both.
    """

    number: int
    nodes: Numbers
    members: tuple[int, ...]
    there: Numbers
    divisor: npt.NDArray[np.float64]
    pairs: tuple[tuple[int, int], ...]
    is_plain: bool

    @classmethod
    def of(cls, number: int, nodes: Numbers, empty: Numbers) -> Self:
        """Look at the rows of empty nodes."""
        pairs = empty[nodes][:, AGAIN]
        there = np.tile(pairs, 3)
        is_plain = bool(((pairs > 0) & (pairs < LARGEST)).all())
        listed = tuple((cpu, memory) for cpu, memory in pairs.tolist())
        return cls(number, nodes, tuple(nodes.tolist()), there, there.astype(np.float64), listed, is_plain)


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """What pods ask of a node itself: what its row must hold (`asked`, `needed`), and what is added to it to be scored."""

    number: int
    rules: "Rules"
    ground: Ground
    asked: tuple[tuple[int, int], ...]
    needed: Numbers
    added: Numbers
    adds: tuple[int, ...]
    is_plain: bool


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """A hard spread constraint: its count may reach so much above the lowest of the domains; `bears` are nodes with the key."""

    slots: Numbers
    domains: Numbers | None
    above: int
    bears: Flags


@dataclass(frozen=True, slots=True, eq=False)
class Barriers:
    """Where pods of one group find those in their way: each row of `taken` must read 0, and all the `exclusive` ones."""

    taken: Numbers | None
    exclusive: tuple[int, ...]
    bounds: tuple[Bound, ...]
    seeks: bool


@dataclass(frozen=True, slots=True, eq=False)
class SoftSpreads:
    """A row for each soft spread constraint: where counts stand, by what they are multiplied, what is added then."""

    slots: Numbers
    factors: npt.NDArray[np.float64]
    summands: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Fitting:
    """A set of nodes that fit pods of one group: what their scores are made of.

    `positions` say where they stand among those that the pods may ever go to, None where it is all of them. `fixed` is what is
    the same whoever is where. `pulls` are slots and weights, a row per term.
    """

    nodes: Numbers
    positions: Numbers | None
    fixed: Numbers | None
    spread: SoftSpreads | None
    ignored: Flags | None
    pulls: tuple[Numbers, Numbers] | None


@dataclass(slots=True, eq=False)
class Lookup:
    """All that is known of one group, and the sets of nodes that have fitted its pods so far, by which nodes these are."""

    rules: "Rules"
    request: Request
    barriers: Barriers | None
    soft: Numbers | None
    pulls: Numbers | None
    weights: Numbers
    fitting: dict[bytes, Fitting]


class Tables:
    """The lookups of all groups; groups that ask alike share a request."""

    def __init__(self, book: "Rulebook") -> None:
        """Begin without any."""
        self.book, self._most = book, book.tuning.ranking.kept
        self._lookups: list[Lookup | None] = [None] * len(book.rules)
        self._grounds: dict[int, Ground] = {}
        self._requests: dict[object, Request] = {}
        self._kept = 0

    def of(self, group: int) -> Lookup:
        """Return what is known of a group."""
        known = self._lookups[group]
        if known is None:
            rules = self.book.rules[group]
            wishes = rules.wishes
            known = self._lookups[group] = Lookup(
                rules,
                self._request(rules),
                _barriers(rules),
                _slots((soft.count for soft in wishes.spread), rules.reach),
                _slots((count for count, _ in wishes.pulls), rules.reach),
                np.array([weight for _, weight in wishes.pulls], dtype=np.int64),
                {},
            )
        return known

    def _request(self, rules: "Rules") -> Request:
        # The rulebook keeps one array for all pods that reach the same nodes, as long as these tables: its id is key enough.
        ground = self._grounds.get(id(rules.reach))
        if ground is None:
            ground = self._grounds[id(rules.reach)] = Ground.of(len(self._grounds), rules.reach, self.book.empty_nodes)
        key = (id(rules.reach), rules.asked, rules.real, rules.wishes.asks)
        known = self._requests.get(key)
        if known is None:
            known = self._requests[key] = _request(len(self._requests), ground, self.book.empty_nodes.shape[1], rules)
        return known

    def fitting(self, lookup: Lookup, fits: Flags) -> Fitting:
        """Return what is known of the nodes that fit."""
        key = fits.tobytes()
        known = lookup.fitting.get(key)
        if known is None:
            if self._kept > self._most:
                self._forget()
            known = lookup.fitting[key] = _fitting(lookup, fits)
            # Positions, nodes, fixed scores and who is ignored are four numbers a node; the rest is a row for each count.
            self._kept += len(known.nodes) * (4 + len(lookup.rules.wishes.spread) + len(lookup.weights))
        return known

    def _forget(self) -> None:
        self._kept = 0
        for lookup in self._lookups:
            if lookup is not None:
                lookup.fitting.clear()


def _request(number: int, ground: Ground, width: int, rules: "Rules") -> Request:
    asked = ((AT_PODS, 1), *rules.asked)
    cpu, memory = rules.wishes.asks
    adds = (-cpu, -memory, *rules.real, 0, 0)
    return Request(
        number=number,
        rules=rules,
        ground=ground,
        asked=tuple((AT_FREE + column, amount) for column, amount in asked),
        needed=needed_by(asked, width),
        added=np.array(adds, dtype=np.int64),
        adds=adds,
        is_plain=any(rules.real) and ground.is_plain,
    )


def _slots(counts: Iterable[Count], nodes: Numbers) -> Numbers | None:
    rows = [count.slots(nodes) for count in counts]
    return np.array(rows, dtype=np.int64) if rows else None


def _barriers(rules: "Rules") -> Barriers | None:
    joint = rules.joint
    bounds = []
    for spread in joint.spread:
        exist = len(spread.domains) >= max(1, spread.constraint.min_domains)
        bears = spread.count.look[rules.reach] >= 0
        domains = spread.count.start + spread.domains if exist else None
        bounds.append(Bound(spread.count.slots(rules.reach), domains, spread.constraint.max_skew - spread.itself, bears))
    barriers = Barriers(
        _slots((*joint.ports, *joint.repels, *joint.repelled), rules.reach),
        tuple(count.start for count in joint.exclusive),
        tuple(bounds),
        bool(joint.attraction),
    )
    is_free = barriers.taken is None and not (barriers.exclusive or bounds or barriers.seeks)
    return None if is_free else barriers


def _fitting(lookup: Lookup, fits: Flags) -> Fitting:
    rules, wishes = lookup.rules, lookup.rules.wishes
    positions = fits.nonzero()[0]
    nodes = rules.reach[positions]
    ignored = None if wishes.lacking is None else wishes.lacking[nodes] > 0
    return Fitting(
        nodes,
        None if len(nodes) == len(rules.reach) else positions,
        _fixed_scores(rules, nodes) if len(nodes) else None,
        None if lookup.soft is None else _spread(rules, lookup.soft[:, positions], nodes, ignored),
        ignored if ignored is not None and ignored.any() else None,
        None if lookup.pulls is None else (lookup.pulls[:, positions], lookup.weights),
    )


def _fixed_scores(rules: "Rules", nodes: Numbers) -> Numbers | None:
    """Return the sum of those scores that hang on the nodes alone."""
    wishes = rules.wishes
    parts = []
    if wishes.preferred is not None:
        parts.append(WEIGHTS["NodeAffinity"] * nodeaffinity.normalise(wishes.preferred[nodes]))
    if wishes.shunned is not None:
        parts.append(WEIGHTS["TaintToleration"] * tainttoleration.normalise(wishes.shunned[nodes]))
    if wishes.stored is not None:
        parts.append(WEIGHTS["VolumeBinding"] * wishes.stored[nodes])
    return np.asarray(sum(parts)) if parts else None


def _spread(rules: "Rules", slots: Numbers, nodes: Numbers, ignored: Flags | None) -> SoftSpreads:
    judged = nodes if ignored is None else nodes[~ignored]
    sizes = []
    summands = []
    for soft in rules.wishes.spread:
        domains: Sequence[int] = soft.count.look[judged].tolist()
        sizes.append(len(judged) if soft.by_node else len(set(domains)))
        summands.append(np.where(soft.count.look[nodes] >= 0, float(soft.max_skew - 1), 0.0))
    factors = np.array([math.log(size + 2) for size in sizes])[:, np.newaxis]
    return SoftSpreads(slots, factors, np.array(summands))
