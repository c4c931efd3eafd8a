"""Bought nodes are what their shape says, no more of them than can be had, and they cost what the plan says."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from models.answer.finding import Finding, FindingCode
from models.answer.plan import Buy, IsolationPlan
from models.kubernetes.node import Node, NodeShape, bought_name
from models.kubernetes.node_group import ANNOTATIONS
from models.solver.outcome import COST, MILLION, Goal
from planner.rules.placement.failure_repacking import ZONE
from planner.verify.finding import LABEL_VALUE, error

HOSTNAME = "kubernetes.io/hostname"
INSTANCE_TYPE = "node.kubernetes.io/instance-type"


def check(plan: IsolationPlan) -> Iterator[Finding]:
    """Yield what is wrong with what is bought, and with what it is said to cost."""
    shapes = {shape.name: shape for shape in plan.cluster.shapes}
    bought = [node for node in plan.cluster.nodes if node.shape]
    for node in bought:
        yield from _node(node, shapes, plan.policy.nodes.pool_key)
    yield from _counts(bought, shapes)
    yield from _rings(plan, {node.name: node for node in bought})
    yield from _cost(plan)


def _node(node: Node, shapes: Mapping[str, NodeShape], pool_key: str) -> Iterator[Finding]:
    shape = shapes.get(node.shape)
    if shape is None:
        yield error(FindingCode.SHAPE_UNKNOWN, node.name, shape=node.shape)
        return
    zone = node.labels.get(ZONE, "")
    if zone not in shape.zones:
        yield error(FindingCode.SHAPE_ZONE, node.name, zone=zone, shape=shape.name)
    pool = {pool_key: node.labels[pool_key]} if pool_key in node.labels else {}
    kind = {} if shape.group else {INSTANCE_TYPE: shape.name}
    # A shape may say another instance type than its name, but neither zone nor hostname.
    labels = {**kind, **shape.labels, ZONE: zone, HOSTNAME: node.name, **pool}
    pairs = (
        ("labels", dict(node.labels), labels),
        ("taints", node.taints, shape.taints),
        ("allocatable resources", node.allocatable, shape.allocatable),
        ("price", node.price, shape.price),
        ("owner", node.made_by, f"{shape.name} {shape.group}" if shape.group in ANNOTATIONS else ""),
        ("state", node.unschedulable, False),
    )
    for part, said, true in pairs:
        if said != true:
            yield error(FindingCode.SHAPE_DIFFERS, node.name, part=part, shape=shape.name)


def _counts(bought: list[Node], shapes: Mapping[str, NodeShape]) -> Iterator[Finding]:
    names: dict[tuple[str, str], set[str]] = {}
    for node in bought:
        names.setdefault((node.shape, node.labels.get(ZONE, "")), set()).add(node.name)
    for (shape, zone), here in sorted(names.items()):
        if here != {bought_name(shape, zone, number) for number in range(1, len(here) + 1)}:
            yield error(FindingCode.BOUGHT_NAMES, f"{shape}@{zone}", nodes=len(here))
    counts = Counter(node.shape for node in bought)
    for name, count in sorted(counts.items()):
        most = shapes[name].max if name in shapes else None
        if most is not None and count > most:
            yield error(FindingCode.BOUGHT_TOO_MANY, name, count=count, most=most)


def _rings(plan: IsolationPlan, bought: Mapping[str, Node]) -> Iterator[Finding]:
    inside = set()
    for ring in plan.rings:
        mine = [bought[name] for name in ring.nodes if name in bought]
        inside |= {node.name for node in mine}
        key = plan.policy.nodes.pool_key
        counts = Counter((node.shape, node.labels.get(ZONE, ""), node.labels.get(key, "")) for node in mine)
        if ring.buy != tuple(Buy(shape, zone, counts[shape, zone, pool], pool) for shape, zone, pool in sorted(counts)):
            yield error(FindingCode.BOUGHT_COUNT, ring.name, nodes=len(mine))
        for pool in sorted({buy.pool for buy in ring.buy if buy.pool}):
            if not LABEL_VALUE.fullmatch(pool):
                yield error(FindingCode.POOL_NAME, ring.name, pool=pool)
    for name in sorted(bought.keys() - inside):
        yield error(FindingCode.BOUGHT_IDLE, name)


def _cost(plan: IsolationPlan) -> Iterator[Finding]:
    said = [goal for goal in plan.goals if goal.name == COST]
    if not said:
        if plan.cluster.shapes or any(node.price for node in plan.cluster.nodes):
            yield error(FindingCode.GOALS_MISSING, plan.name, case="cost")
        return
    used = {name for ring in plan.rings for name in ring.nodes}
    true = sum(node.price for node in plan.cluster.nodes if node.name in used)
    for goal in said:
        if round(goal.value * MILLION) != true:
            yield error(FindingCode.GOAL_COST, goal.name, said=goal.value, true=true / MILLION)
        if goal.bound > goal.value:
            yield error(FindingCode.GOAL_BOUND, goal.name, case="cost", value=goal.value, bound=goal.bound)
    packed = [goal for goal in plan.packing_goals if goal.name == COST]
    for goal in (*said, *packed) if plan.certificate is None else ():
        if goal.bound > 0:
            yield error(FindingCode.BOUND_UNPROVEN, goal.name, case="cost", bound=goal.bound)
    yield from _packing(packed, max(goal.bound for goal in said))


def _packing(packed: Sequence[Goal], least: float) -> Iterator[Finding]:
    """Yield that the packing beside the plan is said to cost less than anything can."""
    for goal in packed:
        if goal.value < least:
            yield error(FindingCode.PACKING_COST, goal.name, said=goal.value, least=least)


def unproven(plan: IsolationPlan, flaws: Sequence[Finding], proven: int) -> Iterator[Finding]:
    """Yield why the certificate does not prove the cost's bound; `proven` is what it does prove, in millionths."""
    yield from flaws
    said = {goal.bound for goal in (*plan.goals, *plan.packing_goals) if goal.name == COST}
    for bound in sorted(said) if not flaws else ():
        if round(bound * MILLION) > proven:
            yield error(FindingCode.CERTIFICATE_SHORT, COST, said=bound, proven=proven / MILLION)
