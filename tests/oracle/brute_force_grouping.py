"""What choosing rings means, written as straightforwardly as possible: every way to share, all nodes, all packings.

A pod is an amount of cpu. `groups` are lists of pods, `owned` the cpu of nodes that cost nothing, `shapes` are (cpu, price, most)
of nodes to buy, `sharing` the pairs that may share. A node counts in a ring only if it could hold a pod of it. None of our code
is used.
"""

from dataclasses import dataclass
from itertools import combinations, combinations_with_replacement, product


@dataclass(frozen=True)
class World:
    """All that the answer depends on; `least` and `most` limit the nodes of every ring, `survive` lets each lose a node."""

    groups: dict
    owned: tuple
    shapes: tuple
    sharing: frozenset
    max_rings: int | None = None
    least: int = 0
    most: int = 99
    survive: bool = False


def partitions(names):
    """Yield every way to divide the names into sets."""
    if not names:
        yield []
        return
    first, rest = names[0], names[1:]
    for made in partitions(rest):
        yield [[first], *made]
        for at in range(len(made)):
            yield [*made[:at], [first, *made[at]], *made[at + 1 :]]


def allowed(world, sets):
    few = world.max_rings is None or len(sets) <= world.max_rings
    return few and all(frozenset(pair) in world.sharing for one in sets for pair in combinations(one, 2))


def ways(world):
    """Return every way to divide the groups that the policy allows."""
    return [sets for sets in partitions(sorted(world.groups)) if allowed(world, sets)]


def packings(pods, nodes):
    """Yield every way to put the pods on nodes of such sizes, as the pods of each."""
    if not pods:
        yield [[] for _ in nodes]
        return
    seen = set()
    for at, room in enumerate(nodes):
        if room >= pods[0]:
            left = [*nodes[:at], room - pods[0], *nodes[at + 1 :]]
            for on in packings(pods[1:], left):
                found = [*on[:at], [pods[0], *on[at]], *on[at + 1 :]]
                key = tuple(map(tuple, found))
                if key not in seen:
                    seen.add(key)
                    yield found


def fits(pods, nodes):
    return next(packings(sorted(pods, reverse=True), list(nodes)), None) is not None


def holds(world, pods, nodes):
    """Say whether a ring with these nodes can hold the pods, and, if it must, does so after the loss of any node."""
    if not world.survive:
        return fits(pods, nodes)
    for on in packings(sorted(pods, reverse=True), list(nodes)):
        left = [room - sum(here) for room, here in zip(nodes, on, strict=True)]
        if all(fits(on[at], [*left[:at], *left[at + 1 :]]) for at in range(len(nodes))):
            return True
    return False


def purchases(world, pods):
    """Yield (owned nodes used, nodes of each shape, cost) of every choice of nodes that holds a ring's pods."""
    # no ring needs more nodes than pods, but for those it must have and one that it may lose
    largest = min(world.most, len(pods) + world.least + (1 if world.survive else 0))
    for many in range(len(world.owned) + 1):
        for own in combinations(range(len(world.owned)), many):
            for more in range(max(0, largest - many) + 1):
                for kinds in combinations_with_replacement(range(len(world.shapes)), more):
                    counts = tuple(kinds.count(s) for s in range(len(world.shapes)))
                    enough = world.least <= many + more <= world.most
                    there = all(count <= shape[2] for count, shape in zip(counts, world.shapes, strict=True))
                    nodes = [*(world.owned[n] for n in own), *(world.shapes[s][0] for s in kinds)]
                    useful = all(room >= min(pods) for room in nodes)
                    if enough and there and useful and holds(world, pods, nodes):
                        yield frozenset(own), counts, sum(world.shapes[s][1] for s in kinds)


def cost(world, sets, known):
    """Return the least that rings of these sets cost together; None where they cannot all have nodes."""
    choices = []
    for one in sets:
        key = tuple(sorted(one))
        if key not in known:
            known[key] = cheapest_of_each(purchases(world, [pod for name in one for pod in world.groups[name]]))
        choices.append(known[key])
    best = None
    for chosen in product(*choices):
        own = [n for used, _, _ in chosen for n in used]
        bought = [sum(counts) for counts in zip(*(counts for _, counts, _ in chosen), strict=True)]
        there = all(count <= shape[2] for count, shape in zip(bought, world.shapes, strict=True))
        total = sum(price for _, _, price in chosen)
        if len(own) == len(set(own)) and there and (best is None or total < best):
            best = total
    return best


def cheapest_of_each(found):
    """Leave out what takes all that another choice takes, and more."""
    every = sorted(set(found), key=lambda one: (one[2], len(one[0]), one[1], sorted(one[0])))
    kept = []
    for own, counts, price in every:
        if not any(a <= own and all(x <= y for x, y in zip(b, counts, strict=True)) for a, b, _ in kept):
            kept.append((own, counts, price))
    return kept


def answer(world):
    """Return the least cost of all ways to divide the groups; None where no way has room for all pods."""
    known = {}
    costs = [cost(world, sets, known) for sets in ways(world)]
    return min((one for one in costs if one is not None), default=None)


def curve(world):
    """Return the least cost for each number of rings that there can be."""
    known, found = {}, {}
    for sets in ways(world):
        value = cost(world, sets, known)
        before = found.get(len(sets))
        found[len(sets)] = before if value is None else value if before is None else min(before, value)
    return found
