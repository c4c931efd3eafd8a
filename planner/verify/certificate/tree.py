"""Goes through what a node can hold, to see that nothing is worth more than the node costs."""

from operator import mul

from models.solver.certificate import Certificate, Rate
from planner.verify.certificate.instance import Market, Place


def nothing_worth_more(market: Market, place: Place, certificate: Certificate, rate: Rate, budget: int) -> bool:
    """Say whether no set of pods that the place holds is worth more than the budget, as far as the work allowed can tell.

    Pods are taken class by class, most worth for their charge first; a branch ends where the pods so far and the charge for
    all that is left come to no more than the budget.
    """
    classes = [c for c in market.wanting[rate.ring] if c in place.classes and certificate.worth[c] and market.holds(place, c)]
    charges = {c: sum(map(mul, rate.prices, market.problem.classes[c].requests)) for c in classes}
    order = sorted(classes, key=lambda c: (certificate.worth[c] - charges[c], c), reverse=True)
    above = [max(0, certificate.worth[c] - charges[c]) for c in order]
    most = [market.holds(place, c) for c in order]
    later = [0] * (len(order) + 1)
    for depth in range(len(order) - 1, -1, -1):
        later[depth] = later[depth + 1] + above[depth] * most[depth]
    charged = sum(map(mul, rate.prices, place.room))
    stack = [(0, 0, charged, place.room)]
    for _ in range(certificate.work):
        if not stack:
            return True
        depth, worth, left, room = stack.pop()
        if worth + left + later[depth] <= budget or (depth == len(order) and worth <= budget):
            continue
        if depth == len(order):
            return False
        c = order[depth]
        request = market.problem.classes[c].requests
        fitting = min([most[depth], *(have // asked for have, asked in zip(room, request, strict=True) if asked)])
        # All branches of a step go onto the stack at once: a plan must not ask for more memory than for steps.
        if fitting >= certificate.work:
            return False
        for pods in range(fitting + 1):
            rest = tuple(have - pods * asked for have, asked in zip(room, request, strict=True))
            stack.append((depth + 1, worth + pods * certificate.worth[c], left - pods * charges[c], rest))
    return not stack
