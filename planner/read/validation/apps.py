"""What the API server's validation refuses in StatefulSets and DaemonSets, as far as it bears on how they roll out and claim.

Source: pkg/apis/apps/validation/validation.go. maxUnavailable of a StatefulSet is not looked at before 1.37, and so neither here.
What a Deployment's strategy may be, the reader of strategies knows (workloads/rollout_strategy.py).
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
    is_amount,
    needs,
    one_of,
    share,
    within,
)
from planner.read.validation.storage import CLAIM

_ROLLING, _ON_DELETE = "RollingUpdate", "OnDelete"


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


def _check_template(spot: Spot, template: Any) -> None:
    """Refuse a claim of nothing, or one that is called as no volume can be: pods have a volume of each."""
    needs("spec")(spot, template)
    dns_label(spot.at("metadata.name"), within(template, "metadata.name") or "")


APPS: dict[str, Table] = {
    "DaemonSet": {
        "spec.updateStrategy.type": one_of(_ROLLING, _ON_DELETE, ""),
        "spec.updateStrategy": _check_daemons,
    },
    "StatefulSet": below(
        "spec",
        {
            "updateStrategy.type": one_of(_ROLLING, _ON_DELETE, "Recreate", ""),
            "updateStrategy.rollingUpdate.partition": between(0),
            "volumeClaimTemplates[]": _check_template,
            **below("volumeClaimTemplates[].spec", CLAIM),
        },
    ),
}
