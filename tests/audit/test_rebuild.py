"""What patches are written from, and what a plan says beside its placement, is made anew: one lie per row, and its finding."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from models.answer.finding import ERROR, INFO, WARNING
from models.answer.plan import IsolationPlan, Repair, Separation, Shortage
from models.frozen_map import FrozenMap
from models.kubernetes.labels import Labels
from models.kubernetes.workload import NOTHING_ADDED, Raw, Workload, WorkloadId
from planner import pipeline
from planner.audit import solve_again
from planner.audit.findings import findings
from planner.audit.rebuild import rebuild
from planner.audit.tuning import AuditTuning
from tests.verify import real_plans
from tests.verify.real_plans import node, planned
from tests.verify.real_plans import work as workload

Change = Callable[[IsolationPlan], IsolationPlan]
KINDS = ("Deployment", "Deployment", "StatefulSet")
API, WEB, DB = (
    WorkloadId(*name) for name in (("Deployment", "shop", "api"), ("Deployment", "shop", "web"), ("StatefulSet", "shop", "db"))
)
ROLL, NIGHT = WorkloadId("Rollout", "shop", "roll", "argoproj.io"), WorkloadId("CronJob", "shop", "night")
TIGHT = [workload("Deployment", "api", "a", "1"), workload("Deployment", "web", "b", "1")]


@pytest.fixture(name="rich", scope="module")
def _rich(tmp_path_factory: pytest.TempPathFactory) -> IsolationPlan:
    return real_plans.rich(tmp_path_factory.mktemp("rich"))


@pytest.fixture(name="refused", scope="module")
def _refused(tmp_path_factory: pytest.TempPathFactory) -> IsolationPlan:
    return real_plans.refused(tmp_path_factory.mktemp("refused"))


@pytest.fixture(name="even", scope="module")
def _even(tmp_path_factory: pytest.TempPathFactory) -> IsolationPlan:
    """Return a plan of two rings that need a node each and have two."""
    return planned(tmp_path_factory.mktemp("even"), TIGHT, [node(f"n{at}") for at in range(4)], **real_plans.STILL)


def found(plan: IsolationPlan) -> set[str]:
    return {one.code for one in pipeline.verify(plan) if one.severity == ERROR}


def work(name: WorkloadId, **fields: Any) -> Change:
    """Change a workload; `written` and `added` are given by what changes in them."""

    def changed(one: Workload) -> Workload:
        given = {key: replace(getattr(one, key), **value) if isinstance(value, dict) else value for key, value in fields.items()}
        return replace(one, **given)

    def change(plan: IsolationPlan) -> IsolationPlan:
        workloads = tuple(changed(one) if one.id == name else one for one in plan.cluster.workloads)
        return replace(plan, cluster=replace(plan.cluster, workloads=workloads))

    return change


def raw(value: Any) -> Raw:
    return Raw(json.dumps(value, sort_keys=True, separators=(",", ":")))


def elsewhere(plan: IsolationPlan) -> IsolationPlan:
    """Say that the pods of a workload are in another namespace than it is."""
    template = next(one.template for one in plan.cluster.workloads if one.id == API)
    return work(API, template=replace(template, namespace="default"))(plan)


EVERYTHING = [{"operator": "Exists"}]
WRITTEN: list[tuple[str, Change, str]] = [
    ("a toleration that is written and not judged", work(API, written={"tolerations": raw(EVERYTHING)}), "written-otherwise"),
    ("a toleration that is judged and not written", work(WEB, written={"tolerations": None}), "written-otherwise"),
    ("another value of a toleration", work(WEB, written={"tolerations": raw([{"key": "spot", "value": "y"}])}),
     "written-otherwise"),
    ("a selector that is written and not judged", work(DB, written={"node_selector": raw({"x": "y"})}), "written-otherwise"),
    ("a selector that is judged and not written", work(API, written={"node_selector": None}), "written-otherwise"),
    ("an affinity that is judged and not written", work(WEB, written={"affinity": None}), "written-otherwise"),
    ("a spread that is judged and not written", work(API, written={"topology_spread_constraints": None}), "written-otherwise"),
    ("something written that no API server takes", work(API, written={"node_selector": raw(["x"])}), "written-otherwise"),
    ("what a RuntimeClass adds, struck out", work(API, added=NOTHING_ADDED), "written-otherwise"),
    ("another pair that a RuntimeClass adds", work(API, added={"node_selector": Labels({"x": "y"})}), "written-otherwise"),
    ("the spec of another kind", work(NIGHT, spec_path="spec.template.spec"), "written-elsewhere"),
    ("the template of another kind", work(API, template_path="spec.jobTemplate.spec.template"), "written-elsewhere"),
    ("a template at no path of podTemplates", work(ROLL, template_path="spec.other", spec_path="spec.other.spec"),
     "written-elsewhere"),
    ("an apiVersion of another kind", work(API, api_version="batch/v1"), "written-elsewhere"),
    ("an apiVersion that no API server serves", work(API, api_version="apps/v1beta1"), "written-elsewhere"),
    ("a version that podTemplates do not name", work(ROLL, api_version="argoproj.io/v1"), "written-elsewhere"),
    ("init containers that are written as none", work(API, written={"init_containers": raw([])}), "written-otherwise"),
    ("init containers that are written otherwise", work(WEB, written={"init_containers": raw([{}])}), "written-otherwise"),
    ("pods of another namespace", elsewhere, "written-elsewhere"),
    ("a manifest's workload that is left to hands", work(API, by_hand=True), "written-elsewhere"),
    ("a manifest's workload that a cluster is said to have told of", work(API, stored=True), "written-elsewhere"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), [row[1:] for row in WRITTEN], ids=[row[0] for row in WRITTEN])
def test_patches_are_written_from_what_was_judged(rich: IsolationPlan, change: Change, expected: str) -> None:
    assert change(rich) != rich
    assert expected in found(change(rich))


def members(name: WorkloadId, **fields: object) -> Change:
    """Change what a workload is said to belong to."""

    def change(plan: IsolationPlan) -> IsolationPlan:
        known = {**plan.trust.members, str(name): replace(plan.trust.members[str(name)], **fields)}
        return replace(plan, trust=replace(plan.trust, members=FrozenMap(known)))

    return change


def whole(**fields: Any) -> Change:
    """Change the plan itself."""
    return lambda plan: replace(plan, **fields)


def goal(name: str, **fields: Any) -> Change:
    """Change a goal."""
    return lambda plan: replace(plan, goals=tuple(replace(g, **fields) if g.name == name else g for g in plan.goals))


SAID: list[tuple[str, Change, str]] = [
    ("another reason for a level", members(WEB, because="spec.untagged of the policy"), "membership-because"),
    ("groups in another order", lambda plan: replace(plan, trust=replace(plan.trust, groups=plan.trust.groups[::-1])),
     "trust-differs"),
    ("less head-room than there is", goal("headroom", value=1), "goal-headroom"),
    ("fewer nodes than hold the pods", whole(separation=Separation(4, 4, 3, 3)), "separation-untrue"),
    ("more nodes that are proven to be needed", whole(separation=Separation(5, 5, 4, 4)), "separation-untrue"),
    ("a shortage of what there is enough of", whole(shortages=(Shortage("a", "cpu", 9000, 8000),)), "shortage-untrue"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), [row[1:] for row in SAID], ids=[row[0] for row in SAID])
def test_what_a_plan_says_beside_its_placement_is_made_anew(rich: IsolationPlan, change: Change, expected: str) -> None:
    assert change(rich) != rich
    assert expected in found(change(rich))


NO: list[tuple[str, Change, str]] = [
    ("fewer nodes than repair it", whole(repairs=(Repair("n1", 1, "a"),)), "repair-untrue"),
    ("more nodes than repair it", whole(repairs=(Repair("n1", 3, "a"),)), "repair-untrue"),
    ("nodes that repair nothing", whole(repairs=(Repair("n3", 9, "b"),)), "repair-untrue"),
    ("repairs that are struck out", whole(repairs=()), "repair-untrue"),
    ("a repair that is named twice", whole(repairs=(Repair("n1", 2, "a"),) * 2), "repair-untrue"),
    ("a repair of all that repairs one ring", whole(repairs=(Repair("n1", 2),)), "repair-untrue"),
    ("shortages that are struck out", whole(shortages=()), "shortage-untrue"),
    ("demands that all can be met", whole(conflict=(WorkloadId("Deployment", "shop", "sms"), API), conflict_smallest=True),
     "conflict-untrue"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), [row[1:] for row in NO], ids=[row[0] for row in NO])
def test_why_it_does_not_fit_and_what_would_help_is_looked_at_again(
    refused: IsolationPlan, change: Change, expected: str
) -> None:
    assert refused.repairs == (Repair("n1", 2, "a"),)
    assert change(refused) != refused
    assert expected in found(change(refused))


def uneven(plan: IsolationPlan, bound: float) -> IsolationPlan:
    """Give an idle node of the first ring to the other: the first has less room then, and there is a placement with more."""
    first, second = plan.rings
    idle = next(name for name in first.nodes if not any(name in one.on for one in plan.placements))
    first, second = (replace(made, nodes=tuple(sorted({*made.nodes} ^ {idle}))) for made in (first, second))
    return goal("headroom", value=750, bound=bound)(replace(plan, rings=(first, second)))


def test_a_bound_that_a_better_placement_refutes_is_untrue(even: IsolationPlan) -> None:
    assert next(one for one in even.goals if one.name == "headroom").bound == 875
    true, lie = (list(solve_again.again(rebuild(uneven(even, bound)))) for bound in (875, 750))
    assert true == []
    assert [(one.code, one.subject) for one in lie] == [("bound-unproven", "headroom")]


@pytest.mark.parametrize("tuning", [AuditTuning(pairs=0), AuditTuning(workloads=0)], ids=["many pairs", "many workloads"])
def test_of_a_large_plan_it_is_said_what_was_not_solved_again(even: IsolationPlan, tuning: AuditTuning) -> None:
    told = list(solve_again.again(rebuild(even), tuning))
    assert [(one.code, one.severity) for one in told] == [("not-solved-again", INFO)]
    assert "separation" in told[0].parameters["parts"]


def test_of_too_many_pods_it_is_said_that_kube_scheduler_was_not_simulated(even: IsolationPlan) -> None:
    told = [one for one in findings(even, auditing=AuditTuning(simulated=0)) if one.code == "not-simulated"]
    assert [one.severity for one in told] == [WARNING]
