"""What sharing saves, in words: of each way to have so many rings who shares, what it comes to, and whether it is permitted."""

from models.answer.review import GroupReview, Review
from models.answer.tax import Sharing, SharingPoint
from planner.review.money.tax import NODES
from planner.view.format import count, listed
from planner.view.summary.cost import money
from planner.view.summary.sections import Grid, Section

NOBODY, NOT_FOUND = "nobody", "no room was found"
PERMITS, FORBIDS = "permits it", "forbids it"
NOTE = (
    "Of each number of rings the cheapest way that was found, counted as above; it comes to no less than its proven bound. "
    "What the policy forbids is there to show what more trust would save."
)


def note(review: Review) -> str:
    """Say what is counted."""
    divided = " The bounds hold even for ways that divide node groups." if review.tax and review.tax.whole else ""
    return f"{NOTE}{divided}"


def heads(known: Sharing) -> tuple[str, ...]:
    """Return the headings of the table of points."""
    what = "Nodes" if known.unit == NODES else "Per hour"
    return ("Rings", what, "At least", "Pairs that share", "Who shares", "The policy")


def row(known: Sharing, point: SharingPoint) -> tuple[str, ...]:
    """Write a point of the curve."""
    comes_to = point.comes_to
    numbers = (written(known, comes_to.value), written(known, comes_to.bound)) if comes_to else (NOT_FOUND, "")
    permits = PERMITS if point.permitted else FORBIDS
    return (f"{point.rings}", *numbers, f"{point.pairs:,}", "; ".join(point.shared) or NOBODY, permits)


def written(known: Sharing, value: int) -> str:
    """Write a value of the curve."""
    return f"{value:,}" if known.unit == NODES else money(value)


def sentence(known: Sharing, point: SharingPoint) -> str:
    """Say a point in one sentence."""
    _, value, bound, _, who, permits = row(known, point)
    unit = f" {known.unit}" if point.comes_to else ""
    proof = f", at least {bound}" if bound not in ("", value) else ""
    return f"{count(point.rings, 'ring')}: {value}{unit}{proof}; {who} shares; the policy {permits}"


def section(review: Review) -> Section | None:
    """Return the points as rows."""
    known = review.sharing
    if known is None or len(known.points) < 2:
        return None
    rows = tuple(row(known, point) for point in known.points)
    return Section("Cost against sharing", (note(review),), Grid(heads(known), rows, frozenset({0, 1, 2, 3})))


TRUST_HEADS = ("Trust group", "Level", "Tenant", "Ring", "May share with", "Workloads", "Pods")


def trust_row(group: GroupReview, most: int = 0) -> tuple[str, ...]:
    """Write who a group is, and with whom it may share nodes."""
    friends = listed(group.may_share, most) or NOBODY
    return (group.name, group.level, group.tenant, group.ring, friends, f"{len(group.workloads):,}", f"{group.pods:,}")
