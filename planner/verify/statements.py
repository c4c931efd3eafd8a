"""What a plan does not promise must stand in it: a statement that was struck out would make it promise more."""

from collections.abc import Iterator

from models.answer.finding import Finding, FindingCode
from models.answer.plan import IsolationPlan
from models.disclosure import DisclosureCode
from planner.admission import strangers
from planner.admission.policies import are_in_force
from planner.verify.finding import error


def check(plan: IsolationPlan) -> Iterator[Finding]:
    """Yield what is missing: what was not read, what may refuse or change pods, that no policy is seen to enforce the rings."""
    said = set(plan.not_modelled)
    for statement in (*plan.cluster.unread, *strangers.statements(plan.cluster, plan.policy, plan.trust, plan.rings)):
        if statement not in said:
            yield error(FindingCode.NOT_MODELLED_MISSING, statement.subject, case="unread", statement=statement)
    codes = {statement.code for statement in (*said, *plan.unenforced)}
    if not codes & {DisclosureCode.SCHEDULER_UNTRIED, DisclosureCode.SCHEDULER_TRIED}:
        yield error(FindingCode.NOT_MODELLED_MISSING, "kube-scheduler", case="binding")
    if DisclosureCode.NO_ADMISSION not in codes and not are_in_force(plan.policy, plan.trust, plan.cluster, plan.rings):
        yield error(FindingCode.UNENFORCED_MISSING, "every ring", case="open")
