"""A running cluster as documents: every kind that bears on placement, listed through the API server."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import msgspec

from models.disclosure import Disclosure
from models.kubernetes.cluster import Statement
from models.source import Source
from models.trust import TrustPolicy
from planner.errors import BadInput, Fault
from planner.read.documents.document import Document
from planner.read.documents.remarks import remark, statement
from planner.read.live.api import MOST, Api, Refused
from planner.read.live.discovery import choose, read_served
from planner.read.live.resources import CUSTOM, KUBERNETES, NODES, PODS, Listed, kind_of
from planner.read.schema.known_kinds import CHANGES, HIDES, ROLLOUT, Kind, is_harmless

_WHOLE = "every API server serves it: check the address, and what stands before that server"
_ROLE = "bind the ClusterRole of samples/live/clusterrole.yaml to who you are"
_UNKNOWN = "the plan knows of none"
_MEANS = {
    "Namespace": "labels of namespaces are unknown, and with them the levels that they give",
    "Pod": "which pods run where is unknown, and pods that nothing controls are not planned",
}


class _Meta(msgspec.Struct):
    name: str | None = None
    namespace: str | None = None


class _Object(msgspec.Struct):
    metadata: _Meta | None = None


_OBJECT = msgspec.json.Decoder(_Object)


def _kind_and_name(item: msgspec.Raw) -> _Meta:
    try:
        return _OBJECT.decode(item).metadata or _Meta()
    except msgspec.DecodeError:
        return _Meta("of an unreadable name")


def _right(listed: Listed) -> str:
    """Say what would let it be listed: kinds that only a policy names are not in the shipped role."""
    if (listed.group, listed.kind) in CUSTOM or _is_everywhere(listed):
        return _ROLE
    return f"add list of {listed.resource}.{listed.group} to a role of yours"


def _is_everywhere(listed: Listed) -> bool:
    """Say whether every API server serves it; of what need not be there, there is none where it is not served."""
    return listed in KUBERNETES or listed is PODS


class Live:
    """Documents of a running cluster; iterate once, afterwards `unread` says which kinds were forbidden, or not there.

    Iterating raises BadInput when the API server cannot be read at all. `timeout` bounds the whole of it.
    """

    def __init__(
        self,
        context: str | None,
        kubeconfig: str | None,
        policy: TrustPolicy | None,
        timeout: float,
        most: int | None = None,
        also: Sequence[Listed] = (),
        also_custom: Sequence[Kind] = (),
    ) -> None:
        """Connect; kinds that the policy names under podTemplates are listed too, and none if it is of more than `most` bytes.

        So are kinds of Kubernetes that are given `also`, and custom resources that the cluster has.
        """
        self._kubernetes = (*KUBERNETES, *also)
        self._custom_kinds = (*CUSTOM, *also_custom)
        self._api = Api(context, kubeconfig, timeout, MOST if most is None else most)
        self.secrets = self._api.secrets
        self._templates = sorted({ROLLOUT, *(policy.pod_templates if policy else ())})
        self.unread: list[Statement] = []

    @property
    def name(self) -> str:
        """Return what messages call the cluster."""
        return self._api.name

    def __iter__(self) -> Iterator[Document]:
        """List kind by kind, nodes first and pods last."""
        try:
            for listed in self._kubernetes:
                yield from self._documents(listed)
            for listed in self._custom():
                yield from self._documents(listed)
            yield from self._documents(PODS)
        finally:
            self._api.close()

    def _documents(self, listed: Listed) -> Iterator[Document]:
        items = self._items(listed)
        if listed is NODES and not items:
            raise BadInput([Fault(Source(self._api.name), "", "has no nodes", "choose another --context or --kubeconfig")])
        items.reverse()
        while items:
            # A copy lets go of the page around it.
            item = items.pop().copy()
            meta = _kind_and_name(item)
            name = f"{meta.namespace}/{meta.name}" if meta.namespace else meta.name
            yield Document(
                Source(f"{self._api.name}: {listed.kind} {name}"),
                listed.api_version,
                listed.kind,
                item,
                is_stored=True,
                is_inventory=True,
            )

    def _items(self, listed: Listed) -> list[msgspec.Raw]:
        try:
            return self._api.items(listed.path, listed.kind if _is_everywhere(listed) else "")
        except Refused as refused:
            if listed is NODES:
                raise self._without_nodes(refused) from None
            means = _MEANS.get(listed.kind, _UNKNOWN)
            if refused.status == 403:
                self._state(listed.kind, remark("kind forbidden", meaning=means, fix=_right(listed)))
            elif _is_everywhere(listed):
                self._state(listed.kind, remark("kind not served", meaning=means, fix=_WHOLE))
            return []

    def _without_nodes(self, refused: Refused) -> BadInput:
        if refused.status == 403:
            return BadInput([Fault(Source(self._api.name), "", f"you may not list nodes (403 Forbidden): {refused.why}", _ROLE)])
        return self._api.bad(f"knows no nodes (404): {refused.why}", "check that the address is that of an API server")

    def _custom(self) -> list[Listed]:
        """Ask which custom resources there are, and choose those to list; others are named, once."""
        try:
            kinds = read_served(self._api, {group for group, _ in (*map(kind_of, self._templates), *self._custom_kinds)})
        except Refused as refused:
            told = remark("kinds forbidden") if refused.status == 403 else remark("kinds not told", fix=_WHOLE)
            self._state("custom resources", told)
            return []
        known = {(listed.group, listed.kind) for listed in KUBERNETES} | {*CUSTOM, *CHANGES, *HIDES}
        custom = [listed for listed in choose(kinds, self._templates, self._custom_kinds) if listed not in self._kubernetes]
        read = {(listed.group, listed.kind) for listed in custom}
        self._state_unknown([kinds[kind][0] for kind in sorted(kinds.keys() - known - read) if not is_harmless(kind)])
        return custom

    def _state_unknown(self, kinds: list[Listed]) -> None:
        if not kinds:
            return
        self._state("custom resources", remark("kinds unknown", kinds=tuple(f"{kind.api_version} {kind.kind}" for kind in kinds)))

    def _state(self, subject: str, told: Disclosure) -> None:
        plain = statement(subject, Source(self._api.name), told)
        self.unread.append(replace(plain, message=self.secrets.strike(plain.message)))
