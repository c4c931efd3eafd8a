"""Nouns written as the API server takes them."""

from collections.abc import Iterable
from typing import Any

from models.kubernetes.cluster import DisruptionBudget
from models.kubernetes.labels import LabelSelector, NodeSelectorTerm, Requirement
from models.kubernetes.node import Node
from models.kubernetes.pod import Container, HostPort, Pod, PodAffinityTerm, TopologySpreadConstraint
from models.kubernetes.resources import CPU, Resources
from models.kubernetes.workload import Workload

Object = dict[str, Any]
OWNER = "name"
"""The label by which an owner selects its pods."""


def node(given: Node) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": given.name, "labels": dict(given.labels)},
        "spec": {
            "taints": [{"key": taint.key, "value": taint.value, "effect": taint.effect} for taint in given.taints],
            "unschedulable": given.unschedulable,
        },
        "status": {"allocatable": amounts(given.allocatable), "capacity": amounts(given.allocatable)},
    }


def pod(given: Pod, name: str, node: str = "", owner: Object | None = None) -> Object:
    """Write a pod; an owner is the ReplicaSet or StatefulSet that has made it, as the API server knows it."""
    metadata: Object = {"name": name, "namespace": given.namespace, "labels": dict(given.labels)}
    if owner:
        reference = {"apiVersion": "apps/v1", "kind": owner["kind"], "name": owner["metadata"]["name"]}
        metadata["ownerReferences"] = [{**reference, "uid": owner["metadata"]["uid"], "controller": True}]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata,
        "spec": {**pod_spec(given), **({"nodeName": node} if node else {})},
    }


def owner(given: Workload) -> Object | None:
    """Write what makes the pods of a Deployment or StatefulSet, for a cluster in which no controller does."""
    kind = {"Deployment": "ReplicaSet", "StatefulSet": "StatefulSet"}.get(given.id.kind)
    if kind is None:
        return None
    labels = {OWNER: given.template.labels[OWNER]}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "main", "image": "web:1"}]}}
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": given.id.name, "namespace": given.id.namespace},
        "spec": {"replicas": given.pods, "selector": {"matchLabels": labels}, "template": template},
    }


def budget(given: DisruptionBudget) -> Object:
    """Write a disruption budget; without its controller it allows nothing."""
    limits = {"minAvailable": given.min_available, "maxUnavailable": given.max_unavailable}
    amounts = {key: int(value) if value.isdigit() else value for key, value in limits.items() if value}
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": given.name, "namespace": given.namespace},
        "spec": {"selector": selector(given.selector), **amounts},
    }


def pod_spec(given: Pod) -> Object:
    made: Object = {
        "containers": [container(one) for one in given.containers],
        "initContainers": [container(one) for one in given.init_containers],
        "nodeSelector": dict(given.node_selector),
        "affinity": affinity(given),
        "tolerations": [toleration(one) for one in given.tolerations],
        "topologySpreadConstraints": [spread(one) for one in given.topology_spread_constraints],
        "volumes": [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name in given.claims],
        "priority": given.priority,
        "terminationGracePeriodSeconds": 0,
    }
    if given.requests:
        made["resources"] = {"requests": amounts(given.requests)}
    if given.priority:
        made["priorityClassName"] = f"priority-{given.priority}"
    return made


def container(given: Container) -> Object:
    made: Object = {
        "name": given.name,
        "image": given.image or "web:1",
        "resources": {"requests": amounts(given.requests), "limits": extended(given.requests)},
        "ports": [port(one) for one in given.host_ports],
    }
    if given.restartable:
        made["restartPolicy"] = "Always"
    return made


def port(given: HostPort) -> Object:
    address = {"hostIP": given.host_ip} if given.host_ip != "0.0.0.0" else {}  # noqa: S104
    return {"containerPort": given.port, "hostPort": given.port, "protocol": given.protocol, **address}


def amounts(given: Resources) -> dict[str, str]:
    return {name: f"{amount}m" if name == CPU else str(amount) for name, amount in given.items()}


def extended(given: Resources) -> dict[str, str]:
    """Extended resources must have a limit that equals the request."""
    return {name: str(amount) for name, amount in given.items() if "/" in name}


def toleration(given: Any) -> Object:
    return {key: value for key in ("key", "operator", "value", "effect") if (value := getattr(given, key))}


def affinity(given: Pod) -> Object:
    required, preferred = "requiredDuringSchedulingIgnoredDuringExecution", "preferredDuringSchedulingIgnoredDuringExecution"
    nodes: Object = {
        preferred: [{"weight": one.weight, "preference": node_term(one.term)} for one in given.preferred_node_affinity]
    }
    if given.node_affinity is not None:
        nodes[required] = {"nodeSelectorTerms": [node_term(one) for one in given.node_affinity]}
    made: Object = {"nodeAffinity": nodes}
    kinds = (
        ("podAffinity", given.pod_affinity, given.preferred_pod_affinity),
        ("podAntiAffinity", given.pod_anti_affinity, given.preferred_pod_anti_affinity),
    )
    for name, hard, soft in kinds:
        made[name] = {
            required: [pod_term(one) for one in hard],
            preferred: [{"weight": one.weight, "podAffinityTerm": pod_term(one.term)} for one in soft],
        }
    return made


def node_term(given: NodeSelectorTerm) -> Object:
    return {"matchExpressions": requirements(given.match_expressions), "matchFields": requirements(given.match_fields)}


def requirements(given: Iterable[Requirement]) -> list[Object]:
    return [{"key": one.key, "operator": one.operator, "values": list(one.values)} for one in given]


def selector(given: LabelSelector | None) -> Object | None:
    if given is None:
        return None
    return {"matchLabels": dict(given.match_labels), "matchExpressions": requirements(given.match_expressions)}


def pod_term(given: PodAffinityTerm) -> Object:
    return {
        "topologyKey": given.topology_key,
        "labelSelector": selector(given.label_selector),
        "namespaces": list(given.namespaces),
        "namespaceSelector": selector(given.namespace_selector),
    }


def spread(given: TopologySpreadConstraint) -> Object:
    made: Object = {
        "maxSkew": given.max_skew,
        "topologyKey": given.topology_key,
        "whenUnsatisfiable": given.when_unsatisfiable,
        "labelSelector": selector(given.label_selector),
        "nodeAffinityPolicy": given.node_affinity_policy,
        "nodeTaintsPolicy": given.node_taints_policy,
    }
    if given.when_unsatisfiable == "DoNotSchedule":
        made["minDomains"] = given.min_domains
    return made
