"""Objects of kinds that are not read: named where they may hide pods or bear on them, and silent only where they cannot."""

from collections.abc import Iterable
from dataclasses import dataclass

from models.disclosure import Disclosure, DisclosureCode
from models.kubernetes.cluster import Statement
from planner.read.documents.document import Document
from planner.read.documents.identity import DEFAULT_NAMESPACE, Key, owner_of
from planner.read.documents.remarks import hides, remark, statement
from planner.read.schema import pod_schema
from planner.read.schema.known_kinds import CHANGES, HIDES, MAY_HIDE, MAY_HOLD, Kind, full_kind, is_harmless
from planner.read.schema.workload_schema import AnyObject
from planner.read.workloads.pod_templates import may_make_pods


@dataclass(frozen=True, slots=True)
class UnsupportedObject:
    """An object that is not read, what is to be said about it, and who made it, where a cluster tells that."""

    key: Key
    statement: Statement
    owner: Key | None = None

    @property
    def hides(self) -> bool:
        """Say whether it makes pods that are not planned."""
        return self.statement.code is DisclosureCode.HIDES_PODS


def unsupported_object(kind: Kind, document: Document) -> UnsupportedObject | None:
    """Say what an object of a kind that is not read may mean for the plan; None where it means nothing."""
    if is_harmless(kind):
        return None
    meta = document.decode(AnyObject).metadata or pod_schema.Meta()
    told = _told(kind, document)
    if kind in MAY_HOLD and told.code is not DisclosureCode.HIDES_PODS:
        return None
    parts = (full_kind(kind), meta.namespace, meta.name)
    subject = "/".join(part for part in parts if part)
    key = (*kind, meta.namespace or "", meta.name or "")
    owner = owner_of(meta, meta.namespace or DEFAULT_NAMESPACE) if document.is_stored else None
    return UnsupportedObject(key, statement(subject, document.where, told), owner)


def _told(kind: Kind, document: Document) -> Disclosure:
    """Return what an object means for the plan."""
    if kind in CHANGES:
        return remark(kind[1])
    maker = HIDES.get(kind)
    if maker is None and may_make_pods(document.tree()):
        maker = MAY_HIDE
    return hides(maker) if maker else remark("unknown kind", version=document.api_version, kind=document.kind)


def statements_about_hidden(objects: Iterable[UnsupportedObject], owners: Iterable[Key]) -> list[Statement]:
    """List what is to be said, but not of those whose objects are planned themselves: as pods' owners, or as owners of these."""
    unsupported, known = list(objects), set(owners)
    source_of = {item.key: item.owner for item in unsupported}
    waiting = list(known)
    while waiting:
        above = source_of.get(waiting.pop())
        if above and above not in known:
            known.add(above)
            waiting.append(above)
    # An owner reference has no namespace, so owners were given that of their pods; owners of the whole cluster have none.
    everywhere = {(*key[:2], "", key[3]) for key in known}
    return [item.statement for item in unsupported if not (item.hides and (item.key in known or item.key in everywhere))]
