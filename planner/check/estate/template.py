"""A pod template, or a bare pod: where its pods may go, what they may do, and who they are to the API server."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from models.kubernetes.labels import Requirement, Taint, Toleration
from planner.check.estate.item import Item
from planner.check.sighting import Change, Sighting
from planner.read.confinement.pod_tree import PodTree
from planner.read.documents.tree import Tree, branch, entries, numbered, pairs, text, texts
from planner.rules.plugins.tainttoleration import tolerates
from planner.rules.selectors import requirement_matches

_MARK = "kubernetes.io/config.mirror"
"""The annotation of a static pod's mirror."""


@dataclass(eq=False)
class Template(PodTree):
    """The pod spec at a path of an object."""

    item: Item
    path: str

    @property
    def subject(self) -> str:
        """Write whose template it is: that of the controller, of a pod whose controller is not in the input."""
        return self.item.owner or self.item.subject

    @property
    def namespace(self) -> str:
        """Return the namespace of its pods."""
        return self.item.namespace

    @property
    def is_daemon(self) -> bool:
        """Say whether it has one pod on every node it reaches."""
        return self.item.kind == "DaemonSet" or self.item.owner.startswith("DaemonSet/")

    @property
    def is_bare(self) -> bool:
        """Say whether it is a pod, and no template."""
        return (self.item.group, self.item.kind) == ("", "Pod")

    @property
    def runs(self) -> bool:
        """Say whether it is a pod that a cluster has bound to a node."""
        return self.is_bare and self.item.is_stored and bool(text(self.spec, "nodeName"))

    @property
    def is_static(self) -> bool:
        """Say whether it is the mirror of a static pod."""
        return self.is_bare and _MARK in self.item.annotations

    @cached_property
    def tolerations(self) -> tuple[tuple[int, Toleration], ...]:
        """Return the tolerations with their numbers."""
        return tuple((index, _toleration(entry)) for index, entry in numbered(self.spec, "tolerations"))

    def tolerates(self, taint: Taint) -> bool:
        """Say whether any toleration matches the taint."""
        return any(tolerates(toleration, taint) for _, toleration in self.tolerations)

    @cached_property
    def node_selector(self) -> dict[str, str]:
        """Return the node selector."""
        return pairs(self.spec, "nodeSelector")

    @cached_property
    def terms(self) -> tuple[tuple[Requirement, ...], ...]:
        """Return the terms of the required node affinity, any one of which is enough."""
        required = branch(self.spec, "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
        return tuple(requirements(term) for term in entries(required, "nodeSelectorTerms"))

    @cached_property
    def preferred_keys(self) -> frozenset[str]:
        """Return the keys that its node affinity only prefers."""
        affinity = branch(self.spec, "affinity", "nodeAffinity")
        terms = entries(affinity, "preferredDuringSchedulingIgnoredDuringExecution")
        return frozenset(requirement.key for term in terms for requirement in requirements(branch(term, "preference")))

    @cached_property
    def required_keys(self) -> frozenset[str]:
        """Return the keys that every node it may go to must have a value of."""
        every = [{requirement.key for requirement in term if requirement.operator in ("In", "Exists")} for term in self.terms]
        return frozenset(self.node_selector).union(set.intersection(*every) if every else ())

    def selects(self, labels: Mapping[str, str]) -> bool:
        """Say whether its node selector and required affinity match a node of these labels."""
        is_selected = all(labels.get(key) == value for key, value in self.node_selector.items())
        terms = [all(requirement_matches(requirement, labels) for requirement in term) for term in self.terms]
        return is_selected and (any(terms) or not terms)

    @cached_property
    def images(self) -> tuple[str, ...]:
        """Return the images of all containers, and those that are mounted as volumes."""
        mounted = (text(volume, "image", "reference") for volume in entries(self.spec, "volumes"))
        return tuple(filter(None, (*(text(container, "image") for _, container in self.containers), *mounted)))

    @property
    def account(self) -> tuple[str, str]:
        """Return namespace and name of its service account."""
        name = text(self.spec, "serviceAccountName") or text(self.spec, "serviceAccount") or "default"
        return self.namespace, name

    def sighting(
        self, message: str, path: str = "", fix: str = "", severity: str = "", changes: tuple[Change, ...] = ()
    ) -> Sighting:
        """Make a sighting of its object, at this field of the pod spec; paths of changes begin there, too."""
        below = tuple(replace(change, path=f"{self.path}.{change.path}") for change in changes)
        own = self.item.sighting(message, f"{self.path}.{path}" if path else self.path, fix, severity, below)
        inner = pairs(self.around, "metadata", "annotations")
        return replace(own, subject=self.subject, annotations={**inner, **own.annotations})

    def without_tolerations(self, indices: Iterable[int]) -> tuple[Change, ...]:
        """Return the changes that take these tolerations away."""
        listed = dict(numbered(self.spec, "tolerations"))
        return tuple(Change(f"tolerations[{index}]", listed[index]) for index in indices)


def _toleration(entry: Tree) -> Toleration:
    seconds = entry.get("tolerationSeconds")
    key, operator, value, effect = (text(entry, name) for name in ("key", "operator", "value", "effect"))
    return Toleration(key, operator, value, effect, seconds if isinstance(seconds, int) else None)


def requirements(term: Tree) -> tuple[Requirement, ...]:
    """Return the expressions of a node selector term, or of a label selector."""
    expressions = entries(term, "matchExpressions")
    return tuple(Requirement(text(entry, "key"), text(entry, "operator"), texts(entry, "values")) for entry in expressions)
