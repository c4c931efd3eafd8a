"""A plan's pods arrive one by one at a real kube-scheduler and in planner.simulate, which follows the real one's choices."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from models.answer.plan import IsolationPlan
from models.kubernetes.cluster import Cluster
from models.kubernetes.resources import NOTHING
from models.kubernetes.version import BALANCED_BY_CHANGE, known
from planner.simulate.scheduler.cluster_state import State
from planner.simulate.scheduler.filters import feasible
from planner.simulate.scheduler.pods import Cast, cast_of
from planner.simulate.scheduler.ranking.scoring import parts
from planner.simulate.scheduler.rulebook import Rulebook
from planner.simulate.scores import WEIGHTS
from tests.cluster import written
from tests.cluster.bed import ControlPlane
from tests.cluster.client import MERGE

SCORED = re.compile(r'"Plugin scored node for pod".* pod="(\S+)" plugin="(\w+)" node="(\S+)" score=(-?\d+)')
ADDED = re.compile(r'"Add event for unscheduled pod".* pod="(\S+)"')
LEFT_OUT = ("ImageLocality", "DynamicResources")
"""Plug-ins that score what is not modelled; here they give every node the same."""
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
FORGOTTEN_SECONDS = 400
"""Seen under load: the pods that one waits for are gone before kube-scheduler has noted that it waits, and it is forgotten for
five minutes, until those that are left over are looked at again (flushUnschedulablePodsLeftover)."""
NEVER, ALWAYS = "Never", "PreemptLowerPriority"
Object = dict[str, Any]
Scores = dict[str, dict[str, int]]


def as_can_be_made(plan: IsolationPlan) -> IsolationPlan:
    """Leave out claims, which need volumes, overhead, which needs a RuntimeClass, and DaemonSets, which need a controller."""
    workloads = tuple(
        replace(one, template=replace(one.template, claims=(), overhead=NOTHING))
        for one in plan.cluster.workloads
        if not one.is_daemon
    )
    return replace(plan, cluster=replace(plan.cluster, workloads=workloads, claims=Cluster().claims))


def priority_class(value: int, policy: str) -> Object:
    return {
        "apiVersion": "scheduling.k8s.io/v1",
        "kind": "PriorityClass",
        "metadata": {"name": f"priority-{value}"},
        "value": value,
        "preemptionPolicy": policy,
    }


class Lockstep:
    """One plan on a control plane without controllers."""

    def __init__(self, plane: ControlPlane, plan: IsolationPlan) -> None:
        self.plane = plane
        self.plan = plan = replace(plan, cluster=replace(plan.cluster, kubernetes=plane.version))
        self.cast: Cast = cast_of(plan)
        self.book = Rulebook(self.cast)
        self.state = State(self.book)
        self.names = [node.name for node in self.cast.terrain.nodes]
        self.made: list[Object] = []
        self.owners: dict[str, Object] = {}

    def prepare(self) -> None:
        """Create nodes, owners, residents and budgets."""
        self.plane.apply([written.node(one) for one in self.cast.terrain.nodes])
        for workload in self.plan.cluster.workloads:
            owner = written.owner(workload)
            if owner:
                self.owners[str(workload.id)] = self.plane.create([owner])[0]
        self.made += self.plane.create([written.budget(one) for one in self.plan.cluster.budgets])
        for number, (at, node) in enumerate(self.cast.standing):
            self.made += self.plane.create([written.pod(self.cast.groups[at].pod, f"resident-{number}", self.names[node])])

    def clean(self) -> None:
        self.plane.delete([*self.made, *self.owners.values()])
        self.plane.delete([written.node(one) for one in self.cast.terrain.nodes])

    def thing(self, at: int, name: str) -> Object:
        """Write a pod of the group."""
        group = self.cast.groups[at]
        return written.pod(group.pod, name, owner=self.owners.get(str(group.workload)))

    def arrive(self, at: int, name: str) -> str:
        """Create a pod of the group and return its node; one that is refused is deleted, or it would try again.

        No kubelet says here when a pod started, which decides whom preemption spares: so we say it.
        """
        thing = self.thing(at, name)
        self.plane.create([thing])
        path = f"/api/v1/namespaces/{thing['metadata']['namespace']}/pods/{name}"
        pod = self.plane.wait(lambda: spoken_of(self.plane.request("GET", path)), f"{name} has a verdict", FORGOTTEN_SECONDS)
        node: str = pod["spec"].get("nodeName", "")
        if node:
            self.made.append(thing)
            self.state.put(at, self.cast.terrain.index[node])
            began = (BEGIN + timedelta(seconds=self.state.clock)).strftime("%Y-%m-%dT%H:%M:%SZ")
            self.plane.request("PATCH", f"{path}/status", {"status": {"startTime": began}}, MERGE)
        else:
            self.plane.delete([thing])
        return node

    def foreseen(self, at: int) -> tuple[list[str], Scores]:
        """Return the nodes that fit, and their weighted scores by plug-in."""
        fitting = feasible(self.state, at)
        names = [self.names[node] for node in fitting]
        by_change = known(self.plan.cluster.kubernetes) >= BALANCED_BY_CHANGE
        found = parts(self.state, self.book.rules[at], fitting, by_change) if len(names) > 1 else ()
        return names, {name: dict(zip(names, (WEIGHTS[name] * part).tolist(), strict=True)) for name, part in found}


def spoken_of(pod: Object) -> Object | None:
    """Return the pod once it is bound, or refused for good: not one that waits for those it has put out."""
    conditions = pod.get("status", {}).get("conditions", ())
    refused = any(one["type"] == "PodScheduled" and one["status"] == "False" for one in conditions)
    waits = bool(pod.get("status", {}).get("nominatedNodeName"))
    return pod if pod["spec"].get("nodeName") or (refused and not waits) else None


def told(plane: ControlPlane, since: int) -> dict[str, Scores]:
    """Read from kube-scheduler's log, from this byte on, the scores of every pod."""
    found: dict[str, Scores] = {}
    for pod, plugin, node, score in SCORED.findall(log_since(plane, since)):
        if plugin not in LEFT_OUT:
            found.setdefault(pod, {}).setdefault(plugin, {})[node] = int(score)
    return found


def log_size(plane: ControlPlane) -> int:
    return plane.programs["kube-scheduler"].log.stat().st_size


def log_since(plane: ControlPlane, since: int) -> str:
    with plane.programs["kube-scheduler"].log.open("rb") as log:
        log.seek(since)
        return log.read().decode("utf-8", errors="replace")


def telling(scores: Mapping[str, dict[str, int]]) -> Scores:
    """Leave out plug-ins that give all nodes the same, which kube-scheduler may skip or not."""
    return {name: nodes for name, nodes in scores.items() if len(set(nodes.values())) > 1}
