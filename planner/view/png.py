"""The picture as PNG, drawn by resvg from the SVG."""

import math
import re

from models.plan import IsolationPlan
from models.source import NOWHERE
from planner.errors import BadInput, Fault
from planner.view.picture.draw import svg
from planner.view.picture.paint import FONT

SHARP = 2.0
MOST_PIXELS = 60_000_000
_PROBE = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" font-family="{font}">{inside}</svg>'
_INSTALL = "pip install 'ringfence[png]', or write .svg or .html, which need nothing"
_FONTS = "install a font (for example the package fonts-dejavu-core), or write .svg or .html"


def png(plan: IsolationPlan, theme: str = "light") -> bytes:
    """Draw a plan as PNG at twice its size, less where that would be huge; BadInput where that cannot be done here."""
    try:
        import resvg_py
    except ImportError as missing:
        raise BadInput([Fault(NOWHERE, "png", "drawing PNG needs resvg-py, which is not installed", _INSTALL)]) from missing
    if not _draws_text():
        raise BadInput([Fault(NOWHERE, "png", "no font was found on this machine, so all text would be missing", _FONTS)])
    drawing = svg(plan, theme)
    return bytes(resvg_py.svg_to_bytes(svg_string=drawing, zoom=_zoom(drawing)))


def _draws_text() -> bool:
    """Say whether text leaves any trace: without fonts resvg drops it and says nothing."""
    import resvg_py

    font = FONT.replace('"', "'")
    letters, nothing = ('<text x="2" y="15" font-size="14">Ag</text>', "")
    return bytes(resvg_py.svg_to_bytes(svg_string=_PROBE.format(font=font, inside=letters))) != bytes(
        resvg_py.svg_to_bytes(svg_string=_PROBE.format(font=font, inside=nothing))
    )


def _zoom(drawing: str) -> float:
    sides = re.findall(r'(?:width|height)="([\d.]+)"', drawing[:400])
    wide, tall = float(sides[0]), float(sides[1])
    return min(SHARP, math.sqrt(MOST_PIXELS / (wide * tall)))
