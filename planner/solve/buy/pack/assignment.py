"""A placement over own nodes and extra ones of offers, while it is being decided which of them are bought."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.solver.certificate import Certificate, Rate
from models.solver.problem import Problem
from models.solver.purchase import Purchase
from planner.solve.buy.market.types import Market
from planner.solve.buy.pack.lp_guided import Bin
from planner.solve.instance.assignment import count_missing, daemon_counts, empty_assignment
from planner.solve.instance.offers_as_nodes import with_bought_nodes
from planner.solve.instance.validate import breaches

Counts = list[dict[int, int]]


@dataclass(slots=True)
class Candidate:
    """`extra` are the offers of the nodes after the problem's own; `ring_of` is -1 for nodes that are not used."""

    extra: list[int]
    ring_of: list[int]
    counts: Counts

    def cost(self, problem: Problem) -> int:
        """Return what the used nodes cost."""
        prices = [*(node.price for node in problem.nodes), *(problem.offers[o].price for o in self.extra)]
        return sum(price for price, ring in zip(prices, self.ring_of, strict=True) if ring >= 0)

    def missing(self, problem: Problem) -> tuple[int, ...]:
        """Return how many pods of each class have no place."""
        pairs = zip(problem.classes, self.counts, strict=True)
        return tuple(0 if c.daemon else c.count - sum(on.values()) for c, on in pairs)

    def tiers(self, problem: Problem) -> tuple[int, ...]:
        """Return how many pods have no place, by priority, the highest first."""
        short = self.missing(problem)
        priorities = sorted({c.priority for c in problem.classes}, reverse=True)
        return tuple(sum(m for m, c in zip(short, problem.classes, strict=True) if c.priority == p) for p in priorities)

    def problem(self, problem: Problem) -> Problem:
        """Return the problem with the extra nodes, each in its ring for good."""
        first = len(problem.nodes)
        rings = [
            (ring,) if ring >= 0 else problem.offers[o].rings for o, ring in zip(self.extra, self.ring_of[first:], strict=True)
        ]
        return with_bought_nodes(problem, list(zip(self.extra, rings, strict=True)))

    def tidy(self, problem: Problem) -> "Candidate":
        """Drop nodes without pods, bought or from their ring, and order the bought ones by ring and offer."""
        first = len(problem.nodes)
        plain = [i for i, c in enumerate(problem.classes) if not c.daemon]
        full = {n for i in plain for n in self.counts[i]}
        kept = sorted((self.ring_of[n], self.extra[n - first], n) for n in full if n >= first)
        new = {n: n for n in range(first)} | {n: first + number for number, (_, _, n) in enumerate(kept)}
        ring_of = [self.ring_of[n] if n in full else -1 for n in range(first)]
        candidate = Candidate(
            [offer for _, offer, _ in kept], [*ring_of, *(ring for ring, _, _ in kept)], [{} for _ in problem.classes]
        )
        for i in plain:
            candidate.counts[i] = {new[n]: count for n, count in sorted(self.counts[i].items())}
        return candidate.with_daemons(problem)

    def with_daemons(self, problem: Problem) -> "Candidate":
        """Put daemons where they belong."""
        whole = self.problem(problem)
        for i, c in enumerate(whole.classes):
            if c.daemon:
                self.counts[i] = daemon_counts(whole, self.ring_of, i)
        return self


def empty_purchase(problem: Problem) -> Purchase:
    """Return the purchase in which nothing is bought, used or proven."""
    plan = empty_assignment(problem)
    counts = tuple(tuple(sorted(on.items())) for on in plan.counts)
    rates = tuple(_free_of_charge(problem, ring) for ring in range(len(problem.rings)))
    proof = Certificate(1, (0,) * len(problem.classes), (0,) * len(problem.most), (0,) * len(problem.nodes), rates)
    return Purchase(plan.ring_of, (), counts, count_missing(problem, plan), 0, 0, proof, parts=(0,) * len(problem.rings))


def _free_of_charge(problem: Problem, ring: int) -> Rate:
    """Return the rate by which a ring's pods are charged nothing anywhere: it proves that they cost nothing at least."""
    nodes = tuple(n for n, node in enumerate(problem.nodes) if ring in node.rings)
    offers = tuple(o for o, offer in enumerate(problem.offers) if ring in offer.rings)
    return Rate(ring, nodes, offers, (0,) * len(problem.resources))


def candidate_of(market: Market, bins: Sequence[Bin]) -> Candidate:
    """Give every bin nodes of its kind, own ones that carry its ring today first, and every pod of a type its class."""
    problem = market.problem
    candidate = Candidate([], [-1] * len(problem.nodes), [{} for _ in problem.classes])
    # nodes without a ring come first: what carries another ring is relabelled last
    own = {j: sorted(kind.nodes, key=lambda n: (problem.nodes[n].ring_today, n)) for j, kind in enumerate(market.kinds)}
    turn = [0] * len(market.kinds)
    # reversed, as the first one is then at the end, where a list lets go of it at once
    queue = [[(c, problem.classes[c].count) for c in reversed(members)] for members in market.members]
    for bin_ in sorted(bins, key=lambda bin_: (bin_.ring, bin_.kind)):
        kind = market.kinds[bin_.kind]
        for _ in range(bin_.times):
            if kind.nodes:
                same = [n for n in own[bin_.kind] if problem.nodes[n].ring_today == bin_.ring]
                node = (same or own[bin_.kind])[0]
                own[bin_.kind].remove(node)
                candidate.ring_of[node] = bin_.ring
            else:
                node = len(candidate.ring_of)
                candidate.ring_of.append(bin_.ring)
                candidate.extra.append(kind.offers[turn[bin_.kind] % len(kind.offers)])
                turn[bin_.kind] += 1
            for t, pods in bin_.pods:
                _hand_out(candidate, queue[t], node, pods)
    return candidate


def _hand_out(candidate: Candidate, queue: list[tuple[int, int]], node: int, pods: int) -> None:
    """Put so many pods of a type on a node, class by class; a type that is part of a class takes only its own share."""
    while pods:
        c, left = queue[-1]
        take = min(pods, left)
        candidate.counts[c][node] = candidate.counts[c].get(node, 0) + take
        pods -= take
        queue[-1] = (c, left - take)
        if left == take:
            queue.pop()


def evict(problem: Problem, candidate: Candidate) -> Candidate:
    """Take pods away until no rule is broken; there should be none to take."""
    candidate.with_daemons(problem)
    whole = candidate.problem(problem)
    for _ in range(1000):
        wrong = next(breaches(whole, candidate.ring_of, candidate.counts), None)
        if wrong is None:
            return candidate
        for c, n in wrong.evict:
            candidate.counts[c].pop(n, None)
        if wrong.clear is not None:
            candidate.ring_of[wrong.clear] = -1
            for on, pods in zip(candidate.counts, problem.classes, strict=True):
                if not pods.daemon:
                    on.pop(wrong.clear, None)
            candidate.with_daemons(problem)
        if not wrong.evict and wrong.clear is None:
            break
    # reached only if a breach names nothing to evict, or evictions go round in circles: a flaw here, not in the input
    raise AssertionError("the placement breaks a rule that no eviction mends")


def with_spares(problem: Problem, candidate: Candidate, most: int, budget: int | None = None) -> tuple[Candidate, Problem]:
    """Add nodes that could be bought, up to so many of each offer, and let unused ones choose their ring.

    With a budget there are no more of an offer than it pays for. Offers of one shape share what there is of it: that is for the
    caller to see to.
    """
    new: list[int] = []
    for o, offer in enumerate(problem.offers):
        used = candidate.extra.count(o)
        paid = most if budget is None or not offer.price else max(0, budget // offer.price - used)
        new += [o] * min(most, problem.most[offer.shape] - used, paid)
    wider = Candidate([*candidate.extra, *new], [*candidate.ring_of, *(-1 for _ in new)], [dict(on) for on in candidate.counts])
    whole = with_bought_nodes(problem, [(o, problem.offers[o].rings) for o in wider.extra])
    return wider, whole
