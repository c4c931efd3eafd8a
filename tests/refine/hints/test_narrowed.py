"""A problem as guides and a division leave it."""

from models.answer.plan import Guide
from models.kubernetes.labels import Labels
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from models.kubernetes.workload import Workload, WorkloadId
from models.solver.indexed_problem import Batch, IndexedProblem
from models.solver.problem import NodeSlot, PodClass, Problem
from planner.refine.hints import restrict

WEB, JOB = (Workload(WorkloadId("Deployment", "shop", name), "apps/v1", Pod("shop"), 1) for name in ("web", "job"))
NODES = (Node("a", Labels({"type": "small"})), Node("b", Labels({"type": "large"})), Node("c"))
PROBLEM = Problem(
    ("pods",),
    ("r", "s"),
    (PodClass("web", 0, 1, (1,), (0, 1, 2)), PodClass("job", 0, 1, (1,), (0, 1))),
    tuple(NodeSlot(node.name, (9,), (0, 1)) for node in NODES),
)
MADE = IndexedProblem(PROBLEM, ((Batch(WEB, Pod(), "r", 1),), (Batch(JOB, Pod(), "r", 1),)), NODES)


def test_who_is_led_has_nowhere_else_to_go_and_the_others_all_they_had():
    found = restrict(MADE, (0, 0, 1), (Guide(WEB.id, "type", ("large",)),))
    assert [one.candidates for one in found.classes] == [(1,), (0, 1)]


def test_nodes_are_in_the_ring_that_the_division_says_or_in_none():
    assert [slot.rings for slot in restrict(MADE, (0, 1, -1), ()).nodes] == [(0,), (1,), ()]
