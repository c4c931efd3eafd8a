"""No field of a plan can be changed so that a reader believes, or a patch does, what the inputs do not give.

Every field of every noun that a plan holds is changed in all ways that its type allows. What can still be read must be found by
`verify`, unless a row below says why it cannot matter. A field that is new is changed too: it needs a check, or a row.
"""

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

from models.answer.finding import ERROR
from models.answer.plan import Choice, IsolationPlan, Separation
from models.solver.outcome import UNDECIDED, Goal
from planner import pipeline
from planner.audit.findings import findings
from planner.errors import BadInput
from planner.refine.oracle.oracle import EXACT
from tests.verify import real_plans
from tests.verify.lies import Lie, believed, fields_lied_about, fields_of_plans, lies, told_of

EACH = int(os.environ.get("RINGFENCE_LIES", "1"))
"""So many lies of each kind are told about each field; a soak tells more."""
GIVEN = "is what the plan was made from, and with which all of it agrees: `verify --against` reads the inputs again"
PLACE = "says where something was read, which messages name"
ORDER = "is a list in which the order says nothing"
LED = "is a decision like where pods are placed: what the plan promises is played through as it stands, and holds"
CANNOT_MATTER = {
    "digests…": GIVEN,
    "policy…": GIVEN,
    "cluster.budgets…": GIVEN,
    "cluster.claims…": GIVEN,
    "cluster.denying…": GIVEN,
    "cluster.hooks…": GIVEN,
    "cluster.kubernetes": GIVEN,
    "cluster.live": GIVEN,
    "cluster.namespaces…": GIVEN,
    "cluster.nodes…": GIVEN,
    "cluster.residents…": GIVEN,
    "cluster.shapes…": GIVEN,
    "cluster.storageClasses…": GIVEN,
    "cluster.unread…": "is what the reader could not tell: the plan says it too, and only who reads the inputs again finds more",
    "cluster.volumes…": GIVEN,
    "cluster.workloads swapped": ORDER,
    "cluster.workloads[] other": GIVEN,
    "cluster.workloads[].absent…": "says where guards begin: a wrong one fails the build, and a tag that it hides is found",
    "cluster.workloads[].away": GIVEN,
    "cluster.workloads[].claimTemplates…": GIVEN,
    "cluster.workloads[].confinement…": GIVEN,
    "cluster.workloads[].endsFirst": GIVEN,
    "cluster.workloads[].held…": GIVEN,
    "cluster.workloads[].labels…": GIVEN,
    "cluster.workloads[].later": GIVEN,
    "cluster.workloads[].madeBy": GIVEN,
    "cluster.workloads[].runLabels…": GIVEN,
    "cluster.workloads[].startOrdinal": GIVEN,
    "cluster.workloads[].surge": GIVEN,
    "cluster.workloads[].template.attached…": GIVEN,
    "cluster.workloads[].template.claims…": GIVEN,
    "cluster.workloads[].template.containers…": GIVEN,
    "cluster.workloads[].template.emptyDirs…": GIVEN,
    "cluster.workloads[].template.hostNetwork": GIVEN,
    "cluster.workloads[].template.hostPaths…": GIVEN,
    "cluster.workloads[].template.initContainers…": GIVEN,
    "cluster.workloads[].template.labels…": GIVEN,
    "cluster.workloads[].template.newClaims…": GIVEN,
    "cluster.workloads[].template.otherImages…": GIVEN,
    "cluster.workloads[].template.overhead…": GIVEN,
    "cluster.workloads[].template.preempts": GIVEN,
    "cluster.workloads[].template.priority": GIVEN,
    "cluster.workloads[].template.requests…": GIVEN,
    "cluster.workloads[].where": PLACE,
    "cluster.workloads[].whole": GIVEN,
    "certificate…": "is a proof of a bound: whatever proves the bound that is said is as good, and what does not is found",
    "choice.planned": "is how many ways were looked at, of which nothing follows",
    "guides swapped": ORDER,
    "guides without": LED,
    "guides[].required": LED,
    "guides[].values…": LED,
    "losses swapped": ORDER,
    "notModelled swapped": ORDER,
    "packingGoals added": "says what a packing reached that no plan carries, where the plan is none: nothing hangs on it",
    "placements swapped": ORDER,
    "placements without": "says that no pod of a workload has a place, as `unplaced` does",
    "rings[].nodes swapped": ORDER,
    "shared[].rings swapped": ORDER,
    "growth swapped": ORDER,
    "newGroups[].nodes swapped": ORDER,
    "shortages swapped": ORDER,
    "unenforced swapped": ORDER,
    "unplaced swapped": ORDER,
}
"""Pattern of a field, with all that is in it where it ends in …, and the kind of lie if only such can pass -> why."""


def excuse(lie: Lie) -> str:
    """Return the row that says why a lie cannot matter; nothing where there is none."""
    for row in CANNOT_MATTER:
        pattern, _, told = row.partition(" ")
        below = pattern.endswith("…") and lie.pattern.startswith(pattern[:-1])
        if (below or lie.pattern == pattern) and told in ("", lie.told):
            return row
    return ""


def says_less(told: IsolationPlan, true: IsolationPlan) -> bool:
    """Say whether a plan differs only in that it claims less: what is said of less, or not said, remains true.

    A plan that was made in a hurry says less, too, and is no lie.
    """
    kept = replace(
        told,
        verdict=true.verdict if told.verdict == UNDECIDED else told.verdict,
        packing=true.packing if told.packing == EXACT and not any(made.any_order for made in told.rings) else told.packing,
        goals=true.goals if _are_looser(told.goals, true.goals) else told.goals,
        packing_goals=true.packing_goals if _are_looser(told.packing_goals, true.packing_goals, True) else told.packing_goals,
        separation=true.separation if _is_wider(told.separation, true.separation) else told.separation,
        choice=true.choice if _is_vaguer(told.choice, true.choice) else told.choice,
        remedies=true.remedies if set(told.remedies) <= set(true.remedies) else told.remedies,
        conflict_smallest=told.conflict_smallest or true.conflict_smallest,
        reserves=true.reserves if _is_part(told, true) else told.reserves,
    )
    return kept == true


def _are_looser(told: tuple[Goal, ...], true: tuple[Goal, ...], also_worse: bool = False) -> bool:
    if also_worse and not told:
        return True
    pairs = list(zip(told, true, strict=False))
    named = len(told) == len(true) and all((one.name, one.sense) == (other.name, other.sense) for one, other in pairs)
    return named and all(_is_looser(one, other, also_worse) for one, other in pairs)


def _is_looser(told: Goal, true: Goal, also_worse: bool) -> bool:
    sign = 1 if true.sense == "min" else -1
    worse = sign * (told.value - true.value)
    return (worse == 0 or (also_worse and worse > 0)) and sign * (told.bound - true.bound) <= 0


def _is_wider(told: Separation | None, true: Separation | None) -> bool:
    if told is None or true is None:
        return told is None
    values = told.nodes_with >= true.nodes_with and told.nodes_without >= true.nodes_without
    return values and told.nodes_with_bound <= true.nodes_with_bound and told.nodes_without_bound <= true.nodes_without_bound


def _is_vaguer(told: Choice | None, true: Choice | None) -> bool:
    if told is None or true is None:
        return told is None
    goals = told.goal is None or (true.goal is not None and _is_looser(told.goal, true.goal, True))
    return goals and told.whole <= true.whole and replace(told, goal=true.goal, whole=true.whole) == true


def _is_part(told: IsolationPlan, true: IsolationPlan) -> bool:
    known = {(one.ring, one.workload): one.pods for one in true.reserves}
    names = [(one.ring, one.workload) for one in told.reserves]
    return len(set(names)) == len(names) and all(one.pods <= known.get((one.ring, one.workload), 0) for one in told.reserves)


@pytest.fixture(name="plans", scope="module")
def _plans(tmp_path_factory: pytest.TempPathFactory) -> dict[str, IsolationPlan]:
    folder = tmp_path_factory.mktemp("plans")
    made = {}
    for make in real_plans.MAKERS:
        (folder / make.__name__).mkdir()
        made[make.__name__] = make(folder / make.__name__)
    return made


def passing(plans: dict[str, IsolationPlan], told: Iterator[tuple[str, Lie]]) -> Iterator[tuple[str, Lie]]:
    """Yield the lies that can be read, change something, and are not found."""
    trees = {name: told_of(plan) for name, plan in plans.items()}
    for name, lie in told:
        try:
            plan = believed(lie.tell(trees[name]))
        except BadInput:
            continue
        found = plan != plans[name] and not any(one.severity == ERROR for one in findings(plan))
        if found and not says_less(plan, plans[name]):
            yield name, lie


def test_plans_as_they_were_made_are_believed(plans: dict[str, IsolationPlan]) -> None:
    for name, plan in plans.items():
        assert believed(told_of(plan)) == plan
        assert [(name, one) for one in pipeline.verify(plan) if one.severity == ERROR] == []


def test_between_them_the_plans_have_every_field(plans: dict[str, IsolationPlan]) -> None:
    assert sorted(fields_of_plans() - fields_lied_about(plans)) == []


def test_no_lie_is_believed(plans: dict[str, IsolationPlan]) -> None:
    told = ((name, lie) for name, lie in lies(plans, EACH) if not excuse(lie))
    assert [f"{name}: {lie}" for name, lie in passing(plans, told)] == []


@pytest.mark.skipif(EACH == 1, reason="takes minutes; RINGFENCE_LIES=3 looks whether every row is needed")
def test_every_row_is_needed(plans: dict[str, IsolationPlan]) -> None:
    needed = {excuse(lie) for _, lie in passing(plans, lies(plans, EACH))}
    assert sorted(set(CANNOT_MATTER) - needed) == []
