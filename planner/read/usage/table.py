"""A table of containers as CSV: what one pod of a workload uses, a row for each container."""

import csv
from collections.abc import Iterator
from io import StringIO

from models.frozen_map import FrozenMap
from models.kubernetes.measure import Measure
from models.kubernetes.resources import CPU, MEMORY
from models.source import Source
from planner.errors import Fault
from planner.read.documents.field import Notebook, Spot
from planner.read.values.resource_amounts import read_amounts

OF, AMOUNTS = ("namespace", "kind", "name", "container"), (CPU, MEMORY)
HEAD = (*OF, *AMOUNTS)
_FIX = f"write the columns {','.join(HEAD)}"


def read(text: bytes, name: str, notebook: Notebook) -> Iterator[Measure]:
    """Read the rows; an amount that is left empty is not known."""
    try:
        # Spreadsheets begin what they write in UTF-8 with a byte order mark.
        rows = csv.reader(StringIO(text.decode("utf-8-sig"), newline=""), strict=True)
        head = [cell.strip() for cell in next(rows, [])]
        if sorted(head) != sorted(HEAD):
            notebook.faults.append(Fault(Source(name, 1), "", _about(head), _FIX))
            return
        seen: dict[tuple[str, ...], int] = {}
        for row in rows:
            spot = Spot(notebook, Source(name, rows.line_num))
            if row and (measure := _measure(spot, head, row, seen)):
                yield measure
    except UnicodeDecodeError:
        notebook.faults.append(Fault(Source(name), "", "is no text in UTF-8", "save the table as CSV in UTF-8"))
    except csv.Error as error:
        notebook.faults.append(Fault(Source(name, rows.line_num), "", f"is no CSV: {error}", "quote cells as spreadsheets do"))


def _about(head: list[str]) -> str:
    missing = [column for column in HEAD if column not in head]
    more = [column for column in head if column not in HEAD]
    if missing:
        return f"has no column {missing[0]}"
    return f"has a column that is not known: {more[0]!r}" if more else "has a column twice"


def _measure(spot: Spot, head: list[str], row: list[str], seen: dict[tuple[str, ...], int]) -> Measure | None:
    """Read one row; two of one container contradict each other."""
    if len(row) != len(head):
        spot.fault(f"has {len(row)} cells, and the first line {len(head)}", "write a cell for each column, if it is empty")
        return None
    cells = {column: cell.strip() for column, cell in zip(head, row, strict=True)}
    for column in OF:
        if not cells[column]:
            spot.at(column).fault("is empty", "say whose usage this is")
    whose = tuple(cells[column] for column in OF)
    if whose in seen:
        spot.fault(f"container {cells['container']} stands in line {seen[whose]} already", "write one row for each container")
    seen.setdefault(whose, spot.where.line)
    amounts = read_amounts(spot, {name: cells[name] for name in AMOUNTS if cells[name]})
    namespace, kind, name, container = whose
    return Measure(namespace, kind, name, container, FrozenMap(amounts))
