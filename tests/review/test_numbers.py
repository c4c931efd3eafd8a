"""Every number of a review is counted once more, from the plan's document alone."""

from collections import Counter
from functools import cache
from pathlib import Path

import pytest
import yaml

from models.answer.review import Amount, Part, Review
from models.frozen_map import FrozenMap
from planner import pipeline
from tests.conftest import ROOT
from tests.review.reckoning import RESOURCES, TYPE, ZONE, Reckoning
from tests.shop_that_buys import quiet

SAMPLES = ("quickstart", "tenants", "buying", "may-share", "sharing")
each_sample = pytest.mark.parametrize("sample", SAMPLES)


def path_of(sample: str) -> Path:
    return ROOT / "samples" / sample / "expected" / "plan.yaml"


@cache
def reviewed(sample: str) -> Review:
    return pipeline.review(pipeline.load(str(path_of(sample))), quiet, quick=True)


@cache
def reckoned(sample: str) -> Reckoning:
    return Reckoning(yaml.load(path_of(sample).read_text(encoding="utf-8"), yaml.CSafeLoader))


def figures(amounts: FrozenMap[Amount]) -> dict[str, tuple[int, int, int]]:
    return {name: (amounts[name].requested, amounts[name].allocatable, amounts[name].daemons) for name in RESOURCES}


@each_sample
def test_each_ring_is_the_sum_of_its_nodes(sample):
    counted = reckoned(sample)
    rings = {ring.name: ring for ring in reviewed(sample).rings}
    assert set(rings) == set(counted.ring_of.values())
    for name, ring in rings.items():
        nodes = counted.ring(name)
        assert ring.whole.nodes == len(nodes)
        assert ring.whole.pods == sum(sum(counted.pods[node].values()) for node in nodes)
        assert figures(ring.whole.amounts) == counted.total(nodes)
        assert ring.cost == sum(counted.nodes[node].get("price", 0) for node in nodes)


@each_sample
@pytest.mark.parametrize(("kind", "label"), [("zones", ZONE), ("types", TYPE)])
def test_each_zone_and_type_is_the_sum_of_its_nodes(sample, kind, label):
    counted = reckoned(sample)
    for ring in reviewed(sample).rings:
        by_label: dict[str, list[str]] = {}
        for node in counted.ring(ring.name):
            by_label.setdefault(counted.nodes[node]["labels"][label], []).append(node)
        parts: tuple[Part, ...] = getattr(ring, kind)
        assert [part.name for part in parts] == sorted(by_label)
        for part in parts:
            assert part.nodes == len(by_label[part.name])
            assert figures(part.amounts) == counted.total(by_label[part.name])


@each_sample
def test_each_node_is_the_sum_of_its_pods(sample):
    counted = reckoned(sample)
    for node in reviewed(sample).nodes:
        assert node.ring == counted.ring_of.get(node.name, "")
        assert dict(node.pods) == dict(counted.pods[node.name])
        if node.ring:
            assert figures(node.amounts) == counted.total([node.name])


@each_sample
def test_what_namespaces_take_adds_up_to_the_ring(sample):
    review = reviewed(sample)
    for ring in review.rings:
        mine = [charge for charge in review.charges if charge.ring == ring.name]
        assert sum(charge.nodes for charge in mine) == 1000 * ring.whole.nodes
        assert sum(charge.cost for charge in mine) == ring.cost
        for name, amount in ring.whole.amounts.items():
            taken = [charge.own[name] + charge.idle[name] + charge.daemons[name] for charge in mine]
            assert sum(taken) == amount.allocatable
            assert sum(charge.own[name] + charge.daemons[name] for charge in mine) == amount.requested


@each_sample
def test_each_namespace_pays_by_the_mean_of_its_shares_of_cpu_and_memory(sample):
    counted, review = reckoned(sample), reviewed(sample)
    for ring in review.rings:
        paid: Counter[str] = Counter()
        for charge in review.charges:
            paid[charge.namespace] += charge.nodes if charge.ring == ring.name else 0
        for namespace, share in counted.weights(ring.name).items():
            assert abs(paid[namespace] - 1000 * ring.whole.nodes * share) < 1


@each_sample
def test_the_largest_free_block_is_on_a_node_and_no_node_has_a_larger_one(sample):
    counted = reckoned(sample)
    for ring in reviewed(sample).rings:
        free = {node: counted.allocatable(node) - counted.requested(node) for node in counted.ring(ring.name)}
        for block in ring.largest:
            assert all(free[block.node][name] == amount for name, amount in block.requests.items())
            if len(block.requests) == 1:
                assert all(free[node][name] <= amount for node in free for name, amount in block.requests.items())


@each_sample
def test_what_is_stranded_is_all_that_is_free_on_nodes_that_take_nothing_more(sample):
    review = reviewed(sample)
    for ring in review.rings:
        mine = [node for node in review.nodes if node.ring == ring.name]
        for name, amount in ring.whole.amounts.items():
            assert amount.stranded == sum(node.amounts[name].stranded for node in mine)
            assert all(node.amounts[name].stranded in (0, node.amounts[name].free) for node in mine)
