"""The page: one file, nothing fetched, nothing run but its own script, and names are text whatever they hold."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from planner.view.page.page import html
from tests.view import view_plans

VOID = {"meta", "input", "br", "link"}


class Reader(HTMLParser):
    """Reads a page as a browser would, and keeps what it finds."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.raw: dict[str, list[str]] = {"script": [], "style": []}
        self.faults: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)

    def handle_data(self, data):
        inside = self.open[-1] if self.open else ""
        self.raw[inside].append(data) if inside in self.raw else self.text.append(data)


@pytest.mark.parametrize(
    "made",
    [view_plans.shop, view_plans.infeasible_shop, view_plans.lone, view_plans.wordy, view_plans.hostile],
    ids=["a shop", "a shop without room", "one node", "long names", "hostile names"],
)
class TestEveryPage:
    def test_its_tags_are_closed_in_order(self, made):
        page = Reader(html(made()))
        assert page.faults == []
        assert page.open == []

    def test_it_fetches_nothing(self, made):
        page = html(made())
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", page)
        named = {name for _, attributes in Reader(page).tags for name in attributes}
        assert not named & {"src", "href", "xlink:href", "srcset", "action", "data", "poster"}

    def test_its_policy_allows_its_own_script_and_styles_only(self, made):
        page = Reader(html(made()))
        policy = next(a["content"] for tag, a in page.tags if tag == "meta" and a.get("http-equiv") == "Content-Security-Policy")
        allowed = set(re.findall(r"'sha256-([^']+)'", policy or ""))
        own = [raw for raws in page.raw.values() for raw in raws]
        digests = {base64.b64encode(hashlib.sha256(raw.encode()).digest()).decode() for raw in own}
        assert allowed == digests
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy

    def test_nothing_needs_what_the_policy_forbids(self, made):
        for tag, attributes in Reader(html(made())).tags:
            assert not [name for name in attributes if name == "style" or name.startswith("on")], tag

    def test_its_size_is_the_page_plus_the_data(self, made):
        assert len(html(made())) < 120_000


def test_a_hostile_name_is_text_everywhere():
    page = html(view_plans.hostile())
    read = Reader(page)
    assert len([tag for tag, _ in read.tags if tag == "script"]) == 1
    assert "<script>alert" not in page
    assert "".join(read.raw["script"]).count("alert") == 0
    assert any(view_plans.HOSTILE in words for words in read.text)


def test_every_node_of_the_picture_has_its_row():
    page = html(view_plans.fleet(12, 150, spare=5))
    marks = sorted(re.findall(r'data-n="(\d+)"', page), key=int)
    rows = sorted(re.findall(r'data-r="(\d+)"', page), key=int)
    assert set(marks) <= set(rows)
    assert len(rows) == 151
    assert len(marks) >= 145


def test_a_row_says_what_its_mark_shows():
    page = html(view_plans.shop())
    mark = re.search(r'data-n="(\d+)"><title>node-4 ', page)
    assert mark
    row = re.search(rf'<tr data-r="{mark[1]}">.*?</tr>', page)
    assert row
    assert "node-4" in row[0]
    assert "storefront/web ×3" in row[0]
    assert "cpu 82 %" in row[0]


def test_without_a_script_it_is_a_static_page():
    read = Reader(html(view_plans.infeasible_shop()))
    words = "\n".join(read.text)
    for heading in ("Rings", "Who shares nodes with whom", "Exposed by shared residents", "Workloads", "Nodes", "No place for"):
        assert heading in words
    assert "No two groups have pods on one node." in words
    hidden = [a for tag, a in read.tags if tag in ("section", "table") and "hidden" in a]
    assert hidden == []


def test_who_shares_nodes_with_whom_is_counted():
    page = html(view_plans.fleet(5, 40))
    table = re.search(r'<table id="sharing">.*?</table>', page)
    assert table
    cells = re.findall(r"<t[dh][^>]*>([^<]*)</t[dh]>", table[0].partition("<tbody>")[2])
    assert cells[:3] == ["batch", "internal", "internal_batch"]
    assert int(cells[3]) > 5


def test_a_workload_names_its_neighbours():
    page = html(view_plans.shop())
    row = re.search(r"<tr><th scope=\"row\">Deployment/payments/api</th>.*?</tr>", page)
    assert row
    assert "1: payments/ledger" in row[0]
    row = re.search(r"<tr><th scope=\"row\">Deployment/storefront/web</th>.*?</tr>", page)
    assert row
    assert "2: storefront/cart, storefront/search" in row[0]


def test_every_table_has_a_row_of_headings_as_wide_as_its_rows():
    page = html(view_plans.infeasible_shop())
    tables = re.findall(r"<table.*?</table>", page)
    assert len(tables) >= 5
    for table in tables:
        heads = table.partition("</thead>")[0].count("<th ")
        for row in re.findall(r"<tr[^>]*>.*?</tr>", table.partition("</thead>")[2]):
            assert len(re.findall(r"<t[dh][ >]", row)) == heads
