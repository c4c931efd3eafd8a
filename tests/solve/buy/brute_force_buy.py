"""What buying means, written down as straightforwardly as possible: try every set of nodes and every placement on them."""

from dataclasses import replace
from itertools import pairwise, product

from models.solver.problem import OWN, NodeSlot
from tests.solve.brute_force import OPEN, joint_rules_hold, placements, usable


def answer(problem):
    """Return (unplaced per priority, cost) of the best placement, compared in that order."""
    best = None
    copies = [o for o, offer in enumerate(problem.offers) for _ in range(problem.most[offer.shape])]
    whole = bought(problem, copies)
    choices = [[OPEN, *usable(whole, n)] for n in range(len(whole.nodes))]
    for rings in product(*choices):
        if not within(problem, copies, rings) or not in_order(problem, copies, rings):
            continue
        cost = sum(node.price for node, ring in zip(whole.nodes, rings, strict=True) if ring != OPEN)
        if best is not None and not any(best[0]) and cost >= best[1]:
            continue
        kept = [n for n, ring in enumerate(rings) if ring != OPEN or n < len(problem.nodes)]
        part = bought(problem, [copies[n - len(problem.nodes)] for n in kept if n >= len(problem.nodes)])
        chosen = [rings[n] for n in kept]
        for counts in placements(part, chosen):
            key = (tiers(problem, counts), cost)
            if (best is None or key < best) and joint_rules_hold(part, chosen, counts):
                best = key
    return best


def within(problem, copies, rings):
    """No more nodes of a shape than can be bought, in all its offers together."""
    used = [problem.offers[o].shape for o, ring in zip(copies, rings[len(problem.nodes) :], strict=True) if ring != OPEN]
    return all(used.count(shape) <= most for shape, most in enumerate(problem.most))


def in_order(problem, copies, rings):
    """Of nodes of one offer, which are alike, try the rings in one order only."""
    pairs = list(zip(copies, rings[len(problem.nodes) :], strict=True))
    return all(a[0] != b[0] or a[1] <= b[1] for a, b in pairwise(pairs))


def tiers(problem, counts):
    plain = [i for i, c in enumerate(problem.classes) if not c.daemon and c.count]
    priorities = sorted({problem.classes[i].priority for i in plain}, reverse=True)
    left = {i: problem.classes[i].count - sum(counts[i].values()) for i in plain}
    return tuple(sum(left[i] for i in plain if problem.classes[i].priority == p) for p in priorities)


def bought(problem, copies):
    """Write the nodes of the offers as nodes after the problem's own."""
    first = len(problem.nodes)

    def domains(given, joins):
        found = [list(domain) for domain in given]
        for at, o in enumerate(copies if joins else ()):
            if joins[o] == OWN:
                found.append([first + at])
            elif joins[o] >= 0:
                found[joins[o]].append(first + at)
        return tuple(tuple(domain) for domain in found)

    def nodes_of(c):
        return (*c.candidates, *(first + at for at, o in enumerate(copies) if o in c.offers))

    offers = [problem.offers[o] for o in copies]
    slots = [NodeSlot(f"new-{at}", o.capacity, o.rings, price=o.price) for at, o in enumerate(offers)]
    return replace(
        problem,
        classes=tuple(replace(c, candidates=nodes_of(c), offers=()) for c in problem.classes),
        nodes=(*problem.nodes, *slots),
        aparts=tuple(replace(a, domains=domains(a.domains, a.joins), joins=()) for a in problem.aparts),
        togethers=tuple(
            replace(t, keys=tuple(domains(k, j) for k, j in zip(t.keys, t.joins, strict=True)), joins=())
            for t in problem.togethers
        ),
        spreads=tuple(replace(s, domains=domains(s.domains, s.joins), joins=()) for s in problem.spreads),
        offers=(),
        most=(),
    )
