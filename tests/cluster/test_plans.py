"""Plans on a whole control plane, from the first pod to the way back: of samples, of public manifests, of random clusters.

Each is planned and made true, its workloads in random order; what comes then happens on the same cluster, so that a step finds
what those before it have left. Several live at once, each on a control plane of its own. RINGFENCE_CLUSTERS says how many random
clusters there are, RINGFENCE_FIRST the seed of the first; of those whose plan says no, or promises nothing, there is nothing to
show, but at least half are promised.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from random import Random

import pytest

from tests.cluster import drains, losses, rollouts, strangers, undoing
from tests.cluster.bed import ControlPlane
from tests.cluster.life import MINDFUL, QUICK, Life, Rest, made_true
from tests.cluster.observe import is_done, left_behind, owner_of, running
from tests.cluster.scenario import Scenario, of_sample, of_seed, of_set
from tests.cluster.stage import Run, Stage, say
from tests.conftest import DATA
from tests.manifests.test_real_applications import SETS
from tests.soak import later

SAMPLES = ("quickstart", "tenants", "may-share", "brownfield", "buying", "sharing")
"""All that have a plan; the infeasible one has none."""
LIKE_OTHERS = {
    "argo-cd, highly available",
    "online-boutique, release",
    "train-ticket, services",
    "train-ticket, logging",
    "train-ticket, monitoring",
}
"""Sets that are part of another one, or much like it."""
CLUSTERS = int(os.environ.get("RINGFENCE_CLUSTERS", "24"))
FIRST = int(os.environ.get("RINGFENCE_FIRST", "0"))
SEEDS = range(FIRST, FIRST + CLUSTERS)
AT_ONCE = min(4, os.cpu_count() or 1)
SECONDS = 30
"""What a search for a random cluster's plan may take: by then it is there, or was not worth the wait."""
FEASIBLE = 0


@dataclass(frozen=True, slots=True)
class Lost:
    """A node or a zone that was lost: how many pods were said to be pending at most, and how many were.

    `as_named`: no more of each workload than the plan says of one order of arrival or another.
    """

    said: int
    pending: int
    as_named: bool


@dataclass(frozen=True, slots=True)
class Lives:
    """What becomes of each scenario, as far as it is known, and what `plan` answered.

    `cramped` are those to which a plan from the live cluster had to give other nodes; of these fewer may be `lost`.
    """

    of: dict[str | int, Future[None]] = field(default_factory=dict)
    codes: dict[str | int, int] = field(default_factory=dict)
    cramped: list[str | int] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Stages:
    """Control planes that are free, and what is needed to plan on them."""

    free: SimpleQueue[ControlPlane]
    ringfence: Run
    kubectl: str

    def live(self, scenario_in: Callable[[Path], Scenario], which: str | int, folder: Path, found: Lives) -> None:
        """Plan, and live through what there is to live through where the plan promises that all pods run."""
        plane = self.free.get()
        try:
            plane.wait(lambda: not left_behind(plane), "what was here before is gone")
            stage = Stage(plane, self.ringfence, folder, self.kubectl)
            scenario = scenario_in(folder)
            limit = ("--time-limit", SECONDS) if isinstance(which, int) else ()
            found.codes[which] = stage.try_plan("plan", *scenario.arguments(), *limit)
            if found.codes[which] == FEASIBLE:
                with made_true(stage, scenario, "plan", Random(f"order {which}")) as life:
                    lived_through(life, which, found)
        finally:
            self.free.put(plane)


@pytest.fixture(scope="module", name="lives")
def _lives(request, start_plane, ringfence, kubectl_path, tmp_path_factory) -> Iterator[Lives]:
    """Begin with all scenarios that tests ask for, in their order."""
    ways: dict[str | int, Callable[[Path], Scenario]] = {
        **{name: lambda folder, name=name: of_sample(name, folder) for name in SAMPLES},
        **({name: lambda folder, name=name: of_set(name, DATA, folder) for name in SETS} if DATA.is_dir() else {}),
        **{seed: lambda folder, seed=seed: of_seed(seed, folder) for seed in SEEDS},
    }
    asked = [item.callspec.params["which"] for item in request.session.items if "which" in _parameters(item)]
    found = Lives()
    with ExitStack() as stack:
        # Whoever is interrupted begins no further life, and ends the control planes under those that are lived.
        pool = stack.enter_context(ThreadPoolExecutor(AT_ONCE))
        stages = Stages(SimpleQueue(), ringfence, kubectl_path)
        for _ in range(AT_ONCE):
            stages.free.put(stack.enter_context(start_plane(flags=MINDFUL, scheduler_config=QUICK)))
        stack.callback(pool.shutdown, wait=False, cancel_futures=True)
        for which in asked:
            if which in ways:
                folder = tmp_path_factory.mktemp("life")
                found.of[which] = pool.submit(stages.live, ways[which], which, folder, found)
        yield found
    say(request.config, f"random clusters: {dict(_codes(found))}, cramped {found.cramped}")
    said = [one for one in found.lost if one.said]
    left = f"{sum(one.pending for one in said)} of at most {sum(one.said for one in said)} pods were"
    named = f"as named in {sum(one.as_named for one in said)}"
    say(request.config, f"{len(found.lost)} losses, after {len(said)} of them pods were said to be pending: {left}, {named}")


def _parameters(item: pytest.Item) -> dict[str, object]:
    return item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}


def _codes(lives: Lives) -> Counter[int]:
    return Counter(code for which, code in lives.codes.items() if isinstance(which, int))


@pytest.mark.parametrize("which", SAMPLES)
def test_the_plan_of_a_sample_holds_whatever_comes(lives, which):
    lives.of[which].result()
    assert lives.codes[which] == FEASIBLE


@pytest.mark.data
@pytest.mark.parametrize("which", [later(name) if name in LIKE_OTHERS else name for name in SETS])
def test_the_plan_of_real_applications_holds_whatever_comes(lives, data, which):
    lives.of[which].result()
    assert lives.codes[which] == FEASIBLE


@pytest.mark.parametrize("which", SEEDS)
def test_the_plan_of_a_random_cluster_holds_whatever_comes_if_it_says_so(lives, which):
    lives.of[which].result()


def test_half_of_the_random_clusters_are_promised(programs, lives):
    codes = _codes(lives)
    assert 2 * codes[FEASIBLE] >= codes.total() > 0, codes
    assert 10 * len(lives.cramped) <= codes[FEASIBLE], lives.cramped


def lived_through(life: Life, which: str | int, lives: Lives) -> None:
    """Insist on all that a plan claims, one thing after the other."""
    everything_runs_as_planned(life)
    every_workload_rolls_out_again_at_its_full_size(life)
    strangers_get_where_the_plan_says_and_nowhere_else(life)
    found = undoing.cramped(life)
    if found:
        lives.cramped.append(which)
        only_nodes_that_become_idle_go_to_rings_that_not_every_order_is_safe_for(life, found)
    else:
        a_plan_from_the_live_cluster_changes_nothing(life)
    for of in ("node", "zone"):
        lost = after_a_loss_pods_are_pending_where_that_was_foretold_and_nowhere_else(life, of, bool(found))
        lives.lost.extend([lost] if lost else [])
    a_drained_node_sticks_only_where_the_plan_says_so(life, bool(found))
    undone_the_cluster_is_as_it_was(life)
    assert life.pods.gaps == 0


def everything_runs_as_planned(life: Life) -> None:
    assert life.rest() == Rest()
    assert life.mixtures() == []
    assert {life.ring(pod) for pod in life.pods.objects.values()} - {None} == life.rings_that_run
    assert life.beyond() == {}


def every_workload_rolls_out_again_at_its_full_size(life: Life) -> None:
    rollouts.scale_up(life)
    assert life.rest() == Rest()
    assert life.beyond() == {}
    since = len(life.pods.events)
    assert rollouts.roll_out(life)
    assert life.rest() == Rest()
    assert life.mixtures() == []
    assert list(rollouts.not_one_by_one(life, since)) == []


def strangers_get_where_the_plan_says_and_nowhere_else(life: Life) -> None:
    probes = strangers.intrude(life)
    found = strangers.verdicts(life, probes)
    strangers.leave(life, probes)
    assert list(strangers.surprises(life, found)) == []


def only_nodes_that_become_idle_go_to_rings_that_not_every_order_is_safe_for(life: Life, found: dict[str, str]) -> None:
    proven = {ring["name"] for ring in life.plan["rings"] if ring.get("anyOrder", "").startswith("proven")}
    assert not proven & set(found.values())
    there = [
        pod
        for pod in life.pods.objects.values()
        if running(pod) and not is_done(pod) and owner_of(pod, life.ring_of)[0] != "DaemonSet"
    ]
    assert sum(pod["spec"]["nodeName"] in found for pod in there) <= undoing.moves(life)


def a_plan_from_the_live_cluster_changes_nothing(life: Life) -> None:
    files, answer = undoing.patched_again(life)
    assert files == []
    assert answer == "apply.sh: every node already has what it needs.\n"


def after_a_loss_pods_are_pending_where_that_was_foretold_and_nowhere_else(life: Life, of: str, cramped: bool) -> Lost | None:
    with losses.suspended(life):
        outlook = losses.foretold(life, f"before-{of}")
        if cramped and not outlook.rings:
            return None
        ring, name = losses.choose(life, outlook, of)
        said = losses.said(outlook.losses, of, name, ring)
        taken = losses.take_away(life, losses.members(life, ring, of, name))
        rest = losses.rest(life)
        found = losses.missing(life)
        losses.give_back(life, taken)
        assert life.rest() == Rest()
    assert life.mixtures() == []
    there = found.pop(ring, Counter())
    wrong = f"{of} {name} of ring {ring}: {there} pending, foretold {said}: {rest}"
    assert ring in outlook.moved or losses.ranked(life, said.packed) <= losses.ranked(life, there), wrong
    assert there.total() <= said.most, wrong
    assert not said.tied - there
    assert not any(found.values())
    return Lost(said.most, there.total(), not there - said.left)


def a_drained_node_sticks_only_where_the_plan_says_so(life: Life, cramped: bool) -> None:
    rollouts.scale_up(life)
    assert life.rest() == Rest()
    with losses.suspended(life):
        outlook = losses.foretold(life, "before-drain")
        if cramped and not outlook.rings:
            return
        node = drains.choose(life, outlook)
        ring = next(ring["name"] for ring in life.plan["rings"] if node in ring["nodes"])
        said = losses.said(outlook.losses, "node", node, ring)
        drains.cordon(life, node, wish=True)
        left = drains.drain(life, node)
        pending, waiting = drains.pending_unsaid(life, said.most), drains.short_of_pods(life)
        drains.cordon(life, node, wish=False)
        losses.come_to_rest(life)
    assert life.mixtures() == []
    assert sum(pending.values()) <= said.most, f"{node}: {pending} pending, foretold {said}"
    if not pending:
        assert drains.unsaid(life, left, waiting) == []


def undone_the_cluster_is_as_it_was(life: Life) -> None:
    rollouts.forget(life)
    undoing.undo(life)
    assert undoing.node_differences(life) == {}
    assert undoing.workload_differences(life) == {}
