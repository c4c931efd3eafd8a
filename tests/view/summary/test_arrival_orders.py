"""What the summary says of kube-scheduler: whether it keeps the plan, what helps it, and what that costs."""

import pytest

from models.answer.order_result import LeftPending, OrderResult, Reason
from models.answer.plan import Guide, IsolationPlan, Reserve, RingPlan
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.workload import WorkloadId
from models.solver.outcome import FEASIBLE, UNDECIDED, Goal
from models.trust import Membership, Trust, TrustPolicy
from planner.view.summary import arrival_orders

API, WEB = WorkloadId("Deployment", "shop", "api"), WorkloadId("Deployment", "shop", "web")
TYPE = "node.kubernetes.io/instance-type"


def plan(*orders: str, verdict: str = UNDECIDED, because: Reason | None = None, **more: object) -> IsolationPlan:
    members = FrozenMap({str(API): Membership("r0", "r0"), str(WEB): Membership("r1", "r1")})
    results = [OrderResult.parse(order) if order else None for order in orders]
    rings = tuple(RingPlan(f"r{at}", (f"r{at}",), any_order=result, because=because) for at, result in enumerate(results))
    return IsolationPlan("p", verdict, TrustPolicy("p", ("x",)), Cluster(), Trust((), (), members), rings=rings, **more)


WAITING = Reason(pending=(LeftPending(str(API), 2, "0/3 nodes are available"),))
START = "All 5 pods can be packed, "
VERDICTS = {
    "nothing where the plan is kept": (plan("tried 7 orders", verdict=FEASIBLE), ""),
    "nothing where the search found no packing": (plan(""), ""),
    "nothing where all is proven": (plan("proven"), ""),
    "the order in which one ring is stuck, where proof was asked for": (
        plan("proven", "stuck in largest first"),
        START
        + "but every order was asked for, and kube-scheduler leaves some of ring r1 pending when they arrive largest first.",
    ),
    "how many more are stuck, and whose pods stay pending": (
        plan("stuck in as applied", "stuck in largest first", because=WAITING),
        START
        + "but every order was asked for, and kube-scheduler leaves some of ring r0 and 1 ring more pending when they arrive "
        "as applied: Deployment/shop/api: 2 (0/3 nodes are available).",
    ),
    "why a ring is not proven": (
        plan("tried 7 orders", "proven", because=Reason("web", " may come last")),
        START + "and no order that was tried leaves one pending, but every order was asked for, and ring r0 is not proven: "
        "web may come last.",
    ),
    "why each of several rings is not proven": (
        plan("tried 7 orders", "tried 7 orders", because=Reason("web", " may come last")),
        START + "and no order that was tried leaves one pending, but every order was asked for, and 2 rings are not proven. "
        "In ring r0: web may come last. In ring r1: web may come last.",
    ),
    "why some of many rings are not proven": (
        plan(*["tried 7 orders"] * 5, because=Reason("x", " waits")),
        START + "and no order that was tried leaves one pending, but every order was asked for, and 5 rings are not proven. "
        "In ring r0: x waits. In ring r1: x waits. In ring r2: x waits. And 2 more.",
    ),
}


@pytest.mark.parametrize(("made", "said"), VERDICTS.values(), ids=VERDICTS)
def test_the_verdict(made, said):
    assert arrival_orders.verdict(made, 5) == said


def test_each_ring_with_what_helps_it():
    guides = (Guide(API, TYPE, ("l",), True), Guide(WEB, TYPE, ("s",)))
    made = plan("proven", "tried 7 orders", "", guides=guides, reserves=(Reserve("r1", WEB, 2),))
    assert list(arrival_orders.rows(made)) == [
        ("r0", "", "proven", f"1 workload led by required affinity to {TYPE}"),
        (
            "r1",
            "",
            "tried 7 orders",
            f"1 workload led by preferred affinity to {TYPE}; room kept for 2 more pods of Deployment/shop/web",
        ),
    ]


def test_stuck_rings_are_those_that_say_so():
    assert arrival_orders.stuck(plan("proven", "stuck in as applied", "tried 7 orders")) == ["r1"]


MOVES, COSTS, ROOM = Goal("moves", 1, 1), Goal("cost", 1.133, 1), Goal("headroom", 300, 300, "max")
PRICES = {
    "nothing where nothing is different": ((), (), ""),
    "nothing where what is different is not spoken of": ((Goal("unplaced", 1, 1),), (Goal("unplaced", 0, 0),), ""),
    "nothing where the packing had no such goal": ((MOVES,), (), ""),
    "what is moved": ((Goal("moves", 3, 1),), (MOVES,), "costs, beside the exact packing: 3 running pods moved instead of 1"),
    "a plan that is cheaper than the packing saves": (
        (Goal("cost", 1.089, 1),),
        (COSTS,),
        "saves, beside the exact packing: 1.089 per hour instead of 1.133",
    ),
    "money first, and what it buys": (
        (Goal("headroom", 400, 400, "max"), Goal("cost", 1.2, 1), Goal("moves", 0, 0)),
        (ROOM, COSTS, MOVES),
        "costs, beside the exact packing: 1.20 per hour instead of 1.133; it saves: 0 running pods moved instead of 1; "
        "it gains: 400 ‰ of least head-room instead of 300",
    ),
    "less room is a cost": (
        (Goal("headroom", 200, 200, "max"),),
        (ROOM,),
        "costs, beside the exact packing: 200 ‰ of least head-room instead of 300",
    ),
}


@pytest.mark.parametrize(("goals", "packing", "said"), PRICES.values(), ids=PRICES)
def test_the_price_beside_the_exact_packing(goals, packing, said):
    same = (Goal("relabels", 2, 2),)
    made = plan("proven", goals=(*goals, *same), packing_goals=(*packing, *same))
    assert arrival_orders.price(made) == (f"That {said}." if said else "")


def test_nothing_has_a_price_where_the_plan_is_the_packing():
    assert arrival_orders.price(plan("proven", goals=(MOVES,))) == ""
