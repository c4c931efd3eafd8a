"""One way of breaking how rings were chosen, and limited, per row, and the finding that it must raise."""

from dataclasses import replace

import pytest

from models.answer.finding import WARNING
from models.answer.plan import IsolationPlan
from models.solver.outcome import COST, FEASIBLE, INFEASIBLE, Goal
from models.trust import Group, RingNodes
from planner import pipeline
from planner.verify import verify
from planner.verify.rings.choice import check
from tests.shop_that_buys import node, quiet, shape, workload, write
from tests.verify.breaks import Break

WORK = [workload("api", "a", "2", 1), workload("web", "b", "2", 1), workload("jobs", "c", "2", 1)]
CHAIN = {"levels": ["a", "b", "c"], "mayShare": [["a", "b"], ["b", "c"]]}
SHAPES = [shape("small", "2", 0.1), shape("big", "4", 0.15)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> IsolationPlan:
    """Return a plan for which rings were chosen, and which buys."""
    given = write(tmp_path_factory.mktemp("chain"), WORK, SHAPES, **CHAIN, maxRings=2, ringNodes=[{"min": 1, "max": 3}])
    return pipeline.plan(given, quiet, exact=True)


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> IsolationPlan:
    """Return a no, because there would be too many rings."""
    return pipeline.plan(write(tmp_path_factory.mktemp("no"), WORK, SHAPES, **CHAIN, maxRings=1), quiet, exact=True)


@pytest.fixture(scope="module")
def owned(tmp_path_factory: pytest.TempPathFactory) -> IsolationPlan:
    """Return a plan for which rings were chosen by nodes."""
    nodes = [node(f"n{at}") for at in range(3)]
    return pipeline.plan(write(tmp_path_factory.mktemp("own"), WORK, nodes, **CHAIN), quiet, exact=True)


def policy(**fields: object) -> Break:
    return lambda plan: replace(plan, policy=replace(plan.policy, **fields))


def choice(**fields: object) -> Break:
    return lambda plan: replace(plan, choice=replace(plan.choice, **fields))


def goal(**fields: object) -> Break:
    return lambda plan: choice(goal=replace(plan.choice.goal, **fields))(plan)


def dearer(plan: IsolationPlan, packed: float) -> IsolationPlan:
    """Return the plan as if its packing were cheaper than what no way to share is said to undercut."""
    cost = next(one for one in plan.goals if one.name == "cost")
    return replace(plan, packing_goals=(replace(cost, value=packed * cost.value, bound=0.0),))


ROWS: list[tuple[str, Break, str]] = [
    ("more rings than there may be", policy(max_rings=1), "ring-limit"),
    ("a ring with too few nodes", policy(ring_nodes=(RingNodes(4),)), "ring-limit"),
    ("a ring with too many nodes", policy(ring_nodes=(RingNodes(0, 0),)), "ring-limit"),
    ("a ring with too few nodes for one of its groups", policy(ring_nodes=(RingNodes(4, None, ("b",)),)), "ring-limit"),
    ("another cost than the plan's", goal(value=0.1, bound=0.1), "choice-goal"),
    ("a goal that rings are not chosen by", goal(name="beauty"), "choice-goal"),
    ("a goal that is made large", goal(sense="max"), "choice-goal"),
    ("a bound above the value", goal(bound=99.0), "goal-bound"),
    ("a bound above what the packing costs", lambda plan: dearer(plan, packed=0.5), "goal-bound"),
    ("a yes with a reason for a no", choice(reason="there is no way"), "choice-reason"),
    ("groups that keep apart for no reason", choice(apart=("a", "c")), "choice-reason"),
]
REFUSALS: list[tuple[str, Break, str]] = [
    ("a no where the rings are not too many", policy(max_rings=2), "choice-reason"),
    ("a no without groups where there is a way", lambda plan: policy(max_rings=2)(choice(apart=())(plan)), "choice-reason"),
    ("groups that may share, said to be apart", choice(apart=("a", "b")), "choice-reason"),
    ("groups of which one is none, said to be apart", choice(apart=("a", "c", "ghost")), "choice-reason"),
    ("a group that is said to be apart from itself", choice(apart=("a", "c", "c")), "choice-reason"),
    ("a no that is called a yes", lambda plan: replace(plan, verdict=FEASIBLE), "choice-reason"),
    ("a no although no ring is limited", policy(max_rings=None), "verdict"),
]


@pytest.mark.parametrize(("change", "finding"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_choice_that_is_broken_is_found_out(made: IsolationPlan, change: Break, finding: str) -> None:
    assert finding in {one.code for one in verify(change(made))}


@pytest.mark.parametrize(("change", "finding"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS])
def test_a_refusal_that_is_broken_is_found_out(refused: IsolationPlan, change: Break, finding: str) -> None:
    assert finding in {one.code for one in verify(change(refused))}


def test_choices_as_they_were_made_raise_nothing(made, refused, owned) -> None:
    assert made.choice is not None
    assert made.choice.goal is not None
    assert (made.verdict, refused.verdict, owned.verdict) == (FEASIBLE, INFEASIBLE, FEASIBLE)
    assert refused.choice is not None
    assert refused.choice.apart == ("a", "c")
    assert [verify(plan) for plan in (made, refused, owned)] == [(), (), ()]


def test_more_nodes_than_the_rings_have_are_found_out(owned: IsolationPlan) -> None:
    assert owned.choice is not None
    assert owned.choice.goal == Goal("nodes", 2, 2)
    assert COST not in {one.name for one in owned.goals}
    assert "choice-goal" in {one.code for one in verify(goal(value=9)(owned))}


def test_a_refusal_of_many_groups_is_taken_with_a_warning(refused: IsolationPlan) -> None:
    many = replace(refused.trust, groups=tuple(Group(f"g{at}") for at in range(13)))
    reason = "maxRings: 1, and as mayShare is: at least 2 rings"
    found = list(check(replace(choice(apart=(), reason=reason)(refused), trust=many)))
    assert [(one.code, one.severity) for one in found] == [("choice-reason", WARNING)]
