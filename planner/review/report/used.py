"""What is used, and recommended, beside what is requested, in words: by ring and by workload."""

from collections.abc import Iterable, Mapping

from models.answer.review_usage import Beside, RingUse, UsageReview, WorkloadUse
from models.kubernetes.resources import CPU, MEMORY
from planner.view.format import amount, count, figure, percent, unit

NOTE = "Of what is requested by workloads whose use is known; what one pod used on average, times the pods of the plan."
Rows = tuple[tuple[str, ...], ...]
_USED, _ADVISED = ("cpu used", "Memory used"), ("cpu recommended", "Memory recommended")
_RINGS = ("Ring", *_USED, "Known of", *_ADVISED, "Recommended for", "Its nodes use")
_WORKLOADS = ("Ring", "Workload", "Pods", *_USED, *_ADVISED)


def rings(usage: UsageReview) -> tuple[tuple[str, ...], Rows]:
    """Return the heads and the rows of the table of rings."""
    return _known_columns(_RINGS, map(_ring, usage.rings))


def workloads(usage: UsageReview) -> tuple[tuple[str, ...], Rows]:
    """Return the heads and the rows of the table of workloads."""
    return _known_columns(_WORKLOADS, map(_workload, usage.workloads))


def _known_columns(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> tuple[tuple[str, ...], Rows]:
    """Leave out the columns of which nothing is known in any row."""
    every = tuple(rows)
    kept = [place for place in range(len(heads)) if any(row[place] for row in every)]
    return tuple(heads[place] for place in kept), tuple(tuple(row[place] or "not known" for place in kept) for row in every)


def _ring(ring: RingUse) -> tuple[str, ...]:
    measured = ", ".join(amount(name, value) for name, value in ring.on_nodes.items())
    return (
        ring.ring,
        *_both(ring.used),
        f"{ring.with_use:,} of {ring.workloads:,}" if ring.with_use else "",
        *_both(ring.advised),
        f"{ring.with_advice:,} of {ring.workloads:,}" if ring.with_advice else "",
        f"{measured} on {count(ring.measured, 'node')}" if measured else "",
    )


def _workload(row: WorkloadUse) -> tuple[str, ...]:
    return (row.ring, row.workload, f"{row.pods:,}", *_both(row.used), *_both(row.advised))


def _both(known: Mapping[str, Beside]) -> tuple[str, str]:
    cpu, memory = (_beside(name, known.get(name)) for name in (CPU, MEMORY))
    return cpu, memory


def _beside(name: str, known: Beside | None) -> str:
    if known is None:
        return ""
    if not known.requested:
        return f"{amount(name, known.value)}, none requested"
    return f"{percent(known.share)}: {figure(name, known.value)} of {figure(name, known.requested)} {unit(name)}"
