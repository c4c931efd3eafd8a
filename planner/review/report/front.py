"""Writes a review in the format that is asked for."""

from models.answer.review import Review
from planner.paper import Paper


def terminal(review: Review, paper: Paper) -> str:
    """Write what fits on a screen, for a terminal."""
    from planner.review.report import sections, words
    from planner.view.summary.terminal import pages

    return pages(review.name, words.verdict(review), sections.brief(review), paper)


def text(review: Review, kind: str, table: str) -> str:
    """Write the review as a page, for a pull request, for programs, or one table of it for a spreadsheet."""
    if kind == "md":
        from planner.review.report import sections, words
        from planner.view.summary.markdown import pages

        return pages(f"Capacity of {review.name}", words.verdict(review), sections.whole(review))
    if kind == "csv":
        from planner.review.report import tables

        return tables.text(review, table)
    if kind == "json":
        import json

        from planner.review.report.data import data
        from planner.words import visible_json

        return visible_json(json.dumps(data(review), indent=2, ensure_ascii=False)) + "\n"
    from planner.review.report.page.page import html

    return html(review)
