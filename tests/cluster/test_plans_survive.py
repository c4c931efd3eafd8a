"""A policy that asks to survive the loss of a node, and a node that is lost: its pods run elsewhere in their ring."""

import os
from collections import Counter

import pytest

from tests.cluster import losses
from tests.cluster.life import Rest, first_that_fits, made_true
from tests.cluster.scenario import of_sample
from tests.cluster.stage import Stage, say

SAMPLES = ("quickstart", "tenants", "may-share")
LIVED = int(os.environ.get("RINGFENCE_LIVES", "10"))
SURVIVE = {"nodes": 1}
pytestmark = pytest.mark.soak


@pytest.fixture(name="stage")
def _stage(plane, ringfence, kubectl_path, tmp_path):
    return Stage(plane, ringfence, tmp_path, kubectl_path)


@pytest.fixture(scope="module", name="shown")
def _shown(request):
    """Count the plans that survive, those that cannot, and say so in the end."""
    shown = Counter()
    yield shown
    say(request.config, f"surviving plans: {dict(shown)}")


@pytest.mark.parametrize("name", [*SAMPLES, *range(LIVED)])
def test_the_pods_of_a_lost_node_run_elsewhere_in_their_ring(stage, shown, name):
    scenario = of_sample(name, stage.folder) if name in SAMPLES else first_that_fits(stage, name)
    policy = scenario.amended(stage.folder / "survive.json", survive=SURVIVE)
    code = stage.try_plan("plan", *scenario.arguments(policy), "--time-limit", 20)
    shown["survives" if code == 0 else f"the plan answers {code}"] += 1
    if code:
        return
    with made_true(stage, scenario, "plan", None) as life:
        assert life.rest() == Rest()
        ring, node = losses.choose(life, [], "node")
        tied = losses.said(life.plan["losses"], "node", node, ring)[1]
        losses.take_away(life, [node])
        life.rest()
        assert life.mixtures() == []
        assert losses.missing(life)[ring] == tied, (node, ring)


def test_some_plans_survive(programs, shown):
    assert shown["survives"]
