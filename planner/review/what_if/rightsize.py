"""Pods request what they are recommended to, or what they use and a margin."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from models.answer.plan import IsolationPlan
from models.frozen_map import FrozenMap
from models.kubernetes.pod import Container, Pod
from models.kubernetes.resources import CPU, MEMORY
from models.kubernetes.workload import Workload
from planner.review.usage.known import COUNTED, Known, Seen
from planner.review.what_if.base import PlannedFrom, refused

LEAST = {CPU: 10, MEMORY: 100 << 20}
"""No request becomes smaller than this, unless it is already."""


@dataclass(frozen=True, slots=True)
class Rightsize:
    """Each container requests what is recommended; elsewhere what the pod that used most did, and so many per cent more.

    Those of which nothing is known, and pods with requests of the whole pod, keep theirs.
    """

    percent: int
    known: Known

    @property
    def name(self) -> str:
        """Say what is changed."""
        every = [seen for there in self.known.containers.values() for seen in there.values()]
        ways = ["recommended"] if any(seen.advised for seen in every) else []
        ways += [f"used and {self.percent} % more"] if any(any(seen.used.values()) for seen in every) else []
        return f"requests as {', or as '.join(ways)}"

    def change(self, _: IsolationPlan, given: PlannedFrom) -> PlannedFrom:
        """Change the requests of every pod that is to be made."""
        if not self.known.containers:
            raise refused("--rightsize", "no usage is of a workload of the plan", "name files with --usage that tell of it")
        workloads = tuple(self._resized(workload) for workload in given.cluster.workloads)
        return replace(given, cluster=replace(given.cluster, workloads=workloads))

    def _resized(self, workload: Workload) -> Workload:
        seen = self.known.containers.get(str(workload.id))
        if not seen or workload.template.requests:
            return workload
        return replace(workload, template=self._pod(workload.template, seen))

    def _pod(self, pod: Pod, seen: Mapping[str, Seen]) -> Pod:
        first = (self._container(c, seen) if c.restartable else c for c in pod.init_containers)
        return replace(
            pod, containers=tuple(self._container(c, seen) for c in pod.containers), init_containers=tuple(first), charged=None
        )

    def _container(self, container: Container, seen: Mapping[str, Seen]) -> Container:
        there = seen.get(container.name)
        if there is None:
            return container
        amounts = {name: self._amount(name, container.requests.get(name, 0), there) for name in COUNTED}
        known = {name: amount for name, amount in amounts.items() if amount is not None}
        return replace(container, requests=FrozenMap({**container.requests, **known}))

    def _amount(self, name: str, requested: int, seen: Seen) -> int | None:
        if name in seen.advised:
            return seen.advised[name]
        most = seen.most(name)
        return None if most is None else max(-(-most * (100 + self.percent) // 100), min(LEAST[name], requested))


def parsed_margin(text: str) -> int:
    """Read 20%; ValueError that says why it is none."""
    digits = text.removesuffix("%")
    if not text.endswith("%") or not digits.isascii() or not digits.isdecimal() or int(digits) > 1_000:
        raise ValueError(f"{text!r} is no margin: write 20%")
    return int(digits)
