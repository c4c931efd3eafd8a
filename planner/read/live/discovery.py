"""What an API server serves beyond the kinds of Kubernetes itself: which custom resources there are, and in which version."""

from collections.abc import Iterable, Mapping

import msgspec

from planner.read.live.api import Api, Refused
from planner.read.live.resources import Listed, kind_of
from planner.read.schema.known_kinds import Kind

_GROUPS = "/apis"
_MOST = 32 << 20
"""So many bytes at most; a cluster of thousands of kinds tells of them in two."""
_AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"


class _GroupVersionKind(msgspec.Struct):
    kind: str = ""


class _Resource(msgspec.Struct):
    """A resource in an APIGroupDiscoveryList (`resource`, `responseKind`) or in an APIResourceList (`name`, `kind`)."""

    resource: str = ""
    response_kind: _GroupVersionKind | None = msgspec.field(default=None, name="responseKind")
    name: str = ""
    kind: str = ""
    # msgspec gives each object an empty list of its own.
    verbs: list[str] = []

    def listed(self, api_version: str) -> Listed:
        kind = self.response_kind.kind if self.response_kind else self.kind
        return Listed(api_version, kind, self.resource or self.name)


class _Version(msgspec.Struct):
    version: str = ""
    resources: list[_Resource] | None = None


class _Name(msgspec.Struct):
    name: str = ""


class _Group(msgspec.Struct):
    """A group in an APIGroupDiscoveryList (`metadata`, `resources` inside) or in an APIGroupList (`name`)."""

    metadata: _Name | None = None
    name: str = ""
    versions: list[_Version] | None = None

    @property
    def title(self) -> str:
        return self.metadata.name if self.metadata else self.name


class _Groups(msgspec.Struct):
    kind: str = ""
    items: list[_Group] | None = None
    groups: list[_Group] | None = None


class _Resources(msgspec.Struct):
    resources: list[_Resource] | None = None


def read_served(api: Api, wanted: Iterable[str]) -> dict[Kind, list[Listed]]:
    """Return every kind outside the core group that can be listed, its versions in the API server's order of preference.

    API servers before 1.30 do not tell everything at once: there only the groups in `wanted` are asked for.
    """
    answer: _Groups = api.decoded(api.get(_GROUPS, {}, _AGGREGATED, _MOST), _Groups)
    if answer.items is None and answer.groups is None:
        raise api.no_list(f"what it serves is not in it (GET {_GROUPS})")
    groups, needed = answer.items or answer.groups or (), set(wanted)
    kinds: dict[Kind, list[Listed]] = {}
    for group in groups:
        for version in group.versions or ():
            api_version = f"{group.title}/{version.version}"
            resources = version.resources or ()
            if answer.groups is not None and group.title in needed:
                resources = _resources(api, api_version)
            for resource in resources:
                listed = resource.listed(api_version)
                # A slash marks a subresource, such as deployments/scale: no objects of their own.
                if "list" in resource.verbs and "/" not in listed.resource:
                    kinds.setdefault((group.title, listed.kind), []).append(listed)
    return kinds


def _resources(api: Api, api_version: str) -> list[_Resource]:
    try:
        body = api.get(f"{_GROUPS}/{api_version}", {}, most=_MOST)
    except Refused:
        return []
    answer: _Resources = api.decoded(body, _Resources)
    return answer.resources or []


def choose(kinds: Mapping[Kind, list[Listed]], named: Iterable[str], also: Iterable[Kind]) -> list[Listed]:
    """Choose what to list of the kinds that are served, each once: those `named` in that version, `also` in the preferred one."""
    given = set(named)
    by_kind: dict[Kind, list[str]] = {}
    for name in given:
        by_kind.setdefault(kind_of(name), []).append(name)
    lists = []
    for kind in sorted({*by_kind, *also} & kinds.keys()):
        versions = [version for version in kinds[kind] if kind not in by_kind or f"{version.api_version}/{version.kind}" in given]
        lists += (versions or (kinds[kind] if kind in also else []))[:1]
    return lists
