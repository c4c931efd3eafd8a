"""The picture as PNG, drawn by resvg from the SVG with a font of its own, so that every machine draws the same."""

import math
import re
from importlib.resources import as_file, files

from models.answer.plan import IsolationPlan
from models.source import NOWHERE
from planner.errors import BadInput, Fault
from planner.view.picture.draw import svg

SHARP = 2.0
# Each takes four bytes while it is drawn, 240 MB in all.
MOST_PIXELS = 60_000_000
_INSTALL = "pip install 'ringfence[png]', or write .svg or .html, which need nothing"
FONTS = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")


def png(plan: IsolationPlan, theme: str = "light") -> bytes:
    """Draw a plan as PNG at twice its size, less where that would be huge; BadInput where that cannot be done here."""
    try:
        import resvg_py
    except ImportError as missing:
        raise BadInput([Fault(NOWHERE, "png", "drawing PNG needs resvg-py, which is not installed", _INSTALL)]) from missing
    drawing = svg(plan, theme)
    # resvg reads fonts from paths alone, and an installed package may be in a zip.
    with as_file(files("planner.view") / "font") as folder:
        fonts = [str(folder / name) for name in FONTS]
        return bytes(
            resvg_py.svg_to_bytes(
                svg_string=drawing, zoom=_zoom(drawing), skip_system_fonts=True, font_files=fonts, sans_serif_family="DejaVu Sans"
            )
        )


def _zoom(drawing: str) -> float:
    sides = re.findall(r'(?:width|height)="([\d.]+)"', drawing[:400])
    wide, tall = float(sides[0]), float(sides[1])
    return min(SHARP, math.sqrt(MOST_PIXELS / (wide * tall)))
