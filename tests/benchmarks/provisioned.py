"""What the real Karpenter makes of an instance: one pool for each level, any shape; all pods placed first, then consolidated."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from models.kubernetes.node import NodeShape
from models.solver.problem import Problem
from tests.benchmarks import manifests
from tests.cluster.bed import ControlPlane
from tests.cluster.client import MERGE
from tests.cluster.provisioner import NODE_CLASS, define, running

RING, TAINT, TYPE = "ringfence.dev/level", "ringfence.dev/level", manifests.TYPE
BATCH = ("5s", "30s")
PLACED_SECONDS = 600
LOOK_SECONDS = 5
Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Moment:
    """How it stands after so many seconds: what the nodes cost in millionths per hour, and how many pods have no node."""

    seconds: float
    nodes: int
    cost: int
    pending: int


@dataclass(slots=True)
class Karpenter:
    """One instance on one control plane."""

    plane: ControlPlane
    problem: Problem
    shapes: Sequence[NodeShape]
    folder: Path
    prices: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.prices = {shape.name: shape.price for shape in self.shapes}

    def moments(self, minutes: float) -> Iterator[Moment]:
        """Yield how it stands once all pods have nodes, and then again after each minute of consolidation."""
        define(self.plane)
        self.plane.create_namespaces([level.lower() for level in self.problem.rings])
        self.plane.create([self._deployment(at) for at in range(len(self.problem.classes))])
        wanted = sum(one.count for one in self.problem.classes)
        self.plane.wait(lambda: len(self.plane.items("/api/v1/pods")) == wanted, "every pod is made", PLACED_SECONDS)
        with running(self.plane, self.shapes, self.folder, BATCH):
            begin = monotonic()
            self.plane.create([pool(level) for level in self.problem.rings])
            yield self._when_placed(begin)
            for level in self.problem.rings:
                path = f"/apis/karpenter.sh/v1/nodepools/{level.lower()}"
                self.plane.request("PATCH", path, {"spec": {"disruption": {"consolidateAfter": "0s"}}}, MERGE)
            begin = monotonic()
            for minute in range(1, int(minutes) + 1):
                while monotonic() < begin + 60 * minute:
                    sleep(min(LOOK_SECONDS, max(0.0, begin + 60 * minute - monotonic())))
                yield self._now(begin)

    def _when_placed(self, begin: float) -> Moment:
        end = monotonic() + PLACED_SECONDS
        while (now := self._now(begin)).pending and monotonic() < end:
            print(f"  Karpenter: {now}", file=sys.stderr, flush=True)
            sleep(LOOK_SECONDS)
        return now

    def _now(self, begin: float) -> Moment:
        nodes, pods = self.plane.items("/api/v1/nodes"), self.plane.items("/api/v1/pods")
        pending = sum(not pod["spec"].get("nodeName") for pod in pods)
        cost = sum(self.prices[node["metadata"]["labels"][TYPE]] for node in nodes)
        return Moment(monotonic() - begin, len(nodes), cost, pending)

    def _deployment(self, at: int) -> Object:
        """Write a workload that stays on the nodes of its level, and can be moved at once."""
        made = manifests.deployment(self.problem, at)
        level = self.problem.rings[self.problem.classes[at].ring]
        spec = made["spec"]["template"]["spec"]
        spec["nodeSelector"] = {RING: level}
        spec["tolerations"] = [{"key": TAINT, "operator": "Equal", "value": level, "effect": "NoSchedule"}]
        spec["terminationGracePeriodSeconds"] = 0
        return made


def pool(level: str) -> Object:
    """Write the pool of a level: nodes of any shape, not touched before all pods are placed."""
    group, kind, name = NODE_CLASS.split("/")
    wanted = {"karpenter.sh/capacity-type": "on-demand", "kubernetes.io/arch": "amd64", "kubernetes.io/os": "linux"}
    spec = {
        "nodeClassRef": {"group": group, "kind": kind, "name": name},
        "requirements": [{"key": key, "operator": "In", "values": [value]} for key, value in wanted.items()],
        "taints": [{"key": TAINT, "value": level, "effect": "NoSchedule"}],
        "expireAfter": "Never",
    }
    disruption = {"consolidationPolicy": "WhenEmptyOrUnderutilized", "consolidateAfter": "Never", "budgets": [{"nodes": "100%"}]}
    return {
        "apiVersion": "karpenter.sh/v1",
        "kind": "NodePool",
        "metadata": {"name": level.lower()},
        "spec": {"template": {"metadata": {"labels": {RING: level}}, "spec": spec}, "disruption": disruption},
    }
