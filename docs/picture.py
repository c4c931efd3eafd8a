"""The picture of a review's page for the README: what a reader sees first, in the distribution's own Chromium.

Usage: python -m docs.picture.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from planner import formats, pipeline
from planner.paper import PLAIN
from tests.review.browser import launched, opened

ROOT = Path(__file__).resolve().parent.parent
PLAN, TARGET = ROOT / "samples" / "quickstart" / "expected" / "plan.yaml", ROOT / "docs" / "review.png"
WIDTH, HEIGHT = 1180, 720


def main() -> None:
    """Write the picture."""
    plan = pipeline.load(str(PLAN))
    answer = pipeline.review(plan, lambda _: None, grow=["20%"], lose=["zone=eu-west-1a"])
    with TemporaryDirectory() as folder, launched() as browser:
        page = Path(folder) / "review.html"
        page.write_text(formats.review(answer, "html", PLAIN), encoding="utf-8")
        with opened(browser, page) as shown:
            shown.set_viewport_size({"width": WIDTH, "height": HEIGHT})
            shown.screenshot(path=str(TARGET))
    print(f"wrote {TARGET.relative_to(ROOT)}: {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
