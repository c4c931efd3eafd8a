"""Whose a pod is, by its name: metrics name pods, plans name what makes them.

Sources: staging/src/k8s.io/apiserver/pkg/storage/names/generate.go (five letters or digits behind at most 58 characters), and the
controllers of each kind for what stands before these.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from models.kubernetes.labels import Labels
from models.kubernetes.workload import Workload

_RANDOM = "[a-z0-9]{5}"
_HASHED = f"[a-z0-9]{{1,10}}-{_RANDOM}"
_ENDINGS = {
    "Deployment": _HASHED,
    "Rollout": _HASHED,
    "StatefulSet": r"\d+",
    "DaemonSet": _RANDOM,
    "ReplicaSet": _RANDOM,
    "ReplicationController": _RANDOM,
    "Job": rf"(\d+-)?{_RANDOM}",
    "CronJob": rf"\d+-(\d+-)?{_RANDOM}",
}
"""What stands behind the name of a workload and a dash in the names of its pods."""
_LONGEST = 63
"""Of a name that is so long the end of what stands before the five letters is cut off."""


class Owners:
    """Finds workloads by their own names, and by those of their pods."""

    def __init__(self, workloads: Iterable[Workload]) -> None:
        """Sort the workloads by namespace and name."""
        self._in: dict[str, dict[str, list[Workload]]] = defaultdict(lambda: defaultdict(list))
        for workload in workloads:
            self._in[workload.id.namespace][workload.id.name].append(workload)

    def named(self, namespace: str, kind: str, name: str, container: str) -> Workload | None:
        """Find a workload; where its object has several pod templates, the one with that container."""
        some = [w for w in self._in.get(namespace, {}).get(name, ()) if w.id.kind == kind]
        return _only(some) or _only([w for w in some if container in containers(w)])

    def of_pod(self, namespace: str, pod: str, labels: Labels, container: str) -> Workload | None:
        """Find the workload that makes a pod of this name; nobody where several could, and labels do not tell them apart."""
        some = [w for w in self._begins(namespace, pod) if _makes(w, pod) and container in containers(w)]
        some = [w for w in some if w.template.labels.items() <= labels.items()] or some
        longest = max((len(w.id.name) for w in some), default=0)
        return _only([w for w in some if len(w.id.name) == longest])

    def _begins(self, namespace: str, pod: str) -> Iterator[Workload]:
        """Yield the workloads whose names a pod's begins with; all of a namespace where the end of that may be cut off."""
        there = self._in.get(namespace, {})
        ends = [place for place, char in enumerate(pod) if char == "-"]
        names: Iterable[str] = there if len(pod) == _LONGEST else (pod, *(pod[:end] for end in ends))
        for name in names:
            yield from there.get(name, ())


def _only(some: list[Workload]) -> Workload | None:
    return some[0] if len(some) == 1 else None


def _makes(workload: Workload, pod: str) -> bool:
    kind, stem = workload.id.kind, f"{workload.id.name}-"
    if workload.id.full_kind == "Pod":
        return pod == workload.id.name
    if len(pod) == _LONGEST and kind != "StatefulSet":
        return pod.startswith(stem[: _LONGEST - 5])
    return pod.startswith(stem) and re.fullmatch(_ENDINGS.get(kind, ".+"), pod[len(stem) :]) is not None


def containers(workload: Workload) -> dict[str, int]:
    """Name the containers that run for as long as a pod does, each with its place among them."""
    pod = workload.template
    every = (*pod.containers, *(first for first in pod.init_containers if first.restartable))
    return {container.name: place for place, container in enumerate(every)}
