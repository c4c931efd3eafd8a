"""What a review says in each format: the same numbers, and nothing that a name could turn into more than a name."""

import csv
import json
import re
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest

from models.answer.review import Amount, Keeper, Part, Removable
from models.frozen_map import FrozenMap
from planner import formats, pipeline
from planner.paper import PLAIN, Paper
from planner.review.report.checks import checks
from planner.review.report.data import schema
from tests.review.test_numbers import path_of, reviewed
from tests.shop_that_buys import quiet
from tests.view.view_plans import HOSTILE, fleet, hostile, infeasible_shop, shop, with_add_ons


def written(sample: str, kind: str, table: str = "charges") -> str:
    return formats.review(reviewed(sample), kind, PLAIN, table)


def faults(value: Any, shape: dict[str, Any], nouns: dict[str, Any], path: str = "") -> list[str]:
    """Hold JSON against the part of JSON Schema that ours is written in."""
    if "$ref" in shape:
        return faults(value, nouns[shape["$ref"].rpartition("/")[2]], nouns, path)
    if "anyOf" in shape:
        return min((faults(value, one, nouns, path) for one in shape["anyOf"]), key=len)
    if "const" in shape:
        return [] if value == shape["const"] else [path]
    kinds = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "null": type(None)}
    if type(value) is not kinds[shape["type"]]:
        return [path]
    if isinstance(value, list):
        return [fault for place, item in enumerate(value) for fault in faults(item, shape["items"], nouns, f"{path}[{place}]")]
    if not isinstance(value, dict):
        return []
    known, more = shape.get("properties", {}), shape.get("additionalProperties", True)
    wrong = [f"{path}.{name} is missing" for name in shape.get("required", ()) if name not in value]
    for name, item in value.items():
        of = known.get(name, more)
        wrong += [f"{path}.{name} is unknown"] if of is False else faults(item, of, nouns, f"{path}.{name}")
    return wrong


@pytest.mark.parametrize("quick", [True, False])
def test_the_json_is_as_the_schema_says(quick):
    plan = pipeline.load(str(path_of("quickstart")))
    data = json.loads(formats.review(pipeline.review(plan, quiet, grow=["20%"], quick=quick), "json", PLAIN))
    shape = schema()
    assert faults(data, shape, shape["$defs"]) == []
    assert faults({**data, "rings": [{}]}, shape, shape["$defs"])
    assert faults({**data, "more": 1}, shape, shape["$defs"]) == [".more is unknown"]


def test_the_json_has_the_numbers_of_the_review():
    data, review = json.loads(written("buying", "json")), reviewed("buying")
    assert (data["apiVersion"], data["kind"]) == ("ringfence.dev/v1alpha1", "CapacityReview")
    for ring, told in zip(review.rings, data["rings"], strict=True):
        for name, amount in ring.whole.amounts.items():
            assert told["whole"]["amounts"][name] == {
                "requested": amount.requested,
                "allocatable": amount.allocatable,
                "daemons": amount.daemons,
                "stranded": amount.stranded,
            }


@pytest.mark.parametrize(
    ("table", "count"),
    [
        pytest.param("charges", lambda review: len(review.charges), id="who takes what"),
        pytest.param("nodes", lambda review: len(review.nodes), id="a row for each node"),
        pytest.param("scenarios", lambda review: len(review.scenarios), id="a row for each change"),
        pytest.param(
            "rings",
            lambda review: sum(1 + len(r.zones) + len(r.types) + len(r.node_groups) for r in review.rings),
            id="a row for each ring and part of it",
        ),
    ],
)
def test_a_table_has_a_row_for_each(table, count):
    head, *rows = csv.reader(StringIO(written("buying", "csv", table)))
    assert len(rows) == count(reviewed("buying"))
    assert {len(row) for row in (head, *rows)} == {len(head)}


def test_the_charges_add_up_in_the_spreadsheet():
    head, *rows = csv.reader(StringIO(written("buying", "csv")))
    at = head.index("cost_millionths_per_hour")
    assert sum(int(row[at]) for row in rows) == sum(ring.cost for ring in reviewed("buying").rings)


def test_no_cell_is_a_formula():
    review = pipeline.review(hostile(), quiet, quick=True)
    for table in ("charges", "rings", "nodes", "scenarios"):
        for row in csv.reader(StringIO(formats.review(review, "csv", PLAIN, table))):
            assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("kind", ["html", "md", "csv", "json", "table"])
@pytest.mark.parametrize("plan", [shop, infeasible_shop, hostile], ids=["shop", "infeasible", "hostile"])
def test_the_same_plan_gives_the_same_bytes_and_no_control_characters(kind, plan):
    first, second = (formats.review(pipeline.review(plan(), quiet, quick=True), kind, PLAIN) for _ in range(2))
    assert first == second
    assert {char for char in first if not char.isprintable()} <= {"\n", "\t"}


def test_the_page_fetches_nothing_and_styles_no_attribute():
    page = formats.review(pipeline.review(hostile(), quiet, quick=True), "html", PLAIN)
    assert "default-src 'none'" in page
    assert not re.findall(r"<[^>]*\s(?:style|on\w+|src|srcset)=", page)
    assert not re.findall(r"(?:href|url\()=?[\"']?(?!#)\w*:?//", page)
    assert HOSTILE not in page


def kept_by_all(ring: str, nodes) -> Removable:
    mine = [node for node in nodes if node.ring == ring]
    keepers = (Keeper(n.name, "room", max(n.pods, default=ring), "its pods have no room on the other nodes") for n in mine)
    return Removable(ring, len(mine), len(mine), len(mine), keepers=tuple(keepers))


def test_the_page_of_two_thousand_nodes_is_under_a_megabyte():
    review = pipeline.review(fleet(8, 2000), quiet, quick=True)
    assert len(review.nodes) >= 2000
    rings = (replace(ring, removable=kept_by_all(ring.name, review.nodes)) for ring in review.rings)
    page = formats.review(replace(review, rings=tuple(rings)), "html", PLAIN)
    assert page.count('class="sq ') >= 2000
    assert len(page.encode()) < 1_000_000


def test_what_matters_stands_first_in_every_format():
    review = reviewed("quickstart")
    told = "Every ring holds its pods; 3 of 3 rings are tight: restricted, internal, untrusted."
    for kind, paper in (("md", PLAIN), ("html", PLAIN), ("table", Paper(200))):
        text = formats.review(review, kind, paper)
        assert told in text
        assert "96 % of cpu" in text
        assert "0.53 cores free" in text


def test_a_short_review_fits_on_a_screen():
    assert formats.review(reviewed("quickstart"), "table", Paper(120)).count("\n") <= 30


@pytest.mark.parametrize(
    ("plan", "looks"),
    [
        pytest.param(infeasible_shop, {"Room for its pods": "bad"}, id="pods without a place are bad"),
        pytest.param(shop, {"Room for its pods": "good", "Nothing stranded": "good"}, id="what is fine passes"),
        pytest.param(shop, {"System add-ons": "bad"}, id="every node gets a taint, and CoreDNS is not in the input"),
        pytest.param(lambda: with_add_ons(shop(), "coredns"), {"System add-ons": ""}, id="CoreDNS is in the input"),
    ],
)
def test_what_does_not_pass_comes_first(plan, looks):
    every = checks(pipeline.review(plan(), quiet, quick=True))
    order = [("bad", "mind", "good").index(check.look) for check in every]
    assert order == sorted(order)
    worst = {check.name: check.look for check in reversed(every)}
    assert {name: worst.get(name, "") for name in looks} == looks


def test_a_share_of_nothing_is_full_only_where_something_is_asked_for():
    assert [Amount(1, 0).share, Amount(0, 0).share, Amount(1, 4).share] == [1.0, 0.0, 0.25]
    assert Part("x", 0, 0, FrozenMap()).fill == 0.0
