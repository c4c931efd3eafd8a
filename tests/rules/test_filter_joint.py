"""The rules of the Filter phase that look at pods already placed: affinity, anti-affinity, spread."""

from dataclasses import replace

import pytest

from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels, LabelSelector, NodeSelectorTerm, Requirement, Taint
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod, PodAffinityTerm, TopologySpreadConstraint
from models.kubernetes.resources import Resources
from planner.rules.placement.scheduler_filters import World, why_not

ROOM = Resources({"cpu": 1000, "memory": 1000, "pods": 10})
TAINT, ZONE = "node(s) had untolerated taint(s)", "zone"
SPREAD = "node(s) didn't match pod topology spread constraints"
NEAR, AWAY = "node(s) didn't match pod affinity rules", "node(s) didn't match pod anti-affinity rules"
THEIRS = "node(s) didn't satisfy existing pods anti-affinity rules"


def node(name: str, zone: str = "", **fields: object) -> Node:
    labels = {"host": name, **({ZONE: zone} if zone else {})}
    return Node(name, Labels(labels), allocatable=fields.pop("allocatable", ROOM), **fields)  # type: ignore[arg-type]


def pod(app: str = "x", namespace: str = "shop", **fields: object) -> Pod:
    return Pod(namespace, Labels({"app": app}), **fields)  # type: ignore[arg-type]


def app(name: str) -> LabelSelector:
    return LabelSelector(Labels({"app": name}))


def term(name: str, key: str = ZONE) -> PodAffinityTerm:
    return PodAffinityTerm(key, app(name))


def even(key: str = ZONE, skew: int = 1, name: str = "x", **options: object) -> tuple[TopologySpreadConstraint, ...]:
    return (TopologySpreadConstraint(skew, key, label_selector=app(name), **options),)  # type: ignore[arg-type]


A1, A2, B1, BARE = node("a1", "a"), node("a2", "a"), node("b1", "b"), node("bare")
ZONES = (A1, A2, B1, BARE)


def reasons(one: Pod, on: Node, nodes: tuple[Node, ...], placed: dict[str, list[Pod]]) -> tuple[str, ...]:
    return why_not(one, on, World(nodes, Cluster(), placed))


AFFINITY = [
    ("without the pods it wants to be near it fits nowhere", pod(pod_affinity=(term("db"),)), {}, {}),
    ("it fits where they are, on any node of the domain", pod(pod_affinity=(term("db"),)), {"a1": ["db"]}, {"a1", "a2"}),
    ("the domain is that of the term's key", pod(pod_affinity=(term("db", "host"),)), {"a1": ["db"]}, {"a1"}),
    ("a match on a node without the key is no match", pod(pod_affinity=(term("db"),)), {"bare": ["db"]}, {}),
    ("the first of its kind fits on every node that has the key", pod(pod_affinity=(term("x"),)), {}, {"a1", "a2", "b1"}),
    ("the second goes to the first", pod(pod_affinity=(term("x"),)), {"b1": ["x"]}, {"b1"}),
    ("a match on a node without the key does not spoil the start",
     pod(pod_affinity=(term("x"),)), {"bare": ["x"]}, {"a1", "a2", "b1"}),
    ("the first must match all its own terms", pod(pod_affinity=(term("x"), term("db"))), {}, {}),
    ("two terms are not met by two pods", pod(pod_affinity=(term("x"), term("db"))), {"a1": ["x", "db"]}, {}),
    ("both keys must hold a match", pod(pod_affinity=(term("db"), term("db", "host"))), {"a1": ["db"]}, {"a1"}),
    ("a node without one of the keys fails", pod(pod_affinity=(term("x"), term("x", "host"))), {}, {"a1", "a2", "b1"}),
]  # fmt: skip


@pytest.mark.parametrize(("one", "there", "expected"), [row[1:] for row in AFFINITY], ids=[row[0] for row in AFFINITY])
def test_affinity(one: Pod, there: dict[str, list[str]], expected: set[str]) -> None:
    placed = {name: [pod(other) for other in apps] for name, apps in there.items()}
    found = {on.name: reasons(one, on, ZONES, placed) for on in ZONES}
    assert {name for name, why in found.items() if not why} == set(expected)
    assert {why for why in found.values() if why} == {(NEAR,)}


def test_the_first_pod_rule_is_lost_to_a_partial_match_of_no_use() -> None:
    """A pod that matches all terms on a node that bears one of the keys fills the count, though it helps nobody."""
    zone_only = Node("z", Labels({ZONE: "z"}), allocatable=ROOM)
    one = pod(pod_affinity=(term("x"), term("x", "host")))
    assert reasons(one, A1, (A1, zone_only), {}) == ()
    assert reasons(one, A1, (A1, zone_only), {"z": [pod("x")]}) == (NEAR,)


def test_a_pod_that_matches_some_of_the_terms_only_does_not_spoil_the_start() -> None:
    both = Pod(
        "shop",
        Labels({"app": "x", "tier": "t"}),
        pod_affinity=(term("x"), PodAffinityTerm(ZONE, LabelSelector(Labels({"tier": "t"})))),
    )
    assert reasons(both, B1, ZONES, {"a1": [pod("x")]}) == ()
    assert reasons(both, B1, ZONES, {"a1": [Pod("shop", Labels({"app": "x", "tier": "t"}))]}) == (NEAR,)


ANTI = [
    ("it may not go where they are", pod(pod_anti_affinity=(term("db"),)), {"a1": [pod("db")]}, {"a1": AWAY, "a2": AWAY}),
    ("a node without the key passes", pod(pod_anti_affinity=(term("db"),)), {"bare": [pod("db")]}, {}),
    ("each term by itself forbids", pod(pod_anti_affinity=(term("db"), term("web"))), {"a1": [pod("db")], "b1": [pod("web")]},
     {"a1": AWAY, "a2": AWAY, "b1": AWAY}),
    ("one per node",
     pod(pod_anti_affinity=(term("x", "host"),)), {"a1": [pod(pod_anti_affinity=(term("x", "host"),))]}, {"a1": AWAY}),
    ("theirs forbids a pod that has none of its own", pod(), {"a1": [pod("db", pod_anti_affinity=(term("x"),))]},
     {"a1": THEIRS, "a2": THEIRS}),
    ("theirs does not reach beyond their namespace",
     pod(namespace="other"), {"a1": [pod("db", pod_anti_affinity=(term("x"),))]}, {}),
    ("theirs reaches every namespace with an empty selector", pod(namespace="other"),
     {"a1": [pod("db", pod_anti_affinity=(replace(term("x"), namespace_selector=LabelSelector()),))]},
     {"a1": THEIRS, "a2": THEIRS}),
    ("theirs from a node without the key forbids nothing", pod(), {"bare": [pod("db", pod_anti_affinity=(term("x"),))]}, {}),
    ("the affinity of pods already there binds nobody", pod(), {"a1": [pod("db", pod_affinity=(term("x"),))]}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("one", "placed", "expected"), [row[1:] for row in ANTI], ids=[row[0] for row in ANTI])
def test_anti_affinity(one: Pod, placed: dict[str, list[Pod]], expected: dict[str, str]) -> None:
    found = {on.name: reasons(one, on, ZONES, placed) for on in ZONES}
    assert {name: why[0] for name, why in found.items() if why} == expected


RING = (Taint("ring", "x"),)
TAINTED_C = node("c1", "c", taints=RING)
UNLIKE_C = Node("c1", Labels({"host": "c1", ZONE: "c", "kind": "other"}), allocatable=ROOM)
NOT_OTHER = (NodeSelectorTerm((Requirement("kind", "NotIn", ("other",)),)),)
SPREADS = [
    ("an even spread takes one more anywhere", (A1, B1), pod(topology_spread_constraints=even()), {}, {}),
    ("the fuller zone is closed", (A1, B1), pod(topology_spread_constraints=even()), {"a1": 1}, {"a1": SPREAD}),
    ("maxSkew 2 leaves it open", (A1, B1), pod(topology_spread_constraints=even(skew=2)), {"a1": 1}, {}),
    ("maxSkew 2 closes it in the end", (A1, B1), pod(topology_spread_constraints=even(skew=2)), {"a1": 2}, {"a1": SPREAD}),
    ("nodes of one zone add up", (A1, A2, B1), pod(topology_spread_constraints=even()), {"a1": 1, "a2": 1, "b1": 1},
     {"a1": SPREAD, "a2": SPREAD}),
    ("a node without the label fails", (A1, BARE), pod(topology_spread_constraints=even()), {},
     {"bare": f"{SPREAD} (missing required label)"}),
    ("pods on a node without the label do not count", (A1, B1, BARE), pod(topology_spread_constraints=even()), {"bare": 3},
     {"bare": f"{SPREAD} (missing required label)"}),
    ("a pod that its own selector does not match adds nothing",
     (A1, B1), pod("y", topology_spread_constraints=even()), {"a1": 1}, {}),
    ("but what is too many already is", (A1, B1), pod("y", topology_spread_constraints=even()), {"a1": 2}, {"a1": SPREAD}),
    ("too few domains: the smallest count is nought", (A1, B1), pod(topology_spread_constraints=even(min_domains=3)),
     {"a1": 1, "b1": 1}, {"a1": SPREAD, "b1": SPREAD}),
    ("enough domains: it is what it is", (A1, B1), pod(topology_spread_constraints=even(min_domains=2)), {"a1": 1, "b1": 1}, {}),
    ("no selector never blocks", (A1, B1), pod(topology_spread_constraints=(TopologySpreadConstraint(1, ZONE),)), {"a1": 9}, {}),
    ("an empty selector never blocks", (A1, B1),
     pod(topology_spread_constraints=(TopologySpreadConstraint(1, ZONE, label_selector=LabelSelector()),)), {"a1": 9}, {}),
    ("an empty tainted zone holds the smallest count at nought", (A1, B1, TAINTED_C), pod(topology_spread_constraints=even()),
     {"a1": 1, "b1": 1}, {"a1": SPREAD, "b1": SPREAD, "c1": TAINT}),
    ("it does not where taints are honoured", (A1, B1, TAINTED_C),
     pod(topology_spread_constraints=even(node_taints_policy="Honor")), {"a1": 1, "b1": 1}, {"c1": TAINT}),
    ("a zone that the pod's affinity excludes does not either", (A1, B1, UNLIKE_C),
     pod(topology_spread_constraints=even(), node_affinity=NOT_OTHER), {"a1": 1, "b1": 1},
     {"c1": "node(s) didn't match Pod's node affinity/selector"}),
    ("it does where the affinity policy ignores that", (A1, B1, UNLIKE_C),
     pod(topology_spread_constraints=even(node_affinity_policy="Ignore"), node_affinity=NOT_OTHER), {"a1": 1, "b1": 1},
     {"a1": SPREAD, "b1": SPREAD, "c1": "node(s) didn't match Pod's node affinity/selector"}),
    ("all constraints must hold", (A1, A2, B1), pod(topology_spread_constraints=(*even(), *even("host"))),
     {"a1": 1, "b1": 1}, {"a1": SPREAD, "b1": SPREAD}),
    ("with no counted node at all the smallest count is nought", (A1,),
     pod(topology_spread_constraints=even(node_taints_policy="Honor"), node_affinity=NOT_OTHER), {}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("nodes", "one", "there", "expected"), [row[1:] for row in SPREADS], ids=[row[0] for row in SPREADS])
def test_spread(nodes: tuple[Node, ...], one: Pod, there: dict[str, int], expected: dict[str, str]) -> None:
    placed = {name: [pod("x")] * count for name, count in there.items()}
    found = {on.name: reasons(one, on, nodes, placed) for on in nodes}
    assert {name: why[0] for name, why in found.items() if why} == expected


def test_pods_of_another_namespace_do_not_count_for_spread() -> None:
    one = pod(topology_spread_constraints=even())
    assert reasons(one, A1, (A1, B1), {"a1": [pod("x", namespace="other")]}) == ()


def test_a_node_that_is_not_counted_uses_its_domains_count() -> None:
    """Honoured taints leave a2 out of the count, but a pod that goes there still sees zone a."""
    nodes = (A1, replace(A2, labels=Labels({**A2.labels, "kind": "other"})), B1)
    one = pod(topology_spread_constraints=even(node_affinity_policy="Ignore"))
    assert reasons(one, nodes[1], nodes, {"a1": [pod("x")]}) == (SPREAD,)
