"""Pods that write a disk without a claim are on nodes of their own, and those that need a feature where it is declared."""

import json
from pathlib import Path

import pytest

from models.answer.plan import IsolationPlan
from models.kubernetes.pod import Pod
from models.kubernetes.resources import DISKS, FEATURES, WHOLE, Resources
from models.solver.outcome import FEASIBLE, INFEASIBLE
from planner import formats, pipeline
from planner.view.reach import per_pod
from tests.shop_that_buys import node, quiet, shape, workload, write

DISK = {"volumes": [{"name": "d", "gcePersistentDisk": {"pdName": "shared"}}]}
READ = {"volumes": [{"name": "d", "gcePersistentDisk": {"pdName": "shared", "readOnly": True}}]}
RESTARTS = "RestartAllContainersOnContainerExits"

AT_RISK = "feasible at risk"


def planned(folder: Path, work: list[dict], nodes: list[dict]) -> IsolationPlan:
    """Plan, and have the plan verified."""
    made = pipeline.plan(write(folder, json.loads(json.dumps(work)), nodes), quiet)
    assert [one for one in pipeline.verify(made) if one.severity == "error"] == []
    return made


@pytest.mark.parametrize(
    ("work", "verdict", "left"),
    [
        pytest.param([workload("w", "restricted", "1", 2, **DISK)], FEASIBLE, 0, id="as many writers as nodes"),
        pytest.param([workload("w", "restricted", "1", 3, **DISK)], INFEASIBLE, 1, id="one more"),
        pytest.param([workload("r", "restricted", "1", 6, **READ)], FEASIBLE, 0, id="readers"),
        pytest.param(
            [workload("w", "restricted", "1", 1, **DISK), workload("r", "restricted", "1", 4, **READ)],
            AT_RISK,
            0,
            id="a packing with readers on one node only, where kube-scheduler spreads them",
        ),
        pytest.param(
            [workload("w", "restricted", "1", 2, **DISK), workload("r", "restricted", "1", 1, **READ)],
            INFEASIBLE,
            1,
            id="no node for a reader",
        ),
        pytest.param(
            [workload("w", "restricted", "1", 1, **DISK), workload("v", "untrusted", "1", 1, **DISK)],
            FEASIBLE,
            0,
            id="rings do not meet",
        ),
    ],
)
def test_who_writes_a_disk_shares_its_node_with_nobody_who_has_it(
    tmp_path: Path, work: list[dict], verdict: str, left: int
) -> None:
    made = planned(tmp_path, work, [node("a", "8"), node("b", "8")])
    assert formats.headline(made) == verdict
    assert sum(one.pods for one in made.unplaced) == left
    assert all("node(s) had no available disk" in one.message for one in made.unplaced)


@pytest.mark.parametrize("declared", [[], ["Other"], ["Other", RESTARTS]])
def test_nodes_are_bought_that_declare_what_a_pod_needs(tmp_path: Path, declared: list[str]) -> None:
    work = workload("train", "restricted", "1", 2)
    rule = {"action": "RestartAllContainers", "exitCodes": {"operator": "In", "values": [3]}}
    work["spec"]["template"]["spec"]["containers"][0] |= {"restartPolicy": "Never", "restartPolicyRules": [rule]}
    declaring = shape("declaring", "8", 1.0)
    declaring["spec"]["declaredFeatures"] = declared
    made = planned(tmp_path, [work, workload("web", "untrusted", "1", 2)], [shape("plain", "8", 0.1), declaring])
    bought = {ring.name: [buy.shape for buy in ring.buy] for ring in made.rings}
    if RESTARTS in declared:
        assert bought == {"restricted": ["declaring"], "untrusted": ["plain"]}
    else:
        assert made.verdict == INFEASIBLE
        assert [(one.workload.name, one.pods) for one in made.unplaced] == [("train", 2)]


def test_a_disk_that_is_taken_is_no_lack_of_room(tmp_path: Path) -> None:
    small = [workload("w", "restricted", "100m", 2, **DISK), workload("web", "untrusted", "2", 13)]
    made = planned(tmp_path, small, [node(f"n{at}") for at in range(10)])
    assert {ring.name: len(ring.nodes) for ring in made.rings} == {"restricted": 2, "untrusted": 8}
    assert [goal.value for goal in made.goals if goal.name == "headroom"] == [187]


def test_what_is_no_amount_is_not_among_what_pods_take() -> None:
    asked = Resources({f"{DISKS}gce/a": WHOLE, f"{FEATURES}Restarts": 1})
    assert dict(per_pod(Pod("shop", requests=Resources({"cpu": 100}), attached=asked))) == {"cpu": 100, "pods": 1}
