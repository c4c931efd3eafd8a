"""Which NodePools a plan needs, and how many nodes each: those that it buys, and those that came out of a pool before.

Karpenter counts all nodes of a pool, so a pool of two that is to have one more needs three; one that is left out of the folder
would be taken away with its nodes by whatever prunes.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import product

from models.answer.plan import IsolationPlan
from models.kubernetes.node import Node

INSTANCE_TYPE = "node.kubernetes.io/instance-type"
ZONE = "topology.kubernetes.io/zone"
MADE_BY = "karpenter.sh/nodepool"
"""The label by which a node says which NodePool made it."""
_LONGEST = 63
Key = tuple[str, str, str, str]
"""Ring, shape and zone, and pool where the ring has such, else an empty text."""


@dataclass(frozen=True, slots=True)
class Pool:
    """A NodePool: `bought` nodes come, those that are `there` it made before; of these some are `elsewhere`, in other rings."""

    name: str
    ring: str
    shape: str
    zone: str
    pool: str = ""
    bought: int = 0
    there: tuple[Node, ...] = ()
    elsewhere: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """Count its nodes."""
        return self.bought + len(self.there)


def pools_of(plan: IsolationPlan) -> list[Pool]:
    """Return the pools, those that are bought from first, in the order of the plan."""
    grown = {growth.group for growth in plan.growth}
    buys = ((ring.name, buy) for ring in plan.rings for buy in ring.buy if buy.shape not in grown)
    bought = {(ring, buy.shape, buy.zone, buy.pool): buy.count for ring, buy in buys}
    there = _there(plan)
    names = _names(list(bought), {key: name for name, (key, _) in there.items()})
    nodes = dict(there.values())
    ring_of = {node: ring.name for ring in plan.rings for node in ring.nodes}

    def pool_of(key: Key, name: str) -> Pool:
        mine = nodes.get(key, ())
        left = sorted(node.name for node in mine if ring_of.get(node.name, key[0]) != key[0])
        return Pool(name, *key, bought.get(key, 0), mine, tuple(left))

    return [
        pool_of(key, name)
        for key, name in (*names.items(), *sorted((key, name) for name, (key, _) in there.items() if key not in names))
    ]


def _there(plan: IsolationPlan) -> dict[str, tuple[Key, tuple[Node, ...]]]:
    """Return the pools that made owned nodes, if they bear names as they are given here: name -> what it is, and the nodes."""
    by_name: dict[str, list[Node]] = {}
    for node in plan.cluster.nodes:
        if not node.shape and node.labels.get(MADE_BY):
            by_name.setdefault(node.labels[MADE_BY], []).append(node)
    rings = {ring.name for ring in plan.rings}
    shapes = [shape.name for shape in plan.cluster.shapes if not shape.group]
    pools: dict[str, tuple[Key, tuple[Node, ...]]] = {}
    for name, nodes in sorted(by_name.items()):
        key = next((key for node in nodes for key in _candidates(plan, name, node, rings, shapes) if name in _both(key)), None)
        if key and key not in (other for other, _ in pools.values()):
            pools[name] = key, tuple(nodes)
    return pools


def _candidates(plan: IsolationPlan, name: str, node: Node, rings: Collection[str], shapes: Iterable[str]) -> Iterator[Key]:
    """Yield what a pool of this name may be that made this node, which may have changed its ring since."""
    keys = plan.policy.nodes
    zone, own = node.labels.get(ZONE, ""), node.labels.get(keys.label_key, "")
    pools = dict.fromkeys((node.labels.get(keys.pool_key, ""), ""))
    kinds = dict.fromkeys((*shapes, node.labels.get(INSTANCE_TYPE, "")))
    yield from product(dict.fromkeys((own, *sorted(rings))), kinds, [zone], pools)
    if own:  # of a ring that there is no more
        for kind, pool in product(kinds, pools):
            ring = name.removesuffix("-".join(_parts(("", kind, zone, pool))))
            yield ring, kind, zone, pool


def _both(key: Key) -> tuple[str, str]:
    parts = _parts(key)
    return _name(parts, unique=True), _name(parts, unique=False)


def _names(bought: Iterable[Key], there: Mapping[Key, str]) -> dict[Key, str]:
    """Name the pools that are bought from: as they are called where they are there; nodes carry the name as a label's value.

    A ring, a shape and a zone may read like others that are parted elsewhere (a, b-c and a-b, c): such names are made longer.
    """
    keys = list(bought)
    often = Counter("-".join(_parts(key)) for key in {*keys, *there})
    return {key: there.get(key) or _name(_parts(key), unique=often["-".join(_parts(key))] == 1) for key in keys}


def _parts(key: Key) -> tuple[str, ...]:
    return key if key[3] else key[:3]


def _name(parts: tuple[str, ...], unique: bool) -> str:
    text = "-".join(parts)
    safe = re.sub(r"[^a-z0-9.]+", "-", text.lower())
    if unique and safe == text and len(text) <= _LONGEST and not re.search(r"\.[.-]|-\.", text):
        return text
    digest = sha256("\n".join(parts).encode()).hexdigest()[:8]
    plain = re.sub(r"[^a-z0-9]+", "-", safe)
    return f"{plain[: _LONGEST - 9].strip('-')}-{digest}"
