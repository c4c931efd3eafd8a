"""One HTML file: what matters on the first screen, what is fine folded away, and a script that filters, sorts and shows."""

import base64
import hashlib
from importlib import resources

from models.answer.review import Review
from planner.review.report import words
from planner.review.report.checks import checks
from planner.review.report.page import cards, lists
from planner.review.report.page.elements import anchor, gauge
from planner.review.report.page.facets import contents, facets
from planner.review.report.page.node_map import node_map
from planner.review.report.page.trust_graph import trust
from planner.review.report.page.usage import usage
from planner.review.report.page.waterfall import isolation
from planner.view.picture.palette import DARK_LEVELS, LEVELS
from planner.view.picture.svg import safe

MENU = (
    ("attention", "Attention"),
    ("savings", "Savings"),
    ("rings", "Rings"),
    ("trust", "Trust"),
    ("isolation", "Isolation"),
    ("what-if", "What if"),
    ("trend", "Trend"),
    ("map", "Nodes"),
    ("charges", "Who pays"),
    ("usage", "Used"),
    ("limits", "Limits"),
)
MOST_GAUGES = 10
"""So many rings are shown on the first screen."""
_VIEWPORT = '<meta name="viewport" content="width=device-width,initial-scale=1">'


def html(review: Review) -> str:
    """Write a page that fetches nothing, runs only its own script, and shows names as text, whatever they hold."""
    style, script = _style(), _part("page.js")
    guard = f"default-src 'none'; script-src {_digest(script)}; style-src {_digest(style)}; base-uri 'none'; form-action 'none'"
    written = _sections(review)
    menu = "".join(f'<a href="#{to}">{label}</a>' for to, label in MENU if f'<section id="{to}"' in written)
    lines = (
        "<!doctype html>",
        f'<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{guard}">'
        f"{_VIEWPORT}<title>Capacity of {safe(review.name)}</title><style>{style}</style></head>",
        f"<body>{_top(review)}",
        f"<main>{_opening(review)}<nav>{menu}</nav>",
        f"{written}</main>",
        '<aside id="panel" aria-live="polite" aria-label="Node" hidden></aside>',
        f'<script type="application/json" id="pods">{contents(review)}</script>',
        f"<script>{script}</script></body></html>",
    )
    return "\n".join(lines) + "\n"


def _sections(review: Review) -> str:
    levels = {level: place for place, level in enumerate(review.levels)}
    parts = (
        lists.attention(checks(review)),
        lists.savings(review),
        cards.rings(review, levels),
        trust(review),
        isolation(review),
        lists.scenarios(review),
        lists.trend(review),
        node_map(review, levels),
        lists.charges(review),
        usage(review),
        lists.nodes(review),
        lists.limits(review),
    )
    return "\n".join(part for part in parts if part)


def _top(review: Review) -> str:
    field = '<input id="find" type="search" placeholder="ring, workload, zone or node" autocomplete="off">'
    name = f"<b>ringfence</b> <span>capacity of {safe(review.name)}</span>"
    search = f'<label class="js find">Find {field}</label>'
    return f'<header class="top">{name}{search}{facets(review)}<span id="said" role="status"></span></header>'


def _opening(review: Review) -> str:
    numbers = "".join(
        f'<div class="number {number.look}"><span>{safe(number.label)}</span><b>{safe(number.value)}</b>'
        f"<small>{safe(number.note)}</small></div>"
        for number in words.headlines(review)
    )
    return (
        f'<div class="opening"><h1>{safe(words.verdict(review))}</h1><div class="numbers">{numbers}</div>{_gauges(review)}</div>'
    )


def _gauges(review: Review) -> str:
    """Show how full each ring is, the worst first: links to their cards."""
    worst = sorted(review.rings, key=lambda ring: (words.ORDER.index(ring.status), -ring.whole.fill))
    links = "".join(
        f'<a href="#{anchor("ring", ring.name)}">{gauge(ring.whole.fill, ring.status)}<span>{safe(ring.name)}'
        f"<small>{safe(words.fullest(ring) or 'no nodes')}</small></span></a>"
        for ring in worst[:MOST_GAUGES]
    )
    left = len(worst) - MOST_GAUGES
    more = f'<a href="#rings"><span>{left:,} more</span></a>' if left > 0 else ""
    return f'<div class="gauges">{links}{more}</div>' if links else ""


def _style() -> str:
    """Write the rules of the page, with the colours and patterns of levels as the picture of a plan has them."""
    light = "".join(f".L{number}{{fill:{colour}}}" for number, colour in enumerate(LEVELS))
    light += "".join(f".m{number}{{fill:url(#m{number})}}" for number in range(1, len(LEVELS)))
    dark = "".join(f".L{number}{{fill:{colour}}}" for number, colour in enumerate(DARK_LEVELS))
    return f"{_part('page.css')}{light}@media screen and (prefers-color-scheme:dark){{{dark}}}"


def _part(name: str) -> str:
    return resources.files("planner.review.report.page").joinpath(name).read_text("utf-8").replace("\r\n", "\n")


def _digest(text: str) -> str:
    """Name a piece of style or script to the Content-Security-Policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
