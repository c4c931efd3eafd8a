"""How sure a plan says it is: every ring says it, the numbers go together, and no grade is surer than the rest of the plan."""

from collections.abc import Iterator

from models.answer.finding import Finding, FindingCode
from models.answer.grade import Grade, GradeKind
from models.answer.order_result import OrderResult
from models.answer.plan import IsolationPlan
from planner.verify.finding import error


def check(plan: IsolationPlan) -> Iterator[Finding]:
    """Yield grades that are missing or of a plan that promises nothing, and those that do not go with what else it says."""
    told = [ring for ring in plan.rings if ring.any_order]
    graded = [ring for ring in plan.rings if ring.grade]
    is_said = bool(plan.grade) if plan.rings else bool(told)
    if {ring.name for ring in told} != {ring.name for ring in graded} or bool(told) != is_said:
        yield error(FindingCode.GRADE_MISSING, plan.name)
        return
    if plan.grade is None:
        if plan.remedies:
            yield error(FindingCode.REMEDY_UNTRUE, plan.name, case="ungraded")
        return
    grades = [ring.grade for ring in graded if ring.grade]
    for ring in graded:
        if ring.grade:
            yield from _wrong(ring.name, ring.grade, _kind(plan, ring.name, ring.grade, ring.any_order))
        if ring.grade and ring.any_order and ring.any_order.is_stuck != bool(ring.grade.failed):
            facts = {"result": ring.any_order, "failed": ring.grade.failed}
            yield error(FindingCode.GRADE_UNTRUE, ring.name, case="order", **facts)
    yield from _check_plan(plan, plan.grade, grades)


def _check_plan(plan: IsolationPlan, whole: Grade, grades: list[Grade]) -> Iterator[Finding]:
    """Hold the grade of all rings together against that of each."""
    order = list(GradeKind)
    worst = max((grade.kind for grade in grades), key=order.index, default=GradeKind.PROVEN)
    kind = GradeKind.AT_RISK if whole.failed else worst
    yield from _wrong(plan.name, whole, kind)
    if any(grade.scenarios != whole.scenarios for grade in grades):
        yield error(FindingCode.GRADE_UNTRUE, plan.name, case="scenarios")
    if any(grade.failed > whole.failed or grade.pending > whole.pending for grade in grades):
        yield error(FindingCode.GRADE_UNTRUE, plan.name, case="fewer")
    if plan.remedies and not plan.is_at_risk:
        yield error(FindingCode.REMEDY_UNTRUE, plan.name, case="safe")


def _kind(plan: IsolationPlan, ring: str, grade: Grade, result: OrderResult | None) -> GradeKind:
    """Return the kind that follows from the other numbers."""
    if grade.failed or plan.losses_at_risk(ring):
        return GradeKind.AT_RISK
    return GradeKind.PROVEN if result and result.is_proven else GradeKind.SIMULATED


def _wrong(subject: str, grade: Grade, kind: GradeKind) -> Iterator[Finding]:
    """Yield that numbers of a grade do not go together."""
    most, least = sum(grade.workloads.values()), max(grade.workloads.values(), default=0)
    if grade.kind is not kind:
        yield error(FindingCode.GRADE_UNTRUE, subject, case="kind", said=grade.kind, kind=kind)
    elif grade.failed > grade.scenarios or bool(grade.failed) != bool(grade.pending) or not least <= grade.pending <= most:
        yield error(FindingCode.GRADE_UNTRUE, subject, case="numbers", grade=grade, named=most)
