"""What became of a change in words: whether its plan holds, what survives then, and which nodes change ring for it."""

from collections.abc import Sequence

from models.answer.plan import Outlook
from models.answer.review import Scenario
from planner.view.format import count, listed

NAMED = 3
HEADS = ("Holds with the rings as they are", "What would help, or is saved")
"""The columns that every table of changes ends with."""


def without(scenario: Scenario) -> str:
    """Say what a full plan without the nodes that could go comes to, and what survives then."""
    if not scenario.holds:
        return f"that is a packing: a full plan without them is {scenario.verdict}"
    moved, then = sum(scenario.relabelled.values()), afterwards(scenario.losses)
    anew = f" that gives {count(moved, 'node')} another ring" if moved else ""
    return f"a full plan without them{anew} holds{f'; afterwards {then}' if then else ''}"


def afterwards(losses: Sequence[Outlook]) -> str:
    """Say which rings survive the loss of one node, and which that of one zone; nothing where no loss was looked at."""
    kinds = {of: [loss for loss in losses if loss.of == of] for of in ("node", "zone")}
    return ", and ".join(_surviving(of, some) for of, some in kinds.items() if some)


def _surviving(of: str, losses: Sequence[Outlook]) -> str:
    """Name the rings that survive every loss of a kind; where not every loss was tried, what is said is what is known."""
    rings = [loss.ring for loss in losses if loss.tried == loss.count and not worst_loss(loss)[0]]
    open_ones = [loss for loss in losses if loss.tried < loss.count and not worst_loss(loss)[0]]
    who = "every ring" if len(rings) == len(losses) else f"only {listed(rings, NAMED)}" if rings else "no ring"
    if open_ones:
        return f"{who} {'are' if len(rings) > 1 else 'is'} known to survive the loss of a {of}"
    return f"{who} survive{'' if 1 < len(rings) < len(losses) else 's'} the loss of a {of}"


def worst_loss(loss: Outlook) -> tuple[int, str]:
    """Return how many pods the worst loss leaves pending, by packing or as kube-scheduler binds them, and which it is."""
    counted = ((max(sum(w.pending.values()) + sum(w.tied.values()), sum(w.left.values())), w.name) for w in loss.worst)
    return max(counted, key=lambda pair: pair[0], default=(0, ""))


def outcome(scenario: Scenario) -> str:
    """Say what became of a change."""
    if scenario.unplaced:
        return f"{scenario.verdict}: {count(scenario.unplaced, 'pod')} without a place in ring {listed(scenario.short, NAMED)}"
    pending = f": up to {count(scenario.pending, 'pod')} pending" if scenario.pending else ""
    return f"{scenario.verdict}{pending}"


def pods(scenario: Scenario) -> str:
    """Say how many pods have a place, and of how many where some have none."""
    whole = scenario.pods + scenario.unplaced
    return f"{scenario.pods:,} of {whole:,}" if scenario.unplaced else f"{scenario.pods:,}"


def as_is(scenario: Scenario) -> str:
    """Say whether the rings hold with the nodes that they have, and if not, what changes ring."""
    answer = {True: "yes", False: "no", None: "not known"}[scenario.as_is]
    changes = sum(scenario.relabelled.values())
    if not changes:
        return answer
    which = listed((f"{many:,} of {which}" for which, many in scenario.relabelled.items()), NAMED)
    return f"{answer}; the plan gives {count(changes, 'node')} another ring: {which}"


def help_or_saving(scenario: Scenario) -> str:
    """Say what would help where a change does not hold, and what it saves where it does."""
    if scenario.holds:
        return scenario.saves
    return scenario.repair or "Nothing was found that would: ask ringfence plan of the changed input."
