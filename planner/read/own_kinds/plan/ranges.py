"""What the fields of a plan can hold: words of the API, label keys and values, and numbers that a cluster may have.

The table is no stricter than what is read from manifests, so that every plan that was made can be read again. Whether a plan is
true is for `planner.verify` to say: here is refused what no reader of a plan would have to expect.
"""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from models.answer.grade import Grade, Remedy
from models.answer.plan import (
    Buy,
    Choice,
    GroupGrowth,
    Input,
    IsolationPlan,
    Lost,
    Outlook,
    Placement,
    Repair,
    Reserve,
    Separation,
    SharedResident,
    Shortage,
    Unplaced,
)
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import DisruptionBudget
from models.kubernetes.labels import LabelSelector, Requirement, Taint, Toleration
from models.kubernetes.node import Node, NodeShape
from models.kubernetes.pod import (
    Container,
    HostPort,
    Pod,
    PodAffinityTerm,
    PreferredNodeTerm,
    PreferredPodTerm,
    TopologySpreadConstraint,
)
from models.kubernetes.resources import PODS
from models.kubernetes.storage import Capacity, Claim, Volume
from models.kubernetes.workload import Workload
from models.solver.certificate import Certificate
from models.solver.outcome import FEASIBLE, INFEASIBLE, UNDECIDED, Goal
from planner.read.values import name_syntax
from planner.read.values.quantity import LARGEST

Check = Callable[[Any], str]
"""Says what is wrong with a value; nothing where it can be."""
MOST_PODS = 10**12
"""More pods, and more nodes, than any count of a plan comes to: replicas have 31 bits."""
MOST_PLACED = 5_000_000
"""Pods that one plan places; all who go through them take memory for each."""
MOST_WORK = 10_000
"""Steps that a certificate may ask of who checks it; `ringfence plan` asks none."""
HIGHEST_PRICE = 10**12
"""A million an hour for one node, in millionths (planner/read/values/price.py)."""
_BUDGET = re.compile(r"[0-9]{1,18}%?", re.ASCII)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)
_INT32, _INT64 = 2**31 - 1, 2**63 - 1


@dataclass(frozen=True, slots=True)
class Rule:
    """What a field holds: of a list or a map each item is held against `value`, of a map each key against `key`."""

    value: Check | None = None
    key: Check | None = None


def between(least: int, most: int) -> Rule:
    """Take numbers from `least` to `most`."""

    def check(value: Any) -> str:
        if value is None or least <= value <= most:
            return ""
        shown = str(value)[:40]
        return f"{shown} is less than {least}" if value < least else f"{shown} is more than {most}"

    return Rule(check)


def one_of(*words: str) -> Rule:
    """Take one of these words."""
    known = ", ".join(word or "nothing" for word in words)
    return Rule(lambda value: "" if value in words else f"{value[:40]!r} is none of: {known}")


def _matching(form: re.Pattern[str], what: str, empty: bool = True) -> Rule:
    return Rule(lambda value: "" if (empty and not value) or form.fullmatch(value) else f"{value[:40]!r} is {what}")


def _label_key(value: Any) -> str:
    return "" if name_syntax.is_label_key(value) else f"{value[:40]!r} is no label key"


def _label_value(value: Any) -> str:
    return "" if name_syntax.is_label_value(value) else f"{value[:40]!r} is no label value"


def _some(value: Any) -> str:
    return "" if value else "is empty"


def _finite(value: Any) -> str:
    return "" if math.isfinite(value) and abs(value) <= _INT64 else f"{value} is no number to count with"


LABELS, KEYS = Rule(_label_value, _label_key), Rule(key=_label_key)
KEY, VALUE, SOME = Rule(_label_key), Rule(_label_value), Rule(_some)
AMOUNTS, COUNTS, COUNT = between(0, LARGEST), between(1, MOST_PODS), between(0, MOST_PODS)
SUMS = between(0, 2**100)
"""Sums of amounts may be wider than 64 bits."""
SIZE, WEIGHT, PRICE = between(0, _INT64), between(1, 100), between(0, HIGHEST_PRICE)
EFFECT = ("NoSchedule", "PreferNoSchedule", "NoExecute")
POLICY = one_of("Honor", "Ignore")
MODE = one_of("Filesystem", "Block")
AMOUNT = _matching(_BUDGET, "no number of pods and no percentage")

RULES: dict[Any, dict[str, Rule]] = {
    Node: {"name": SOME, "labels": KEYS, "allocatable": AMOUNTS, "price": PRICE},
    NodeShape: {
        "name": SOME,
        "labels": LABELS,
        "zones": VALUE,
        "allocatable": AMOUNTS,
        "price": PRICE,
        "max": COUNT,
        "group": Rule(lambda value: _label_key(value) if value else ""),
        "min": COUNT,
    },
    Taint: {"key": KEY, "value": VALUE, "effect": one_of(*EFFECT)},
    Toleration: {
        "operator": one_of("", "Exists", "Equal"),
        "effect": one_of("", *EFFECT),
        "toleration_seconds": between(-_INT64 - 1, _INT64),
    },
    Requirement: {"operator": one_of("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")},
    LabelSelector: {"match_labels": LABELS},
    Pod: {
        "labels": LABELS,
        "node_selector": LABELS,
        "requests": AMOUNTS,
        "overhead": AMOUNTS,
        "attached": SUMS,
        "charged": SUMS,
        "priority": between(-_INT64 - 1, _INT64),
    },
    Container: {"requests": AMOUNTS},
    HostPort: {"port": between(1, 65535), "protocol": one_of("TCP", "UDP", "SCTP")},
    PodAffinityTerm: {"topology_key": SOME},
    PreferredNodeTerm: {"weight": WEIGHT},
    PreferredPodTerm: {"weight": WEIGHT},
    TopologySpreadConstraint: {
        "max_skew": between(1, _INT64),
        "min_domains": between(1, _INT64),
        "topology_key": SOME,
        "when_unsatisfiable": one_of("DoNotSchedule", "ScheduleAnyway"),
        "node_affinity_policy": POLICY,
        "node_taints_policy": POLICY,
    },
    Workload: {
        "pods": COUNT,
        "surge": COUNT,
        "later": COUNT,
        "away": COUNT,
        "start_ordinal": between(0, _INT32),
        "running": COUNTS,
    },
    DisruptionBudget: {"min_available": AMOUNT, "max_unavailable": AMOUNT},
    Claim: {"size": SIZE, "volume_mode": MODE},
    Volume: {"size": SIZE, "volume_mode": MODE},
    Capacity: {"largest": SIZE, "free": SIZE},
    Input: {"role": one_of("workloads", "nodes", "policy", "cluster"), "digest": _matching(_DIGEST, "no digest", empty=False)},
    IsolationPlan: {"verdict": one_of(FEASIBLE, INFEASIBLE, UNDECIDED), "packing": one_of("", "exact")},
    Grade: {"scenarios": COUNT, "failed": COUNT, "pending": COUNT, "workloads": COUNTS},
    Remedy: {"guide": one_of("", "require"), "price": PRICE, "scenarios": COUNTS, "pending": COUNT},
    Goal: {"value": Rule(_finite), "bound": Rule(_finite), "sense": one_of("min", "max")},
    Buy: {"count": COUNTS},
    Certificate: {"work": between(0, MOST_WORK)},
    Placement: {"pods": COUNT, "on": COUNTS},
    Unplaced: {"pods": COUNTS, "reasons": COUNTS},
    SharedResident: {"nodes": COUNT, "requests": SUMS},
    Shortage: {"needed": SUMS, "available": SUMS},
    Repair: {"count": COUNTS},
    GroupGrowth: {"key": KEY, "before": COUNT, "after": COUNTS},
    Separation: dict.fromkeys(("nodes_with", "nodes_with_bound", "nodes_without", "nodes_without_bound"), COUNT),
    Lost: {"pending": COUNTS, "tied": COUNTS, "left": COUNTS},
    Outlook: {
        "of": one_of("node", "zone"),
        **dict.fromkeys(("count", "tried", "failing", "tying", "proven", "simulated", "stuck"), COUNT),
    },
    Reserve: {"pods": COUNTS},
    Choice: {"planned": COUNT},
}
"""Noun -> field -> what it can hold."""


def _workload(noun: Workload) -> Iterator[tuple[str, str]]:
    if noun.surge + noun.later > noun.pods >= 0:
        yield "surge", f"{noun.surge} pods of a rollout and {noun.later} that come later are more than all {noun.pods}"


def _node(noun: Node) -> Iterator[tuple[str, str]]:
    yield from _room(noun)
    for key, value in noun.labels.items():
        # The hostname of a node that is bought is made of shape, zone and number, and may be longer than a label's value.
        if (reason := _label_value(value)) and not (noun.shape and value == noun.name):
            yield f"labels{step(key)}", reason


def _room(noun: Node | NodeShape) -> Iterator[tuple[str, str]]:
    if PODS not in noun.allocatable:
        yield "allocatable", "has no entry for pods, and so room for none"


def _plan(noun: IsolationPlan) -> Iterator[tuple[str, str]]:
    placed = sum(sum(placement.on.values()) for placement in noun.placements)
    if placed > MOST_PLACED:
        yield "placements", f"{placed} pods are placed, and no plan places more than {MOST_PLACED}"


TOGETHER: dict[Any, Callable[[Any], Iterator[tuple[str, str]]]] = {
    IsolationPlan: _plan,
    Workload: _workload,
    Node: _node,
    NodeShape: _room,
}
"""Noun -> what its fields must be together: (path below it, reason)."""


def step(key: str) -> str:
    """Write a key of a map as a step of a path; one that is no plain word is put in brackets."""
    return f".{key}" if key.isidentifier() else f"[{key}]"


def broken_rules(rule: Rule, value: Any) -> Iterator[tuple[str, str]]:
    """Yield (path below the field, reason) for what a field cannot hold."""
    if isinstance(value, FrozenMap):
        for key, item in value.items():
            for reason in (rule.key(key) if rule.key else "", rule.value(item) if rule.value else ""):
                if reason:
                    yield step(key), reason
    elif rule.value is not None:
        several = isinstance(value, tuple)
        for index, item in enumerate(value if several else (value,)):
            if reason := rule.value(item):
                yield f"[{index}]" if several else "", reason
