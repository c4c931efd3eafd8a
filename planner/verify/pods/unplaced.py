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

WHY_FITS = "A pod is called unplaced only where no node takes it."
WHY_SAID = "The reasons are what somebody acts on."
WHY_VERDICT = "Feasible means that every pod has a place."


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
        yield error(FindingCode.VERDICT, plan.name, f"{plan.verdict!r} is no verdict", WHY_VERDICT)
    elif plan.verdict == FEASIBLE and plan.unplaced:
        yield error(
            FindingCode.VERDICT, plan.name, f"is called feasible with {len(plan.unplaced)} workloads unplaced", WHY_VERDICT
        )
    elif plan.verdict == INFEASIBLE and not plan.unplaced and not perishes:
        yield error(FindingCode.VERDICT, plan.name, "is called infeasible with every pod placed", WHY_VERDICT)


def _remedies(plan: IsolationPlan, perishes: bool) -> Iterator[Finding]:
    rings, nodes = {ring.name for ring in plan.rings}, {node.name for node in plan.cluster.nodes}
    for short in plan.shortages:
        if short.ring not in rings or short.needed <= short.available:
            message = f"needs {short.needed} {short.resource} and has {short.available}, which is no shortage of a ring"
            yield error(FindingCode.SHORTAGE_UNTRUE, short.ring, message, WHY_SAID)
    for repair in plan.repairs:
        if repair.node not in nodes or repair.count < 1 or not (plan.unplaced or perishes):
            yield error(FindingCode.REPAIR_UNTRUE, repair.node, f"{repair.count} more nodes like it repair nothing", WHY_SAID)


def _pending(scene: Scene) -> Iterator[Finding]:
    """Compare the daemons that have no room on a node of theirs."""
    for workload, nodes in scene.pending.items():
        said = sum(left.pods for left in scene.plan.unplaced if left.workload == workload)
        if said != len(nodes):
            message = f"{said} daemons are called unplaced, {len(nodes)} find no room on their node"
            yield error(FindingCode.DAEMON_PENDING, workload, message, WHY_SAID)


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
        truth = truths[0][0] if truths else "every daemon has room"
        yield error(FindingCode.UNPLACED_REASONS, workload.id, f"says {left.message!r}, but {truth!r} is true", WHY_SAID)


def _alone(scene: Scene, left: Unplaced, workload: Workload, belongs: Belonging, ground: Empty) -> Iterator[Finding]:
    """Compare what kube-scheduler would say if all nodes were in the ring and empty, of pods that fit nowhere even then."""
    if left.message == UNTRIED and not left.alone:
        return
    home = next((r.name for r in scene.plan.rings if belongs.group and belongs.group.name in r.groups), "")
    pods = () if workload.is_daemon else variants(workload, home, scene.plan)
    if left.alone not in ({ground.refusal(pod, home) for pod in pods} or {""}):
        said = f"says that by itself {left.alone!r}" if left.alone else "does not say that it fits nowhere even by itself"
        yield error(FindingCode.UNPLACED_ALONE, workload.id, f"{said}, which is not so", WHY_SAID)


def _pods(scene: Scene, workload: Workload, belongs: Belonging) -> list[Pod]:
    """Return the pods that the entry may be about, as patched; it does not say which ordinals of a StatefulSet it means."""
    home = next((r.name for r in scene.plan.rings if belongs.group and belongs.group.name in r.groups), "")
    if workload.is_daemon:
        pod = daemon(workload, belongs.everywhere, home, scene.plan)
        return [pinned(pod, node) for node in scene.pending[workload.id]]
    return list(variants(workload, home, scene.plan))


def _takers(scene: Scene, pod: Pod, workload: Workload) -> Iterator[Finding]:
    """Yield a node that would take the pod after all; a warning where the search stopped early, or room is kept for a daemon."""
    if len(variants(workload, "", scene.plan)) > 1:
        return
    waiting = {node for nodes in scene.pending.values() for node in nodes}
    takers = [node for node in fits_somewhere(pod, scene.nodes, scene.world) if not _unbalances(pod, node, scene.world)]
    for node in sorted(takers, key=lambda taker: taker.name in waiting)[:1]:
        message = f"is called unplaced, but fits on {node.name}"
        if scene.plan.verdict == UNDECIDED:
            yield _hedged(workload, message, "give the solver more time")
        elif node.name in waiting:
            yield _hedged(
                workload, f"{message}, where room is kept for a daemon that waits", "make room for the daemon, or drop it"
            )
        else:
            yield error(FindingCode.UNPLACED_FITS, workload.id, message, WHY_FITS)


def _hedged(workload: Workload, message: str, fix: str) -> Finding:
    return Finding(FindingCode.UNPLACED_FITS, WARNING, str(workload.id), message, WHY_FITS, fix)


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
