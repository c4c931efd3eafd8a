"""Goes through what a node can hold, to see that nothing is worth more than the node costs."""

from operator import mul

from models.solver.certificate import Certificate, Rate
from planner.verify.certificate.instance import Market, Place


def nothing_worth_more(made: Market, place: Place, certificate: Certificate, rate: Rate, budget: int) -> bool:
    """Say whether no set of pods that the place holds is worth more than the budget, as far as the work allowed can tell.

    Pods are taken class by class, most worth for their charge first; a branch ends where the pods so far and the charge for
    all that is left come to no more than the budget.
    """
    classes = [c for c in made.wanting[rate.ring] if c in place.classes and certificate.worth[c] and made.holds(place, c)]
    charges = {c: sum(map(mul, rate.prices, made.problem.classes[c].requests)) for c in classes}
    order = sorted(classes, key=lambda c: (certificate.worth[c] - charges[c], c), reverse=True)
    above = [max(0, certificate.worth[c] - charges[c]) for c in order]
    most = [made.holds(place, c) for c in order]
    later = [0] * (len(order) + 1)
    for at in range(len(order) - 1, -1, -1):
        later[at] = later[at + 1] + above[at] * most[at]
    charged = sum(map(mul, rate.prices, place.room))
    stack = [(0, 0, charged, place.room)]
    for _ in range(certificate.work):
        if not stack:
            return True
        at, worth, left, room = stack.pop()
        if worth + left + later[at] <= budget or (at == len(order) and worth <= budget):
            continue
        if at == len(order):
            return False
        c = order[at]
        request = made.problem.classes[c].requests
        fitting = min([most[at], *(have // asked for have, asked in zip(room, request, strict=True) if asked)])
        if fitting >= certificate.work:
            return False
        for pods in range(fitting + 1):
            rest = tuple(have - pods * asked for have, asked in zip(room, request, strict=True))
            stack.append((at + 1, worth + pods * certificate.worth[c], left - pods * charges[c], rest))
    return not stack
