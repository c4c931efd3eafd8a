"""A pod that fits nowhere puts out pods of lower priority on one node, as few and as unimportant as possible.

Source: pkg/scheduler/framework/plugins/defaultpreemption/default_preemption.go, pkg/scheduler/framework/preemption/preemption.go.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from planner.simulate.arrays import Numbers
from planner.simulate.scheduler.cluster_state import State
from planner.simulate.scheduler.disruption_budgets import Budgets
from planner.simulate.scheduler.filters import allowed, bears
from planner.simulate.scheduler.pods import RESIDENT
from planner.simulate.scheduler.rulebook import Rules

LOWEST = 2**31
"""Makes every priority positive, so that fewer pods sum to less."""


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
    found: list[Eviction] = []
    enough = min(len(nodes), max(100, len(nodes) // 10))
    offset = begin(len(nodes)) if len(nodes) else 0
    for node in (*nodes[offset:].tolist(), *nodes[:offset].tolist()):
        one = _on(state, rules, node, _victims(state, node, lower), budgets)
        if one is not None:
            found.append(one)
            if len(found) >= enough and any(not other.breaks for other in found):
                break
    return min(found, key=Eviction.cost, default=None)


def _lower(state: State, group: int) -> set[int]:
    """Return the groups that run and are of lower priority."""
    groups, priority = state.book.cast.groups, state.book.cast.groups[group].pod.priority
    if priority <= state.book.least:
        return set()
    running = (groups[at] for at, count in state.placed.items() if count)
    return {one.at for one in running if one.pod.priority < priority and one.workload != RESIDENT}


def _resolvable(state: State, rules: Rules, nodes: Numbers) -> Numbers:
    """Return the nodes that fail for a reason which fewer pods could mend."""
    good = np.ones(len(nodes), dtype=bool)
    for column, amount in rules.asked:
        room = state.free if column in state.book.devices else state.book.allocatable
        good &= room[column, nodes] >= amount
    for one in rules.joint.spread:
        good &= one.count.look[nodes] >= 0
    good &= bears(rules.joint.attraction, nodes)
    return nodes[good]


def _victims(state: State, node: int, lower: set[int]) -> list[Victim]:
    """Return the pods of lower priority on the node, the most important first."""
    groups = state.book.cast.groups
    there = [
        Victim(at, since, groups[at].pod.priority) for at, times in state.arrived[node].items() if at in lower for since in times
    ]
    return sorted(there, key=lambda one: (-one.priority, one.since))


def _on(state: State, rules: Rules, node: int, there: Sequence[Victim], budgets: Budgets) -> Eviction | None:
    if not there or not _could_be_roomy(state, rules, node, there):
        return None
    here = np.array([node], dtype=np.int64)
    breaking = budgets.broken_by(state, [one.group for one in there])
    for one in there:
        state.take(one.group, node, one.since)
    gone = list(there)
    try:
        if not allowed(state, rules, here)[0]:
            return None
        for one in _in_turn(there, breaking):
            state.put(one.group, node, one.since)
            if allowed(state, rules, here)[0]:
                gone.remove(one)
            else:
                state.take(one.group, node, one.since)
        breaks = sum(breaking[at] for at, one in enumerate(there) if one in gone)
        return Eviction(node, tuple(gone), breaks) if gone else None
    finally:
        for one in gone:
            state.put(one.group, node, one.since)


def _in_turn(there: Sequence[Victim], breaking: Sequence[int]) -> Iterator[Victim]:
    """Spare first those whose going would break a budget."""
    yield from (one for one, breaks in zip(there, breaking, strict=True) if breaks)
    yield from (one for one, breaks in zip(there, breaking, strict=True) if not breaks)


def _could_be_roomy(state: State, rules: Rules, node: int, there: Sequence[Victim]) -> bool:
    """Say whether enough of every resource would be free without them."""
    freed: dict[int, int] = {}
    for one in there:
        for column, amount in state.book.rules[one.group].charged:
            freed[column] = freed.get(column, 0) + amount
    return all(state.free[column, node] + freed.get(column, 0) >= amount for column, amount in rules.asked)
