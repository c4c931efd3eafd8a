"""Cluster and rings become a Problem: pods merged into classes, nodes into shapes, candidates from the static filters."""

from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.node import Node
from models.kubernetes.node_group import ALLOW
from models.kubernetes.resources import PODS, Resources
from models.kubernetes.workload import WorkloadId
from models.solver.indexed_problem import Batch, IndexedProblem
from models.solver.problem import Growth, NodeSlot, PodClass, Problem
from models.trust import Trust, TrustPolicy
from planner.errors import BadInput, Fault
from planner.formulate import demand
from planner.formulate import offers as offer
from planner.formulate.blocks import Block, blocks_of, families, growths_of, numbers_of, share_rings
from planner.formulate.eligible import Eligibility
from planner.formulate.failure_domains import losses
from planner.formulate.joint import Joint, needed_keys, selections
from planner.formulate.pod_classes import batches, merge
from planner.formulate.residents import fixed_candidates, rings_of_static_pods, rings_of_unpatched_pods, static_batches
from planner.rules import daemonset, data_on_node, ring_membership
from planner.rules.plugins import noderesources
from planner.trust.sizes import size_of

EVERY_RING = -1
NOBODY: FrozenMap[str] = FrozenMap()
FREE_IT = "kubectl label node {} {}-, or do not exclude it: that ring's pods may land there"


def planned_nodes(cluster: Cluster, policy: TrustPolicy) -> tuple[Node, ...]:
    """Return the nodes that the policy does not exclude; one that is excluded and yet carries a ring's label is bad input."""
    key = policy.nodes.label_key
    faults = [
        Fault(
            node.where,
            f"label {key}",
            f"node {node.name} is excluded by the policy, but carries a ring's label",
            FREE_IT.format(node.name, key),
        )
        for node in cluster.nodes
        if key in node.labels and ring_membership.is_excluded(node, policy.nodes)
    ]
    if faults:
        raise BadInput(faults)
    return tuple(node for node in cluster.nodes if not ring_membership.is_excluded(node, policy.nodes))


def formulate(cluster: Cluster, policy: TrustPolicy, trust: Trust, homes: Mapping[str, str] = NOBODY) -> IndexedProblem:
    """Write the placement problem down as numbers; `homes` names the ring that a node is to have, "" for none."""
    owned, examples = planned_nodes(cluster, policy), offer.examples(cluster, policy)
    nodes = (*owned, *examples)
    eligibility = Eligibility(cluster, policy, nodes)
    names = {node.name: number for number, node in enumerate(owned)}
    ungrouped = [*batches(cluster, trust, policy), *static_batches(cluster, names)]
    grouped = merge(ungrouped, selections(ungrouped, cluster))
    classes, stay = [group[0] for group in grouped], rings_of_unpatched_pods(cluster, trust)
    candidates = [fixed_candidates(batch, _candidates(batch, eligibility, names), stay, names) for batch in classes]
    capacity, cramped = _capacity(nodes, classes, candidates)
    too_small = {number: who for number, who in cramped.items() if number >= len(owned)}  # owned nodes are there all the same
    candidates = [tuple(number for number in numbers if number not in too_small) for numbers in candidates]
    resources = _resources(classes)
    at_ring = {ring.name: number for number, ring in enumerate(trust.rings)}
    columns = [_column(capacity[number], resources) for number in range(len(nodes))]
    written = [
        _pod_class(group, _roomy(group[0], candidate, columns, resources), at_ring, resources, names)
        for group, candidate in zip(grouped, candidates, strict=True)
    ]
    written = _weighed(written, grouped, cluster)
    most = offer.most(cluster)
    copies = (*(1 for _ in owned), *(most[shape_number] for shape_number in offer.shape_numbers(examples, cluster)))
    counted = [demand.count_pods(pod_class, columns, copies, len(owned)) for pod_class in written]
    pod_classes = [count.pod_class for count in counted]
    demand.check(resources, list(zip(owned, columns, strict=False)), list(zip(grouped, pod_classes, strict=True)))
    only = _only_rings(stay, cluster, policy, trust, homes) | {nodes[number].name: "" for number in too_small}
    blocks, growths, joined = _blocks(owned, examples, cluster, policy, homes, too_small)
    slots = _slots(nodes, columns, pod_classes, at_ring, policy, only, joined)
    joint = Joint(cluster, eligibility, classes, list(_outside_all_rings(cluster, policy, owned, slots)), len(owned))
    problem = Problem(
        resources=resources,
        rings=tuple(at_ring),
        classes=tuple(_parted(pod_class, len(owned), slots) for pod_class in pod_classes),
        nodes=slots[: len(owned)],
        clashes=tuple(joint.clashes()),
        aparts=tuple(joint.aparts()),
        togethers=tuple(joint.togethers()),
        spreads=tuple(joint.spreads()),
        losses=losses(policy.survive, classes, eligibility, len(owned)),
        offers=offer.offers(examples, slots[len(owned) :], cluster),
        most=most,
        sizes=tuple(size_of(ring.groups, policy) for ring in trust.rings) if policy.ring_nodes else (),
        blocks=tuple(block for block in blocks if slots[block[0]].rings),  # nodes of a block may join the same rings
        divisible=policy.nodes.groups.split == ALLOW,
        growths=growths,
    )
    small = FrozenMap({nodes[number].shape: who for number, who in too_small.items()})
    beyond, never = tuple(count.beyond for count in counted), tuple(count.never for count in counted)
    return IndexedProblem(problem, tuple(map(tuple, grouped)), owned, examples, small, beyond, never)


def _blocks(
    owned: Sequence[Node],
    examples: Sequence[Node],
    cluster: Cluster,
    policy: TrustPolicy,
    homes: Mapping[str, str],
    too_small: Container[int],
) -> tuple[tuple[Block, ...], tuple[Growth, ...], tuple[Block, ...]]:
    """Return the node groups as blocks of owned nodes, how they may grow, and the blocks with the examples of what they gain.

    Once an example has its ring, all growth has.
    """
    blocks = blocks_of(owned, policy.nodes, homes)
    is_open = not any(node.name in homes for node in examples)
    growths = growths_of(owned, cluster.shapes, policy.nodes, blocks) if is_open else ()
    shapes = enumerate(offer.shape_numbers(examples, cluster), len(owned))
    return blocks, growths, families(blocks, growths, {number: shape for number, shape in shapes if number not in too_small})


def _only_rings(
    stay: Mapping[str, str], cluster: Cluster, policy: TrustPolicy, trust: Trust, homes: Mapping[str, str]
) -> dict[str, str]:
    """Return node -> ring: static pods win over pods that are moved by hand, and what is asked for wins over both."""
    return {**stay, **rings_of_static_pods(cluster, policy, trust), **homes}


def _outside_all_rings(cluster: Cluster, policy: TrustPolicy, owned: Sequence[Node], slots: Sequence[NodeSlot]) -> Iterator[Node]:
    """Yield the nodes that can be in no ring, and those that the policy leaves out: their domains exist all the same."""
    # slots go on with those of examples, which may be in any ring
    for node, slot in zip(owned, slots, strict=False):
        if not slot.rings:
            yield ring_membership.ringless_node(node, policy.nodes)
    yield from (node for node in cluster.nodes if ring_membership.is_excluded(node, policy.nodes))


def _weighed(classes: Sequence[PodClass], grouped: Sequence[Sequence[Batch]], cluster: Cluster) -> list[PodClass]:
    """Let it count more that a pod stays where its data is than that all pods do that keep none."""
    keeping = {workload.id for workload in cluster.workloads if data_on_node.keeps(workload, cluster)}
    keeps_data = [group[0].workload.id in keeping for group in grouped]
    wanted = [0 if c.daemon else min(sum(c.running.values()), c.count) for c in classes]
    others = sum(pods for pods, keeps in zip(wanted, keeps_data, strict=True) if not keeps)
    return [
        # never 1, by which goals tell that no class keeps data
        replace(pod_class, weight=max(2, 1 + others)) if pods and keeps else pod_class
        for pod_class, pods, keeps in zip(classes, wanted, keeps_data, strict=True)
    ]


def _parted(pod_class: PodClass, owned: int, slots: Sequence[NodeSlot]) -> PodClass:
    """Part a class's candidates, which ascend, into nodes that are there and offers, without those of other rings."""
    first = bisect_left(pod_class.candidates, owned)
    there, offers = pod_class.candidates[:first], pod_class.candidates[first:]
    if not pod_class.daemon and pod_class.ring != EVERY_RING:
        offers = tuple(number for number in offers if pod_class.ring in slots[number].rings)
    return replace(pod_class, candidates=there, offers=tuple(number - owned for number in offers))


def _candidates(batch: Batch, eligibility: Eligibility, names: dict[str, int]) -> tuple[int, ...]:
    if batch.fixed_to:
        return (names[batch.fixed_to],)
    pod = daemonset.daemon_pod(batch.pod) if batch.workload.is_daemon else batch.pod
    return eligibility.nodes_bearing(needed_keys(pod), pod, batch.ring)


def _capacity(
    nodes: Sequence[Node], classes: Sequence[Batch], candidates: Sequence[tuple[int, ...]]
) -> tuple[list[Resources], dict[int, WorkloadId]]:
    """Return what each node has left once its residents of every ring are charged to it, and where which does not fit.

    Static pods are there already; a daemon that does not fit on a node beside them and the daemons before it stays pending
    there and takes nothing: nobody buys such a node.
    """
    cramped: dict[int, WorkloadId] = {}
    left = [dict(node.allocatable) for node in nodes]
    pairs = [(batch, numbers) for batch, numbers in zip(classes, candidates, strict=True) if not batch.ring]
    for batch, numbers in sorted(pairs, key=lambda pair: (not pair[0].fixed_to, -pair[0].pod.priority, pair[0].workload.id)):
        request = {**noderesources.requests(batch.pod), PODS: 1}
        for number in numbers:
            free = left[number]
            if batch.fixed_to or not noderesources.insufficient(Resources(request), Resources(free), nodes[number].allocatable):
                left[number] = free | {name: free.get(name, 0) - amount for name, amount in request.items()}
            else:
                cramped.setdefault(number, batch.workload.id)
    return [Resources(free) for free in left], cramped


def _resources(classes: Iterable[Batch]) -> tuple[str, ...]:
    asked = {name for batch in classes for name, amount in noderesources.requests(batch.pod).items() if amount > 0}
    return tuple(sorted(name for name in {*asked, PODS} if noderesources.compared(name)))


def _column(amounts: Resources, resources: Sequence[str]) -> tuple[int, ...]:
    return tuple(max(0, amounts.get(name, 0)) for name in resources)


def _asked(batch: Batch, resources: Sequence[str]) -> tuple[int, ...]:
    return tuple(1 if name == PODS else noderesources.requests(batch.pod).get(name, 0) for name in resources)


def _roomy(
    batch: Batch, candidate: tuple[int, ...], columns: Sequence[tuple[int, ...]], resources: Sequence[str]
) -> tuple[int, ...]:
    """Keep the nodes that could hold one such pod if they were otherwise empty; a DaemonSet's controller does not ask."""
    if not batch.ring or batch.workload.is_daemon:
        return candidate
    asked = _asked(batch, resources)
    holds = {column: all(a <= c for a, c in zip(asked, column, strict=True)) for column in set(columns)}
    return candidate if all(holds.values()) else tuple(number for number in candidate if holds[columns[number]])


def _pod_class(
    group: Sequence[Batch],
    candidates: tuple[int, ...],
    at_ring: dict[str, int],
    resources: Sequence[str],
    names: dict[str, int],
) -> PodClass:
    first = group[0]
    asked = _asked(first, resources) if first.ring else (0,) * len(resources)
    running = {str(names[node]): count for node, count in first.running.items() if node in names}
    return PodClass(
        name=str(first.workload.id) + (f" {first.pod.claims}" if first.pod.claims else ""),
        ring=at_ring.get(first.ring, EVERY_RING),
        count=sum(batch.count for batch in group),
        requests=asked,
        candidates=candidates,
        priority=first.pod.priority,
        running=FrozenMap(running),
        daemon=first.workload.is_daemon or bool(first.fixed_to),
        parts=tuple(batch.count for batch in group) if len(group) > 1 else (),
    )


def _slots(
    nodes: Sequence[Node],
    columns: Sequence[tuple[int, ...]],
    classes: Sequence[PodClass],
    at_ring: dict[str, int],
    policy: TrustPolicy,
    only: Mapping[str, str],
    blocks: Sequence[Block] = (),
) -> tuple[NodeSlot, ...]:
    """Describe the nodes; a node may join the rings whose pods it could hold, or the one it is in.

    What no pod of any ring may use counts as no capacity: a cordoned node gives no head-room. `only` names the single ring
    that a node may join, "" for none. Nodes of a block may join the same rings.
    """
    useful: list[set[int]] = [set() for _ in nodes]
    reached_by: list[list[int]] = [[] for _ in nodes]
    alike: dict[tuple[int, ...], set[int]] = {}
    for pod_class in classes:
        # many classes have the same candidates: each list of them is walked once
        rings = alike.setdefault(pod_class.candidates, set())
        rings |= {pod_class.ring} if pod_class.ring != EVERY_RING and not pod_class.daemon else set()
    for number, (candidates, own) in enumerate(alike.items()):
        for candidate in candidates:
            reached_by[candidate].append(number)
            useful[candidate] |= own
    today = [at_ring.get(node.labels.get(policy.nodes.label_key, ""), EVERY_RING) for node in nodes]
    allowed = [{at_ring.get(only[node.name], EVERY_RING)} if node.name in only else set(at_ring.values()) for node in nodes]
    joins = share_rings([{*rings, ring} - {EVERY_RING} for rings, ring in zip(useful, today, strict=True)], allowed, blocks)
    block_of, shapes, result = numbers_of(blocks), dict[object, int](), []
    for number, node in enumerate(nodes):
        capacity = columns[number] if allowed[number].intersection(useful[number]) else (0,) * len(columns[number])
        looks = (capacity, joins[number], today[number], tuple(reached_by[number]), node.price, block_of.get(number))
        shape = shapes.setdefault(looks, len(shapes))
        result.append(NodeSlot(node.name, capacity, joins[number], today[number], shape, node.price))
    return tuple(result)


def without_rings(problem: Problem) -> Problem:
    """Return the same pods on the same nodes as if everybody trusted everybody: what separation is measured against."""
    # EVERY_RING, which is -1, stays what it is
    classes = tuple(replace(c, ring=min(c.ring, 0)) for c in problem.classes)
    nodes = tuple(replace(node, rings=(0,) if node.rings else (), ring_today=-1) for node in problem.nodes)
    offers = tuple(replace(offer, rings=(0,) if offer.rings else ()) for offer in problem.offers)
    return replace(problem, rings=("all",), classes=classes, nodes=nodes, offers=offers, sizes=(), blocks=())
