"""What is read of labels that nobody knows beforehand keeps a ring from being proven, unless it only ranks nodes."""

import pytest

from models.answer.plan import IsolationPlan
from planner.simulate.any_order_proof import certify
from tests.read.cluster_reader import cluster_of, controller
from tests.read.workloads.test_ambiguous_selectors import (
    FAR,
    HASH,
    IN_ZONE,
    TEAM,
    ZONE,
    asking,
    exists,
    namespace,
    near,
    spread,
    wish,
    zoned,
)
from tests.simulate.certificate_rings import plan_of

WEB = controller("Deployment", more=", strategy: {type: Recreate}")


def planned(*texts: str) -> IsolationPlan:
    found = cluster_of(*texts)
    return plan_of(list(found.nodes), list(found.workloads), unread=found.unread, namespaces=found.namespaces)


HANGS = {
    "anti-affinity by a hash": (
        (asking(near(exists(HASH))), WEB),
        f"Deployment/shop/lone: required terms of podAntiAffinity select by {HASH}",
    ),
    "pods that it may keep away": (
        (asking(near(f"matchLabels: {{app: web, {HASH}: a}}", key=ZONE), name="zone"), WEB),
        "Deployment/shop/web: has to stay away from Deployment/shop/zone if that means its pods",
    ),
    "namespaces that are not there": (
        (asking(near("", more=TEAM)), FAR, namespace("shop")),
        "Deployment/shop/lone: required terms of podAntiAffinity select namespaces by team: far is not in the input",
    ),
    "the zone that pods get from their node": (
        (asking(near(IN_ZONE)), WEB, zoned()),
        f"Deployment/shop/lone: required terms of podAntiAffinity select by {ZONE}",
    ),
}


@pytest.mark.parametrize(("texts", "reason"), HANGS.values(), ids=HANGS)
def test_a_ring_that_hangs_on_unknown_labels_is_not_proven(texts, reason):
    assert str(certify(planned(*texts))["inner"]).startswith(reason)


SURE = {
    "wishes": (asking(wish(exists(HASH))), WEB),
    "zones that pods do not get from their node": (asking(near(IN_ZONE)), WEB, zoned("v1.34.0")),
    "a spread that is a wish": (asking(spread(exists(HASH), "ScheduleAnyway")), WEB),
    "pods without such labels": (asking(near(exists(HASH)), kind="ReplicaSet"), controller("StatefulSet")),
    "namespaces that are there": (asking(near("", more=TEAM)), FAR, namespace("shop"), namespace("far")),
}


@pytest.mark.parametrize("texts", SURE.values(), ids=SURE)
def test_a_ring_that_does_not_is_proven(texts):
    assert certify(planned(*texts))["inner"] is None
