"""Tells whether the spec of a policy is the same text, whoever wrote out what the API server adds to it.

Source: staging/src/k8s.io/api/admissionregistration/v1/types.go, pkg/apis/admissionregistration/v1/defaults.go.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

_ADDED: dict[str, Any] = {"matchPolicy": "Equivalent", "namespaceSelector": {}, "objectSelector": {}}
_ADDED_TO_RULES: dict[str, Any] = {"scope": "*"}


def digest(spec: Mapping[str, Any]) -> str:
    """Return the digest of the spec of a ValidatingAdmissionPolicy; what is added by default counts as absent."""
    constraints = spec.get("matchConstraints")
    if isinstance(constraints, Mapping):
        spec = {**spec, "matchConstraints": _constraints(constraints)}
    return sha256(json.dumps(spec, sort_keys=True, default=str).encode(errors="replace")).hexdigest()


def _constraints(constraints: Mapping[str, Any]) -> dict[str, Any]:
    kept = _without(constraints, _ADDED)
    rules = kept.get("resourceRules")
    if isinstance(rules, list):
        kept["resourceRules"] = [_without(rule, _ADDED_TO_RULES) if isinstance(rule, Mapping) else rule for rule in rules]
    return kept


def _without(fields: Mapping[str, Any], added: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if key not in added or value != added[key]}
