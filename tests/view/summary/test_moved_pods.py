"""Which running pods move, by workload and the nodes that they leave."""

from dataclasses import replace

import pytest

from models.solver.outcome import Goal
from planner.formats import explained
from planner.paper import Paper
from planner.view.summary.front import explanation, summary, summary_data
from planner.view.summary.moved_pods import moving, places
from tests.explain.homes import NODES, at, made, only
from tests.shop_that_buys import node, running

SPREAD = {"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "DoNotSchedule"}
RING = "ringfence.node-restriction.kubernetes.io/ring"


def ringed(name, zone):
    found = node(name, "4", zone)
    found["metadata"]["labels"] |= {"home": "r", RING: "restricted"}
    return found


def told(plan):
    return [(one.workload.name, one.pods, places(plan, one)) for one in moving(plan)]


@pytest.mark.parametrize(
    ("runs", "replicas", "expected"),
    [
        pytest.param(("r-1", "r-1"), 2, [], id="none that stays"),
        pytest.param(("u-1", "r-1"), 2, [("api", 1, "1 from u-1 (ring untrusted)")], id="one on a node that is another ring's"),
        pytest.param(
            ("u-1", "u-1", "u-2"),
            3,
            [("api", 3, "2 from u-1 (ring untrusted), 1 from u-2 (ring untrusted)")],
            id="all, most first",
        ),
        pytest.param(("spare",), 2, [("api", 1, "1 from spare (outside every ring)")], id="one on a node that no ring has"),
        pytest.param(("left-alone",), 2, [], id="none on a node that the policy leaves alone"),
        pytest.param(
            ("u-1", "u-2", "r-1"),
            2,
            [("api", 1, "1 from u-1 (ring untrusted), 1 from u-2 (ring untrusted); 1 pod of them not wanted any more")],
            id="not those that are too many",
        ),
    ],
)
def test_what_moves_is(tmp_path, runs, replicas, expected):
    exclude = {"nodes": {"exclude": {"matchLabels": {"home": "none"}}}}
    work = [only("api", "restricted", "1", replicas, "r"), only("plugin", "untrusted", "3", 2, "u")]
    nodes = [*NODES, at("spare", "spare"), at("none", "left-alone")]
    plan = made(tmp_path, [*work, *running("api", "restricted", "1", *runs)], nodes, **exclude)
    assert told(plan) == expected
    assert sum(pods for _, pods, _ in expected) == next(goal.value for goal in plan.goals if goal.name == "moves")


def test_those_that_break_their_spread_have_to_go_in_any_case_and_do_not_move(tmp_path):
    spread = {"topologySpreadConstraints": [{**SPREAD, "labelSelector": {"matchLabels": {"app": "api"}}}]}
    work = only("api", "restricted", "1", 4, "r", **spread)
    plan = made(
        tmp_path, [work, *running("api", "restricted", "1", "n-1", "n-1", "n-1")], [ringed("n-1", "a"), ringed("n-2", "b")]
    )
    assert dict(plan.placements[0].on) == {"n-1": 2, "n-2": 2}
    assert told(plan) == []


def test_one_that_has_no_room_where_it_is_moves_within_its_ring(tmp_path):
    nodes = [at("r", "r-1", "3"), at("r", "r-2", "3")]
    plan = made(tmp_path, [only("api", "restricted", "2", 2, "r"), *running("api", "restricted", "1", "r-1", "r-1")], nodes)
    assert told(plan) == [("api", 1, "1 from r-1 (its own ring)")]


def test_many_nodes_are_cut_short(tmp_path):
    plan = made(
        tmp_path,
        [only("api", "restricted", "1", 9, "r"), *running("api", "restricted", "1", *"abcde")],
        [at("r", "r", "9"), *map(node, "abcde")],
    )
    assert told(plan) == [
        ("api", 5, "1 from a (outside every ring), 1 from b (outside every ring), 1 from c (outside every ring) and 2 more")
    ]


def test_the_summary_the_data_and_the_explanation_name_them(tmp_path):
    work = [only("api", "restricted", "1", 2, "r"), only("plugin", "untrusted", "3", 2, "u")]
    plan = made(tmp_path, [*work, *running("api", "restricted", "1", "u-1", "r-1")], NODES)
    text = " ".join(summary(plan, Paper(200), is_verbose=True).split())
    assert "Running pods that move: 1 kube-scheduler decides to which nodes of their ring." in text
    assert "Deployment/shop/api restricted 1 1 from u-1 (ring untrusted)" in text
    (moves,) = summary_data(plan)["moves"]
    assert moves == {"workload": "Deployment/shop/api", "ring": "restricted", "pods": 1, "leaves": {"u-1": 1}}
    said = " ".join(explanation(plan, explained(plan, "Deployment/shop/api"), Paper(200)).split())
    assert "1 of its 2 running pods moves: 1 from u-1 (ring untrusted)." in said
    assert "running pods" not in explanation(plan, explained(plan, "Deployment/shop/plugin"), Paper(200))
    more = replace(plan, goals=(Goal("moves", 3, 3),))
    assert "2 more pods of StatefulSets, whose volumes are on other nodes." in " ".join(
        summary(more, Paper(200), is_verbose=True).split()
    )


def test_where_nothing_runs_nothing_is_said(tmp_path):
    plan = made(tmp_path, [only("api", "restricted", "1", 2, "r")], NODES)
    assert "that move:" not in summary(plan)
    assert summary_data(plan)["moves"] == []
