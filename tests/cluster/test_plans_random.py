"""Plans of random clusters with every feature, 40 to 90 % full: nothing mixes, and no pod is pending where the plan says yes.

RINGFENCE_CLUSTERS says how many, RINGFENCE_FIRST the seed of the first. Where the plan says no, or cannot promise
it, there is nothing to show: of those that are not infeasible at least half are promised.
"""

import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from random import Random

import pytest

from tests.cluster.life import made_true
from tests.cluster.scenario import Scenario, of_seed
from tests.cluster.stage import Stage, say

CLUSTERS = int(os.environ.get("RINGFENCE_CLUSTERS", "40"))
FIRST = int(os.environ.get("RINGFENCE_FIRST", "0"))
SEEDS = range(FIRST, FIRST + CLUSTERS)
SECONDS = 30
"""What a search for a plan may take: by then it is there, or was not worth the wait."""
FEASIBLE, INFEASIBLE = 0, 1


@dataclass(frozen=True, slots=True)
class Planned:
    """A random cluster that is planned, and what the command answered."""

    stage: Stage
    scenario: Scenario
    code: int


@pytest.fixture(scope="module", name="codes")
def _codes(request):
    """Count what the plans answer; say so in the end."""
    codes = Counter()
    yield codes
    say(request.config, f"random clusters: {dict(codes)}")


@pytest.fixture(scope="module", name="planned")
def _planned(plane, ringfence, kubectl_path, tmp_path_factory) -> Iterator[dict[int, Future[Planned]]]:
    """Plan one cluster after the other while those before are on the control plane."""

    def plan(seed: int) -> Planned:
        stage = Stage(plane, ringfence, tmp_path_factory.mktemp(f"random-{seed}"), kubectl_path)
        scenario = of_seed(seed, stage.folder)
        return Planned(stage, scenario, stage.try_plan("plan", *scenario.arguments(), "--time-limit", SECONDS))

    with ThreadPoolExecutor(1) as pool:
        yield {seed: pool.submit(plan, seed) for seed in SEEDS}
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_cluster_runs_as_planned_and_never_mixes(planned, codes, seed):
    made = planned[seed].result()
    codes[made.code] += 1
    if made.code != FEASIBLE:
        return
    with made_true(made.stage, made.scenario, "plan", Random(f"order {seed}")) as life:
        rest = life.rest()
        assert life.mixtures() == []
        assert not rest, rest


def test_half_of_the_random_clusters_that_are_not_infeasible_are_promised(programs, codes):
    assert 2 * codes[FEASIBLE] >= CLUSTERS - codes[INFEASIBLE], codes
