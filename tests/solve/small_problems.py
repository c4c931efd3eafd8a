"""Random problems small enough to try everything, with every rule in them."""

import random
from dataclasses import replace

from models.frozen_map import FrozenMap
from models.kubernetes.resources import DISKS
from models.solver.problem import Affinity, AntiAffinity, NodeSlot, PodClass, PortConflict, Problem, TopologySpread

DISK = 10


def small_problem(seed):
    rng = random.Random(seed)
    nodes, rings = rng.choice([2, 3, 4, 4]), rng.choice([1, 2, 2, 3])
    classes = _classes(rng, nodes, rings)
    count = len(classes)
    families = [_hosts(nodes), _zones(rng, nodes), _zones(rng, nodes)]
    clashes = tuple(PortConflict(*sorted((rng.randrange(count), rng.randrange(count)))) for _ in range(rng.choice([0, 0, 1, 2])))
    owners = rng.sample(range(count), rng.choice([0, 0, min(1, count), min(2, count)]))
    togethers = tuple(_together(rng, owner, count, families) for owner in owners)
    classes = _with_all_keys(classes, togethers)
    return Problem(
        resources=("cpu", "pods"),
        rings=tuple(f"ring-{r}" for r in range(rings)),
        classes=tuple(classes),
        nodes=tuple(_node(rng, n, rings) for n in range(nodes)),
        clashes=clashes,
        aparts=tuple(_apart(rng, count, families) for _ in range(rng.choice([0, 0, 0, 1, 2]))),
        togethers=togethers,
        spreads=tuple(_spread(rng, count, families) for _ in range(rng.choice([0, 0, 0, 1, 2]))),
    )


def with_a_disk(problem, seed):
    """Return the problem with a disk that every node has once, and pods that write it, or read it with others."""
    rng = random.Random(f"disk {seed}")
    parts = [0 if one.daemon else rng.choice([0, 1, 1, DISK]) for one in problem.classes]
    return replace(
        problem,
        resources=(*problem.resources, f"{DISKS}gce/a"),
        classes=tuple(replace(one, requests=(*one.requests, part)) for one, part in zip(problem.classes, parts, strict=True)),
        nodes=tuple(replace(one, capacity=(*one.capacity, DISK if any(one.capacity) else 0)) for one in problem.nodes),
    )


def _classes(rng, nodes, rings):
    left, found = rng.randint(2, 7), []
    for at in range(rng.randint(1, 3)):
        daemon = at > 0 and rng.random() < 0.25
        ring = rng.randrange(-1 if daemon else 0, rings)
        count = 0 if daemon else rng.randint(0 if at else 1, max(1, left))
        left = max(0, left - count)
        candidates = tuple(n for n in range(nodes) if rng.random() < 0.9)
        cpu = 0 if daemon and ring < 0 else rng.randint(0 if daemon else 1, 3)
        running = {str(n): rng.randint(1, 2) for n in range(nodes) if rng.random() < 0.25} if rng.random() < 0.5 else {}
        pods = 0 if daemon and ring < 0 else 1
        priority = rng.choice([0, 0, 0, 1000])
        found.append(PodClass(f"class-{at}", ring, count, (cpu, pods), candidates, priority, FrozenMap(running), daemon))
    return found


def _node(rng, n, rings):
    allowed = tuple(r for r in range(rings) if rng.random() < 0.85)
    today = rng.choice([-1, -1, rng.randrange(rings)])
    shape = rng.choice([(4, 3), (4, 3), (6, 4), (2, 2)]) if rng.random() < 0.95 else (0, 0)
    return NodeSlot(f"node-{n}", shape, allowed, today, 0)


def _hosts(nodes):
    return tuple((n,) for n in range(nodes))


def _zones(rng, nodes):
    zones = [[], [], []]
    for n in range(nodes):
        if rng.random() < 0.95:
            zones[rng.randrange(2 if rng.random() < 0.8 else 3)].append(n)
    return tuple(tuple(zone) for zone in zones if zone)


def _some(rng, count, owner, odds):
    picked = {c for c in range(count) if rng.random() < 0.5}
    if rng.random() < odds:
        picked.add(owner)
    return tuple(sorted(picked or {owner}))


def _apart(rng, count, families):
    owner = rng.randrange(count)
    return AntiAffinity(owner, _some(rng, count, owner, 0.5), rng.choice(families))


def _together(rng, owner, count, families):
    keys = tuple(rng.choice(families) for _ in range(rng.choice([1, 1, 2])))
    return Affinity(owner, _some(rng, count, owner, 0.6), keys)


def _spread(rng, count, families):
    owner = rng.randrange(count)
    domains = rng.choice(families)
    standing = tuple(at for at in range(len(domains)) if rng.random() < 0.1)
    skew, least = rng.choice([1, 1, 2]), rng.choice([1, 1, 2, 3])
    return TopologySpread(owner, _some(rng, count, owner, 0.8), domains, skew, least, standing)


def _with_all_keys(classes, togethers):
    """Owners only go where all their keys are, as the static filters see to."""
    for rule in togethers:
        keyed = set.intersection(*({n for domain in key for n in domain} for key in rule.keys))
        c = classes[rule.owner]
        on = tuple(n for n in c.candidates if n in keyed)
        classes[rule.owner] = PodClass(c.name, c.ring, c.count, c.requests, on, c.priority, c.running, c.daemon)
    return classes
