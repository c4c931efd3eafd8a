"""One way of promising too much of losses per row, and the finding that it must raise."""

from dataclasses import replace

import pytest

from models.answer.plan import Lost, Outlook, Placement
from models.frozen_map import FrozenMap
from models.kubernetes.labels import Labels
from models.solver.outcome import Goal
from models.trust import Survive
from planner.rules.placement import failure_repacking
from planner.rules.placement.failure_repacking import ZONE
from planner.verify import stage, verify
from planner.verify.numbers.redundancy import outlooks
from tests.verify.conftest import ON, WORKLOADS, unpromised

INNER = "internal_untrusted.acme"
GATE, WEB = "Deployment/shop/gate", "Deployment/shop/web"


@pytest.fixture
def foretelling(plan):
    """Return the plan without what has volumes of its own, and with what it foretells: gate and web have no third node."""
    kept = tuple(one for one in WORKLOADS if one.id.kind != "StatefulSet")
    cluster = replace(plan.cluster, workloads=kept, nodes=tuple(zoned(node) for node in plan.cluster.nodes))
    placements = tuple(p for p in plan.placements if p.workload.kind != "StatefulSet")
    members = FrozenMap({str(one.id): plan.trust.members[str(one.id)] for one in kept})
    plan = replace(plan, cluster=cluster, placements=placements, trust=replace(plan.trust, members=members))
    pending = {"c1": {GATE: 1, WEB: 1}, "c2": {GATE: 1, WEB: 1}}
    losses = (
        Outlook(INNER, "node", 2, 2, 2, 0, tuple(Lost(name, FrozenMap(on)) for name, on in pending.items())),
        Outlook(INNER, "zone", 1, 1, 1, 0, (Lost("c", FrozenMap({"Deployment/partner/plugin": 1, GATE: 2, WEB: 2})),)),
        Outlook("restricted", "node", 3, 3, 0),
        Outlook("restricted", "zone", 2, 2, 0),
    )
    return replace(plan, losses=losses)


def zoned(node):
    return replace(node, labels=Labels({**node.labels, ZONE: node.name[0]}))


def losses(*changed):
    """Change what the plan foretells of some rings."""
    by_key = {(one.ring, one.of): one for one in changed}
    return lambda plan: replace(plan, losses=tuple(by_key.get((one.ring, one.of), one) for one in plan.losses))


def survive(nodes=0, zones=0):
    return lambda plan: replace(plan, policy=replace(plan.policy, survive=Survive(nodes, zones)))


def both(first, second):
    return lambda plan: second(first(plan))


def test_the_plan_holds_and_may_say_nothing_of_losses(foretelling) -> None:
    assert not verify(foretelling)
    assert not verify(replace(foretelling, losses=()))


ROWS = [
    ("a node must not hurt, and does", survive(nodes=1), "does-not-survive"),
    ("a zone must not hurt, and does", survive(zones=1), "does-not-survive"),
    ("a plan that says it survives, and does not",
     both(survive(nodes=1), losses(Outlook(INNER, "node", 2, 2))), "does-not-survive"),
    ("a ring said to lose nothing", losses(Outlook(INNER, "node", 2, 2)), "losses-untrue"),
    ("a ring said to lose what it does not",
     losses(Outlook("restricted", "node", 3, 3, 1, 0, (Lost("a1", FrozenMap({"Deployment/pay/api": 1})),))), "losses-untrue"),
    ("fewer pods than are pending",
     losses(Outlook(INNER, "node", 2, 2, 2, 0, tuple(Lost(n, FrozenMap({GATE: 1})) for n in ("c1", "c2")))), "losses-untrue"),
    ("losses not tried", losses(Outlook("restricted", "node", 3, 2, 0)), "losses-untrue"),
    ("a ring that is not there", lambda plan: replace(plan, losses=(*plan.losses, Outlook("x", "node", 1, 1))), "losses-untrue"),
    ("said nothing where the policy asks",
     both(survive(nodes=1), lambda plan: replace(plan, losses=())), "losses-untrue"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "finding"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_broken_plan_is_rejected(foretelling, change, finding) -> None:
    assert finding in {one.code for one in verify(change(foretelling)) if one.severity == "error"}


def test_a_ring_that_survives_is_not_blamed_for_others(foretelling) -> None:
    found = verify(survive(nodes=1)(foretelling))
    assert {one.subject for one in found if one.code == "does-not-survive"} == {INNER}
    assert found[0].parameters["pods"] == {"Deployment/shop/gate": 1, "Deployment/shop/web": 1}


def test_what_does_not_survive_may_be_called_infeasible_and_nothing_else_may(foretelling) -> None:
    no = replace(unpromised(foretelling), verdict="infeasible")
    assert {one.code for one in verify(no)} == {"verdict"}
    assert not verify(survive(nodes=1)(no))
    assert not verify(survive(nodes=1)(replace(foretelling, verdict="undecided")))


def test_room_for_the_lost_pods_is_what_makes_the_difference(foretelling) -> None:
    """With d1 in the ring too, every node of it may be lost; the same plan without it is rejected above."""
    rings = tuple(replace(one, nodes=(*one.nodes, "d1")) if one.name == INNER else one for one in foretelling.rings)
    on = {**ON, "DaemonSet/shop/logs": {"c1": 1, "c2": 1, "d1": 1}}
    placements = tuple(grown(one, on[str(one.workload)]) for one in foretelling.placements)
    goals = tuple(Goal("headroom", 0, 450, "max") if one.name == "headroom" else one for one in foretelling.goals)
    plan = survive(nodes=1)(replace(foretelling, rings=rings, placements=placements, goals=goals))
    said = {one.code for one in verify(plan)}
    assert said == {"losses-untrue"}
    assert not verify(replace(plan, losses=counted(plan)))


def grown(one: Placement, on) -> Placement:
    return replace(one, on=FrozenMap(on), pods=sum(on.values()))


def counted(plan):
    from planner.verify.rings import membership
    from planner.verify.state import scene_of

    found = {str(one.id): membership.belonging(one, plan.policy, plan.cluster) for one in plan.cluster.workloads}
    return outlooks(scene_of(plan, found))


def test_where_ordinals_have_volumes_of_their_own_a_difference_only_warns(plan) -> None:
    said = replace(plan, losses=(Outlook("restricted", "node", 3, 3, 0),))
    found = {(one.code, one.severity) for one in verify(said)}
    assert found == {("losses-untrue", "warning")}


def test_a_search_that_overlooks_the_rules_is_not_believed(foretelling, monkeypatch) -> None:
    """The maker has the same search: where it claims a place that other rules deny, the pods count as pending."""
    for question in ("fits", "_has_room"):
        monkeypatch.setattr(failure_repacking, question, lambda *_: True)
    assert "does-not-survive" in {finding.code for finding in verify(survive(nodes=1)(foretelling))}
    assert all(outlook.failing for outlook in outlooks(stage(foretelling)) if outlook.ring == INNER)
