"""Random problems of buying that are small enough to try everything, with every rule in them."""

import random

from models.solver.problem import (
    NONE,
    OWN,
    Affinity,
    AntiAffinity,
    NodeSlot,
    Offer,
    PodClass,
    PortConflict,
    Problem,
    TopologySpread,
)

SHAPES = ((4, 3), (4, 3), (6, 4), (2, 2), (3, 8))


def small_offers(seed):
    rng = random.Random(seed)
    own, shapes, rings = rng.choice([0, 0, 1, 1, 2]), rng.choice([1, 1, 2]), rng.choice([1, 2, 2])
    offers, most = _offers(rng, shapes, rings)
    nodes = tuple(_node(rng, n, rings) for n in range(own))
    classes = _classes(rng, own, len(offers), rings)
    count = len(classes)
    families = [_hosts(own, offers), _zones(rng, own, offers), _zones(rng, own, offers)]
    owners = rng.sample(range(count), 1) if rng.random() < 0.25 else []
    togethers = tuple(_together(rng, owner, count, families) for owner in owners)
    return Problem(
        resources=("cpu", "pods"),
        rings=tuple(f"ring-{r}" for r in range(rings)),
        classes=tuple(_with_all_keys(classes, togethers)),
        nodes=nodes,
        clashes=tuple(
            PortConflict(*sorted((rng.randrange(count), rng.randrange(count)))) for _ in range(rng.choice([0, 0, 1, 2]))
        ),
        aparts=tuple(_apart(rng, count, families) for _ in range(rng.choice([0, 0, 0, 1]))),
        togethers=togethers,
        spreads=tuple(_spread(rng, count, families) for _ in range(rng.choice([0, 0, 1, 1]))),
        offers=offers,
        most=most,
    )


def _offers(rng, shapes, rings):
    found = []
    for shape in range(shapes):
        capacity, price = rng.choice(SHAPES), rng.randint(1, 9)
        for zone in range(rng.choice([1, 1, 2])):
            allowed = tuple(r for r in range(rings) if rng.random() < 0.9)
            found.append(Offer(f"shape-{shape}-{zone}", capacity, allowed, price, shape))
    return tuple(found), tuple(rng.choice([1, 2, 2]) for _ in range(shapes))


def _node(rng, n, rings):
    allowed = tuple(r for r in range(rings) if rng.random() < 0.85)
    shape = rng.choice(SHAPES) if rng.random() < 0.95 else (0, 0)
    return NodeSlot(f"node-{n}", shape, allowed, rng.choice([-1, -1, 0]), 0, rng.choice([0, 0, 2, 3]))


def _classes(rng, own, offers, rings):
    left, found = rng.randint(2, 5), []
    for at in range(rng.randint(1, 3)):
        daemon = at > 0 and rng.random() < 0.25
        count = 0 if daemon else rng.randint(0 if at else 1, max(1, left))
        left = max(0, left - count)
        nodes = tuple(n for n in range(own) if rng.random() < 0.9)
        new = tuple(o for o in range(offers) if rng.random() < 0.9)
        ring = rng.randrange(-1 if daemon else 0, rings)
        cpu = 0 if daemon and ring < 0 else rng.randint(0 if daemon else 1, 3)
        pods = 0 if daemon and ring < 0 else 1
        priority = rng.choice([0, 0, 0, 1000])
        found.append(PodClass(f"class-{at}", ring, count, (cpu, pods), nodes, priority, daemon=daemon, offers=new))
    return found


def _hosts(own, offers):
    return tuple((n,) for n in range(own)), tuple(OWN for _ in offers)


def _zones(rng, own, offers):
    zones = [[], [], []]
    for n in range(own):
        if (at := rng.randrange(4)) < 3:
            zones[at].append(n)
    return tuple(map(tuple, zones)), tuple(rng.choice([0, 1, 2, 2, NONE]) for _ in offers)


def _some(rng, count, owner, odds):
    picked = {c for c in range(count) if c != owner and rng.random() < 0.4}
    if rng.random() < odds:
        picked.add(owner)
    return tuple(sorted(picked or {owner}))


def _apart(rng, count, families):
    owner = rng.randrange(count)
    return AntiAffinity(owner, _some(rng, count, owner, 0.7), *rng.choice(families))


def _together(rng, owner, count, families):
    keys = [rng.choice(families) for _ in range(rng.choice([1, 1, 2]))]
    return Affinity(owner, _some(rng, count, owner, 0.7), tuple(k for k, _ in keys), tuple(j for _, j in keys))


def _spread(rng, count, families):
    owner = rng.randrange(count)
    domains, joins = rng.choice(families)
    matched = (owner,) if rng.random() < 0.5 else _some(rng, count, owner, 0.8)
    standing = tuple(at for at in range(len(domains)) if rng.random() < 0.1)
    return TopologySpread(owner, matched, domains, rng.choice([1, 1, 2]), rng.choice([1, 1, 2, 3]), standing, joins)


def _with_all_keys(classes, togethers):
    """Owners only go where all their keys are, as the static filters see to."""
    for rule in togethers:
        nodes = set.intersection(*({n for domain in key for n in domain} for key in rule.keys))
        c = classes[rule.owner]
        new = tuple(o for o in c.offers if all(joins[o] != NONE for joins in rule.joins))
        classes[rule.owner] = PodClass(
            c.name,
            c.ring,
            c.count,
            c.requests,
            tuple(n for n in c.candidates if n in nodes),
            c.priority,
            daemon=c.daemon,
            offers=new,
        )
    return classes
