"""A day of churn on the real control plane: every workload rolls out once, and those with an autoscaler are halved and doubled.

Nothing is asked for that the plan did not count: rollouts replace pods in place, and an autoscaler's most was planned.
"""

import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from models.answer.plan import IsolationPlan
from planner.simulate.scheduler.pods import cast_of
from tests.cluster import written
from tests.cluster.bed import ControlPlane
from tests.cluster.client import MERGE
from tests.cluster.follow import Following
from tests.cluster.observe import finished, refusal, running

HOURS, QUIET, PATIENCE = 24, 60, 240
DEPLOYMENTS = "/apis/apps/v1/deployments"
Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Look:
    """What happened in an hour, how many pods of which Deployment are pending at its end, and whether all had come to rest."""

    what: str
    pending: Counter[str]
    settled: bool

    def __str__(self) -> str:
        who = ", ".join(f"{number} of {name}" for name, number in sorted(self.pending.items()))
        return f"{self.what}: {who or 'none'} pending" + ("" if self.settled else f", still moving after {PATIENCE} s")


@dataclass(slots=True)
class Day:
    """The patched Deployments of a plan on its nodes; `scaled` are the names of those that an autoscaler changes."""

    plane: ControlPlane
    plan: IsolationPlan
    deployments: Sequence[Object]
    scaled: frozenset[str]
    seed: int = 1

    def hours(self) -> Iterator[Look]:
        """Yield what is pending at the end of each hour, when all has settled; the first is the beginning."""
        self.plane.apply([written.node(node) for node in cast_of(self.plan).terrain.nodes])
        self.plane.wait(self.plane.nodes_are_ready, "the nodes are ready", PATIENCE)
        self.plane.create_namespaces(sorted({one["metadata"]["namespace"] for one in self.deployments}))
        with self.plane.follow("/api/v1/pods") as pods:
            self.plane.create(self.deployments)
            yield self._look("all arrive at once", pods)
            for hour, (rolled, sizes) in enumerate(self.events(), 1):
                for one in rolled:
                    self._change(one, {"template": {"metadata": {"annotations": {"example.com/again": str(hour)}}}})
                for one, replicas in sizes:
                    self._change(one, {"replicas": replicas})
                yield self._look(f"hour {hour}, {len(rolled)} rollouts, {len(sizes)} rescaled", pods)

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

    def _look(self, what: str, pods: Following) -> Look:
        """Wait until every Deployment is finished, or nothing has moved for a while, and look who is pending."""
        seen, looks = -1, 0

        def resting() -> bool:
            nonlocal seen, looks
            waiting = [pod for pod in list(pods.objects.values()) if not running(pod)]
            if not waiting and all(finished("Deployment", one) for one in self.plane.items(DEPLOYMENTS)):
                return True
            looks = looks + 1 if len(pods.events) == seen and all(refusal(pod) for pod in waiting) else 0
            seen = len(pods.events)
            return looks > QUIET

        try:
            self.plane.wait(resting, "the hour settles", PATIENCE)
            settled = True
        except TimeoutError:
            settled = False
        left = [pod for pod in list(pods.objects.values()) if not pod["spec"].get("nodeName")]
        look = Look(what, Counter(pod["metadata"]["name"].rsplit("-", 2)[0] for pod in left), settled)
        print(f"  {look}", file=sys.stderr, flush=True)
        return look
