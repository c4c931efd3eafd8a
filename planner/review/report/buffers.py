"""Room that each ring keeps free for what it must survive, as CapacityBuffers of the autoscalers: whole spare nodes.

A placeholder takes all that a node of its type has beside its daemons, so it shares that node with no pod: whichever node is
lost, either it held the placeholder and nothing else, or its pods have the room of one.
Source: kubernetes/autoscaler, cluster-autoscaler/apis/capacitybuffer/autoscaling.x-k8s.io/v1beta1/types.go.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.answer.plan import IsolationPlan
from models.answer.review import NodeReview, Review
from models.kubernetes.node import Node
from models.kubernetes.resources import CPU, MEMORY, PODS, is_amount
from planner.emit.name import file_name, in_comment
from planner.emit.yaml import dump
from planner.review.capacity.node_facts import INSTANCE_TYPES
from planner.rules.placement.failure_repacking import ZONE

LABEL = "ringfence.dev/buffer"
IMAGE = "registry.k8s.io/pause:3.10"
BEGIN = "# CapacityBuffers of"


@dataclass(frozen=True, slots=True)
class Buffer:
    """So many spare nodes of a ring, each like a `node` and with room for `requests`; spread over `zones` if one may be lost."""

    ring: str
    node: Node
    requests: Mapping[str, int]
    spare: int = 1
    zones: int = 0


def check(plan: IsolationPlan) -> None:
    """Raise ValueError where the policy asks no ring to survive anything."""
    if not (plan.policy.survive.nodes or plan.policy.survive.zones):
        raise ValueError("--buffers: the policy asks no ring to survive anything: write survive: {nodes: 1}")


def text(plan: IsolationPlan, review: Review) -> str:
    """Write the buffers of all rings."""
    documents, left = [], []
    for ring in review.rings:
        answer = _buffer(plan, ring.name, [node for node in review.nodes if node.ring == ring.name])
        if isinstance(answer, Buffer):
            documents += [dump(document) for document in _documents(plan, answer)]
        else:
            left.append(f"# Ring {in_comment(ring.name)} has none: {answer}.\n")
    head = f"{BEGIN} {in_comment(plan.name)}: spare nodes for what the policy says that each ring survives.\n{''.join(left)}"
    return head + "---\n" + "---\n".join(documents) if documents else head


def _buffer(plan: IsolationPlan, ring: str, nodes: Sequence[NodeReview]) -> Buffer | str:
    """Return the buffer of a ring, or why it can have none."""
    needs = [{name: a.requested - a.daemons for name, a in node.amounts.items() if _counts(name)} for node in nodes]
    room = {node.name: _room(node) for node in nodes}
    known = {node.name: node for node in plan.cluster.nodes}
    able = [name for name, has in room.items() if all(_holds(has, need) for need in needs) and _tells(known[name], room)]
    if not able:
        return "no node of a known type has room for the pods of each other node"
    least = min(able, key=lambda name: (room[name].get(CPU, 0), room[name].get(MEMORY, 0), name))
    if not plan.policy.survive.zones:
        return Buffer(ring, known[least], room[least])
    zones = len({node.zone for node in nodes})
    if zones < 2:
        return "all of its nodes are in one zone, and the policy asks it to survive the loss of a zone"
    return Buffer(ring, known[least], room[least], _spare(nodes, zones), zones)


def _counts(name: str) -> bool:
    return name in (CPU, MEMORY) or ("/" in name and name != PODS and is_amount(name))


def _room(node: NodeReview) -> dict[str, int]:
    has = {name: a.allocatable - a.daemons for name, a in node.amounts.items() if _counts(name)}
    return {name: amount for name, amount in has.items() if amount > 0}


def _holds(has: Mapping[str, int], need: Mapping[str, int]) -> bool:
    return all(has.get(name, 0) >= amount for name, amount in need.items())


def _tells(node: Node, room: Mapping[str, Mapping[str, int]]) -> bool:
    """Say whether a placeholder can be kept to nodes that it fills: by their type, or as all nodes are alike."""
    return bool(_type(node)) or all(has == room[node.name] for has in room.values())


def _type(node: Node) -> dict[str, str]:
    return next(({key: node.labels[key]} for key in INSTANCE_TYPES if key in node.labels), {})


def _spare(nodes: Sequence[NodeReview], zones: int) -> int:
    """Count the placeholders of which enough are left when a zone is gone, if they are spread evenly."""
    lost = Counter(node.zone for node in nodes if node.pods)
    spare = most = max(lost.values(), default=1)
    while spare - -(-spare // zones) < most:
        spare += 1
    return spare


def _documents(plan: IsolationPlan, buffer: Buffer) -> Iterator[dict[str, Any]]:
    name = f"ringfence-{file_name(buffer.ring)}"
    yield {
        "apiVersion": "v1",
        "kind": "PodTemplate",
        "metadata": {"name": name},
        "template": {"metadata": {"labels": {LABEL: buffer.ring}}, "spec": _pod(plan, buffer)},
    }
    yield {
        "apiVersion": "autoscaling.x-k8s.io/v1beta1",
        "kind": "CapacityBuffer",
        "metadata": {"name": name},
        "spec": {"podTemplateRef": {"name": name}, "replicas": buffer.spare},
    }


def _pod(plan: IsolationPlan, buffer: Buffer) -> dict[str, Any]:
    rules = plan.policy.nodes
    selector = {rules.label_key: buffer.ring, **_type(buffer.node)}
    ring = {"key": rules.taint_key, "operator": "Equal", "value": buffer.ring, "effect": "NoSchedule"}
    own = [taint for taint in buffer.node.taints if taint.key != rules.taint_key and taint.effect != "PreferNoSchedule"]
    tolerations = [ring] + [{"key": t.key, "operator": "Equal", "value": t.value, "effect": t.effect} for t in own]
    asked = {name: f"{amount}m" if name == CPU else str(amount) for name, amount in sorted(buffer.requests.items())}
    whole = {name: amount for name, amount in asked.items() if "/" in name}
    resources = {"requests": asked, **({"limits": whole} if whole else {})}
    spread = {
        "maxSkew": 1,
        "minDomains": buffer.zones,
        "topologyKey": ZONE,
        "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": {LABEL: buffer.ring}},
    }
    return {
        "nodeSelector": selector,
        "tolerations": tolerations,
        **({"topologySpreadConstraints": [spread]} if buffer.zones else {}),
        "terminationGracePeriodSeconds": 0,
        "containers": [{"name": "placeholder", "image": IMAGE, "resources": resources}],
    }
