"""What may change pods as they are made, or refuse them or what makes them: webhooks, and admission policies with their bindings.

Whom they select beside that (namespaces, labels, expressions) is not looked at, nor what they say: they are named.
Source: staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook/predicates/rules/rules.go,
staging/src/k8s.io/apiserver/pkg/admission/plugin/policy/validating/dispatcher.go.
"""

from collections.abc import Iterable, Mapping

from models.source import Source
from planner.admission.digest import digest
from planner.read.documents.document import Document
from planner.read.documents.field import Notebook, Spot
from planner.read.schema import cluster_schema, pod_schema
from planner.words import some

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
_DENY = "Deny"
_BOUND = {"policyName", "validationActions"}
"""What a binding says that makes no exception."""
_NAMED = 5
"""So many are named, and the others counted: a mesh and a policy engine have dozens."""


class AdmissionHooks:
    """What was read of them so far: all that may refuse pods is said at the end, in one statement."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._hooks: dict[str, Source] = {}
        self._policies: dict[str, tuple[bool, Source]] = {}
        self._bindings: dict[str, tuple[cluster_schema.PolicyBindingSpec, Source]] = {}
        self._told: dict[str, str] = {}
        self._denied: set[str] = set()

    def note_changing_hooks(self, spot: Spot, document: Document) -> None:
        """Say of webhooks that they may change pods, if they are called for them."""
        given = document.decode(cluster_schema.HookConfiguration)
        _state_changes(spot, document.kind, given.metadata, _hook_rules(given))

    def note_changing_policy(self, spot: Spot, document: Document) -> None:
        """Say of a policy that it may change pods, if it is evaluated for them."""
        given = document.decode(cluster_schema.AdmissionPolicy)
        _state_changes(spot, document.kind, given.metadata, _policy_rules(given))

    def note_refusing_hooks(self, spot: Spot, document: Document) -> None:
        """Remember webhooks that may refuse pods, or what makes them."""
        given = document.decode(cluster_schema.HookConfiguration)
        if _meet(_hook_rules(given), _MAKING):
            self._hooks.setdefault(f"{document.kind}/{_name(given.metadata)}", spot.where)

    def note_refusing_policy(self, spot: Spot, document: Document) -> None:
        """Remember a policy, and whether it is evaluated for pods or what makes them."""
        given = document.decode(cluster_schema.AdmissionPolicy)
        self._policies.setdefault(_name(given.metadata), (_meet(_policy_rules(given), _MAKING), spot.where))
        if document.is_record and document.is_inventory:
            self._told[_name(given.metadata)] = digest(document.tree().get("spec") or {})

    def note_binding(self, spot: Spot, document: Document) -> None:
        """Remember of which policy it makes what."""
        given = document.decode(cluster_schema.PolicyBinding)
        spec = given.spec or cluster_schema.PolicyBindingSpec()
        self._bindings.setdefault(_name(given.metadata), (spec, spot.where))
        told = document.tree().get("spec") or {}
        if document.is_record and document.is_inventory and told.keys() == _BOUND and _DENY in (spec.validation_actions or ()):
            self._denied.add(spec.policy_name or "")

    @property
    def denying(self) -> dict[str, str]:
        """Return the policies that a cluster has bound to deny all that they refuse, with digests of what they say."""
        return {name: told for name, told in sorted(self._told.items()) if name in self._denied}

    def state(self, notebook: Notebook) -> None:
        """Name all that may refuse pods, or what makes them."""
        hooks = {**self._refusing_policies(), **self._hooks}
        if hooks:
            names = sorted(hooks)
            message = f"{some(names, _NAMED)} may refuse pods, or what makes them: which ones is not modelled"
            Spot(notebook, hooks[names[0]]).state("admission", message)

    def _refusing_policies(self) -> dict[str, Source]:
        """Return the policies that may refuse: not those whose bindings only warn or audit; and bindings of others that do."""
        acting = {spec.policy_name or "" for spec, _ in self._bindings.values() if _DENY in (spec.validation_actions or ())}
        idle = {spec.policy_name or "" for spec, _ in self._bindings.values()} - acting
        policies = {
            f"ValidatingAdmissionPolicy/{name}": where
            for name, (meets, where) in self._policies.items()
            if meets and name not in idle
        }
        others = {
            f"ValidatingAdmissionPolicyBinding/{name}": where
            for name, (spec, where) in self._bindings.items()
            if (spec.policy_name or "") in acting - self._policies.keys()
        }
        return {**policies, **others}


def _name(meta: pod_schema.Meta | None) -> str:
    return (meta.name if meta else None) or ""


def _hook_rules(given: cluster_schema.HookConfiguration) -> list[cluster_schema.HookRule]:
    return [rule for hook in given.webhooks or () for rule in hook.rules or ()]


def _policy_rules(given: cluster_schema.AdmissionPolicy) -> list[cluster_schema.HookRule]:
    constraints = given.spec.match_constraints if given.spec else None
    return constraints.resource_rules or [] if constraints else []


def _state_changes(spot: Spot, kind: str, meta: pod_schema.Meta | None, rules: Iterable[cluster_schema.HookRule]) -> None:
    if _meet(rules, _PODS):
        message = "may change pods when they are made (sidecars, resources, placement): not modelled"
        spot.state(f"{kind}/{_name(meta)}", message)


def _meet(rules: Iterable[cluster_schema.HookRule], pods_by_group: Mapping[str, tuple[str, ...]]) -> bool:
    """Say whether any rule is about the making of any of these; what a rule leaves out is taken for everything."""
    return any(_meets(rule, group, names) for rule in rules for group, names in pods_by_group.items())


def _meets(rule: cluster_schema.HookRule, group: str, names: tuple[str, ...]) -> bool:
    groups, operations = rule.api_groups or _EVERY, rule.operations or _EVERY
    return (
        bool({group, "*"}.intersection(groups))
        and bool({*names, *_EVERY}.intersection(rule.resources or ()))
        and not {*(_PATCHED if group else _MADE)}.isdisjoint(operations)
    )
