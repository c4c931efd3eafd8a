"""Remedies: what would help a ring at risk, tried on the scenarios that leave most of its pods pending, with what it costs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from models.answer.grade import Remedy
from models.answer.plan import IsolationPlan, RingPlan
from models.kubernetes.labels import Labels
from models.kubernetes.node import Node
from planner.refine.tuning import TUNING, Tuning

if TYPE_CHECKING:
    from models.answer.forecast import Forecast, Run

Progress = Callable[[str], None]
HOST = "kubernetes.io/hostname"
REQUIRE = "require"


def remedies(
    plan: IsolationPlan, forecast: "Forecast", progress: Progress = lambda _: None, tuning: Tuning = TUNING
) -> tuple[Remedy, ...]:
    """Return for each ring at risk what leaves fewer of its pods pending: a node more, the cheapest that does, and hints."""
    tried = (remedy for ring in plan.rings for remedy in _of_ring(plan, ring, forecast.runs, progress, tuning))
    return tuple(tried)


def _of_ring(plan: IsolationPlan, ring: RingPlan, runs: "Sequence[Run]", progress: Progress, tuning: Tuning) -> Iterator[Remedy]:
    worst = sorted((run for run in runs if _pending(plan, ring.name, run)), key=lambda run: -_pending(plan, ring.name, run))
    if not worst or not ring.grade or not ring.grade.is_at_risk:
        return
    worst = worst[: tuning.remedy_scenarios]
    progress(f"looking for what helps ring {ring.name}")
    nodes = [_node_more(plan, ring, like, worst) for like in _kinds(plan, ring)[: tuning.remedy_nodes]]
    hints = [_required_hints(plan, ring, worst)] if plan.policy.guide != REQUIRE else []
    before = _pending(plan, ring.name, worst[0])
    for remedies_of_kind in (nodes, hints):
        helpful = [remedy for remedy in remedies_of_kind if remedy is not None and remedy.pending < before]
        if helpful:
            yield min(helpful, key=lambda remedy: (remedy.pending, remedy.price))


def _pending(plan: IsolationPlan, ring: str, run: "Run") -> int:
    from planner.simulate import pending_by_ring

    return pending_by_ring(plan, run)[ring]


def _kinds(plan: IsolationPlan, ring: RingPlan) -> list[Node]:
    """Return a node of each kind in a ring, the cheapest first, and of these the smallest."""
    inside = frozenset(ring.nodes)
    kinds: dict[object, Node] = {}
    for node in plan.cluster.nodes:
        if node.name in inside and not node.unschedulable:
            kinds.setdefault((node.price, node.allocatable, node.taints), node)
    return sorted(kinds.values(), key=lambda node: (node.price, sorted(node.allocatable.items()), node.name))


def _node_more(plan: IsolationPlan, ring: RingPlan, like: Node, worst: "Sequence[Run]") -> Remedy:
    pending = _most_pending(with_node(plan, ring.name, like), ring.name, worst)
    return Remedy(ring.name, like.name, price=like.price, scenarios=len(worst), pending=pending)


def with_node(plan: IsolationPlan, ring: str, like: Node) -> IsolationPlan:
    """Return the plan with a node more in a ring, like this one but for its name, which sorts behind all others."""
    name = max(node.name for node in plan.cluster.nodes) + "-more"
    labels = {key: name if key == HOST else value for key, value in like.labels.items()}
    more = replace(like, name=name, labels=Labels(labels))
    rings = tuple(replace(other, nodes=(*other.nodes, name)) if other.name == ring else other for other in plan.rings)
    return replace(plan, cluster=replace(plan.cluster, nodes=(*plan.cluster.nodes, more)), rings=rings)


def _required_hints(plan: IsolationPlan, ring: RingPlan, worst: "Sequence[Run]") -> Remedy | None:
    """Hold the ring's pods on the nodes where the plan has them; None where nobody can be held, or a loss forbids it."""
    from planner.refine.hints import guides
    from planner.refine.oracle import failures

    more = guides(plan, (ring.name,), required=True)
    if not more:
        return None
    named = {guide.workload for guide in more}
    others = (guide for guide in plan.guides if guide.workload not in named)
    hinted = replace(plan, guides=tuple(sorted((*more, *others), key=lambda guide: guide.workload)))
    if not failures.is_met(failures.with_losses_repacked(hinted)):
        return None
    return Remedy(ring.name, guide=REQUIRE, scenarios=len(worst), pending=_most_pending(hinted, ring.name, worst))


def _most_pending(plan: IsolationPlan, ring: str, worst: "Sequence[Run]") -> int:
    """Play scenarios through again, and count the pods of a ring that one leaves pending at most."""
    from planner.refine.oracle import tie_breaks

    once_more = tie_breaks.again(plan)
    return max(_pending(plan, ring, once_more(run)) for run in worst)
