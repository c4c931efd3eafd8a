"""How far a ring can grow is the last share at which trying every way to place its pods finds one."""

import random
from itertools import pairwise, product

import pytest

from models.answer.review import Growth
from planner import pipeline
from planner.review.tuning import REVIEWING, NodesTuning, ReviewTuning
from tests.shop_that_buys import node, quiet, workload, write

CORES = 4_000
MOST = REVIEWING.nodes.growth


def more(pods: int, percent: int) -> int:
    return -(-pods * (100 + percent) // 100)


def fits(sizes: list[tuple[int, int]], nodes: int) -> bool:
    """Say whether pods (how many, and how large) fit on nodes of four cores, node by node."""
    kinds = [size for _, size in sizes]
    left = {tuple(count for count, _ in sizes)}
    for _ in range(nodes):
        ways = [
            way for way in product(*(range(CORES // size + 1) for size in kinds)) if sum(map(int.__mul__, way, kinds)) <= CORES
        ]
        left = {tuple(max(0, have - take) for have, take in zip(state, way, strict=True)) for state in left for way in ways}
    return tuple(0 for _ in kinds) in left


def grown(pods: list[int], percent: int) -> list[int]:
    """Let the workloads of a group take turns to get more."""
    sums = [sum(pods[:number]) for number in range(len(pods) + 1)]
    return [more(last, percent) - more(first, percent) for first, last in pairwise(sums)]


@pytest.mark.parametrize("seed", range(6))
def test_it_is_as_far_as_brute_force_gets(tmp_path, seed):
    luck = random.Random(seed)
    pods, sizes = [luck.randint(1, 4), luck.randint(1, 4)], [luck.choice((700, 900)), luck.choice((1300, 1900))]
    work = [workload(f"w{n}", "restricted", f"{size}m", count) for n, (count, size) in enumerate(zip(pods, sizes, strict=True))]
    plan = pipeline.plan(write(tmp_path, work, [node(f"n-{n}") for n in range(4)]), quiet, exact=True)
    (ring,) = pipeline.review(plan, quiet).rings
    last = max(p for p in range(MOST + 1) if fits(list(zip(grown(pods, p), sizes, strict=True)), ring.whole.nodes))
    assert ring.growth == Growth(last, last == MOST, last < MOST)


def test_a_ring_that_could_grow_for_ever_is_not_asked_for_ever(tmp_path):
    plan = pipeline.plan(write(tmp_path, [workload("api", "restricted", "10m", 1)], [node("n-1")]), quiet, exact=True)
    (ring,) = pipeline.review(plan, quiet).rings
    assert ring.growth == Growth(MOST, or_more=True)


def test_a_large_plan_is_not_asked(tmp_path):
    plan = pipeline.plan(write(tmp_path, [workload("api", "restricted", "10m", 2)], [node("n-1")]), quiet, exact=True)
    (ring,) = pipeline.review(plan, quiet, ReviewTuning(nodes=NodesTuning(most_pods=1))).rings
    assert ring.growth is None


def test_many_small_workloads_grow_as_one_large_one_does(tmp_path):
    small = [workload(f"w{n}", "restricted", "10m", 2) for n in range(10)]
    plan = pipeline.plan(write(tmp_path, small, [node("n-1")]), quiet, exact=True)
    (case,) = pipeline.review(plan, quiet, grow=["20%"], quick=True).scenarios
    assert case.pods == 24
