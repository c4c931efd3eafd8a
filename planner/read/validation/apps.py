"""What the API server's validation refuses in Deployments, StatefulSets and DaemonSets, beside their pods and selectors.

Source: pkg/apis/apps/validation/validation.go. maxUnavailable of a StatefulSet is not
looked at before 1.37, and so neither here.
"""

from typing import Any

from planner.read.documents.field import Spot
from planner.read.validation.object_rules import (
    Table,
    amount,
    at_most_all,
    below,
    between,
    dns_label,
    empty_or,
    is_amount,
    needs,
    one_of,
    share,
    whole,
    within,
)
from planner.read.validation.storage import CLAIM

_COUNT = between(0)
_ROLLING, _ON_DELETE = "RollingUpdate", "OnDelete"
_PROGRESS_SECONDS = 600
_RETENTION = one_of("Retain", "Delete", "")


def _check_progress(spot: Spot, spec: Any) -> None:
    """Refuse a Deployment that is to give up before its pods can be available."""
    deadline, ready = whole(within(spec, "progressDeadlineSeconds")), whole(within(spec, "minReadySeconds")) or 0
    deadline = _PROGRESS_SECONDS if deadline is None else deadline
    if 0 <= deadline <= ready:
        spot.at("progressDeadlineSeconds").fault(f"{deadline} is not more than minReadySeconds", f"write {ready + 1} or more")


def _check_daemons(spot: Spot, strategy: Any) -> None:
    """Refuse a rollout of a DaemonSet that ends pods before it adds others and adds others before it ends pods, or neither."""
    if within(strategy, "type") not in (None, "", _ROLLING):
        return
    there = spot.at("rollingUpdate")
    given = within(strategy, "rollingUpdate") or {}
    rolling = {"maxUnavailable": 1, "maxSurge": 0, **{field: value for field, value in given.items() if value is not None}}
    for field, value in rolling.items():
        (share if field == "maxUnavailable" else at_most_all)(there.at(field), value)
    if not all(map(is_amount, rolling.values())):
        return
    ended, added = amount(rolling["maxUnavailable"]), amount(rolling["maxSurge"])
    if ended and added:
        there.at("maxSurge").fault("is given where maxUnavailable is not 0", "write maxUnavailable: 0, or leave maxSurge out")
    elif not ended and not added:
        there.at("maxUnavailable").fault("may not be 0 where maxSurge is 0", "let one of the two be 1 or more")


def _check_on_delete(spot: Spot, strategy: Any) -> None:
    if within(strategy, "type") == _ON_DELETE and within(strategy, "rollingUpdate") is not None:
        spot.at("rollingUpdate").fault(f"is not allowed where type is {_ON_DELETE}", "leave it out")


def _check_template(spot: Spot, template: Any) -> None:
    """Refuse a claim of nothing, or one that is called as no volume can be: pods have a volume of each."""
    needs("spec")(spot, template)
    dns_label(spot.at("metadata.name"), within(template, "metadata.name") or "")


_DEPLOYMENT: Table = {
    "minReadySeconds": _COUNT,
    "revisionHistoryLimit": _COUNT,
    "progressDeadlineSeconds": _COUNT,
    "": _check_progress,
}
_DAEMON_SET: Table = {
    "minReadySeconds": _COUNT,
    "revisionHistoryLimit": _COUNT,
    "updateStrategy.type": one_of(_ROLLING, _ON_DELETE, ""),
    "updateStrategy": _check_daemons,
}
_STATEFUL_SET: Table = {
    "minReadySeconds": _COUNT,
    "podManagementPolicy": one_of("OrderedReady", "Parallel", ""),
    "serviceName": empty_or(dns_label),
    "updateStrategy.type": one_of(_ROLLING, _ON_DELETE, "Recreate", ""),
    "updateStrategy.rollingUpdate.partition": _COUNT,
    "updateStrategy": _check_on_delete,
    "persistentVolumeClaimRetentionPolicy.whenDeleted": _RETENTION,
    "persistentVolumeClaimRetentionPolicy.whenScaled": _RETENTION,
    "volumeClaimTemplates[]": _check_template,
    **below("volumeClaimTemplates[].spec", CLAIM),
}
APPS: dict[str, Table] = {
    "DaemonSet": below("spec", _DAEMON_SET),
    "Deployment": below("spec", _DEPLOYMENT),
    "ReplicaSet": {"spec.minReadySeconds": _COUNT},
    "ReplicationController": {"spec.minReadySeconds": _COUNT},
    "StatefulSet": below("spec", _STATEFUL_SET),
}
