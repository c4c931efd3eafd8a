"""How many more pods a ring takes is what binding them one at a time comes to, by the rules and by nothing else."""

from dataclasses import replace

import pytest

from models.answer.plan import IsolationPlan
from models.answer.review import More
from models.frozen_map import FrozenMap
from models.kubernetes.labels import Toleration
from models.kubernetes.pod import Container, Pod
from planner import pipeline
from planner.review.capacity import places
from planner.review.tuning import ReviewTuning, RoomTuning
from planner.rules import ring_membership
from planner.rules.placement.scheduler_filters import why_not
from planner.rules.plugins.tainttoleration import untolerated
from planner.verify import stage
from tests.review.test_numbers import SAMPLES, path_of, reviewed
from tests.shop_that_buys import node, quiet, workload, write


def bound_slowly(plan: IsolationPlan, ring: str, pod: Pod, most: int = 400) -> int:
    """Bind pods to the first node of the ring that no rule keeps them off, asking all rules of all nodes each time."""
    world = stage(plan).world
    nodes = [world.sites[name].node for planned in plan.rings if planned.name == ring for name in planned.nodes]
    for count in range(most):
        home = next((node for node in nodes if not why_not(pod, node, world)), None)
        if home is None:
            return count
        world.add(pod, home.name)
    return most


def plain(ring: str, plan: IsolationPlan, room: More) -> Pod:
    """Make a pod that asks for so much and tolerates what all workloads of the ring do."""
    mine = [w for w in plan.cluster.workloads if plan.trust.members[str(w.id)].ring == ring and not w.is_daemon]
    taints = {taint for node in plan.cluster.nodes for taint in node.taints}
    common = [t for t in taints if all(not untolerated(w.template.tolerations, (t,)) for w in mine)]
    tolerated = tuple(Toleration(taint.key, "Exists", "", taint.effect) for taint in common)
    pod = Pod(containers=(Container(requests=room.requests),), tolerations=tolerated)
    return ring_membership.ring_pod(pod, ring, plan.policy.nodes)


@pytest.mark.parametrize("sample", SAMPLES)
def test_more_standard_pods_are_as_many_as_can_be_bound(sample):
    plan = pipeline.load(str(path_of(sample)))
    for ring in reviewed(sample).rings:
        for room in ring.standard:
            assert room.pods == bound_slowly(plan, ring.name, plain(ring.name, plan, room)), (ring.name, room)
            assert bool(room.why) == (room.pods == 0)


@pytest.mark.parametrize("sample", SAMPLES)
def test_more_pods_of_each_workload_are_as_many_as_can_be_bound(sample):
    plan = pipeline.load(str(path_of(sample)))
    by_name = {str(w.id): w for w in plan.cluster.workloads}
    for ring in reviewed(sample).rings:
        mine = places.Places(plan, stage(plan).world, ring.name, (), (), 1, [1])
        for room in ring.more:
            assert room.pods == bound_slowly(plan, ring.name, mine.next_pod(by_name[room.name])), (ring.name, room)


HARD = {"labelSelector": {"matchLabels": {"app": "api"}}, "whenUnsatisfiable": "DoNotSchedule", "maxSkew": 1}
ZONE = "topology.kubernetes.io/zone"
APART = {"labelSelector": {"matchLabels": {"app": "api"}}, "topologyKey": "kubernetes.io/hostname"}


@pytest.mark.parametrize(
    ("pod", "more"),
    [
        pytest.param({}, 8, id="by room alone as many as each of three nodes of 4 cores holds beside one"),
        pytest.param(
            {"topologySpreadConstraints": [{**HARD, "topologyKey": ZONE}]}, 6, id="spread over zones of two nodes and one"
        ),
        pytest.param(
            {"affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [APART]}}}, 2, id="one to a node"
        ),
    ],
)
def test_sums_are_not_room(tmp_path, pod, more):
    inventory = [node("n-1"), node("n-2"), node("n-3", zone="z-2")]
    plan = pipeline.plan(write(tmp_path, [workload("api", "restricted", "1300m", 1, **pod)], inventory), quiet, exact=True)
    (ring,) = pipeline.review(plan, quiet, quick=True).rings
    assert (ring.whole.nodes, [room.pods for room in ring.more]) == (3, [more])


def test_what_hangs_on_others_is_not_counted_for_ever(tmp_path):
    spread = [{**HARD, "topologyKey": ZONE, "maxSkew": 50}]
    work = workload("api", "restricted", "1m", 1, topologySpreadConstraints=spread)
    plan = pipeline.plan(write(tmp_path, [work], [node("n-1")]), quiet)
    (ring,) = pipeline.review(plan, quiet, ReviewTuning(room=RoomTuning(most=7)), quick=True).rings
    assert [(room.pods, room.or_more) for room in ring.more] == [(7, True)]
    (ring,) = pipeline.review(plan, quiet, ReviewTuning(room=RoomTuning(most=7, work=3)), quick=True).rings
    assert [room.pods for room in ring.more] == [None]


def test_a_node_without_room_for_the_smallest_pod_strands_what_it_has(tmp_path):
    inventory = [node("n-1"), node("n-2")]
    work = [workload("api", "restricted", "3900m", 1), workload("web", "restricted", "1", 1)]
    plan = pipeline.plan(write(tmp_path, work, inventory), quiet, exact=True)
    review = pipeline.review(plan, quiet, quick=True)
    by_name = {name.name: name for name in review.nodes}
    (crowded,) = (name for name in by_name if by_name[name].pods.get("Deployment/shop/api"))
    stranded = {name: here.amounts["cpu"].stranded for name, here in by_name.items()}
    assert stranded == {crowded: 100, **{name: 0 for name in by_name if name != crowded}}
    assert review.rings[0].whole.amounts["cpu"].stranded == 100


def test_a_stateful_set_has_room_for_the_pod_that_comes_next_not_for_those_that_are_there(tmp_path):
    plan = pipeline.plan(write(tmp_path, [workload("api", "restricted", "1", 1)], [node("n-1")]), quiet, exact=True)
    (work,) = plan.cluster.workloads
    stateful = replace(work, claim_templates=("data",))
    asks = places.Places(plan, stage(plan).world, plan.rings[0].name, (), (stateful,), 1, [1])
    assert [claim.name for claim in asks.next_pod(stateful).new_claims] == ["data"]
    assert FrozenMap(asks.next_pod(work).node_selector) == asks.next_pod(stateful).node_selector
