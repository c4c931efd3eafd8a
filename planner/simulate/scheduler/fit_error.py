"""Why a pod stays pending, in kube-scheduler's words.

Source: pkg/scheduler/framework/types.go FitError. planner.rules.placement.scheduler_filters.fit_error makes the same sentence
node by node.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from models.kubernetes.labels import NodeSelectorTerm, Requirement
from models.kubernetes.pod import Pod
from planner.rules.placement import scheduler_filters as filters
from planner.rules.plugins import (
    dynamicresources,
    interpodaffinity,
    nodedeclaredfeatures,
    nodeports,
    noderesources,
    nodevolumelimits,
    podtopologyspread,
    prefilter,
    volumerestrictions,
)
from planner.simulate.arrays import Flags, Numbers
from planner.simulate.scheduler.cluster_state import State
from planner.simulate.scheduler.filters import any_in, bears, is_attracted, is_even
from planner.simulate.scheduler.pod_to_pod_rules import Joint
from planner.simulate.scheduler.ranking.node_rows import AT_PODS
from planner.simulate.scheduler.rulebook import Rules


def message(state: State, group: int, only: int | None = None) -> str:
    """Say why no node takes one more pod of the group; `only` is the node that a DaemonSet's pod is pinned to."""
    nodes = state.book.cast.terrain.nodes
    if not nodes:
        return filters.NO_NODES
    pod, rules = _pod(state, group, only), state.book.rules[group]
    refusal = prefilter.refusal(pod, state.book.cluster)
    if refusal:
        return f"0/{len(nodes)} nodes are available: {refusal}."
    named = prefilter.named(pod)
    seen = [number for number, node in enumerate(nodes) if named is None or node.name in named]
    counts = Counter({prefilter.LEFT_OUT: len(nodes) - len(seen)})
    for reason, count in _reasons(state, rules, pod, seen):
        counts[reason] += count
    said = ", ".join(sorted(f"{count} {reason}" for reason, count in counts.items() if count))
    return f"0/{len(nodes)} nodes are available: {said}."


def _pod(state: State, group: int, only: int | None) -> Pod:
    pod = state.book.cast.groups[group].pod
    if only is None:
        return pod
    name = state.book.cast.terrain.nodes[only].name
    return replace(pod, node_affinity=(NodeSelectorTerm(match_fields=(Requirement("metadata.name", "In", (name,)),)),))


def _reasons(state: State, rules: Rules, pod: Pod, seen: Sequence[int]) -> Iterator[tuple[str, int]]:
    """Yield reasons with how many of these nodes give them: of each node, those of the first filter that refuses it."""
    kept_off = state.book.kept_off(pod)
    early = Counter(kept_off[node][0] for node in seen)
    left = np.array([node for node in seen if not kept_off[node][0]], dtype=np.int64)
    yield from ((reason, count) for reason, count in early.items() if reason)
    taken = any_in(state, rules.joint.ports, left)
    yield nodeports.REASON, int(taken.sum())
    left = left[~taken]
    full, missing = _missing(state, rules, left)
    yield from missing
    left = left[~full]
    taken = _short(state, rules, left, volumerestrictions.DISK_TAKEN)
    yield volumerestrictions.DISK_TAKEN, int(taken.sum())
    left = left[~taken]
    # ReadWriteOncePod asks about the whole cluster: it says the same on every node that is left.
    if any(state.values[count.number][0] for count in rules.joint.exclusive):
        yield volumerestrictions.REASON, len(left)
        return
    for reason in (*_drivers(state, rules), nodevolumelimits.REASON):
        short = _short(state, rules, left, reason)
        yield reason, int(short.sum())
        left = left[~short]
    late = [kept_off[node][1] for node in left.tolist()]
    yield from Counter(reason for reason in late if reason).items()
    left = left[np.array([not reason for reason in late], dtype=bool)]
    taken = np.zeros(len(left), dtype=bool)
    for reason, refused in _joint(state, rules.joint, left):
        taken |= refused
        yield reason, int(refused.sum())
    left = left[~taken]
    for reason in (dynamicresources.REASON, nodedeclaredfeatures.REASON):
        short = _short(state, rules, left, reason)
        yield reason, int(short.sum())
        left = left[~short]


def _missing(state: State, rules: Rules, nodes: Numbers) -> tuple[Flags, list[tuple[str, int]]]:
    """Say which nodes lack anything, and how many lack what."""
    lacks = [(noderesources.TOO_MANY_PODS, state.free[AT_PODS, nodes] < 1)]
    for reason, column, amount in _asks(state, rules):
        if not noderesources.is_later(reason):
            lacks.append((reason, state.free[column, nodes] < amount))
    full = np.zeros(len(nodes), dtype=bool)
    for _, flags in lacks:
        full |= flags
    return full, [(reason, int(flags.sum())) for reason, flags in lacks]


def _drivers(state: State, rules: Rules) -> list[str]:
    """Return what is said of each driver that the pod needs on its node, where the node does not have it."""
    return [reason for reason, _, _ in _asks(state, rules) if reason.endswith(nodevolumelimits.NOT_INSTALLED)]


def _short(state: State, rules: Rules, nodes: Numbers, said: str) -> Flags:
    """Say on which nodes a resource is short of which just this is said."""
    short = np.zeros(len(nodes), dtype=bool)
    for reason, column, amount in _asks(state, rules):
        if reason == said:
            short |= state.free[column, nodes] < amount
    return short


def _asks(state: State, rules: Rules) -> Iterator[tuple[str, int, int]]:
    """Yield what is said where a resource is short, with its column and how much of it is asked for."""
    names = {number: name for name, number in state.book.columns.items()}
    return ((noderesources.lack(names[column]), column, amount) for column, amount in rules.asked)


def _joint(state: State, joint: Joint, nodes: Numbers) -> Iterator[tuple[str, Flags]]:
    """Yield each reason with the nodes that it is the first for."""
    done = np.zeros(len(nodes), dtype=bool)
    for reason, refused in _in_order(state, joint, nodes):
        yield reason, refused & ~done
        done |= refused


def _in_order(state: State, joint: Joint, nodes: Numbers) -> Iterator[tuple[str, Flags]]:
    for spread in joint.spread:
        yield podtopologyspread.MISSING_LABEL, ~bears((spread.count,), nodes)
        yield podtopologyspread.REASON, ~is_even(state, spread, nodes)
    if joint.attraction:
        yield interpodaffinity.AFFINITY, ~is_attracted(state, joint, nodes)
    yield interpodaffinity.ANTI_AFFINITY, any_in(state, joint.repels, nodes)
    yield interpodaffinity.EXISTING_ANTI_AFFINITY, any_in(state, joint.repelled, nodes)
