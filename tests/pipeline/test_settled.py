"""Once a lost zone is back its nodes are empty, and pods that came anew crowd the others: no ring loses a node by it."""

from pathlib import Path

import pytest

from models.answer.plan import IsolationPlan
from planner import pipeline
from tests.shop_that_buys import node, quiet, running, workload, write

RING = "ringfence.node-restriction.kubernetes.io/ring"
SPREAD = {
    "topologySpreadConstraints": [
        {
            "maxSkew": 1,
            "topologyKey": "topology.kubernetes.io/zone",
            "whenUnsatisfiable": "DoNotSchedule",
            "labelSelector": {"matchLabels": {"app": "api"}},
        }
    ]
}
IN = {"a1": "restricted", "a2": "restricted", "b1": "restricted", "c1": "restricted", "c2": "restricted", "d1": "untrusted"}
RAN = ("a1", "a1", "a2", "b1", "b1", "b1")


@pytest.fixture(name="made", scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> IsolationPlan:
    return planned(tmp_path_factory.mktemp("settled"))


def planned(folder: Path) -> IsolationPlan:
    """Plan for a cluster as it is after the loss of zone c."""
    nodes = [node(name, zone=f"z-{name[0]}") for name in IN]
    for one in nodes:
        one["metadata"]["labels"][RING] = IN[one["metadata"]["name"]]
    work = [workload("api", "restricted", "1", 6, **SPREAD), workload("plugin", "untrusted", "1", 2)]
    live = [*running("api", "restricted", "1", *RAN, **SPREAD), *running("plugin", "untrusted", "1", "d1", "d1")]
    return pipeline.plan(write(folder, [*work, *live], nodes), quiet)


def test_every_node_stays_in_its_ring(made: IsolationPlan) -> None:
    assert made.is_kept
    assert {name: ring.name for ring in made.rings for name in ring.nodes} == IN
    assert [(goal.name, goal.value, goal.bound) for goal in made.goals if goal.name in ("moves", "relabels")] == [
        ("moves", 0, 0),
        ("relabels", 0, 0),
    ]


def test_verify_counts_the_same_moves(made: IsolationPlan) -> None:
    assert [one for one in pipeline.verify(made) if one.severity == "error"] == []
