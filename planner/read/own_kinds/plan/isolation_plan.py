"""An IsolationPlan document back into a plan; whatever does not add up is bad input.

A plan may have been edited by anybody: once it is read no name in it leads nowhere and no number is beyond what a cluster has, so
that all who read it need not fear either.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypeGuard

from models.answer.plan import IsolationPlan
from models.kubernetes.node import bought_name
from models.serialise import TOO_WIDE, WireError, decode
from models.solver.outcome import gap as gap_of
from planner.errors import BadInput, Fault
from planner.read.documents.document import Document
from planner.read.documents.field import Notebook, Spot, spot_of
from planner.read.own_kinds.plan.manifests import check_written
from planner.read.own_kinds.plan.names import dangling_names
from planner.read.own_kinds.plan.shape import wrong_fields
from planner.read.own_kinds.trust_policy_checks import check_policy
from planner.read.values import name_syntax

API_VERSION = "ringfence.dev/v1alpha1"
ENVELOPE = ("apiVersion", "kind", "metadata", "objective", "goals", "inputs")
INPUTS = ("policy", "trust", "cluster", "certificate", "digests")
MAPS = {"metadata": ("name",), "inputs": INPUTS}
REMAKE = "make the plan again with: ringfence plan"
MOST = 20
"""So many faults are told: whoever has edited a plan in more places is better off with a new one."""


def read_plan(document: Document) -> IsolationPlan:
    """Build the plan, or raise BadInput with the faults of the document."""
    tree, notebook = document.tree(), Notebook()
    spot = spot_of(document, notebook)
    if (document.api_version, document.kind) != (API_VERSION, "IsolationPlan"):
        kind = f"{document.api_version} {document.kind}"
        raise BadInput([Fault(document.where, "kind", f"not an IsolationPlan but {kind}", REMAKE)])
    _note(spot, _outside(tree))
    answer = _decode(spot, tree) if all(isinstance(tree.get(name), dict) for name in MAPS) else None
    if answer is not None:
        _check(spot, answer)
    if answer is None or notebook.faults:
        raise BadInput(notebook.faults)
    return _with_bought(answer)


def _decode(spot: Spot, tree: dict[str, Any]) -> IsolationPlan | None:
    try:
        return decode(IsolationPlan, _fields(tree))
    except WireError as error:
        _note(spot, ((_path(path), reason) for path, reason in error.problems))
    return None


def _check(spot: Spot, answer: IsolationPlan) -> None:
    """Note what no plan can hold; what leads nowhere is looked for where all else is sound."""
    _note(spot, ((_path(path), reason) for path, reason in wrong_fields(answer)))
    check_policy(spot.at("inputs.policy"), answer.policy, frozenset())
    if not name_syntax.is_dns_name(answer.policy.name):
        spot.at("inputs.policy.name").fault(f"{answer.policy.name!r} is no name", REMAKE)
    check_written(spot, answer, MOST)
    if not spot.notebook.faults:
        _note(spot, dangling_names(answer))


def _note(spot: Spot, faults: Iterator[tuple[str, str]]) -> None:
    """Note faults, but not more than anybody reads; of those beyond only the first ones of a plan are looked for."""
    for path, reason in faults:
        if len(spot.notebook.faults) >= MOST:
            return
        spot.at(path).fault(reason, REMAKE)


def _with_bought(answer: IsolationPlan) -> IsolationPlan:
    """Give the rings the nodes that they buy: those of each shape and zone are numbered ring by ring."""
    if not any(ring.buy for ring in answer.rings):
        return answer
    last: Counter[tuple[str, str]] = Counter()
    rings = []
    for ring in answer.rings:
        names = list(ring.nodes)
        for purchase in ring.buy:
            first = last[purchase.shape, purchase.zone] + 1
            last[purchase.shape, purchase.zone] += purchase.count
            names += [bought_name(purchase.shape, purchase.zone, number) for number in range(first, first + purchase.count)]
        rings.append(replace(ring, nodes=tuple(sorted(names))))
    return replace(answer, rings=tuple(rings))


def _fields(tree: dict[str, Any]) -> dict[str, Any]:
    goals = tree.get("goals")
    fields = {key: value for key, value in tree.items() if key not in (*ENVELOPE, *INPUTS)}
    fields |= {key: value for key, value in tree["inputs"].items() if key in INPUTS}
    fields["name"] = tree["metadata"].get("name")
    if goals is not None:
        fields["goals"] = goals
    if isinstance(goals, list):
        fields["goals"] = [{k: v for k, v in goal.items() if k != "gap"} if isinstance(goal, dict) else goal for goal in goals]
    return fields


def _path(path: str) -> str:
    """Return the path in the document of a path in the noun."""
    head = path.replace("[", ".").partition(".")[0]
    if head == "name":
        return "metadata.name"
    return f"inputs.{path}" if head in INPUTS else path


def _outside(tree: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the parts of the document that are not of the noun, or said in it another time."""
    for name, keys in MAPS.items():
        inner = tree.get(name)
        if not isinstance(inner, dict):
            yield name, "must be a map"
        for key in inner if isinstance(inner, dict) else ():
            if key not in keys:
                yield f"{name}.{key}", f"unknown field; known are {', '.join(sorted(keys))}"
    yield from ((key, "unknown field; it belongs under inputs") for key in INPUTS if key in tree)
    yield from _goals(tree)


def _goals(tree: dict[str, Any]) -> Iterator[tuple[str, str]]:
    goals = tree.get("goals")
    if goals is not None and not isinstance(goals, list):
        return
    if tree.get("objective") is not None and tree["objective"] not in (goals or ()):
        yield "objective", "is none of the plan's goals"
    for index, goal in enumerate(goals or ()):
        if not isinstance(goal, dict):
            continue
        gap, value, bound = (goal.get(key) for key in ("gap", "value", "bound"))
        if not _counts(gap):
            yield f"goals[{index}].gap", "must be a number"
        elif _counts(value) and _counts(bound):
            true_gap = gap_of(str(goal.get("name")), value, bound)
            if abs(true_gap - gap) > 1e-6:
                yield f"goals[{index}].gap", f"is {gap}, but value and bound make it {true_gap:.6g}"


def _counts(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and abs(value) < TOO_WIDE
