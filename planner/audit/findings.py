"""What `verify` finds: the rules alone first; where a plan holds, what it says is made anew, and kube-scheduler is simulated."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from models.answer.finding import ERROR, WARNING, Finding
from models.solver.outcome import FEASIBLE
from planner.errors import BadInput
from planner.refine.tuning import TUNING, Tuning

if TYPE_CHECKING:
    from models.answer.plan import IsolationPlan

Progress = Callable[[str], None]
MOST_SIMULATED = 5_000_000
"""Up to so many pods kube-scheduler is simulated when a plan is verified."""


def findings(made: "IsolationPlan", progress: Progress = lambda _: None, tuning: Tuning = TUNING) -> "Iterator[Finding]":
    """Yield what `verify` returns, what is found at once before what takes a while."""
    from planner.audit.disclosures import unsaid
    from planner.audit.patch_inputs import written
    from planner.verify import verify as check

    found = (*check(made), *written(made))
    yield from found
    if not any(one.severity == ERROR for one in found):
        yield from unsaid(made, tuning)
        yield from _remade(made)
        yield from _foreseen(made, progress, tuning)


def _too_many(made: "IsolationPlan") -> "tuple[Finding, ...]":
    """Say that there are more pods than can be played through, which take memory each."""
    pods = sum(workload.pods for workload in made.cluster.workloads)
    if pods <= MOST_SIMULATED:
        return ()
    message = f"kube-scheduler was not simulated: {pods:,} pods are more than the {MOST_SIMULATED:,} that are played through"
    return (Finding("not-simulated", WARNING, made.name, message, "What the plan says of orders and losses was not checked."),)


def is_missed(made: "IsolationPlan", findings: "Sequence[Finding]") -> bool:
    """Say whether it is a packing of all pods that kube-scheduler does not keep, by what `verify` found."""
    from planner.simulate.findings import is_stuck

    return bool(made.packing) and made.verdict == FEASIBLE and any(map(is_stuck, findings))


def _remade(made: "IsolationPlan") -> "Iterator[Finding]":
    """Hold a plan against its own inputs, written down anew; whatever they do not allow is an error."""
    from planner.audit.rebuild import FIX, WHY, differences, remade
    from planner.audit.solve_again import again

    try:
        anew = remade(made)
        yield from differences(anew)
        yield from _unproven(made)
        yield from again(anew)
    except BadInput as error:
        yield from (Finding("inputs-refused", ERROR, fault.field, fault.reason, WHY, FIX, fault.where) for fault in error.faults)


def _unproven(made: "IsolationPlan") -> "tuple[Finding, ...]":
    """Say why the cost's bound is not proven; the problem that its certificate speaks of is written down anew."""
    from planner.formulate import formulate
    from planner.trust import arranged, trust
    from planner.verify.certificate.zone_loss import flaws, lower_bound
    from planner.verify.numbers.buying import unproven

    if made.certificate is None:
        return ()
    cluster = replace(made.cluster, nodes=tuple(node for node in made.cluster.nodes if not node.shape))
    trusted = arranged(trust(made.policy, cluster), [ring.groups for ring in made.rings])
    problem = formulate(cluster, made.policy, trusted).problem
    wrong = tuple(flaws(problem, made.certificate))
    return tuple(unproven(made, wrong, 0 if wrong else lower_bound(problem, made.certificate)))


def _foreseen(made: "IsolationPlan", progress: Progress, tuning: Tuning) -> "Iterator[Finding]":
    from planner import simulate
    from planner.audit import order_claims, ring_reasons
    from planner.refine.oracle import failures
    from planner.refine.oracle.orders import orders

    if too_many := _too_many(made):
        yield from too_many
        return
    forecast = simulate.foresee(made, orders(made, tuning), progress=progress)
    yield from order_claims.claims(made, forecast)
    yield from ring_reasons.reasons(made, forecast, tuning)
    yield from failures.claims(made, tuning)
    yield from simulate.findings(made, forecast)
