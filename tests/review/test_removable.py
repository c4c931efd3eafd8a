"""The nodes that could go are as many as trying every set of nodes shows, and what keeps each other node is so."""

import random
from itertools import combinations, product

import pytest

from models.answer.plan import IsolationPlan
from models.answer.review import Review
from planner import pipeline
from planner.review.tuning import NodesTuning, ReviewTuning
from tests.shop_that_buys import OURS, Document, node, quiet, running, workload, write
from tests.soak import soak_after

CORES = 4_000
LEVELS = ("restricted", "untrusted")


def planned(tmp_path, work: list[Document], inventory: list[Document], **policy) -> IsolationPlan:
    return pipeline.plan(write(tmp_path, work, inventory, **policy), quiet, exact=True)


def fewest_by_trying(sizes: list[int], nodes: int) -> int:
    """Return the fewest nodes of four cores that hold pods of these sizes, by trying every way to put each pod on a node."""
    for few in range(1, nodes + 1):
        for homes in product(range(few), repeat=len(sizes)):
            if all(sum(size for size, home in zip(sizes, homes, strict=True) if home == n) <= CORES for n in range(few)):
                return few
    raise AssertionError("they do not fit")


@pytest.mark.parametrize("seed", soak_after(5, range(12)))
def test_as_many_could_go_as_brute_force_finds(tmp_path, seed):
    luck = random.Random(seed)
    sizes = {
        level: [luck.choice((900, 1300, 1900, 2600)) for _ in range(luck.randint(2, 5))] for level in ("restricted", "untrusted")
    }
    work = [workload(f"{level[:1]}{n}", level, f"{size}m", 1) for level, some in sizes.items() for n, size in enumerate(some)]
    inventory = [
        node(f"n-{n}", "4") for n in range(sum(fewest_by_trying(some, 5) for some in sizes.values()) + luck.randint(0, 3))
    ]
    review = pipeline.review(planned(tmp_path, work, inventory), quiet)
    for ring in review.rings:
        least = fewest_by_trying(sizes[ring.name], 5)
        answer = ring.removable
        assert (answer.fewest, answer.bound, len(answer.could_go)) == (least, least, ring.whole.nodes - least)
        assert len(answer.keepers) == least


SMALL = [workload("api", "restricted", "1", 2), workload("plugin", "untrusted", "1", 1)]


def kept(review: Review) -> dict[str, tuple[str, str]]:
    return {k.node: (k.kind, k.who) for ring in review.rings for k in ring.removable.keepers}


def test_nodes_that_could_go_are_named_and_a_full_plan_without_them_is_made(tmp_path):
    plan = planned(tmp_path, SMALL, [node(f"n-{n}", "4") for n in range(4)])
    review = pipeline.review(plan, quiet)
    gone = [name for ring in review.rings for name in ring.removable.could_go]
    assert len(gone) == sum(len(ring.nodes) for ring in plan.rings) - 2
    assert {node.name for node in review.nodes if node.could_go} == set(gone)
    assert (review.without.holds, review.without.unplaced, review.without.nodes) == (True, 0, 2)


def test_a_label_keeps_a_node(tmp_path):
    inventory = [node("n-1"), node("n-2"), node("n-3")]
    inventory[0]["metadata"]["labels"]["disk"] = "fast"
    work = [workload("api", "restricted", "1", 1), workload("db", "restricted", "1", 1, nodeSelector={"disk": "fast"})]
    review = pipeline.review(planned(tmp_path, work, inventory), quiet)
    (ring,) = review.rings
    assert ring.removable.could_go == ("n-2", "n-3")
    assert kept(review) == {"n-1": ("room", "Deployment/shop/db")}


def test_each_kind_of_keeper_is_told(tmp_path):
    inventory = [node("n-1"), node("n-2"), node("n-3"), node("n-4")]
    inventory[0]["metadata"]["labels"]["disk"] = "fast"
    work = [
        workload("db", "restricted", "1", 1, nodeSelector={"disk": "fast"}),
        workload("api", "restricted", "3500m", 1),
        workload("web", "restricted", "3500m", 1),
    ]
    review = pipeline.review(planned(tmp_path, work, inventory), quiet)
    assert {kept(review)[name][0] for name in kept(review)} == {"room", "rule"}
    assert kept(review)["n-1"] == ("rule", "Deployment/shop/db")


def test_the_policy_keeps_nodes_that_pods_do_not(tmp_path):
    inventory = [node("n-1"), node("n-2"), node("n-3")]
    work = [workload("api", "restricted", "1", 2)]
    two = pipeline.review(planned(tmp_path, work, inventory, ringNodes=[{"min": 2}]), quiet)
    assert [ring.removable.fewest for ring in two.rings] == [2]
    assert {kind for kind, _ in kept(two).values()} == {"ring size"}
    spare = pipeline.review(planned(tmp_path, work, inventory, survive={"nodes": 1}), quiet)
    assert [ring.removable.fewest for ring in spare.rings] == [2]
    assert {kind for kind, _ in kept(spare).values()} == {"survive"}


@pytest.mark.parametrize("seed", soak_after(2, range(4)))
def test_what_is_left_survives_what_the_policy_asks_for(tmp_path, seed):
    luck = random.Random(seed)
    sizes = [luck.choice((900, 1300, 1900)) for _ in range(3)]
    work = [workload(f"w{n}", "restricted", f"{size}m", 1) for n, size in enumerate(sizes)]
    plan = planned(tmp_path, work, [node(f"n-{n}") for n in range(5)], survive={"nodes": 1})
    (ring,) = pipeline.review(plan, quiet).rings
    least = next(few for few in range(1, 6) if survives(sizes, few))
    assert ring.removable.bound <= least <= ring.removable.fewest
    assert ring.removable.fewest == least
    if "survive" in {keeper.kind for keeper in ring.removable.keepers}:
        assert not survives(sizes, ring.removable.fewest - 1)


def test_a_node_whose_removal_was_not_tried_is_kept_by_nothing_that_is_known(tmp_path):
    work = [workload("api", "restricted", "1", 2)]
    plan = planned(tmp_path, work, [node(f"n-{n}") for n in range(3)], survive={"nodes": 1})
    (ring,) = pipeline.review(plan, quiet, ReviewTuning(nodes=NodesTuning(drops=0))).rings
    assert {keeper.kind for keeper in ring.removable.keepers} == {"unknown"}
    assert "not known is whether the ring then survives a loss" in ring.removable.keepers[0].why


@pytest.mark.parametrize(
    ("pods", "nodes", "says"),
    [
        pytest.param(1, 1, "1 pod would have no place elsewhere: no other node of the ring is kept", id="the only node"),
        pytest.param(2, 2, "1 pod would have no place on n-1: 1 Insufficient cpu", id="the other node is full"),
        pytest.param(4, 4, "1 pod would have no place on n-2, n-3, n-10: 3 Insufficient cpu", id="as nodes are counted"),
    ],
)
def test_what_keeps_a_node_names_the_nodes_that_were_asked(tmp_path, pods, nodes, says):
    names = [f"n-{n}" for n in (2, 1, 3, 10)][:nodes]
    review = pipeline.review(planned(tmp_path, [workload("api", "restricted", "3", pods)], [node(n) for n in names]), quiet)
    assert says in {keeper.why for keeper in review.rings[0].removable.keepers}


def test_a_pod_that_others_like_it_push_out_is_said_to_fit_alone(tmp_path):
    work = [workload("api", "restricted", "1", 7)]
    (ring,) = pipeline.review(planned(tmp_path, work, [node("n-1"), node("n-2")]), quiet).rings
    assert any("some fit, and not all of them" in keeper.why for keeper in ring.removable.keepers)


def survives(sizes: list[int], nodes: int) -> bool:
    """Say whether some packing on so many nodes lets the pods of each node go to the others, where those are."""
    for homes in product(range(nodes), repeat=len(sizes)):
        load = [sum(s for s, h in zip(sizes, homes, strict=True) if h == n) for n in range(nodes)]
        if max(load) <= CORES and all(_absorbed(sizes, homes, load, gone) for gone in range(nodes)):
            return True
    return False


def _absorbed(sizes, homes, load, gone) -> bool:
    lost = [s for s, h in zip(sizes, homes, strict=True) if h == gone]
    others = [n for n in range(len(load)) if n != gone]
    return any(
        all(load[n] + sum(s for s, w in zip(lost, ways, strict=True) if w == n) <= CORES for n in others)
        for ways in product(others, repeat=len(lost))
    )


def test_pairs_of_nodes_that_could_both_go_could_go_together(tmp_path):
    plan = planned(tmp_path, SMALL, [node(f"n-{n}") for n in range(6)])
    review = pipeline.review(plan, quiet)
    gone = sorted(node.name for node in review.nodes if node.could_go)
    assert len(gone) == 4
    for pair in combinations(gone, 2):
        less = pipeline.review(plan, quiet, lose=[f"node={pair[0]}"], quick=True).scenarios
        assert less[0].holds or less[0].verdict == "feasible as a packing"


def test_a_plan_that_does_not_hold_has_no_node_to_give_away(tmp_path):
    review = pipeline.review(planned(tmp_path, [workload("api", "restricted", "5", 1)], [node("n-1")]), quiet)
    assert not review.holds
    assert [ring.removable for ring in review.rings] == [None]


def test_of_a_large_plan_the_answer_is_of_packing_alone(tmp_path):
    plan = planned(tmp_path, SMALL, [node(f"n-{n}") for n in range(4)])
    review = pipeline.review(plan, quiet, ReviewTuning(nodes=NodesTuning(most_pods=1)))
    assert review.without is None
    assert sum(len(ring.removable.could_go) for ring in review.rings) == 2


def on_disk(name: str, where: str) -> list[Document]:
    """Write a claim that is bound to a volume on the disk of one node."""
    term = {"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "In", "values": [where]}]}
    spec = {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "local": {"path": "/disk"}}
    spec |= {"claimRef": {"namespace": "shop", "name": name}, "nodeAffinity": {"required": {"nodeSelectorTerms": [term]}}}
    volume = {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": f"pv-{name}"}, "spec": spec}
    asked = {"accessModes": ["ReadWriteOnce"], "volumeName": f"pv-{name}", "resources": {"requests": {"storage": "1Gi"}}}
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name, "namespace": "shop"}, "spec": asked}
    return [volume, claim]


def test_a_volume_keeps_the_node_that_its_disk_is_in(tmp_path):
    mount = {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]}
    work = [workload("db", "restricted", "1", 1, **mount), workload("api", "restricted", "3500m", 1), *on_disk("data", "n-1")]
    review = pipeline.review(planned(tmp_path, work, [node("n-1"), node("n-2"), node("n-3")]), quiet)
    assert kept(review)["n-1"] == ("volume", "Deployment/shop/db")


def test_what_is_in_the_way_of_a_drain_is_told(tmp_path):
    budget = {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}},
    }
    work = [workload("api", "restricted", "500m", 2), workload("web", "restricted", "500m", 1), budget]
    work += [*running("api", "restricted", "500m", "n-1", "n-1"), *running("web", "restricted", "500m", "n-2")]
    review = pipeline.review(planned(tmp_path, work, [node("n-1"), node("n-2")]), quiet)
    (ring,) = review.rings
    assert ring.removable.could_go == ("n-2",)
    assert [(hint.node, hint.kind, hint.who) for hint in ring.removable.before] == [("n-2", "budget", "shop/web")]


def test_nodes_are_given_back_until_kube_scheduler_keeps_the_plan(tmp_path):
    work = [workload("big", "restricted", "2500m", 2), *(workload(f"w{n}", "restricted", "500m", 1) for n in range(6))]
    plan = pipeline.plan(write(tmp_path, work, [node(f"n-{n}") for n in range(5)]), quiet)
    review = pipeline.review(plan, quiet)
    (ring,) = review.rings
    assert review.without is not None
    assert review.without.holds
    assert len(ring.removable.could_go) == ring.whole.nodes - review.without.nodes <= ring.whole.nodes - ring.removable.fewest
    given_back = {k.node for k in ring.removable.keepers if k.kind == "kube-scheduler"}
    assert len(given_back) == ring.whole.nodes - ring.removable.fewest - len(ring.removable.could_go)


def test_a_part_of_a_node_group_could_go(tmp_path):
    inventory = [node(f"n-{n}", "8") for n in range(6)]
    for number, there in enumerate(inventory):
        there["metadata"]["labels"]["eks.amazonaws.com/nodegroup"] = f"general-{number % 2}"
    work = [workload("api", "restricted", "3", 3), workload("plugin", "untrusted", "1", 2)]
    review = pipeline.review(planned(tmp_path, work, inventory), quiet)
    told = {ring.name: (ring.whole.nodes, ring.removable.fewest, len(ring.removable.could_go)) for ring in review.rings}
    assert told == {"restricted": (3, 2, 1), "untrusted": (3, 1, 2)}
    assert review.without.holds


@pytest.mark.parametrize("least", [0, 1, 3, 6])
def test_a_node_group_is_not_thinned_below_its_least_size(tmp_path, least):
    key = "eks.amazonaws.com/nodegroup"
    nodes = [node(f"{group}-{n}") for group in "ab" for n in range(6)]
    for each in nodes:
        each["metadata"]["labels"][key] = each["metadata"]["name"][0]
    group = {"apiVersion": OURS, "kind": "NodeGroup", "metadata": {"name": "a"}, "spec": {"min": least, "max": 9}}
    plan = planned(tmp_path, [workload("api", "restricted", "1", 8), workload("plugin", "untrusted", "1", 4)], [*nodes, group])
    ring = next(ring for ring in plan.rings if "a-0" in ring.nodes)
    needed = 2 if ring.name == "restricted" else 1
    answer = next(each.removable for each in pipeline.review(plan, quiet).rings if each.name == ring.name)
    assert answer.fewest == max(needed, least)
    if least > needed:
        assert {(keeper.kind, keeper.why) for keeper in answer.keepers} == {
            ("group size", f"its group has at least {least} nodes")
        }
