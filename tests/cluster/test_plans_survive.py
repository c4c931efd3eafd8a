"""A policy that asks to survive the loss of a node, and a node that is lost: its pods run elsewhere in their ring."""

import os
from collections import Counter
from pathlib import Path

import pytest

from tests.cluster import losses
from tests.cluster.life import Rest, made_true
from tests.cluster.scenario import Scenario, of_seed
from tests.cluster.stage import Stage, say

SURVIVORS = (1005, 1006, 1003)
"""Random clusters with room to survive, which take seconds to plan: these must."""
CLUSTERS = int(os.environ.get("RINGFENCE_SURVIVORS", "3"))
OTHERS = range(2000, 2000 + max(0, CLUSTERS - len(SURVIVORS)))
"""Of these, in a soak, some survive; those that do keep their promise."""
ROOMY = 0.3
SURVIVE = {"nodes": 1}


def surviving(stage: Stage, seed: int) -> tuple[Scenario, Path]:
    """Return a roomy random cluster, and its policy that asks to survive the loss of any node."""
    scenario = of_seed(seed, stage.folder / str(seed), ROOMY)
    return scenario, scenario.amended(stage.folder / "survive.json", survive=SURVIVE)


@pytest.fixture(name="stage")
def _stage(plane, ringfence, kubectl_path, tmp_path):
    return Stage(plane, ringfence, tmp_path, kubectl_path)


@pytest.fixture(scope="module", name="shown")
def _shown(request):
    """Count the plans that survive, those that cannot, and say so in the end."""
    shown = Counter()
    yield shown
    say(request.config, f"surviving plans: {dict(shown)}")


@pytest.mark.parametrize("seed", [*SURVIVORS[:CLUSTERS], *OTHERS])
def test_the_pods_of_a_lost_node_run_elsewhere_in_their_ring(stage, shown, seed):
    scenario, policy = surviving(stage, seed)
    code = stage.try_plan("plan", *scenario.arguments(policy), "--time-limit", 20)
    shown["survives" if code == 0 else f"the plan answers {code}"] += 1
    assert code == 0 or seed not in SURVIVORS
    if code:
        return
    with made_true(stage, scenario, "plan", None) as life:
        for ring in life.plan["rings"]:
            assert life.rest() == Rest()
            node = losses.fullest(life, ring)
            tied = losses.said(life.plan["losses"], "node", node, ring["name"]).tied
            taken = losses.take_away(life, [node])
            rest = life.rest()
            found = losses.missing(life)
            losses.give_back(life, taken)
            assert found.get(ring["name"], Counter()) == tied, (ring["name"], node, rest)
            assert life.mixtures() == []
