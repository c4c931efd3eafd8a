"""A card for each ring: how full it is, what more it takes, and what keeps its nodes."""

from collections import defaultdict

from models.answer.review import Part, Review, RingReview
from planner.review.report import words
from planner.review.report.page.elements import anchor, bars, facts, folded, gauge, section
from planner.view.format import count, listed, percent
from planner.view.page.table import Cell, heads, number, table
from planner.view.picture.palette import look
from planner.view.picture.svg import safe
from planner.view.summary.cost import money

MOST_ROWS = 300
"""Rows of one table of a card; the JSON has them all."""
MOST_LEVELS, NAMED = 12, 12


def rings(review: Review, levels: dict[str, int]) -> str:
    """Write the cards, those of rings that are fine folded away where others are not."""
    cards = {status: [_card(ring, levels, review) for ring in review.rings if ring.status == status] for status in words.ORDER}
    loud = cards[words.SHORT] + cards[words.TIGHT]
    quiet = f'<div class="cards">{"".join(cards[words.FINE])}</div>' if cards[words.FINE] else ""
    calm = f"{count(len(cards[words.FINE]), 'ring')} {'is' if len(cards[words.FINE]) == 1 else 'are'} fine"
    body = (f'<div class="cards">{"".join(loud)}</div>' if loud else "") + folded(calm, quiet, is_open=not loud)
    return section("rings", "Rings", _legend(review) + body)


def _legend(review: Review) -> str:
    """Name the colours of levels, and the rest of a bar."""
    named = ", ".join(f"{_dot(place)} {safe(level)}" for place, level in enumerate(review.levels[:MOST_LEVELS]))
    more = ", …" if len(review.levels) > MOST_LEVELS else ""
    return (
        f'<p class="note legend">Requested by workloads of {named}{more}; <i class="daemons"></i> by daemons; '
        '<i class="stranded"></i> stranded, as no pod can use it. The tick is at 80&nbsp;%.</p>'
    )


def _dot(level: int) -> str:
    square = f'<rect class="{look(level)}" width="10" height="10" rx="2"/>'
    return f'<svg class="dot" viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">{square}</svg>'


def _card(ring: RingReview, levels: dict[str, int], review: Review) -> str:
    level = levels.get(ring.levels[0], len(levels)) if ring.levels else 0
    identity = anchor("ring", ring.name)
    spaces = sorted({charge.namespace for charge in review.charges if charge.ring == ring.name})
    find = safe(" ".join((ring.name, *ring.groups, *ring.levels, *spaces)).lower())
    head = (
        f"<header>{gauge(ring.whole.fill, ring.status)}<div><h3>{_dot(level)} "
        f'<a href="#{identity}">{safe(ring.name)}</a> <span class="tag {ring.status}">{ring.status}</span></h3>'
        f"<p>{safe(ring.because or 'room to spare')}</p></div></header>"
    )
    more = folded("Zones, instance types, node groups", _parts(ring)) + folded("What more fits", _room(ring))
    more += folded("What keeps its nodes", _keepers(ring))
    return (
        f'<article class="card" id="{identity}" data-ring="{safe(ring.name)}" data-find="{find}">{head}'
        f"{bars(ring.whole.amounts, level)}{_facts(ring, review)}{more}</article>"
    )


def _facts(ring: RingReview, review: Review) -> str:
    pairs = {"Groups": listed(ring.groups, 4), "Nodes": f"{ring.whole.nodes:,}", "Pods": f"{ring.whole.pods:,}"}
    if ring.removable:
        pairs["Needed by packing"] = words.needed(ring.removable)
    if ring.growth:
        pairs["Can grow by"] = words.grows(ring.growth, ring.runway)
    pairs["Largest pod that fits"] = words.largest(ring)
    pairs["Without a node"], pairs["Without a zone"] = words.losing(ring, "node"), words.losing(ring, "zone")
    pairs["Daemons take"] = words.daemons(ring, review)
    if ring.cost:
        pairs["Per hour"] = money(ring.cost)
    return facts(pairs)


def _parts(ring: RingReview) -> str:
    some = [("zone", part) for part in ring.zones] + [("type", part) for part in ring.types]
    some += [("group", part) for part in ring.node_groups]
    rows = [("", (Cell(part.name), Cell(kind), number(part.nodes), number(part.pods), *_shares(part))) for kind, part in some]
    return (
        table(anchor("parts", ring.name), heads("Part", "Kind", "Nodes#", "Pods#", "cpu %#", "memory %#"), rows) if rows else ""
    )


def _shares(part: Part) -> tuple[Cell, ...]:
    known = [part.amounts.get(name) for name in ("cpu", "memory")]
    return tuple(Cell(percent(amount.share) if amount else "", number=True) for amount in known)


def _room(ring: RingReview) -> str:
    rows = []
    for room in (*ring.standard, *ring.more)[:MOST_ROWS]:
        fits = Cell(words.more(room), number=True, alarm=room.pods == 0)
        rows.append(("", (Cell(room.name), fits, Cell(words.asked(room.requests)), Cell(room.why))))
    columns = heads("Pod", "More fit#", "Each requests", "Why none does")
    return table(anchor("room", ring.name), columns, rows)


def _keepers(ring: RingReview) -> str:
    """Write a row for each reason why nodes stay, that of most nodes first; the script says it of each node."""
    kept: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for keeper in ring.removable.keepers if ring.removable else ():
        kept[keeper.kind, keeper.who, keeper.why].append(keeper.node)
    most = sorted(kept, key=lambda reason: (-len(kept[reason]), reason))[:MOST_ROWS]
    rows = [
        ("", (Cell(kind), Cell(who), Cell(why), number(len(kept[kind, who, why])), Cell(listed(kept[kind, who, why], NAMED))))
        for kind, who, why in most
    ]
    return table(anchor("keepers", ring.name), heads("By", "Who", "Why", "Nodes#", "Which"), rows) if rows else ""
