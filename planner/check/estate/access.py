"""Who may do what: roles and their bindings, resolved to one grant for each subject and rule.

Source: plugin/pkg/auth/authorizer/rbac/rbac.go, pkg/apis/rbac/v1/evaluation_helpers.go.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from models.trust import Admission
from planner.check.estate.estate import Estate
from planner.check.estate.item import Item
from planner.check.sighting import Sighting
from planner.read.documents.tree import Tree, entries, numbered, pairs, text, texts

RBAC = "rbac.authorization.k8s.io"
EVERYBODY = frozenset(("system:authenticated", "system:unauthenticated", "system:anonymous", "system:serviceaccounts"))
_BUILT_IN = ("kubernetes.io/bootstrapping", "rbac-defaults")
_OF_CONTROLLERS = ("system:controller:", "system::leader-locking-", "system:")
"""What stands before the name of the service account in the names of bindings that the API server makes."""
_FOR_EVERYBODY = tuple(
    f"system:{name}" for name in ("basic-user", "discovery", "public-info-viewer", "service-account-issuer-discovery")
)
"""The bindings that the API server makes for all who ask it."""
_CHANGING = frozenset(("*", "create", "update", "patch"))
_ALL: Tree = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}
_EDIT: Tree = {
    "apiGroups": [""],
    "resources": ["pods", "pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "secrets", "serviceaccounts/token"],
    "verbs": ["get", "list", "watch", "create", "delete", "deletecollection", "patch", "update"],
}
_BUILT_IN_ROLES = {"cluster-admin": _ALL, "admin": _EDIT, "edit": _EDIT}
"""What matters here of roles that every cluster has, for inputs that do not hold them (plugin/pkg/auth/authorizer/rbac/
bootstrappolicy/policy.go)."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A user, a group or a service account."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        """Write it as KIND NAME, a service account with its namespace."""
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"

    @property
    def is_system(self) -> bool:
        """Say whether it is a part of Kubernetes itself, and no group that everybody is in."""
        return self.kind != "ServiceAccount" and self.name.startswith("system:") and self.name not in EVERYBODY

    @property
    def user(self) -> str:
        """Return the name by which the API server knows it."""
        return f"system:serviceaccount:{self.namespace}:{self.name}" if self.kind == "ServiceAccount" else self.name

    @property
    def account(self) -> tuple[str, str]:
        """Return namespace and name of a service account."""
        return self.namespace, self.name


@dataclass(frozen=True, slots=True, eq=False)
class Grant:
    """One rule of a role, as a binding gives it to a subject: in one namespace, or in all (empty)."""

    subject: Subject
    rule: Tree
    namespace: str
    role: Item | None
    path: str
    binding: Item

    @property
    def is_everything(self) -> bool:
        """Say whether it lets its subject change all there is."""
        is_about_all = all("*" in texts(self.rule, name) for name in ("apiGroups", "resources"))
        return is_about_all and not _CHANGING.isdisjoint(texts(self.rule, "verbs")) and not self.names

    @property
    def verbs(self) -> str:
        """Write the verbs; all of them as "do"."""
        verbs = texts(self.rule, "verbs")
        return "do" if "*" in verbs else ", ".join(verbs)

    def allows(self, verb: str, group: str, resource: str) -> bool:
        """Say whether it allows a verb on a resource, of any name."""
        return (
            bool({verb, "*"}.intersection(texts(self.rule, "verbs")))
            and bool({group, "*"}.intersection(texts(self.rule, "apiGroups")))
            and bool(_spellings(resource).intersection(texts(self.rule, "resources")))
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the only objects that it is about; nothing where it is about all."""
        return texts(self.rule, "resourceNames")

    @property
    def scope(self) -> str:
        """Say where it holds."""
        return f"in namespace {self.namespace}" if self.namespace else "in every namespace"

    def sighting(self, message: str, severity: str = "") -> Sighting:
        """Make a sighting of the binding, at the rule of the role where that was read."""
        own = self.binding.sighting(message, severity=severity)
        where = self.role.where(self.path) if self.role else own.where
        annotations = {**(self.role.annotations if self.role else {}), **own.annotations}
        return Sighting(own.subject, message, where, severity=severity, annotations=annotations)


def _spellings(resource: str) -> set[str]:
    """Return how a rule may name a resource: a subresource as */NAME too."""
    return {resource, "*", *([f"*/{resource.partition('/')[2]}"] if "/" in resource else [])}


class Access:
    """Every grant; those of Kubernetes' own parts are left out."""

    def __init__(self, estate: Estate) -> None:
        """Look at roles and bindings; whom the policy names as administrators may do what nobody else may."""
        self._estate = estate
        self.admission = estate.policy.admission if estate.policy else Admission()
        self._roles = {(item.kind, item.namespace, item.name): item for item in estate.of_kind(RBAC, "Role", "ClusterRole")}

    @cached_property
    def grants(self) -> tuple[Grant, ...]:
        """Return every grant but those of Kubernetes' own parts."""
        bindings = self._estate.of_kind(RBAC, "ClusterRoleBinding", "RoleBinding")
        return tuple(grant for binding in bindings for grant in self._granted(binding))

    def allowing(self, verbs: tuple[str, ...], group: str, resource: str) -> Iterator[Grant]:
        """Yield the grants of any of these verbs on a resource, once for each subject and namespace; not those of everything.

        Of several that of all names is told, not one that is limited to some.
        """
        first: dict[tuple[Subject, str], Grant] = {}
        for grant in self.grants:
            if grant.is_everything or not any(grant.allows(verb, group, resource) for verb in verbs):
                continue
            known = first.setdefault((grant.subject, grant.namespace), grant)
            if known.names and not grant.names:
                first[grant.subject, grant.namespace] = grant
        yield from first.values()

    def of_all(self, verbs: tuple[str, ...], group: str, resource: str) -> Iterator[Grant]:
        """Yield those of `allowing` that are about every object in every namespace."""
        return (grant for grant in self.allowing(verbs, group, resource) if not grant.namespace and not grant.names)

    def of_account(self, account: tuple[str, str], is_placed: bool) -> tuple[Grant, ...]:
        """Return what a service account may do, also by its groups; of one that is not placed in a namespace the name counts."""
        named = self._by_name.get(account[1], ())
        own = (grant for grant in named if grant.subject.namespace == account[0] or not is_placed)
        groups = {"system:serviceaccounts", "system:authenticated", f"system:serviceaccounts:{account[0]}"}
        return (*own, *(grant for grant in self._of_groups if grant.subject.name in groups))

    @cached_property
    def _by_name(self) -> dict[str, list[Grant]]:
        names: dict[str, list[Grant]] = {}
        for grant in self.grants:
            if grant.subject.kind == "ServiceAccount":
                names.setdefault(grant.subject.name, []).append(grant)
        return names

    @cached_property
    def _of_groups(self) -> tuple[Grant, ...]:
        return tuple(grant for grant in self.grants if grant.subject.kind == "Group")

    def _granted(self, binding: Item) -> Iterator[Grant]:
        kind, name = text(binding.tree, "roleRef", "kind"), text(binding.tree, "roleRef", "name")
        role = self._roles.get((kind, binding.namespace if kind == "Role" else "", name))
        built_in = _BUILT_IN_ROLES.get(name) if role is None and kind == "ClusterRole" else None
        rules = [("", built_in)] if built_in else list(self._rules(role)) if role else []
        for subject in map(_subject, entries(binding.tree, "subjects")):
            if not (subject.is_system or subject.user in self.admission.admins or self._is_built_in(binding, subject)):
                for path, rule in rules:
                    yield Grant(subject, rule, binding.namespace, role, path, binding)

    def _is_built_in(self, binding: Item, subject: Subject) -> bool:
        """Say whether the API server itself binds the subject, as no pod has its token: anybody may write the label."""
        key, value = _BUILT_IN
        if binding.labels.get(key) != value or text(binding.tree, "roleRef", "name") != binding.name:
            return False
        if subject.kind != "ServiceAccount":
            return binding.name in _FOR_EVERYBODY
        names = [f"{start}{subject.name}" for start in _OF_CONTROLLERS]
        is_its_own = subject.namespace == "kube-system" and binding.name in names
        return is_its_own and not any(self._estate.holders(subject.account))

    def _rules(self, role: Item) -> Iterator[tuple[str, Tree]]:
        """Yield the rules of a role with their paths, and those of the roles that it aggregates."""
        for index, rule in numbered(role.tree, "rules"):
            yield f"rules[{index}]", rule
        for selector in entries(role.tree, "aggregationRule", "clusterRoleSelectors"):
            wanted = pairs(selector, "matchLabels")
            for other in self._estate.of_kind(RBAC, "ClusterRole"):
                if wanted and other is not role and wanted.items() <= other.labels.items():
                    yield from (("rules", rule) for rule in entries(other.tree, "rules"))


def _subject(tree: Tree) -> Subject:
    kind = text(tree, "kind")
    return Subject(kind, text(tree, "namespace") if kind == "ServiceAccount" else "", text(tree, "name"))
