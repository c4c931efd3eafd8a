"""The lists and tables of the page: what needs attention, what could be saved, what if, who takes what, nodes, limits."""

from collections.abc import Sequence

from models.answer.review import NodeReview, Review
from planner.review.report import outcomes, words
from planner.review.report.checks import GOOD, Check
from planner.review.report.page.elements import anchor, folded, section
from planner.review.report.since import changed
from planner.view.format import count, figure, percent
from planner.view.page.table import Cell, heads, number, table
from planner.view.picture.svg import safe
from planner.view.summary.cost import money

NAMED = 12
MOST_ROWS = 3_000


def attention(checks: Sequence[Check]) -> str:
    """List what does not pass, and fold away what does."""
    open_checks = [check for check in checks if check.look != GOOD]
    passed = [check for check in checks if check.look == GOOD]
    loud = f'<ul class="checks">{"".join(map(_check, open_checks))}</ul>' if open_checks else "<p>Nothing does.</p>"
    quiet = f'<ul class="checks">{"".join(map(_check, passed))}</ul>' if passed else ""
    return section("attention", "What needs attention", loud + folded(f"{count(len(passed), 'check')} passed", quiet))


def _check(check: Check) -> str:
    ring = f'<a href="#{anchor("ring", check.ring)}">{safe(check.ring)}</a> ' if check.ring else ""
    mark = f'<li class="{check.look}" data-ring="{safe(check.ring)}"><span class="mark" aria-hidden="true"></span>'
    return f"{mark}<b>{ring}{safe(check.name)}</b> <span>{safe(check.says)}</span></li>"


def savings(review: Review) -> str:
    """List the nodes that could go, those that save most first."""
    rows = []
    for ring, answer in words.savings(review):
        price = (Cell(money(answer.saves), number=True), Cell(words.monthly(answer.saves), number=True)) if review.priced else ()
        of = Cell(f"{ring.whole.nodes:,}", number=True)
        rows.append(("", (Cell(ring.name), number(len(answer.could_go)), of, Cell(words.gone(review, answer)), *price)))
    if not rows:
        return ""
    columns = heads("Ring", "Could go#", "Of nodes#", "Which", *(("Per hour#", "Per month#") if review.priced else ()))
    hints = [
        f"<li>{safe(f'{h.node}: {h.who}: {h.why}')}</li>" for _, answer in words.savings(review) for h in answer.before[:NAMED]
    ]
    which = "".join(
        f"<li>{safe(ring.name)}: {''.join(map(_link, answer.could_go))}</li>" for ring, answer in words.savings(review)
    )
    named = folded("Which nodes these are", f'<ul class="names">{which}</ul>')
    before = f"<h3>Before they are drained</h3><ul>{''.join(hints)}</ul>" if hints else ""
    note = "The others hold all pods by packing" + (f"; {outcomes.without(review.without)}." if review.without else ".")
    return section("savings", "What could be saved", table("savings-table", columns, rows) + named + before, note)


def _link(node: str) -> str:
    return f'<a href="#{anchor("node", node)}">{safe(node)}</a> '


def scenarios(review: Review) -> str:
    """Write what each change comes to."""
    if not review.scenarios:
        return ""
    priced = any(scenario.cost is not None for scenario in review.scenarios)
    rows = []
    for case in review.scenarios:
        cost = (Cell(money(case.cost) if case.cost is not None else "", number=True),) if priced else ()
        told = Cell(outcomes.outcome(case), alarm=not case.holds)
        counts = (number(case.nodes), Cell(outcomes.pods(case), number=True), *cost)
        rows.append(("", (Cell(case.change), *counts, told, Cell(outcomes.as_is(case)), Cell(outcomes.help_or_saving(case)))))
    columns = heads("What if", "Nodes#", "Pods#", *(("Per hour#",) if priced else ()), "Plan", *outcomes.HEADS)
    return section("what-if", "What if", table("scenarios", columns, rows), "Each is a full plan of the changed input.")


def trend(review: Review) -> str:
    """Write a row for each of several plans, and what changed since the one before."""
    if not review.trend:
        return ""
    rows = []
    for past in review.trend:
        cost = (Cell(money(past.cost) if past.cost is not None else "", number=True),) if review.priced else ()
        counts = (number(past.rings), number(past.nodes), number(past.pods))
        full = (Cell(percent(past.fill / 1000), number=True), Cell(past.fullest))
        rows.append(("", (Cell(past.name), *counts, *cost, *full, Cell(past.verdict, alarm=past.verdict != "feasible"))))
    columns = heads("Plan", "Rings#", "Nodes#", "Pods#", *(("Per hour#",) if review.priced else ()), "Fullest#", "Ring", "Is")
    lines = "".join(f"<li>{safe(line)}</li>" for line in changed(review))
    changes = f"<h3>Since {safe(review.trend[-2].name)}</h3><ul>{lines or '<li>nothing</li>'}</ul>"
    return section("trend", "Trend", table("trend-table", columns, rows) + changes)


def charges(review: Review) -> str:
    """Write who takes what."""
    rows = []
    for charge in review.charges:
        parts = [part.get(name, 0) for name in ("cpu", "memory") for part in (charge.own, charge.idle, charge.daemons)]
        amounts = [
            Cell(figure(name, value), number=True) for name, value in zip(("cpu",) * 3 + ("memory",) * 3, parts, strict=True)
        ]
        cost = (Cell(money(charge.cost), number=True),) if review.priced else ()
        nodes = Cell(f"{charge.nodes / 1000:.2f}", number=True)
        whom = (Cell(charge.namespace or "nobody"), Cell(charge.tenant), Cell(charge.ring), number(charge.pods))
        rows.append(("", (*whom, nodes, *cost, *amounts)))
    kinds = [f"{what} {name}#" for name in ("cpu", "GiB") for what in ("own", "idle", "daemons'")]
    columns = heads("Namespace", "Tenant", "Ring", "Pods#", "Nodes#", *(("Per hour#",) if review.priced else ()), *kinds)
    note = (
        "A ring's nodes are divided by the mean of cpu and memory requested; what is idle and what daemons take goes with that."
    )
    return section("charges", "Who takes what", table("charges-table", columns, rows[:MOST_ROWS]), note)


def nodes(review: Review) -> str:
    """Write a row for each node, folded away."""
    rows = [(f' data-r="{index}" id="{anchor("node", node.name)}"', _node(node)) for index, node in enumerate(review.nodes)]
    columns = heads("Node", "Ring", "Zone", "Type", "Group", "cpu %#", "memory %#", "Pods#", "Is")
    return section("node-list", "Every node", folded(count(len(rows), "node"), table("nodes", columns, rows)))


def _node(node: NodeReview) -> tuple[Cell, ...]:
    shares = [node.amounts.get(name) for name in ("cpu", "memory")]
    fill = (Cell(percent(known.share) if known else "", number=True) for known in shares)
    said = [*(["to buy"] if node.bought else []), *(["could go"] if node.could_go else []), *filter(None, [node.standing])]
    pods = number(sum(node.pods.values()))
    names = (Cell(node.name), Cell(node.ring), Cell(node.zone), Cell(node.type), Cell(node.group))
    return (*names, *fill, pods, Cell(", ".join(said)))


def limits(review: Review) -> str:
    """Say what is not said."""
    items = "".join(f"<li><b>{safe(limit.subject)}</b>: {safe(limit.message)}</li>" for limit in review.limits)
    return section("limits", "What this review does not say", f"<ul>{items}</ul>")
