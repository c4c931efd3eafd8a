"""How many nodes a ring has: the fewest asked for as pods, of which a node holds one; the most counted node by node."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from models.solver.outcome import Goal, Outcome
from models.solver.problem import ENDLESS, PodClass, PortConflict, Problem
from models.solver.purchase import Purchase

Ints = npt.NDArray[np.int64]
UNPLACED = "unplaced"


def with_ring_minimums(problem: Problem) -> Problem:
    """Return the problem with as many more pods in each ring as it must have nodes; they take no room and need not survive."""
    rings = [r for r, size in enumerate(problem.sizes) if size.least > 0]
    if not rings:
        return problem
    first = len(problem.classes)
    # of the lowest priority: no real pod gives way to one that only stands for a node
    last = min((c.priority for c in problem.classes if not c.daemon and c.count), default=0)
    numbers = tuple(range(first, first + len(rings)))
    return replace(
        problem,
        classes=(*problem.classes, *(_marks(problem, r, last) for r in rings)),
        clashes=(*problem.clashes, *(PortConflict(c, c) for c in numbers)),
        losses=tuple(replace(loss, tied=(*loss.tied, *numbers)) for loss in problem.losses),
    )


def _marks(problem: Problem, ring: int, priority: int) -> PodClass:
    nodes = tuple(n for n, node in enumerate(problem.nodes) if ring in node.rings)
    offers = tuple(o for o, offer in enumerate(problem.offers) if ring in offer.rings)
    nothing = (0,) * len(problem.resources)
    name = f"nodes of {problem.rings[ring]}"
    return PodClass(name, ring, problem.sizes[ring].least, nothing, nodes, priority, offers=offers)


def without_ring_minimums(problem: Problem, outcome: Outcome) -> Outcome:
    """Return the outcome for the problem's own pods; who contradicts whom is not said where nodes that must be there do."""
    size = len(problem.classes)
    if len(outcome.counts) == size:
        return outcome
    more = sum(ring_size.least for ring_size in problem.sizes)
    left = sum(outcome.unplaced[size:])
    last = min((c.priority for c in problem.classes if not c.daemon and c.count), default=0)
    names = (UNPLACED, f"{UNPLACED} (priority {last})")
    goals = tuple(_without(goal, left, more) if goal.name in names else goal for goal in outcome.goals)
    own = replace(outcome, counts=outcome.counts[:size], unplaced=outcome.unplaced[:size], goals=goals)
    if all(c < size for c in outcome.conflict):
        return own
    return replace(own, conflict=(), conflict_parts=(), conflict_smallest=False)


def _without(goal: Goal, left: int, more: int) -> Goal:
    # all these pods could be among those that are proven to have no place
    return replace(goal, value=goal.value - left, bound=max(0.0, min(goal.value - left, goal.bound - more)))


def purchase_without_ring_minimums(problem: Problem, purchase: Purchase) -> Purchase:
    """Return the purchase for the problem's own pods."""
    size = len(problem.classes)
    proof = replace(purchase.certificate, worth=purchase.certificate.worth[:size])
    return replace(purchase, counts=purchase.counts[:size], unplaced=purchase.unplaced[:size], certificate=proof)


def has_limited_rings(problem: Problem) -> bool:
    """Say whether a ring may have fewer nodes than there are, so that some may have to stay without."""
    return any(size.most < ENDLESS for size in problem.sizes)


def most_nodes_of(problem: Problem, ring: int) -> int:
    """Return how many nodes the ring may have."""
    return problem.sizes[ring].most if problem.sizes and ring >= 0 else ENDLESS


def keeps_ring_sizes(problem: Problem, ring_of: Sequence[int]) -> bool:
    """Say whether each ring has neither too few nodes nor too many."""
    counts = Counter(ring_of)
    return all(size.least <= counts[r] <= size.most for r, size in enumerate(problem.sizes))


def has_impossible_sizes(problem: Problem) -> bool:
    """Say whether rings must have more nodes than there are, bought ones too, or one may have too few for what its pods take."""
    return _too_many(problem) or any(_too_few(problem, ring) for ring in range(len(problem.sizes)))


def _too_few(problem: Problem, ring: int) -> bool:
    """Say whether the pods of a ring take more of a resource than the largest nodes have of which it may have so many."""
    most = problem.sizes[ring].most
    if most >= ENDLESS:
        return False
    there = [(node.capacity, 1) for node in problem.nodes if ring in node.rings]
    # offers of one shape share what there is of it: counting it for each is too much, so a refusal holds
    there += [(offer.capacity, problem.most[offer.shape]) for offer in problem.offers if ring in offer.rings]
    pods = [pod_class for pod_class in problem.classes if pod_class.ring == ring and not pod_class.daemon]
    return any(
        sum(pod.count * pod.requests[k] for pod in pods) > _largest(most, [(capacity[k], count) for capacity, count in there])
        for k in range(len(problem.resources))
    )


def _largest(most: int, there: Sequence[tuple[int, int]]) -> int:
    """Return what the `most` largest nodes have, where there are so many of each size."""
    total = 0
    for capacity, count in sorted(there, reverse=True):
        taken = min(most, count)
        total, most = total + taken * capacity, most - taken
    return total


def _too_many(problem: Problem) -> bool:
    own = [node.rings for node in problem.nodes]
    shapes = {offer.shape: set[int]() for offer in problem.offers}
    for offer in problem.offers:
        shapes[offer.shape].update(offer.rings)
    for r, size in enumerate(problem.sizes):
        have = sum(r in rings for rings in own)
        have += sum(problem.most[shape] for shape, rings in shapes.items() if r in rings)
        if have < size.least:
            return True
    all_of_them = sum(bool(rings) for rings in own) + sum(problem.most[shape] for shape, rings in shapes.items() if rings)
    return all_of_them < sum(size.least for size in problem.sizes)


def within_ring_sizes(problem: Problem, rings: Ints, pods: Ints) -> Ints:
    """Return the rings of nodes with no ring too large: those nodes stay that run most pods, others have none for now."""
    if not has_limited_rings(problem):
        return rings
    kept = rings.copy()
    for r, size in enumerate(problem.sizes):
        mine = np.flatnonzero(rings == r)
        order = sorted(mine.tolist(), key=lambda n: (-int(pods[n]), n))
        kept[order[size.most :]] = -1
    return kept
