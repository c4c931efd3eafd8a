"""What is owned already is not bought once more: offers make no plan dearer than it is without them."""

import pytest

from models.answer.finding import ERROR
from models.solver.outcome import COST, FEASIBLE
from planner import pipeline
from tests.shop_that_buys import node, quiet, shape, workload, write
from tests.soak import soak_after

POOL = "ringfence.node-restriction.kubernetes.io/pool"
OFFER = shape("only", "3770m", 0.192)
PODS = [workload("widget", "untrusted", "500m", 2), workload("runner", "untrusted", "1100m", 6)]
for one in PODS:
    del one["spec"]["strategy"]  # three pods more while they roll out


def owned(pool, at, price=""):
    """Write a node of a pool that was bought before."""
    made = node(f"own-{at}", "3770m", f"z-{at}", price)
    made["metadata"]["labels"][POOL] = pool
    return made


def planned(folder, inventory, **options):
    return pipeline.plan(write(folder, PODS, inventory, levels=["untrusted"], everywhere=[]), quiet, **options)


@pytest.mark.parametrize("objective", soak_after(1, ["churn", "cost"]))
@pytest.mark.parametrize(("price", "cost"), [pytest.param("", 0.0, id="free"), pytest.param("0.1", 0.3, id="at a price")])
def test_nothing_is_bought_beside_nodes_that_do_without_it(tmp_path, price, cost, objective):
    there = [owned("pool-1", 1, price), owned("pool-1", 2, price), owned("pool-2", 3, price)]
    alone, made = planned(tmp_path, there, objective=objective), planned(tmp_path, [*there, OFFER], objective=objective)
    assert (alone.verdict, made.verdict) == (FEASIBLE, FEASIBLE)
    assert not any(ring.buy for ring in made.rings)
    assert made.placements == alone.placements
    assert [shape.name for shape in made.cluster.shapes] == ["only"]
    (goal,) = [goal for goal in made.goals if goal.name == COST]
    assert (goal.value, goal.bound) == (pytest.approx(cost), pytest.approx(cost))
    assert [one for one in pipeline.verify(made) if one.severity == ERROR] == []


def test_where_the_owned_nodes_do_not_do_more_are_bought(tmp_path):
    made = planned(tmp_path, [owned("pool-1", 1), owned("pool-2", 2), OFFER])
    assert made.is_kept
    assert any(ring.buy for ring in made.rings)
