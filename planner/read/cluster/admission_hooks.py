"""What may change pods as they are made, or refuse them or what makes them: webhooks, and admission policies with their bindings.

Whom they select beside that (namespaces, labels, expressions) is not looked at, nor what they say: they are named.
Source: staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook/predicates/rules/rules.go,
staging/src/k8s.io/apiserver/pkg/admission/plugin/policy/validating/dispatcher.go.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from models.kubernetes.cluster import AdmissionHook
from planner.admission.digest import digest
from planner.read.documents.document import Document
from planner.read.documents.field import Spot
from planner.read.schema import cluster_schema, pod_schema

_EVERY = ("*", "*/*")
_PODS = {"": ("pods",)}
_MAKING = {
    "": ("pods", "pods/*", "pods/binding", "*/binding", "replicationcontrollers"),
    "apps": ("daemonsets", "deployments", "replicasets", "statefulsets"),
    "argoproj.io": ("rollouts",),
    "batch": ("cronjobs", "jobs"),
}
"""What must be let in for pods to be made and bound: resources as rules name them, group by group."""
_MADE, _PATCHED = ("*", "CREATE"), ("*", "CREATE", "UPDATE")
"""Operations that make pods, and those by which a patch is applied to what makes them."""
_OF_PODS = re.compile(r"^pods\b|/binding$")
_DENY = "Deny"
_BOUND = {"policyName", "validationActions"}
"""What a binding says that makes no exception."""
_Key = tuple[str, str]


class AdmissionHooks:
    """What was read of them so far, in the order of their kinds and names."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._changing: dict[_Key, AdmissionHook] = {}
        self._hooks: dict[_Key, AdmissionHook] = {}
        self._policies: dict[str, tuple[bool, AdmissionHook]] = {}
        self._bindings: dict[str, tuple[cluster_schema.PolicyBindingSpec, AdmissionHook]] = {}
        self._told: dict[str, str] = {}
        self._denied: set[str] = set()
        self._excepting: set[str] = set()

    def note_changing_hooks(self, spot: Spot, document: Document) -> None:
        """Remember webhooks that may change pods, if they are called for them."""
        given = document.decode(cluster_schema.HookConfiguration)
        if _meet(_hook_rules(given), _PODS):
            _keep(self._changing, _hook(spot, document, given.metadata, changes=True))

    def note_changing_policy(self, spot: Spot, document: Document) -> None:
        """Remember a policy that may change pods, if it is evaluated for them."""
        given = document.decode(cluster_schema.AdmissionPolicy)
        if _meet(_policy_rules(given), _PODS):
            _keep(self._changing, _policy(spot, document, given.metadata, changes=True))

    def note_refusing_hooks(self, spot: Spot, document: Document) -> None:
        """Remember webhooks that may refuse pods, or what makes them."""
        given = document.decode(cluster_schema.HookConfiguration)
        if _meet(_hook_rules(given), _MAKING):
            _keep(self._hooks, _hook(spot, document, given.metadata))

    def note_refusing_policy(self, spot: Spot, document: Document) -> None:
        """Remember a policy, and whether it is evaluated for pods or what makes them."""
        given = document.decode(cluster_schema.AdmissionPolicy)
        hook = _policy(spot, document, given.metadata)
        self._policies.setdefault(hook.name, (_meet(_policy_rules(given), _MAKING), hook))
        # A policy in a file is in force only once somebody applies it; what a cluster has stored is.
        if document.is_record and document.is_inventory:
            self._told[hook.name] = hook.digest

    def note_binding(self, spot: Spot, document: Document) -> None:
        """Remember of which policy it makes what."""
        given = document.decode(cluster_schema.PolicyBinding)
        spec, told = given.spec or cluster_schema.PolicyBindingSpec(), document.tree().get("spec") or {}
        hook = _hook(spot, document, given.metadata)
        self._bindings.setdefault(hook.name, (spec, hook))
        if told.keys() != _BOUND:
            self._excepting.add(spec.policy_name or "")
        elif document.is_record and document.is_inventory and _DENY in (spec.validation_actions or ()):
            self._denied.add(spec.policy_name or "")

    @property
    def all(self) -> tuple[AdmissionHook, ...]:
        """Return what may change pods, and what may refuse them or what makes them."""
        hooks = (*self._changing.values(), *self._hooks.values(), *self._refusing_policies())
        return tuple(sorted(hooks, key=lambda hook: (hook.kind, hook.name)))

    @property
    def denying(self) -> dict[str, str]:
        """Return the policies that a cluster has bound to deny all that they refuse, with digests of what they say."""
        return {name: told for name, told in sorted(self._told.items()) if name in self._denied}

    def _refusing_policies(self) -> Iterator[AdmissionHook]:
        """Yield the policies that may refuse: not those whose bindings only warn or audit; and bindings of others that do.

        One that is bound with an exception has no digest: it is no more what it says.
        """
        acting = {spec.policy_name or "" for spec, _ in self._bindings.values() if _DENY in (spec.validation_actions or ())}
        # A policy that nothing here binds is named all the same: its binding need not be in the input.
        idle = {spec.policy_name or "" for spec, _ in self._bindings.values()} - acting
        for name, (meets, hook) in self._policies.items():
            if meets and name not in idle:
                yield replace(hook, digest="") if name in self._excepting else hook
        for spec, hook in self._bindings.values():
            if (spec.policy_name or "") in acting - self._policies.keys():
                yield hook


def _keep(hooks: dict[_Key, AdmissionHook], hook: AdmissionHook) -> None:
    hooks.setdefault((hook.kind, hook.name), hook)


def _hook(spot: Spot, document: Document, meta: pod_schema.Meta | None, changes: bool = False) -> AdmissionHook:
    return AdmissionHook(document.kind, (meta.name if meta else None) or "", changes, where=spot.where)


def _policy(spot: Spot, document: Document, meta: pod_schema.Meta | None, changes: bool = False) -> AdmissionHook:
    return replace(_hook(spot, document, meta, changes), digest=digest(document.tree().get("spec") or {}))


def _hook_rules(given: cluster_schema.HookConfiguration) -> list[cluster_schema.HookRule]:
    return [rule for hook in given.webhooks or () for rule in hook.rules or ()]


def _policy_rules(given: cluster_schema.AdmissionPolicy) -> list[cluster_schema.HookRule]:
    constraints = given.spec.match_constraints if given.spec else None
    return constraints.resource_rules or [] if constraints else []


def _meet(rules: Iterable[cluster_schema.HookRule], pods_by_group: Mapping[str, tuple[str, ...]]) -> bool:
    """Say whether any rule is about the making of any of these; what a rule leaves out is taken for everything."""
    return any(_meets(rule, group, names) for rule in rules for group, names in pods_by_group.items())


def _meets(rule: cluster_schema.HookRule, group: str, names: tuple[str, ...]) -> bool:
    if not {group, "*"}.intersection(rule.api_groups or _EVERY):
        return False
    named = set(names) if set(_EVERY).intersection(resources := rule.resources or _EVERY) else set(names).intersection(resources)
    # A plan patches what makes pods, and pods themselves never.
    operations = _PATCHED if any(not _OF_PODS.search(name) for name in named) else _MADE
    return bool(named) and not set(operations).isdisjoint(rule.operations or _EVERY)
