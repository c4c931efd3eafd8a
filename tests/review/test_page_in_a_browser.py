"""The page does in a real browser what it is there for. Where there is no Chromium these tests say so and are left out."""

from functools import cache
from pathlib import Path

import pytest

from planner import formats, pipeline
from planner.paper import PLAIN
from tests.review import browser
from tests.review.test_numbers import path_of
from tests.shop_that_buys import quiet
from tests.view.view_plans import HOSTILE, hostile, infeasible_shop, wordy

pytestmark = pytest.mark.skipif(not browser.CHROMIUM, reason="no chromium on this machine")

PLANS = {"hostile": hostile, "infeasible": infeasible_shop, "wordy": wordy}


@cache
def text_of(name: str) -> str:
    plan = PLANS[name]() if name in PLANS else pipeline.load(str(path_of(name)))
    asked = {"grow": ["20%"]} if name == "quickstart" else {}
    return formats.review(pipeline.review(plan, quiet, quick=name in PLANS, **asked), "html", PLAIN)


@pytest.fixture
def page(tmp_path):
    def written(name: str) -> Path:
        (tmp_path / "page.html").write_text(text_of(name), encoding="utf-8")
        return tmp_path / "page.html"

    return written


@pytest.mark.parametrize("name", ["quickstart", *PLANS])
def test_nothing_is_said_on_the_console(page, name):
    assert browser.console(page(name)) == []


def test_a_violation_would_be_said_on_the_console(page):
    at = page("quickstart")
    at.write_text(at.read_text(encoding="utf-8").replace("<main>", '<main><p style="color:red">', 1), encoding="utf-8")
    assert browser.console(at)


def test_names_run_nothing(page):
    name = HOSTILE.replace("script", "' + 'script")  # spelt so that it does not end the script that it is in
    script = f"return [document.scripts.length, document.querySelector('main').textContent.includes('{name}')];"
    assert browser.used(page("hostile"), script) == [3, True]


@pytest.mark.parametrize(("name", "width"), [("quickstart", 500), ("wordy", 500), ("wordy", 1400)])
def test_the_page_is_no_wider_than_the_window(page, name, width):
    wide, seen = browser.used(page(name), "return [document.documentElement.scrollWidth, innerWidth];", width)
    assert wide <= seen


def test_the_verdict_and_the_numbers_are_on_the_first_screen(page):
    script = "return [...document.querySelectorAll('h1, .number')].map((part) => part.getBoundingClientRect().bottom);"
    places = browser.used(page("quickstart"), script)
    assert len(places) == 4
    assert max(places) < 500


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_words_stand_out_from_the_page(page, dark):
    script = """
      const light = (colour) => {
        const [r, g, b] = colour.match(/[0-9.]+/g).map(Number).map((c) => c / 255)
          .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const page = light(getComputedStyle(document.body).backgroundColor);
      const calm = light(getComputedStyle(document.querySelector(".card")).backgroundColor);
      const contrast = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      const rows = [...document.querySelectorAll("h1,h2,h3,h4,p,td,th,dt,dd,small,summary,.tag,.note,nav a")]
        .map((part) => [part, part.closest(".card,.number") ? calm : page])
        .map(([part, ground]) => [contrast(light(getComputedStyle(part).color), ground), part.textContent]);
      return [rows, getComputedStyle(document.body).backgroundColor];
    """
    rows, background = browser.used(page("quickstart"), script, dark=dark)
    assert len(rows) > 100
    assert [row for row in rows if row[0] < 4.5] == []
    assert (background == "rgb(13, 17, 23)") is dark


def test_a_click_on_a_node_shows_its_pods_and_makes_a_link(page):
    script = """
      const mark = document.querySelector('.sq');
      mark.dispatchEvent(new MouseEvent('click', { bubbles: true }));
      const panel = document.getElementById('panel');
      const shown = [panel.hidden, panel.querySelector('h2').textContent, panel.textContent.includes('Deployment/payments/api')];
      document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
      return [...shown, location.hash, panel.hidden];
    """
    assert browser.used(page("quickstart"), script) == [False, "node-1a", True, "#node-node-1a", True]


def test_keys_walk_from_node_to_node(page):
    script = """
      const marks = [...document.querySelectorAll('.sq')];
      marks[0].focus();
      const walk = (key) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
      walk('ArrowRight');
      walk('ArrowRight');
      walk('ArrowLeft');
      const stops = marks.filter((mark) => mark.getAttribute('tabindex') === '0').length;
      return [document.getElementById('panel').querySelector('h2').textContent, stops, marks[0].getAttribute('aria-label')];
    """
    name, stops, label = browser.used(page("quickstart"), script)
    assert (name, stops) == ("node-1b", 1)
    assert label.startswith("node-1a, restricted, eu-west-1a, m5.2xlarge")


def test_the_filter_leaves_what_it_names(page):
    script = """
      const find = document.getElementById('find');
      const seen = (selector) => [...document.querySelectorAll(selector)].filter((part) => !part.hidden).length;
      const count = () => [seen('#nodes tbody tr'), seen('.card'), document.querySelectorAll('.sq.hit').length];
      const type = (words) => { find.value = words; find.dispatchEvent(new Event('input')); return count(); };
      const seen_at_last = ['storefront', 'node-2c', 'nothing like it', ''].map(type);
      return [...seen_at_last, document.getElementById('said').textContent];
    """
    assert browser.used(page("quickstart"), script) == [[2, 1, 2], [1, 1, 1], [0, 0, 0], [8, 3, 8], ""]


def test_a_click_on_a_heading_sorts(page):
    script = """
      const table = document.getElementById('nodes');
      const column = (number) => [...table.tBodies[0].rows].map((row) => row.cells[number].textContent);
      const click = (number) => table.tHead.rows[0].cells[number].querySelector('button').click();
      click(5);
      const down = column(5);
      click(5);
      const up = column(5);
      click(0);
      return [down, up, column(0), table.tHead.rows[0].cells[0].getAttribute('aria-sort')];
    """
    down, up, names, order = browser.used(page("quickstart"), script)
    shares = [int(share.split()[0]) for share in down]
    assert shares == sorted(shares, reverse=True)
    assert [int(share.split()[0]) for share in up] == sorted(shares)
    assert (names, order) == (sorted(names), "ascending")


@pytest.mark.parametrize(
    ("link", "says"),
    [
        pytest.param("ring-untrusted", "untrusted", id="of a ring"),
        pytest.param("node-node-2c", "node-2c", id="of a node, whose row is folded away"),
    ],
)
def test_a_permalink_opens_what_it_names(page, link, says):
    script = f"""
      location.hash = '{link}';
      window.dispatchEvent(new HashChangeEvent('hashchange'));
      const target = document.getElementById('{link}');
      const folds = [...document.querySelectorAll('details')].filter((fold) => fold.contains(target));
      return [target.textContent.includes('{says}'), folds.every((fold) => fold.open)];
    """
    assert browser.used(page("quickstart"), script) == [True, True]


def test_what_is_fine_is_folded_away(page):
    script = """
      const fold = document.querySelector('#attention details');
      const loud = document.querySelectorAll('#attention > ul > li.good').length;
      return [fold.open, fold.querySelectorAll('li.good').length > 5, loud];
    """
    assert browser.used(page("quickstart"), script) == [False, True, 0]


def test_it_prints_on_a4(page):
    paper = browser.pdf(page("quickstart"))
    assert paper.startswith(b"%PDF")
    assert b"/MediaBox [0 0 594.95" in paper or b"/MediaBox [0 0 595" in paper or b"/MediaBox [0 0 594" in paper


def test_controls_and_drawings_have_names(page):
    script = """
      const named = (part) => part.getAttribute('aria-label') || part.getAttribute('aria-hidden') || part.textContent.trim();
      const drawings = [...document.querySelectorAll('svg:not(.squares), button, .sq')];
      const ids = [...document.querySelectorAll('[id]')].map((part) => part.id);
      return [drawings.filter((part) => !named(part)).length, ids.length - new Set(ids).size, drawings.length > 30];
    """
    assert browser.used(page("quickstart"), script) == [0, 0, True]
