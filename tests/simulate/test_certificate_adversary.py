"""Nobody finds an order of arrival, or a choice of nodes, that strands a pod of a proven ring."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.simulate.any_order_proof import certify, nodes_to_prove
from planner.simulate.any_order_proof.lp_dual_bound import cannot_block, shares
from planner.simulate.any_order_proof.subset_sums import NEVER, Sums
from planner.simulate.tuning import SIMULATING
from tests.simulate.certificate_rings import grown, larger_plan, node, one_arrival, plan_of, random_plan, strands, workload


def test_what_is_proven_is_true_of_every_order_and_nearly_all_that_is_true_is_proven() -> None:
    """Every order and every choice of nodes is tried, on rings of up to 3 nodes and 5 pods."""
    proven = safe = 0
    for seed in range(250):
        plan = random_plan(seed, 3, 5)
        stranded, found = strands(plan), certify(plan)["inner"] is None
        assert not (found and stranded), f"seed {seed} is called proven, and an order strands a pod"
        proven, safe = proven + found, safe + (not stranded)
    assert safe > 70
    assert proven >= 0.95 * safe


def test_the_search_for_orders_finds_those_that_strand_a_pod() -> None:
    cut = plan_of([node("a"), node("b")], [workload("big", 1, {"cpu": 2500}), workload("web", 2, {"cpu": 2000})])
    assert strands(cut)
    assert any(one_arrival(cut, seed) == "big" for seed in range(20))
    assert not strands(plan_of([node("a"), node("b")], [workload("web", 4, {"cpu": 2000})]))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(0, 1 << 30))
def test_random_orders_never_strand_a_pod_of_a_proven_ring(seed: int) -> None:
    plan = larger_plan(seed)
    if certify(plan)["inner"] is None:
        for order in range(5):
            assert one_arrival(plan, order) == ""


def test_the_larger_rings_are_proven_as_often_as_not_and_strand_pods_where_they_are_not() -> None:
    """The test above would be empty if it met no proven rings, or if its adversary were weak."""
    plans = [larger_plan(seed) for seed in range(60)]
    proven = [plan for plan in plans if certify(plan)["inner"] is None]
    others = [plan for plan in plans if certify(plan)["inner"] is not None]
    assert len(proven) >= 15
    assert sum(any(one_arrival(plan, order) for order in range(20)) for plan in others) >= len(others) // 2


@pytest.mark.parametrize("seed", range(12))
def test_as_many_nodes_as_are_said_prove_a_ring_and_one_less_does_not(seed: int) -> None:
    plan = larger_plan(seed)
    model = plan.cluster.nodes[0]
    count = nodes_to_prove(plan, "inner", model.name)
    assert count is not None
    assert certify(grown(plan, count))["inner"] is None
    if count:
        assert certify(grown(plan, count - 1))["inner"] is not None


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(1, 3)), max_size=4),
    st.integers(1, 30),
    st.sampled_from((1, 7, 1 << 33)),
)
def test_the_smallest_sum_above_an_amount_is_a_sum_and_the_smallest(pods, most, scale) -> None:
    sizes, counts = [one * scale for one, _ in pods], [count for _, count in pods]
    sums = {0}
    for size, count in zip(sizes, counts, strict=True):
        sums = {one + size * more for one in sums for more in range(count + 1)}
    room = np.arange(most * scale + 1, step=scale)
    expected = [min((one for one in sums if at < one <= most * scale), default=NEVER) for at in room.tolist()]
    found = Sums(np.array(sizes, np.int64), np.array(counts, np.int64), most * scale, SIMULATING.proof).above(room)
    assert found.tolist() == expected


def test_without_all_sums_every_multiple_of_the_step_counts_as_one() -> None:
    sizes = np.array([(1 << 40) + 3 * at for at in range(1, 40)], np.int64)
    sums = Sums(sizes, np.ones(39, np.int64), 1 << 45, SIMULATING.proof)
    assert sums.above(np.array([0, 10, 1 << 44])).tolist() == [1, 11, (1 << 44) + 1]
    assert sums.above(np.array([1 << 45])).tolist() == [NEVER]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.integers(0, 1 << 30))
def test_pods_that_can_block_all_nodes_are_never_said_not_to(seed: int) -> None:
    """A blocking is drawn first, then only the pods in it are given to the bound."""
    rng = random.Random(seed)
    shapes, kinds = rng.randint(1, 3), rng.randint(1, 4)
    request = np.array([[rng.randint(0, 5), rng.randint(1, 5)] for _ in range(kinds)], np.int64)
    nodes = np.array([rng.randint(1, 3) for _ in range(shapes)], np.int64)
    need = np.array([[rng.randint(1, 12), rng.choice((NEVER, rng.randint(1, 12)))] for _ in range(shapes)], np.int64)
    pods = np.zeros(kinds, np.int64)
    for shape in range(shapes):
        for _ in range(nodes[shape]):
            load = np.zeros(2, np.int64)
            while not (load >= need[shape]).any():
                kind = rng.randrange(kinds)
                if need[shape, 1] == NEVER and not request[:, 0].any():
                    return
                pods[kind] += 1
                load += request[kind]
    unit = np.ones(2, np.int64)
    share = shares(request, np.ones((kinds, shapes), np.bool_), need, unit)
    assert not cannot_block(share, pods, nodes, SIMULATING.proof.steps)
