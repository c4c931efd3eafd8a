"""Where a packing is not kept although it is guided, workloads live on one kind of nodes each, and rings swap nodes."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from models.answer.finding import ERROR
from models.trust import Survive, TrustPolicy
from planner import pipeline, simulate, solve
from planner.refine.moves import one_shape_per_workload
from planner.refine.tuning import TUNING, Tuning
from planner.verify import verify
from tests.cluster import greed
from tests.soak import later, soak_after

APART, SWAPPED = 502, 504
"""Clusters, 90 % full: one that is kept once workloads live apart, one where rings also have to swap nodes."""
BRIEF = Tuning(small=0, attempts=1, hint_tries=0)
"""The usual orders will do, and nothing else is tried."""
END = 1e5
"""More seconds than any search takes."""


@pytest.fixture(name="planned", scope="module")
def _planned(tmp_path_factory):
    """Plan each cluster once, by homes or else not at all; the usual orders will do."""
    known = {}

    def planned(seed, guide="require", exact=False, rounds=60, anew=False):
        key = (seed, guide, exact, rounds)
        if key not in known or anew:
            folder = tmp_path_factory.mktemp("greed")
            greed.write(seed, 0.9, folder, guide)
            inputs = pipeline.Inputs((), (str(folder / "all.json"),), str(folder / "trust.json"))
            known[key] = pipeline.plan(inputs, lambda _: None, exact=exact, tuning=replace(BRIEF, shape_rounds=rounds))
        return known[key]

    return planned


@pytest.mark.parametrize("seed", soak_after(1, [SWAPPED, APART]))
def test_a_plan_is_kept_where_workloads_live_on_one_kind_of_nodes(planned, seed):
    made = planned(seed)
    assert made.is_kept
    assert made.guides
    assert all(len(guide.values) == 1 for guide in made.guides)
    assert not any(run.pending for run in simulate.foresee(made).runs)
    assert [one for one in verify(made) if one.severity == ERROR] == []
    assert planned(seed, rounds=0).is_at_risk, "nothing else does"


@pytest.mark.soak
def test_the_same_input_gives_the_same_homes(planned):
    before = planned(APART)
    again = planned(APART, anew=True)
    assert (again.guides, again.placements, again.rings) == (before.guides, before.placements, before.rings)


@pytest.mark.parametrize(
    ("rounds", "work"),
    [later((60, TUNING.lead_work), id="for other homes"), later((0, TUNING.room_work), id="for more room")],
)
def test_no_search_takes_longer_than_there_is_time_by_then(monkeypatch, tmp_path, rounds, work):
    greed.write(APART, 0.9, tmp_path, "require")
    now, real, asked = [0.0], solve.solve, set()

    def recorded(problem, context, *given):
        assert context.deadline.left() <= END - now[0]
        asked.add(context.budget.work)
        now[0] += 1
        return real(problem, context, *given)

    monkeypatch.setattr("planner.solve.runtime.deadline.time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(solve, "solve", recorded)
    inputs = pipeline.Inputs((), (str(tmp_path / "all.json"),), str(tmp_path / "trust.json"))
    pipeline.plan(inputs, lambda _: None, seconds=END, tuning=replace(BRIEF, shape_rounds=rounds, attempts=2))
    assert work in asked


@pytest.mark.soak
def test_only_rings_that_are_not_kept_are_led(planned):
    made = planned(APART)
    free = simulate.foresee(replace(made, guides=()))
    stuck = {one.ring for one in free.rings if one.any_order.is_stuck}
    assert {made.trust.members[str(guide.workload)].ring for guide in made.guides} == stuck
    assert len(stuck) < len(made.rings)


def test_rings_swap_nodes_where_homes_alone_do_not_do(planned):
    exact, made = planned(SWAPPED, exact=True), planned(SWAPPED)
    assert [one.nodes for one in made.rings] != [one.nodes for one in exact.rings]
    assert sorted(name for one in made.rings for name in one.nodes) == sorted(node.name for node in made.cluster.nodes)
    assert [one.name for one in made.packing_goals] == [one.name for one in made.goals]


@pytest.mark.soak
def test_nobody_is_led_against_the_policy(planned):
    gentle = planned(APART, "prefer")
    assert not any(guide.required for guide in gentle.guides)
    none = planned(APART, "none")
    assert (none.is_at_risk, none.guides) == (True, ())


@pytest.mark.parametrize(
    ("policy", "led"),
    [
        (TrustPolicy("p", ("a",)), True),
        (TrustPolicy("p", ("a",), guide="require"), True),
        (TrustPolicy("p", ("a",), guide="none"), False),
        (TrustPolicy("p", ("a",), survive=Survive(nodes=1)), False),
        (TrustPolicy("p", ("a",), survive=Survive(zones=1)), False),
    ],
)
def test_who_must_survive_a_loss_is_not_bound_to_one_kind(policy, led):
    assert one_shape_per_workload.is_led(policy) is led
