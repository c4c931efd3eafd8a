"""The review as Markdown, for a comment on a pull request."""

import re
from collections.abc import Sequence

from models.answer.plan import IsolationPlan
from models.solver.outcome import FEASIBLE, INFEASIBLE
from planner.view.format import clean
from planner.view.graph.mermaid import mermaid
from planner.view.summary import phrases
from planner.view.summary.answer.brief import brief, opening
from planner.view.summary.sections import Grid, Section, details
from planner.view.utilisation import load

# GitHub takes comments of up to 65,536 characters.
LONGEST = 60_000
_MARKS = {FEASIBLE: "\u2705", INFEASIBLE: "\u274c"}
_NO_ROOM = "The rest does not fit here; it is in the plan."
_WARNING = "\u26a0\ufe0f"
# A colon before a letter may begin an emoji, and before a slash a link.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!&@$]|:(?=[\w/]))(?=(\w)?)")


def markdown(plan: IsolationPlan) -> str:
    """Write the review for GitHub and GitLab: names are text, whatever they hold, and the whole fits into one comment."""
    numbers = load(plan)
    first, *rest = opening(plan, numbers)
    is_partial = phrases.is_packing(plan) or plan.is_at_risk or (plan.hidden and plan.verdict == FEASIBLE)
    mark = _WARNING if is_partial else _MARKS.get(plan.verdict, "\u2754")
    lines = [f"## {mark} {text(plan.name)}: {text(phrases.headline(plan))}", "", f"**{text(first)}**", ""]
    # Two blanks at its end are what breaks a line in Markdown.
    lines += [f"{text(line)}  " for line in rest]
    picture = ["", *_folded("Picture", ["```mermaid", mermaid(plan).rstrip(), "```"])]
    # The picture stands last and its room is kept: a Mermaid block that is cut draws nothing at all.
    room = LONGEST - len("\n".join(picture))
    lines += _fitting(brief(plan, numbers), room - len("\n".join(lines)))
    rest = _fitting(details(plan, numbers), room - len("\n".join(lines)))
    return "\n".join([*lines, "", *_folded("Details", rest[1:]), *picture]) + "\n"


def _fitting(sections: Sequence[Section], room: int) -> list[str]:
    """Write the sections that there is room for, and whether that is all."""
    lines: list[str] = []
    for section in sections:
        written = _section(section)
        if len("\n".join([*lines, *written])) > room:
            return [*lines, "", _NO_ROOM]
        lines += written
    return lines


def _folded(title: str, lines: Sequence[str]) -> list[str]:
    """Write lines that a reader has to unfold."""
    return [f"<details><summary>{title}</summary>", "", *lines, "", "</details>"]


def pages(name: str, first: str, sections: Sequence[Section]) -> str:
    """Write sections below one sentence that says it all."""
    lines = [f"## {text(name)}", "", f"**{text(first)}**"]
    for section in sections:
        lines += _section(section)
    return "\n".join(lines) + "\n"


def _section(section: Section) -> list[str]:
    lines = ["", f"### {text(section.heading)}", ""]
    for line in section.lines:
        after_list = lines[-1].startswith("- ") and not line.startswith("- ")
        lines += [""] if after_list else []  # else it would be read as a part of the last item
        lines.append(f"- {text(line[2:])}" if line.startswith("- ") else f"{text(line)}  ")
    if section.grid:
        lines += [*([""] if section.lines else []), *_grid(section.grid)]
    return lines


def _grid(grid: Grid) -> list[str]:
    rule = "|".join(" ---: " if column in grid.right else " --- " for column in range(len(grid.heads)))
    lines = [f"| {' | '.join(map(text, grid.heads))} |", f"|{rule}|"]
    for index, row in enumerate(grid.rows):
        cells = [f"**{text(cell)}**" if index in grid.bold and cell else text(cell) for cell in row]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def text(words: str) -> str:
    """Escape what Markdown, or a forge that looks for names and links in it, would read as more than text."""
    escaped = _SPECIAL.sub(_entity, clean(words))
    return re.sub(r"^(\s*)([-+]|\d+\.)(\s)", lambda m: f"{m[1]}&#{ord(m[2][-1])};{m[3]}", escaped)


def _entity(match: re.Match[str]) -> str:
    """Write a mark as text; a character of no width keeps forges from reading @name or #12 as a person or an issue."""
    mark, follows = match[1], match[2]
    written = f"&#{ord(mark)};" if mark in "<>&@|`$:" else f"\\{mark}"
    return written + ("&#8203;" if follows is not None and mark in "@#!~$&" else "")
