from dataclasses import replace

import pytest

from models.finding import Finding
from models.frozen import FrozenMap
from models.plan import IsolationPlan
from planner.rules.filter import World, static_reason
from planner.rules.ring import final_nodes
from planner.verify import verify
from planner.verify.scene import assign, variants


def test_a_plan_that_holds_has_no_findings(plan: IsolationPlan) -> None:
    assert verify(plan) == ()


def test_a_plan_that_says_truly_what_does_not_fit_has_no_findings(infeasible: IsolationPlan) -> None:
    assert verify(infeasible) == ()


def test_a_daemon_without_room_is_truly_unplaced(crowded: IsolationPlan) -> None:
    assert verify(crowded) == ()


def test_findings_are_sorted_and_do_not_repeat(plan: IsolationPlan) -> None:
    broken = replace(plan, verdict="infeasible", shared=(), placements=plan.placements[1:])
    found = verify(broken)
    assert list(found) == sorted(found, key=lambda one: (one.id, one.subject, one.message))
    assert len(set(found)) == len(found)
    assert {one.id for one in found} == {"shared-missing", "verdict", "workload-dropped"}


def test_a_finding_says_who_what_why_and_what_to_do(plan: IsolationPlan) -> None:
    for one in verify(replace(plan, verdict="infeasible", shared=(), placements=())):
        assert isinstance(one, Finding)
        assert one.severity == "error"
        assert one.subject
        assert one.message
        assert one.why
        assert one.fix


def test_an_empty_plan_of_an_empty_cluster_holds(plan: IsolationPlan) -> None:
    trust = replace(plan.trust, groups=(), rings=(), members=FrozenMap(), sharing=())
    cluster = replace(plan.cluster, workloads=(), residents=())
    assert verify(replace(plan, cluster=cluster, trust=trust, rings=(), placements=(), shared=(), goals=())) == ()


def test_ordinals_may_lie_in_any_order_that_their_volumes_allow(plan: IsolationPlan) -> None:
    """Two pods of db on b1 are one too many, for only one of the volumes is in zone b."""
    at = next(i for i, p in enumerate(plan.placements) if p.workload.name == "db")
    both = replace(plan.placements[at], on=FrozenMap({"b1": 2}))
    found = verify(replace(plan, placements=(*plan.placements[:at], both, *plan.placements[at + 1 :])))
    assert [one.id for one in found] == ["stateful-volumes"]


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
