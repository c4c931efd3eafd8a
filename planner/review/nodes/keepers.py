"""What keeps a node in its ring: the pods on it that have no other place there, and what says so; and what hinders a drain."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from models.answer.plan import IsolationPlan
from models.answer.review import Keeper
from models.kubernetes.cluster import DisruptionBudget
from models.kubernetes.node_group import group_grown_by, is_member
from models.kubernetes.pod import Pod
from models.kubernetes.workload import Workload
from planner.rules import data_on_node, selectors
from planner.rules.disruption import allowed
from planner.rules.placement.failure_repacking import repack
from planner.rules.placement.scheduler_filters import fit_error, static_reason
from planner.verify.state import Scene
from planner.view.format import count, listed, natural

ROOM, VOLUME, RULE, BUDGET, POD, DATA, SURVIVE, RING_SIZE, GROUP_SIZE, UNKNOWN = (
    "room",
    "volume",
    "rule",
    "budget",
    "pod",
    "data",
    "survive",
    "ring size",
    "group size",
    "unknown",
)
_NO_ROOM = ("Insufficient", "Too many pods")
NAMED = 3
_VOLUME = ("volume", "disk", "PersistentVolume")


def keepers(
    scene: Scene,
    ring: str,
    nodes: Sequence[str],
    bound: int,
    survives_by: Collection[str],
    sizes: Mapping[frozenset[str], int],
    most: int,
) -> Iterator[Keeper]:
    """Say of so many of a ring's nodes what keeps it, the others being there; without some it is proven not to survive a loss.

    `sizes` are the least sizes of node groups, by their nodes.
    """
    for node in nodes[:most]:
        homes = [name for name in nodes if name != node]
        guests = scene.guests.get(node, Counter())
        left = repack(scene.world, [node], homes, [guests]).left if guests else Counter()
        if left:
            (owner, pod), _ = max(left.items(), key=lambda item: (item[1], item[0][0]))
            yield _kept_by(scene, node, homes, owner, pod, sum(left.values()))
        else:
            least = (size for group, size in sizes.items() if node in group and len(group.intersection(nodes)) <= size)
            yield _kept_by_group(node, next(least, 0)) or _kept_by_policy(
                scene.plan, ring, node, nodes, bound, node in survives_by
            )


def _kept_by(scene: Scene, node: str, homes: Sequence[str], owner: str, pod: Pod, left: int) -> Keeper:
    """Say which pods have no other place, and why, as kube-scheduler would once the node is gone."""
    world = scene.world
    site, stood = world.lose(node)
    others = [world.sites[name].node for name in homes]
    static = [static_reason(pod, home, world) for home in others]
    _, reasons = fit_error(pod, others, world)
    world.regain(site, stood)
    pods = f"{count(left, 'pod')} would have no place {_asked(homes, reasons)}"
    if static and all(static):
        kind = VOLUME if any(word in reason for reason in static for word in _VOLUME) else RULE
        return Keeper(node, kind, owner, pods)
    return Keeper(node, ROOM if not reasons or any(reason.startswith(_NO_ROOM) for reason in reasons) else RULE, owner, pods)


def _asked(homes: Sequence[str], reasons: Mapping[str, int]) -> str:
    """Name the nodes that were asked, and what they say: nothing where they take the pod, and not all that are like it."""
    if not homes:
        return "elsewhere: no other node of the ring is kept"
    said = ", ".join(f"{nodes} {reason}" for reason, nodes in sorted(reasons.items())) or "some fit, and not all of them"
    return f"on {listed(homes, NAMED)}: {said}"


def _kept_by_group(node: str, least: int) -> Keeper | None:
    return Keeper(node, GROUP_SIZE, "node group", f"its group has at least {count(least, 'node')}") if least else None


def _kept_by_policy(plan: IsolationPlan, ring: str, node: str, nodes: Sequence[str], bound: int, needed: bool) -> Keeper:
    """Say why a node stays whose pods would find another place, one node at a time."""
    survive, groups = plan.policy.survive, next(planned.groups for planned in plan.rings if planned.name == ring)
    limits = [size for size in plan.policy.ring_nodes if not size.groups or set(size.groups) & set(groups)]
    if any(size.min >= len(nodes) for size in limits):
        return Keeper(node, RING_SIZE, "policy", f"ringNodes asks for {len(nodes)} nodes")
    if needed:
        return Keeper(node, SURVIVE, "policy", "without it the ring does not survive what the policy asks for, proven")
    if len(nodes) <= bound:
        return Keeper(node, ROOM, ring, f"{bound} nodes are proven to be needed; which of them may differ")
    if survive.nodes or survive.zones:
        return Keeper(node, UNKNOWN, ring, "its pods have room on the others; not known is whether the ring then survives a loss")
    return Keeper(node, UNKNOWN, ring, "no packing without it was found, and none is proven not to exist")


def least_sizes(plan: IsolationPlan) -> Mapping[frozenset[str], int]:
    """Return how many nodes each node group has at least, where that is said, by the nodes that it has, or is to have."""
    by, sizes = plan.policy.nodes.groups.by, {}
    for shape in plan.cluster.shapes:
        group = group_grown_by(shape)
        if group and shape.min:
            mine = (node for node in plan.cluster.nodes if node.shape == shape.name or is_member(node, group, by))
            sizes[frozenset(node.name for node in mine)] = shape.min
    return sizes


def before_drain(plan: IsolationPlan, nodes: Iterable[str]) -> Iterator[Keeper]:
    """Say what is in the way of draining nodes: budgets that allow nothing, pods that nobody makes again, data that would go."""
    budgets = [(budget, selected) for budget in plan.cluster.budgets if (selected := _selected(plan, budget))]
    for node in sorted(nodes, key=natural):
        here = [w for w in plan.cluster.workloads if w.running.get(node) and not w.is_daemon]
        for workload in here:
            if workload.id.full_kind == "Pod":
                yield Keeper(node, POD, str(workload.id), "no controller makes this pod again")
            if data_on_node.keeps(workload, plan.cluster):
                yield Keeper(node, DATA, str(workload.id), "its pods keep data on the node")
        for budget, selected in budgets:
            if not _allows(budget, selected) and set(selected).intersection(here):
                who = ", ".join(str(workload.id) for workload in selected if workload in here)
                yield Keeper(node, BUDGET, f"{budget.namespace}/{budget.name}", f"it lets no pod of {who} be evicted")


def _selected(plan: IsolationPlan, budget: DisruptionBudget) -> tuple[Workload, ...]:
    if budget.selector is None:
        return ()
    mine = (workload for workload in plan.cluster.workloads if workload.id.namespace == budget.namespace)
    return tuple(workload for workload in mine if selectors.matches(budget.selector, workload.template.labels))


def _allows(budget: DisruptionBudget, selected: Iterable[Workload]) -> bool:
    """Say whether the budget lets a pod go while all that its controllers keep are healthy."""
    expected: Counter[str] = Counter()
    for workload in selected:
        expected[workload.id.full_kind] += workload.first
    return allowed(budget, expected.total(), expected) > 0
