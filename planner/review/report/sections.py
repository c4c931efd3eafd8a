"""The review in sections of sentences and grids, as the terminal and Markdown write them; the short one fits on a screen."""

from collections.abc import Collection, Sequence

from models.answer.review import Amount, Review, RingReview
from models.kubernetes.resources import CPU, MEMORY
from planner.review.limits import stray
from planner.review.report import outcomes, sharing, used, words
from planner.review.report.checks import BAD, MIND, checks
from planner.review.report.since import changed
from planner.view.format import amount, count, percent
from planner.view.summary.cost import money
from planner.view.summary.sections import Grid, Section
from planner.view.usage import ONE_WAY

NAMED = 3
MOST_LINES = 20
MOST_ROWS = 60
"""Rows of a table in Markdown, so that a comment on a pull request holds them all."""


def brief(review: Review) -> list[Section]:
    """Return what fits on one screen."""
    parts = [
        _numbers(review),
        _attention(review, (BAD,)),
        _fullest(review),
        _usage(review),
        _savings(review),
        _scenarios(review),
        _trend(review),
        _more_below(review),
    ]
    return [section for section in parts if section is not None]


def whole(review: Review) -> list[Section]:
    """Return all of it but the nodes."""
    parts = [
        _numbers(review),
        _attention(review, (BAD, MIND)),
        _rings(review),
        _usage(review),
        _savings(review),
        _tax(review),
        sharing.section(review),
        _scenarios(review),
        _trend(review),
    ]
    parts += [_trust(review), _keepers(review), _zones(review), _room(review), _charges(review), _uses(review), _limits(review)]
    return [section for section in parts if section is not None]


def _numbers(review: Review) -> Section:
    lines = [f"- {number.label}: {number.value} ({number.note})" for number in words.headlines(review)]
    if shared := words.shared(review):
        lines.append(f"- Shared by all rings: {shared}.")
    return Section("What matters", tuple(lines))


def _attention(review: Review, looks: Collection[str]) -> Section | None:
    lines = [
        f"- {f'Ring {check.ring}: ' if check.ring else ''}{check.name}: {check.says}."
        for check in checks(review)
        if check.look in looks
    ]
    return Section("What needs attention", tuple(lines[:MOST_LINES])) if lines else None


def _fullest(review: Review) -> Section | None:
    """Write a row for each ring that fits on a narrow screen."""
    if not review.rings:
        return None
    heads = ("Ring", "Nodes", "Needed", "Pods", "Fullest in", "Largest pod that fits", "Can grow by", "Node lost", "Status")
    rows = []
    for ring in review.rings:
        name, *counts, _, _, largest, grows, lost, status = _ring_row(ring)
        rows.append((name, *counts, words.fullest(ring), largest, grows, lost, status))
    return Section("Rings", _growth_limit(review), Grid(heads, tuple(rows), frozenset({1, 2, 3, 4})))


def _rings(review: Review) -> Section | None:
    if not review.rings:
        return None
    taken = ("cpu taken", "Memory taken", "Largest pod that fits")
    heads = ("Ring", "Nodes", "Needed", "Pods", *taken, "Can grow by", "Node lost", "Status")
    rows = tuple(_ring_row(ring) for ring in review.rings)
    return Section("Rings", _growth_limit(review), Grid(heads, rows, frozenset({1, 2, 3, 4, 5})))


def _growth_limit(review: Review) -> tuple[str, ...]:
    return tuple(filter(None, (words.limit_of_growth(review),)))


def _ring_row(ring: RingReview) -> tuple[str, ...]:
    return (
        ring.name,
        f"{ring.whole.nodes:,}",
        words.needed(ring.removable) if ring.removable else "\u2013",
        f"{ring.whole.pods:,}",
        words.taken(ring, CPU),
        words.taken(ring, MEMORY),
        words.largest(ring),
        words.grows(ring.growth, ring.runway) if ring.growth else "\u2013",
        words.losing(ring, "node"),
        ring.status,
    )


def _savings(review: Review) -> Section | None:
    lines = []
    for ring, answer in words.savings(review):
        price = f", which saves {money(answer.saves)} per hour" if answer.saves else ""
        lines.append(f"- Ring {ring.name}: {count(len(answer.could_go), 'node')}{price}: {words.gone(review, answer)}.")
        lines += [f"- Before {hint.node} is drained: {hint.who}: {hint.why}." for hint in answer.before[:NAMED]]
    if review.without is not None:
        lines.append(f"- All together: {outcomes.without(review.without)}.")
    return Section("Nodes that could go", tuple(lines)) if lines else None


def _tax(review: Review) -> Section | None:
    cost = review.tax
    if cost is None:
        return None
    lines = [
        f"With the plan's rings {words.measured(cost, cost.apart)}, without isolation {words.measured(cost, cost.together)}"
        f"{words.counted(cost)}."
    ]
    if not review.priced:
        lines.append(words.UNPRICED)
    if cost.alone:
        lines.append(f"With a ring for each trust group it would be {words.measured(cost, cost.alone)}.")
    rows = tuple(
        (cause.group, *(words.priced(cost, value) for value in (cause.apart, cause.together, cause.tax))) for cause in cost.causes
    )
    if rows:
        lines.append(words.PARTS)
    heads = ("Trust group", "Adds with the plan's rings", "Adds if all shared nodes", "Its isolation costs")
    return Section("What isolation costs", tuple(lines), Grid(heads, rows, frozenset({1, 2, 3})) if rows else None)


def _scenarios(review: Review) -> Section | None:
    if not review.scenarios:
        return None
    priced = any(scenario.cost is not None for scenario in review.scenarios)
    rows = []
    for scenario in review.scenarios:
        cost = (money(scenario.cost) if scenario.cost is not None else "",) if priced else ()
        told = (outcomes.outcome(scenario), outcomes.as_is(scenario), outcomes.help_or_saving(scenario))
        rows.append((scenario.change, f"{scenario.nodes:,}", outcomes.pods(scenario), *cost, *told))
    heads = ("What if", "Nodes", "Pods", *(("Per hour",) if priced else ()), "Plan", *outcomes.HEADS)
    full = tuple(f"- Requested then ({case.change}): {outcomes.fullest(case)}." for case in review.scenarios if case.fullest)
    return Section("What if", full, Grid(heads, tuple(rows), frozenset({1, 2, 3} if priced else {1, 2})))


def _trend(review: Review) -> Section | None:
    if not review.trend:
        return None
    priced = any(past.cost is not None for past in review.trend)
    rows = []
    for past in review.trend:
        cost = (money(past.cost) if past.cost is not None else "",) if priced else ()
        counts = (f"{past.rings:,}", f"{past.nodes:,}", f"{past.pods:,}", *cost)
        rows.append((past.name, *counts, f"{percent(past.fill / 1000)} {past.fullest}".strip(), past.verdict))
    heads = ("Plan", "Rings", "Nodes", "Pods", *(("Per hour",) if priced else ()), "Fullest ring", "Verdict")
    right = frozenset(range(1, 5 if priced else 4))
    return Section("Trend", tuple(f"- {line}" for line in changed(review)), Grid(heads, tuple(rows), right))


def _trust(review: Review) -> Section | None:
    return _table(
        "Who trusts whom", sharing.TRUST_HEADS, [sharing.trust_row(known, NAMED) for known in review.groups], frozenset({5, 6})
    )


def _keepers(review: Review) -> Section | None:
    rows = [
        (ring.name, keeper.node, keeper.kind, keeper.who, keeper.why)
        for ring in review.rings
        if ring.removable
        for keeper in ring.removable.keepers
    ]
    return _table("What keeps each node", ("Ring", "Node", "By", "Who", "Why"), rows, note=words.KEPT)


def _zones(review: Review) -> Section | None:
    rows = [
        (ring.name, part.name, f"{part.nodes:,}", f"{part.pods:,}", *(_amount(part.amounts.get(name)) for name in (CPU, MEMORY)))
        for ring in review.rings
        for part in (*ring.zones, *ring.types, *ring.node_groups)
    ]
    heads = ("Ring", "Zone, type or node group", "Nodes", "Pods", "cpu taken", "Memory taken")
    return _table("Parts of rings", heads, rows, frozenset({2, 3, 4, 5}), ONE_WAY)


def _amount(known: Amount | None) -> str:
    return percent(known.share) if known else ""


def _room(review: Review) -> Section | None:
    rows = [
        (ring.name, room.name, words.asked(room.requests), words.more(room), room.why)
        for ring in review.rings
        for room in (*ring.more, *ring.standard)
    ]
    heads = ("Ring", "Pod", "Requests", "More of it fit", "Why none does")
    return _table("What more fits", heads, rows, frozenset({3}), words.ALONE)


def _charges(review: Review) -> Section | None:
    rows = []
    for charge in review.charges:
        cost = (money(charge.cost),) if review.priced else ()
        parts = (amount(CPU, part.get(CPU, 0)) for part in (charge.own, charge.idle, charge.daemons))
        whom = charge.namespace or "nobody"
        rows.append((charge.ring, charge.tenant, whom, f"{charge.pods:,}", *parts, f"{charge.nodes / 1000:.2f}", *cost))
    money_head = ("Per hour",) if review.priced else ()
    heads = ("Ring", "Tenant", "Namespace", "Pods", "Own cpu", "Share of idle cpu", "Of daemons' cpu", "Nodes", *money_head)
    note = "" if review.tax else words.prices(review)
    return _table("Who takes what", heads, rows, frozenset({3, 4, 5, 6, 7, 8}), note)


def _usage(review: Review) -> Section | None:
    if review.usage is None or not review.usage.rings:
        return None
    uncounted = (f"{stray(review.usage.strangers)}: not counted.",) if review.usage.strangers else ()
    heads, rows = used.rings(review.usage)
    return Section("What is used", uncounted, Grid(heads, rows) if heads[1:] else None)


def _uses(review: Review) -> Section | None:
    heads, rows = used.workloads(review.usage) if review.usage else ((), ())
    return _table("What each workload uses", heads, rows)


def _limits(review: Review) -> Section:
    return Section("What this review does not say", tuple(f"- {limit.subject}: {limit.message}." for limit in review.limits))


def _more_below(review: Review) -> Section:
    lines = ("ringfence review PLAN -o review.html, or .md, .json, .csv.", words.prices(review))
    return Section("The rest", tuple(filter(None, lines)))


def _table(
    heading: str,
    heads: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    right: frozenset[int] = frozenset(),
    note: str = "",
) -> Section | None:
    if not rows:
        return None
    left = len(rows) - MOST_ROWS
    more = f"The first {MOST_ROWS} of {len(rows):,} rows; the page and the JSON have them all." if left > 0 else ""
    return Section(
        heading,
        tuple(filter(None, (note, more))),
        Grid(heads, tuple(rows[:MOST_ROWS]), frozenset(c for c in right if c < len(heads))),
    )
