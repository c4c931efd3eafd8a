"""What `verify` finds: the rules alone first; where a plan holds, what it says is made anew, and kube-scheduler is simulated."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from models.answer.finding import ERROR, WARNING, Finding, FindingCode
from models.solver.outcome import FEASIBLE
from planner.audit.tuning import AUDITING, AuditTuning
from planner.errors import BadInput
from planner.refine.tuning import TUNING, Tuning

if TYPE_CHECKING:
    from models.answer.plan import IsolationPlan

Progress = Callable[[str], None]


def findings(
    plan: "IsolationPlan", progress: Progress = lambda _: None, tuning: Tuning = TUNING, auditing: AuditTuning = AUDITING
) -> "Iterator[Finding]":
    """Yield what `verify` returns, what is found at once before what takes a while."""
    from planner.audit.disclosures import disclosure_findings
    from planner.audit.patch_inputs import patch_input_findings
    from planner.verify import verify as check

    wrong = (*check(plan), *patch_input_findings(plan))
    yield from wrong
    # All that follows takes for granted what the rules say: with a wrong plan it would fail, or say the same again.
    if not any(finding.severity == ERROR for finding in wrong):
        yield from disclosure_findings(plan, tuning)
        yield from _compare_rebuilt(plan, auditing)
        too_many = _too_many(plan, auditing.simulated)
        yield from too_many or _simulate(plan, progress, tuning)


def _too_many(plan: "IsolationPlan", most: int) -> "tuple[Finding, ...]":
    """Say that there are more pods than can be played through, which take memory each."""
    pods = sum(workload.pods for workload in plan.cluster.workloads)
    if pods <= most:
        return ()
    return (Finding.of(FindingCode.NOT_SIMULATED, WARNING, plan.name, pods=pods, most=most),)


def is_missed(plan: "IsolationPlan", findings: "Sequence[Finding]") -> bool:
    """Say whether it is a packing of all pods that kube-scheduler does not keep, by what `verify` found."""
    from planner.simulate.findings import is_stuck

    return bool(plan.packing) and plan.verdict == FEASIBLE and any(map(is_stuck, findings))


def _compare_rebuilt(plan: "IsolationPlan", auditing: AuditTuning) -> "Iterator[Finding]":
    """Hold a plan against its own inputs, written down anew; whatever they do not allow is an error."""
    from planner.audit.rebuild import differences, rebuild
    from planner.audit.solve_again import again

    try:
        anew = rebuild(plan)
        yield from differences(anew)
        yield from _check_certificate(plan)
        yield from again(anew, auditing)
    except BadInput as error:
        for fault in error.faults:
            yield Finding.of(FindingCode.INPUTS_REFUSED, ERROR, fault.field, fault.where, reason=fault.reason)


def _check_certificate(plan: "IsolationPlan") -> "tuple[Finding, ...]":
    """Say why the cost's bound is not proven; the problem that its certificate speaks of is written down anew."""
    from planner.formulate import formulate
    from planner.trust import arranged, trust
    from planner.verify.certificate.zone_loss import flaws, lower_bound
    from planner.verify.numbers.buying import unproven

    if plan.certificate is None:
        return ()
    # The certificate was made before anything was bought.
    cluster = replace(plan.cluster, nodes=tuple(node for node in plan.cluster.nodes if not node.shape))
    trusted = arranged(trust(plan.policy, cluster), [ring.groups for ring in plan.rings])
    problem = formulate(cluster, plan.policy, trusted).problem
    wrong = tuple(flaws(problem, plan.certificate))
    return tuple(unproven(plan, wrong, 0 if wrong else lower_bound(problem, plan.certificate)))


def _simulate(plan: "IsolationPlan", progress: Progress, tuning: Tuning) -> "Iterator[Finding]":
    from planner import simulate
    from planner.audit import grade_claims, order_claims, ring_reasons
    from planner.refine.oracle import failures
    from planner.refine.oracle.orders import orders

    forecast = simulate.foresee(plan, orders(plan, tuning), progress=progress)
    yield from order_claims.claims(plan, forecast)
    yield from failures.claims(plan, tuning)
    yield from simulate.findings(plan, forecast)
    replayed = grade_claims.replayed(plan, forecast, progress, tuning)
    yield from ring_reasons.reasons(plan, replayed)
    yield from grade_claims.claims(plan, replayed, progress, tuning)
