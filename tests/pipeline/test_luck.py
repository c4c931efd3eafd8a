"""Where nodes score alike kube-scheduler may take either: a plan that only one of its choices keeps is not kept."""

from models.cluster import Cluster
from models.frozen import FrozenMap
from models.labels import Labels
from models.node import Node
from models.plan import IsolationPlan, RingPlan
from models.pod import Container, Pod
from models.resources import Resources
from models.trust import Membership, Trust, TrustPolicy
from models.workload import Workload, WorkloadId
from planner import foresee
from planner.pipeline import luck


def _plan(*kinds: str) -> IsolationPlan:
    """Two nodes of 4 cores with a label, a pod of 1, and one of 4 which may only be on the nodes labelled x."""
    nodes = tuple(
        Node(
            f"n{at}", Labels({"kind": kind, "kubernetes.io/hostname": f"n{at}"}), allocatable=Resources({"cpu": 4000, "pods": 9})
        )
        for at, kind in enumerate(kinds)
    )
    small, large = _workload("a-small", 1000), _workload("b-large", 4000, node_selector=Labels({"kind": "x"}))
    members = FrozenMap({str(one.id): Membership("r", "r") for one in (small, large)})
    rings = (RingPlan("r", ("r",), tuple(node.name for node in nodes)),)
    return IsolationPlan(
        "p", "feasible", TrustPolicy("p", ("r",)), Cluster(nodes, (small, large)), Trust((), (), members), rings=rings
    )


def _workload(name: str, cpu: int, **more: object) -> Workload:
    container = Container("main", requests=Resources({"cpu": cpu}))
    return Workload(WorkloadId("Deployment", "shop", name), "apps/v1", Pod("shop", containers=(container,), **more), 1)


def test_bad_luck_is_found_in_an_order_that_went_well():
    plan = _plan("x", "y")
    known = foresee.foresee(plan, ("largest first",))
    assert known.rings[0].any_order == "tried 1 orders"
    assert luck.tempted(plan, known, ("smallest first",)).rings[0].any_order == "stuck in smallest first"


def test_without_bad_luck_the_forecast_stays():
    plan = _plan("x", "y")
    known = foresee.foresee(plan, ("largest first",))
    assert luck.tempted(plan, known, ("largest first",)) == known
