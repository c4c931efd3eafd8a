"""The picture as XML: everything is in it, nothing leaves its box, nothing runs into anything, nothing comes from outside."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from models.answer.plan import IsolationPlan
from models.frozen_map import FrozenMap
from planner.view.picture import panel
from planner.view.picture.draw import svg
from planner.view.picture.text_width import fit, fit_middle, short_names, width, wrapped
from tests.view import view_plans

SVG = "{http://www.w3.org/2000/svg}"
SIZES: dict[str, Callable[[], IsolationPlan]] = {
    "a shop": view_plans.shop,
    "a shop without room": view_plans.infeasible_shop,
    "one group on one node": view_plans.lone,
    "five groups on forty nodes": lambda: view_plans.fleet(5, 40, spare=3),
    "forty groups on four hundred nodes": lambda: view_plans.fleet(40, 400, spare=20),
    "names as long as Kubernetes allows": view_plans.wordy,
    "hostile names": view_plans.hostile,
}


@dataclass(frozen=True)
class Box:
    """A rectangle on the page, and what is in it."""

    left: float
    top: float
    right: float
    bottom: float
    words: str = ""

    def meets(self, other: "Box") -> bool:
        """Say whether two boxes overlap by more than a hair."""
        hair = 0.5
        across = self.left < other.right - hair and other.left < self.right - hair
        return across and self.top < other.bottom - hair and other.top < self.bottom - hair


def drawn(drawing: str) -> ET.Element:
    """Read our own picture."""
    return ET.fromstring(drawing)  # noqa: S314  it is our own


def texts(node: ET.Element, x: float = 0, y: float = 0) -> Iterator[Box]:
    """Yield every line of text with the room that it takes."""
    moved = re.match(r"translate\(([\d.-]+) ([\d.-]+)\)", node.get("transform", ""))
    if moved:
        x, y = x + float(moved[1]), y + float(moved[2])
    if node.tag == f"{SVG}text":
        yield placed(node, x, y)
    for child in node:
        yield from texts(child, x, y)


def placed(node: ET.Element, x: float, y: float) -> Box:
    """Estimate where a line of text lies."""
    words, size = node.text or "", float(node.get("font-size", "12"))
    wide = width(words, size, node.get("font-weight") == "600")
    left = x + float(node.get("x", "0")) - (wide if node.get("text-anchor") == "end" else 0)
    base = y + float(node.get("y", "0"))
    return Box(left, base - 0.76 * size, left + wide, base + 0.22 * size, words)


def boxes(root: ET.Element) -> Iterator[tuple[Box, ET.Element]]:
    """Yield every card and panel with the group of elements that belongs into it."""
    for item in root.iter(f"{SVG}g"):
        frame = next((r for r in item if "box" in r.get("class", "").split() and r.tag == f"{SVG}rect"), None)
        if frame is not None:
            wide, tall = float(frame.get("width", "0")), float(frame.get("height", "0"))
            yield Box(0, 0, wide, tall), item


@pytest.fixture(params=SIZES, name="plan")
def _plan(request: pytest.FixtureRequest) -> IsolationPlan:
    return SIZES[request.param]()


def test_every_ring_group_node_and_level_is_in_the_picture(plan: IsolationPlan) -> None:
    root = drawn(svg(plan))
    said = "\n".join(root.itertext())
    for ring in plan.rings:
        assert f"ring {view_plans.shown(ring.name)}: " in said
        for name in (*ring.groups, *ring.nodes):
            assert view_plans.shown(name) in said
    numbered = [item.get("data-n") for item in root.iter() if item.get("data-n")]
    assert len(numbered) == len(set(numbered))
    assert len(numbered) >= sum(len(ring.nodes) for ring in plan.rings)


def test_no_text_leaves_its_card_or_the_page(plan: IsolationPlan) -> None:
    root = drawn(svg(plan))
    page = Box(0, 0, float(root.get("width", "0")), float(root.get("height", "0")))
    for frame, item in [(page, root), *boxes(root)]:
        inner = item if item is root else ET.Element("g")
        if item is not root:
            inner.extend(list(item))
        for found in texts(inner):
            assert 0 <= found.left < found.right + 0.01 <= frame.right + 0.51, found
            assert 0 <= found.top < found.bottom <= frame.bottom + 0.5, found


def test_no_two_texts_overlap(plan: IsolationPlan) -> None:
    found = sorted(texts(drawn(svg(plan))), key=lambda box: box.top)
    for at, box in enumerate(found):
        for other in found[at + 1 :]:
            if other.top >= box.bottom:
                break
            assert not box.meets(other), (box, other)


def test_cards_do_not_overlap(plan: IsolationPlan) -> None:
    root = drawn(svg(plan))
    cards = []
    for item in root:
        frame = next((r for r in item if "box" in r.get("class", "").split()), None)
        moved = re.match(r"translate\(([\d.-]+) ([\d.-]+)\)", item.get("transform", ""))
        if frame is not None and moved:
            x, y = float(moved[1]), float(moved[2])
            cards.append(Box(x, y, x + float(frame.get("width", "0")), y + float(frame.get("height", "0"))))
    assert len(cards) >= len(plan.rings)
    assert not [(a, b) for at, a in enumerate(cards) for b in cards[at + 1 :] if a.meets(b)]


def test_the_page_is_neither_a_strip_nor_a_tower(plan: IsolationPlan) -> None:
    root = drawn(svg(plan))
    wide, tall = float(root.get("width", "0")), float(root.get("height", "0"))
    assert 0.6 <= wide / tall <= 2.6


def test_nothing_is_fetched_and_nothing_runs(plan: IsolationPlan) -> None:
    drawing = svg(plan).replace('xmlns="http://www.w3.org/2000/svg"', "", 1)
    assert not re.search(r"https?:|href=|<script|<foreignObject|<image|@import|url\((?!#)", drawing)


def test_screen_readers_get_a_title_and_a_description(plan: IsolationPlan) -> None:
    root = drawn(svg(plan))
    assert root.get("role") == "img"
    ids = [item.get("id") for item in root if item.tag in (f"{SVG}title", f"{SVG}desc")]
    assert root.get("aria-labelledby", "").split() == ids


def test_auto_follows_the_reader_and_light_and_dark_are_fixed() -> None:
    plan = view_plans.shop()
    assert "@media (prefers-color-scheme:dark)" in svg(plan)
    assert "@media" not in svg(plan, "light") + svg(plan, "dark")
    assert svg(plan, "light") != svg(plan, "dark")


def test_many_nodes_become_squares_and_few_become_named_bars() -> None:
    few = drawn(svg(view_plans.fleet(5, 40)))
    many = drawn(svg(view_plans.fleet(40, 400)))
    assert {item.tag for item in few.iter() if item.get("data-n")} == {f"{SVG}g"}
    squares = [item for item in many.iter() if item.get("data-n") and item.tag == f"{SVG}rect"]
    assert len(squares) > 350
    halves = [item for item in many.iter() if item.get("data-n") and item.tag == f"{SVG}g"]
    assert halves, "nodes on which two levels share are drawn in both colours"


def test_what_finds_no_place_is_listed_in_red_with_the_schedulers_words() -> None:
    drawing = svg(view_plans.infeasible_shop())
    assert "No place for 5 pods" in drawing
    assert "0/8 nodes are available: 3 Insufficient memory" in drawing
    assert "3 unplaced" in drawing
    assert "2 unplaced" in drawing


def test_groups_that_share_are_joined_and_partners_elsewhere_are_named() -> None:
    plan = view_plans.fleet(5, 40)
    assert 'class="bond"' in svg(plan)
    assert 'class="bond"' not in svg(view_plans.shop())
    apart = replace(plan, trust=replace(plan.trust, sharing=(("partner", "untrusted"),)))
    assert "also trusts untrusted" in svg(apart)
    assert "also trusts partner" in svg(apart)


def test_volumes_that_are_scarce_are_named_by_their_driver() -> None:
    plan, name = view_plans.shop(), "attachable-volumes-csi-ebs.csi.aws.com"
    nodes = tuple(replace(one, allocatable=FrozenMap({**one.allocatable, name: 1})) for one in plan.cluster.nodes)
    work = tuple(
        replace(one, template=replace(one.template, attached=FrozenMap({name: 1}))) if one.id.name == "ledger" else one
        for one in plan.cluster.workloads
    )
    drawing = svg(replace(plan, cluster=replace(plan.cluster, nodes=nodes, workloads=work)))
    words = [box.words for box in texts(drawn(drawing))]
    assert [one for one in words if "ebs" in one][1:] == ["ebs.csi.aws.com…", "each node: ebs.csi.aws.com volumes, below it cpu"]


@pytest.mark.parametrize(
    ("words", "room", "shown"),
    [
        ("short", 100, "short"),
        ("a name that is too long", 60, "a name…"),
        ("", 0, ""),
        ("anything", 0, ""),
    ],
)
def test_text_is_cut_to_its_room(words: str, room: float, shown: str) -> None:
    assert fit(words, 12, room) == shown


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        pytest.param("gap 50 %", ["gap 50 %"], id="what fits has one line"),
        pytest.param("costs 1.46, gap 50 %", ["costs 1.46,", "gap 50 %"], id="lines break between words"),
        pytest.param("one gap of 50 %", ["one gap of", "50 %"], id="a number and its % stay together"),
        pytest.param("a Deployment/payments/ledger b", ["a", "Deployment/payments/ledger", "b"], id="long words stand alone"),
        pytest.param("", [""], id="nothing is one empty line"),
        pytest.param(" a  day of churn on it ", ["a day of", "churn on it"], id="spaces more than one are one"),
        pytest.param(
            "one word after another word and another",
            ["one word", "after another", "word and another"],
            id="all that is left is in the third line",
        ),
    ],
)
def test_sentences_that_are_too_long_go_on_in_the_next_line(words: str, lines: list[str]) -> None:
    assert wrapped(words, 12, 85) == lines


def test_what_a_purchase_costs_is_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    costs = [f"{at},000.00 per hour" for at in range(10, 26)]
    monkeypatch.setattr(panel.market, "sentence", lambda _: ", ".join(costs))
    shown = " ".join(item.text or "" for item in drawn(svg(view_plans.shop())).iter(f"{SVG}text"))
    assert [one for one in costs if one not in shown] == []


def test_machine_names_keep_both_ends() -> None:
    name = "gke-production-default-pool-1a2b3c4d-x7z9"
    cut = fit_middle(name, 12, 120)
    assert cut.startswith("gke-")
    assert cut.endswith("x7z9")
    assert "…" in cut
    assert width(cut, 12) <= 120


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["a.example.org", "b.example.org"], ["a", "b"]),
        (["a.example.org", "b"], ["a", "b"]),
        (["a.one.org", "a.two.org"], ["a.one.org", "a.two.org"]),
    ],
)
def test_domains_are_dropped_only_where_names_stay_apart(names: list[str], shown: list[str]) -> None:
    assert list(short_names(names).values()) == shown
