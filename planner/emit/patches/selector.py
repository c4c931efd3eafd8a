"""Keeps a workload on the nodes of its ring.

One pair in nodeSelector is ANDed by kube-scheduler with every term of a required node affinity, whatever terms there are or
will be, and it stays where the DaemonSet controller replaces the affinity of its pods by their node's name. So affinity is left
as it is, save an expression that asks for another ring and would leave no node at all.
"""

import re
from collections.abc import Iterator
from typing import Any

from models.kubernetes.workload import Raw, Written
from planner.emit.patches.operations import Operation, add, guard, pointer, replace, value_of

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_INTEGER = re.compile(r"[+-]?[0-9]+")
# Twice the digits of a 64-bit number, as zeros may stand before it.
_LONGEST = 40
_INT64 = 1 << 63


def keep_in_ring(spec: str, written: Written, label_key: str, ring: str) -> list[Operation]:
    """Return what makes the pod spec at `spec` require its ring's label; nothing if it does."""
    terms = _terms(value_of(written.affinity))
    selected = (value_of(written.node_selector) or {}).get(label_key)
    operations = _correct(spec, written.affinity, terms, label_key, ring)
    if selected == ring or (selected is None and _every_term_requires(terms, label_key, ring)):
        return operations
    return [*_select(spec, written.node_selector, label_key, ring), *operations]


def _select(spec: str, written: Raw | None, label_key: str, ring: str) -> list[Operation]:
    path = f"{spec}/nodeSelector"
    pairs = value_of(written)
    if pairs is None:
        return [guard(path, written), add(path, {label_key: ring})]
    put = replace if label_key in pairs else add
    return [guard(path, written), put(path + pointer(label_key), ring)]


def _correct(spec: str, written: Raw | None, terms: list[Any], label_key: str, ring: str) -> list[Operation]:
    """Rewrite expressions over the ring's label that no node of the ring satisfies."""
    path = f"{spec}/affinity"
    inner = path + pointer("nodeAffinity", REQUIRED, "nodeSelectorTerms")
    wanted = {"key": label_key, "operator": "In", "values": [ring]}
    operations = [
        replace(f"{inner}/{index}/matchExpressions/{place}", wanted)
        for index, term in enumerate(terms)
        for place, expression in enumerate(_expressions(term))
        if expression.get("key") == label_key and not _admits(expression, ring)
    ]
    return [guard(path, written), *operations] if operations else []


def _terms(affinity: Any) -> list[Any]:
    node = (affinity or {}).get("nodeAffinity") or {}
    return (node.get(REQUIRED) or {}).get("nodeSelectorTerms") or []


def _expressions(term: dict[str, Any]) -> list[Any]:
    return term.get("matchExpressions") or []


def _every_term_requires(terms: list[Any], label_key: str, ring: str) -> bool:
    """Say whether each term that matches any node asks for the ring, once those that exclude it are corrected."""
    filled = [term for term in terms if _expressions(term) or term.get("matchFields")]
    return bool(filled) and all(any(_pins(term, label_key, ring)) for term in filled)


def _pins(term: dict[str, Any], label_key: str, ring: str) -> Iterator[bool]:
    for expression in _expressions(term):
        if expression.get("key") == label_key:
            only = expression.get("operator") == "In" and set(expression.get("values") or ()) == {ring}
            yield only or not _admits(expression, ring)


def _admits(expression: dict[str, Any], ring: str) -> bool:
    """Say whether a node of the ring satisfies the expression over its label; Gt and Lt can hold where its name is a number."""
    operator, values = expression.get("operator"), expression.get("values") or []
    if operator in ("Gt", "Lt"):
        return _compares(operator, _integer(ring), _integer(values[0]))
    return {"In": ring in values, "NotIn": ring not in values, "Exists": True}.get(operator or "", False)


def _compares(operator: str, label: int | None, limit: int | None) -> bool:
    if label is None or limit is None:
        return False
    return label > limit if operator == "Gt" else label < limit


def _integer(text: str) -> int | None:
    """Read what Go's ParseInt reads as a 64-bit number."""
    number = int(text) if len(text) <= _LONGEST and _INTEGER.fullmatch(text) else _INT64
    return number if -_INT64 <= number < _INT64 else None
