"""One HTML file: what matters on the first screen, what is fine folded away, and a script that filters, sorts and shows."""

import base64
import hashlib
import json
from importlib import resources

from models.answer.review import Review
from planner.review.report import words
from planner.review.report.checks import checks
from planner.review.report.page import cards, lists
from planner.review.report.page.node_map import node_map
from planner.review.report.page.usage import usage
from planner.review.report.page.waterfall import isolation
from planner.view.format import clean
from planner.view.picture.palette import DARK_LEVELS, LEVELS
from planner.view.picture.svg import safe

MENU = (
    ("attention", "Attention"),
    ("savings", "Savings"),
    ("rings", "Rings"),
    ("isolation", "Isolation"),
    ("what-if", "What if"),
    ("trend", "Trend"),
    ("map", "Nodes"),
    ("charges", "Who pays"),
    ("usage", "Used"),
    ("limits", "Limits"),
)
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
        f'<script type="application/json" id="pods">{_pods(review)}</script>',
        f"<script>{script}</script></body></html>",
    )
    return "\n".join(lines) + "\n"


def _sections(review: Review) -> str:
    levels = {level: place for place, level in enumerate(review.levels)}
    parts = (
        lists.attention(checks(review)),
        lists.savings(review),
        cards.rings(review, levels),
        isolation(review.tax),
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
    field = '<input id="find" type="search" placeholder="ring, namespace, zone or node" autocomplete="off">'
    name = f"<b>ringfence</b> <span>capacity of {safe(review.name)}</span>"
    return f'<header class="top">{name}<label class="js">Filter {field}</label><span id="said" role="status"></span></header>'


def _opening(review: Review) -> str:
    numbers = "".join(
        f'<div class="number {number.look}"><span>{safe(number.label)}</span><b>{safe(number.value)}</b>'
        f"<small>{safe(number.note)}</small></div>"
        for number in words.headlines(review)
    )
    return f'<div class="opening"><h1>{safe(words.verdict(review))}</h1><div class="numbers">{numbers}</div></div>'


def _pods(review: Review) -> str:
    """Write which pods and daemons are on each node, by number; no name can end the script element."""
    names = sorted({name for node in review.nodes for name in (*node.pods, *node.daemons)})
    number = {name: position for position, name in enumerate(names)}
    on = [
        [[number[name], count] for name, count in node.pods.items()] + [[number[name], 0] for name in node.daemons]
        for node in review.nodes
    ]
    text = json.dumps({"names": [clean(name) for name in names], "on": on}, separators=(",", ":"), ensure_ascii=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _style() -> str:
    light = "".join(f".L{number}{{fill:{colour}}}" for number, colour in enumerate(LEVELS))
    dark = "".join(f".L{number}{{fill:{colour}}}" for number, colour in enumerate(DARK_LEVELS))
    return f"{_part('page.css')}{light}@media (prefers-color-scheme:dark){{{dark}}}"


def _part(name: str) -> str:
    return resources.files("planner.review.report.page").joinpath(name).read_text("utf-8").replace("\r\n", "\n")


def _digest(text: str) -> str:
    """Name a piece of style or script to the Content-Security-Policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
