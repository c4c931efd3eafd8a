"""A policy and its binding, as a reviewer would write them: one that refuses, or one that changes what is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

API_VERSION = "admissionregistration.k8s.io/v1"
LABELS = {"app.kubernetes.io/managed-by": "ringfence"}
CREATE, UPDATE = "CREATE", "UPDATE"
DENY, AUDIT = ("Deny",), ("Audit", "Warn")
"""What is done about a request that should be refused: it is, or it is written to the audit log and whoever asks is warned."""
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """Resources of one API group, and what is done to them."""

    group: str
    resources: tuple[str, ...]
    operations: tuple[str, ...] = (CREATE, UPDATE)


@dataclass(frozen=True, slots=True)
class Validation:
    """What must hold, and what is said where it does not: a text, or an expression that gives one."""

    expression: str
    message: str = ""
    message_expression: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """What is asked of which requests; each variable and validation may use the variables before it.

    Conditions are asked before there are any, so they may use none.
    """

    name: str
    about: str
    rules: Sequence[Rule]
    conditions: Mapping[str, str]
    variables: Mapping[str, str]
    validations: Sequence[Validation]

    kind = "ValidatingAdmissionPolicy"

    def documents(self, actions: Sequence[str] = DENY, suffix: str = "") -> list[Document]:
        """Return the policy, and what puts it in force; both names end with `suffix`."""
        return _pair(self.kind, f"{self.name}{suffix}", self.spec(), {"validationActions": list(actions)})

    def spec(self) -> Document:
        """Return what the policy says."""
        asked = _asked(self.rules, self.conditions, self.variables)
        return {"failurePolicy": "Fail", **asked, "validations": [_validation(validation) for validation in self.validations]}


@dataclass(frozen=True, slots=True)
class MutatingPolicy:
    """What is added to which requests: `patches` is an expression for a list of JSON patches, which may use the variables."""

    name: str
    about: str
    rules: Sequence[Rule]
    conditions: Mapping[str, str]
    variables: Mapping[str, str]
    patches: str

    kind = "MutatingAdmissionPolicy"

    def documents(self, suffix: str = "") -> list[Document]:
        """Return the policy, and what puts it in force; both names end with `suffix`."""
        return _pair(self.kind, f"{self.name}{suffix}", self.spec(), {})

    def spec(self) -> Document:
        """Return what the policy says; it is asked again where others have changed the object after it."""
        return {
            "failurePolicy": "Fail",
            "reinvocationPolicy": "IfNeeded",
            **_asked(self.rules, self.conditions, self.variables),
            "mutations": [{"patchType": "JSONPatch", "jsonPatch": {"expression": self.patches}}],
        }


def _asked(rules: Sequence[Rule], conditions: Mapping[str, str], variables: Mapping[str, str]) -> Document:
    return {
        "matchConstraints": {"resourceRules": [_rule(rule) for rule in rules]},
        **({"matchConditions": _expressions(conditions)} if conditions else {}),
        **({"variables": _expressions(variables)} if variables else {}),
    }


def _expressions(texts: Mapping[str, str]) -> list[Document]:
    return [{"name": name, "expression": text} for name, text in texts.items()]


def _pair(kind: str, name: str, spec: Document, bound: Document) -> list[Document]:
    return [_document(kind, name, spec), _document(f"{kind}Binding", name, {"policyName": name, **bound})]


def _document(kind: str, name: str, spec: Document) -> Document:
    return {"apiVersion": API_VERSION, "kind": kind, "metadata": {"name": name, "labels": dict(LABELS)}, "spec": spec}


def _rule(rule: Rule) -> Document:
    return {
        "apiGroups": [rule.group],
        "apiVersions": ["v1"],
        "operations": list(rule.operations),
        "resources": list(rule.resources),
    }


def _validation(validation: Validation) -> Document:
    said = {"message": validation.message, "messageExpression": validation.message_expression}
    return {"expression": validation.expression, "reason": "Forbidden", **{key: text for key, text in said.items() if text}}
