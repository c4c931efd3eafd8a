"""The review on a terminal of any width, with colour or without; the only file here that imports rich."""

import textwrap
from collections.abc import Sequence
from io import StringIO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from models.answer.plan import IsolationPlan
from models.solver.outcome import FEASIBLE, INFEASIBLE
from planner.paper import Paper
from planner.view.format import clean
from planner.view.summary import phrases
from planner.view.summary.answer.brief import REST, brief, opening
from planner.view.summary.sections import Grid, Section, details
from planner.view.utilisation import load

_COLOURS = {FEASIBLE: "bold green", INFEASIBLE: "bold red"}
_NARROWEST = 40
_WIDE = 100
_USUAL = 40
_GAP = 3
"""So many blanks, at most, are between two columns."""


def terminal(plan: IsolationPlan, paper: Paper, is_verbose: bool) -> str:
    """Write the review, the same lines whatever the environment says; all of it where it `is_verbose`."""
    page = StringIO()
    console = _console(page, paper)
    numbers = load(plan)
    _head(console, plan, opening(plan, numbers), paper)
    for section in [*brief(plan, numbers), *(details(plan, numbers) if is_verbose else ())]:
        _print(console, section, paper)
    if not is_verbose:
        console.print()
        _say(console, Text(REST, "dim"), paper)
    return _written(page)


def _head(console: Console, plan: IsolationPlan, lines: Sequence[str], paper: Paper) -> None:
    """Write the verdict, and what is said with it."""
    first, *rest = lines
    style = "bold yellow" if phrases.is_packing(plan) or plan.is_at_risk else _COLOURS.get(plan.verdict, "bold yellow")
    verdict, name = Text(phrases.standing(plan).upper(), style), Text(clean(plan.name), "bold")
    if plan.hidden:
        rest_of_it = phrases.headline(plan).removeprefix(phrases.standing(plan))
        _say(console, Text.assemble(verdict, (rest_of_it, "bold yellow")), paper)
        _say(console, Text.assemble(name, ": ", first), paper)
    else:
        _say(console, Text.assemble(verdict, " ", name, ": ", first), paper)
    for line in rest:
        _say(console, Text(line), paper)


def pages(name: str, first: str, sections: Sequence[Section], paper: Paper) -> str:
    """Write sections below one sentence that says it all."""
    page = StringIO()
    console = _console(page, paper)
    _say(console, Text.assemble((clean(name), "bold"), ": ", clean(first)), paper)
    for section in sections:
        _print(console, section, paper)
    return _written(page)


def _written(page: StringIO) -> str:
    # rich fills lines with blanks up to the width.
    return "\n".join(line.rstrip() for line in page.getvalue().splitlines()) + "\n"


def _console(page: StringIO, paper: Paper) -> Console:
    return Console(
        file=page,
        width=max(_NARROWEST, paper.width),
        force_terminal=paper.colour,
        color_system="standard" if paper.colour else None,
        no_color=not paper.colour,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
        # Without it rich follows COLUMNS, NO_COLOR, TERM and the like, and one plan has several summaries.
        _environ={},
    )


def _print(console: Console, section: Section, paper: Paper) -> None:
    console.print()
    _say(console, Text(clean(section.heading), "bold red" if section.alarm else "bold"), paper)
    for line in section.lines:
        _say(console, Text(clean(line)), paper, 2)
    if section.grid:
        _draw(console, section.grid, paper)


def _say(console: Console, line: Text, paper: Paper, indent: int = 0) -> None:
    """Write a line, folded where it is too long; rich would cut a word that is longer than a line."""
    if not paper.may_overhang:
        console.print(Padding(line, (0, 0, 0, indent)))
        return
    room = console.width - indent
    for part in textwrap.wrap(line.plain, room, break_long_words=False, break_on_hyphens=False):
        console.print(" " * indent + part, soft_wrap=True)


def _draw(console: Console, grid: Grid, paper: Paper) -> None:
    """Write a grid; where no name may be cut, the lines are as long as that takes."""
    usual, is_narrow = console.width, console.width < _WIDE
    indent = 2 if is_narrow else 0
    table = _table(grid, is_narrow)
    if paper.may_overhang:
        gaps = (1 if is_narrow else _GAP) * len(table.columns)
        for column, width in zip(table.columns, _widths(grid, usual - indent - gaps), strict=True):
            column.width = width
        console.width = max(usual, sum(column.width or 0 for column in table.columns) + gaps + indent)
    console.print(Padding(table, (0, 0, 0, indent)))
    console.width = usual


def _widths(grid: Grid, room: int) -> list[int]:
    """Return how wide each column is: as wide as it likes as long as there is room, and no word is cut."""
    columns = [[clean(cell) for cell in column] for column in zip(grid.heads, *grid.rows, strict=True)]
    least = [max(len(part) for cell in column for part in _unbroken(grid, index, cell)) for index, column in enumerate(columns)]
    natural, widths = [max(map(len, column)) for column in columns], list(least)
    for _ in range(room - sum(least)):
        fullest = max(range(len(widths)), key=lambda column: natural[column] / max(1, widths[column]))
        if widths[fullest] < natural[fullest]:
            widths[fullest] += 1
    return widths


def _unbroken(grid: Grid, column: int, cell: str) -> list[str]:
    """Return the parts of a cell that stay in a line: figures and names do as a whole, sentences are of words."""
    return [cell] if column in grid.right or column == 0 else cell.split() or [""]


def _table(grid: Grid, is_narrow: bool) -> Table:
    """Lay a grid out; where there is little room only words wrap, never figures, and names of usual length do not either."""
    box, padding = (None, (0, 1, 0, 0)) if is_narrow else (SIMPLE_HEAD, (0, 1))
    table = Table(box=box, padding=padding, show_edge=False, header_style="dim")
    for index, head in enumerate(grid.heads):
        right = index in grid.right
        longest = max((len(row[index]) for row in grid.rows), default=0)
        keep = right or (index == 0 and longest <= _USUAL)
        table.add_column(Text(head), justify="right" if right else "left", no_wrap=keep, overflow="fold")
    for index, row in enumerate(grid.rows):
        table.add_row(*(Text(clean(cell), "bold" if index in grid.bold else "") for cell in row))
    return table
