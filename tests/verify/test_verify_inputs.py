"""One contradiction of a plan with itself per row: in its inputs, in what it promises, in how it was made."""

from dataclasses import replace
from typing import Any

import pytest

from models.answer.grade import Grade, GradeKind, Remedy
from models.answer.order_result import PROVEN, OrderResult, Reason, stuck_in, tried
from models.answer.plan import Choice, Guide, IsolationPlan, Reserve
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import DisruptionBudget
from models.kubernetes.labels import Labels
from models.kubernetes.workload import WorkloadId
from planner.trust.rings import named
from planner.verify import verify
from planner.verify.rings.ring_name import names
from tests.verify.breaks import Break, assert_rejected, work
from tests.verify.conftest import unpromised

WEB = WorkloadId("Deployment", "shop", "web")


def whole(**fields: object) -> Break:
    """Change the plan itself."""
    return lambda plan: replace(plan, **fields)


def cluster(**fields: object) -> Break:
    """Change the inputs."""
    return lambda plan: replace(plan, cluster=replace(plan.cluster, **fields))


def renamed(plan: IsolationPlan) -> IsolationPlan:
    """Call the ring of the restricted by the name of another, wherever it is named."""

    def called(name: str) -> str:
        return "internal" if name == "restricted" else name

    members = {name: replace(one, ring=called(one.ring)) for name, one in plan.trust.members.items()}
    rings = tuple(replace(made, name=called(made.name)) for made in plan.trust.rings)
    return replace(
        plan,
        rings=tuple(replace(made, name=called(made.name)) for made in plan.rings),
        trust=replace(plan.trust, rings=rings, members=FrozenMap(members)),
        placements=tuple(replace(one, ring=called(one.ring)) for one in plan.placements),
        shared=tuple(replace(one, rings=tuple(sorted(map(called, one.rings)))) for one in plan.shared),
    )  # fmt: skip


def half_promised(plan: IsolationPlan) -> IsolationPlan:
    """Take the promise of one ring away."""
    first, *others = plan.rings
    return replace(plan, rings=(replace(first, any_order=None), *others))


def graded(order: OrderResult = PROVEN, whole: Grade | None = None, **fields: Any) -> Break:
    """Grade all rings, and the plan like them if it is not given."""

    def change(plan: IsolationPlan) -> IsolationPlan:
        grade = replace(plan.rings[0].grade, **fields)
        because = Reason("x", " waits") if not order.is_proven else None
        rings = tuple(replace(one, any_order=order, because=because, grade=grade) for one in plan.rings)
        return replace(plan, rings=rings, grade=whole or grade)

    return change


RISKY = {"kind": GradeKind.AT_RISK, "failed": 1, "pending": 2, "workloads": FrozenMap({str(WEB): 2})}
CALM = Grade(GradeKind.SIMULATED, 10)


def budget(least: str, most: str = "") -> Break:
    """Add a budget."""
    return cluster(budgets=(DisruptionBudget("shop", "web", None, least, most),))


ROWS: list[tuple[str, Break, str]] = [
    ("another name than the policy's", whole(name="other"), "plan-name"),
    ("a workload that is there twice",
     lambda plan: cluster(workloads=(*plan.cluster.workloads, plan.cluster.workloads[-1]))(plan), "input-twice"),
    ("a node that is there twice", lambda plan: cluster(nodes=(*plan.cluster.nodes, plan.cluster.nodes[0]))(plan), "input-twice"),
    ("a claim under another name", lambda plan: cluster(claims=FrozenMap({"shop/x": plan.cluster.claims["shop/solo"]}))(plan),
     "input-misnamed"),
    ("a volume under another name", lambda plan: cluster(volumes=FrozenMap({"x": plan.cluster.volumes["pv-a"]}))(plan),
     "input-misnamed"),
    ("labels of another namespace", cluster(namespaces=FrozenMap({"shop": Labels({"kubernetes.io/metadata.name": "pay"})})),
     "input-misnamed"),
    ("a budget of half a pod", budget("0.5"), "budget-amount"),
    ("a budget of two amounts", budget("1", "50%"), "budget-amount"),
    ("more pods during rollouts than there are", work(str(WEB), surge=3), "workload-contradicts"),
    ("more pods that come later than there are", work(str(WEB), later=3), "workload-contradicts"),
    ("a reason for pods of a DaemonSet", work("DaemonSet/kube-system/agent", counted="2 replicas"), "workload-contradicts"),
    ("pods to place of a DaemonSet", work("DaemonSet/shop/logs", pods=1), "workload-contradicts"),
    ("numbers for the pods of a Deployment", work(str(WEB), start_ordinal=4), "workload-contradicts"),
    ("labels of Jobs that a Deployment makes", work(str(WEB), run_labels=Labels({"a": "b"})), "workload-contradicts"),
    ("labels that are there, and said not to be", work("Deployment/pay/api", absent=("spec.template.metadata.labels",)),
     "workload-contradicts"),
    ("a place for labels that no workload has", work("Deployment/pay/api", absent=("spec.metadata",)), "workload-contradicts"),
    ("a ring that is called like another's groups", renamed, "ring-name"),
    ("goals that are named in another order", lambda plan: replace(plan, goals=plan.goals[::-1]), "goals-order"),
    ("a goal that is named twice", lambda plan: replace(plan, goals=(*plan.goals, plan.goals[-1])), "goals-order"),
    ("a mark that means nothing", whole(packing="almost"), "packing-unknown"),
    ("a yes that promises nothing and is no marked packing", unpromised, "promise-missing"),
    ("a promise for some rings", half_promised, "promise-missing"),
    ("a packing that promises an order", whole(packing="exact"), "promise-baseless"),
    ("a packing that leads pods", lambda plan: replace(unpromised(plan), packing="exact", guides=(Guide(WEB, "zone", ("c",)),)),
     "promise-baseless"),
    ("a no that promises an order", whole(verdict="infeasible"), "promise-baseless"),
    ("a reason against a proof", lambda plan: replace(plan, rings=tuple(replace(one, because="x") for one in plan.rings)),
     "promise-baseless"),
    ("a promise without a grade", lambda plan: replace(plan, rings=tuple(replace(one, grade=None) for one in plan.rings)),
     "grade-missing"),
    ("rings with grades, and the plan without", whole(grade=None), "grade-missing"),
    ("a ring that is proven and called simulated", graded(kind=GradeKind.SIMULATED), "grade-untrue"),
    ("a ring that was tried and is called proven", graded(tried(10)), "grade-untrue"),
    ("a ring that is stuck and called simulated", graded(stuck_in("as applied"), kind=GradeKind.SIMULATED), "grade-untrue"),
    ("a ring that is stuck, and no scenario failed", graded(stuck_in("as applied"), kind=GradeKind.AT_RISK), "grade-untrue"),
    ("a ring at risk that is not stuck", graded(tried(10), **RISKY), "grade-untrue"),
    ("more scenarios that failed than there were", graded(stuck_in("as applied"), **{**RISKY, "failed": 11}), "grade-untrue"),
    ("fewer pods than one workload has pending", graded(stuck_in("as applied"), **{**RISKY, "pending": 1}), "grade-untrue"),
    ("more pods than all workloads have pending", graded(stuck_in("as applied"), **{**RISKY, "pending": 3}), "grade-untrue"),
    ("rings at risk in a plan that is not", graded(stuck_in("as applied"), CALM, **RISKY), "grade-untrue"),
    ("a plan that counts other scenarios", whole(grade=Grade(GradeKind.PROVEN, 9)), "grade-untrue"),
    ("what helps where nothing is at risk", whole(remedies=(Remedy("restricted", "a1", scenarios=1),)), "remedy-untrue"),
    ("what helps a packing", lambda plan: replace(
        unpromised(plan), packing="exact", remedies=(Remedy("restricted", "a1", scenarios=1),)), "remedy-untrue"),
    ("rings that were chosen where nobody may share", lambda plan: replace(
        plan, choice=Choice(1), trust=replace(plan.trust, sharing=())), "choice-baseless"),
    ("a guide for who is led already", lambda plan: replace(
        plan, policy=replace(plan.policy, guide="require"), guides=(Guide(WEB, "zone", ("c",)), Guide(WEB, "zone", ("c",)))),
     "guide-untrue"),
    ("more room than the nodes have", whole(reserves=(Reserve("internal_untrusted.acme", WEB, 30),)), "reserve-untrue"),
    ("room for one workload in two rows", whole(reserves=(Reserve("internal_untrusted.acme", WEB, 1),) * 2), "reserve-untrue"),
    ("room for two workloads where there is room for either", whole(reserves=tuple(
        Reserve("internal_untrusted.acme", WorkloadId("Deployment", "shop", name), 8) for name in ("gate", "web"))),
     "reserve-untrue"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_plan_that_contradicts_itself_is_rejected(plan: IsolationPlan, change: Break, expected: str) -> None:
    assert verify(plan) == ()
    assert_rejected(plan, change, expected)


UNPLACED: list[tuple[str, Break, str]] = [
    ("that it fits nowhere even alone, struck out", lambda plan: replace(
        plan, unplaced=tuple(replace(one, alone="") for one in plan.unplaced)), "unplaced-alone"),
    ("another reason why it fits nowhere", lambda plan: replace(
        plan, unplaced=tuple(replace(one, alone="0/7 nodes are available.") for one in plan.unplaced)), "unplaced-alone"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), [row[1:] for row in UNPLACED], ids=[row[0] for row in UNPLACED])
def test_what_is_said_of_who_fits_nowhere_is_looked_at(infeasible: IsolationPlan, change: Break, expected: str) -> None:
    assert verify(infeasible) == ()
    assert_rejected(infeasible, change, expected)


@pytest.mark.parametrize(
    ("sets", "called"),
    [
        pytest.param([("b", "a")], ["a_b"], id="groups are sorted"),
        pytest.param([("a/x",)], ["a.x"], id="the tenant stands behind a dot"),
        pytest.param([("a.x",), ("a/x",)], ["a.x-23012041", "a.x-1653a068"], id="what reads alike is told apart"),
        pytest.param([("ä",)], ["-33e6d73f"], id="what no label can be is replaced"),
        pytest.param([("a" * 63, "b")], [f"{'a' * 54}-c876bb1b"], id="what is too long is cut off"),
    ],
)  # fmt: skip
def test_rings_are_named_by_their_groups(sets: list[tuple[str, ...]], called: list[str]) -> None:
    assert list(names(sets)) == called
    assert sorted(called) == [ring.name for ring in named(sets)]
