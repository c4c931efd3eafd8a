"""The classes that contradict each other are named by the workloads that they stand for."""

import pytest

from models.answer.plan import IsolationPlan
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.pod import Pod
from models.kubernetes.workload import Workload, WorkloadId
from models.solver.indexed_problem import Batch, IndexedProblem
from models.solver.outcome import Outcome
from models.solver.problem import Problem
from models.trust import Trust, TrustPolicy
from planner.emit.plan import document
from planner.formulate import formulate
from planner.settle import _conflict
from planner.trust import trust

NAMES = [WorkloadId("Deployment", "shop", name) for name in "abc"]
BATCHES = tuple(
    Batch(Workload(name, "apps/v1", Pod()), Pod(), "ring", count) for name, count in zip(NAMES, (1, 2, 0), strict=True)
)
ROWS = [
    ("no class in conflict names nobody", (), (), []),
    ("a whole class names all whose pods are in it", (0,), ((),), NAMES[:2]),
    ("without parts every class is whole", (0,), (), NAMES[:2]),
    ("a part names its workload alone", (0,), ((1,),), NAMES[1:2]),
]


@pytest.mark.parametrize(("classes", "parts", "named"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_who_is_in_conflict(classes, parts, named):
    formulation = IndexedProblem(Problem((), (), (), ()), (BATCHES,), ())
    outcome = Outcome("infeasible", (), (), (), conflict=classes, conflict_parts=parts)
    assert _conflict(formulation, outcome) == tuple(named)


def test_a_class_says_how_many_pods_each_workload_brings():
    policy = TrustPolicy("p", ("internal",))
    level = FrozenMap({"ringfence.dev/trust-level": "internal"})
    workloads = tuple(Workload(name, "apps/v1", Pod(labels=level), pods) for name, pods in zip(NAMES, (3, 1, 2), strict=True))
    cluster = Cluster(workloads=workloads)
    (made,) = formulate(cluster, policy, trust(policy, cluster)).problem.classes
    assert (made.count, made.parts) == (6, (3, 1, 2))


def test_the_document_says_that_the_conflict_is_the_smallest():
    plan = IsolationPlan(
        "p", "infeasible", TrustPolicy("p", ("x",)), Cluster(), Trust((), (), FrozenMap()), conflict_smallest=True
    )
    assert document(plan)["conflictSmallest"] is True
