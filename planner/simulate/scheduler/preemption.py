"""A pod that fits nowhere puts out pods of lower priority on one node, as few and as unimportant as possible.

Source: pkg/scheduler/framework/plugins/defaultpreemption/default_preemption.go, pkg/scheduler/framework/preemption/preemption.go.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from planner.simulate.arrays import Numbers
from planner.simulate.scheduler.cluster_state import State
from planner.simulate.scheduler.disruption_budgets import Budgets
from planner.simulate.scheduler.filters import bears, take_one_more
from planner.simulate.scheduler.pods import RESIDENT
from planner.simulate.scheduler.rulebook import Rules

LOWEST = 2**31
"""kube-scheduler's own offset: it makes every priority positive, so that fewer pods sum to less."""


@dataclass(frozen=True, slots=True)
class Victim:
    """A pod that may have to go: its group, since when it is there, and its priority."""

    group: int
    since: int
    priority: int


@dataclass(frozen=True, slots=True)
class Eviction:
    """Who has to go from which node, the most important first, and how many disruption budgets that breaks."""

    node: int
    victims: tuple[Victim, ...]
    breaks: int

    def cost(self) -> tuple[int, int, int, int, int]:
        """Return what kube-scheduler compares, the lowest being best."""
        top = self.victims[0].priority
        earliest = min(victim.since for victim in self.victims if victim.priority == top)
        # In the order of pickOneNodeForPreemption; at last the node wins whose most important victims began last.
        return self.breaks, top, sum(victim.priority + LOWEST for victim in self.victims), len(self.victims), -earliest


def eviction(
    state: State, group: int, budgets: Budgets, begin: Callable[[int], int], only: Numbers | None = None
) -> Eviction | None:
    """Return what preemption would do for one more pod of the group, or of these nodes only; None where it does not help.

    Of so many nodes `begin` says at which it begins to look.
    """
    lower = _lower(state, group) if state.book.cast.groups[group].pod.preempts else set()
    if not lower:
        return None
    rules = state.book.rules[group]
    nodes = _resolvable(state, rules, rules.reach if only is None else only)
    evictions: list[Eviction] = []
    # kube-scheduler's defaults: a tenth of the nodes, at least 100, and on until one breaks no budget.
    enough = min(len(nodes), max(100, len(nodes) // 10))
    offset = begin(len(nodes)) if len(nodes) else 0
    for node in (*nodes[offset:].tolist(), *nodes[:offset].tolist()):
        candidate = _on(state, rules, node, _victims(state, node, lower), budgets)
        if candidate is not None:
            evictions.append(candidate)
            if len(evictions) >= enough and any(not other.breaks for other in evictions):
                break
    return min(evictions, key=Eviction.cost, default=None)


def _lower(state: State, group: int) -> set[int]:
    """Return the groups that run and are of lower priority."""
    groups, priority = state.book.cast.groups, state.book.cast.groups[group].pod.priority
    if priority <= state.book.least:
        return set()
    running = (groups[number] for number, count in state.placed.items() if count)
    return {other.number for other in running if other.pod.priority < priority and other.workload != RESIDENT}


def _resolvable(state: State, rules: Rules, nodes: Numbers) -> Numbers:
    """Return the nodes that fail for a reason which fewer pods could mend."""
    good = np.ones(len(nodes), dtype=bool)
    for column, amount in rules.asked:
        # Devices are not free before who has them is gone, so nobody is put out for them.
        room = state.free if column in state.book.devices else state.book.allocatable
        good &= room[column, nodes] >= amount
    for spread in rules.joint.spread:
        good &= spread.count.look[nodes] >= 0
    good &= bears(rules.joint.attraction, nodes)
    return nodes[good]


def _victims(state: State, node: int, lower: set[int]) -> list[Victim]:
    """Return the pods of lower priority on the node, the most important first."""
    groups = state.book.cast.groups
    there = [
        Victim(number, since, groups[number].pod.priority)
        for number, times in state.arrived[node].items()
        if number in lower
        for since in times
    ]
    # MoreImportantPod (pkg/scheduler/util): of equal priority the one that has run longer.
    return sorted(there, key=lambda victim: (-victim.priority, victim.since))


def _on(state: State, rules: Rules, node: int, there: Sequence[Victim], budgets: Budgets) -> Eviction | None:
    if not there or not _could_be_roomy(state, rules, node, there):
        return None
    here = np.array([node], dtype=np.int64)
    breaking = budgets.broken_by(state, [victim.group for victim in there])
    for victim in there:
        state.take(victim.group, node, victim.since)
    gone = list(there)
    try:
        if not take_one_more(state, rules, here)[0]:
            return None
        for victim in _in_turn(there, breaking):
            state.put(victim.group, node, victim.since)
            if take_one_more(state, rules, here)[0]:
                gone.remove(victim)
            else:
                state.take(victim.group, node, victim.since)
        breaks = sum(breaking[index] for index, victim in enumerate(there) if victim in gone)
        return Eviction(node, tuple(gone), breaks) if gone else None
    finally:
        for victim in gone:
            state.put(victim.group, node, victim.since)


def _in_turn(there: Sequence[Victim], breaking: Sequence[int]) -> Iterator[Victim]:
    """Spare first those whose going would break a budget."""
    yield from (victim for victim, breaks in zip(there, breaking, strict=True) if breaks)
    yield from (victim for victim, breaks in zip(there, breaking, strict=True) if not breaks)


def _could_be_roomy(state: State, rules: Rules, node: int, there: Sequence[Victim]) -> bool:
    """Say whether enough of every resource would be free without them."""
    freed: dict[int, int] = {}
    for victim in there:
        for column, amount in state.book.rules[victim.group].charged:
            freed[column] = freed.get(column, 0) + amount
    return all(state.free[column, node] + freed.get(column, 0) >= amount for column, amount in rules.asked)
