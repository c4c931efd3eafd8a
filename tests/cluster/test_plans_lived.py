"""What becomes of a plan that was made true: rollouts, strangers, planning again, a loss, and the way back; in this order.

Each scenario is set up once and lives through all of it, so that a step finds what the steps before it have left.
"""

import os

import pytest

from tests.cluster import drains, losses, rollouts, strangers, undoing
from tests.cluster.life import Rest, first_that_fits, made_true
from tests.cluster.scenario import of_sample
from tests.cluster.stage import Stage

SAMPLES = ("quickstart", "tenants", "may-share")
LIVED = int(os.environ.get("RINGFENCE_LIVES", "3"))


@pytest.fixture(scope="module", params=[*SAMPLES, *range(LIVED)])
def life(request, plane, ringfence, kubectl_path, tmp_path_factory):
    """Return a scenario that has been planned and runs as planned, shared by the tests below."""
    folder = tmp_path_factory.mktemp("life")
    stage = Stage(plane, ringfence, folder, kubectl_path)
    sample = request.param in SAMPLES
    scenario = of_sample(request.param, folder) if sample else first_that_fits(stage, request.param)
    stage.plan("plan", *scenario.arguments())
    with made_true(stage, scenario, "plan", None) as made:
        assert made.rest() == Rest()
        yield made
        assert made.pods.gaps == 0


def test_every_workload_rolls_out_again_at_its_full_size(life):
    rollouts.scale_up(life)
    assert life.rest() == Rest()
    since = len(life.pods.events)
    assert rollouts.roll_out(life)
    assert life.rest() == Rest()
    assert life.mixtures() == []
    assert list(rollouts.not_one_by_one(life, since)) == []


def test_strangers_get_where_the_plan_says_and_nowhere_else(life):
    probes = strangers.intrude(life)
    found = strangers.verdicts(life, probes)
    strangers.leave(life, probes)
    assert list(strangers.surprises(life, found)) == []


def test_a_plan_from_the_live_cluster_changes_nothing(life):
    files, answer = undoing.planned_again(life)
    assert files == undoing.NOTHING_TO_CHANGE
    assert answer == "apply.sh: every node already has what it needs.\n"


@pytest.mark.parametrize("of", ["node", "zone"])
def test_after_a_loss_pods_are_pending_where_that_was_foretold_and_nowhere_else(life, of):
    losses.suspend(life, wish=True)
    outlook = losses.foretold(life, f"before-{of}")
    ring, name = losses.choose(life, outlook, of)
    said = losses.said(outlook.losses, of, name, ring)
    taken = losses.take_away(life, losses.members(life, ring, of, name))
    rest = life.rest()
    found = losses.missing(life)
    losses.give_back(life, taken)
    assert life.rest() == Rest()
    losses.suspend(life, wish=False)
    assert life.mixtures() == []
    there = found.pop(ring)
    assert said.least <= there.total() <= said.most, f"{of} {name} of ring {ring}: {there} pending, foretold {said}: {rest}"
    assert not said.tied - there
    assert not any(found.values())


def test_a_drained_node_sticks_only_where_the_plan_says_so(life):
    rollouts.scale_up(life)
    assert life.rest() == Rest()
    losses.suspend(life, wish=True)
    outlook = losses.foretold(life, "before-drain")
    node = drains.choose(life, outlook)
    ring = next(ring["name"] for ring in life.plan["rings"] if node in ring["nodes"])
    said = losses.said(outlook.losses, "node", node, ring)
    drains.cordon(life, node, wish=True)
    left = drains.drain(life, node)
    pending = drains.pending_unsaid(life)
    drains.cordon(life, node, wish=False)
    assert life.rest() == Rest()
    losses.suspend(life, wish=False)
    assert life.mixtures() == []
    assert sum(pending.values()) <= said.most, f"{node}: {pending} pending, foretold {said}"
    if not pending:
        assert drains.unsaid(life, left) == []


def test_undone_the_cluster_is_as_it_was(life):
    rollouts.forget(life)
    undoing.undo(life)
    assert undoing.node_differences(life) == {}
    assert undoing.workload_differences(life) == {}
