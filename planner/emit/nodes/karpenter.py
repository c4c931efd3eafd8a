"""Bought nodes as Karpenter NodePools (karpenter.sh/v1): one for each ring, shape and zone, and pool where a ring has such.

Nodes that such a pool made before count with those that it is to make.
Ring label and taint stand in the template, so that nodes have both from the moment they register.
"""

from dataclasses import dataclass
from typing import Any

from models.answer.plan import IsolationPlan
from models.kubernetes.labels import Taint
from models.kubernetes.node import NodeShape
from planner import MARK
from planner.emit import yaml
from planner.emit.name import in_comment
from planner.emit.nodes.membership import NO_SCHEDULE
from planner.emit.nodes.pool import INSTANCE_TYPE, ZONE, Pool, pools_of

FILE = "pools/karpenter.yaml"
API_VERSION = "karpenter.sh/v1"
CAPACITY_TYPE = "karpenter.sh/capacity-type"
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


def pools(plan: IsolationPlan, origin: str, node_class: NodeClass, static: bool) -> dict[str, str]:
    """Return path -> content of the pools, nothing where there are none; `made` says by which version and from what."""
    shapes = {shape.name: shape for shape in plan.cluster.shapes if not shape.group}
    known_pools = [pool for pool in pools_of(plan) if pool.shape in shapes]
    if not known_pools:
        return {}
    head = f"{MARK} {origin}.\n" + _HEAD.format(how=_STATIC if static else _DYNAMIC)
    documents = (
        _comment(pool) + yaml.dump(_document(plan, pool, shapes[pool.shape], node_class, static)) for pool in known_pools
    )
    return {FILE: head + "---\n".join(documents)}


def unknown_pools(plan: IsolationPlan) -> tuple[Pool, ...]:
    """Return the pools that made nodes of the input whose shape it does not have, so that they cannot be written again."""
    shapes = {shape.name for shape in plan.cluster.shapes}
    return tuple(pool for pool in pools_of(plan) if pool.shape not in shapes)


def _document(plan: IsolationPlan, pool: Pool, shape: NodeShape, node_class: NodeClass, static: bool) -> dict[str, Any]:
    keys = plan.policy.nodes
    labels, requirements = _parted(shape, pool.zone)
    own = {keys.label_key: pool.ring, **({keys.pool_key: pool.pool} if pool.pool else {})}
    taints = (*shape.taints, Taint(keys.taint_key, pool.ring, NO_SCHEDULE))
    return {
        "apiVersion": API_VERSION,
        "kind": "NodePool",
        "metadata": {"name": pool.name},
        "spec": {
            **_size(pool.count, static),
            "template": {
                "metadata": {"labels": dict(sorted({**labels, **own}.items()))},
                "spec": {
                    "nodeClassRef": {"group": node_class.group, "kind": node_class.kind, "name": node_class.name},
                    "requirements": requirements,
                    "taints": [_taint(taint) for taint in taints],
                },
            },
        },
    }


def _comment(pool: Pool) -> str:
    """Say what a number does not: how many nodes are there already, and which of them are of other rings now."""
    if not pool.there:
        return ""
    is_there = "1 of its nodes is" if len(pool.there) == 1 else f"{len(pool.there)} of its nodes are"
    lines = [f"# {is_there} there, the plan buys {pool.bought or 'none'}."]
    if pool.elsewhere:
        lines.append(f"# Of another ring now (nodes/apply.sh): {', '.join(map(in_comment, pool.elsewhere))}.")
        lines.append(f"# What Karpenter makes in their place would be of ring {in_comment(pool.ring)}.")
    return "".join(f"{line}\n" for line in lines)


def _size(count: int, static: bool) -> dict[str, Any]:
    """Say how many nodes: Karpenter weighs limits of cpu and memory with what a machine has, which no plan knows."""
    if static:
        return {"replicas": count}
    return {
        # WhenEmptyOrUnderutilized would put other nodes in the place of those that the plan has.
        "disruption": {"consolidateAfter": "10m", "consolidationPolicy": "WhenEmpty"},
        "limits": {"nodes": str(count)},
    }


def _parted(shape: NodeShape, zone: str) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Part a shape's labels into those that the pool gives and those that it asks for."""
    wanted = {INSTANCE_TYPE: shape.name, ZONE: zone}
    given = {}
    for key, value in shape.labels.items():
        domain = key.rpartition("/")[0]
        if key == CAPACITY_TYPE or (f"{domain}/".startswith(_SAID_BY_PROVIDER) or _is_providers(domain)):
            wanted[key] = value
        # Karpenter refuses its own labels in a template.
        elif not domain.endswith("karpenter.sh"):
            given[key] = value
    return given, [{"key": key, "operator": "In", "values": [wanted[key]]} for key in sorted(wanted)]


def _is_providers(domain: str) -> bool:
    """Say whether it is the domain of a provider's Karpenter: karpenter.k8s.aws, karpenter.azure.com."""
    return domain.startswith("karpenter.") and not domain.endswith("karpenter.sh")


def _taint(taint: Taint) -> dict[str, str]:
    return {"key": taint.key, **({"value": taint.value} if taint.value else {}), "effect": taint.effect}
