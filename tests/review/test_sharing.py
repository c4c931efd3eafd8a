"""The curve of cost against sharing, where it is small enough to know by hand, and who trusts whom."""

import re

import pytest

from models.answer.tax import Range, Sharing
from planner import formats, pipeline
from planner.paper import PLAIN
from planner.review.report.page.scale import ticks
from tests.review.test_numbers import path_of, reviewed
from tests.shop_that_buys import node, quiet, shape, workload, write

LEVELS = ["restricted", "middle", "untrusted"]
HALVES = [workload(name, level, "2", 1) for name, level in zip(("api", "batch", "plugin"), LEVELS, strict=True)]


def answered(tmp_path, work, inventory, **policy):
    return pipeline.review(pipeline.plan(write(tmp_path, work, inventory, levels=LEVELS, **policy), quiet), quiet)


def told(known: Sharing) -> dict[tuple[int, bool], tuple[Range | None, tuple[str, ...]]]:
    return {(point.rings, point.permitted): (point.comes_to, point.shared) for point in known.points}


def exactly(value: int) -> Range:
    return Range(value, value)


def test_three_halves_of_a_node_need_a_node_less_where_two_share(tmp_path):
    review = answered(tmp_path, HALVES, [node(f"n-{n}") for n in range(4)])
    points = told(review.sharing)
    assert review.sharing.unit == "nodes"
    assert points.keys() == {(3, True), (2, False), (1, False)}
    assert [points[key][0] for key in ((3, True), (2, False), (1, False))] == [exactly(3), exactly(2), exactly(2)]
    assert points[1, False][1] == ("middle + restricted + untrusted",)


def test_what_the_policy_permits_stands_beside_what_it_forbids(tmp_path):
    work = [workload("api", "restricted", "1", 1), workload("batch", "middle", "4", 1), workload("plugin", "untrusted", "3", 1)]
    review = answered(tmp_path, work, [node(f"n-{n}") for n in range(4)], mayShare=[["middle", "untrusted"]])
    points = told(review.sharing)
    assert points[2, True] == (exactly(3), ("middle + untrusted",))
    assert points[2, False] == (exactly(2), ("restricted + untrusted",))
    assert points[1, False][0] == exactly(2)


def test_more_rings_than_the_policy_allows_are_not_permitted(tmp_path):
    review = answered(tmp_path, HALVES, [node(f"n-{n}") for n in range(4)], mayShare=[LEVELS], maxRings=2)
    assert set(told(review.sharing)) == {(3, False), (2, True), (1, True)}


def test_what_is_bought_is_counted_in_money(tmp_path):
    review = answered(tmp_path, HALVES[:2], [shape("small", "4", 0.2)])
    assert review.sharing.unit == "per hour"
    assert told(review.sharing) == {(2, True): (exactly(400_000), ()), (1, False): (exactly(200_000), ("middle + restricted",))}


def test_losses_are_counted_neither_here_nor_in_the_tax(tmp_path):
    review = answered(tmp_path, HALVES[:2], [node(f"n-{n}") for n in range(4)], survive={"nodes": 1})
    assert told(review.sharing)[2, True][0] == review.tax.apart == exactly(2)


def test_node_groups_are_whole_on_the_curve_as_they_are_in_the_tax(tmp_path):
    inventory = [node(name, cpu) for name, cpu in (("a-1", "2"), ("a-2", "2"), ("a-3", "2"), ("b-1", "8"), ("b-2", "8"))]
    for there in inventory:
        there["metadata"]["labels"]["eks.amazonaws.com/nodegroup"] = there["metadata"]["name"][0]
    review = answered(tmp_path, [workload("api", "restricted", "6", 1), workload("plugin", "untrusted", "1", 4)], inventory)
    points = told(review.sharing)
    assert points[2, True][0].value == review.tax.apart.value == 3
    assert points[1, False][0].value == review.tax.together.value == 2


@pytest.mark.parametrize("sample", ["quickstart", "tenants", "may-share", "sharing", "node-groups"])
def test_the_curve_begins_and_ends_where_the_waterfall_does(sample):
    review = pipeline.review(pipeline.load(str(path_of(sample))), quiet)
    known = [point for point in review.sharing.points if point.comes_to]
    planned = {group for ring in review.rings for group in [" + ".join(ring.groups)] if len(ring.groups) > 1}
    mine = next(point for point in known if set(point.shared) == planned)
    assert mine.comes_to.value == review.tax.apart.value
    assert mine.permitted
    (last,) = (point for point in known if point.rings == 1)
    assert last.comes_to.value == review.tax.together.value
    if review.tax.alone:
        assert known[0].comes_to == review.tax.alone


@pytest.mark.parametrize(
    ("work", "inventory"),
    [
        pytest.param([workload("api", "restricted", "5", 1)], [node("n-1")], id="a plan that does not hold"),
        pytest.param(HALVES[:1], [node("n-1")], id="a group alone"),
    ],
)
def test_there_is_no_curve_of(tmp_path, work, inventory):
    review = answered(tmp_path, work, inventory)
    assert review.sharing is None
    assert "Cost against sharing" not in formats.review(review, "html", PLAIN)


def test_every_format_has_the_points(tmp_path):
    review = answered(tmp_path, HALVES, [node(f"n-{n}") for n in range(4)])
    assert "| 2 | 2 | 2 | 1 | middle + restricted | forbids it |" in formats.review(review, "md", PLAIN)
    page = formats.review(review, "html", PLAIN)
    assert "2 rings: 2 nodes; middle + restricted shares; the policy forbids it" in page


@pytest.mark.parametrize(
    ("most", "marks"),
    [
        pytest.param(1, (0, 1), id="one"),
        pytest.param(5, (0, 1, 2, 3, 4, 5), id="five of one"),
        pytest.param(6, (0, 2, 4, 6), id="in twos"),
        pytest.param(7, (0, 2, 4, 6, 8), id="up to the first that is no less"),
        pytest.param(1523, (0, 500, 1000, 1500, 2000), id="in fives"),
        pytest.param(1_284_000, (0, 500_000, 1_000_000, 1_500_000), id="money"),
    ],
)
def test_an_axis_has_few_round_numbers_from_zero(most, marks):
    assert ticks(most) == marks


def test_groups_say_whom_they_trust_and_what_is_in_them():
    groups = {known.name: known for known in reviewed("sharing").groups}
    assert list(groups) == ["payments", "web", "search", "batch"]
    assert groups["web"].may_share == ("payments", "search")
    assert groups["batch"].ring == groups["search"].ring
    assert sum(known.pods for known in groups.values()) == sum(ring.whole.pods for ring in reviewed("sharing").rings)


def test_the_graph_has_a_line_for_each_pair_that_may_share_and_does_not():
    page = formats.review(reviewed("sharing"), "html", PLAIN)
    assert re.findall(r'class="friends".*?<title>([^<]*)</title>', page) == ["search and web may share nodes"]
    assert len(re.findall(r'class="bond"', page)) == 2


def test_residents_are_named_with_the_rings_that_they_join():
    review = reviewed("quickstart")
    assert {known.name: len(known.rings) for known in review.residents} == {
        "DaemonSet/kube-system/node-agent": 3,
        "DaemonSet/logging/fluent-bit": 3,
    }
