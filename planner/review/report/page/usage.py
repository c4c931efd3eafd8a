"""What is used on the page: a row for each ring, and one for each workload, folded away."""

from models.answer.review import Review
from planner.review.report import used
from planner.review.report.page.elements import folded, section
from planner.view.format import count
from planner.view.page.table import Cell, heads, table

MOST_ROWS = 3_000


def usage(review: Review) -> str:
    """Write what is used, where somebody has measured it."""
    if review.usage is None:
        return ""
    rings, workloads = used.rings(review.usage), used.workloads(review.usage)
    by_workload = folded(count(len(review.usage.workloads), "workload"), _table("usage-workloads", *workloads))
    return section("usage", "What is used", _table("usage-rings", *rings) + by_workload, used.NOTE)


def _table(identity: str, columns: tuple[str, ...], rows: used.Rows) -> str:
    return table(identity, heads(*columns), [("", tuple(map(Cell, row))) for row in rows[:MOST_ROWS]])
