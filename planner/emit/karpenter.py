"""Bought nodes as Karpenter NodePools (karpenter.sh/v1): one for each ring, shape and zone, and pool where a ring has such.

Ring label and taint stand in the template, so that nodes have both from the moment they register.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from models.labels import Taint
from models.node import NodeShape
from models.plan import Buy, IsolationPlan
from planner import MARK
from planner.emit import yaml
from planner.emit.membership import NO_SCHEDULE

FILE = "pools/karpenter.yaml"
API_VERSION = "karpenter.sh/v1"
CAPACITY_TYPE = "karpenter.sh/capacity-type"
INSTANCE_TYPE = "node.kubernetes.io/instance-type"
ZONE = "topology.kubernetes.io/zone"
_LONGEST = 63
_SAID_BY_PROVIDER = (
    "beta.kubernetes.io/",
    "failure-domain.beta.kubernetes.io/",
    "kubernetes.io/",
    "node.kubernetes.io/",
    "topology.kubernetes.io/",
)
"""Labels that nodes get from kubelet and provider: a pool can only ask for nodes that will have them."""

_HEAD = """\
# A NodePool for each ring, shape, zone and pool that the plan buys: its nodes register with the ring's label and taint.
# {how}
"""
_STATIC = "Karpenter keeps exactly spec.replicas nodes; that needs its feature gate StaticCapacity."
_DYNAMIC = """Karpenter adds nodes as pods ask for them, up to limits.nodes, and takes away those that are empty.
# It looks at limits a moment late: in a burst it may make more. Exact numbers are what --static writes."""


@dataclass(frozen=True, slots=True)
class NodeClass:
    """Which object tells the provider how to make nodes."""

    group: str = "karpenter.k8s.aws"
    kind: str = "EC2NodeClass"
    name: str = "default"


def pools(plan: IsolationPlan, made: str, node_class: NodeClass, static: bool) -> dict[str, str]:
    """Return path -> content of the pools, nothing where nothing is bought; `made` says by which version and from what."""
    found = list(_pools(plan, node_class, static))
    if not found:
        return {}
    head = f"{MARK} {made}.\n" + _HEAD.format(how=_STATIC if static else _DYNAMIC)
    return {FILE: head + "---\n".join(yaml.dump(pool) for pool in found)}


def _pools(plan: IsolationPlan, node_class: NodeClass, static: bool) -> Iterator[dict[str, Any]]:
    shapes = {shape.name: shape for shape in plan.cluster.shapes}
    keys = plan.policy.nodes
    bought = [(ring.name, buy) for ring in plan.rings for buy in ring.buy]
    for (ring, buy), name in zip(bought, _names(bought), strict=True):
        shape = shapes[buy.shape]
        labels, requirements = _parted(shape, buy.zone)
        pool = {keys.pool_key: buy.pool} if buy.pool else {}
        taints = (*shape.taints, Taint(keys.taint_key, ring, NO_SCHEDULE))
        yield {
            "apiVersion": API_VERSION,
            "kind": "NodePool",
            "metadata": {"name": name},
            "spec": {
                **_size(buy, static),
                "template": {
                    "metadata": {"labels": dict(sorted({**labels, keys.label_key: ring, **pool}.items()))},
                    "spec": {
                        "nodeClassRef": {"group": node_class.group, "kind": node_class.kind, "name": node_class.name},
                        "requirements": requirements,
                        "taints": [_taint(one) for one in taints],
                    },
                },
            },
        }


def _size(buy: Buy, static: bool) -> dict[str, Any]:
    """Say how many nodes: Karpenter weighs limits of cpu and memory with what a machine has, which no plan knows."""
    if static:
        return {"replicas": buy.count}
    return {
        "disruption": {"consolidateAfter": "10m", "consolidationPolicy": "WhenEmpty"},
        "limits": {"nodes": str(buy.count)},
    }


def _parted(shape: NodeShape, zone: str) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Part a shape's labels into those that the pool gives and those that it asks for."""
    wanted = {INSTANCE_TYPE: shape.name, ZONE: zone}
    given = {}
    for key, value in shape.labels.items():
        domain = key.rpartition("/")[0]
        if key == CAPACITY_TYPE or (f"{domain}/".startswith(_SAID_BY_PROVIDER) or _is_providers(domain)):
            wanted[key] = value
        elif not domain.endswith("karpenter.sh"):
            given[key] = value
    return given, [{"key": key, "operator": "In", "values": [wanted[key]]} for key in sorted(wanted)]


def _is_providers(domain: str) -> bool:
    """Say whether it is the domain of a provider's Karpenter: karpenter.k8s.aws, karpenter.azure.com."""
    return domain.startswith("karpenter.") and not domain.endswith("karpenter.sh")


def _taint(taint: Taint) -> dict[str, str]:
    return {"key": taint.key, **({"value": taint.value} if taint.value else {}), "effect": taint.effect}


def _names(bought: Sequence[tuple[str, Buy]]) -> list[str]:
    """Name the pools, each of a ring and what it buys; their nodes carry the name as a label's value.

    A ring, a shape and a zone may read like others that are parted elsewhere (a, b-c and a-b, c): such names are made longer.
    """
    parts = [(ring, buy.shape, buy.zone, *((buy.pool,) if buy.pool else ())) for ring, buy in bought]
    often = Counter(map(_joined, parts))
    return [_name(one, unique=often[_joined(one)] == 1) for one in parts]


def _joined(parts: Sequence[str]) -> str:
    return "-".join(parts)


def _name(parts: Sequence[str], unique: bool) -> str:
    text = _joined(parts)
    safe = re.sub(r"[^a-z0-9.]+", "-", text.lower())
    if unique and safe == text and len(text) <= _LONGEST and not re.search(r"\.[.-]|-\.", text):
        return text
    digest = sha256("\n".join(parts).encode()).hexdigest()[:8]
    plain = re.sub(r"[^a-z0-9]+", "-", safe)
    return f"{plain[: _LONGEST - 9].strip('-')}-{digest}"
