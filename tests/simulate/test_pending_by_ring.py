"""For which ring a pod counts that stays pending."""

from dataclasses import replace

import pytest

from models.answer.forecast import Forecast, Pending, Run
from models.answer.order_result import LeftPending
from models.answer.plan import IsolationPlan, RingPlan, Unplaced
from models.frozen_map import FrozenMap
from models.kubernetes.workload import WorkloadId
from models.trust import Membership, Trust
from planner.simulate.findings import findings
from planner.simulate.pending_by_ring import pending_by_ring, rings_of
from tests.simulate.small_plans import random_plan

AGENT, WEB = WorkloadId("DaemonSet", "shop", "agent"), WorkloadId("Deployment", "shop", "web")


@pytest.fixture(name="plan", scope="module")
def _plan() -> IsolationPlan:
    members = FrozenMap({str(AGENT): Membership(everywhere=True), str(WEB): Membership(group="a", ring="a")})
    rings = (RingPlan("a", ("a",), ("n1", "n2")), RingPlan("b", ("b",), ("n3",)))
    return replace(random_plan(0), rings=rings, trust=Trust((), (), members), unplaced=())


@pytest.mark.parametrize(
    ("workload", "pods", "on", "said", "counts"),
    [
        pytest.param(WEB, 2, (), 0, {"a": 2}, id="a pod of a ring counts for its own ring"),
        pytest.param(WEB, 2, ("n3",), 0, {"a": 2}, id="also if it was meant for a node that is in another"),
        pytest.param(AGENT, 1, ("n3",), 0, {"b": 1}, id="one that runs everywhere counts for the ring of its node"),
        pytest.param(AGENT, 3, ("n1", "n2", "n3"), 0, {"a": 2, "b": 1}, id="several count each for the ring of its own"),
        pytest.param(AGENT, 1, ("n4",), 0, {"": 1}, id="one on a node outside every ring counts for none"),
        pytest.param(AGENT, 2, ("n1",), 0, {"a": 1, "": 1}, id="one of which no node is known counts for none"),
        pytest.param(AGENT, 2, ("n1", "n3"), 2, {"": 2}, id="as many as the plan says are left count for none"),
        pytest.param(AGENT, 2, ("n1", "n3"), 1, {"a": 1, "b": 1}, id="more than the plan says are left count all"),
    ],
)
def test_pending_pods_count(plan, workload, pods, on, said, counts):
    left = (Unplaced(AGENT, said, "", FrozenMap({})),) if said else ()
    assert rings_of(replace(plan, unplaced=left), Pending(workload, pods, "no room", on)) == counts


def test_each_ring_is_told_of_its_own_pods(plan):
    run = Run("as applied", (Pending(AGENT, 2, "full", ("n1", "n3")), Pending(WEB, 3, "no room")))
    told = {one.subject: one.parameters["left"] for one in findings(plan, Forecast((run,)))}
    agent = LeftPending(str(AGENT), 1, "full")
    assert told == {"a": (LeftPending(str(WEB), 3, "no room"), agent), "b": (agent,)}


def test_a_run_counts_all_that_it_leaves(plan):
    run = Run("as applied", (Pending(AGENT, 2, "no room", ("n1", "n3")), Pending(WEB, 1, "no room")))
    assert pending_by_ring(plan, run) == {"a": 2, "b": 1}
