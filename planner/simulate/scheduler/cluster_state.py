"""The cluster while pods arrive: what is free on each node, who is there, and every count."""

from copy import copy
from typing import NamedTuple

import numpy as np

from models.kubernetes.workload import WorkloadId
from planner.simulate.arrays import Numbers
from planner.simulate.scheduler.ranking.node_rows import AT_CPU, AT_FREE, AT_MEMORY, WEIGHED
from planner.simulate.scheduler.rulebook import Rulebook


class Stay(NamedTuple):
    """A pod on a node: its group, the node, and when it came."""

    group: int
    node: int
    since: int


class State:
    """Changes with every pod that is put on a node or taken off it; `arrived[node][group]` holds when each pod came.

    `by_node` has a row for each node, as node_rows.py says, and `rows` are these; what is `free` and `weighed` is part of it.
    `counted` is every count by domain, `values` the same count by count. `touched` are the nodes that changed, in turn.
    """

    def __init__(self, book: Rulebook) -> None:
        """Begin with the pods that are there in any case."""
        self.book = book
        self._view(book.empty_nodes.copy(), np.zeros(book.counts.length, dtype=np.int64))
        self.arrived: list[dict[int, list[int]]] = [{} for _ in self.rows]
        self.touched: list[int] = []
        self.placed: dict[int, int] = {}
        self.renewed: dict[int, int] = {}
        self.clock = 0
        for group, node in book.cast.standing:
            self.put(group, node)

    def copy(self) -> "State":
        """Return an independent copy, in which nothing has been touched so far."""
        twin = copy(self)
        twin._view(self.by_node.copy(), self.counted.copy())
        twin.arrived = [{group: [*times] for group, times in there.items()} for there in self.arrived]
        twin.touched, twin.placed, twin.renewed = [], {**self.placed}, {**self.renewed}
        return twin

    def _view(self, by_node: Numbers, counted: Numbers) -> None:
        """Take these numbers up, and all that is part of them."""
        self.by_node, self.counted = by_node, counted
        self.weighed, self.free = by_node.T[WEIGHED], by_node.T[AT_FREE : AT_FREE + len(self.book.columns)]
        # Views, cut out once: they change with `by_node`, and numpy takes a while for each cut.
        self.rows = tuple(by_node)
        self.values = [counted[count.start : count.start + count.size] for count in self.book.counts.all]

    def put(self, group: int, node: int, since: int | None = None) -> None:
        """Put a pod of the group on the node; `since` says when, where it has been there before."""
        if since is None:
            # Every pod has a time of its own, so that `since` also tells pods of one group apart.
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
        row = self.rows[node]
        row -= self.book.takes[group] if count == 1 else -self.book.takes[group]
        counted, renewed = self.counted, self.renewed
        for number, slot, times in self.book.counts.changes(group, node):
            # Who came before the renewal is not in the count any more, and must not be taken out of it twice.
            if not renewed or since > renewed.get(number, -1):
                counted[slot] += times * count
        self.placed[group] = self.placed.get(group, 0) + count
        self.touched.append(node)

    def requests_on(self, nodes: Numbers) -> tuple[Numbers, Numbers]:
        """Return the cpu and memory that pods on the nodes request."""
        allocatable = self.book.allocatable
        return (
            allocatable[AT_CPU, nodes] - self.free[AT_CPU, nodes],
            allocatable[AT_MEMORY, nodes] - self.free[AT_MEMORY, nodes],
        )
