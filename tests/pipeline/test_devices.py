"""Nodes with devices (DRA) are bought for the pods that claim some, as their shape says, and never where there are too few."""

import json
from pathlib import Path

from models.answer.plan import IsolationPlan
from models.kubernetes.resources import DEVICES
from models.solver.outcome import INFEASIBLE
from planner import pipeline
from tests.shop_that_buys import amounts, quiet, shape, workload, write

CARDS = {"resourceClaims": [{"name": "card", "resourceClaimTemplateName": "card"}]}
CLASS = {
    "apiVersion": "resource.k8s.io/v1",
    "kind": "DeviceClass",
    "metadata": {"name": "card"},
    "spec": {"selectors": [{"cel": {"expression": 'device.driver == "cards.shop.example"'}}]},
}
CLAIM = {
    "apiVersion": "resource.k8s.io/v1",
    "kind": "ResourceClaimTemplate",
    "metadata": {"name": "card", "namespace": "shop"},
    "spec": {"spec": {"devices": {"requests": [{"name": "card", "exactly": {"deviceClassName": "card"}}]}}},
}
PLAIN = shape("plain", "8", 0.1)
WITH_CARDS = shape("cards", "8", 1.0, allocatable={**amounts("8"), f"{DEVICES}card": "2"})


def planned(folder: Path, *shapes: dict) -> IsolationPlan:
    """Plan three pods that claim a card each, and a few that do not."""
    work = [workload("train", "restricted", "1", 3, **CARDS), workload("web", "untrusted", "1", 4), CLASS, CLAIM]
    return pipeline.plan(write(folder, json.loads(json.dumps(work)), list(shapes)), quiet)


def test_nodes_with_devices_are_bought_for_those_who_claim_them_only(tmp_path: Path) -> None:
    made = planned(tmp_path, PLAIN, WITH_CARDS)
    assert made.is_kept
    assert {ring.name: [buy.shape for buy in ring.buy for _ in range(buy.count)] for ring in made.rings} == {
        "restricted": ["cards", "cards"],
        "untrusted": ["plain"],
    }
    assert [one for one in pipeline.verify(made) if one.severity == "error"] == []


def test_where_too_few_can_be_bought_the_plan_says_no(tmp_path: Path) -> None:
    few = [{**one, "spec": {**one["spec"], "max": most, "zones": ["z-1"]}} for one, most in ((PLAIN, 2), (WITH_CARDS, 1))]
    made = planned(tmp_path, *few)
    assert made.verdict == INFEASIBLE
    assert [(left.workload.name, left.pods) for left in made.unplaced] == [("train", 1)]
