"""Sections of sentences and grids, and those of a review that tell all; terminal and Markdown write the same ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from models.answer.plan import IsolationPlan
from models.answer.usage import Usage
from models.disclosure import DisclosureCode
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Statement
from planner.view.format import amount, clean, count, listed, percent
from planner.view.summary import arrival_orders, failures, moved_pods, phrases
from planner.view.usage import Exposure, Load, RingLoad, rank, scarcest

MANY_RINGS = 12
MOST_ROWS = 25
MOST_NAMED = 10
_OF_EVERY_PLAN = {
    DisclosureCode.SCHEDULER_TRIED,
    DisclosureCode.SCHEDULER_UNTRIED,
    DisclosureCode.ROLLOUTS_COUNTED,
    DisclosureCode.ROLLOUTS_LEFT_OUT,
    DisclosureCode.VOLUMES_COUNTED,
    DisclosureCode.VOLUMES_UNCOUNTED,
    DisclosureCode.DEVICES_BY_CLASS,
    DisclosureCode.REQUESTS_MISSING,
    DisclosureCode.DAEMONSETS_FIRST,
    DisclosureCode.DAEMONSETS_KEPT_OFF,
}
"""Kinds of statements that hang little on what is planned."""
_EVERY = "every ring"
_IDLE = {DisclosureCode.LEVEL_UNUSED, DisclosureCode.RULE_UNMATCHED}
"""Kinds of statements about parts of the policy that nothing comes under: they change no plan."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows under headings; `right` are the columns of numbers, `bold` the rows that matter most."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int] = frozenset()
    bold: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, then sentences, then a grid, each where there is one; `alarm` says that it is why the answer is no."""

    heading: str
    lines: tuple[str, ...] = ()
    grid: Grid | None = None
    alarm: bool = False


def details(plan: IsolationPlan, numbers: Load) -> list[Section]:
    """Return all that the short review leaves out, for those who ask for more."""
    parts = [_rings(numbers), _arrival(plan), _losses(plan), _goals(plan), _moving(plan), _exposure(numbers), _counted(plan)]
    parts.append(_statements("Not guaranteed by this plan", plan.not_modelled))
    parts.append(_statements("Who could still break it", plan.unenforced))
    return [section for section in parts if section is not None]


def _rings(numbers: Load) -> Section | None:
    if not numbers.rings:
        return None
    brief = len(numbers.rings) > MANY_RINGS
    rows: list[tuple[str, ...]] = []
    bold: set[int] = set()
    for ring in numbers.rings:
        cells = (ring.name, f"{len(ring.nodes):,}", f"{ring.pods:,}")
        usage = _shown(ring.usage, brief)
        bold |= {len(rows) + index for index, (name, _) in enumerate(usage) if name == ring.scarcest and not brief}
        rows += _ring_rows(cells, [_usage_cells(name, use, name == ring.scarcest and not brief) for name, use in usage])
    if len(numbers.rings) > 1:
        rows += _ring_rows(_total(numbers), [_usage_cells(name, use, False) for name, use in _shown(numbers.usage, False)])
    heads = ("Ring", "Nodes", "Pods", "Scarcest" if brief else "Resource", "Requested", "Allocatable", "Free", "Taken")
    lines = [phrases.together(ring) for ring in numbers.rings]
    if brief:
        lines.append("Of each ring its scarcest resource; the summary as JSON has them all.")
    grid = Grid(heads, tuple(rows), frozenset({1, 2, 4, 5, 6, 7}), frozenset(bold))
    return Section("Rings", tuple(line for line in lines if line), grid)


def _ring_rows(cells: tuple[str, ...], usage: list[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Write a row per resource; only the first names the ring."""
    for index, use in enumerate(usage or [("none", "", "", "", "")]):
        yield (*(cells if index == 0 else ("", "", "")), *use)


def _shown(usage: FrozenMap[Usage], brief: bool) -> list[tuple[str, Usage]]:
    names = [scarcest(usage)] if brief and usage else sorted(usage, key=rank)
    return [(name, usage[name]) for name in names]


def _usage_cells(name: str, use: Usage, scarce: bool) -> tuple[str, ...]:
    label = f"{name}, scarcest" if scarce else name
    return (label, *(amount(name, value) for value in (use.requested, use.allocatable, use.free)), percent(use.share))


def _total(numbers: Load) -> tuple[str, ...]:
    return "all rings", f"{len(numbers.nodes):,}", f"{sum(ring.pods for ring in numbers.rings):,}"


def _counted(plan: IsolationPlan) -> Section | None:
    """Say where a number of pods is not simply the replicas of the manifest."""
    workloads = [workload for workload in plan.cluster.workloads if workload.counted]
    lines = [phrases.surge(plan)] if any(workload.surge for workload in workloads) else []
    lines += [f"- {workload.id}: {count(workload.pods, 'pod')} ({clean(workload.counted)})" for workload in workloads[:MOST_ROWS]]
    if len(workloads) > MOST_ROWS:
        lines.append(more(len(workloads) - MOST_ROWS, "workload"))
    return Section("Pods counted otherwise than by replicas", tuple(lines)) if lines else None


def unplaced(plan: IsolationPlan) -> Section | None:
    """List the workloads whose pods have no place, and what kube-scheduler would say of them."""
    if not plan.unplaced:
        return None
    left_out = sorted(plan.unplaced, key=lambda u: (-u.pods, str(u.workload), u.message))
    rows = tuple((str(left.workload), f"{left.pods:,}", phrases.refusal(plan, left)) for left in left_out[:MOST_NAMED])
    lines = (more(len(left_out) - MOST_NAMED, "workload"),) if len(left_out) > MOST_NAMED else ()
    grid = Grid(("Workload", "Pods", "kube-scheduler would say"), rows, frozenset({1}))
    return Section(f"No place for {count(sum(left.pods for left in left_out), 'pod')}", lines, grid, alarm=True)


def shortages(plan: IsolationPlan) -> Section | None:
    """Say what each ring lacks."""
    lines = tuple(phrases.shortage(short) for short in plan.shortages)
    return Section("What is short", lines, alarm=True) if lines else None


def conflict(plan: IsolationPlan) -> Section | None:
    """List the workloads that contradict each other."""
    if not plan.conflict:
        return None
    names = phrases.alone(plan) or plan.conflict
    who = tuple(f"- {name}" for name in names[:MOST_NAMED])
    rest = (more(len(names) - MOST_NAMED, "workload"),) if len(names) > MOST_NAMED else ()
    return Section(phrases.conflict(plan), (*who, *rest), alarm=True)


def _goals(plan: IsolationPlan) -> Section | None:
    if not plan.goals:
        return None
    rows = tuple(phrases.goal(value) for value in plan.goals)
    return Section("Goals, in their order", (), Grid(("Goal", "Value", "Bound", "Proof"), rows, frozenset({1, 2})))


def _moving(plan: IsolationPlan) -> Section | None:
    """List the workloads of which running pods move, those of which most do first."""
    movers = sorted(moved_pods.moving(plan), key=lambda mover: (-mover.pods, str(mover.workload)))
    if not movers:
        return None
    rows = tuple(
        (str(mover.workload), mover.ring or _EVERY, f"{mover.pods:,}", moved_pods.places(plan, mover))
        for mover in movers[:MOST_ROWS]
    )
    lines = ["kube-scheduler decides to which nodes of their ring."]
    rest = moved_pods.total(plan) - sum(mover.pods for mover in movers)
    lines += [f"{count(rest, 'more pod')} of StatefulSets, whose volumes are on other nodes."] if rest > 0 else []
    lines += [more(len(movers) - MOST_ROWS, "workload")] if len(movers) > MOST_ROWS else []
    losers = [mover for mover in movers if mover.loses]
    lines += [f"- {loser.workload}: {moved_pods.losing(loser)}" for loser in losers[:MOST_ROWS]]
    lines += [f"- {more(len(losers) - MOST_ROWS, 'workload')}"] if len(losers) > MOST_ROWS else []
    grid = Grid(("Workload", "Ring", "Pods", "Which"), rows, frozenset({2}))
    return Section(f"Running pods that move: {moved_pods.total(plan):,}", tuple(lines), grid)


def _arrival(plan: IsolationPlan) -> Section | None:
    rows = tuple(arrival_orders.rows(plan))
    if not rows:
        return None
    grid = Grid(("Ring", "How sure it is", "Any order of arrival", "What the plan does for it"), rows[:MOST_ROWS])
    lines = [arrival_orders.price(plan)] if arrival_orders.price(plan) else []
    lines += [more(len(rows) - MOST_ROWS, "ring")] if len(rows) > MOST_ROWS else []
    return Section("What kube-scheduler makes of it", tuple(lines), grid, alarm=bool(arrival_orders.stuck(plan)))


def _losses(plan: IsolationPlan) -> Section | None:
    rows = tuple(failures.rows(plan))
    if not rows:
        return None
    grid = Grid(("Ring", "Loses", "Hurts", "Worst case"), rows[:MOST_ROWS])
    lines = (*failures.exempt(plan), *([more(len(rows) - MOST_ROWS, "row")] if len(rows) > MOST_ROWS else ()))
    return Section("What each ring can lose", lines, grid, alarm=bool(failures.unmet(plan) or failures.missed(plan)))


def _exposure(numbers: Load) -> Section | None:
    if not numbers.exposure:
        return None
    rows = tuple(_exposed(resident, numbers.rings) for resident in numbers.exposure[:MOST_ROWS])
    lines = ["Whoever takes one over reaches every ring that it runs in."]
    if len(numbers.exposure) > MOST_ROWS:
        lines.append(more(len(numbers.exposure) - MOST_ROWS, "shared resident"))
    heads = ("Workload", "Nodes", "Rings", "Each takes")
    return Section("Shared residents", tuple(lines), Grid(heads, rows, frozenset({1})))


def _exposed(resident: Exposure, rings: Sequence[RingLoad]) -> tuple[str, ...]:
    takes = ", ".join(
        amount(name, resident.each[name]) for name in sorted(resident.each, key=rank) if name != "pods" and resident.each[name]
    )
    where = "all" if len(resident.rings) == len(rings) else listed(resident.rings, 3)
    return resident.name, f"{len(resident.nodes):,}", where, takes + (", host network" if resident.host_network else "")


def _statements(heading: str, statements: Sequence[Statement]) -> Section | None:
    """List statements; of more than are shown, what hides pods comes first, and what is true of every plan last."""
    if not statements:
        return None
    if len(statements) > MOST_ROWS:
        statements = sorted(statements, key=_urgency)
    lines = [
        f"- {statement.subject}: {statement.message}" + (f" ({statement.where})" if str(statement.where) else "")
        for statement in statements
    ]
    rest = [more(len(lines) - MOST_ROWS, "")] if len(lines) > MOST_ROWS else []
    return Section(f"{heading}: {len(lines):,}", (*lines[:MOST_ROWS], *rest))


def _urgency(statement: Statement) -> tuple[bool, bool, bool]:
    """Sort what hides pods first, and what is true of every plan, or changes none, last."""
    code = statement.code
    return code is not DisclosureCode.HIDES_PODS, code in _OF_EVERY_PLAN, code in _IDLE


def by_hand(plan: IsolationPlan) -> Section | None:
    """List what only the running cluster has, and what somebody has to do about it; an alarm where levels mix until then."""
    if not plan.by_hand:
        return None
    workloads = [workload for workload in plan.cluster.workloads if workload.by_hand]
    are, where = ("runs in the cluster and is", "it runs") if len(workloads) == 1 else ("run in the cluster and are", "they run")
    lines = [f"{count(len(workloads), 'workload')} {are} in no manifest: counted where {where}, patched by nobody."]
    lines += [f"- {statement.subject}: {statement.message}" for statement in plan.by_hand[:MOST_NAMED]]
    lines += [more(len(plan.by_hand) - MOST_NAMED, "")] if len(plan.by_hand) > MOST_NAMED else []
    return Section(f"To be done by hand: {len(plan.by_hand):,}", tuple(map(clean, lines)), alarm=mixing(plan))


def mixing(plan: IsolationPlan) -> bool:
    """Say whether pods that nothing moves run on nodes of another ring than theirs."""
    ring_of = {name: ring.name for ring in plan.rings for name in ring.nodes}
    homes = ((workload, plan.trust.members[str(workload.id)].ring) for workload in plan.cluster.workloads if workload.by_hand)
    return any(home and ring_of.get(node, home) != home for workload, home in homes for node in workload.running)


def more(number: int, noun: str) -> str:
    """Say how many are left out, and where they are."""
    return f"{count(number, noun)} more in the plan." if noun else f"{number:,} more in the plan."
