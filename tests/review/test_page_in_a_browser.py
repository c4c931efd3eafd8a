"""The page does in a real browser what it is there for. Where there is no Chromium these tests say so and are left out."""

import re
from contextlib import contextmanager
from functools import cache
from itertools import pairwise

import pytest

from planner import formats, pipeline
from planner.paper import PLAIN
from tests.review import browser
from tests.review.test_numbers import path_of
from tests.shop_that_buys import quiet
from tests.view.view_plans import HOSTILE, fleet, hostile, infeasible_shop, wordy

PLANS = {"hostile": hostile, "infeasible": infeasible_shop, "wordy": wordy, "fleet": lambda: fleet(4, 500)}
SAMPLES = ("quickstart", "sharing", "node-groups")
A4_WIDE = 688
"""Pixels that fit between the margins of a sheet."""
ALL_LOOKS = [(size, dark) for size in ("wide", "phone") for dark in (False, True)]


def seen_as(*names: str):
    """See the first in every look, and each of the others in one of them."""
    others = ((name, *ALL_LOOKS[number % 4]) for number, name in enumerate(names[1:]))
    return pytest.mark.parametrize(("name", "size", "dark"), [*((names[0], *look) for look in ALL_LOOKS), *others])


@cache
def text_of(name: str) -> str:
    plan = PLANS[name]() if name in PLANS else pipeline.load(str(path_of(name)))
    asked = {"grow": ["20%"]} if name == "quickstart" else {}
    return formats.review(pipeline.review(plan, quiet, quick=name in PLANS, **asked), "html", PLAIN)


@pytest.fixture(scope="module")
def chromium():
    with browser.launched() as started:
        yield started


@pytest.fixture
def show(chromium, tmp_path):
    @contextmanager
    def shown(name: str, text: str = "", **how):
        file = tmp_path / "page.html"
        file.write_text(text or text_of(name), encoding="utf-8")
        with browser.opened(chromium, file, **how) as page:
            yield page

    return shown


def unfold(page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")


def names_of(page) -> list[str]:
    """Return the names of the nodes as they stand on the map."""
    labels = page.locator(".sq").evaluate_all("(some) => some.map((mark) => mark.getAttribute('aria-label'))")
    return [label.split(",")[0] for label in labels]


def seen(page, selector: str) -> int:
    return page.locator(f"{selector}:not([hidden])").count()


@seen_as(*SAMPLES, *PLANS)
def test_the_page_fits_its_window_and_says_nothing_on_the_console(show, name, size, dark):
    with show(name, size=size, dark=dark) as page:
        wide, window = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= window
        assert page.screenshot(full_page=True).startswith(b"\x89PNG")
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (background == "rgb(13, 17, 23)") is dark


def test_a_violation_of_its_policy_would_be_said_on_the_console(show):
    text = text_of("quickstart").replace("<main>", '<main><p style="color:red">', 1)
    with pytest.raises(AssertionError, match="Content Security Policy"), show("", text=text):
        pass


@seen_as(*SAMPLES, "hostile", "infeasible")
def test_axe_finds_nothing(show, name, size, dark):
    with show(name, size=size, dark=dark) as page:
        unfold(page)
        mark = page.locator("#nodes-map .sq").first
        mark.focus()
        page.keyboard.press("Enter")
        assert browser.violations(page) == []


def test_names_run_nothing(show):
    with show("hostile") as page:
        assert page.evaluate("document.scripts.length") == 2
        assert HOSTILE in page.locator("main").text_content()


def test_the_verdict_the_numbers_and_the_rings_are_on_the_first_screen(show):
    with show("quickstart") as page:
        parts = page.locator("h1, .number, .gauges a").all()
        assert len(parts) == 1 + 3 + 3
        assert max(part.bounding_box()["y"] + part.bounding_box()["height"] for part in parts) < 500


def test_a_click_on_a_node_shows_its_pods_and_makes_a_link(show):
    with show("quickstart") as page:
        page.locator(".sq").first.click()
        panel = page.locator("#panel")
        assert panel.locator("h2").text_content() == "node-1a"
        assert "Deployment/payments/api" in panel.text_content()
        assert "Kept by" in panel.text_content()
        assert page.url.endswith("#node-node-1a")
        page.mouse.move(0, 0)
        assert panel.is_visible()
        page.keyboard.press("Escape")
        assert panel.is_hidden()


def test_the_pointer_shows_a_node_as_long_as_it_is_there(show):
    with show("quickstart") as page:
        page.locator(".sq").nth(2).hover()
        assert page.locator("#panel h2").text_content() == names_of(page)[2]
        page.mouse.move(5, 5)
        assert page.locator("#panel").is_hidden()


def test_a_tap_shows_a_node_and_a_tap_closes_it(show):
    with show("quickstart", size="phone") as page:
        page.locator(".sq").first.tap()
        assert page.locator("#panel h2").text_content() == "node-1a"
        page.locator("#panel button").tap()
        assert page.locator("#panel").is_hidden()


def test_keys_walk_from_node_to_node(show):
    with show("quickstart") as page:
        names = names_of(page)
        page.locator(".sq").first.focus()
        walked = []
        for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "End", "ArrowRight", "Home"):
            page.keyboard.press(key)
            walked.append(page.locator("#panel h2").text_content())
        assert walked == [names[1], names[2], names[1], names[7], names[7], names[0]]
        assert page.locator('.sq[tabindex="0"]').count() == 1
        page.keyboard.press("Tab")
        assert page.locator("#panel").is_hidden()
        assert page.locator(".sq").first.get_attribute("aria-label").startswith("node-1a, restricted, eu-west-1a, m5.2xlarge")


def test_what_is_typed_leaves_what_it_names(show):
    with show("quickstart") as page:
        counts = []
        for words in ("storefront", "node-2c", "nothing like it", ""):
            page.locator("#find").fill(words)
            counts.append((seen(page, "#nodes tbody tr"), seen(page, ".card"), page.locator(".sq.hit").count()))
        assert counts == [(2, 1, 2), (1, 1, 1), (0, 0, 0), (8, 3, 8)]
        assert page.locator("#said").text_content() == ""


@pytest.mark.parametrize(
    ("name", "label", "choice", "leaves"),
    [
        pytest.param("quickstart", "Level", "internal", (2, ["internal"], ["storefront"]), id="a level"),
        pytest.param("quickstart", "Namespace", "payments", (4, ["restricted"], ["payments"]), id="a namespace"),
        pytest.param("sharing", "Level", "web", (2, ["payments_web"], ["payments", "web"]), id="a level that shares its ring"),
        pytest.param("tenants", "Group", "restricted/blue", None, id="a group"),
        pytest.param("node-groups", "Node group", "web", (6, ["newsroom"], ["newsroom"]), id="a node group"),
    ],
)
def test_a_choice_leaves_what_is_of_it(show, name, label, choice, leaves):
    with show(name) as page:
        page.locator("details.by summary").click()
        page.locator(f"label:has-text('{label}') select").select_option(choice)
        cards = page.locator(".card:not([hidden])").evaluate_all("(some) => some.map((card) => card.dataset.ring)")
        payers = page.locator("#charges-table tbody tr:not([hidden]) th").all_text_contents()
        told = (page.locator(".sq.hit").count(), cards, payers)
        assert told == leaves if leaves else cards == ["restricted.blue"]
        assert page.locator("#said").text_content() == f"{told[0]} of {page.locator('.sq').count()} nodes"
        assert page.locator(".chip.away").count() > 0


def test_a_click_on_a_heading_sorts(show):
    with show("quickstart") as page:
        unfold(page)
        head = page.locator("#nodes thead th")

        def column(number: int) -> list[str]:
            return page.locator(f"#nodes tbody tr > :nth-child({number + 1})").all_text_contents()

        def shares() -> list[int]:
            return [int(re.match(r"\d+", share)[0]) for share in column(5)]

        head.nth(5).locator("button").click()
        down = shares()
        head.nth(5).locator("button").click()
        assert down == sorted(down, reverse=True)
        assert shares() == sorted(down)
        head.nth(0).locator("button").click()
        assert column(0) == sorted(column(0))
        assert head.nth(0).get_attribute("aria-sort") == "ascending"


def test_every_table_can_be_sorted(show):
    with show("quickstart") as page:
        unfold(page)
        tables = page.locator("table")
        for number in range(tables.count()):
            table = tables.nth(number)
            rows = sorted(table.locator("tbody tr").all_text_contents())
            table.locator("thead button").last.click()
            assert sorted(table.locator("tbody tr").all_text_contents()) == rows
            assert table.locator("th[aria-sort]").count() == 1


@pytest.mark.parametrize(
    "link",
    [
        pytest.param("ring-untrusted", id="of a ring"),
        pytest.param("node-node-2c", id="of a node, whose row is folded away"),
        pytest.param("trust", id="of a section"),
    ],
)
def test_a_permalink_opens_what_it_names(show, link):
    with show("quickstart", link=f"#{link}") as page:
        target = page.locator(f"[id='{link}']")
        assert target.is_visible()
        assert page.locator("#panel").is_visible() is link.startswith("node-")
        y = target.bounding_box()["y"]
        assert 0 <= y < 1000


def test_each_ring_and_node_has_a_permalink(show):
    with show("quickstart") as page:
        assert page.locator(".card h3 a").evaluate_all("(some) => some.map((link) => link.getAttribute('href'))") == [
            "#ring-restricted",
            "#ring-internal",
            "#ring-untrusted",
        ]
        page.locator(".sq").nth(3).click()
        name = page.locator("#panel h2").text_content()
        assert page.locator("#panel h2 a").get_attribute("href") == f"#node-{name}"


def test_what_is_fine_is_folded_away(show):
    with show("quickstart") as page:
        assert page.locator("#attention > ul > li.good").count() == 0
        assert page.locator("#attention details li.good").count() > 5
        assert page.locator("#attention details li.good").first.is_hidden()


def test_it_prints_on_a4_with_what_is_folded_away_on_screen(show):
    with show("quickstart") as page:
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        assert page.locator("details:not([open])").evaluate_all("(some) => some.map((fold) => fold.textContent.slice(0, 7))") == [
            "8 nodes"
        ]
        page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        assert page.locator("details:not([open])").count() > 5
        page.emulate_media(media="print")
        assert page.locator(".top").is_hidden()
        page.set_viewport_size({"width": A4_WIDE, "height": 1000})
        assert (
            page.evaluate("[...document.querySelectorAll('.scroll')].filter((part) => part.scrollWidth > innerWidth).length") == 0
        )
        paper = page.pdf(prefer_css_page_size=True)
    boxes = {tuple(map(float, box.split())) for box in re.findall(rb"/MediaBox \[([^\]]*)\]", paper)}
    assert paper.startswith(b"%PDF")
    assert {(round(wide), round(high)) for _, _, wide, high in boxes} == {(595, 842)}


def test_the_drawings_are_right(show):
    """Bars and points are as long and as high as their numbers say, from an axis that begins at zero."""
    with show("sharing") as page:
        bars = (
            page.locator("#isolation svg")
            .first.locator("rect")
            .evaluate_all("(some) => some.map((bar) => bar.width.baseVal.value)")
        )
        together, added, apart, saved, alone = bars
        assert together + added == pytest.approx(apart, abs=0.2)
        assert apart + saved == pytest.approx(alone, abs=0.2)
        assert apart / together == pytest.approx(1.284 / 1.07, abs=0.01)
        curve = page.locator("#isolation svg").nth(1)
        points = curve.locator("circle.may, circle.could").evaluate_all("(some) => some.map((point) => point.cy.baseVal.value)")
        said = [float(text) for text in curve.locator("text.ink").all_text_contents()]
        zero = float(re.search(r"\d V?([\d.]+)H", curve.locator("path.axis").get_attribute("d"))[1])
        heights = [zero - point for point in points]
        assert [high / heights[0] for high in heights] == pytest.approx([value / said[0] for value in said], abs=0.01)


def test_the_numbers_of_the_axes_are_evenly_spaced_from_zero(show):
    with show("quickstart") as page:
        texts = page.locator("#isolation svg").first.locator("text.small").all_text_contents()
        marks = [int(text) for text in texts if text.isdecimal()]
        assert marks[0] == 0
        assert len({second - first for first, second in pairwise(marks)}) == 1
        assert texts[-1] == "nodes"


def test_ids_are_of_one_thing_each(show):
    with show("node-groups") as page:
        ids = page.evaluate("[...document.querySelectorAll('[id]')].map((part) => part.id)")
        assert len(ids) == len(set(ids))
