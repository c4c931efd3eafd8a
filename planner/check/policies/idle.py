"""Policies that exist and refuse nothing."""

import re
from collections.abc import Iterator

from models.answer.finding import ERROR, WARNING
from planner.check.estate.constant import constant
from planner.check.estate.estate import Estate
from planner.check.estate.gates import (
    ADMISSION,
    KYVERNO_CEL,
    Gate,
    bindings,
    expressions,
    legacy,
    policies,
    unreached,
)
from planner.check.estate.item import Item
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting
from planner.read.documents.tree import Tree, branch, entries, text, texts

_ON_AN_INDEX = re.compile(r"\bhas\([^()]*\]\s*\)")
_ENFORCES = ("deny", "enforce")


def _question(estate: Estate) -> Iterator[Sighting]:
    bound = bindings(estate)
    for gate in policies(estate):
        for path, expression in expressions(gate):
            if why := _does_not_compile(expression):
                yield gate.item.sighting(f"an expression does not compile: {why}", path)
        yield from _decided(gate)
        yield from _warned(gate.item)
        if gate.item.group == ADMISSION and not _is_static(gate.item):
            yield from _unbound(gate, bound, estate)
        actions = texts(gate.tree, "validationActions")
        if gate.item.group == KYVERNO_CEL and actions and "Deny" not in actions:
            message = f"validationActions {', '.join(actions)}: it refuses nothing"
            yield gate.item.sighting(message, "spec.validationActions", severity=WARNING)
    for gate in legacy(estate):
        action = str(gate.tree.get("validationFailureAction", "")).lower()
        if gate.places_pods and "validate" in _rule_kinds(gate.tree) and action not in _ENFORCES and not _enforces(gate.tree):
            yield gate.item.sighting("validationFailureAction is not Enforce: it refuses nothing", "spec", severity=WARNING)


def _rule_kinds(tree: Tree) -> set[str]:
    return {str(name) for rule in entries(tree, "rules") for name in rule}


def _warned(item: Item) -> Iterator[Sighting]:
    """Tell what the API server itself says of the types in a policy's expressions."""
    for warning in entries(item.tree, "status", "typeChecking", "expressionWarnings") if item.is_stored else ():
        reason = text(warning, "warning").strip().partition("\n")[0]
        yield item.sighting(f"the API server warns of {text(warning, 'fieldRef')}: {reason}", severity=WARNING)


def _is_static(item: Item) -> bool:
    return item.name.endswith(".static.k8s.io")


def _unbound(gate: Gate, bound: dict[str, list[Item]], estate: Estate) -> Iterator[Sighting]:
    own = bound.get(gate.item.name, [])
    if not own:
        # An application's manifests may leave the binding to somebody else; a cluster has all there are.
        severity = ERROR if estate.is_live or bound else WARNING
        yield gate.item.sighting("no ValidatingAdmissionPolicyBinding names it: it is never asked", severity=severity)
    elif not any("Deny" in texts(binding.tree, "spec", "validationActions") for binding in own):
        yield own[0].sighting(
            "no binding of the policy denies: it only warns or audits", "spec.validationActions", severity=WARNING
        )
    else:
        denying = [binding for binding in own if "Deny" in texts(binding.tree, "spec", "validationActions")]
        unmet = [unreached(gate, binding, estate) for binding in denying] if estate.is_live else [""]
        if all(unmet):
            yield denying[0].sighting(unmet[0], "spec.matchResources")


def _decided(gate: Gate) -> Iterator[Sighting]:
    """Tell of expressions that are the same whatever is asked: one condition that is false, or only validations that are true."""
    for index, condition in enumerate(entries(gate.tree, "matchConditions")):
        if constant(text(condition, "expression")) is False:
            message = f"match condition {text(condition, 'name')} is always false: it is never asked"
            yield gate.item.sighting(message, f"{gate.path}.matchConditions[{index}]")
    validations = entries(gate.tree, "validations")
    if validations and all(constant(text(validation, "expression")) for validation in validations):
        yield gate.item.sighting("its validations are always true: it refuses nothing", f"{gate.path}.validations")


def _does_not_compile(expression: str) -> str:
    """Say why CEL refuses an expression, as far as that can be seen without its types."""
    plain = re.sub(r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"", "''", expression)
    plain = re.sub(r"//[^\n]*", "", plain)
    for opening, closing in ("()", "[]", "{}"):
        if plain.count(opening) != plain.count(closing):
            return f"{opening} and {closing} do not match"
    return "has() takes a field, not an index" if _ON_AN_INDEX.search(plain) else ""


def _enforces(tree: Tree) -> bool:
    rules = [branch(rule, "validate") for rule in entries(tree, "rules")]
    return any(str(rule.get("failureAction", "")).lower() in _ENFORCES for rule in rules)


RULE = Rule(
    id="policy-does-nothing",
    breaks=SECURITY,
    severity=ERROR,
    sentence="A policy exists and refuses nothing",
    why="Who sees the policy believes that the door is shut; it never was.",
    how="The policy has no binding, only audits, selects no namespace, is the same whatever it is asked, or does not compile.",
    fix="bind it with validationActions [Deny], and try a pod that it has to refuse",
    source="https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/",
    question=_question,
)
