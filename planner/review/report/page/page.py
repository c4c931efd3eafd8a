"""The page."""

from models.answer.review import Review


def html(review: Review) -> str:
    """Write the page."""
    return review.name
