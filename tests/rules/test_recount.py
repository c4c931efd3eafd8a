"""The indexed world and a plain recount of all pods, written from the semantics again, agree on random clusters."""

import random
from dataclasses import replace

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels, LabelSelector, Taint, Toleration
from models.kubernetes.node import Node
from models.kubernetes.pod import Container, HostPort, Pod, PodAffinityTerm, TopologySpreadConstraint
from models.kubernetes.resources import Resources
from models.kubernetes.storage import Claim
from planner.rules.placement import placement_validity
from planner.rules.placement.scheduler_filters import World, why_not
from planner.rules.plugins import (
    interpodaffinity,
    nodeaffinity,
    nodeports,
    noderesources,
    podtopologyspread,
    tainttoleration,
    volumerestrictions,
)

Placed = list[tuple[Node, Pod]]
CLUSTER = Cluster(claims=FrozenMap({"m/c": Claim("m", "c", access_modes=("ReadWriteOncePod",))}))
APPS, KEYS = ("p", "q"), ("zone", "host")


def a_node(rng: random.Random, at: int) -> Node:
    labels = {"host": f"h{at}", "zone": rng.choice("ab"), "disk": rng.choice(("ssd", "hdd"))}
    labels.pop(rng.choice((*KEYS, "disk", "-", "-", "-", "-")), None)
    taints = (Taint("t", "v", rng.choice(("NoSchedule", "NoExecute"))),) if rng.random() < 0.2 else ()
    return Node(f"n{at}", Labels(labels), taints, allocatable=Resources({"cpu": rng.choice((2, 4)), "pods": rng.choice((2, 5))}))


def selector(rng: random.Random) -> LabelSelector | None:
    return rng.choice((None, LabelSelector(), *(LabelSelector(Labels({"app": app})) for app in (*APPS, *APPS))))


def terms(rng: random.Random) -> tuple[PodAffinityTerm, ...]:
    spaces = ((), ("m",), ("l", "m"))
    return tuple(PodAffinityTerm(rng.choice(KEYS), selector(rng), rng.choice(spaces)) for _ in range(rng.choice((0, 0, 0, 1, 2))))


def constraint(rng: random.Random) -> TopologySpreadConstraint:
    policy = ("Honor", "Ignore")
    return TopologySpreadConstraint(
        rng.choice((1, 2)), rng.choice(KEYS), rng.choice(("DoNotSchedule", "DoNotSchedule", "ScheduleAnyway")), selector(rng),
        rng.choice((1, 1, 2, 3)), rng.choice(policy), rng.choice(policy),
    )  # fmt: skip


def a_pod(rng: random.Random) -> Pod:
    ports = (
        (HostPort(80, rng.choice(("TCP", "UDP")), rng.choice((nodeports.EVERY_ADDRESS, "10.0.0.1"))),)
        if rng.random() < 0.2
        else ()
    )
    return Pod(
        namespace=rng.choice("mml"),
        labels=Labels({"app": rng.choice(APPS)}),
        containers=(Container(requests=Resources({"cpu": rng.choice((0, 0, 1, 2))}), host_ports=ports),),
        node_selector=Labels({"disk": "ssd"} if rng.random() < 0.2 else {}),
        tolerations=(Toleration("t", "Exists"),) if rng.random() < 0.3 else (),
        pod_affinity=terms(rng),
        pod_anti_affinity=terms(rng),
        topology_spread_constraints=tuple(constraint(rng) for _ in range(rng.choice((0, 0, 1, 2)))),
        claims=("c",) if rng.random() < 0.1 else (),
    )


def recount(pod: Pod, node: Node, nodes: list[Node], placed: Placed) -> tuple[str, ...]:
    here = [other for there, other in placed if there is node]
    if tainttoleration.untolerated(pod.tolerations, node.taints):
        return (tainttoleration.REASON,)
    if not nodeaffinity.matches(pod, node):
        return (nodeaffinity.REASON,)
    held = [port for other in here for port in nodeports.ports(other)]
    if any(nodeports.conflict(wanted, taken) for wanted in nodeports.ports(pod) for taken in held):
        return (nodeports.REASON,)
    missing = ("Too many pods",) if len(here) + 1 > node.allocatable["pods"] else ()
    asked = noderesources.requests(pod)["cpu"]
    if asked and asked > node.allocatable["cpu"] - sum(noderesources.requests(other)["cpu"] for other in here):
        missing += ("Insufficient cpu",)
    if missing:
        return missing
    if pod.namespace == "m" and pod.claims and any(other.namespace == "m" and other.claims for _, other in placed):
        return (volumerestrictions.REASON,)
    reason = recount_spread(pod, node, nodes, placed) or recount_affinity(pod, node, placed)
    return (reason,) if reason else ()


def recount_spread(pod: Pod, node: Node, nodes: list[Node], placed: Placed) -> str:
    for one in podtopologyspread.hard(pod):
        key = one.topology_key
        if key not in node.labels:
            return podtopologyspread.MISSING_LABEL
        counted = [there for there in nodes if podtopologyspread.counted(one, pod, there)]
        counts = dict.fromkeys((there.labels[key] for there in counted), 0)
        for there, other in placed:
            if there in counted and podtopologyspread.counts(one, pod, other):
                counts[there.labels[key]] += 1
        least = 0 if len(counts) < one.min_domains else min(counts.values(), default=0)
        skew = counts.get(node.labels[key], 0) + podtopologyspread.counts_self(one, pod) - least
        if skew > one.max_skew:
            return podtopologyspread.REASON
    return ""


def recount_affinity(pod: Pod, node: Node, placed: Placed) -> str:
    def together(there: Node, term: PodAffinityTerm) -> bool:
        key = term.topology_key
        return key in node.labels and node.labels[key] == there.labels.get(key)

    own = pod.pod_affinity
    if own:
        matches = [there for there, other in placed if interpodaffinity.selects_all(own, pod, other, CLUSTER)]
        first = not any(term.topology_key in there.labels for there in matches for term in own)
        first = first and interpodaffinity.selects_all(own, pod, pod, CLUSTER)
        has_keys = all(term.topology_key in node.labels for term in own)
        if not has_keys or not (first or all(any(together(there, term) for there in matches) for term in own)):
            return interpodaffinity.AFFINITY
    for term in pod.pod_anti_affinity:
        if any(together(there, term) and interpodaffinity.selects(term, pod, other, CLUSTER) for there, other in placed):
            return interpodaffinity.ANTI_AFFINITY
    for there, other in placed:
        if any(together(there, term) and interpodaffinity.selects(term, other, pod, CLUSTER) for term in other.pod_anti_affinity):
            return interpodaffinity.EXISTING_ANTI_AFFINITY
    return ""


def test_the_filter_phase() -> None:
    seen: set[str] = set()
    for seed in range(150):
        rng = random.Random(seed)
        nodes = [a_node(rng, at) for at in range(rng.randint(1, 5))]
        kinds = [a_pod(rng) for _ in range(4)]
        world, placed = World(nodes, CLUSTER), []
        for _ in range(12):
            if placed and rng.random() < 0.2:
                there, gone = placed.pop(rng.randrange(len(placed)))
                world.remove(gone, there.name)
            pod = rng.choice(kinds)
            answers = {node.name: why_not(pod, node, world) for node in nodes}
            assert answers == {node.name: recount(pod, node, nodes, placed) for node in nodes}, seed
            seen |= {reason for answer in answers.values() for reason in answer}
            node = rng.choice(nodes)
            if rng.random() < 0.7 or not answers[node.name]:
                world.add(pod, node.name)
                placed.append((node, pod))
    assert len(seen) == 11


def test_the_final_state() -> None:
    """Apart from affinity, whose order of arrival has its own test, a state is valid if every pod could be the last to come."""
    yes = 0
    for seed in range(600):
        rng = random.Random(seed)
        nodes = [a_node(rng, at) for at in range(rng.randint(1, 4))]
        kinds = [replace(a_pod(rng), pod_affinity=()) for _ in range(3)]
        placed = [(rng.choice(nodes), rng.choice(kinds)) for _ in range(rng.randint(1, 4))]
        expected = all(last_may_come(at, nodes, placed) for at in range(len(placed)))
        placement: dict[str, list[Pod]] = {}
        for node, pod in placed:
            placement.setdefault(node.name, []).append(pod)
        found = list(placement_validity.violations(replace(CLUSTER, nodes=tuple(nodes)), placement))
        assert (not found) is expected, (seed, found)
        yes += expected
    assert 60 < yes < 540


def last_may_come(at: int, nodes: list[Node], placed: Placed) -> bool:
    node, pod = placed[at]
    others = placed[:at] + placed[at + 1 :]
    spread = recount_spread_final(pod, node, nodes, placed, others)
    quiet = replace(pod, topology_spread_constraints=())
    return spread and not recount(quiet, node, nodes, others)


def recount_spread_final(pod: Pod, node: Node, nodes: list[Node], placed: Placed, others: Placed) -> bool:
    """The domain's count leaves the pod itself out, the smallest count may have it in."""
    for one in podtopologyspread.hard(pod):
        key = one.topology_key
        if key not in node.labels:
            return False
        counted = [there for there in nodes if podtopologyspread.counted(one, pod, there)]

        def count(value: str, pods: Placed, one: TopologySpreadConstraint = one, counted: list[Node] = counted) -> int:
            there = [n for n in counted if n.labels[one.topology_key] == value]
            return sum(n in there and podtopologyspread.counts(one, pod, other) for n, other in pods)

        values = {there.labels[key] for there in counted}
        least = 0 if len(values) < one.min_domains else min((count(value, placed) for value in values), default=0)
        if count(node.labels[key], others) + podtopologyspread.counts_self(one, pod) - least > one.max_skew:
            return False
    return True
