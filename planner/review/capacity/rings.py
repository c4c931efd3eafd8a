"""Reviews each ring: its nodes added up in all ways, what more it takes, and what a loss does to it."""

from collections.abc import Iterable, Sequence

from models.answer.plan import IsolationPlan, Outlook
from models.answer.review import NodeReview, Part, RingReview
from models.frozen_map import FrozenMap
from models.kubernetes.workload import Workload
from planner.review.capacity.amounts import part, parts, reviewed_nodes
from planner.review.capacity.places import Places
from planner.review.capacity.thresholds import beyond
from planner.review.tuning import RoomTuning
from planner.rules.placement.scheduler_filters import World
from planner.view.format import count, percent
from planner.view.usage import Load, RingLoad

SHORT, TIGHT, FINE = "short", "tight", "fine"
FULL = 0.8
"""From this share on a resource of a ring is called tight: room for a rollout or the loss of a node is a fifth at least."""


def review_rings(
    plan: IsolationPlan, world: World, load: Load, tuning: RoomTuning
) -> tuple[tuple[RingReview, ...], tuple[NodeReview, ...]]:
    """Return the review of every ring, and of every node."""
    # what may be asked is for all rings together
    work = [tuning.work]
    places = {ring.name: _places(plan, world, ring, tuning.most, work) for ring in load.rings}
    full = {name for asks in places.values() for name in asks.full()}
    nodes = reviewed_nodes(plan, load, full)
    rings = tuple(_ring(plan, ring, places[ring.name], _of(ring.name, nodes)) for ring in load.rings)
    return rings, nodes


def _members(plan: IsolationPlan, ring: str) -> tuple[Workload, ...]:
    members = plan.trust.members
    return tuple(w for w in plan.cluster.workloads if members[str(w.id)].ring == ring and not w.is_daemon)


def _places(plan: IsolationPlan, world: World, ring: RingLoad, most: int, work: list[int]) -> Places:
    sites = [world.sites[node.name] for node in ring.nodes if node.name in world.sites]
    return Places(plan, world, ring.name, sites, _members(plan, ring.name), most, work)


def _of(ring: str, nodes: Iterable[NodeReview]) -> tuple[NodeReview, ...]:
    return tuple(node for node in nodes if node.ring == ring)


def _ring(plan: IsolationPlan, ring: RingLoad, places: Places, nodes: Sequence[NodeReview]) -> RingReview:
    whole = part(ring.name, nodes)
    losses = tuple(loss for loss in plan.losses if loss.ring == ring.name)
    status, because = _standing(plan, ring, whole, losses)
    standard = places.standard()
    return RingReview(
        name=ring.name,
        levels=ring.levels,
        groups=ring.groups,
        status=status,
        because=because,
        whole=whole,
        zones=parts(nodes, lambda node: node.zone),
        types=parts(nodes, lambda node: node.type),
        node_groups=parts(nodes, lambda node: node.group),
        largest=tuple(places.largest()),
        more=places.workloads(),
        standard=standard,
        losses=losses,
        unplaced=ring.unplaced,
        homeless=_homeless(plan, ring.name),
        cost=sum(node.price for node in nodes),
        beyond=tuple(beyond(plan.policy.review, whole, standard)),
    )


def _homeless(plan: IsolationPlan, ring: str) -> FrozenMap[int]:
    members = plan.trust.members
    mine = (left for left in plan.unplaced if str(left.workload) in members and members[str(left.workload)].ring == ring)
    return FrozenMap({str(left.workload): left.pods for left in mine})


def _standing(plan: IsolationPlan, ring: RingLoad, whole: Part, losses: Iterable[Outlook]) -> tuple[str, str]:
    """Say whether the ring is short, tight or fine, by the first thing that speaks against it."""
    if ring.unplaced:
        return SHORT, f"{count(ring.unplaced, 'pod')} without a place"
    grade = next((planned.grade for planned in plan.rings if planned.name == ring.name), None)
    if grade is not None and grade.is_at_risk:
        return SHORT, f"kube-scheduler leaves up to {count(grade.pending, 'pod')} pending"
    if whole.fill >= FULL:
        return TIGHT, f"{percent(whole.fill)} of {whole.scarcest} is requested"
    if failing := next((loss for loss in losses if loss.of == "node" and loss.failing), None):
        worst = failing.worst[0]
        return TIGHT, f"losing node {worst.name} leaves {count(sum(worst.pending.values()), 'pod')} pending"
    return FINE, ""
