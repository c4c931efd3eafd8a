"""What may go wrong with a plan, in short: arrival, losses, and what is not guaranteed."""

from collections.abc import Iterator, Sequence

from models.answer.plan import IsolationPlan, Outlook
from planner.view.format import count, listed
from planner.view.summary import arrival_orders
from planner.view.summary.answer import add_ons, disclosed

MOST_RINGS, MOST_LINES = 5, 14


def lines(plan: IsolationPlan) -> list[str]:
    """Say what may go wrong, a line for each kind of it."""
    told = [
        *_of_arrival(plan),
        *_of_losses(plan),
        *_of_add_ons(plan),
        *disclosed.briefly((*plan.not_modelled, *plan.unenforced)),
        *_of_shared(plan),
    ]
    more = [f"{len(told) - MOST_LINES:,} more kinds"] if len(told) > MOST_LINES else []
    return [f"- {line}" for line in (*told[:MOST_LINES], *more)]


def _of_arrival(plan: IsolationPlan) -> Iterator[str]:
    """Say how sure rings are that are not proven."""
    stuck = arrival_orders.stuck(plan)
    tried = [ring.name for ring in plan.rings if ring.any_order and not ring.any_order.is_proven and ring.name not in stuck]
    if plan.grade and plan.grade.failed:
        where = _rings(plan, stuck) if stuck else "no ring"
        pods, many = count(plan.grade.pending, "pod"), f"{plan.grade.failed:,} of {count(plan.grade.scenarios, 'scenario')}"
        yield f"kube-scheduler leaves up to {pods} of {where} pending in {many}."
    if tried:
        many = f"All {count(plan.grade.scenarios, 'scenario')}" if plan.grade else "All orders tried"
        yield f"{many} had room for {_rings(plan, tried)}; others may not."


def _of_losses(plan: IsolationPlan) -> Iterator[str]:
    for of in ("node", "zone"):
        hurt = [loss for loss in plan.losses if loss.of == of and (loss.failing or loss.stuck or loss.tying)]
        if hurt:
            worst, name = max((_most_pending(loss) for loss in hurt), key=lambda pair: pair[0])
            rings = _rings(plan, [loss.ring for loss in hurt])
            yield f"Losing a {of} may leave pods of {rings} pending: at most {worst:,} ({name})."


def _of_add_ons(plan: IsolationPlan) -> Iterator[str]:
    """Say what becomes of add-ons that are not in the input, where that is no decision, and what room daemons take."""
    told = ("" if add_ons.is_open(plan) else add_ons.stranded(plan), add_ons.uncounted(plan))
    yield from filter(None, told)


def _of_shared(plan: IsolationPlan) -> Iterator[str]:
    if plan.shared:
        names = [str(resident.workload) for resident in plan.shared]
        which = f"one of the {len(names)} workloads" if len(names) > 1 else names[0]
        yield f"Whoever takes over {which} of every ring reaches all rings."


def _most_pending(loss: Outlook) -> tuple[int, str]:
    """Return how many pods the worst loss leaves pending, and what is lost then."""
    pending = [
        (max(sum(lost.pending.values()) + sum(lost.tied.values()), sum(lost.left.values())), lost.name) for lost in loss.worst
    ]
    return max(pending, key=lambda pair: pair[0], default=(0, loss.of))


def _rings(plan: IsolationPlan, names: Sequence[str]) -> str:
    if len(names) == len(plan.rings) > 1:
        return "every ring"
    return f"ring{'s' if len(names) > 1 else ''} {listed(names, MOST_RINGS)}"
