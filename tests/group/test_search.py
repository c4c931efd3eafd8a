"""When rings are chosen at all, when sharing all is best by itself, and what is said where no way was found."""

import pytest

from models.answer.plan import Choice
from models.solver.outcome import FEASIBLE, INFEASIBLE, UNDECIDED, Goal
from planner import pipeline
from planner.group import search
from planner.group.tuning import GROUPING, GroupTuning
from planner.inputs import read_inputs
from planner.solve import Deadline, SearchContext
from planner.solve.runtime.interrupt import HALT
from tests.shop_that_buys import node, quiet, shape, workload, write

PAIR = {"levels": ["a", "b"], "mayShare": [["a", "b"]]}
API, WEB = workload("api", "a", "3", 1), workload("web", "b", "3", 1)
HEAVY = workload("web", "b", "4", 2)
AGENT = workload("agent", "a", "1", 0, kind="DaemonSet")
SHARED = workload("agent", "", "1", 0, kind="DaemonSet")
FOUR, SIX = shape("four", "4", 0.1, zones=["z-1"]), shape("six", "6", 0.1)


def chosen(folder, work, nodes, objective="", seconds=None, gap=0.0, tuning=GROUPING, **spec):
    policy, cluster = read_inputs(write(folder, work, nodes, **{**PAIR, **spec}), [])
    context = SearchContext(deadline=Deadline(seconds), gap=gap)
    trusted, choice = search.choose_rings(cluster, policy, context, objective, tuning)
    return [ring.name for ring in trusted.rings], choice


def spread(name, level):
    """Write pods that want to be as many in each zone."""
    rule = {"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "DoNotSchedule"}
    return workload(name, level, "1", 2, topologySpreadConstraints=[{**rule, "labelSelector": {"matchLabels": {"app": name}}}])


NONE = {"everywhere": []}
ROWS = [
    ("nobody who trusts nobody", [API, WEB], [FOUR], {"mayShare": []}, ["a", "b"], False),
    ("all who trust each other, without a search", [API, WEB], [FOUR], {}, ["a_b"], False),
    ("not more than a ring may have", [API, WEB], [FOUR], {"ringNodes": [{"max": 1}]}, ["a", "b"], True),
    ("all, where a ring may have enough", [API, WEB], [FOUR], {"ringNodes": [{"max": 2}]}, ["a_b"], True),
    ("all, where a DaemonSet of one makes it no dearer", [API, WEB, AGENT], [FOUR, SIX], NONE, ["a_b"], True),
    ("not where a DaemonSet of one takes the room", [API, HEAVY, AGENT], [FOUR], NONE, ["a", "b"], True),
    ("all, where the DaemonSet is a shared resident", [API, WEB, SHARED], [FOUR], {}, ["a_b"], False),
    ("by search, where pods are spread", [API, spread("web", "b")], [FOUR], {}, ["a_b"], True),
    ("as few as there may be", [API, WEB], [FOUR], {"maxRings": 1}, ["a_b"], False),
]  # fmt: skip


@pytest.mark.parametrize(("work", "nodes", "spec", "rings", "compared"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_who_shares(tmp_path, work, nodes, spec, rings, compared):
    names, choice = chosen(tmp_path, work, nodes, **spec)
    assert (names, choice is not None) == (rings, compared)


def test_running_pods_stay_first_where_nothing_is_priced_and_nodes_are_saved_first_where_that_is_asked_for(tmp_path):
    labels = [{"ringfence.node-restriction.kubernetes.io/ring": name} for name in ("a", "b")]
    nodes = [node("n1"), node("n2")]
    for one, more in zip(nodes, labels, strict=True):
        one["metadata"]["labels"] |= more
    small = [workload("api", "a", "1", 1), spread("web", "b")]
    for objective in ("", "cost"):
        names, choice = chosen(tmp_path, small, nodes, objective)
        assert names == ["a_b"]
        assert choice.goal == Goal("nodes", 1, 1)


def test_where_nodes_could_not_be_counted_in_time_none_are_said_to_be_needed(tmp_path, monkeypatch):
    monkeypatch.setattr("planner.solve.fewest_nodes", lambda *_: (-1, 0))
    nodes, limits = [node("n1"), node("n2")], {"ringNodes": [{"max": 1}]}
    names, choice = chosen(tmp_path, [API, WEB], nodes, **limits)
    assert (names, choice.goal, choice.reason) == (["a", "b"], None, "")
    curve = pipeline.tradeoff(write(tmp_path, [API, WEB], nodes, **{**PAIR, **limits}), quiet)
    plan = pipeline.plan(write(tmp_path, [API, WEB], nodes, **{**PAIR, **limits}), quiet, exact=True)
    assert (plan.verdict, plan.choice.goal, [one for one in pipeline.verify(plan) if one.severity == "error"]) == (
        FEASIBLE,
        None,
        [],
    )
    assert (len(curve.points[0].rings), curve.points[0].verdict, curve.points[0].goal) == (2, UNDECIDED, None)


@pytest.mark.parametrize(
    ("gap", "planned", "value", "whole"),
    [
        pytest.param(0.0, 2, 2.3, True, id="without a gap all are planned that may be better"),
        pytest.param(0.5, 1, 2.5, False, id="what is near enough may not be best, and is not said to be"),
    ],
)
def test_a_gap_that_is_asked_for_ends_the_search_of_ways_and_proves_nothing(tmp_path, gap, planned, value, whole):
    """Sharing of a and b costs 2.5, that of b and c 2.3."""
    work = [workload("x", "a", "1", 1), workload("y", "b", "3", 1), workload("z", "c", "4", 1)]
    few = {"zones": ["z-1"]}
    nodes = [
        shape("s", "4", 1, max=1, **few),
        shape("d", "4", 1.5, **few),
        shape("t", "1", 0.3, **few),
        shape("m", "7", 2, **few),
    ]
    spec = {"levels": ["a", "b", "c"], "mayShare": [["a", "b"], ["b", "c"]], "maxRings": 2}
    _, choice = chosen(tmp_path, work, nodes, gap=gap, **spec)
    assert (choice.planned, choice.goal.value, choice.whole) == (planned, value, whole)


@pytest.mark.parametrize(
    ("verdict", "choice", "said"),
    [
        pytest.param(INFEASIBLE, Choice(3, None, False), UNDECIDED, id="a no of some ways is no answer for all"),
        pytest.param(INFEASIBLE, Choice(3, None, True), INFEASIBLE, id="a no of all ways is a no"),
        pytest.param(FEASIBLE, Choice(0, None, True, "maxRings: 1"), INFEASIBLE, id="rings that are too many are a no"),
        pytest.param(FEASIBLE, Choice(0, None, False, "maxRings: 1"), UNDECIDED, id="rings that may be too many are no answer"),
        pytest.param(INFEASIBLE, None, INFEASIBLE, id="a no where there was no choice"),
    ],
)
def test_what_is_said_of_all_ways(tmp_path, verdict, choice, said):
    from dataclasses import replace

    made = pipeline.plan(write(tmp_path, [API], [FOUR], levels=["a"]), quiet, exact=True)
    assert search.with_choice(replace(made, verdict=verdict), choice).verdict == said


def test_very_many_who_all_trust_each_other_are_one_ring_at_once(tmp_path):
    names = [f"g{at:02}" for at in range(14)]
    work = [workload(name, name, "1", 1) for name in names]
    rings, choice = chosen(tmp_path, work, [FOUR], levels=names, mayShare=[names])
    assert (rings, choice) == (["_".join(names)], None)


@pytest.mark.parametrize(
    ("seconds", "asked"), [pytest.param(0.0, False, id="time is up"), pytest.param(None, True, id="an end was asked for")]
)
def test_however_late_it_is_there_is_a_way_and_no_reason_why_not(tmp_path, monkeypatch, seconds, asked):
    monkeypatch.setattr(HALT, "asked", asked)
    limits = {"ringNodes": [{"max": 1}]}
    names, choice = chosen(tmp_path, [API, WEB], [FOUR], seconds=seconds, **limits)
    assert names in (["a", "b"], ["a_b"])
    assert choice.reason == ""
    curve = pipeline.tradeoff(write(tmp_path, [API, WEB], [FOUR], **{**PAIR, **limits}), quiet, seconds)
    assert [len(point.rings) for point in curve.points] == [2, 1]


@pytest.mark.parametrize(("ways", "whole"), [(1, False), (24, True)], ids=["one", "all of them"])
def test_no_more_ways_are_planned_than_there_may_be(tmp_path, ways, whole):
    _, choice = chosen(tmp_path, [API, HEAVY, AGENT], [FOUR], tuning=GroupTuning(ways=ways), **NONE)
    assert choice.planned <= ways
    assert choice.whole is whole
