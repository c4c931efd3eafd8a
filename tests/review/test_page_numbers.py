"""What stands on the page is what the plan's document comes to, counted from that alone."""

import html
import re
from functools import cache

import pytest

from planner import formats, pipeline
from planner.paper import PLAIN
from tests.review.test_numbers import SAMPLES, path_of, reckoned, reviewed
from tests.shop_that_buys import quiet
from tests.view.view_plans import GIB

USE = re.compile(
    r'<span class="what">([^<]*)</span><span class="of"[^>]*>([\d.,]+) of ([\d.,]+)[^<]*<b>([^<]*)</b>',
)
each_sample = pytest.mark.parametrize("sample", SAMPLES)


@cache
def page(sample: str) -> str:
    return formats.review(reviewed(sample), "html", PLAIN)


def rows(text: str, identity: str) -> list[list[str]]:
    """Return the cells of a table of the page, heading first."""
    (table,) = re.findall(rf'<table id="{re.escape(identity)}">(.*?)</table>', text, re.DOTALL)
    lines = re.findall(r"<tr[^>]*>(.*?)</tr>", table, re.DOTALL)
    return [[html.unescape(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line)] for line in lines]


def share(part: int, whole: int) -> str:
    """Write a share as whole per cent; one that is next to none or all says so."""
    if 0 < part / whole < 0.01:
        return "<1 %"
    return "99 %" if 0.99 < part / whole < 1 else f"{part / whole * 100:.0f} %"


def is_near(text: str, value: float) -> bool:
    """Say whether a figure is what it should be, up to the places that it is written with."""
    written = float(text.replace(",", ""))
    places = len(text.partition(".")[2])
    return abs(written - value) <= 0.5 * 10.0**-places + 1e-9


@each_sample
def test_each_node_has_its_row(sample):
    counted = reckoned(sample)
    head, *lines = rows(page(sample), "nodes")
    told = {line[0]: dict(zip(head, line, strict=True)) for line in lines}
    assert set(told) == set(counted.nodes)
    for name, ring in counted.ring_of.items():
        whole, asked = counted.allocatable(name), counted.requested(name)
        assert told[name]["Ring"] == ring
        assert told[name]["cpu %"] == share(asked["cpu"], whole["cpu"])
        assert told[name]["memory %"] == share(asked["memory"], whole["memory"])
        assert told[name]["Pods"] == str(sum(counted.pods[name].values()))


@each_sample
def test_each_card_has_its_bars(sample):
    counted = reckoned(sample)
    cards = dict(re.findall(r'<article class="card" id="ring-([^"]*)"(.*?)</article>', page(sample), re.DOTALL))
    assert set(cards) == set(counted.ring_of.values())
    for ring, card in cards.items():
        uses = re.findall(
            r'<span class="what">([^<]*)</span><span class="of"[^>]*>([\d.,]+) of ([\d.,]+)[^<]*<b>([^<]*)</b>', card
        )
        told = {name: values for name, *values in uses}
        total = counted.total(counted.ring(ring))
        for name, unit in (("cpu", 1000), ("memory", GIB), ("pods", 1)):
            asked, whole, _ = total[name]
            assert is_near(told[name][0], asked / unit)
            assert is_near(told[name][1], whole / unit)
            assert html.unescape(told[name][2]) == share(asked, whole)


@each_sample
def test_each_namespace_has_its_row(sample):
    counted = reckoned(sample)
    head, *lines = rows(page(sample), "charges-table")
    told = [dict(zip(head, line, strict=True)) for line in lines]
    for ring in set(counted.ring_of.values()):
        nodes, mine = counted.ring(ring), [line for line in told if line["Ring"] == ring]
        total = counted.total(nodes)
        for namespace, part in counted.weights(ring).items():
            (line,) = (one for one in mine if one["Namespace"] == namespace)
            assert abs(float(line["Nodes"]) - float(part) * len(nodes)) < 0.0061  # thousandths that add up, then two places
            own = sum(
                count * counted.each[name]["cpu"]
                for node in nodes
                for name, count in counted.pods[node].items()
                if counted.work[name]["id"]["namespace"] == namespace
            )
            assert is_near(line["own cpu"], own / 1000)
        whole = sum(float(line["own cpu"]) + float(line["idle cpu"]) + float(line["daemons' cpu"]) for line in mine)
        assert abs(whole - total["cpu"][1] / 1000) <= 0.02 * max(1, len(mine)) * 3


def half(container: dict[str, dict[str, int]]) -> int:
    return container.get("requests", {}).get("cpu", 0) // 2


@each_sample
def test_what_is_used_stands_on_the_page_as_it_was_told(sample, tmp_path):
    counted = reckoned(sample)
    lines = []
    for work in counted.work.values():
        identity = work["id"]
        for container in work["template"]["containers"]:
            whose = f"{identity['namespace']},{identity['kind']},{identity['name']},{container['name']}"
            lines.append(f"{whose},{half(container)}m,\n")
    (tmp_path / "used.csv").write_text("namespace,kind,name,container,cpu,memory\n" + "".join(lines), encoding="utf-8")
    review = pipeline.review(pipeline.load(str(path_of(sample))), quiet, quick=True, usage=[str(tmp_path / "used.csv")])
    head, *told = rows(formats.review(review, "html", PLAIN), "usage-rings")
    assert head == ["Ring", "cpu used", "Known of"]
    for ring, cpu, known in told:
        pods = {(node, name): count for node in counted.ring(ring) for name, count in counted.pods[node].items()}
        pods |= {(node, name): 1 for name, on in counted.shared.items() for node in on if node in counted.ring(ring)}
        names = {name for _, name in pods}
        assert known == f"{len(names)} of {len(names)}"
        halves = {
            n: sum(c.get("requests", {}).get("cpu", 0) // 2 for c in counted.work[n]["template"]["containers"]) for n in names
        }
        used = sum(count * halves[name] for (_, name), count in pods.items())
        asked = sum(count * counted.each[name]["cpu"] for (_, name), count in pods.items())
        first, second = re.fullmatch(r"[<\d]+ %: ([\d.,]+) of ([\d.,]+) cores", cpu).groups()
        assert is_near(first, used / 1000)
        assert is_near(second, asked / 1000)
        assert cpu.startswith(f"{share(used, asked)}:")
