"""What buying for what must survive means: of all sets of nodes and placements of all pods on them, the cheapest that does."""

from dataclasses import replace
from itertools import product

from tests.solve.brute_force import OPEN, joint_rules_hold, placements, usable
from tests.solve.brute_force_survive import survives
from tests.solve.buy.brute_force_buy import bought, in_order, tiers, within


def least(problem):
    """Return what the cheapest placement of all pods that survives every loss costs; None if there is none."""
    best = None
    copies = [o for o, offer in enumerate(problem.offers) for _ in range(problem.most[offer.shape])]
    whole = bought(problem, copies)
    first = len(problem.nodes)
    for rings in product(*([OPEN, *usable(whole, n)] for n in range(len(whole.nodes)))):
        if not within(problem, copies, rings) or not in_order(problem, copies, rings):
            continue
        cost = sum(node.price for node, ring in zip(whole.nodes, rings, strict=True) if ring != OPEN)
        if best is None or cost < best:
            kept = [n for n, ring in enumerate(rings) if ring != OPEN or n < first]
            part = with_losses(problem, [copies[n - first] for n in kept if n >= first])
            if any(lasts(part, [rings[n] for n in kept], counts) for counts in placements(part, [rings[n] for n in kept])):
                best = cost
    return best


def lasts(part, rings, counts):
    """Say whether all pods are placed by the rules, and are after each loss."""
    return not any(tiers(part, counts)) and joint_rules_hold(part, rings, counts) and survives(part, rings, counts)


def with_losses(problem, copies):
    """Write the nodes of the offers as nodes after the problem's own, and what is lost of them."""
    first, losses = len(problem.nodes), []
    for loss in problem.losses:
        new = [first + at for at, o in enumerate(copies) if o in loss.offers]
        if loss.zone or loss.nodes:
            losses.append(replace(loss, nodes=(*loss.nodes, *new), offers=()))
        else:
            losses += [replace(loss, nodes=(n,), offers=()) for n in new]
    return replace(bought(problem, copies), losses=tuple(losses))
