"""One workload, as every node of every ring sees it."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from models.answer.explanation import Ground, WorkloadExplained
from models.answer.plan import IsolationPlan
from models.frozen_map import FrozenMap
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from models.kubernetes.workload import Workload, WorkloadId
from planner.rules import affinity_hint, daemonset, ring_membership, statefulset
from planner.rules.placement.scheduler_filters import World, static_reason, why_not

Reached = Mapping[WorkloadId, tuple[str, ...]]
"""The nodes on which each DaemonSet has a pod."""
Asked = Callable[[Node], str]


def workload(plan: IsolationPlan, world: World, reached: Reached, asked: Workload) -> WorkloadExplained:
    """Ask all nodes of the world, which is as the plan leaves it, about one more pod of a workload."""
    member = plan.trust.members[str(asked.id)]
    if asked.is_daemon:
        on = FrozenMap(dict.fromkeys(reached.get(asked.id, ()), 1))
    else:
        placed = next((placement for placement in plan.placements if placement.workload == asked.id), None)
        on = placed.on if placed else FrozenMap()
    grounds = list(_grounds(plan, world, asked))
    if member.everywhere:
        return WorkloadExplained(asked, on, None, tuple(grounds))
    home = next((ground for ground in grounds if ground.ring and ground.ring == member.ring), None)
    return WorkloadExplained(asked, on, home, tuple(ground for ground in grounds if ground is not home))


def _grounds(plan: IsolationPlan, world: World, asked: Workload) -> Iterator[Ground]:
    """Yield what the nodes of each ring say, as if the workload were of it, and then those outside."""
    rules, inside = plan.policy.nodes, {name for ring in plan.rings for name in ring.nodes}
    member = plan.trust.members[str(asked.id)]
    led, resident = affinity_hint.of(plan.guides, asked.id), ring_membership.everywhere_pod(asked.template, rules)
    for ring in plan.rings:
        pod = resident if member.everywhere else ring_membership.ring_pod(asked.template, ring.name, rules)
        pod = affinity_hint.guided(pod, led) if ring.name == member.ring else pod
        nodes = [world.sites[name].node for name in ring.nodes if name in world.sites]
        yield _ground(ring.name, ring.groups, nodes, _question(plan, world, asked, pod))
    outside = [site.node for name, site in world.sites.items() if name not in inside]
    left_alone = tuple(node.name for node in outside if ring_membership.is_excluded(node, rules))
    others = [node for node in outside if not ring_membership.is_excluded(node, rules)]
    if outside:
        elsewhere = _ground("", (), others, _question(plan, world, asked, asked.template))
        yield Ground("", (), elsewhere.takes, elsewhere.refuses, left_alone)


def _ground(name: str, groups: tuple[str, ...], nodes: Iterable[Node], asks: Asked) -> Ground:
    takes, refuses = list[str](), dict[str, list[str]]()
    for node in nodes:
        reason = asks(node)
        refuses.setdefault(reason, []).append(node.name) if reason else takes.append(node.name)
    ordered = sorted(refuses.items(), key=lambda refusal: (-len(refusal[1]), refusal[0]))
    return Ground(name, groups, tuple(takes), FrozenMap({reason: tuple(names) for reason, names in ordered}))


def _question(plan: IsolationPlan, world: World, asked: Workload, pod: Pod) -> Asked:
    """Return what says why a node does not take one more such pod: nothing where it does."""
    if asked.is_daemon:
        daemon = daemonset.daemon_pod(pod)
        return lambda node: static_reason(daemon, node, world)
    kinds = tuple(statefulset.variants(asked, pod, plan.cluster)) or (pod,)

    def reason(node: Node) -> str:
        said = [why_not(kind, node, world) for kind in kinds]
        return ", ".join(said[0]) if all(said) else ""

    return reason
