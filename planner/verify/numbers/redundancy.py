"""What the plan foretells of losses is what the rules say, and a ring that must survive them does.

Where the lost pods go is searched for by the rules' own search, which the maker of the plan uses too
(planner/rules/placement/failure_repacking.py). So what it finds is not believed: each place is judged by the rules of a valid
placement, which neither of them searches with. What it does not find may exist all the same.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from models.answer.finding import WARNING, Finding, FindingCode
from models.answer.plan import IsolationPlan, Outlook
from models.frozen_map import FrozenMap
from models.solver.outcome import FEASIBLE, UNDECIDED
from planner.rules.placement import placement_validity
from planner.rules.placement.cluster_state import World
from planner.rules.placement.failure_repacking import Repacking
from planner.rules.placement.failure_report import NODE, ZONE, Prospect
from planner.verify.finding import error
from planner.verify.state import Scene, variants

MOST_LOOKS = 300_000
"""So many nodes are looked at in all: each loss looks at every node, which is minutes for 5,000 nodes that may each be lost."""


def outlooks(scene: Scene) -> tuple[Outlook, ...]:
    """Count again what every ring can lose."""
    rings: dict[str, list[str]] = {ring.name: [] for ring in scene.plan.rings}
    for node, name in scene.ring_of.items():
        if node in scene.world.sites:
            rings[name].append(node)
    judge = _Judge(scene.world)
    with judge.all_that_stays():
        prospect = Prospect(scene.world, scene.plan.cluster, scene.plan.policy.nodes, rings, scene.guests, judge.holds)
        return prospect.outlooks()


@dataclass(slots=True)
class _Judge:
    """Says whether pods may be where they moved to after a loss, judged by the rules of a valid placement."""

    world: World
    looks: int = MOST_LOOKS

    @contextmanager
    def all_that_stays(self) -> Iterator[None]:
        """Take all pods for residents, which are not judged: kube-scheduler evicts nobody for a rule that holds no longer."""
        before = [(site, site.residents) for site in self.world.sites.values()]
        for site, _ in before:
            site.residents = Counter(site.kinds)
        yield
        for site, residents in before:
            site.residents = residents

    def holds(self, gone: Sequence[str], repacking: Repacking) -> bool:
        """Say whether nothing is broken once the nodes are gone and the pods have moved; the world stays as it was."""
        self.looks -= len(self.world.sites)
        # What is not judged any more is believed: nothing may be called wrong that nobody has looked at.
        if self.looks < 0:
            return True
        lost = [self.world.lose(name) for name in gone]
        for pod, node in repacking.moves:
            self.world.add(pod, node)
        is_valid = not any(placement_validity.broken(self.world))
        for pod, node in repacking.moves:
            self.world.remove(pod, node)
        for site, stood in reversed(lost):
            self.world.regain(site, stood)
        return is_valid


def unmet(plan: IsolationPlan, outlooks: Sequence[Outlook]) -> list[Outlook]:
    """Return the losses that the policy wants survived and that are not."""
    return [outlook for outlook in outlooks if outlook.failing and _wanted(plan, outlook)]


def _wanted(plan: IsolationPlan, outlook: Outlook) -> bool:
    return bool({NODE: plan.policy.survive.nodes, ZONE: plan.policy.survive.zones}[outlook.of])


def check(scene: Scene, outlooks: Sequence[Outlook]) -> Iterator[Finding]:
    """Yield what is untrue about losses; `outlooks` are what counting gives."""
    if scene.plan.verdict == FEASIBLE:
        for outlook in unmet(scene.plan, outlooks):
            worst = outlook.worst[0]
            facts = {"pods": worst.pending, "of": outlook.of, "lost": worst.name}
            yield _hedged(scene, outlook, error(FindingCode.DOES_NOT_SURVIVE, outlook.ring, case="packed", **facts))
    yield from _untrue(scene, outlooks)


def _untrue(scene: Scene, outlooks: Sequence[Outlook]) -> Iterator[Finding]:
    said = {(loss.ring, loss.of): loss for loss in scene.plan.losses}
    if len(said) < len(scene.plan.losses):
        yield error(FindingCode.LOSSES_UNTRUE, scene.plan.name, case="twice")
    for outlook in outlooks:
        claim = said.pop((outlook.ring, outlook.of), None)
        claim = _packed(claim) if claim else None
        if claim != outlook and (claim is not None or (_wanted(scene.plan, outlook) and scene.plan.verdict != UNDECIDED)):
            case = "untold" if claim is None else "pods" if claim.failing == outlook.failing else "count"
            finding = error(FindingCode.LOSSES_UNTRUE, outlook.ring, case=case, said=claim, true=outlook)
            yield _hedged(scene, outlook, finding)
    for ring, of in sorted(said):
        yield error(FindingCode.LOSSES_UNTRUE, ring, case="no pods", of=of)


def _packed(outlook: Outlook) -> Outlook:
    """Leave out what only kube-scheduler is foretold to leave pending, which is played through elsewhere."""
    worst = tuple(replace(lost, left=FrozenMap(), order="") for lost in outlook.worst if lost.pending or lost.tied)
    return replace(outlook, worst=worst, proven=0, simulated=0, stuck=0)


def _hedged(scene: Scene, outlook: Outlook, finding: Finding) -> Finding:
    """Only warn where a StatefulSet's pods differ in their volumes: the plan does not say which of them are where."""
    differ = (w for w in scene.plan.cluster.workloads if w.claim_templates and len(variants(w, "", scene.plan)) > 1)
    ring_of = {placement.workload: placement.ring for placement in scene.plan.placements}
    return replace(finding, severity=WARNING) if any(ring_of.get(w.id) == outlook.ring for w in differ) else finding
