"""The review as Markdown, for a comment on a pull request."""

import re
from collections.abc import Sequence

from models.answer.plan import IsolationPlan
from models.solver.outcome import FEASIBLE, INFEASIBLE
from planner.view.format import clean
from planner.view.graph.mermaid import mermaid
from planner.view.summary import phrases
from planner.view.summary.sections import Grid, Section, opening, sections
from planner.view.utilisation import load

LONGEST = 60_000
_MARKS = {FEASIBLE: "\u2705", INFEASIBLE: "\u274c"}
_WARNING = "\u26a0\ufe0f"
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!&@$]|:(?=[\w/]))(?=(\w)?)")


def markdown(plan: IsolationPlan) -> str:
    """Write the review for GitHub and GitLab: names are text, whatever they hold, and the whole fits into one comment."""
    numbers = load(plan)
    first, *rest = opening(plan, numbers)
    mark = _WARNING if plan.hidden and plan.verdict == FEASIBLE else _MARKS.get(plan.verdict, "\u2754")
    lines = [f"## {mark} {_text(plan.name)}: {_text(phrases.headline(plan))}", "", f"**{_text(first)}**", ""]
    lines += [f"{_text(line)}  " for line in rest]
    picture = ["", "<details><summary>Picture</summary>", "", "```mermaid", mermaid(plan).rstrip(), "```", "", "</details>"]
    room = LONGEST - len("\n".join(picture))
    for section in sections(plan, numbers):
        written = _section(section)
        if len("\n".join([*lines, *written])) > room:
            lines += ["", "The rest does not fit here; it is in the plan."]
            break
        lines += written
    return "\n".join([*lines, *picture]) + "\n"


def pages(name: str, first: str, found: Sequence[Section]) -> str:
    """Write sections below one sentence that says it all."""
    lines = [f"## {_text(name)}", "", f"**{_text(first)}**"]
    for section in found:
        lines += _section(section)
    return "\n".join(lines) + "\n"


def _section(section: Section) -> list[str]:
    lines = ["", f"### {_text(section.heading)}", ""]
    for line in section.lines:
        after_list = lines[-1].startswith("- ") and not line.startswith("- ")
        lines += [""] if after_list else []  # else it would be read as a part of the last item
        lines.append(f"- {_text(line[2:])}" if line.startswith("- ") else f"{_text(line)}  ")
    if section.grid:
        lines += [*([""] if section.lines else []), *_grid(section.grid)]
    return lines


def _grid(grid: Grid) -> list[str]:
    rule = "|".join(" ---: " if at in grid.right else " --- " for at in range(len(grid.heads)))
    lines = [f"| {' | '.join(map(_text, grid.heads))} |", f"|{rule}|"]
    for at, row in enumerate(grid.rows):
        cells = [f"**{_text(cell)}**" if at in grid.bold and cell else _text(cell) for cell in row]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _text(words: str) -> str:
    """Escape what Markdown, or a forge that looks for names and links in it, would read as more than text."""
    escaped = _SPECIAL.sub(_entity, clean(words))
    return re.sub(r"^(\s*)([-+]|\d+\.)(\s)", lambda m: f"{m[1]}&#{ord(m[2][-1])};{m[3]}", escaped)


def _entity(match: re.Match[str]) -> str:
    """Write a mark as text; a character of no width keeps forges from reading @name or #12 as a person or an issue."""
    mark, follows = match[1], match[2]
    written = f"&#{ord(mark)};" if mark in "<>&@|`$:" else f"\\{mark}"
    return written + ("&#8203;" if follows is not None and mark in "@#!~$&" else "")
