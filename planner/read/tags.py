"""Tags that nobody would read: annotations, and labels of ringfence's own domain that it does not know.

Whoever wrote one meant it: planned as if it were not there, pods would run among those that they are to be kept from.
"""

from collections.abc import Iterator
from typing import Any

from models.trust import LEVEL_LABEL, TENANT_LABEL, TrustPolicy
from planner.read.document import Document
from planner.read.selectors import keys_of
from planner.read.spelling import nearest
from planner.read.spot import Notebook, spot_of

_PLACES = ("metadata", "spec.template.metadata", "spec.jobTemplate.metadata", "spec.jobTemplate.spec.template.metadata")
_OWN = "ringfence.dev/"


class Tags:
    """Looks for them, by the keys of a policy."""

    def __init__(self, policy: TrustPolicy | None) -> None:
        """Know the keys of the policy, and those that there are without one."""
        policy = policy or TrustPolicy("", ())
        self._keys = frozenset((policy.labels.level, policy.labels.tenant))
        selected = (keys_of(rule.match.labels) for rule in policy.assign)
        self._known = self._keys.union((policy.nodes.label_key, policy.nodes.taint_key, LEVEL_LABEL, TENANT_LABEL), *selected)

    def check(self, document: Document, notebook: Notebook) -> None:
        """Refuse those of an object; of one that a cluster has stored they are named."""
        if not isinstance(document.body, dict) and not any(key.encode() in bytes(document.body) for key in (_OWN, *self._keys)):
            return
        tree, spot = document.tree(), spot_of(document, notebook)
        is_stored = bool((tree.get("metadata") or {}).get("uid"))
        for place in _PLACES:
            for field, key, reason, fix in self._wrong(_below(tree, place)):
                here = spot.at(f"{place}.{field}").key(key)
                if is_stored:
                    here.state(f"{document.kind}/{tree['metadata'].get('name')}", f"{field}: {key} {reason}; {fix}")
                else:
                    here.fault(reason, fix)

    def _wrong(self, meta: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
        for key in sorted(self._keys & _map(meta, "annotations").keys()):
            yield "annotations", key, "is read among labels only", "move it to the labels"
        for key in _map(meta, "labels"):
            if key.startswith(_OWN) and key not in self._known:
                near, all_of_them = self._nearest(key), " and ".join(sorted(self._keys))
                yield "labels", key, "is no tag", f"did you mean {near}?" if near else f"the tags are {all_of_them}"

    def _nearest(self, key: str) -> str:
        own = {one.removeprefix(_OWN): one for one in self._keys}
        return own.get(nearest(key.removeprefix(_OWN), own), "")


def _below(tree: dict[str, Any], path: str) -> dict[str, Any]:
    for step in path.split("."):
        tree = _map(tree, step)
    return tree


def _map(tree: dict[str, Any], field: str) -> dict[str, Any]:
    found = tree.get(field)
    return found if isinstance(found, dict) else {}
