"""How many pods of one description each domain holds: what kube-scheduler counts anew for every pod, kept up to date instead.

Source: pkg/scheduler/framework/plugins/{podtopologyspread,interpodaffinity}, PreFilter and PreScore.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

import numpy as np

from models.kubernetes.labels import LabelSelector
from models.kubernetes.pod import Pod
from models.kubernetes.workload import WorkloadId
from planner.rules.placement.pod_class import ANY, Trait, needed
from planner.simulate.arrays import Numbers
from planner.simulate.scheduler.nodes import Terrain
from planner.simulate.scheduler.pods import Group


@dataclass(frozen=True, slots=True, eq=False)
class Count:
    """A count by domain: `home` is the domain in which a pod on each node counts, `look` the one a node reads.

    The counts of all domains stand in one array after the other, those of this one from `start` on.
    """

    number: int
    home: Numbers
    look: Numbers
    size: int
    start: int

    def slots(self, nodes: Numbers) -> Numbers:
        """Return where each of these nodes reads the count: NOTHING_COUNTED where it is in no domain."""
        domains = self.look[nodes]
        return np.where(domains >= 0, self.start + domains, NOTHING_COUNTED)


NOTHING_COUNTED = 0
"""Where a 0 stands that no pod changes."""
Who = list[tuple[Group, int]]
"""The groups that count, and how often each of their pods does."""


def as_answer(who: Who) -> Callable[[], Who]:
    """Give as an answer what is known already."""
    return lambda: who


class Counts:
    """Makes counts; `counted[group]` says in which of them a pod of the group counts, and how often.

    `own` are those by which kube-scheduler spreads the pods of one controller, as nobody asked.
    """

    def __init__(self, groups: list[Group], nodes: int) -> None:
        """Begin without any count."""
        self.all: list[Count] = []
        self.groups = groups
        self.counted: list[list[tuple[int, int]]] = [[] for _ in groups]
        self.own: dict[WorkloadId, list[int]] = {}
        self.length = NOTHING_COUNTED + 1
        self.each_node = np.arange(nodes, dtype=np.int64)
        self.one_domain = np.zeros(nodes, dtype=np.int64)
        self._known: dict[Hashable, Count] = {}
        self._changes: dict[tuple[int, int], tuple[tuple[int, int, int], ...]] = {}
        self._by_trait: dict[Trait, list[Group]] = {ANY: [*groups]}
        for group in groups:
            for trait in group.pod.labels.items():
                self._by_trait.setdefault(trait, []).append(group)

    def groups_selected(self, selector: LabelSelector | None, wants: Callable[[Pod], bool]) -> Who:
        """Return the groups whose pods are wanted; those that lack a label which the selector needs are not asked about."""
        return [(group, 1) for group in self._by_trait.get(needed(selector), ()) if wants(group.pod)]

    def keep(self, key: Hashable, home: Numbers, size: int, who: Callable[[], Who], look: Numbers | None = None) -> Count:
        """Find or begin the count of this key; `who` says which groups count in it, and how often each of their pods."""
        count = self._known.get(key)
        if count is None:
            count = self._known[key] = Count(len(self.all), home, home if look is None else look, size, self.length)
            self.all.append(count)
            self.length += size
            for group, times in who():
                self.counted[group.number].append((count.number, times))
        return count

    def by_key(self, key: Hashable, topology_key: str, terrain: Terrain, who: Callable[[], Who]) -> Count:
        """Find or begin a count over the domains of a topology key."""
        ids, values = terrain.domains(topology_key)
        return self.keep(key, ids, len(values), who)

    def changes(self, group: int, node: int) -> tuple[tuple[int, int, int], ...]:
        """Return what a pod of the group on the node adds: to which count, where that stands, and how much."""
        known = self._changes.get((group, node))
        if known is None:
            homes = ((number, int(self.all[number].home[node]), times) for number, times in self.counted[group])
            known = tuple((number, self.all[number].start + home, times) for number, home, times in homes if home >= 0)
            self._changes[group, node] = known
        return known
