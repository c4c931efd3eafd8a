"""Label selectors, node selector terms, tolerations and taints as written -> nouns, with the API server's complaints.

Source: apimachinery pkg/apis/meta/v1/validation, pkg/apis/core/validation/validation.go.
"""

from collections.abc import Iterable, Mapping, Set
from typing import Any

from models.frozen_map import FrozenMap
from models.kubernetes.labels import LabelSelector, NodeSelectorTerm, Requirement, Taint, Toleration
from planner.read.documents.field import Spot
from planner.read.schema import pod_schema
from planner.read.values import name_syntax

CONTROLLER = "ReplicationController"
_LABEL_OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist")
_NODE_OPERATORS = (*_LABEL_OPERATORS, "Gt", "Lt")
_FIELD_OPERATORS = ("In", "NotIn")
_TAINT_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def read_label_selector(spot: Spot, given: pod_schema.Selector | None) -> LabelSelector | None:
    """Read a label selector; None selects nothing, an empty one everything."""
    if given is None:
        return None
    pairs = read_labels(spot.at("matchLabels"), given.match_labels)
    return LabelSelector(pairs, _requirements(spot.at("matchExpressions"), given.match_expressions, _LABEL_OPERATORS))


def selector_of(spot: Spot, kind: str, given: Any) -> LabelSelector | None:
    """Read the selector of a controller: that of a ReplicationController is labels alone."""
    if kind == CONTROLLER:
        return read_label_selector(spot, pod_schema.Selector(spot.convert(given, dict[str, str])))
    return read_label_selector(spot, spot.convert(given, pod_schema.Selector))


def may_match(selector: LabelSelector | None, labels: Mapping[str, str]) -> bool:
    """Say whether a selector matches the labels, as far as pairs and lists of values tell."""
    if selector is None:
        return False
    lists = tuple(expression for expression in selector.match_expressions if expression.operator == "In")
    return matches(LabelSelector(selector.match_labels, lists), labels)


def matches(selector: LabelSelector, labels: Mapping[str, str]) -> bool:
    """Say whether a selector without faults matches the labels."""
    return all(labels.get(key) == value for key, value in selector.match_labels.items()) and all(
        _holds(expression, labels.get(expression.key)) for expression in selector.match_expressions
    )


def _holds(requirement: Requirement, value: str | None) -> bool:
    if requirement.operator in ("In", "NotIn"):
        # NotIn holds, too, where there is no such label.
        return (value is not None and value in requirement.values) is (requirement.operator == "In")
    return (value is None) is (requirement.operator == "DoesNotExist")


def keys_of(selector: LabelSelector | None) -> frozenset[str]:
    """Return the keys of the labels that a selector asks for."""
    if selector is None:
        return frozenset()
    return frozenset((*selector.match_labels, *(expression.key for expression in selector.match_expressions)))


def without(selector: LabelSelector | None, keys: Set[str]) -> LabelSelector | None:
    """Return what a selector asks for beside labels with these keys."""
    if selector is None or not keys_of(selector) & keys:
        return selector
    pairs = FrozenMap({key: value for key, value in selector.match_labels.items() if key not in keys})
    return LabelSelector(pairs, tuple(expression for expression in selector.match_expressions if expression.key not in keys))


def read_labels(spot: Spot, given: Mapping[str, str] | None) -> FrozenMap[str]:
    """Read a map of labels."""
    for key, value in (given or {}).items():
        if not name_syntax.is_label_key(key):
            spot.key(key).fault("is no label key", name_syntax.KEY)
        if not name_syntax.is_label_value(value):
            spot.key(key).fault(f"{value!r} is no label value", name_syntax.VALUE)
    return FrozenMap(given)


def read_node_terms(spot: Spot, given: pod_schema.NodeSelector) -> tuple[NodeSelectorTerm, ...]:
    """Read node selector terms; there must be one."""
    spot = spot.at("nodeSelectorTerms")
    if not given.node_selector_terms:
        spot.fault("must have at least one term", "name the nodes, or leave the affinity out")
    return tuple(read_node_term(spot.at(f"[{index}]"), term) for index, term in enumerate(given.node_selector_terms or ()))


def read_node_term(spot: Spot, given: pod_schema.NodeTerm) -> NodeSelectorTerm:
    """Read one node selector term."""
    expressions = _requirements(spot.at("matchExpressions"), given.match_expressions, _NODE_OPERATORS)
    fields = _requirements(spot.at("matchFields"), given.match_fields, _FIELD_OPERATORS)
    for index, requirement in enumerate(fields):
        here = spot.at(f"matchFields[{index}]")
        if requirement.key != "metadata.name":
            here.at("key").fault(f"{requirement.key!r} is no field of a node that can be selected", "write metadata.name")
        if len(requirement.values) != 1:
            here.at("values").fault("must have exactly one value", "use one term for each node")
    return NodeSelectorTerm(expressions, fields)


def _requirements(
    spot: Spot, given: Iterable[pod_schema.Expression] | None, operators: tuple[str, ...]
) -> tuple[Requirement, ...]:
    return tuple(_requirement(spot.at(f"[{index}]"), item, operators) for index, item in enumerate(given or ()))


def _requirement(spot: Spot, given: pod_schema.Expression, operators: tuple[str, ...]) -> Requirement:
    key, operator, values = given.key or "", given.operator or "", tuple(given.values or ())
    if not name_syntax.is_label_key(key):
        spot.at("key").fault(f"{key!r} is no label key", name_syntax.KEY)
    if operator not in operators:
        spot.at("operator").fault(f"{operator!r} is no operator here", f"write {', '.join(operators)}")
    _check_values(spot.at("values"), operator, values)
    return Requirement(key, operator, values)


def _check_values(spot: Spot, operator: str, values: tuple[str, ...]) -> None:
    if operator in ("In", "NotIn"):
        if not values:
            spot.fault(f"must not be empty with {operator}", "name at least one value")
        for index, value in enumerate(values):
            # Names of nodes are selected as well (matchFields), and may be longer than a label's value.
            if not name_syntax.is_label_value(value) and not name_syntax.is_dns_name(value):
                spot.at(f"[{index}]").fault(f"{value!r} is no label value", name_syntax.VALUE)
    elif operator in ("Exists", "DoesNotExist") and values:
        spot.fault(f"must be empty with {operator}", "leave the values out")
    elif operator in ("Gt", "Lt") and len(values) != 1:
        spot.fault(f"must be exactly one with {operator}", "name one whole number")


def read_tolerations(spot: Spot, given: Iterable[pod_schema.Toleration] | None) -> tuple[Toleration, ...]:
    """Read tolerations."""
    return tuple(_toleration(spot.at(f"[{index}]"), item) for index, item in enumerate(given or ()))


def _toleration(spot: Spot, given: pod_schema.Toleration) -> Toleration:
    toleration = Toleration(
        given.key or "", given.operator or "", given.value or "", given.effect or "", given.toleration_seconds
    )
    if toleration.key and not name_syntax.is_label_key(toleration.key):
        spot.at("key").fault(f"{toleration.key!r} is no taint key", name_syntax.KEY)
    if toleration.operator in ("Gt", "Lt"):
        spot.at("operator").fault(f"{toleration.operator} is refused by API servers", "write Exists or Equal")
    elif toleration.operator not in ("", "Exists", "Equal"):
        spot.at("operator").fault(f"{toleration.operator!r} is no operator of tolerations", "write Exists or Equal")
    elif not toleration.key and toleration.operator != "Exists":
        spot.at("operator").fault("must be Exists where the key is empty", "name the key, or write operator: Exists")
    _check_toleration_value(spot, toleration)
    return toleration


def _check_toleration_value(spot: Spot, toleration: Toleration) -> None:
    if toleration.operator == "Exists" and toleration.value:
        spot.at("operator").fault("is Exists, which takes no value", "leave the value out, or write operator: Equal")
    elif not name_syntax.is_label_value(toleration.value):
        spot.at("value").fault(f"{toleration.value!r} is no taint value", name_syntax.VALUE)
    if toleration.effect and toleration.effect not in _TAINT_EFFECTS:
        spot.at("effect").fault(f"{toleration.effect!r} is no taint effect", f"write {', '.join(_TAINT_EFFECTS)}, or nothing")
    if toleration.toleration_seconds is not None and toleration.effect != "NoExecute":
        spot.at("effect").fault("must be NoExecute where tolerationSeconds is given", "leave tolerationSeconds out")


def read_taints(spot: Spot, given: Iterable[pod_schema.Taint] | None) -> tuple[Taint, ...]:
    """Read the taints of a node; no two may have one key and effect."""
    taints: list[Taint] = []
    for index, item in enumerate(given or ()):
        taint, here = Taint(item.key or "", item.value or "", item.effect or ""), spot.at(f"[{index}]")
        if not name_syntax.is_label_key(taint.key):
            here.at("key").fault(f"{taint.key!r} is no taint key", name_syntax.KEY)
        if not name_syntax.is_label_value(taint.value):
            here.at("value").fault(f"{taint.value!r} is no taint value", name_syntax.VALUE)
        if taint.effect not in _TAINT_EFFECTS:
            here.at("effect").fault(f"{taint.effect!r} is no taint effect", f"write {', '.join(_TAINT_EFFECTS)}")
        if any((other.key, other.effect) == (taint.key, taint.effect) for other in taints):
            here.fault(f"a second taint {taint.key}:{taint.effect}", "a node has one taint for each key and effect")
        taints.append(taint)
    return tuple(taints)
