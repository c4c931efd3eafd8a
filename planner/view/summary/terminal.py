"""The review on a terminal of any width, with colour or without; the only file here that imports rich."""

from collections.abc import Sequence
from io import StringIO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from models.answer.plan import IsolationPlan
from models.solver.outcome import FEASIBLE, INFEASIBLE
from planner.view.format import clean
from planner.view.summary import phrases
from planner.view.summary.sections import Grid, Section, opening, sections
from planner.view.utilisation import load

_COLOURS = {FEASIBLE: "bold green", INFEASIBLE: "bold red"}
_NARROWEST = 40
_WIDE = 100
_USUAL = 40


def terminal(plan: IsolationPlan, width: int, colour: bool) -> str:
    """Write the review as lines of at most `width` characters, the same ones whatever the environment says."""
    page = StringIO()
    console = _console(page, width, colour)
    numbers = load(plan)
    first, *rest = opening(plan, numbers)
    style = _COLOURS.get(plan.verdict, "bold yellow")
    if plan.hidden:
        rest_of_it = phrases.headline(plan).removeprefix(plan.verdict)
        console.print(Text.assemble((plan.verdict.upper(), style), (rest_of_it, "bold yellow")))
        console.print(Text.assemble((clean(plan.name), "bold"), ": ", first))
    else:
        console.print(Text.assemble((plan.verdict.upper(), style), " ", (clean(plan.name), "bold"), ": ", first))
    for line in rest:
        console.print(Text(line))
    for section in sections(plan, numbers):
        _print(console, section)
    return _written(page)


def pages(name: str, first: str, found: Sequence[Section], width: int, colour: bool) -> str:
    """Write sections below one sentence that says it all."""
    page = StringIO()
    console = _console(page, width, colour)
    console.print(Text.assemble((clean(name), "bold"), ": ", clean(first)))
    for section in found:
        _print(console, section)
    return _written(page)


def _written(page: StringIO) -> str:
    return "\n".join(line.rstrip() for line in page.getvalue().splitlines()) + "\n"


def _console(page: StringIO, width: int, colour: bool) -> Console:
    return Console(
        file=page,
        width=max(_NARROWEST, width),
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
        _environ={},
    )


def _print(console: Console, section: Section) -> None:
    narrow = console.width < _WIDE
    console.print()
    console.print(Text(clean(section.heading), "bold red" if section.alarm else "bold"))
    for line in section.lines:
        console.print(Padding(Text(clean(line)), (0, 0, 0, 2)))
    if section.grid:
        console.print(Padding(_table(section.grid, narrow), (0, 0, 0, 2 if narrow else 0)))


def _table(grid: Grid, narrow: bool) -> Table:
    """Lay a grid out; where there is little room only words wrap, never figures, and names of usual length do not either."""
    box, padding = (None, (0, 1, 0, 0)) if narrow else (SIMPLE_HEAD, (0, 1))
    table = Table(box=box, padding=padding, show_edge=False, header_style="dim")
    for at, head in enumerate(grid.heads):
        right = at in grid.right
        longest = max((len(row[at]) for row in grid.rows), default=0)
        keep = right or (at == 0 and longest <= _USUAL)
        table.add_column(Text(head), justify="right" if right else "left", no_wrap=keep, overflow="fold")
    for at, row in enumerate(grid.rows):
        table.add_row(*(Text(clean(cell), "bold" if at in grid.bold else "") for cell in row))
    return table
