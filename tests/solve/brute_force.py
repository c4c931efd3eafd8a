"""The meaning of a Problem written down as straightforwardly as possible: try everything. For a handful of pods only."""

from itertools import product

from models.kubernetes.resources import is_amount

OPEN = -1


def answer(problem):
    """Return (unplaced per priority, moves, relabels, headroom) of the best placement, compared in that order.

    Where the moves of some pods weigh more than all others together, how many of them move comes last among the first.
    """
    best = None
    for rings in product(*(options(problem, n) for n in range(len(problem.nodes)))):
        idle = sum(1 for n, ring in enumerate(rings) if ring == OPEN and usable(problem, n))
        if best is not None and idle > best[0]:
            continue
        for counts in placements(problem, rings):
            key = (idle, *goals(problem, rings, counts))
            if (best is None or key < best) and joint_rules_hold(problem, rings, counts):
                best = key
    *tiers, moved, relabelled, minus_free = best[1:]
    return tuple(tiers), moved, relabelled, -minus_free


def is_fixture(c):
    return c.daemon and c.ring == OPEN


def usable(problem, n):
    """The rings whose daemons the node can hold."""
    node = problem.nodes[n]
    found = []
    for ring in node.rings:
        here = [i for i, c in enumerate(problem.classes) if c.daemon and c.ring in (OPEN, ring) and n in c.candidates]
        free = [cap - sum(problem.classes[i].requests[k] for i in here) for k, cap in enumerate(node.capacity)]
        fits = min(free) >= 0 or not any(node.capacity)
        clash = any(
            x.first in here
            and x.second in here
            and x.first != x.second
            and not (is_fixture(problem.classes[x.first]) and is_fixture(problem.classes[x.second]))
            for x in problem.clashes
        )
        if fits and not clash:
            found.append(ring)
    return found


def options(problem, n):
    found = usable(problem, n)
    named = {i for a in problem.aparts for i in (a.owner, *a.others)}
    named |= {i for t in problem.togethers for i in (t.owner, *t.targets)}
    named |= {i for s in problem.spreads for i in (s.owner, *s.matched)}
    ruled = any(problem.classes[i].daemon and problem.classes[i].ring != OPEN for i in named)
    return [*found, OPEN] if ruled or not found else found


def placements(problem, rings):
    """Every way to put pods on nodes of their ring within candidates, counts and capacity; daemons where they belong."""
    fixed = [{n: 1 for n in c.candidates if c.ring in (OPEN, rings[n])} if c.daemon else None for c in problem.classes]
    free = [list(n.capacity) for n in problem.nodes]
    closed = [not any(n.capacity) for n in problem.nodes]
    for c, on in zip(problem.classes, fixed, strict=True):
        for n in on or ():
            if not closed[n]:
                free[n] = [a - b for a, b in zip(free[n], c.requests, strict=True)]
    yield from extend(problem, rings, fixed, free, 0)


def extend(problem, rings, counts, free, c):
    if c == len(problem.classes):
        yield counts
        return
    if counts[c] is not None:
        yield from extend(problem, rings, counts, free, c + 1)
        return
    kind = problem.classes[c]
    nodes = [n for n in kind.candidates if rings[n] == kind.ring or kind.ring == OPEN]
    for amounts in product(range(kind.count + 1), repeat=len(nodes)):
        if sum(amounts) > kind.count:
            continue
        left = [list(f) for f in free]
        for n, amount in zip(nodes, amounts, strict=True):
            left[n] = [a - amount * b for a, b in zip(left[n], kind.requests, strict=True)]
        if all(min(left[n]) >= 0 for n, amount in zip(nodes, amounts, strict=True) if amount):
            mine = {n: amount for n, amount in zip(nodes, amounts, strict=True) if amount}
            yield from extend(problem, rings, [*counts[:c], mine, *counts[c + 1 :]], left, c + 1)


def goals(problem, rings, counts):
    plain = [i for i, c in enumerate(problem.classes) if not c.daemon]
    tiers = sorted({problem.classes[i].priority for i in plain if problem.classes[i].count}, reverse=True)
    for tier in tiers:
        yield sum(problem.classes[i].count - sum(counts[i].values()) for i in plain if problem.classes[i].priority == tier)
    heavy = [i for i in plain if problem.classes[i].weight > 1]
    if heavy:
        yield sum(pods_moved(problem.classes[i], counts[i]) for i in heavy)
    yield sum(pods_moved(problem.classes[i], counts[i]) for i in plain)
    yield sum(1 for n, ring in zip(problem.nodes, rings, strict=True) if n.ring_today != OPEN and n.ring_today != ring)
    yield -free_permille(problem, rings, counts)


def pods_moved(c, on):
    """Of the running pods as many as are still wanted, less those that have a planned pod to be on their node."""
    still_there = sum(min(running, on.get(int(n), 0)) for n, running in c.running.items())
    return min(sum(c.running.values()), c.count) - still_there


def free_permille(problem, rings, counts):
    worst = 1000
    for ring in {c.ring for c in problem.classes if not c.daemon and c.count and c.ring != OPEN}:
        nodes = [n for n, r in enumerate(rings) if r == ring and any(problem.nodes[n].capacity)]
        for k in (k for k, name in enumerate(problem.resources) if is_amount(name)):
            fixtures = sum(
                c.requests[k] * counts[i].get(n, 0) for i, c in enumerate(problem.classes) if is_fixture(c) for n in nodes
            )
            capacity = sum(problem.nodes[n].capacity[k] for n in nodes) - fixtures
            demand = sum(
                c.requests[k] * counts[i].get(n, 0) for i, c in enumerate(problem.classes) if c.ring == ring for n in nodes
            )
            if demand:
                worst = min(worst, 1000 * (capacity - demand) // capacity)
    return worst


def joint_rules_hold(problem, rings, counts):
    return (
        all(clash_holds(problem, x, counts) for x in problem.clashes)
        and all(apart_holds(problem, x, counts) for x in problem.aparts)
        and all(spread_holds(problem, x, rings, counts) for x in problem.spreads)
        and can_arrive(problem, counts)
    )


def clash_holds(problem, clash, counts):
    if is_fixture(problem.classes[clash.first]) and is_fixture(problem.classes[clash.second]):
        return True
    if clash.first == clash.second:
        return all(count <= 1 for count in counts[clash.first].values())
    return not set(counts[clash.first]) & set(counts[clash.second])


def apart_holds(problem, apart, counts):
    for domain in apart.domains:
        pods = [(i, n) for i in range(len(problem.classes)) for n in domain for _ in range(counts[i].get(n, 0))]
        for at, pod in enumerate(pods):
            if pod[0] != apart.owner:
                continue
            for other_at, other in enumerate(pods):
                both_fixed = is_fixture(problem.classes[pod[0]]) and is_fixture(problem.classes[other[0]])
                if other_at != at and other[0] in apart.others and not both_fixed:
                    return False
    return True


def spread_holds(problem, spread, rings, counts):
    owner = problem.classes[spread.owner]
    if is_fixture(owner):
        return True
    totals, inhabited = [], []
    for at, domain in enumerate(spread.domains):
        counted = [n for n in domain if owner.ring in (OPEN, rings[n])]
        if counted or at in spread.standing:
            totals.append(sum(counts[m].get(n, 0) for m in set(spread.matched) for n in counted))
            inhabited.append(any(counts[spread.owner].get(n, 0) for n in counted))
    least = min(totals, default=0) if len(totals) >= spread.min_domains else 0
    return all(total - least <= spread.max_skew for total, here in zip(totals, inhabited, strict=True) if here)


def can_arrive(problem, counts):
    """Search all orders of arrival, pod by pod."""
    rules = [t for t in problem.togethers if not is_fixture(problem.classes[t.owner])]
    pods = tuple((i, n) for i in range(len(problem.classes)) for n in sorted(counts[i]) for _ in range(counts[i][n]))
    return not rules or arrives(rules, (), pods)


def arrives(rules, start, pods):
    """Say whether there is an order in which the pods may come, pod by pod, to those that are there at the start."""
    seen = set()

    def welcome(pod, there):
        for rule in rules:
            if rule.owner != pod[0]:
                continue
            domains = [next((d for d in key if pod[1] in d), None) for key in rule.keys]
            if None in domains:
                return False
            targets = [n for i, n in there if i in rule.targets]
            known = [n for n in targets if any(n in d for key in rule.keys for d in key)]
            first_of_all = not known and rule.owner in rule.targets
            if not first_of_all and not all(any(n in d for n in targets) for d in domains):
                return False
        return True

    def search(there, waiting):
        if not waiting:
            return True
        if waiting in seen:
            return False
        seen.add(waiting)
        return any(
            search((*there, pod), waiting[:at] + waiting[at + 1 :])
            for at, pod in enumerate(waiting)
            if pod not in waiting[:at] and welcome(pod, there)
        )

    return search(start, pods)
