from dataclasses import replace

import pytest

from models.answer.plan import IsolationPlan, Separation
from models.frozen_map import FrozenMap
from models.kubernetes.labels import Labels, LabelSelector
from models.kubernetes.pod import TopologySpreadConstraint
from planner.rules.placement.scheduler_filters import World, static_reason
from planner.rules.ring_membership import final_nodes
from planner.verify import verify
from planner.verify.state import assign, variants
from planner.wording.findings import notice
from tests.verify.conftest import unpromised


def test_a_plan_that_holds_has_no_findings(plan: IsolationPlan) -> None:
    assert verify(plan) == ()


def test_a_plan_that_says_truly_what_does_not_fit_has_no_findings(infeasible: IsolationPlan) -> None:
    assert verify(infeasible) == ()


def test_a_daemon_without_room_is_truly_unplaced(crowded: IsolationPlan) -> None:
    assert verify(crowded) == ()


def test_findings_are_sorted_and_do_not_repeat(plan: IsolationPlan) -> None:
    broken = replace(unpromised(plan), verdict="infeasible", shared=(), placements=plan.placements[1:])
    found = verify(broken)
    assert list(found) == sorted(found, key=lambda one: (one.code, one.subject))
    assert len(set(found)) == len(found)
    assert {one.code for one in found} == {"shared-missing", "verdict", "workload-dropped"}


def test_an_error_says_who_what_why_and_what_to_do(plan: IsolationPlan) -> None:
    found = verify(replace(plan, verdict="infeasible", shared=(), placements=()))
    assert {one.severity for one in found} == {"error"}
    assert all(all((one.subject, *notice(one))) for one in found)


def test_an_empty_plan_of_an_empty_cluster_holds(plan: IsolationPlan) -> None:
    trust = replace(plan.trust, groups=(), rings=(), members=FrozenMap(), sharing=())
    cluster = replace(plan.cluster, workloads=(), residents=())
    goals = (*plan.goals[:3], replace(plan.goals[3], value=1000.0, bound=1000.0))
    empty = replace(plan, cluster=cluster, trust=trust, rings=(), placements=(), shared=(), goals=goals)
    assert verify(replace(empty, separation=Separation(0, 0, 0, 0))) == ()


def test_ordinals_may_lie_in_any_order_that_their_volumes_allow(plan: IsolationPlan) -> None:
    """Two pods of db on b1 are one too many, for only one of the volumes is in zone b."""
    at = next(i for i, p in enumerate(plan.placements) if p.workload.name == "db")
    both = replace(plan.placements[at], on=FrozenMap({"b1": 2}))
    found = verify(replace(plan, placements=(*plan.placements[:at], both, *plan.placements[at + 1 :])))
    assert [one.code for one in found] == ["stateful-volumes"]


@pytest.mark.parametrize(
    ("on", "short"),
    [({"a2": 1, "b1": 1}, 0), ({"b1": 1, "c1": 1}, 1), ({"c1": 2}, 2), ({"b1": 1}, 0), ({"a1": 2}, 1), ({"a1": 1, "a2": 1}, 1)],
)
def test_places_and_volumes_are_matched_as_far_as_they_can_be(plan: IsolationPlan, on: dict[str, int], short: int) -> None:
    kinds = variants(next(one for one in plan.cluster.workloads if one.id.name == "db"), "restricted", plan)
    world = World(
        final_nodes(plan.cluster.nodes, dict.fromkeys(("a1", "a2", "b1", "c1"), "restricted"), plan.policy.nodes), plan.cluster
    )
    shares, left = assign(world, kinds, on)
    assert left == short
    assert sum(count for _, _, count in shares) == sum(on.values()) - short
    assert all(not static_reason(pod, world.sites[node].node, world) for node, pod, _ in shares)


def test_a_pod_that_can_go_anywhere_makes_room_for_one_that_cannot(plan: IsolationPlan) -> None:
    """The place in zone a is taken first, by whichever pod comes first; the other place then forces a swap."""
    db = next(one for one in plan.cluster.workloads if one.id.name == "db")
    claims = FrozenMap({key: claim for key, claim in plan.cluster.claims.items() if key != "pay/data-db-0"})
    loose = replace(plan, cluster=replace(plan.cluster, claims=claims))
    world = World(final_nodes(loose.cluster.nodes, {"b1": "restricted", "a1": "restricted"}, loose.policy.nodes), loose.cluster)
    for on in ({"b1": 1, "a1": 1}, {"a1": 1, "b1": 1}):
        assert assign(world, variants(db, "restricted", loose), on)[1] == 0


def test_a_daemon_does_not_reach_nodes_without_the_keys_it_spreads_over(plan: IsolationPlan) -> None:
    constraint = TopologySpreadConstraint(1, "rack", label_selector=LabelSelector())
    cluster = plan.cluster
    workloads = tuple(
        replace(one, template=replace(one.template, topology_spread_constraints=(constraint,))) if one.id.name == "logs" else one
        for one in cluster.workloads
    )
    racked = tuple(replace(one, labels=Labels({**one.labels, "rack": "r"})) if one.name == "c1" else one for one in cluster.nodes)
    placements = tuple(
        replace(one, on=FrozenMap({"c1": 1}), pods=1) if one.workload.name == "logs" else one for one in plan.placements
    )
    changed = replace(plan, cluster=replace(cluster, workloads=workloads, nodes=racked), placements=placements)
    assert verify(changed) == ()


def test_a_pod_that_would_leave_others_uneven_may_be_unplaced(infeasible: IsolationPlan) -> None:
    """There is room for one more pod, but api would then be spread less evenly than it asks."""
    three = (TopologySpreadConstraint(1, "zone", label_selector=LabelSelector(Labels({"app": "api"})), min_domains=3),)
    twin = next(one for one in infeasible.cluster.workloads if one.id.name == "api")
    twin = replace(twin, template=replace(twin.template, topology_spread_constraints=three))
    extra = replace(twin, id=replace(twin.id, name="zapi"), pods=1)
    extra = replace(extra, template=replace(extra.template, topology_spread_constraints=(), node_selector=Labels({"zone": "a"})))
    big = next(one for one in infeasible.cluster.workloads if one.id.name == "zzz")
    workloads = tuple(
        sorted(
            (*(one for one in infeasible.cluster.workloads if one.id not in (big.id, twin.id)), twin, extra),
            key=lambda one: one.id,
        )
    )
    members = {key: value for key, value in infeasible.trust.members.items() if key != str(big.id)}
    members[str(extra.id)] = infeasible.trust.members[str(twin.id)]
    left = replace(infeasible.unplaced[0], workload=extra.id, alone="")
    cluster = replace(infeasible.cluster, workloads=workloads)
    trust = replace(infeasible.trust, members=FrozenMap(members))
    infeasible = replace(infeasible, conflict=(extra.id,))
    assert [one.code for one in verify(replace(infeasible, cluster=cluster, trust=trust, unplaced=(left,)))] == [
        "unplaced-reasons"
    ]
    even = tuple(one for one in workloads if one.id != twin.id)
    quiet = replace(twin, template=replace(twin.template, topology_spread_constraints=()))
    cluster = replace(cluster, workloads=tuple(sorted((*even, quiet), key=lambda one: one.id)))
    found = {one.code for one in verify(replace(infeasible, cluster=cluster, trust=trust, unplaced=(left,)))}
    assert "unplaced-fits" in found


def test_room_that_is_kept_for_a_daemon_is_a_warning(crowded: IsolationPlan) -> None:
    """The agent waits for room on d1; a pod that asks nothing would fit there, were d1 in its ring."""
    ringed = tuple(replace(one, nodes=(*one.nodes, "d1")) if one.name == "restricted" else one for one in crowded.rings)
    small = next(one for one in crowded.cluster.workloads if one.id.name == "cache")
    idle = replace(small, id=replace(small.id, name="idle"))
    template = replace(small.template, pod_affinity=(), labels=Labels({**small.template.labels, "app": "idle"}))
    idle = replace(idle, template=replace(template, containers=(), node_selector=Labels({"zone": "d"})))
    left = replace(crowded.unplaced[0], workload=idle.id)
    cluster = replace(crowded.cluster, workloads=tuple(sorted((*crowded.cluster.workloads, idle), key=lambda one: one.id)))
    members = FrozenMap({**crowded.trust.members, str(idle.id): crowded.trust.members[str(small.id)]})
    trust = replace(crowded.trust, members=members)
    plan = replace(crowded, cluster=cluster, trust=trust, rings=ringed, unplaced=(*crowded.unplaced, left))
    assert {one.code: one.severity for one in verify(plan)}["unplaced-fits"] == "warning"


def test_equal_numbers_of_nodes_with_and_without_rings_are_fine(plan: IsolationPlan) -> None:
    assert verify(replace(plan, separation=Separation(3, 3, 3, 3))) == ()


@pytest.mark.parametrize(("moves", "holds"), [(0, False), (1, True), (2, True), (3, True), (4, False)])
def test_of_ordinals_with_volumes_more_may_move_than_the_numbers_show(plan: IsolationPlan, moves: int, holds: bool) -> None:
    """Of two pods of db one runs on a1, where none is planned; the other may be of either ordinal."""
    running = FrozenMap({"a1": 1, "b1": 1})
    workloads = tuple(replace(one, running=running) if one.id.name == "db" else one for one in plan.cluster.workloads)
    goals = tuple(replace(one, value=float(moves)) if one.name == "moves" else one for one in plan.goals)
    found = {one.code for one in verify(replace(plan, cluster=replace(plan.cluster, workloads=workloads), goals=goals))}
    assert found == (set() if holds else {"goal-moves"})
