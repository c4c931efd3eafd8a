"""One HTML file: the picture, tables that work without a script, and a script that searches and shows."""

import base64
import hashlib
import re
from importlib import resources

from models.answer.plan import IsolationPlan
from models.kubernetes.cluster import Statement
from planner.view.format import count
from planner.view.page import table
from planner.view.picture.draw import svg
from planner.view.picture.svg import safe
from planner.view.summary import cost, phrases
from planner.view.usage import Load
from planner.view.utilisation import load

_OPEN_ROWS = 60
_LARGE = 1300


def html(plan: IsolationPlan) -> str:
    """Write a plan as a page that fetches nothing, runs only its own script, and shows names as text, whatever they hold."""
    numbers = load(plan)
    drawing = svg(plan, "auto", numbers)
    style, script = _part("page.css"), _part("page.js")
    drawn_style = re.search(r"<style>(.*?)</style>", drawing, re.DOTALL)
    # The picture brings a style of its own, which the browser would refuse as well.
    styles = " ".join(_digest(css) for css in (style, drawn_style[1] if drawn_style else ""))
    guard = f"default-src 'none'; script-src {_digest(script)}; style-src {styles}; base-uri 'none'; form-action 'none'"
    name = safe(plan.name)
    wide = float((re.search(r'width="([\d.]+)"', drawing) or ["", "0"])[1])
    figure = '<figure class="large">' if wide > _LARGE else "<figure>"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{guard}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>Isolation plan {name}</title><style>{style}</style></head>\n<body>"
        f"<header><h1>Isolation plan {name}: {safe(phrases.headline(plan))}</h1>"
        '<label class="js">Search<input id="find" type="search" placeholder="workload, node, group or zone" autocomplete="off">'
        '</label><span id="said" role="status"></span></header>\n'
        f"<main>{figure}{drawing}</figure>\n{_sections(plan, numbers)}</main>\n"
        f'<aside id="panel" aria-live="polite" aria-label="Node" hidden></aside>\n<script>{script}</script></body></html>\n'
    )


def _part(name: str) -> str:
    # A checkout may have other ends of lines; browsers read them as \n, and hold the digest against that.
    return resources.files("planner.view.page").joinpath(name).read_text("utf-8").replace("\r\n", "\n")


def _digest(text: str) -> str:
    """Name a piece of style or script to the Content-Security-Policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _sections(plan: IsolationPlan, numbers: Load) -> str:
    sharing = table.sharing(numbers) or "<p>No two groups have pods on one node.</p>"
    parts = [_section("Rings", table.rings(numbers))]
    if plan.unplaced:
        why = "".join(f"<li>{safe(phrases.shortage(short))}</li>" for short in plan.shortages)
        parts.insert(0, _section("No place for", f"<ul>{why}</ul>{table.unplaced(plan)}"))
    if cost.coming(plan):
        parts.insert(0, _section("What to buy", f"<p>{safe(cost.sentence(plan))}</p>{table.market(plan)}"))
    parts.append(_section("Who shares nodes with whom", sharing))
    if numbers.exposure:
        words = "<p>They run on nodes of several rings: whoever takes one over reaches all of these.</p>"
        parts.append(_section("Exposed by shared residents", words + table.exposure(numbers)))
    work = table.workloads(numbers)
    parts.append(_section("Workloads", _folded(work, work.count("<tr>") - 1, "workload")))
    parts.append(_section("Nodes", _folded(table.nodes(numbers), len(numbers.all_nodes), "node")))
    parts.append(_statements("To be done by hand", plan.by_hand))
    parts.append(_statements("What this plan does not guarantee", plan.not_modelled))
    parts.append(_statements("Who could still break it", plan.unenforced))
    return "\n".join(part for part in parts if part)


def _section(heading: str, body: str) -> str:
    return f"<section><h2>{safe(heading)}</h2>{body}</section>"


def _folded(body: str, rows: int, noun: str) -> str:
    """Keep long tables folded, so that the page stays short; the search opens nothing but finds everything."""
    opened = " open" if rows <= _OPEN_ROWS else ""
    return f"<details{opened}><summary>{safe(count(rows, noun))}</summary>{body}</details>"


def _statements(heading: str, statements: tuple[Statement, ...]) -> str:
    if not statements:
        return ""
    items = "".join(
        f"<li><b>{safe(statement.subject)}</b>: {safe(statement.message)}"
        + (f' <span class="quiet">{safe(str(statement.where))}</span>' if str(statement.where) else "")
        + "</li>"
        for statement in statements
    )
    opened = " open" if len(statements) <= _OPEN_ROWS else ""
    return _section(heading, f"<details{opened}><summary>{count(len(statements), 'point')}</summary><ul>{items}</ul></details>")
