"""What it means that a placement survives, written down as straightforwardly as possible: try every other place."""

from itertools import product

from tests.solve.brute_force import (
    OPEN,
    apart_holds,
    arrives,
    clash_holds,
    goals,
    is_fixture,
    joint_rules_hold,
    options,
    placements,
    usable,
)


def answer(problem):
    """Return (idle nodes, moves, relabels, headroom) of the best placement of all pods that survives; None if there is none."""
    best = None
    for rings in product(*(options(problem, n) for n in range(len(problem.nodes)))):
        idle = sum(1 for n, ring in enumerate(rings) if ring == OPEN and usable(problem, n))
        for counts in placements(problem, rings):
            if any(not c.daemon and sum(on.values()) < c.count for c, on in zip(problem.classes, counts, strict=True)):
                continue
            key = (idle, *goals(problem, rings, counts))
            if (best is None or key < best) and joint_rules_hold(problem, rings, counts) and survives(problem, rings, counts):
                best = key
    return best and (best[0], *best[-3:-1], -best[-1])


def survives(problem, rings, counts):
    return all(
        refits(problem, rings, counts, loss, ring) for loss in problem.losses for ring in {rings[n] for n in loss.nodes} - {OPEN}
    )


def refits(problem, rings, counts, loss, ring):
    """Say whether the ring's pods of its lost nodes have other places, everybody else staying."""
    gone = {n for n in loss.nodes if rings[n] == ring}
    stays = [{n: k for n, k in on.items() if n not in gone} for on in counts]
    waiting = [
        0 if c.daemon or c.ring != ring or i in loss.tied else sum(counts[i].get(n, 0) for n in gone)
        for i, c in enumerate(problem.classes)
    ]
    homes = [n for n, there in enumerate(rings) if there == ring and n not in gone]
    return any(holds(problem, rings, stays, comes, gone) for comes in ways(problem, waiting, homes))


def ways(problem, waiting, homes):
    per_class = []
    for i, count in enumerate(waiting):
        nodes = [n for n in homes if n in problem.classes[i].candidates] if count else []
        per_class.append(
            [
                {n: k for n, k in zip(nodes, amounts, strict=True) if k}
                for amounts in product(range(count + 1), repeat=len(nodes))
                if sum(amounts) == count
            ]
        )
    return product(*per_class)


def holds(problem, rings, stays, comes, gone):
    total = [{n: old.get(n, 0) + new.get(n, 0) for n in {*old, *new}} for old, new in zip(stays, comes, strict=True)]
    for n, node in enumerate(problem.nodes):
        if any(n in new for new in comes):
            used = [
                sum(c.requests[k] * on.get(n, 0) for c, on in zip(problem.classes, total, strict=True))
                for k in range(len(node.capacity))
            ]
            if any(u > cap for u, cap in zip(used, node.capacity, strict=True)):
                return False
    if not all(clash_holds(problem, x, total) for x in problem.clashes if not only_daemons(problem, x)):
        return False
    if not all(apart_holds(problem, x, total) for x in problem.aparts):
        return False
    if not all(newcomers_even(problem, x, rings, total, comes, gone) for x in problem.spreads):
        return False
    return can_come(problem, stays, comes)


def only_daemons(problem, clash):
    return problem.classes[clash.first].daemon and problem.classes[clash.second].daemon


def newcomers_even(problem, spread, rings, total, comes, gone):
    owner = problem.classes[spread.owner]
    if is_fixture(owner):
        return True
    totals, judged = [], []
    for at, domain in enumerate(spread.domains):
        counted = [n for n in domain if owner.ring == rings[n] and n not in gone]
        if counted or at in spread.standing:
            totals.append(sum(total[m].get(n, 0) for m in set(spread.matched) for n in counted))
            judged.append(any(n in comes[spread.owner] for n in counted))
    least = min(totals, default=0) if len(totals) >= spread.min_domains else 0
    return all(count - least <= spread.max_skew for count, here in zip(totals, judged, strict=True) if here)


def can_come(problem, stays, comes):
    """Search all orders in which the pods may come, pod by pod, to those that stay."""
    start = tuple((i, n) for i, on in enumerate(stays) for n in sorted(on))
    pods = tuple((i, n) for i, on in enumerate(comes) for n in sorted(on) for _ in range(on[n]))
    return arrives(problem.togethers, start, pods)
