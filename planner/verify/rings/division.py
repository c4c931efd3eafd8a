"""Every group is in one ring, rings hold only groups that trust each other, and each node is in one ring at most."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations

from models.answer.finding import Finding, FindingCode
from models.answer.plan import IsolationPlan
from models.trust import Group, Ring, TrustPolicy
from planner.rules import ring_membership, static_pods
from planner.verify.finding import LABEL_VALUE, error
from planner.verify.rings import ring_name


def trust_each_other(first: Group, second: Group, policy: TrustPolicy) -> bool:
    """Say whether an entry of mayShare names both, each by its level or its full name."""
    for names in policy.may_share:
        for name, other in combinations(names, 2):
            if (_is(first, name) and _is(second, other)) or (_is(first, other) and _is(second, name)):
                return True
    return False


def _is(group: Group, name: str) -> bool:
    return name in (group.name, group.level)


def check(plan: IsolationPlan, groups: Iterable[Group]) -> Iterator[Finding]:
    """Yield what is wrong with the rings; `groups` are those that the workloads really form."""
    real = {group.name: group for group in groups}
    yield from _groups(plan, real)
    yield from _strangers(plan, real)
    yield from _names(plan)
    yield from _nodes(plan)
    yield from _excluded(plan)
    yield from _static_pods(plan)


def _groups(plan: IsolationPlan, real: dict[str, Group]) -> Iterator[Finding]:
    if tuple(sorted(group.name for group in plan.trust.groups)) != tuple(sorted(real)):
        yield error(FindingCode.GROUPS_DIFFER, plan.name, groups=tuple(sorted(real)))
    homes = Counter(group for ring in plan.rings for group in ring.groups)
    for name in sorted({*real, *homes}):
        if name not in real:
            yield error(FindingCode.GROUP_UNKNOWN, name)
        elif homes[name] != 1:
            yield error(FindingCode.GROUP_TWICE if homes[name] else FindingCode.GROUP_NOWHERE, name, rings=homes[name])
    sharing = tuple(
        (name, other) for name, other in combinations(sorted(real), 2) if trust_each_other(real[name], real[other], plan.policy)
    )
    if tuple(sorted(plan.trust.sharing)) != sharing:
        yield error(FindingCode.SHARING_DIFFERS, plan.name, pairs=len(sharing))


def _strangers(plan: IsolationPlan, real: dict[str, Group]) -> Iterator[Finding]:
    for ring in plan.rings:
        for name, other in combinations([name for name in ring.groups if name in real], 2):
            if not trust_each_other(real[name], real[other], plan.policy):
                yield error(FindingCode.RING_MIXES, ring.name, group=name, other=other)


def _static_pods(plan: IsolationPlan) -> Iterator[Finding]:
    """Yield nodes whose static pods, which stay there, keep them out of the ring that they are in."""
    homes = {name: ring for ring in plan.rings for name in ring.nodes}
    nodes = {node.name: node for node in plan.cluster.nodes}
    rings = tuple(Ring(ring.name, ring.groups) for ring in plan.rings)
    for name, told in static_pods.by_node(plan.cluster, plan.policy).items():
        home = homes.get(name)
        if home is None or name not in nodes:
            continue
        for saying in told:
            pod = f"{saying.resident.pod.namespace}/{saying.resident.name}"
            if saying.doubt:
                yield error(FindingCode.STATIC_POD_DOUBTED, name, pod=pod, doubt=saying.doubt)
            elif saying.group not in home.groups:
                yield error(FindingCode.STATIC_POD_MIXES, name, pod=pod, group=saying.group, ring=home.name)
            elif static_pods.ring_of(nodes[name], [saying], rings, plan.policy) != home.name:
                yield error(FindingCode.STATIC_POD_LIFTS, name, pod=pod, ring=home.name)


def _names(plan: IsolationPlan) -> Iterator[Finding]:
    counts = Counter(ring.name for ring in plan.rings)
    for name, count in counts.items():
        if count > 1:
            yield error(FindingCode.RING_TWICE, name, count=count)
        if not LABEL_VALUE.fullmatch(name):
            yield error(FindingCode.RING_NAME, name, case="no label")
    for ring, name in zip(plan.rings, ring_name.names(ring.groups for ring in plan.rings), strict=True):
        if ring.name != name:
            yield error(FindingCode.RING_NAME, ring.name, case="another", groups=ring.groups, name=name)
    if [(ring.name, ring.groups) for ring in plan.rings] != [(ring.name, ring.groups) for ring in plan.trust.rings]:
        yield error(FindingCode.RINGS_DIFFER, plan.name)


def _nodes(plan: IsolationPlan) -> Iterator[Finding]:
    known = {node.name: node for node in plan.cluster.nodes}
    homes = Counter(name for ring in plan.rings for name in ring.nodes)
    for name, count in sorted(homes.items()):
        if name not in known:
            yield error(FindingCode.NODE_UNKNOWN, name)
        elif ring_membership.is_excluded(known[name], plan.policy.nodes):
            yield error(FindingCode.NODE_EXCLUDED, name)
        if count > 1:
            yield error(FindingCode.NODE_TWICE, name, rings=count)


def _excluded(plan: IsolationPlan) -> Iterator[Finding]:
    """Yield the nodes that the plan leaves alone, and that nevertheless look like a ring's."""
    key = plan.policy.nodes.label_key
    for node in plan.cluster.nodes:
        if key in node.labels and ring_membership.is_excluded(node, plan.policy.nodes):
            yield error(FindingCode.EXCLUDED_IN_RING, node.name, ring=node.labels[key])
