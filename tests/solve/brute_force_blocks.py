"""Blocks written down as straightforwardly as possible: every way to give nodes rings in which no block is divided."""

from itertools import product

from tests.solve.brute_force import OPEN, goals, joint_rules_hold, options, placements, usable


def answer(problem):
    """Return (divided, unplaced, moves, relabels, headroom) of the best placement; None where not all pods have a place."""
    best = None
    for rings in product(*(options(problem, n) for n in range(len(problem.nodes)))):
        divided = sum(max(0, len({rings[n] for n in block} - {OPEN}) - 1) for block in problem.blocks)
        torn = any(len({rings[n] for n in block}) > 1 for block in problem.blocks)
        if torn and not problem.divisible:
            continue
        idle = sum(1 for n, ring in enumerate(rings) if ring == OPEN and able(problem, n))
        if idle and not problem.divisible:
            continue
        for counts in placements(problem, rings):
            *tiers, moved, relabelled, minus_free = goals(problem, rings, counts)
            key = (idle, divided, moved, relabelled, minus_free)
            if not any(tiers) and (best is None or key < best) and joint_rules_hold(problem, rings, counts):
                best = key
    return None if best is None else (best[1], best[2], best[3], -best[4])


def able(problem, n):
    """Say whether the node could be of a ring, and all of its block with it."""
    block = next((block for block in problem.blocks if n in block), (n,))
    if problem.divisible:
        return bool(usable(problem, n))
    return bool(set.intersection(*(set(usable(problem, other)) for other in block)))
