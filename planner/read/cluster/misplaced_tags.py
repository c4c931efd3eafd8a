"""Tags that nobody would read: annotations, and labels of ringfence's own domain that it does not know.

Whoever wrote one meant it: planned as if it were not there, pods would run among those that they are to be kept from.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypedDict

import msgspec

from models.field_path import Step, steps_of
from models.trust import LEVEL_LABEL, TENANT_LABEL, TrustPolicy
from planner.read.documents.did_you_mean import nearest
from planner.read.documents.document import Document
from planner.read.documents.field import Notebook, spot_of
from planner.read.documents.remarks import remark
from planner.read.values.selectors import keys_of

_PLACES = ("metadata", "spec.template.metadata", "spec.jobTemplate.metadata", "spec.jobTemplate.spec.template.metadata")
_OWN = "ringfence.dev/"


class _Spec(TypedDict, total=False):
    template: Any
    jobTemplate: Any


class _Tree(TypedDict, total=False):
    metadata: Any
    spec: _Spec


_DECODER = msgspec.json.Decoder(_Tree)


class MisplacedTags:
    """Looks for them, by the keys of a policy."""

    def __init__(self, policy: TrustPolicy | None) -> None:
        """Know the keys of the policy, and those that there are without one."""
        policy = policy or TrustPolicy("", ())
        self._keys = frozenset((policy.labels.level, policy.labels.tenant))
        selected = (keys_of(rule.match.labels) for rule in policy.assign)
        self._known = self._keys.union((policy.nodes.label_key, policy.nodes.taint_key, LEVEL_LABEL, TENANT_LABEL), *selected)

    def _may_have(self, text: bytes) -> bool:
        """Say whether any of the keys may stand in JSON, where a character may be escaped."""
        return any(sign in text for sign in (rb"\/", rb"\u00", *(key.encode() for key in (_OWN, *self._keys))))

    def check(self, document: Document, notebook: Notebook, templates: Iterable[str] = ()) -> None:
        """Refuse those of an object; of one that a cluster has stored they are named. `templates` are paths of its own."""
        # Nearly no object has such a key, and to search its bytes costs far less than to decode it.
        if not isinstance(document.body, dict) and not self._may_have(bytes(document.body)):
            return
        own = [f"{path}.metadata" for path in templates]
        tree = document.tree() if own else _tree_with_tags(document)
        for place in dict.fromkeys((*_PLACES, *own)):
            for field, key, reason, fix in self._faults(_below(tree, steps_of(place))):
                here = spot_of(document, notebook).at(f"{place}.{field}").key(key)
                if document.is_record:
                    name = f"{document.kind}/{_map(tree, 'metadata').get('name')}"
                    here.state(name, remark("misplaced tag", field=field, key=key, reason=reason, fix=fix))
                else:
                    here.fault(reason, fix)

    def _faults(self, meta: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
        if not meta:
            return
        for key in sorted(self._keys & _map(meta, "annotations").keys()):
            yield "annotations", key, "is read among labels only", "move it to the labels"
        for key in _map(meta, "labels"):
            if key.startswith(_OWN) and key not in self._known:
                near, all_of_them = self._nearest(key), " and ".join(sorted(self._keys))
                yield "labels", key, "is no tag", f"did you mean {near}?" if near else f"the tags are {all_of_them}"

    def _nearest(self, key: str) -> str:
        own = {label.removeprefix(_OWN): label for label in self._keys}
        return own.get(nearest(key.removeprefix(_OWN), own), "")


def _tree_with_tags(document: Document) -> Mapping[str, Any]:
    """Read of an object what may carry tags, which is a small part of a pod, or all of it where that is not what it should be."""
    if document.mended is None and not isinstance(document.body, dict):
        with suppress(msgspec.DecodeError, UnicodeDecodeError):
            return _DECODER.decode(document.body)
    return document.tree()


def _below(tree: Any, steps: Sequence[Step]) -> Mapping[str, Any]:
    for step in steps:
        if isinstance(tree, list) and isinstance(step, int):
            tree = tree[step]
        else:
            tree = tree.get(str(step)) if isinstance(tree, dict) else None
    return tree if isinstance(tree, dict) else {}


def _map(tree: Mapping[str, Any], field: str) -> dict[str, Any]:
    value = tree.get(field)
    return value if isinstance(value, dict) else {}
