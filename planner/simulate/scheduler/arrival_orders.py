"""The orders in which pods may arrive.

A workload's pods come in the order in which its controller makes them, all workloads' pods before kube-scheduler has bound the
first: so it takes those of higher priority first, after those of DaemonSets. "Lowest priority first" is the other way round:
those of lower priority run already when the others come, and have to make room. "DaemonSets last" is what befalls DaemonSets
that are added to nodes in use. "As they come" is what happens where kube-scheduler keeps pace: one workload after the other is
applied, DaemonSets among them, and at first has only the pods that it begins with, a StatefulSet one after the other. Once these
are bound come those that autoscalers, schedules and rollouts add. A StatefulSet's next pod comes even where the one before it is
still pending. "As they roll out" begins like that, and goes on in rolling_update.py: autoscalers may have fewer pods meanwhile.
"""

import math
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, groupby
from typing import Any

from models.kubernetes.pod import Pod
from models.kubernetes.resources import PODS, is_amount
from planner.rules.plugins import noderesources
from planner.simulate.scheduler.pods import Cast, Group
from planner.simulate.tuning import SIMULATING, ArrivalTuning

Arrival = tuple[int, int | None]
"""A pod: its group, and the only node it may go to if it is a DaemonSet's."""

LAST, DAEMONS_LAST = "lowest priority first", "DaemonSets last"
AS_THEY_COME = "as they come "
AS_THEY_ROLL = "as they roll out "
AS_THEY_SCALE = f"{AS_THEY_ROLL}while autoscalers have fewer "
ORDERS = (
    "as applied",
    "largest first",
    "smallest first",
    "by namespace",
    "random 1",
    "random 2",
    "random 3",
    f"{AS_THEY_COME}1",
    f"{AS_THEY_COME}2",
    f"{AS_THEY_COME}3",
    LAST,
    DAEMONS_LAST,
)
AT_ONCE = tuple(order for order in ORDERS if not order.startswith(AS_THEY_COME))
"""Those in which all pods are there at once; in the others workload comes after workload."""
ROLLOUTS = tuple(f"{AS_THEY_ROLL}{number}" for number in (1, 2, 3))
SCALED = tuple(f"{AS_THEY_SCALE}{number}" for number in (1, 2, 3))
ROLLED = ("Deployment", "Rollout", "StatefulSet")
"""Whose pods a rollout replaces, beside those of DaemonSets."""
RANDOM = "random "


def usual(orders: Iterable[str], cast: Cast) -> tuple[str, ...]:
    """Leave out the order by priority where all pods have the same, DaemonSets last where there are none, and idle rollouts."""
    several = len({group.pod.priority for group in cast.groups}) > 1
    rolls_out = bool(cast.daemons) or any(cast.groups[pods[0]].workload.kind in ROLLED for pods in cast.flow)
    scales = any(workload.later and workload.id.kind in ROLLED for workload in cast.plan.cluster.workloads)
    tried = {LAST: several, DAEMONS_LAST: bool(cast.daemons), AS_THEY_ROLL: rolls_out, AS_THEY_SCALE: scales}
    idle = tuple(name for name, is_of_use in tried.items() if not is_of_use)
    return tuple(order for order in orders if not order.startswith(idle))


def is_drawn(order: str) -> bool:
    """Say whether chance decides how pods are mixed in an order, so that another name that begins like its own mixes others."""
    return order.startswith((AS_THEY_COME, AS_THEY_ROLL, DAEMONS_LAST))


def procession(cast: Cast, order: str, tuning: ArrivalTuning = SIMULATING.arrivals) -> list[list[list[Arrival]]]:
    """Return all pods in the order in which kube-scheduler takes them up, in acts and parts.

    Each act begins when the one before has come to rest. After each part those who wait for others look whether these have come.
    Of those that are drawn any name that begins like theirs is an order too.
    """
    if order.startswith((AS_THEY_COME, AS_THEY_ROLL)):
        return _as_they_come(cast, order, tuning)
    if order.startswith(DAEMONS_LAST):
        return [[_complete(cast, "by namespace" if order == DAEMONS_LAST else f"{RANDOM}{order}")], [list(cast.daemons)]]
    return [[[*cast.daemons, *_complete(cast, order)]]]


def _complete(cast: Cast, order: str) -> list[Arrival]:
    return [(group, None) for group in arrivals(cast, order)]


def _as_they_come(cast: Cast, order: str, tuning: ArrivalTuning) -> list[list[list[Arrival]]]:
    """Let pods of one workload come together, or with those of others between them; those who wait may be slow to notice.

    Every workload's times are drawn for itself, and so is how slow those who wait are: neither hangs on who else comes.
    """
    begun: list[tuple[float, Arrival]] = []
    added: list[tuple[float, Arrival]] = []
    for pods, first in _workloads(cast):
        rng = _luck(cast, order, pods)
        begins = rng.random()
        between = rng.choice((0, tuning.soon, 1) if _one_by_one(cast, pods) else (0, 0, tuning.soon))
        begun += [(begins + between * index, pod) for index, pod in enumerate(pods[:first])]
        added += [(rng.random(), pod) for pod in pods[first:]]
    # 0 twice: in half of the orders nobody is slow.
    pace = random.Random(order).choice((0, 0, tuning.slow, math.inf))  # noqa: S311  an order to try, not a secret
    return [_parts(begun, pace), [[pod for _, pod in sorted(added, key=_time_of)]]]


def _parts(timed: list[tuple[float, Arrival]], pace: float) -> list[list[Arrival]]:
    """Put what comes within one pace into one part, every pod into its own where the pace is 0."""
    coming = sorted(timed, key=_time_of)
    if not pace:
        return [[pod] for _, pod in coming]
    return [[pod for _, pod in part] for _, part in groupby(coming, key=lambda timed_pod: timed_pod[0] // pace)]


def _time_of(timed: tuple[float, object]) -> float:
    return timed[0]


def _luck(cast: Cast, order: str, pods: Sequence[Arrival]) -> random.Random:
    """Return the luck that a workload has in an order, whoever else comes and however the documents are ordered."""
    return random.Random(f"{order} {cast.groups[pods[0][0]].workload}")  # noqa: S311  an order to try, not a secret


def _workloads(cast: Cast) -> Iterator[tuple[list[Arrival], int]]:
    """Yield the pods of each workload, and how many of them are there at first."""
    for pods, first in zip(cast.flow, cast.first, strict=True):
        yield [(group, None) for group in pods], first
    daemons: dict[int, list[Arrival]] = {}
    for group, node in cast.daemons:
        daemons.setdefault(group, []).append((group, node))
    for pods_of in daemons.values():
        yield pods_of, len(pods_of)


def _one_by_one(cast: Cast, pods: list[Arrival]) -> bool:
    return bool(pods) and cast.groups[pods[0][0]].workload.kind == "StatefulSet"


def arrivals(cast: Cast, order: str) -> list[int]:
    """Return the group of each pod that is no DaemonSet's, where they come with the workloads complete.

    Only "as applied" follows the order of the documents.
    """
    flow = _shuffle(cast, order) if order.startswith(RANDOM) else list(chain.from_iterable(_sort(cast, order)))
    sign = 1 if order == LAST else -1
    return sorted(flow, key=lambda group: sign * cast.groups[group].pod.priority)


def _sort(cast: Cast, order: str) -> Sequence[list[int]]:
    sizes = _Sizes(cast)
    keys: dict[str, Callable[[list[int]], Any]] = {
        "largest first": lambda pods: (-sizes.of(cast.groups[pods[0]]), cast.groups[pods[0]].workload),
        "smallest first": lambda pods: (sizes.of(cast.groups[pods[0]]), cast.groups[pods[0]].workload),
        "by namespace": lambda pods: (cast.groups[pods[0]].pod.namespace, cast.groups[pods[0]].workload),
        LAST: lambda pods: cast.groups[pods[0]].workload,
    }
    if order in keys:
        return sorted(cast.flow, key=keys[order])
    if order != "as applied":
        raise ValueError(f"{order!r} is no order of arrival")
    return cast.flow


def _shuffle(cast: Cast, order: str) -> list[int]:
    """Mix the pods of all workloads; those of one workload keep their order."""
    timed: list[tuple[float, int]] = []
    for pods in cast.flow:
        rng = _luck(cast, order, [(pods[0], None)])
        timed += zip(sorted(rng.random() for _ in pods), pods, strict=True)
    return [group for _, group in sorted(timed, key=_time_of)]


class _Sizes:
    """Measures a pod by its largest share of all that the nodes have of a resource."""

    def __init__(self, cast: Cast) -> None:
        self._total: dict[str, int] = {}
        for node in cast.terrain.nodes:
            for name, amount in node.allocatable.items():
                self._total[name] = self._total.get(name, 0) + amount

    def of(self, group: Group) -> float:
        return max(
            (self._share(group.pod, name) for name in noderesources.requests(group.pod) if name != PODS and is_amount(name)),
            default=0.0,
        )

    def _share(self, pod: Pod, name: str) -> float:
        return noderesources.requests(pod)[name] / max(1, self._total.get(name, 0))
