"""What the plan says about pods without a place is true, and the verdict says no more and no less."""

from collections.abc import Iterator, Mapping

from models.answer.finding import WARNING, Finding, FindingCode
from models.answer.plan import UNTRIED, IsolationPlan, Unplaced
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from models.kubernetes.workload import Workload
from models.solver.outcome import FEASIBLE, INFEASIBLE, UNDECIDED
from planner.rules.placement.cluster_state import World
from planner.rules.placement.scheduler_filters import fit_error, fits_somewhere
from planner.rules.plugins import podtopologyspread
from planner.verify.finding import error
from planner.verify.pods.alone import Empty
from planner.verify.rings.membership import Belonging
from planner.verify.state import Scene, daemon, pinned, variants


def check(scene: Scene, belongings: Mapping[str, Belonging], perishes: bool = False) -> Iterator[Finding]:
    """Yield what is untrue about unplaced pods; `perishes` says that a ring does not survive what it must."""
    yield from _verdict(scene.plan, perishes)
    yield from _remedies(scene.plan, perishes)
    yield from _pending(scene)
    known, ground = {workload.id: workload for workload in scene.plan.cluster.workloads}, Empty(scene.plan)
    for left in scene.plan.unplaced:
        workload = known.get(left.workload)
        if workload is not None:
            belongs = belongings[str(workload.id)]
            yield from _reasons(scene, left, workload, belongs)
            yield from _alone(scene, left, workload, belongs, ground)


def _verdict(plan: IsolationPlan, perishes: bool) -> Iterator[Finding]:
    if plan.verdict not in (FEASIBLE, INFEASIBLE, UNDECIDED):
        yield error(FindingCode.VERDICT, plan.name, case="unknown", verdict=plan.verdict)
    elif plan.verdict == FEASIBLE and plan.unplaced:
        yield error(FindingCode.VERDICT, plan.name, case="unplaced", workloads=len(plan.unplaced))
    elif plan.verdict == INFEASIBLE and not plan.unplaced and not perishes:
        yield error(FindingCode.VERDICT, plan.name, case="placed")


def _remedies(plan: IsolationPlan, perishes: bool) -> Iterator[Finding]:
    rings, nodes = {ring.name for ring in plan.rings}, {node.name for node in plan.cluster.nodes}
    for short in plan.shortages:
        if short.ring not in rings or short.needed <= short.available:
            yield error(FindingCode.SHORTAGE_UNTRUE, short.ring, case="none", short=short)
    for repair in plan.repairs:
        if repair.node not in nodes or repair.count < 1 or not (plan.unplaced or perishes):
            yield error(FindingCode.REPAIR_UNTRUE, repair.node, case="nothing", count=repair.count)


def _pending(scene: Scene) -> Iterator[Finding]:
    """Compare the daemons that have no room on a node of theirs."""
    for workload, nodes in scene.pending.items():
        said = sum(left.pods for left in scene.plan.unplaced if left.workload == workload)
        if said != len(nodes):
            yield error(FindingCode.DAEMON_PENDING, workload, said=said, true=len(nodes))


def _reasons(scene: Scene, left: Unplaced, workload: Workload, belongs: Belonging) -> Iterator[Finding]:
    is_said = left.message != UNTRIED or bool(left.reasons)
    if not is_said and scene.plan.verdict == UNDECIDED:
        return
    candidates = _pods(scene, workload, belongs)
    if not workload.is_daemon:
        for pod in candidates:
            yield from _takers(scene, pod, workload)
    truths = [fit_error(pod, scene.nodes, scene.world) for pod in candidates]
    if is_said and (left.message, left.reasons) not in truths:
        facts = {"said": left.message, "true": truths[0][0] if truths else ""}
        yield error(FindingCode.UNPLACED_REASONS, workload.id, **facts)


def _alone(scene: Scene, left: Unplaced, workload: Workload, belongs: Belonging, ground: Empty) -> Iterator[Finding]:
    """Compare what kube-scheduler would say if all nodes were in the ring and empty, of pods that fit nowhere even then."""
    if left.message == UNTRIED and not left.alone:
        return
    home = next((r.name for r in scene.plan.rings if belongs.group and belongs.group.name in r.groups), "")
    pods = () if workload.is_daemon else variants(workload, home, scene.plan)
    if left.alone not in ({ground.refusal(pod, home) for pod in pods} or {""}):
        yield error(FindingCode.UNPLACED_ALONE, workload.id, said=left.alone)


def _pods(scene: Scene, workload: Workload, belongs: Belonging) -> list[Pod]:
    """Return the pods that the entry may be about, as patched; it does not say which ordinals of a StatefulSet it means."""
    home = next((r.name for r in scene.plan.rings if belongs.group and belongs.group.name in r.groups), "")
    if workload.is_daemon:
        pod = daemon(workload, belongs.everywhere, home, scene.plan)
        return [pinned(pod, node) for node in scene.pending[workload.id]]
    return list(variants(workload, home, scene.plan))


def _takers(scene: Scene, pod: Pod, workload: Workload) -> Iterator[Finding]:
    """Yield a node that would take the pod after all; a warning where the search stopped early, or room is kept for a daemon."""
    # A plan does not say which of a StatefulSet's pods is left, and not each of them may go where another may.
    if len(variants(workload, "", scene.plan)) > 1:
        return
    waiting = {node for nodes in scene.pending.values() for node in nodes}
    # kube-scheduler asks only whether the new pod is spread evenly; a plan must leave all of them so.
    takers = [node for node in fits_somewhere(pod, scene.nodes, scene.world) if not _unbalances(pod, node, scene.world)]
    for node in sorted(takers, key=lambda taker: taker.name in waiting)[:1]:
        if scene.plan.verdict == UNDECIDED:
            yield Finding.of(FindingCode.UNPLACED_FITS, WARNING, workload.id, case="undecided", node=node.name)
        elif node.name in waiting:
            yield Finding.of(FindingCode.UNPLACED_FITS, WARNING, workload.id, case="daemon", node=node.name)
        else:
            yield error(FindingCode.UNPLACED_FITS, workload.id, case="fits", node=node.name)


def _unbalances(pod: Pod, node: Node, world: World) -> bool:
    """Say whether one more pod here would leave others spread less evenly than they ask."""
    if not any(kind.spread for _, kind, _ in world.judged()):
        return False
    before = _uneven(world)
    world.add(pod, node.name)
    after = _uneven(world)
    world.remove(pod, node.name)
    return bool(after - before)


def _uneven(world: World) -> set[tuple[int, str]]:
    pairs = set()
    for site, kind, _ in world.judged():
        for constraint, tally in world.spread(kind):
            for domain in tally.ground.of(site.node):
                there = tally.at(domain) - tally.wants(kind.pod) + podtopologyspread.counts_self(constraint, kind.pod)
                if there - tally.lowest(constraint.min_domains) > constraint.max_skew:
                    pairs.add((id(kind), str(domain)))
    return pairs
