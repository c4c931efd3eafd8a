"""What a plan must say that it does not promise, and no more, is made anew."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from models.answer.finding import ERROR, Finding, FindingCode
from models.answer.order_result import OrderKind
from models.answer.plan import IsolationPlan
from models.disclosure import DisclosureCode
from models.frozen_map import FrozenMap
from models.solver.outcome import FEASIBLE
from models.source import NOWHERE
from planner.audit import order_reports
from planner.refine.oracle import failures as survival
from planner.refine.tuning import TUNING, Tuning
from planner.rules import ring_membership
from planner.rules.placement import failure_repacking
from planner.rules.placement.failure_report import NODE, ZONE
from planner.wording.order_reports import SCHEDULER

if TYPE_CHECKING:
    from models.kubernetes.cluster import Statement
    from models.trust import Trust

Codes = tuple[FindingCode, FindingCode]
"""That a statement is missing, and that one is not true."""
_NOT_MODELLED = FindingCode.NOT_MODELLED_MISSING, FindingCode.NOT_MODELLED_UNTRUE
_BY_HAND = FindingCode.BY_HAND_MISSING, FindingCode.BY_HAND_UNTRUE
_UNENFORCED = FindingCode.UNENFORCED_MISSING, FindingCode.UNENFORCED_UNTRUE


def disclosure_findings(plan: IsolationPlan, tuning: Tuning = TUNING) -> Iterator[Finding]:
    """Yield an error for each statement that is due of this plan and that it does not say, and for each that is not due."""
    from planner.settle.disclosures import by_hand
    from planner.settle.disclosures.general import unenforced

    trusted = _rebuild_trust(plan)
    due = unenforced(plan.cluster, plan.policy, trusted, plan.rings, _idle(plan))
    yield from _differences(
        _NOT_MODELLED, plan.not_modelled, tuple(_not_modelled(plan, trusted)), partial(_may_be_said, plan, tuning)
    )
    hands = tuple(by_hand.statements(plan.cluster, plan.policy, trusted, plan.rings))
    yield from _differences(_BY_HAND, plan.by_hand, hands, lambda _: False)
    yield from _differences(_UNENFORCED, plan.unenforced, due, lambda _: False)
    yield from _of_orders(plan, tuning)
    losing = set() if _is_late(plan) else _losing(plan)
    for name, of in sorted(losing - {(loss.ring, loss.of) for loss in plan.losses}):
        yield Finding.of(FindingCode.LOSSES_MISSING, ERROR, name, of=of)


def _differences(
    codes: Codes, said: "Sequence[Statement]", due: "Sequence[Statement]", may_be: "Callable[[Statement], bool]"
) -> Iterator[Finding]:
    missing, untrue = codes
    known, wanted = Counter(said), Counter(due)
    for statement in wanted:
        if not known[statement]:
            yield Finding.of(missing, ERROR, statement.subject, case="due", statement=statement)
    for statement, times in known.items():
        where = statement.subject, statement.where
        if not wanted[statement] and not may_be(statement):
            yield Finding.of(untrue, ERROR, *where, case="not due", statement=statement)
        elif times > max(1, wanted[statement]):
            yield Finding.of(untrue, ERROR, *where, case="too often", statement=statement, times=times)


def _may_be_said(plan: IsolationPlan, tuning: Tuning, statement: "Statement") -> bool:
    """Say whether a statement can be true that nobody can make anew: what was tried, and what was tied before pods were led."""
    if _is_late(plan) and statement in _late():
        return True  # how much time there was nobody knows, and such a plan promises less
    if statement == survival.unsimulated() and _is_tried(plan) and survival.may_be_unsimulated(plan):
        return True
    if statement in _too_small(plan):
        return True  # a plan that buys nothing may have been made as if there were no shapes, or not
    if statement.where != NOWHERE or not _is_tried(plan):
        return False
    narrowed, rings = any(guide.required for guide in plan.guides), {f"ring {ring.name}" for ring in plan.rings}
    return (
        order_reports.orders_said(plan, statement, tuning) is not None
        or order_reports.are_rollouts(plan, statement, tuning)
        or (narrowed and _is_tied(statement, rings))
    )


def _is_tied(statement: "Statement", rings: set[str]) -> bool:
    from planner.wording.disclosures import parameters_of

    if statement.code is not DisclosureCode.PODS_TIED or statement.subject not in rings:
        return False
    named = parameters_of(statement)
    return named is not None and named["domain"] in (NODE, ZONE)


def _late() -> "tuple[Statement, ...]":
    from planner.settle.disclosures.general import late

    return (*late(False), *late(True))


def _is_late(plan: IsolationPlan) -> bool:
    """Say whether there was no time to look at losses, and the plan tells of none."""
    return not plan.losses and any(statement in plan.not_modelled for statement in _late())


def _of_orders(plan: IsolationPlan, tuning: Tuning) -> Iterator[Finding]:
    """Yield that the plan does not say which orders were tried, or that a ring counts others."""
    if not _is_tried(plan):
        return
    reports = [report for statement in plan.not_modelled if (report := order_reports.orders_said(plan, statement, tuning))]
    if not reports:
        yield Finding.of(FindingCode.NOT_MODELLED_MISSING, ERROR, SCHEDULER, case="orders")
        return
    counts = {report.orders for report in reports}
    for ring in plan.rings if plan.verdict == FEASIBLE else ():
        result = ring.any_order
        if result and result.kind is OrderKind.TRIED and result.orders not in counts:
            yield Finding.of(FindingCode.PROMISE, ERROR, ring.name, case="other orders", said=result)


def _rebuild_trust(plan: IsolationPlan) -> "Trust":
    """Return who trusts whom with the reasons made anew, which `verify` does not look at."""
    from planner.trust import trust

    anew = trust(plan.policy, plan.cluster).members
    members = {name: replace(member, ring=plan.trust.members[name].ring) for name, member in anew.items()}
    return replace(plan.trust, members=FrozenMap(members))


def _not_modelled(plan: IsolationPlan, trusted: "Trust") -> "Iterator[Statement]":
    """Yield what is due; losses are packed again where guides are required, so that what ties pods may be another matter then."""
    from planner.settle.disclosures import failures
    from planner.settle.disclosures.general import not_modelled
    from planner.wording.disclosures import all_said

    for statement in not_modelled(plan.cluster, plan.policy, trusted, plan.rings):
        if statement.code is not DisclosureCode.SCHEDULER_UNTRIED or (plan.rings and not _is_tried(plan)):
            yield statement
    narrowed = any(guide.required for guide in plan.guides)
    for statement in all_said(failures.statements(plan.cluster, plan.policy, plan.losses)):
        if not (narrowed and statement.code is DisclosureCode.PODS_TIED):
            yield statement
    if _is_tried(plan):
        yield from survival.statement(plan)
    if any(ring.buy for ring in plan.rings):
        yield from _too_small(plan)


def _too_small(plan: IsolationPlan) -> "Iterator[Statement]":
    """Yield which shapes nobody buys."""
    from planner.formulate import formulate
    from planner.settle import too_small

    if plan.cluster.shapes:
        yield from too_small(formulate(plan.cluster, plan.policy, plan.trust))


def _idle(plan: IsolationPlan) -> tuple[str, ...]:
    inside = {name for ring in plan.rings for name in ring.nodes}
    planned = (node.name for node in plan.cluster.nodes if not ring_membership.is_excluded(node, plan.policy.nodes))
    return tuple(name for name in planned if name not in inside)


def _losing(plan: IsolationPlan) -> set[tuple[str, str]]:
    """Return the rings that hold pods of their own, and whether these may lose a node or also a zone: of all this is told."""
    daemons = {workload.id for workload in plan.cluster.workloads if workload.is_daemon}
    peopled = {placement.ring for placement in plan.placements if placement.on and placement.workload not in daemons}
    zoned = {node.name for node in plan.cluster.nodes if failure_repacking.ZONE in node.labels}
    rings = [ring for ring in plan.rings if ring.name in peopled]
    return {(ring.name, NODE) for ring in rings} | {(ring.name, ZONE) for ring in rings if zoned.intersection(ring.nodes)}


def _is_tried(plan: IsolationPlan) -> bool:
    return any(ring.any_order for ring in plan.rings)
