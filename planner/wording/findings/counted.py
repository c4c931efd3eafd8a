"""What `verify` says of numbers that it counts again: goals, what is bought, how rings were chosen, what separation costs."""

from collections.abc import Mapping

from models.answer.finding import FindingCode
from planner.wording.findings.wording import MAKE_AGAIN, Table, Wording, cases
from planner.wording.template import Parameters, Phrased

_ANEW = "Who reads the plan acts on what it says; all of it follows from its inputs and from what is placed where."
_GOAL = "A value that is not what the plan does, or a bound that proves too much, makes a plan look better than it is."
_SHAPE = "What is bought is a node of the shape; a plan for any other node is a plan for nothing."
_POOL = "The pools are made from these numbers: a node that is not bought is not there."
_COST = "A cost that the prices do not bear out, or a bound that nothing proves, makes a plan look cheaper than it is."
_LIMITS = "The policy limits the rings and their nodes; a plan that does not obey it is a plan for another policy."
_DIVIDED = "Who is told that the groups cannot be divided changes the policy for it."
_CHOSEN = "A value that the plan does not come to, or a bound above it, makes the choice of rings look better than it is."
_SEPARATION = "Who weighs what isolation costs compares these numbers; one that cannot be makes it look cheap, or dear."
_GROUP = (
    "A group makes its nodes with one label and one taint: the node that comes tomorrow would be of another ring than planned."
)
_BEYOND = "value {value:g} is better than its proven bound {bound:g}"
_COUNTED = Wording("is said to be {said:g}, counting gives {true:g}", _GOAL)


_VERDICT = Phrased(
    "is called {verdict}, and says, which {how}: {reason}",
    lambda given: {"how": "is proven" if given["proven"] else "is not proven"},
)
_DIVISIBLE = Phrased(
    "the groups can be divided as the policy wants: {ways}",
    lambda given: {"ways": "; ".join(", ".join(ring) for ring in given["rings"])},
)
_FLAWS = {
    "zones": "there are {zones} zones to survive, and proofs for {proofs}",
    "numbers": "{name} must be {length} whole numbers, none negative",
    "scale": "scale and work must be whole numbers, and scale at least 1",
    "ring of a rate": "there is no ring {ring}",
    "place of a rate": "a rate names a node or an offer that is not there",
    "unrated": "{place} has no rate in ring {ring}",
    "worth more": "{place} can hold pods worth more than it costs in ring {ring}",
    "ring of a walk": "there is no ring {ring} to have whole nodes",
    "units": "units must be {length} whole numbers, each at least 1",
    "place of a group": "a group names a node or an offer that is not there",
    "two groups": "a node or an offer is in two groups",
    "rates": "rates must be {length} whole numbers for each group, none negative",
    "walk goes on": "a walk goes on after its end, with step {number}",
    "no step": "[{step:all}] is no step of a walk",
    "walk ends early": "a walk leaves counts out",
    "ungrouped": "{place} is in no group of ring {ring}",
}
"""What is wrong with a certificate, or with that of what is left `without` a zone."""


def _flawed(text: str) -> Phrased:
    return Phrased(f"its bound is not proven: {{zone}}{text}", _without)


def _without(given: Parameters) -> Mapping[str, str]:
    return {"zone": "without a zone: " if given.get("without") else ""}


TABLE: Table = {
    FindingCode.GOALS_MISSING: {
        **cases(_COST, cost="says nothing of the cost"),
        **cases(_GOAL, some="says nothing of {goals:all}"),
    },
    FindingCode.GOALS_ORDER: Wording("names its goals in another order than it seeks them: {goals:all}", _GOAL),
    FindingCode.GOAL_UNKNOWN: Wording("is no goal of this plan", _GOAL),
    FindingCode.GOAL_UNPLACED: _COUNTED,
    FindingCode.GOAL_DATA: _COUNTED,
    FindingCode.GOAL_MOVES: _COUNTED,
    FindingCode.GOAL_RELABELS: _COUNTED,
    FindingCode.GOAL_HEADROOM: {
        **cases(_ANEW, MAKE_AGAIN, counted_anew="is said to be {said:g}, counting gives {true:g}"),
        **cases(_GOAL, at_most="is said to be {said:g}, counting gives {most} at most"),
    },
    FindingCode.GOAL_COST: Wording("is said to be {said:.6f}, the prices come to {true:.6f}", _COST),
    FindingCode.GOAL_SENSE: Wording("is to be made {sense}imal", _GOAL),
    FindingCode.GOAL_BOUND: {
        **cases(_COST, cost="value {value:.6f} is better than its proven bound {bound:.6f}"),
        **cases(_GOAL, no_numbers="value and bound must be numbers, and the sense min or max", counted=_BEYOND),
        **cases(_CHOSEN, choice=_BEYOND),
    },
    FindingCode.PACKING_COST: Wording("the packing is said to cost {said:.6f}, and nothing costs less than {least:.6f}", _COST),
    FindingCode.CERTIFICATE_BROKEN: cases(_COST, **{case: _flawed(text) for case, text in _FLAWS.items()}),
    FindingCode.CERTIFICATE_SHORT: Wording("its bound is said to be {said:.6f}, its certificate proves {proven:.6f}", _COST),
    FindingCode.SHAPE_UNKNOWN: Wording("is bought as {shape}, of which there is no NodeShape", _SHAPE),
    FindingCode.SHAPE_ZONE: Wording("is bought in zone {zone!r}, where {shape} is not to be had", _SHAPE),
    FindingCode.SHAPE_DIFFERS: Wording("has other {part} than {shape}", _SHAPE),
    FindingCode.BOUGHT_NAMES: Wording("its {nodes} nodes are not numbered from 1", _POOL),
    FindingCode.BOUGHT_TOO_MANY: Wording("{count} are bought, and {most} can be had", _POOL),
    FindingCode.BOUGHT_COUNT: Wording("says to buy other nodes than the {nodes} that it is to have", _POOL),
    FindingCode.BOUGHT_IDLE: Wording("is bought, and is in no ring", _POOL),
    FindingCode.POOL_NAME: Wording("{pool!r} is no valid label value, so no node can carry it", _POOL),
    FindingCode.RING_LIMIT: cases(
        _LIMITS,
        rings="{rings} rings are more than the {most} of maxRings",
        small="ring {ring} has {nodes} nodes, by ringNodes it must have {least} at least",
        large="ring {ring} has {nodes} nodes, by ringNodes it may have {most} at most",
    ),
    FindingCode.CHOICE_BASELESS: cases(
        _CHOSEN,
        no_choice="says how its rings were chosen, and no two groups may share one",
        planned="says that no rings are allowed, and that some were planned",
    ),
    FindingCode.CHOICE_GOAL: cases(
        _CHOSEN,
        no="is said to be {said:g}, and not all pods have a place",
        another="is not what rings are chosen by here",
        cost="is said to be {said:g}, the plan's is {true:g}",
        nodes="{said:g} are more nodes than the rings have",
    ),
    FindingCode.CHOICE_REASON: {
        **cases(
            _DIVIDED,
            none="names groups that keep the rings apart, and gives no reason",
            verdict=_VERDICT,
            baseless="gives a reason that its policy does not: {reason}",
            no_groups="{groups:all} are not all groups, each named once",
            may_share="{group} and {other} may share, and are said not to",
            few="{count} groups do not need more than maxRings",
        ),
        **cases(_DIVIDED, "", unchecked="that {count} groups cannot be divided as the policy wants was not checked"),
        **cases(_DIVIDED, divisible=_DIVISIBLE),
    },
    FindingCode.SEPARATION_BOUND: cases(
        _SEPARATION,
        bound="{nodes} nodes are fewer than the proven {bound}",
        fewer="{nodes} nodes with rings are fewer than the {without} without",
        sums="{nodes} nodes {how} rings cannot be: there are {all}, and the sums of requests need {least}",
        used="{bound} nodes are said to be proven, and the plan has its pods on {used}",
    ),
    FindingCode.NODE_GROUP_SPLIT: cases(
        _GROUP,
        divided="is divided between the rings {rings:all}",
        left="is of ring {ring}, and {nodes:all} of none",
        grows="is of ring {ring}, and grows in {rings:all}",
    ),
    FindingCode.NODE_GROUP_GROWTH: cases(
        "Who makes the groups reads there how many nodes each is to have.",
        untold="is not said to grow from {before} to {after} nodes in ring {ring}",
        none="is said to grow from {before} to {after} nodes in ring {ring}, and does not",
        twice="says of a group twice that it grows",
    ),
}
