"""A day of churn on the real control plane: every workload rolls out once, and those with an autoscaler are halved and doubled.

Nothing is asked for that the plan did not count: rollouts replace pods in place, and an autoscaler's most was planned.
"""

import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from models.plan import IsolationPlan
from planner.foresee.group import cast_of
from tests.cluster import written
from tests.cluster.bed import ControlPlane
from tests.cluster.client import MERGE
from tests.cluster.observe import finished, refusal, running

HOURS, QUIET, PATIENCE = 24, 60, 240
DEPLOYMENTS = "/apis/apps/v1/deployments"
Object = dict[str, Any]


@dataclass(slots=True)
class Day:
    """The patched Deployments of a plan on its nodes; `scaled` are the names of those that an autoscaler changes."""

    plane: ControlPlane
    plan: IsolationPlan
    deployments: Sequence[Object]
    scaled: frozenset[str]
    seed: int = 1

    def hours(self) -> Iterator[tuple[str, int]]:
        """Yield what happens in each hour and how many pods are pending when all has settled; the first is the beginning."""
        self.plane.apply([written.node(node) for node in cast_of(self.plan).terrain.nodes])
        self.plane.wait(self.plane.nodes_are_ready, "the nodes are ready", PATIENCE)
        self.plane.create_namespaces(sorted({one["metadata"]["namespace"] for one in self.deployments}))
        with self.plane.follow("/api/v1/pods") as pods:
            self.plane.create(self.deployments)
            yield "all arrive at once", self._settled(pods)
            for hour, (rolled, sizes) in enumerate(self.events(), 1):
                for one in rolled:
                    self._change(one, {"template": {"metadata": {"annotations": {"example.com/again": str(hour)}}}})
                for one, replicas in sizes:
                    self._change(one, {"replicas": replicas})
                left = self._settled(pods)
                print(
                    f"  hour {hour}: {len(rolled)} rollouts, {len(sizes)} rescaled, {left} pending", file=sys.stderr, flush=True
                )
                yield f"hour {hour}", left

    def events(self) -> Iterator[tuple[list[Object], list[tuple[Object, int]]]]:
        """Yield for each hour who rolls out, and who gets which number of replicas: half or double what the manifest says."""
        rng = random.Random(self.seed)
        order = list(self.deployments)
        rng.shuffle(order)
        moved = [one for one in self.deployments if one["metadata"]["name"] in self.scaled]
        for hour in range(HOURS):
            chosen = [one for one in moved if rng.random() < 0.25]
            sizes = [(one, rng.choice((max(1, one["spec"]["replicas"] // 2), 2 * one["spec"]["replicas"]))) for one in chosen]
            yield order[hour::HOURS], sizes

    def _change(self, one: Object, spec: Object) -> None:
        self.plane.request("PATCH", self.plane.client.path(one), {"spec": spec}, MERGE)

    def _settled(self, pods: Any) -> int:
        """Wait until every Deployment is finished, or nothing has moved for a while, and return how many pods are pending."""
        seen, looks = -1, 0

        def resting() -> bool:
            nonlocal seen, looks
            waiting = [pod for pod in list(pods.objects.values()) if not running(pod)]
            if not waiting and all(finished("Deployment", one) for one in self.plane.items(DEPLOYMENTS)):
                return True
            looks = looks + 1 if len(pods.events) == seen and all(refusal(pod) for pod in waiting) else 0
            seen = len(pods.events)
            return looks > QUIET

        with suppress(TimeoutError):  # what is pending then is counted all the same
            self.plane.wait(resting, "the hour settles", PATIENCE)
        return sum(not pod["spec"].get("nodeName") for pod in list(pods.objects.values()))
