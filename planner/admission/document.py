"""A ValidatingAdmissionPolicy and its binding, as a reviewer would write them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

API_VERSION = "admissionregistration.k8s.io/v1"
LABELS = {"app.kubernetes.io/managed-by": "ringfence"}
CREATE, UPDATE = "CREATE", "UPDATE"
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

    def documents(self) -> list[Document]:
        """Return the policy, and what puts it in force."""
        return [
            _document("ValidatingAdmissionPolicy", self.name, self.spec()),
            _document("ValidatingAdmissionPolicyBinding", self.name, {"policyName": self.name, "validationActions": ["Deny"]}),
        ]

    def spec(self) -> Document:
        """Return what the policy says."""
        conditions = [{"name": name, "expression": text} for name, text in self.conditions.items()]
        variables = [{"name": name, "expression": text} for name, text in self.variables.items()]
        return {
            "failurePolicy": "Fail",
            "matchConstraints": {"resourceRules": [_rule(rule) for rule in self.rules]},
            **({"matchConditions": conditions} if conditions else {}),
            **({"variables": variables} if variables else {}),
            "validations": [_validation(validation) for validation in self.validations],
        }


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
