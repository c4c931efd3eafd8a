"""An IsolationPlan document back into a plan; whatever does not add up is bad input."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from models.node import bought_name
from models.outcome import gap as gap_of
from models.plan import IsolationPlan
from models.wire import WireError, decode
from planner.errors import BadInput, Fault
from planner.read import policy_checks, syntax
from planner.read.document import Document
from planner.read.spot import Notebook, spot_of

API_VERSION = "ringfence.dev/v1alpha1"
ENVELOPE = ("apiVersion", "kind", "metadata", "objective", "goals", "inputs")
REMAKE = "make the plan again with: ringfence plan"


def plan(document: Document) -> IsolationPlan:
    """Build the plan, or raise BadInput with every fault of the document."""
    tree = document.tree()
    if (document.api_version, document.kind) != (API_VERSION, "IsolationPlan"):
        found = f"{document.api_version} {document.kind}"
        raise BadInput([Fault(document.where, "kind", f"not an IsolationPlan but {found}", REMAKE)])
    faults = list(_faulty_goals(document, tree))
    try:
        made = decode(IsolationPlan, _fields(tree))
    except WireError as error:
        faults += [Fault(document.where_of(_path(path)), _path(path), reason, REMAKE) for path, reason in error.problems]
        raise BadInput(faults) from None
    faults += _faulty_policy(document, made)
    if faults:
        raise BadInput(faults)
    return _with_bought(made)


def _faulty_policy(document: Document, made: IsolationPlan) -> list[Fault]:
    """Return what no TrustPolicy may say, and the policy in the plan says."""
    notebook = Notebook()
    spot = spot_of(document, notebook).at("inputs.policy")
    policy_checks.check(spot, made.policy, set())
    if not syntax.is_dns_name(made.policy.name):
        spot.at("name").fault(f"{made.policy.name!r} is no name", REMAKE)
    return notebook.faults


def _with_bought(made: IsolationPlan) -> IsolationPlan:
    """Give the rings the nodes that they buy: those of each shape and zone are numbered ring by ring."""
    if not any(ring.buy for ring in made.rings):
        return made
    last: Counter[tuple[str, str]] = Counter()
    rings = []
    for ring in made.rings:
        names = list(ring.nodes)
        for one in ring.buy:
            first = last[one.shape, one.zone] + 1
            last[one.shape, one.zone] += one.count
            names += [bought_name(one.shape, one.zone, number) for number in range(first, first + one.count)]
        rings.append(replace(ring, nodes=tuple(sorted(names))))
    return replace(made, rings=tuple(rings))


def _fields(tree: dict[str, Any]) -> dict[str, Any]:
    metadata, inputs, goals = tree.get("metadata"), tree.get("inputs"), tree.get("goals")
    fields = {key: value for key, value in tree.items() if key not in ENVELOPE}
    if isinstance(metadata, dict):
        fields["name"] = metadata.get("name")
    if isinstance(inputs, dict):
        fields |= inputs
    if isinstance(goals, list):
        fields["goals"] = [{k: v for k, v in goal.items() if k != "gap"} if isinstance(goal, dict) else goal for goal in goals]
    return fields


def _path(path: str) -> str:
    """Return the path in the document of a path in the noun."""
    head = path.replace("[", ".").partition(".")[0]
    if head == "name":
        return "metadata.name"
    return f"inputs.{path}" if head in ("policy", "trust", "cluster", "certificate") else path


def _faulty_goals(document: Document, tree: dict[str, Any]) -> Iterator[Fault]:
    if tree.get("objective") not in (None, *(tree.get("goals") or ())):
        yield Fault(document.where_of("objective"), "objective", "is none of the plan's goals", REMAKE)
    for at, goal in enumerate(tree.get("goals") or ()):
        if not isinstance(goal, dict):
            continue
        gap, value, bound = (goal.get(key) for key in ("gap", "value", "bound"))
        numbers = [number for number in (gap, value, bound) if isinstance(number, int | float)]
        if len(numbers) == 3:
            true_gap = gap_of(str(goal.get("name")), numbers[1], numbers[2])
            if abs(true_gap - numbers[0]) > 1e-6:
                path = f"goals[{at}].gap"
                reason = f"is {numbers[0]}, but value and bound make it {true_gap:.6g}"
                yield Fault(document.where_of(path), path, reason, REMAKE)
