"""A plan as a document: the answer first, and the inputs it was made from in a section a reviewer can skip."""

from typing import Any

from models.answer.plan import IsolationPlan
from models.serialise import encode
from models.solver.outcome import Goal, written_gap

API_VERSION = "ringfence.dev/v1alpha1"
ANSWER = (
    "grade",
    "remedies",
    "packing",
    "choice",
    "rings",
    "placements",
    "guides",
    "reserves",
    "shared",
    "unplaced",
    "shortages",
    "conflict",
    "conflictSmallest",
    "repairs",
    "newGroups",
    "growth",
    "separation",
    "losses",
    "byHand",
)


def document(plan: IsolationPlan) -> dict[str, Any]:
    """Return the IsolationPlan document of a plan."""
    fields = encode(plan)
    _leave_bought(plan, fields)
    goals = [_goal(goal) for goal in plan.goals]
    return {
        "apiVersion": API_VERSION,
        "kind": "IsolationPlan",
        "metadata": {"name": plan.name},
        "verdict": plan.verdict,
        **({"objective": _objective(goals)} if goals else {}),
        "goals": goals,
        **({"packingGoals": [_reached(goal) for goal in plan.packing_goals]} if plan.packing_goals else {}),
        **{key: fields[key] for key in ANSWER if fields.get(key)},
        "notModelled": fields.get("notModelled", []),
        "unenforced": fields.get("unenforced", []),
        "inputs": {key: fields[key] for key in ("digests", "policy", "trust", "cluster", "certificate") if key in fields},
    }


def _leave_bought(plan: IsolationPlan, fields: dict[str, Any]) -> None:
    """Take the bought nodes out of the lists of the rings' nodes: `buy` says the same."""
    bought = {node.name for node in plan.cluster.nodes if node.shape}
    for ring in fields.get("rings", []):
        if "buy" in ring:
            ring["nodes"] = [name for name in ring["nodes"] if name not in bought]


def _goal(goal: Goal) -> dict[str, Any]:
    value, bound = _number(goal.value), _number(goal.bound)
    return {"name": goal.name, "value": value, "bound": bound, "gap": _number(written_gap(goal.gap)), "sense": goal.sense}


def _reached(goal: Goal) -> dict[str, Any]:
    return {key: value for key, value in _goal(goal).items() if key != "gap"}


def _number(value: float) -> float:
    return int(value) if value == int(value) else value


def _objective(goals: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the first goal that is not yet reached or not proven, or else the last: what the plan was chosen by."""
    open_goals = [goal for goal in goals if goal["value"] or goal["gap"]]
    return (open_goals or goals[-1:])[0]
