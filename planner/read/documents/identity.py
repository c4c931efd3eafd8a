"""What objects are known by: group, kind, namespace and name; and the controller that an object names as its own."""

from planner.read.schema import pod_schema
from planner.read.schema.known_kinds import NODE, full_kind, group_of

Key = tuple[str, str, str, str]
"""API group, kind, namespace and name of an object."""

DEFAULT_NAMESPACE = "default"


def owner_of(meta: pod_schema.Meta, namespace: str) -> Key | None:
    """Return the controller that an object names as its own."""
    return controller_of(meta, namespace)[0]


def controller_of(meta: pod_schema.Meta, namespace: str) -> tuple[Key | None, str]:
    """Return the controller that an object names as its own, and its uid; a Node is none, for it makes nothing."""
    for owner in meta.owner_references or ():
        if owner.controller and (group_of(owner.api_version), owner.kind) != NODE:
            return (group_of(owner.api_version), owner.kind, namespace, owner.name), owner.uid
    return None, ""


def name_of(key: Key) -> str:
    """Write the name of an object as KIND/NAMESPACE/NAME, or KIND.GROUP/NAMESPACE/NAME."""
    group, kind, namespace, name = key
    return f"{full_kind((group, kind))}/{namespace}/{name}"
