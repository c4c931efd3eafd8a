"""What a plan does not promise must stand in it: a statement that was struck out would make it promise more."""

from collections.abc import Iterator

from models.answer.finding import Finding
from models.answer.plan import IsolationPlan
from planner.verify.finding import error

WHY = "Who reads the plan relies on its saying what it does not guarantee and who could break it."


def check(plan: IsolationPlan) -> Iterator[Finding]:
    """Yield what is missing: what could not be read, and that no admission policy enforces the rings."""
    said = set(plan.not_modelled)
    for statement in plan.cluster.unread:
        if statement not in said:
            yield error("not-modelled-missing", statement.subject, f"is not said: {statement.message}", WHY)
    if not any(statement.subject == "kube-scheduler" for statement in said):
        yield error("not-modelled-missing", "kube-scheduler", "is not said: it binds in its own order", WHY)
    if not any(statement.subject == "every ring" for statement in plan.unenforced):
        yield error("unenforced-missing", "every ring", "is not said: no admission policy keeps others out", WHY)
