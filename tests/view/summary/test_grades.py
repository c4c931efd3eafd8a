"""What the summary says of how sure a plan is: the risk in its first line, why there is one, and what would help."""

from dataclasses import replace

import pytest

from models.answer.grade import Grade, GradeKind, Remedy
from models.answer.order_result import LeftPending, OrderResult, Reason
from models.answer.plan import IsolationPlan, Lost, Outlook, RingPlan
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.pod import Pod
from models.kubernetes.workload import Workload, WorkloadId
from models.solver.outcome import FEASIBLE
from models.trust import Survive, Trust, TrustPolicy
from planner.view.summary import grades

API = "Deployment/shop/api"
WHO = FrozenMap({API: 2, "Job/shop/job": 1})
SURE, CALM = Grade(GradeKind.PROVEN, 90), Grade(GradeKind.SIMULATED, 90)
RISKY = Grade(GradeKind.AT_RISK, 90, 7, 2, WHO)
ONE = Grade(GradeKind.AT_RISK, 1, 1, 1, FrozenMap({API: 1}))
LOSSES_ONLY = Grade(GradeKind.AT_RISK, 90)
LOSS = Outlook("r0", "node", 3, 3, simulated=3, stuck=1, worst=(Lost("n1", left=FrozenMap({API: 3}), order="as applied"),))
WAITING = Reason(pending=(LeftPending(API, 2, "0/3 nodes are available"),))
WHY = "kube-scheduler binds pods one by one, and leaves some of ring r0 pending when they arrive as applied: "
WHY += f"{API}: 2 (0/3 nodes are available). "


def plan(grade: Grade, order: str = "stuck in as applied", **more: object) -> IsolationPlan:
    ring = RingPlan("r0", ("r0",), any_order=OrderResult.parse(order), because=WAITING, grade=grade)
    policy = TrustPolicy("p", ("x",), survive=Survive(nodes=1))
    return IsolationPlan("p", FEASIBLE, policy, Cluster(), Trust((), (), FrozenMap()), rings=(ring,), grade=grade, **more)


RISKS = {
    "nothing of what is proven": (plan(SURE, "proven"), ""),
    "nothing of what was simulated": (plan(CALM, "tried 9 orders"), ""),
    "scenarios, pods and workloads": (
        plan(RISKY),
        f"in 7 of 90 scenarios up to 2 of 1,461 pods stay pending ({API} 2, Job/shop/job 1)",
    ),
    "one pod": (plan(ONE), f"in 1 of 1 scenario up to 1 of 1,461 pods stays pending ({API} 1)"),
    "a loss": (plan(LOSSES_ONLY, losses=(LOSS,)), "after the loss of node n1 up to 3 pods of ring r0 stay pending"),
    "both": (
        plan(ONE, losses=(LOSS,)),
        f"in 1 of 1 scenario up to 1 of 1,461 pods stays pending ({API} 1); "
        "after the loss of node n1 up to 3 pods of ring r0 stay pending",
    ),
}


@pytest.mark.parametrize(("made", "said"), RISKS.values(), ids=RISKS)
def test_the_risk(made: IsolationPlan, said: str) -> None:
    assert grades.risk(made, 1461) == said


TOLD = {
    "proven": (plan(SURE, "proven"), "proven: no pod pending in any order"),
    "simulated": (plan(CALM, "tried 9 orders"), "simulated: no pod pending in 90 scenarios"),
    "at risk": (plan(RISKY), "at risk: in 7 of 90 scenarios up to 2 pods stay pending"),
    "at risk after a loss": (
        plan(LOSSES_ONLY, losses=(LOSS,)),
        "at risk: after the loss of node n1 up to 3 pods of ring r0 stay pending",
    ),
}


@pytest.mark.parametrize(("made", "said"), TOLD.values(), ids=TOLD)
def test_a_ring_is_told_of_in_a_few_words(made: IsolationPlan, said: str) -> None:
    assert grades.told(made, made.rings[0]) == said


def test_a_ring_of_a_packing_has_no_grade() -> None:
    made = plan(SURE, "proven")
    assert grades.told(made, replace(made.rings[0], grade=None)) == ""


REASONS = {
    "nothing where there is no risk": (plan(CALM, "tried 9 orders"), ""),
    "order, pods and kube-scheduler's words": (
        plan(RISKY),
        WHY + "Affinity hints and more room were tried, and did not change that.",
    ),
    "no hints where the policy allows none": (
        replace(plan(RISKY), policy=TrustPolicy("p", ("x",), guide="none")),
        WHY + "More room was tried, and did not change that.",
    ),
    "a loss": (
        plan(LOSSES_ONLY, "tried 9 orders", losses=(LOSS,)),
        "Ring r0 can be packed without node n1; kube-scheduler misses that when pods come as applied. "
        "Affinity hints and more room were tried, and did not change that.",
    ),
}


@pytest.mark.parametrize(("made", "said"), REASONS.values(), ids=REASONS)
def test_why_there_is_a_risk(made: IsolationPlan, said: str) -> None:
    assert grades.why(made) == said


HELP = {
    "nothing where there is no risk": (plan(CALM, "tried 9 orders"), []),
    "what may help where nothing was tried": (plan(RISKY), ["Another node in ring r0 may help, or nodes that are more alike."]),
    "a node and its price, and hints": (
        plan(
            RISKY,
            remedies=(Remedy("r0", "n1", price=380_000, scenarios=4), Remedy("r0", guide="require", scenarios=1, pending=1)),
        ),
        [
            "One more node like n1 (0.38 per hour) in ring r0 leaves no pod pending in the 4 worst scenarios.",
            "guide: require in the policy, for ring r0 leaves at most 1 pod pending in the worst scenario.",
        ],
    ),
    "a node without a price": (
        plan(RISKY, remedies=(Remedy("r0", "n1", scenarios=2, pending=2),)),
        ["One more node like n1 in ring r0 leaves at most 2 pods pending in the 2 worst scenarios."],
    ),
}


@pytest.mark.parametrize(("made", "said"), HELP.values(), ids=HELP)
def test_what_would_help(made: IsolationPlan, said: list[str]) -> None:
    assert list(grades.remedies(made)) == said


LOGS, PROXY, ELSEWHERE = (WorkloadId("DaemonSet", "system", name) for name in ("logs", "proxy", "elsewhere"))
LATE = [
    ("one", "DaemonSets last", {LOGS: 0}, "would let DaemonSet/system/logs make room for itself."),
    (
        "two, with other luck",
        "DaemonSets last 3",
        {LOGS: 0, PROXY: 999},
        "would let DaemonSet/system/logs, DaemonSet/system/proxy make room for themselves.",
    ),
    ("one that makes room for itself", "DaemonSets last", {LOGS: 2_000_001_000}, ""),
    ("one whose pods are not those that wait", "DaemonSets last", {ELSEWHERE: 0}, ""),
    ("where another order is in the way", "as applied", {LOGS: 0}, ""),
]


@pytest.mark.parametrize(("order", "daemons", "said"), [row[1:] for row in LATE], ids=[row[0] for row in LATE])
def test_a_priority_class_is_named_where_daemonsets_that_come_last_find_no_room(
    order: str, daemons: dict[WorkloadId, int], said: str
) -> None:
    waiting = tuple(LeftPending(str(name), 1, "0/1 nodes are available") for name in (LOGS, PROXY))
    made = plan(RISKY, f"stuck in {order}")
    ring = replace(made.rings[0], because=Reason(pending=waiting))
    found = tuple(Workload(name, "apps/v1", Pod("system", priority=priority)) for name, priority in daemons.items())
    words = " ".join(grades.remedies(replace(made, rings=(ring,), cluster=Cluster(workloads=found))))
    assert ("Priority class system-node-critical" in words) == bool(said)
    assert said in words
