"""The review's tables as CSV, one row for each thing and every amount in its smallest unit."""

import csv
from collections.abc import Callable, Iterable, Sequence
from io import StringIO

from models.answer.review import Amount, Review, RingReview
from models.frozen_map import FrozenMap
from models.kubernetes.resources import CPU, MEMORY, PODS
from planner.view.format import clean

Row = Sequence[object]
FORMULA = ("=", "+", "-", "@")
"""What a spreadsheet takes for a formula where a cell begins with it."""
RESOURCES = ((CPU, "cpu_milli"), (MEMORY, "memory_bytes"), (PODS, "pods"))
NO_AMOUNT = Amount()


def text(review: Review, name: str) -> str:
    """Write one of the TABLES."""
    page = StringIO()
    written = csv.writer(page, lineterminator="\n")
    for row in TABLES[name](review):
        written.writerow([_cell(value) for value in row])
    return page.getvalue()


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return value
    shown = clean(value)
    return f"'{shown}" if shown.startswith(FORMULA) else shown


def _charges(review: Review) -> Iterable[Row]:
    amounts = [f"{whose}_{unit}" for whose in ("own", "idle", "daemons") for name, unit in RESOURCES[:2]]
    yield ("ring", "tenant", "namespace", "pods", *amounts, "nodes_thousandths", "cost_millionths_per_hour")
    for charge in review.charges:
        parts = [part.get(name, 0) for part in (charge.own, charge.idle, charge.daemons) for name, _ in RESOURCES[:2]]
        yield (charge.ring, charge.tenant, charge.namespace, charge.pods, *parts, charge.nodes, charge.cost)


def _heads() -> list[str]:
    return [f"{what}_{unit}" for _, unit in RESOURCES for what in ("requested", "allocatable", "free", "daemons", "stranded")]


def _amounts(amounts: FrozenMap[Amount]) -> list[int]:
    known = [amounts.get(name, NO_AMOUNT) for name, _ in RESOURCES]
    return [value for a in known for value in (a.requested, a.allocatable, a.free, a.daemons, a.stranded)]


def _rings(review: Review) -> Iterable[Row]:
    yield ("ring", "part", "name", "nodes", "running_pods", *_heads(), "can_grow_percent", "months")
    for ring in review.rings:
        kinds = (("ring", (ring.whole,)), ("zone", ring.zones), ("type", ring.types), ("group", ring.node_groups))
        for kind, some in kinds:
            for part in some:
                grows = _grows(ring) if kind == "ring" else ("", "")
                yield (ring.name, kind, part.name, part.nodes, part.pods, *_amounts(part.amounts), *grows)


def _grows(ring: RingReview) -> Row:
    return (ring.growth.percent if ring.growth else "", ring.runway.months if ring.runway else "")


def _nodes(review: Review) -> Iterable[Row]:
    yield ("node", "ring", "zone", "type", "group", "bought", "could_go", "price_millionths_per_hour", "planned_pods", *_heads())
    for node in review.nodes:
        pods, flags = sum(node.pods.values()), (str(node.bought).lower(), str(node.could_go).lower())
        yield (node.name, node.ring, node.zone, node.type, node.group, *flags, node.price, pods, *_amounts(node.amounts))


def _scenarios(review: Review) -> Iterable[Row]:
    yield (
        "change",
        "plan",
        "holds",
        "nodes",
        "bought",
        "pods",
        "unplaced",
        "pending",
        "relabelled_nodes",
        "holds_as_is",
        "cost_millionths_per_hour",
    )
    for case in review.scenarios:
        counts = (case.nodes, case.bought, case.pods, case.unplaced, case.pending, sum(case.relabelled.values()))
        as_is = "" if case.as_is is None else str(case.as_is).lower()
        yield (case.change, case.verdict, str(case.holds).lower(), *counts, as_is, "" if case.cost is None else case.cost)


def _usage(review: Review) -> Iterable[Row]:
    units = RESOURCES[:2]
    heads = [f"{what}_{unit}" for _, unit in units for what in ("requested", "used", "recommended")]
    yield ("ring", "workload", "pods", *heads)
    for row in review.usage.workloads if review.usage else ():
        cells: list[object] = []
        for name, _ in units:
            used, advised = row.used.get(name), row.advised.get(name)
            known = used or advised
            cells += [known.requested if known else "", used.value if used else "", advised.value if advised else ""]
        yield (row.ring, row.workload, row.pods, *cells)


TABLES: dict[str, Callable[[Review], Iterable[Row]]] = {
    "charges": _charges,
    "rings": _rings,
    "nodes": _nodes,
    "scenarios": _scenarios,
    "usage": _usage,
}
