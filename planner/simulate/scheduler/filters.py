"""Which nodes take one more pod of a group: the filters of kube-scheduler, for many nodes at once.

Source: pkg/scheduler/framework/plugins/{nodeports,noderesources,volumerestrictions,podtopologyspread,interpodaffinity}.
The nodes asked about are those that the filters of one pod and one node allow (Rules.reach).
"""

from collections.abc import Sequence

import numpy as np

from planner.simulate.arrays import Flags, Numbers
from planner.simulate.scheduler.cluster_state import State
from planner.simulate.scheduler.pod_to_pod_rules import HardSpread, Joint
from planner.simulate.scheduler.ranking.node_rows import AT_PODS
from planner.simulate.scheduler.rulebook import Rules
from planner.simulate.scheduler.topology_counts import Count


def feasible(state: State, group: int) -> Numbers:
    """Return the nodes that take one more pod of the group, in kube-scheduler's order."""
    rules = state.book.rules[group]
    return rules.reach[take_one_more(state, rules, rules.reach)]


def take_one_more(state: State, rules: Rules, nodes: Numbers) -> Flags:
    """Say of each of these nodes whether it takes one more pod."""
    good = have_room(state, rules, nodes)
    joint = rules.joint
    if joint.ports:
        good &= ~any_in(state, joint.ports, nodes)
    if any(state.values[count.number][0] for count in joint.exclusive):
        return np.zeros(len(nodes), dtype=bool)
    for spread in joint.spread:
        good &= is_even(state, spread, nodes)
    if joint.attraction:
        good &= is_attracted(state, joint, nodes)
    if joint.repels or joint.repelled:
        good &= ~(any_in(state, joint.repels, nodes) | any_in(state, joint.repelled, nodes))
    return good


def have_room(state: State, rules: Rules, nodes: Numbers) -> Flags:
    """Say where a pod slot and every resource asked for are free."""
    good: Flags = state.free[AT_PODS, nodes] >= 1
    for column, amount in rules.asked:
        good &= state.free[column, nodes] >= amount
    return good


def count_at(state: State, count: Count, nodes: Numbers) -> Numbers:
    """Return what each node reads of a count; 0 where it is in no domain."""
    domains = count.look[nodes]
    if not count.size:
        return np.zeros(len(nodes), dtype=np.int64)
    return np.where(domains >= 0, state.values[count.number][domains], 0)


def any_in(state: State, counts: Sequence[Count], nodes: Numbers) -> Flags:
    """Say in whose domains any of the counts is above 0."""
    there = np.zeros(len(nodes), dtype=bool)
    for count in counts:
        there |= count_at(state, count, nodes) > 0
    return there


def bears(counts: Sequence[Count], nodes: Numbers) -> Flags:
    """Say which nodes are in a domain of every count."""
    bearing = np.ones(len(nodes), dtype=bool)
    for count in counts:
        bearing &= count.look[nodes] >= 0
    return bearing


def is_even(state: State, spread: HardSpread, nodes: Numbers) -> Flags:
    """Say where a hard spread constraint allows one more pod."""
    values, wanted = state.values[spread.count.number], max(1, spread.constraint.min_domains)
    # Fewer domains than minDomains: the missing ones count as empty.
    lowest = 0 if len(spread.domains) < wanted else int(values[spread.domains].min())
    skew = count_at(state, spread.count, nodes) + (spread.itself - lowest)
    good: Flags = (skew <= spread.constraint.max_skew) & (spread.count.look[nodes] >= 0)
    return good


def is_attracted(state: State, joint: Joint, nodes: Numbers) -> Flags:
    """Say where each term finds its pods; anywhere, for the first of its kind."""
    good = bears(joint.attraction, nodes)
    if joint.is_first and not any(state.values[count.number].any() for count in joint.attraction):
        return good
    for count in joint.attraction:
        good &= count_at(state, count, nodes) > 0
    return good
