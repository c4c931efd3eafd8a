"""What became of a change in words: whether its plan holds, what survives then, and which nodes change ring for it."""

from collections.abc import Sequence

from models.answer.plan import Outlook
from models.answer.review import Scenario
from planner.view.format import count, listed, percent

NAMED = 3
HEADS = ("Holds with the rings as they are", "What would help, or is saved")
"""The columns that every table of changes ends with."""


def without(scenario: Scenario) -> str:
    """Say what a full plan without the nodes that could go comes to, and what survives then."""
    if not scenario.holds:
        return f"that is a packing: a full plan without them is {scenario.verdict}"
    moved, then = sum(scenario.relabelled.values()), afterwards(scenario.losses)
    later = f"; afterwards {then}" if then else ""
    if moved:
        anew = f"{count(moved, 'node')} {'gets' if moved == 1 else 'get'} another ring"
        only = "is known to hold only together with a new division of all nodes, not by draining these alone"
        return f"a full plan without them {only}: {anew}{later}"
    return f"a full plan without them holds{later}"


def afterwards(losses: Sequence[Outlook]) -> str:
    """Say which rings survive the loss of one node, and which that of one zone; nothing where no loss was looked at."""
    who = {of: _surviving([loss for loss in losses if loss.of == of]) for of in ("node", "zone")}
    if who["node"] == who["zone"] != "":
        return f"{who['node']} the loss of a node, or of a zone"
    return ", and ".join(f"{some} the loss of a {of}" for of, some in who.items() if some)


def _surviving(losses: Sequence[Outlook]) -> str:
    """Name the rings that survive every loss of a kind; where not every loss was tried, what is said is what is known."""
    if not losses:
        return ""
    unharmed = [loss for loss in losses if not worst_loss(loss)[0]]
    rings = [loss.ring for loss in unharmed if loss.tried == loss.count]
    who = "every ring" if len(rings) == len(losses) else f"only {listed(rings, NAMED)}" if rings else "no ring"
    several = 1 < len(rings) < len(losses)
    if len(rings) < len(unharmed):
        return f"{who} {'are' if several else 'is'} known to survive"
    return f"{who} survive{'' if several else 's'}"


def worst_loss(loss: Outlook) -> tuple[int, str]:
    """Return how many pods the worst loss leaves pending, by packing or as kube-scheduler binds them, and which it is."""
    counted = ((max(sum(w.pending.values()) + sum(w.tied.values()), sum(w.left.values())), w.name) for w in loss.worst)
    return max(counted, key=lambda pair: pair[0], default=(0, ""))


def outcome(scenario: Scenario) -> str:
    """Say what became of a change."""
    if scenario.unplaced:
        rings = f"{'ring' if len(scenario.short) == 1 else 'rings'} {listed(scenario.short, NAMED)}"
        return f"{scenario.verdict}: {count(scenario.unplaced, 'pod')} without a place in {rings}"
    pending = f": up to {count(scenario.pending, 'pod')} pending" if scenario.pending else ""
    return f"{scenario.verdict}{pending}"


def fullest(scenario: Scenario) -> str:
    """Say how much of its scarcest resource each ring requests after a change, the fullest first."""
    worst = sorted(scenario.fullest, key=lambda ring: (-ring.thousandths, ring.ring))
    return listed((f"{ring.ring} {percent(ring.thousandths / 1000)} of {ring.resource}" for ring in worst), NAMED)


def pods(scenario: Scenario) -> str:
    """Say how many pods have a place, and of how many where some have none."""
    whole = scenario.pods + scenario.unplaced
    return f"{scenario.pods:,} of {whole:,}" if scenario.unplaced else f"{scenario.pods:,}"


def as_is(scenario: Scenario) -> str:
    """Say whether the rings hold with the nodes that they have, and if not, what changes ring."""
    answer = {True: "yes", False: "no", None: "not known"}[scenario.as_is]
    changes = sum(scenario.relabelled.values())
    if not changes or not scenario.holds:
        return answer
    which = listed((f"{many:,} of {which}" for which, many in scenario.relabelled.items()), NAMED)
    by = ", by packing" if scenario.as_is else ""
    return f"{answer}{by}; the plan gives {count(changes, 'node')} another ring: {which}"


def help_or_saving(scenario: Scenario) -> str:
    """Say what would help where a change does not hold, and what it saves where it does."""
    if scenario.holds:
        return scenario.saves
    return scenario.repair or "Nothing was found that would: ask ringfence plan of the changed input."
