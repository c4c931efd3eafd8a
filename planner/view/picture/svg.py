"""SVG elements as text: escaped, rounded, and always in the same order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from planner.view.format import clean
from planner.view.picture.text_width import fit, fit_middle


@dataclass(frozen=True, slots=True)
class Block:
    """Something drawn from (0, 0); `port` is the height at which the line of the shared residents enters, if it does."""

    width: float
    height: float
    parts: tuple[str, ...]
    port: float | None = None


@dataclass(frozen=True, slots=True)
class Style:
    """How a line of text looks; `anchor` is start, middle or end."""

    size: float = 12
    look: str = "ink"
    bold: bool = False
    anchor: str = "start"
    middle: bool = False


PLAIN = Style()


def safe(text: str) -> str:
    """Escape text for XML, and replace characters that XML may not hold."""
    return escape(clean(text), quote=True)


def dot(value: float) -> str:
    """Write a coordinate with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")


def text(x: float, y: float, words: str, room: float, style: Style = PLAIN) -> str:
    """Write a line of text that is cut to `room`; what was cut stays readable as a tooltip."""
    words = clean(words)
    shown = fit_middle(words, style.size, room) if style.middle else fit(words, style.size, room, style.bold)
    weight = ' font-weight="600"' if style.bold else ""
    anchor = f' text-anchor="{style.anchor}"' if style.anchor != "start" else ""
    hint = title(words) if shown != words else ""
    return (
        f'<text class="{style.look}" x="{dot(x)}" y="{dot(y)}" font-size="{dot(style.size)}"{weight}{anchor}>'
        f"{safe(shown)}{hint}</text>"
    )


def title(words: str) -> str:
    """Write a tooltip."""
    return f"<title>{safe(words)}</title>"


def rect(x: float, y: float, width: float, height: float, look: str, radius: float = 0, hint: str = "") -> str:
    """Draw a rectangle; `look` names CSS classes."""
    corner = f' rx="{dot(radius)}"' if radius else ""
    box = f'<rect class="{look}" x="{dot(x)}" y="{dot(y)}" width="{dot(max(0.0, width))}" height="{dot(height)}"{corner}'
    return f"{box}>{title(hint)}</rect>" if hint else f"{box}/>"


def dashed(x: float, y: float, width: float, height: float) -> str:
    """Draw the frame of what is not there yet: dashed, so that it needs no colour."""
    box = f'x="{dot(x)}" y="{dot(y)}" width="{dot(width)}" height="{dot(height)}" rx="2"'
    return f'<rect class="bond" stroke-dasharray="4 2.5" pointer-events="none" {box}/>'


def line(points: Sequence[tuple[float, float]], look: str) -> str:
    """Draw straight lines through points."""
    path = "M" + "L".join(f"{dot(x)} {dot(y)}" for x, y in points)
    return f'<path class="{look}" d="{path}"/>'


def group(x: float, y: float, parts: Iterable[str], extra: str = "") -> str:
    """Move parts to (x, y); `extra` are further attributes, already escaped."""
    move = f' transform="translate({dot(x)} {dot(y)})"' if x or y else ""
    return f"<g{move}{' ' + extra if extra else ''}>{''.join(parts)}</g>"
