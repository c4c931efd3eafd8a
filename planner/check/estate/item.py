"""One object as it was read, with its name and its place."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from models.source import Source
from planner.check.sighting import Change, Sighting, Target
from planner.read.documents.document import Document
from planner.read.documents.identity import DEFAULT_NAMESPACE
from planner.read.documents.tree import Tree, branch, entries, pairs, text
from planner.read.schema.known_kinds import full_kind, group_of

_CLUSTER_WIDE = frozenset(
    (
        *("Namespace", "Node", "PersistentVolume", "ClusterRole", "ClusterRoleBinding", "StorageClass", "PriorityClass"),
        *("RuntimeClass", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "MutatingAdmissionPolicy"),
        *("MutatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"),
        *("ClusterPolicy", "NodePool", "ResourceFlavor", "ValidatingPolicy", "MutatingPolicy", "CustomResourceDefinition"),
    )
)


@dataclass(eq=False)
class Item:
    """An object: its document, and what every rule asks of it."""

    document: Document
    tree: Tree = field(repr=False)

    @cached_property
    def group(self) -> str:
        """Return the API group; the core group is empty."""
        return group_of(self.document.api_version)

    @property
    def kind(self) -> str:
        """Return the kind."""
        return self.document.kind

    @cached_property
    def name(self) -> str:
        """Return the name."""
        return text(self.tree, "metadata", "name")

    @cached_property
    def namespace(self) -> str:
        """Return the namespace; empty for what is in none."""
        if self.kind in _CLUSTER_WIDE:
            return ""
        return text(self.tree, "metadata", "namespace") or ("" if self.is_stored else DEFAULT_NAMESPACE)

    @cached_property
    def is_placed(self) -> bool:
        """Say whether it says its namespace; else whoever applies it says that."""
        return bool(text(self.tree, "metadata", "namespace"))

    @cached_property
    def owner(self) -> str:
        """Return the controller that made it, as KIND/NAMESPACE/NAME; empty where a manifest says so itself, or nothing did."""
        for owner in entries(self.tree, "metadata", "ownerReferences") if self.is_stored else ():
            kind, group = text(owner, "kind"), group_of(text(owner, "apiVersion"))
            if owner.get("controller") is True and kind != "Node":
                return _subject(group, kind, self.namespace, text(owner, "name"))
        return ""

    @cached_property
    def labels(self) -> dict[str, str]:
        """Return the object's labels."""
        return pairs(self.tree, "metadata", "labels")

    @cached_property
    def annotations(self) -> dict[str, str]:
        """Return the object's annotations."""
        return pairs(self.tree, "metadata", "annotations")

    @cached_property
    def subject(self) -> str:
        """Write it as KIND/NAMESPACE/NAME, or KIND/NAME; with the API group of a custom resource."""
        return _subject(self.group, self.kind, self.namespace, self.name)

    @property
    def is_stored(self) -> bool:
        """Say whether a cluster told it."""
        return self.document.is_stored

    def spec(self, *names: str) -> Tree:
        """Return the map at the end of these names under spec."""
        return branch(self.tree, "spec", *names)

    def get(self, *names: str) -> Any:
        """Return whatever stands at the end of these names."""
        return branch(self.tree, *names[:-1]).get(names[-1])

    def where(self, path: str = "") -> Source:
        """Return file and line of a field, or of the object."""
        return self.document.where_of(path) if path else self.document.where

    def sighting(
        self, message: str, path: str = "", fix: str = "", severity: str = "", changes: tuple[Change, ...] = ()
    ) -> Sighting:
        """Make a sighting of this object, at this field."""
        written = self.namespace if self.is_placed else ""
        target = Target(self.document.api_version, self.kind, written, self.name)
        return Sighting(self.subject, message, self.where(path), fix, severity, self.annotations, target, changes)


def _subject(group: str, kind: str, namespace: str, name: str) -> str:
    written = full_kind((group, kind)) if "." in group and not group.endswith(".k8s.io") else kind
    return "/".join(part for part in (written, namespace, name) if part)
