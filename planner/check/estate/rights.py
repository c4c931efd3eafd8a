"""Whose pods hold a right, and who holds those that several rules ask for."""

from collections.abc import Sequence

from planner.check.estate.access import Grant, Subject
from planner.check.estate.estate import Estate
from planner.words import some

_DRIVES: Sequence[tuple[tuple[str, ...], str]] = ((("create",), "pods/eviction"), (("delete", "deletecollection"), "pods"))

MAKERS: Sequence[tuple[str, str]] = (
    *(("", "pods"), ("", "replicationcontrollers")),
    *(("apps", name) for name in ("daemonsets", "deployments", "replicasets", "statefulsets")),
    *(("batch", name) for name in ("cronjobs", "jobs")),
)
"""What Kubernetes makes pods of, each by its API group and resource: whoever writes one says where its pods go."""
WRITES = ("create", "update", "patch")


def holders(grant: Grant, estate: Estate) -> str:
    """Name the workloads whose pods have the token of the subject; nothing where there are none."""
    if grant.subject.kind != "ServiceAccount":
        return ""
    names = [template.subject for template in estate.holders(grant.subject.account) if estate.mounts_token(template)]
    return f"; its token is in pods of {some(sorted(set(names)))}" if names else ""


def is_lesser(subject: Subject, estate: Estate) -> bool:
    """Say whether it is a service account, and none that may do everything anyway."""
    own = estate.access.of_account(subject.account, is_placed=True) if subject.kind == "ServiceAccount" else ()
    return bool(own) and not any(grant.is_everything and not grant.namespace for grant in own)


def driving(estate: Estate) -> dict[Subject, Grant]:
    """Return who may evict or delete pods, each with the first grant that says so."""
    grants = (grant for verbs, resource in _DRIVES for grant in estate.access.allowing(verbs, "", resource))
    first: dict[Subject, Grant] = {}
    for grant in grants:
        first.setdefault(grant.subject, grant)
    return first
