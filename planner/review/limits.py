"""What the review does not say: what rings share all the same, who could still break them, and what is not planned."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from models.answer.plan import IsolationPlan
from models.answer.review import Limit
from models.kubernetes.cluster import Statement
from planner.review.usage.known import Known
from planner.view.format import count, listed

SHARED = "API server, DNS, network"
NAMED = 5


def limits(plan: IsolationPlan, known: Known | None) -> Iterator[Limit]:
    """Yield them, what is shared first."""
    yield Limit(SHARED, "rings share them: isolation is of nodes, and no more")
    for share in sorted(plan.shared, key=lambda resident: str(resident.workload)):
        yield Limit(
            str(share.workload), f"runs on nodes of {count(len(share.rings), 'ring')}: who takes it over reaches them all"
        )
    for message, subjects in _by_message(plan.unenforced):
        yield Limit(f"not enforced: {subjects}", message)
    for message, subjects in _by_message(plan.not_modelled):
        yield Limit(f"not planned: {subjects}", message)
    yield from _of_usage(known)
    if any(node.shape for node in plan.cluster.nodes):
        yield Limit(
            "nodes to buy", "which nodes could go is asked of the nodes of the plan, whether they run or are still to be bought"
        )


def _of_usage(known: Known | None) -> Iterator[Limit]:
    if known is None:
        yield Limit("requests", "all figures are of requests, not of what pods use: usage is not read")
        return
    yield Limit("requests", "rings are judged by what is requested; what is used is what the files say, be it of a quiet hour")
    if known.strangers:
        message = f"{stray(known.strangers)}: {listed(known.strangers, NAMED)}"
        yield Limit("usage", message)


def stray(strangers: Sequence[str]) -> str:
    """Say how much was measured that is of nothing in the plan, so that it is not counted."""
    return f"{count(len(strangers), 'name')} in the files fit no workload, container or node of the plan, or several"


def _by_message(statements: Iterable[Statement]) -> Iterator[tuple[str, str]]:
    """Put statements that say the same of several subjects together, in the order in which they stand."""
    subjects: dict[str, Counter[str]] = {}
    for statement in statements:
        subjects.setdefault(statement.message, Counter())[statement.subject] += 1
    for message, named in subjects.items():
        yield message, listed(sorted(named), NAMED)
