"""What the plan foretells of losses is what the rules say, and a ring that must survive them does.

The search is the rules' own (planner/rules/placement/failure_repacking.py): it never asks the solver, and what it does not
find may exist all the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from models.answer.finding import WARNING, Finding, FindingCode
from models.answer.plan import IsolationPlan, Lost, Outlook
from models.frozen_map import FrozenMap
from models.solver.outcome import FEASIBLE, UNDECIDED
from planner.rules.placement.failure_report import NODE, ZONE, Prospect
from planner.verify.finding import error
from planner.verify.state import Scene, variants

WHY_SURVIVE = "The policy asks that every ring goes on without any one of these."
WHY_FORETOLD = "Who loses a node acts on what the plan foretold of it."


def outlooks(made: Scene) -> tuple[Outlook, ...]:
    """Count again what every ring can lose."""
    rings: dict[str, list[str]] = {ring.name: [] for ring in made.plan.rings}
    for node, name in made.ring_of.items():
        if node in made.world.sites:
            rings[name].append(node)
    return Prospect(made.world, made.plan.cluster, made.plan.policy.nodes, rings, made.guests).outlooks()


def unmet(plan: IsolationPlan, found: Sequence[Outlook]) -> list[Outlook]:
    """Return the losses that the policy wants survived and that are not."""
    return [one for one in found if one.failing and _wanted(plan, one)]


def _wanted(plan: IsolationPlan, one: Outlook) -> bool:
    return bool({NODE: plan.policy.survive.nodes, ZONE: plan.policy.survive.zones}[one.of])


def check(made: Scene, found: Sequence[Outlook]) -> Iterator[Finding]:
    """Yield what is untrue about losses; `found` is what counting gives."""
    if made.plan.verdict == FEASIBLE:
        for one in unmet(made.plan, found):
            worst = one.worst[0]
            message = f"no way was found to place {_pods(worst)} elsewhere in the ring once {one.of} {worst.name} is lost"
            yield _hedged(made, one, error(FindingCode.DOES_NOT_SURVIVE, one.ring, message, WHY_SURVIVE))
    yield from _untrue(made, found)


def _untrue(made: Scene, found: Sequence[Outlook]) -> Iterator[Finding]:
    said = {(loss.ring, loss.of): loss for loss in made.plan.losses}
    if len(said) < len(made.plan.losses):
        yield error(FindingCode.LOSSES_UNTRUE, made.plan.name, "foretells the losses of a ring twice", WHY_FORETOLD)
    for one in found:
        claim = said.pop((one.ring, one.of), None)
        claim = _packed(claim) if claim else None
        if claim != one and (claim is not None or (_wanted(made.plan, one) and made.plan.verdict != UNDECIDED)):
            counted = f"counting gives {one.failing} of {one.tried}"
            if claim is None:
                message = f"does not say how many losses of a {one.of} leave pods pending: {counted}"
            elif claim.failing == one.failing:
                message = f"foretells other pods pending after the loss of a {one.of} than counting gives"
            else:
                message = f"foretells pending pods after {claim.failing} of {claim.tried} losses of a {one.of}: {counted}"
            yield _hedged(made, one, error(FindingCode.LOSSES_UNTRUE, one.ring, message, WHY_FORETOLD))
    for ring, of in sorted(said):
        yield error(
            FindingCode.LOSSES_UNTRUE, ring, f"foretells losses of a {of}, but the ring has no pods to lose", WHY_FORETOLD
        )


def _packed(one: Outlook) -> Outlook:
    """Leave out what only kube-scheduler is foretold to leave pending, which is played through elsewhere."""
    worst = tuple(replace(lost, left=FrozenMap(), order="") for lost in one.worst if lost.pending or lost.tied)
    return replace(one, worst=worst, proven=0, simulated=0, stuck=0)


def _pods(lost: Lost) -> str:
    return ", ".join(f"{count} of {name}" for name, count in lost.pending.items())


def _hedged(made: Scene, one: Outlook, finding: Finding) -> Finding:
    """Only warn where a StatefulSet's pods differ in their volumes: the plan does not say which of them are where."""
    differ = (w for w in made.plan.cluster.workloads if w.claim_templates and len(variants(w, "", made.plan)) > 1)
    ring_of = {placement.workload: placement.ring for placement in made.plan.placements}
    return replace(finding, severity=WARNING) if any(ring_of.get(w.id) == one.ring for w in differ) else finding
