"""What changed since the plan before, in sentences."""

from collections.abc import Iterator

from models.answer.review import Difference, Review
from planner.view.format import count, listed
from planner.view.summary.cost import money

NAMED = 3


def changed(review: Review) -> Iterator[str]:
    """Yield a sentence for each kind of thing that changed."""
    since = review.difference
    if since is None:
        return
    yield from _came_and_went(since)
    yield from (f"{count(nodes, 'node')} moved from ring {rings}." for rings, nodes in since.nodes_moved.items())
    if since.pods_moved:
        yield f"{count(since.pods_moved, 'pod')} on another node than before."
    if since.now_together:
        yield f"Now sharing nodes: {listed(since.now_together, NAMED)}."
    if since.now_apart:
        yield f"No longer sharing nodes: {listed(since.now_apart, NAMED)}."
    if since.cost:
        yield f"It costs {money(abs(since.cost))} per hour {'more' if since.cost > 0 else 'less'} than {since.since}."


def _came_and_went(since: Difference) -> Iterator[str]:
    kinds = (("workload", since.came, since.went), ("node", since.nodes_came, since.nodes_went))
    for noun, came, went in kinds:
        yield from (
            f"{count(len(some), noun)} {what}: {listed(some, NAMED)}." for what, some in (("came", came), ("went", went)) if some
        )
