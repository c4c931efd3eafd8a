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

WHY_RING = "A ring is the set of those who may meet on a node: it must hold each group once, and no strangers."
WHY_NODE = "A node in two rings, or in one that the policy leaves alone, has no boundary that could be enforced."


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
        yield error(FindingCode.GROUPS_DIFFER, plan.name, f"the workloads form the groups {', '.join(sorted(real))}", WHY_RING)
    homes = Counter(group for ring in plan.rings for group in ring.groups)
    for name in sorted({*real, *homes}):
        if name not in real:
            yield error(FindingCode.GROUP_UNKNOWN, name, "is in a ring, but no workload belongs to it", WHY_RING)
        elif homes[name] != 1:
            check_id = FindingCode.GROUP_TWICE if homes[name] else FindingCode.GROUP_NOWHERE
            yield error(check_id, name, f"is in {homes[name]} rings", WHY_RING)
    sharing = tuple(
        (name, other) for name, other in combinations(sorted(real), 2) if trust_each_other(real[name], real[other], plan.policy)
    )
    if tuple(sorted(plan.trust.sharing)) != sharing:
        yield error(
            FindingCode.SHARING_DIFFERS, plan.name, f"by mayShare {len(sharing)} pairs of groups trust each other", WHY_RING
        )


def _strangers(plan: IsolationPlan, real: dict[str, Group]) -> Iterator[Finding]:
    for ring in plan.rings:
        for name, other in combinations([name for name in ring.groups if name in real], 2):
            if not trust_each_other(real[name], real[other], plan.policy):
                yield error(
                    FindingCode.RING_MIXES, ring.name, f"holds {name} and {other}, which do not trust each other", WHY_RING
                )


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
            message = f"holds the static pod {saying.resident.pod.namespace}/{saying.resident.name}"
            if saying.doubt:
                yield error(
                    FindingCode.STATIC_POD_DOUBTED, name, f"{message}, which says {saying.doubt}, and is in a ring", WHY_RING
                )
            elif saying.group not in home.groups:
                yield error(
                    FindingCode.STATIC_POD_MIXES, name, f"{message} of {saying.group}, and is in ring {home.name}", WHY_RING
                )
            elif static_pods.ring_of(nodes[name], [saying], rings, plan.policy) != home.name:
                yield error(
                    FindingCode.STATIC_POD_LIFTS, name, f"{message}, and only its word brings it into ring {home.name}", WHY_RING
                )


def _names(plan: IsolationPlan) -> Iterator[Finding]:
    counts = Counter(ring.name for ring in plan.rings)
    for name, count in counts.items():
        if count > 1:
            yield error(FindingCode.RING_TWICE, name, f"is the name of {count} rings", WHY_RING)
        if not LABEL_VALUE.fullmatch(name):
            yield error(FindingCode.RING_NAME, name, "is no valid label value, so no node can carry it", WHY_RING)
    for ring, name in zip(plan.rings, ring_name.names(ring.groups for ring in plan.rings), strict=True):
        if ring.name != name:
            yield error(
                FindingCode.RING_NAME, ring.name, f"is the ring of {', '.join(ring.groups)}, which is named {name}", WHY_RING
            )
    if [(ring.name, ring.groups) for ring in plan.rings] != [(ring.name, ring.groups) for ring in plan.trust.rings]:
        yield error(
            FindingCode.RINGS_DIFFER, plan.name, "the plan's rings are not those that its trust section defines", WHY_RING
        )


def _nodes(plan: IsolationPlan) -> Iterator[Finding]:
    known = {node.name: node for node in plan.cluster.nodes}
    homes = Counter(name for ring in plan.rings for name in ring.nodes)
    for name, count in sorted(homes.items()):
        if name not in known:
            yield error(FindingCode.NODE_UNKNOWN, name, "is in a ring, but not among the cluster's nodes", WHY_NODE)
        elif ring_membership.is_excluded(known[name], plan.policy.nodes):
            yield error(FindingCode.NODE_EXCLUDED, name, "is in a ring, but the policy excludes it", WHY_NODE)
        if count > 1:
            yield error(FindingCode.NODE_TWICE, name, f"is in {count} rings", WHY_NODE)


def _excluded(plan: IsolationPlan) -> Iterator[Finding]:
    """Yield the nodes that the plan leaves alone, and that nevertheless look like a ring's."""
    key = plan.policy.nodes.label_key
    for node in plan.cluster.nodes:
        if key in node.labels and ring_membership.is_excluded(node, plan.policy.nodes):
            message = f"is excluded by the policy, but carries the label of ring {node.labels[key]}, whose pods may land there"
            yield error(
                FindingCode.EXCLUDED_IN_RING, node.name, message, WHY_NODE, "take the label away, or do not exclude the node"
            )
