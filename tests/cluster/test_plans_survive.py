"""A policy that asks to survive the loss of a node, or a zone, and one that is lost: its pods run elsewhere in their ring."""

import os
from collections import Counter
from pathlib import Path

import pytest

from tests.cluster import losses
from tests.cluster.life import Life, Rest, made_true
from tests.cluster.scenario import SETS, Scenario, of_seed, of_set
from tests.cluster.stage import Stage, say
from tests.soak import later

SURVIVORS = (1005, 1006, 1003)
"""Random clusters with room to survive, which take seconds to plan: these must."""
CLUSTERS = int(os.environ.get("RINGFENCE_SURVIVORS", "3"))
OTHERS = range(2000, 2000 + max(0, CLUSTERS - len(SURVIVORS)))
"""Of these, in a soak, some survive; those that do keep their promise."""
ROOMY = 0.3
LIKE_OTHERS = {
    "argo-cd",
    "online-boutique, release",
    "train-ticket, services",
    "train-ticket, logging",
    "train-ticket, monitoring",
}
"""Sets that are part of another one, or much like it."""
NODES, WIDE = 12, {"argo-cd, highly available"}
"""So few nodes are given to applications that are to survive a zone; what wants three hosts of each ring for itself keeps all."""


def surviving(stage: Stage, seed: int) -> tuple[Scenario, Path]:
    """Return a roomy random cluster, and its policy that asks to survive the loss of any node."""
    scenario = of_seed(seed, stage.folder / str(seed), ROOMY)
    return scenario, scenario.amended(stage.folder / "survive.json", survive={"nodes": 1})


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
            runs_on_without(life, ring["name"], "node", losses.fullest(life, ring))


@pytest.mark.data
@pytest.mark.parametrize("name", [later(name) if name in LIKE_OTHERS else name for name in SETS])
def test_the_pods_of_a_lost_zone_run_elsewhere_in_their_ring(stage, data, name):
    scenario = of_set(name, data, stage.folder)
    if name not in WIDE:
        scenario.keep_nodes(NODES)
    stage.plan("plan", *scenario.arguments(scenario.amended(stage.folder / "survive.json", survive={"zones": 1})))
    with made_true(stage, scenario, "plan", None) as life:
        for ring in life.plan["rings"]:
            runs_on_without(life, ring["name"], "zone", losses.zone_of(life, losses.fullest(life, ring)))


def runs_on_without(life: Life, ring: str, of: str, name: str) -> None:
    """Take a node, or a zone, from a ring, and insist that no pods are pending but those that nothing else lets in."""
    assert life.rest() == Rest()
    tied = losses.said(life.plan["losses"], of, name, ring).tied
    taken = losses.take_away(life, losses.members(life, ring, of, name))
    rest = losses.rest(life)
    found = losses.missing(life)
    losses.give_back(life, taken)
    assert found.get(ring, Counter()) == tied, (ring, name, rest)
    assert life.mixtures() == []
