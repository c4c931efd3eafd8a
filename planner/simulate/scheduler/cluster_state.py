"""The cluster while pods arrive: what is free on each node, who is there, and every count."""

from typing import NamedTuple

import numpy as np

from models.kubernetes.workload import WorkloadId
from planner.simulate.arrays import Numbers
from planner.simulate.scheduler.rulebook import AT_CPU, AT_MEMORY, Rulebook


class Stay(NamedTuple):
    """A pod on a node: its group, the node, and when it came."""

    group: int
    node: int
    since: int


class State:
    """Changes with every pod that is put on a node or taken off it; `arrived[node][group]` holds when each pod came."""

    def __init__(self, book: Rulebook) -> None:
        """Begin with the pods that are there in any case."""
        self.book = book
        self.free = book.allocatable.copy()
        self.weighed = np.zeros((2, self.free.shape[1]), dtype=np.int64)
        self.values = [np.zeros(count.size, dtype=np.int32) for count in book.counts.all]
        self.arrived: list[dict[int, list[int]]] = [{} for _ in range(self.free.shape[1])]
        self.placed: dict[int, int] = {}
        self.renewed: dict[int, int] = {}
        self.clock = 0
        for group, node in book.cast.standing:
            self.put(group, node)

    def put(self, group: int, node: int, since: int | None = None) -> None:
        """Put a pod of the group on the node; `since` says when, where it has been there before."""
        if since is None:
            self.clock += 1
            since = self.clock
        self._change(group, node, 1, since)
        self.arrived[node].setdefault(group, []).append(since)

    def has(self, stay: Stay) -> bool:
        """Say whether a pod is still there."""
        return stay.since in self.arrived[stay.node].get(stay.group, ())

    def take(self, group: int, node: int, since: int) -> None:
        """Take the pod of the group that came at this time off the node."""
        self._change(group, node, -1, since)
        times = self.arrived[node][group]
        times.remove(since)
        if not times:
            del self.arrived[node][group]

    def renew(self, owner: WorkloadId) -> None:
        """Let a new ReplicaSet make the pods of a controller: those that came before do not count where its pods are spread.

        Source: pkg/scheduler/framework/plugins/helper/spread.go DefaultSelector: that of the ReplicaSet, with pod-template-hash.
        """
        for number in self.book.counts.own.get(owner, ()):
            self.values[number][:] = 0
            self.renewed[number] = self.clock

    def _change(self, group: int, node: int, count: int, since: int) -> None:
        rules, free = self.book.rules[group], self.free
        for column, amount in rules.charged:
            free[column, node] -= amount * count
        cpu, memory = rules.wishes.adds
        self.weighed[0, node] += cpu * count
        self.weighed[1, node] += memory * count
        counts, values = self.book.counts.all, self.values
        for number, times in self.book.counts.counted[group]:
            domain = counts[number].home[node]
            if domain >= 0 and since > self.renewed.get(number, -1):
                values[number][domain] += times * count
        self.placed[group] = self.placed.get(group, 0) + count

    def used(self, nodes: Numbers) -> tuple[Numbers, Numbers]:
        """Return the cpu and memory that pods on the nodes request."""
        allocatable = self.book.allocatable
        return (
            allocatable[AT_CPU, nodes] - self.free[AT_CPU, nodes],
            allocatable[AT_MEMORY, nodes] - self.free[AT_MEMORY, nodes],
        )
