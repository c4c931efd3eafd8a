"""Admission as it was read: what each policy or webhook is asked about, and whether it says no."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from models.kubernetes.labels import Labels, LabelSelector
from planner.check.estate.estate import Estate
from planner.check.estate.item import Item
from planner.check.estate.template import requirements
from planner.read.documents.tree import Tree, all_texts, branch, entries, pairs, text, texts
from planner.rules.selectors import matches

ADMISSION, KYVERNO, KYVERNO_CEL = "admissionregistration.k8s.io", "kyverno.io", "policies.kyverno.io"
_NAMESPACED = frozenset(
    (
        *("pods", "podtemplates", "replicationcontrollers", "deployments", "replicasets", "statefulsets", "daemonsets"),
        *("jobs", "cronjobs"),
    )
)
_PLACEMENT = re.compile(r"tolerations|nodeSelector|nodeName|nodeAffinity|node-selector|\btaints\b")


@dataclass(eq=False)
class Gate:
    """A policy, or one webhook of a configuration: `tree` holds its rules, at `path` of the object."""

    item: Item
    tree: Tree
    rules: Sequence[Tree]
    path: str

    def is_asked(self, group: str, resource: str, operation: str) -> bool:
        """Say whether it is asked about an operation on a resource; what a rule leaves out is taken for nothing."""
        return any(_meets(rule, group, resource, operation) for rule in self.rules)

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Return every text in it."""
        return tuple(all_texts(self.tree))

    @cached_property
    def places_pods(self) -> bool:
        """Say whether it speaks of where pods run."""
        return any(_PLACEMENT.search(word) for word in (*self.texts, *_keys(self.tree)))

    @property
    def is_about_namespaces(self) -> bool:
        """Say whether all that it is asked about is in a namespace, so that a selector of namespaces decides."""
        named = {name.partition("/")[0] for rule in self.rules for name in texts(rule, "resources")}
        return bool(named) and named <= _NAMESPACED

    @property
    def fails_open(self) -> bool:
        """Say whether what it cannot judge is let in."""
        return text(self.tree, "failurePolicy") == "Ignore"


def policies(estate: Estate) -> Iterator[Gate]:
    """Yield the validating policies in CEL: Kubernetes' own, and Kyverno's that are written alike."""
    for item in (*estate.of_kind(ADMISSION, "ValidatingAdmissionPolicy"), *estate.of_kind(KYVERNO_CEL, "ValidatingPolicy")):
        spec = item.spec()
        yield Gate(item, spec, entries(spec, "matchConstraints", "resourceRules"), "spec")


def mutating_policies(estate: Estate) -> Iterator[Gate]:
    """Yield the mutating policies in CEL."""
    for item in (*estate.of_kind(ADMISSION, "MutatingAdmissionPolicy"), *estate.of_kind(KYVERNO_CEL, "MutatingPolicy")):
        spec = item.spec()
        yield Gate(item, spec, entries(spec, "matchConstraints", "resourceRules"), "spec")


def webhooks(estate: Estate, kind: str) -> Iterator[Gate]:
    """Yield the webhooks of every configuration of this kind."""
    for item in estate.of_kind(ADMISSION, kind):
        for index, hook in enumerate(entries(item.tree, "webhooks")):
            yield Gate(item, hook, entries(hook, "rules"), f"webhooks[{index}]")


def legacy(estate: Estate) -> Iterator[Gate]:
    """Yield Kyverno's policies of the kinds that are being retired."""
    for item in estate.of_kind(KYVERNO, "ClusterPolicy", "Policy"):
        yield Gate(item, item.spec(), (), "spec")


def bindings(estate: Estate) -> dict[str, list[Item]]:
    """Return the bindings of ValidatingAdmissionPolicies by the policy's name."""
    bound: dict[str, list[Item]] = {}
    for item in estate.of_kind(ADMISSION, "ValidatingAdmissionPolicyBinding"):
        bound.setdefault(text(item.tree, "spec", "policyName"), []).append(item)
    return bound


def expressions(gate: Gate) -> Iterator[tuple[str, str]]:
    """Yield the CEL expressions of a policy with their paths."""
    for name in ("validations", "matchConditions", "variables", "auditAnnotations"):
        for index, entry in enumerate(entries(gate.tree, name)):
            expression = text(entry, "expression") or text(entry, "valueExpression")
            if expression:
                yield f"{gate.path}.{name}[{index}]", expression


def _meets(rule: Tree, group: str, resource: str, operation: str) -> bool:
    wanted = {resource, "*/*", f"{resource.partition('/')[0]}/*"} | ({"*"} if "/" not in resource else set())
    return (
        bool({group, "*"}.intersection(texts(rule, "apiGroups")))
        and bool(wanted.intersection(texts(rule, "resources")))
        and bool({operation, "*"}.intersection(texts(rule, "operations")))
    )


def _keys(tree: object) -> Iterator[str]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield str(key)
            yield from _keys(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _keys(value)


def unreached(gate: Gate, binding: Item, estate: Estate) -> str:
    """Say what of a cluster meets no selectors of a policy and its binding; nothing where something does, or may."""
    scopes = (branch(gate.tree, "matchConstraints"), branch(binding.tree, "spec", "matchResources"))
    spaces, objects = ([_selector(scope, name) for scope in scopes] for name in ("namespaceSelector", "objectSelector"))
    if gate.is_about_namespaces and estate.namespaces and not _any_meets(estate.namespaces.values(), spaces):
        return "no namespace of the cluster meets the namespaceSelectors of policy and binding"
    labels = (*(item.labels for item in estate.items), *(template.labels for template in estate.templates))
    return "" if _any_meets(labels, objects) else "no object of the cluster meets the objectSelectors of policy and binding"


def _any_meets(labels: Iterable[Mapping[str, str]], selectors: Sequence[LabelSelector]) -> bool:
    return any(all(matches(selector, own) for selector in selectors) for own in labels)


def _selector(scope: Tree, name: str) -> LabelSelector:
    return LabelSelector(Labels(pairs(scope, name, "matchLabels")), requirements(branch(scope, name)))
