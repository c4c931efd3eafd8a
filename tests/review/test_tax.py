"""What isolation costs, where it is small enough to know by hand."""

import pytest

from models.answer.tax import Cause, Range, Tax
from planner import pipeline
from planner.review.report import words
from tests.review.test_numbers import path_of
from tests.shop_that_buys import node, quiet, shape, workload, write
from tests.soak import soak_after


def taxed(tmp_path, work, inventory, exact=True, **policy) -> Tax:
    review = pipeline.review(pipeline.plan(write(tmp_path, work, inventory, **policy), quiet, exact=exact), quiet)
    assert review.tax is not None
    return review.tax


def exactly(value: int) -> Range:
    return Range(value, value)


HALF, OTHER_HALF = workload("api", "restricted", "2", 1), workload("plugin", "untrusted", "2", 1)


def test_two_halves_of_a_node_cost_a_node_each(tmp_path):
    tax = taxed(tmp_path, [HALF, OTHER_HALF], [node("n-1"), node("n-2"), node("n-3")])
    assert (tax.unit, tax.apart, tax.together, tax.alone) == ("nodes", exactly(2), exactly(1), None)
    assert (tax.least, tax.most) == (1, 1)
    assert tax.causes == (Cause("restricted", 1, 0), Cause("untrusted", 1, 0))
    assert [cause.tax for cause in tax.causes] == [1, 1]  # more than the whole: each could sit beside the other


def test_groups_that_fill_their_nodes_cost_nothing(tmp_path):
    work = [workload("api", "restricted", "4", 2), workload("plugin", "untrusted", "4", 1)]
    tax = taxed(tmp_path, work, [node(f"n-{n}") for n in range(4)])
    assert (tax.apart, tax.together, tax.most) == (exactly(3), exactly(3), 0)
    assert {cause.group: cause.tax for cause in tax.causes} == {"restricted": 0, "untrusted": 0}


def test_one_group_causes_what_its_leftover_costs(tmp_path):
    work = [workload("api", "restricted", "4", 2), workload("plugin", "untrusted", "1", 1), workload("batch", "middle", "3", 1)]
    tax = taxed(tmp_path, work, [node(f"n-{n}") for n in range(5)], levels=["restricted", "middle", "untrusted"])
    assert (tax.apart, tax.together) == (exactly(4), exactly(3))
    assert {cause.group: (cause.apart, cause.together) for cause in tax.causes} == {
        "restricted": (2, 2),
        "middle": (1, 0),
        "untrusted": (1, 0),
    }


def test_groups_that_share_are_held_against_each_alone(tmp_path):
    levels, share = ["restricted", "middle", "untrusted"], [["middle", "untrusted"]]
    work = [HALF, OTHER_HALF, workload("batch", "middle", "2", 1)]
    tax = taxed(tmp_path, work, [node(f"n-{n}") for n in range(4)], levels=levels, mayShare=share)
    assert (tax.apart, tax.together, tax.alone) == (exactly(2), exactly(2), exactly(3))


def test_what_is_bought_is_counted_in_money(tmp_path):
    tax = taxed(tmp_path, [HALF, OTHER_HALF], [shape("small", "4", 0.2)])
    assert (tax.unit, tax.apart, tax.together) == ("per hour", exactly(400_000), exactly(200_000))
    assert {cause.group: cause.tax for cause in tax.causes} == {"restricted": 200_000, "untrusted": 200_000}


@pytest.mark.parametrize("sample", soak_after(2, ["quickstart", "tenants", "may-share"]))
def test_the_whole_is_what_the_plan_says_that_separation_costs(sample):
    plan = pipeline.load(str(path_of(sample)))
    tax, said = pipeline.review(plan, quiet).tax, plan.separation
    assert (tax.apart, tax.together) == (
        Range(said.nodes_with, said.nodes_with_bound),
        Range(said.nodes_without, said.nodes_without_bound),
    )


def test_a_plan_that_does_not_hold_is_not_held_against_anything(tmp_path):
    plan = pipeline.plan(write(tmp_path, [workload("api", "restricted", "5", 1)], [node("n-1")]), quiet)
    assert pipeline.review(plan, quiet).tax is None


def test_node_groups_are_whole_in_what_isolation_costs_as_they_are_in_what_the_rings_need(tmp_path):
    inventory = [node(name, cpu) for name, cpu in (("a-1", "2"), ("a-2", "2"), ("a-3", "2"), ("b-1", "8"), ("b-2", "8"))]
    for there in inventory:
        there["metadata"]["labels"]["eks.amazonaws.com/nodegroup"] = there["metadata"]["name"][0]
    work = [workload("api", "restricted", "6", 1), workload("plugin", "untrusted", "1", 4)]
    plan = pipeline.plan(write(tmp_path, work, inventory), quiet, exact=True)
    review = pipeline.review(plan, quiet)
    assert plan.separation.nodes_with == 2  # a node of b for each: that divides b
    assert (review.tax.apart, review.tax.together) == (exactly(3), exactly(2))
    needed = {ring.name: ring.removable.fewest for ring in review.rings}
    assert needed == {"restricted": 1, "untrusted": 2}
    assert {cause.group: cause.apart for cause in review.tax.causes} == needed
    assert "each node group is of the ring that it has" in words.headlines(review)[1].note
