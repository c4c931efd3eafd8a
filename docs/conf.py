"""How Sphinx builds the documentation: make docs."""

import re
from typing import Any

project = "ringfence"
author = "the ringfence maintainers"
extensions = ["myst_parser"]
html_theme = "furo"
html_title = "ringfence"
html_show_copyright = False
html_show_sphinx = False
myst_heading_anchors = 4
myst_links_external_new_tab = False
OUTSIDE = re.compile(r"(?<=\]\()(?=(?:\.\./)+[^)\s]*\.md\))")
"""Before the address of a page that is not of the documentation: SECURITY.md, or the README of a sample."""


def setup(app: Any) -> None:
    """Let pages link to files of the repository as they do on a Git host."""
    app.connect("source-read", _link_outside)


def _link_outside(app: Any, name: str, content: list[str]) -> None:
    def address(link: re.Match[str]) -> str:
        target = (app.srcdir / name).parent.joinpath(link.string[link.end() :].partition(")")[0]).resolve()
        return "" if target.is_relative_to(app.srcdir) else "path:"

    content[0] = OUTSIDE.sub(address, content[0])
