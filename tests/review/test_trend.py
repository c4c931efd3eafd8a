"""What several plans say of how a cluster came to be as it is."""

import json
from dataclasses import replace

from models.answer.review import Difference
from models.frozen_map import FrozenMap
from planner import formats, pipeline
from planner.paper import PLAIN
from tests.shop_that_buys import node, quiet, shape, workload, write


def plans(tmp_path, *inputs):
    for number, (work, inventory, policy) in enumerate(inputs):
        (tmp_path / str(number)).mkdir()
        made = pipeline.plan(write(tmp_path / str(number), work, inventory, **policy), quiet, exact=True)
        yield f"q{number}.yaml", made


API, PLUGIN = workload("api", "restricted", "3", 1), workload("plugin", "untrusted", "3", 1)
NODES = [node("n-1"), node("n-2")]


def test_a_plan_alone_has_no_past(tmp_path):
    ((_, plan),) = plans(tmp_path, ([API], NODES, {}))
    review = pipeline.review(plan, quiet, quick=True)
    assert (review.trend, review.difference) == ((), None)


def test_each_plan_has_its_row(tmp_path):
    first, second, (name, last) = plans(
        tmp_path,
        ([API], [node("n-1")], {}),
        ([API, PLUGIN], NODES, {}),
        ([API, workload("plugin", "untrusted", "3", 2)], NODES, {}),
    )
    trend = pipeline.review(last, quiet, quick=True, before=[first, second], name=name).trend
    assert [(past.name, past.rings, past.nodes, past.pods, past.unplaced, past.fill) for past in trend] == [
        ("q0.yaml", 1, 1, 1, 0, 750),
        ("q1.yaml", 2, 2, 2, 0, 750),
        ("q2.yaml", 2, 2, 2, 1, 750),
    ]
    assert [past.verdict for past in trend] == ["feasible", "feasible", "infeasible"]


def test_what_changed_is_told(tmp_path):
    batch, share = workload("batch", "untrusted", "1", 1), [["restricted", "untrusted"]]
    first, (name, last) = plans(
        tmp_path, ([API, PLUGIN], NODES, {}), ([API, batch], [NODES[0], node("n-3")], {"mayShare": share})
    )
    review = pipeline.review(last, quiet, quick=True, before=[first], name=name)
    told = review.difference
    assert (told.since, told.came, told.went) == ("q0.yaml", ("Deployment/shop/batch",), ("Deployment/shop/plugin",))
    assert (told.now_together, told.now_apart) == (("restricted and untrusted",), ())
    assert set(told.nodes_went) >= {"n-2"}
    assert told.cost is None


def test_the_other_way_round_the_groups_part(tmp_path):
    share = [["restricted", "untrusted"]]
    small = [workload("api", "restricted", "1", 1), workload("plugin", "untrusted", "1", 1)]
    first, (name, last) = plans(tmp_path, (small, NODES, {"mayShare": share}), (small, NODES, {}))
    told = pipeline.review(last, quiet, quick=True, before=[first], name=name).difference
    assert (told.now_together, told.now_apart) == ((), ("restricted and untrusted",))


def test_pods_and_nodes_that_move_are_counted(tmp_path):
    ((name, plan),) = plans(tmp_path, ([workload("api", "restricted", "1", 3), PLUGIN], [*NODES, node("n-3")], {}))
    home = {ring.name: ring.nodes for ring in plan.rings}
    (mine,) = (placement for placement in plan.placements if placement.ring == "restricted")
    here, there = (home["restricted"] * 2)[0], home["untrusted"][0]
    rings = tuple(
        replace(ring, nodes=tuple(sorted({*ring.nodes, there}))) if ring.name == "restricted" else replace(ring, nodes=())
        for ring in plan.rings
    )
    others = tuple(placement for placement in plan.placements if placement is not mine)
    before = replace(plan, placements=(replace(mine, on=FrozenMap({here: 3})), *others))
    after = replace(plan, rings=rings, placements=(replace(mine, on=FrozenMap({here: 1, there: 2})), *others))
    told = pipeline.review(after, quiet, quick=True, before=[("old.yaml", before)], name=name).difference
    assert (told.pods_moved, dict(told.nodes_moved)) == (2, {"untrusted to restricted": 1})


def test_money_is_held_against_money(tmp_path):
    shapes = [shape("small", "4", 0.2)]
    first, (name, last) = plans(tmp_path, ([API], shapes, {}), ([API, PLUGIN], shapes, {}))
    review = pipeline.review(last, quiet, quick=True, before=[first], name=name)
    assert review.difference.cost == 200_000
    for kind in ("md", "html", "table"):
        assert "0.20 per hour more than q0.yaml" in formats.review(review, kind, PLAIN)
    assert json.loads(formats.review(review, "json", PLAIN))["trend"][0]["cost"] == 200_000


def test_the_same_plan_twice_has_not_changed(tmp_path):
    ((name, plan),) = plans(tmp_path, ([API, PLUGIN], NODES, {}))
    told = pipeline.review(plan, quiet, quick=True, before=[("old.yaml", plan)], name=name).difference
    assert told == Difference("old.yaml", (), (), (), (), FrozenMap(), 0, (), (), None)
