"""What is looked at of each ring, and whether it passes: what does not comes first on the page, what does is folded away."""

from collections.abc import Iterator
from dataclasses import dataclass

from models.answer.plan import Outlook
from models.answer.review import Review, RingReview, Scenario
from models.answer.review_usage import RingUse
from models.kubernetes.resources import PODS
from planner.review.report import outcomes, words
from planner.view.format import amount, count, listed, percent

BAD, MIND, GOOD = "bad", "mind", "good"
TIGHT = 0.8
"""From this share on head-room is worth a word."""
STRANDED = 0.1
"""From this share of a resource on it is worth a word that no pod can use it."""
LITTLE = 0.25
"""Below this share of what is requested use is worth a word."""
NAMED = 3


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: of which ring (empty for a what-if), how it is, and what was found."""

    ring: str
    name: str
    look: str
    says: str


def checks(review: Review) -> tuple[Check, ...]:
    """Return all checks, the bad ones first, then those to mind."""
    every = [check for ring in review.rings for check in _of_ring(ring)]
    every += [check for ring in (review.usage.rings if review.usage else ()) for check in _of_use(ring)]
    every += [Check("", "System add-ons", BAD, review.add_ons.removesuffix("."))] if review.add_ons else []
    every += [_of_scenario(scenario) for scenario in review.scenarios]
    return tuple(sorted(every, key=lambda check: (BAD, MIND, GOOD).index(check.look)))


def _of_ring(ring: RingReview) -> Iterator[Check]:
    left = f"{count(ring.unplaced, 'pod')} without a place: {_homeless(ring)}" if ring.unplaced else "all pods have a place"
    yield Check(ring.name, "Room for its pods", BAD if ring.unplaced else GOOD, left)
    if ring.status == words.SHORT and not ring.unplaced:
        yield Check(ring.name, "Kept by kube-scheduler", BAD, ring.because)
    yield from (Check(ring.name, "Beyond a threshold", BAD, how) for how in ring.beyond)
    if ring.whole.amounts:
        name, fill = ring.whole.scarcest, percent(ring.whole.fill)
        free = amount(name, ring.whole.amounts[name].free)
        look = MIND if ring.whole.fill >= TIGHT else GOOD
        yield Check(ring.name, "Head-room", look, f"{fill} of {name} is requested, {free} free")
    yield from (_of_loss(ring, loss) for loss in ring.losses)
    if ring.removable and ring.removable.solved and not ring.removable.could_go:
        needs = f"it needs all of its {count(ring.whole.nodes, 'node')}"
        is_proven = ring.removable.bound >= ring.removable.nodes
        yield Check(ring.name, "No node too many", GOOD, needs if is_proven else "none was found that could go")
    yield _of_stranded(ring)


def _homeless(ring: RingReview) -> str:
    most = sorted(ring.homeless.items(), key=lambda item: (-item[1], item[0]))
    return listed((f"{name} {pods:,}" for name, pods in most), NAMED)


def _of_loss(ring: RingReview, loss: Outlook) -> Check:
    pods, worst = outcomes.worst_loss(loss)
    if not pods:
        return Check(ring.name, f"Without a {loss.of}", GOOD, f"any {loss.of} may be lost: no pod stays pending")
    return Check(ring.name, f"Without a {loss.of}", MIND, f"losing {worst} leaves {count(pods, 'pod')} pending")


def _of_stranded(ring: RingReview) -> Check:
    """Say what is stranded, as the bars of the card draw it; less than a tenth passes."""
    lost = {name: a for name, a in ring.whole.amounts.items() if name != PODS and a.stranded > 0}
    if not lost:
        return Check(ring.name, "Nothing stranded", GOOD, "what is free can be used")
    said = listed((f"{amount(name, a.stranded)} of {name}" for name, a in lost.items()), NAMED)
    is_much = any(a.stranded >= STRANDED * a.allocatable for a in lost.values())
    look, name = (MIND, "Stranded") if is_much else (GOOD, "Little stranded")
    return Check(ring.name, name, look, f"no pod can use {said}: the nodes that have it are full")


def _of_use(ring: RingUse) -> Iterator[Check]:
    """Mind requests of which little is used, and those beyond which much is."""
    said = {name: f"{percent(known.share)} of the {name} requested" for name, known in ring.used.items() if known.requested}
    shares = [ring.used[name].share for name in said]
    if not said:
        return
    known = f", known of {ring.with_use:,} of {count(ring.workloads, 'workload')}"
    much, little = max(shares) > 1, min(shares) < LITTLE
    name = "More used than requested" if much else "Little used" if little else "Used well"
    yield Check(ring.ring, name, MIND if much or little else GOOD, f"{listed(said.values(), NAMED)} is used{known}")


def _of_scenario(scenario: Scenario) -> Check:
    """Pass a change that the rings bear as they are; where nodes have to change ring for it, somebody has to know."""
    name, says = f"What if {scenario.change}", outcomes.outcome(scenario)
    if not scenario.holds or scenario.as_is:
        return Check("", name, GOOD if scenario.holds else BAD, says)
    return Check("", name, MIND, f"{says}; with the rings as they are: {outcomes.as_is(scenario)}")
