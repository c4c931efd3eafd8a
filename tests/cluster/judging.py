"""What the rules say of a case, read from the same objects that the API server is given."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.frozen_map import FrozenMap
from models.kubernetes.pod import Pod
from models.trust import TrustPolicy
from planner.read import read_cluster
from planner.rules.placement.scheduler_filters import World, fit_error, fits_somewhere
from tests.cluster.cases import Case

POLICY = TrustPolicy("cases", ("any",), untagged="any", pod_templates=FrozenMap())
_PREEMPTION = re.compile(
    r"\s*(preemption: .*|no new claims to deallocate.*|still not schedulable.*|(?<=[.] )not found)$", re.DOTALL
)
"""What is said after the reasons: "not found" by DynamicResources, where VolumeBinding refuses the pod before it is asked."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Either the nodes that would take the pod, or why none does."""

    nodes: frozenset[str] = frozenset()
    message: str = ""


GATED, FOREIGN = Verdict(message="held by its gates"), Verdict(message="another scheduler's")
"""Of these kube-scheduler says nothing of nodes."""
DEFAULT = "default-scheduler"


def judge(cases: Sequence[Case], folder: Path) -> dict[str, Verdict]:
    """Return the verdict on each case's pod, by the case's name, with all cases in one cluster."""
    file = folder / "cases.json"
    objects = [
        each for case in cases for each in (*case.namespaces, *case.objects, *case.nodes, *case.residents, case.pod) if each
    ]
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}), encoding="utf-8")
    cluster = read_cluster([], [str(file)], POLICY)
    found = {(each.id.namespace, each.id.name): each.template for each in cluster.workloads}
    placed: dict[str, list[Pod]] = {}
    for case in cases:
        for each in case.residents:
            pod = found[each["metadata"]["namespace"], each["metadata"]["name"]]
            placed.setdefault(each["spec"]["nodeName"], []).append(pod)
    world = World(cluster.nodes, cluster, placed)
    return {case.name: _verdict(found[case.name, "incoming"], world) for case in cases if case.pod}


def _verdict(pod: Pod, world: World) -> Verdict:
    if pod.scheduler_name != DEFAULT or pod.scheduling_gates:
        return GATED if pod.scheduling_gates else FOREIGN
    nodes = [site.node for site in world.sites.values()]
    fitting = frozenset(node.name for node in fits_somewhere(pod, nodes, world))
    return Verdict(nodes=fitting) if fitting else Verdict(message=fit_error(pod, nodes, world)[0])


def answered(pod: dict[str, Any]) -> Verdict | None:
    """Return what kube-scheduler says of a pod, or nothing while it has not spoken.

    A pod that has its node but waits for volumes, which nobody binds here, is nominated for it; nobody is put out for another.
    """
    node = pod["spec"].get("nodeName") or pod.get("status", {}).get("nominatedNodeName")
    if node:
        return Verdict(nodes=frozenset({node}))
    for condition in pod.get("status", {}).get("conditions", ()):
        if condition["type"] == "PodScheduled" and condition.get("reason") == "SchedulingGated":
            return GATED
        if condition["type"] == "PodScheduled" and condition.get("reason") == "Unschedulable":
            return Verdict(message=_PREEMPTION.sub("", condition.get("message", "")))
    return None


def agree(ours: Verdict, theirs: Verdict) -> bool:
    """Say whether kube-scheduler chose one of our nodes, or gave our reasons."""
    return theirs.nodes <= ours.nodes if theirs.nodes else ours == theirs


def differences(ours: dict[str, Verdict], theirs: dict[str, Verdict]) -> list[str]:
    """Describe every disagreement."""
    return [
        f"{name}:\n  rules          {ours[name]}\n  kube-scheduler {said}"
        for name, said in theirs.items()
        if not agree(ours[name], said)
    ]
