"""Colours and patterns: Okabe and Ito's colour-blind-safe palette, a pattern per level, light and dark."""

from collections.abc import Sequence

LEVELS = ("#0072b2", "#009e73", "#e69f00", "#d55e00", "#cc79a7", "#56b4e9", "#f0e442")
DARK_LEVELS = ("#3a9bd9", "#1fb58a", "#e69f00", "#e8722a", "#d893b8", "#7cc7f2", "#f0e442")
_MARKS = (
    "",
    '<path d="M-1 7L7 -1M-1 1L1 -1M5 7L7 5"/>',
    '<path d="M0 3H6"/>',
    '<path d="M3 0V6M0 3H6"/>',
    '<path d="M-1 -1L7 7M-1 5L1 7M5 -1L7 1"/>',
    '<path d="M3 0V6"/>',
    '<path d="M-1 -1L7 7M-1 7L7 -1"/>',
)
# DejaVu Sans first: widths are those of its letters (text_width), and others are narrower.
FONT = "'DejaVu Sans','Segoe UI','Helvetica Neue',Arial,'Liberation Sans','Noto Sans',sans-serif"
STEPS = (0.0, 0.25, 0.5, 0.75, 0.9)
_OPACITY = (0.14, 0.34, 0.55, 0.78, 1.0)

_LIGHT = {
    "page": "fill:#fff",
    "card": "fill:#fff;stroke:#d0d7de",
    "calm": "fill:#f6f8fa;stroke:#d0d7de",
    "rail": "fill:#e7ebef",
    "ink": "fill:#1f2328",
    "mute": "fill:#59636e",
    "red": "fill:#b3261e",
    "alarm": "fill:#fff4f3;stroke:#d1242f",
    "yes": "fill:#1a7f37",
    "no": "fill:#b3261e",
    "maybe": "fill:#8a6100",
    "onpill": "fill:#fff",
    "tick": "fill:none;stroke:#fff;stroke-width:2",
    "rule": "fill:none;stroke:#d0d7de",
    "bus": "fill:none;stroke:#6e7781;stroke-width:2;stroke-dasharray:5 3",
    "plug": "fill:#6e7781",
    "strip": "fill:#eff1f4",
    "hatch": "fill:none;stroke:#9aa4af;stroke-width:1.4",
    "guest": "fill:url(#guest)",
    "fixed": "fill:#8c959f",
    # Nothing is drawn, but the gaps in a node's row answer the pointer, too.
    "area": "fill:none;pointer-events:all",
    "mark": "fill:none;stroke:#fff;stroke-width:1.5",
    "bond": "fill:none;stroke:#59636e;stroke-width:2",
}
_DARK = {
    "page": "fill:#0d1117",
    "card": "fill:#161b22;stroke:#30363d",
    "calm": "fill:#11161d;stroke:#30363d",
    "rail": "fill:#2a313a",
    "ink": "fill:#e6edf3",
    "mute": "fill:#9aa4ae",
    "red": "fill:#ff8078",
    "alarm": "fill:#2b1416;stroke:#f85149",
    "yes": "fill:#238636",
    "no": "fill:#c93c37",
    "rule": "fill:none;stroke:#30363d",
    "bus": "fill:none;stroke:#9aa4ae;stroke-width:2;stroke-dasharray:5 3",
    "plug": "fill:#9aa4ae",
    "strip": "fill:#1f262e",
    "hatch": "fill:none;stroke:#68727d;stroke-width:1.4",
    "mark": "fill:none;stroke:#0d1117;stroke-width:1.5",
    "bond": "fill:none;stroke:#9aa4ae;stroke-width:2",
}


def look(level: int) -> str:
    """Name the CSS class of a level's colour."""
    return f"L{level % len(LEVELS)}"


def pattern(level: int) -> int:
    """Choose a level's pattern: its own for each of the first seven, then others for each repeated colour."""
    return (level + level // len(LEVELS)) % len(_MARKS)


def step(share: float) -> int:
    """Say which of the five steps of fullness a share falls into."""
    return max(index for index, least in enumerate(STEPS) if share >= least)


def stylesheet(theme: str) -> str:
    """Write the CSS of a theme: light, dark, or auto, which follows the reader's preference."""
    shared = "".join(f".s{index}{{fill-opacity:{opacity}}}" for index, opacity in enumerate(_OPACITY))
    shared += "".join(f".m{index}{{fill:url(#m{index})}}" for index, mark in enumerate(_MARKS) if mark)
    light, dark = _rules(_LIGHT, LEVELS), _rules(_DARK, DARK_LEVELS)
    if theme == "auto":
        return f"{shared}{light}@media (prefers-color-scheme:dark){{{dark}}}"
    return shared + light + (dark if theme == "dark" else "")


def _rules(looks: dict[str, str], levels: Sequence[str]) -> str:
    colours = "".join(f".L{index}{{fill:{colour}}}" for index, colour in enumerate(levels))
    return colours + "".join(f".{name}{{{rule}}}" for name, rule in looks.items())


def definitions() -> str:
    """Write the patterns: one of marks per level, and the hatching of shared residents."""
    size = 'width="6" height="6" patternUnits="userSpaceOnUse"'
    marks = "".join(
        f'<pattern id="m{index}" {size}><g class="mark">{mark}</g></pattern>' for index, mark in enumerate(_MARKS) if mark
    )
    guest = f'<pattern id="guest" {size}><rect class="strip" width="6" height="6"/><g class="hatch">{_MARKS[1]}</g></pattern>'
    return f"<defs>{guest}{marks}</defs>"
