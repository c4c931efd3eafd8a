"""How sure a plan says it is: every ring says it, the numbers go together, and no grade is surer than the rest of the plan."""

from collections.abc import Iterator

from models.answer.finding import Finding, FindingCode
from models.answer.grade import Grade, GradeKind
from models.answer.order_result import OrderResult
from models.answer.plan import IsolationPlan
from planner.verify.finding import error

WHY = "Who patches a plan accepts the risk that its grade names."


def check(plan: IsolationPlan) -> Iterator[Finding]:
    """Yield grades that are missing or of a plan that promises nothing, and those that do not go with what else it says."""
    told = [ring for ring in plan.rings if ring.any_order]
    graded = [ring for ring in plan.rings if ring.grade]
    is_said = bool(plan.grade) if plan.rings else bool(told)
    if {ring.name for ring in told} != {ring.name for ring in graded} or bool(told) != is_said:
        message = "says in which orders pods find room, and not how sure that is, or the other way round"
        yield error(FindingCode.GRADE_MISSING, plan.name, message, WHY)
        return
    if plan.grade is None:
        if plan.remedies:
            yield error(FindingCode.REMEDY_UNTRUE, plan.name, "names what helps against a risk, and no risk", WHY)
        return
    grades = [ring.grade for ring in graded if ring.grade]
    for ring in graded:
        if ring.grade and (wrong := _wrong(ring.grade, _kind(plan, ring.name, ring.grade, ring.any_order))):
            yield error(FindingCode.GRADE_UNTRUE, ring.name, wrong, WHY)
        if ring.grade and ring.any_order and ring.any_order.is_stuck != bool(ring.grade.failed):
            message = f"is {ring.any_order} for its order of arrival, and {ring.grade.failed} scenarios left pods pending"
            yield error(FindingCode.GRADE_UNTRUE, ring.name, message, WHY)
    yield from _check_plan(plan, plan.grade, grades)


def _check_plan(plan: IsolationPlan, whole: Grade, grades: list[Grade]) -> Iterator[Finding]:
    """Hold the grade of all rings together against that of each."""
    order = list(GradeKind)
    worst = max((grade.kind for grade in grades), key=order.index, default=GradeKind.PROVEN)
    kind = GradeKind.AT_RISK if whole.failed else worst
    if wrong := _wrong(whole, kind):
        yield error(FindingCode.GRADE_UNTRUE, plan.name, wrong, WHY)
    if any(grade.scenarios != whole.scenarios for grade in grades):
        yield error(FindingCode.GRADE_UNTRUE, plan.name, "counts other scenarios than its rings do", WHY)
    if any(grade.failed > whole.failed or grade.pending > whole.pending for grade in grades):
        yield error(FindingCode.GRADE_UNTRUE, plan.name, "says that fewer pods stay pending than in one of its rings", WHY)
    if plan.remedies and not plan.is_at_risk:
        yield error(FindingCode.REMEDY_UNTRUE, plan.name, "names what helps against a risk, and is not at risk", WHY)


def _kind(plan: IsolationPlan, ring: str, grade: Grade, result: OrderResult | None) -> GradeKind:
    """Return the kind that follows from the other numbers."""
    if grade.failed or plan.losses_at_risk(ring):
        return GradeKind.AT_RISK
    return GradeKind.PROVEN if result and result.is_proven else GradeKind.SIMULATED


def _wrong(grade: Grade, kind: GradeKind) -> str:
    """Say which numbers of a grade do not go together."""
    most, least = sum(grade.workloads.values()), max(grade.workloads.values(), default=0)
    if grade.kind is not kind:
        return f"is called {grade.kind}, and what else the plan says makes it {kind}"
    if grade.failed > grade.scenarios or bool(grade.failed) != bool(grade.pending) or not least <= grade.pending <= most:
        return f"counts {grade.failed} of {grade.scenarios} scenarios with {grade.pending} pods pending, of {most} that it names"
    return ""
