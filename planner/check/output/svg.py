"""A picture of what is within reach of a container that breaks out: today beside the plan, node by node, the worst first."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from planner.check.report import Blast, Report
from planner.view.format import count
from planner.view.picture.palette import FONT, definitions, look, pattern, stylesheet
from planner.view.picture.svg import Style, dot, group, rect, safe, text, title
from planner.view.picture.text_width import short_names, width, wrapped

_MARGIN, _ROW, _GAP = 24, 24, 18
_NAME, _BAR, _CELL, _NUMBER, _SIDE_GAP = 190, 200, 40, 76, 36
_SIDE = _BAR + 14 + 3 * _NUMBER
_MOST, _MOST_THROUGH, _MOST_RINGS = 60, 6, 12
_BIG, _LINE, _HEAD = Style(22, bold=True), Style(13, "mute"), Style(13, bold=True)
_PLAIN, _TINY = Style(12), Style(11, "mute")
_RIGHT, _RED = Style(12, anchor="end"), Style(12, "red", bold=True, anchor="end")
_COLUMN = Style(11, "mute", anchor="end")
_STAYS = "A plan decides on which nodes they are, and takes no right from them: narrow their roles."
_SIDES = {False: "today", True: "as planned"}


def write(report: Report) -> str:
    """Draw a row for each node, with a square for each ring within reach of it."""
    sides = [planned for planned in _SIDES if any(blast.planned is planned for blast in report.blast)]
    wide = float(max(760, _NAME + len(sides) * (_SIDE + _SIDE_GAP) - _SIDE_GAP))
    parts, y = [text(0, 20, "If a container breaks out", wide, _BIG)], 26.0
    for sentence in [line for said in _sentences(report) for line in wrapped(said, 13, wide)]:
        y += 19
        parts.append(text(0, y, sentence, wide, _LINE))
    for block, tall in (_legend(report, wide), _rows(report, sides), _through(report, wide)):
        y += _GAP if block else 0
        parts.append(group(0, y, block))
        y += tall
    return _document(report, parts, wide + 2 * _MARGIN, y + 2 * _MARGIN)


def _document(report: Report, parts: Sequence[str], wide: float, tall: float) -> str:
    size = f'width="{dot(wide)}" height="{dot(tall)}" viewBox="0 0 {dot(wide)} {dot(tall)}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="blast-title blast-desc" '
        f'font-family="{FONT}"><title id="blast-title">What is within reach of a container that breaks out</title>'
        f'<desc id="blast-desc">{safe(" ".join(_sentences(report)))}</desc><style>{stylesheet("auto")}</style>{definitions()}'
        f"{rect(0, 0, wide, tall, 'page')}{group(_MARGIN, _MARGIN, parts)}</svg>\n"
    )


def _sentences(report: Report) -> Iterator[str]:
    """Say the picture in words: the worst node of each side."""
    if not report.blast:
        yield "Nobody told what runs where: give pods in --nodes, a live cluster, or a plan."
    for planned, side in _SIDES.items():
        blasts = [blast for blast in report.blast if blast.planned is planned]
        if blasts:
            mixing, leading = sum(len(blast.rings) > 1 for blast in blasts), sum(blast.nodes > 0 for blast in blasts)
            worst = blasts[0]
            known = [f"{_share(mixing, len(blasts))} more than one ring"] if report.levels else []
            others = f"{_share(leading, len(blasts))} other nodes"
            yield f"{side.capitalize()}: {', and '.join([*known, others])}. Worst is {worst.node}: {_reach(worst)}."


def _share(part: int, whole: int) -> str:
    return f"{part or 'none'} of {count(whole, 'node')} {'reach' if part > 1 else 'reaches'}"


def _reach(blast: Blast) -> str:
    rings = [count(len(blast.rings), "ring")] if blast.rings else []
    parts = [*rings, count(blast.workloads, "workload"), count(blast.secrets, "secret"), count(blast.nodes, "other node")]
    through = f", through the token of {blast.through}" if blast.through else ""
    return ", ".join(parts) + through


def _rows(report: Report, sides: Sequence[bool]) -> tuple[list[str], float]:
    """Draw the table: heads, and a row for each node that anything is known of."""
    told = {(blast.node, blast.planned): blast for blast in report.blast}
    nodes = list(dict.fromkeys(blast.node for blast in report.blast))
    nick, most = short_names(nodes), max((blast.workloads for blast in report.blast), default=1)
    parts = [text(0, 34, "node", _NAME, _TINY)] if nodes else []
    for number, planned in enumerate(sides):
        parts.append(group(_NAME + number * (_SIDE + _SIDE_GAP), 0, _heads(_SIDES[planned], bool(report.levels))))
    y = 44.0 if nodes else 0.0
    for node in nodes[:_MOST]:
        parts.append(text(0, y + 15, nick[node], _NAME - 12, _PLAIN))
        for number, planned in enumerate(sides):
            blast = told.get((node, planned))
            row = _row(report, blast, most) if blast else [text(0, 15, "runs nothing", _BAR, _TINY)]
            parts.append(group(_NAME + number * (_SIDE + _SIDE_GAP), y, row))
        y += _ROW
    if len(nodes) > _MOST:
        parts.append(text(0, y + 15, f"and {len(nodes) - _MOST:,} more, none of them worse: -O json has all", 400, _TINY))
        y += _ROW
    return parts, y


def _heads(side: str, is_ringed: bool) -> list[str]:
    """Write what the columns of one side are."""
    columns = [_BAR + 14 + (number + 1) * _NUMBER for number in range(3)]
    names = zip(columns, ("workloads", "secrets", "other nodes"), strict=True)
    return [
        text(0, 14, side.capitalize(), _BAR, _HEAD),
        text(0, 34, "rings within reach" if is_ringed else "workloads within reach", _BAR, _TINY),
        *(text(x, 34, name, _NUMBER, _COLUMN) for x, name in names),
    ]


def _row(report: Report, blast: Blast, most: int) -> list[str]:
    """Draw one node on one side: the rings within reach, and the numbers."""
    parts = _cells(report, blast) if report.levels else _bar(blast, most)
    numbers = (blast.workloads, blast.secrets, blast.nodes)
    for number, value in enumerate(numbers, 1):
        alarming = number == len(numbers) and value
        parts.append(text(_BAR + 14 + number * _NUMBER, 15, f"{value:,}", _NUMBER, _RED if alarming else _RIGHT))
    return [f"<g>{title(f'{blast.node}: {_reach(blast)}')}{''.join(parts)}</g>"]


def _cells(report: Report, blast: Blast) -> list[str]:
    """Draw a place for each ring, which is filled where the ring is within reach."""
    rings = _by_trust(report, report.levels)
    span = min(_CELL, _BAR / len(rings))
    inner, parts = max(span - 2, 1), list[str]()
    for number, ring in enumerate(rings):
        x = number * span
        parts += _filled(report, ring, x, inner) if ring in blast.rings else [rect(x, 3, inner, 15, "rail", 2)]
    return parts


def _bar(blast: Blast, most: int) -> list[str]:
    """Draw the workloads within reach where nobody knows of rings."""
    return [rect(0, 3, _BAR, 15, "rail", 2), rect(0, 3, _BAR * blast.workloads / max(most, 1), 15, "fixed", 2)]


def _filled(report: Report, ring: str, x: float, span: float) -> list[str]:
    """Draw the colour of a ring, with the pattern of its level."""
    level = report.levels[ring]
    marks = [rect(x, 3, span, 15, f"m{pattern(level)}", 2)] if pattern(level) else []
    return [rect(x, 3, span, 15, look(level), 2), *marks]


def _by_trust(report: Report, rings: Iterable[str]) -> list[str]:
    """Sort rings by how far they are trusted, the most trusted first."""
    return sorted(rings, key=lambda ring: (report.levels[ring], ring))


def _through(report: Report, wide: float) -> tuple[list[str], float]:
    """List the service accounts whose tokens lead from node to node, with how many nodes hold one."""
    counts = {planned: Counter(b.through for b in report.blast if b.planned is planned and b.through) for planned in _SIDES}
    total = counts[False] + counts[True]
    names = sorted(total, key=lambda name: (-total[name], name))
    if not names:
        return [], 0.0
    parts, y = [text(0, 14, "What leads from one node to all others: the tokens of these service accounts", wide, _HEAD)], 16.0
    y += 19
    parts.append(
        text(0, y, "A plan decides on which nodes they are, and takes no right from them: narrow their roles.", wide, _LINE)
    )
    sides = [planned for planned in _SIDES if any(blast.planned is planned for blast in report.blast)]
    for name in names[:_MOST_THROUGH]:
        y += 19
        on = " and ".join(f"{count(counts[planned][name], 'node')} {_SIDES[planned]}" for planned in sides)
        parts.append(text(0, y, f"{name}, on {on}", wide, _PLAIN))
    if len(names) > _MOST_THROUGH:
        y += 19
        parts.append(text(0, y, f"and {len(names) - _MOST_THROUGH:,} more: -O json has all", wide, _TINY))
    return parts, y + 6


def _legend(report: Report, wide: float) -> tuple[list[str], float]:
    """Explain the colours, in the order of the squares."""
    rings = _by_trust(report, report.levels)
    parts, x, y = list[str](), 0.0, 0.0
    for ring in rings[:_MOST_RINGS]:
        step = 22 + width(f"ring {ring}", 11) + 22
        if x and x + step - 22 > wide:
            x, y = 0.0, y + 20
        parts.append(group(x, y, [*_filled(report, ring, 0, 16), text(22, 15, f"ring {ring}", wide - x - 22, _TINY)]))
        x += step
    if len(rings) > _MOST_RINGS:
        y += 20
        parts.append(text(0, y + 15, f"and {len(rings) - _MOST_RINGS:,} more rings", wide, _TINY))
    return parts, y + 22 if parts else 0.0
