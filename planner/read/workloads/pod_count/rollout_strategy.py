"""Rollout strategies as written -> how many pods a rollout adds for a while, and how many it may end before.

Source: pkg/controller/deployment/rolling.go, pkg/controller/deployment/util ResolveFenceposts and NewRSNewReplicas,
pkg/apis/apps/validation; for an Argo Rollout its documentation (features/canary, features/bluegreen).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from planner.read.documents.field import Spot
from planner.read.documents.remarks import remark
from planner.read.schema import workload_schema

Amount = int | str
"""A number of pods, or a share of them such as "25%"."""

DEFAULT = "25%"
_PERCENT = re.compile(r"[0-9]+%", re.ASCII)
_TYPES = ("RollingUpdate", "Recreate")


@dataclass(frozen=True, slots=True)
class Rollout:
    """What a rollout may add to the pods of a workload, and what it may end before anything new runs.

    `whole` says that all new pods must run before the first old one ends, so that none of them can wait; `ends_first` that all
    old ones have gone before the first new one is made.
    """

    surge: Amount = DEFAULT
    unavailable: Amount = DEFAULT
    words: str = ""
    whole: bool = False
    ends_first: bool = False

    def added(self, pods: int) -> int:
        """Count the pods that one rollout of so many adds: never more than there are to replace."""
        return min(_resolve(self.surge, pods, up=True), pods)

    def ended_first(self, pods: int) -> int:
        """Count the pods that may end before a new one runs, where some are added; where none are, one always may."""
        return _resolve(self.unavailable, pods)


def _resolve(amount: Amount, pods: int, up: bool = False) -> int:
    if isinstance(amount, int):
        return amount
    share = int(amount.removesuffix("%")) * pods
    # Controllers round up what they may add, and down what they may end, so that rather fewer pods are missing.
    return -(-share // 100) if up else share // 100


def together(shares: Iterable[tuple[int, Rollout]]) -> Rollout:
    """Return what several rollouts of so many pods each add at once, as a change of a template that all share starts them."""
    given = list(shares)
    if len(given) == 1:
        return given[0][1]
    return Rollout(
        sum(rollout.added(pods) for pods, rollout in given),
        sum(rollout.ended_first(pods) for pods, rollout in given),
        ", ".join(dict.fromkeys(rollout.words for _, rollout in given if rollout.words)),
        any(rollout.whole for _, rollout in given),
        all(rollout.ends_first for _, rollout in given),
    )


def of_deployment(spot: Spot, given: workload_schema.Strategy | None) -> Rollout:
    """Read a Deployment's strategy."""
    given = given or workload_schema.Strategy()
    if given.type not in (None, "", *_TYPES):
        spot.at("type").fault(f"{given.type!r} is not a choice", f"write {' or '.join(_TYPES)}")
    if given.type == "Recreate":
        if given.rolling_update is not None:
            spot.at("rollingUpdate").fault("is not allowed where type is Recreate", "leave it out")
        return Rollout(0, "100%", "Recreate", ends_first=True)
    there = spot.at("rollingUpdate")
    rollout = _read_rolling(there, given.rolling_update)
    if not (_number(rollout.surge) or _number(rollout.unavailable)):
        there.at("maxUnavailable").fault("may not be 0 where maxSurge is 0", "let one of the two be 1 or more")
    return rollout


def state_daemon_surge(spot: Spot, name: str, given: workload_schema.Strategy | None) -> None:
    """Say of a DaemonSet that surges that the room for a second pod on a node is not counted."""
    rolling = given.rolling_update if given and given.type in (None, "", "RollingUpdate") else None
    surge = _amount(spot.at("rollingUpdate.maxSurge"), rolling.max_surge if rolling else None, 0)
    if _number(surge):
        spot.state(name, remark("daemon surge", surge=surge))


def of_argo_rollout(spot: Spot, given: workload_schema.ArgoStrategy | None) -> Rollout:
    """Read the strategy of an Argo Rollout."""
    given = given or workload_schema.ArgoStrategy()
    if given.blue_green is not None:
        return Rollout("100%", 0, "blueGreen", whole=True)
    canary = given.canary or workload_schema.Canary()
    if canary.traffic_routing is not None:
        return Rollout("100%", 0, "canary with trafficRouting", whole=True)
    return _read_rolling(spot.at("canary"), canary)


def _read_rolling(spot: Spot, given: workload_schema.Rolling | None) -> Rollout:
    given = given or workload_schema.Rolling()
    surge = _amount(spot.at("maxSurge"), given.max_surge, DEFAULT)
    unavailable = _amount(spot.at("maxUnavailable"), given.max_unavailable, DEFAULT)
    if isinstance(unavailable, str) and _number(unavailable) > 100:
        spot.at("maxUnavailable").fault("is more than 100%", "write 100% or less")
    return Rollout(surge, unavailable, f"maxSurge {surge}")


def _amount(spot: Spot, given: Amount | None, default: Amount) -> Amount:
    if given is None:
        return default
    if given >= 0 if isinstance(given, int) else _PERCENT.fullmatch(given):
        return given
    spot.fault(f"{given!r} is no number of pods", "write 0 or more, or a share such as 25%")
    return default


def _number(amount: Amount) -> int:
    return amount if isinstance(amount, int) else int(amount.removesuffix("%"))
