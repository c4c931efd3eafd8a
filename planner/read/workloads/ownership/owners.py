"""Who made whom: pods and their controllers are planned as the topmost object in the input that makes them.

What a manifest says of its owners is not believed: whoever applies it gets what it says, and not what another object makes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from planner.read.documents.field import Notebook, Spot
from planner.read.documents.identity import Key, name_of
from planner.read.documents.remarks import remark
from planner.read.workloads.ownership.owner_pairs import CRON_JOB, HASHES, JOB, REPLICA_SET, OwnerPairs
from planner.read.workloads.pod_source import PodSource


def without_doubles(sources: Iterable[PodSource]) -> list[PodSource]:
    """Return the pod sources without those of a running cluster that a manifest gives too: it counts, and where its Pod runs.

    A static pod is never one that a manifest gives.
    """
    given = {source.key: source for source in sources if not source.is_stored}
    kept = []
    for source in sources:
        manifest = None if source.is_static or not source.is_stored else given.get(source.key)
        if manifest is None:
            kept.append(source)
            continue
        # The pods that the cluster tells of name their owner by this uid.
        manifest.uid = source.uid
        if source.node:
            manifest.running[source.node] = 1
            manifest.bound.append(source)
    return kept


class Owners:
    """Every pod source by its name, and other names that mean the same pods."""

    def __init__(self, sources: Iterable[PodSource], aliases: Mapping[Key, Key]) -> None:
        """Index the pod sources; an alias is a Rollout that runs the pods of a Deployment."""
        self._sources: dict[Key, list[PodSource]] = {}
        for source in sources:
            self._sources.setdefault(source.key, []).append(source)
        self._aliases = aliases
        self._kinship = OwnerPairs()

    def all_of(self, key: Key) -> Sequence[PodSource]:
        """Return the pod sources of that name: one for each pod template of the object."""
        return self._sources.get(self._aliases.get(key, key), ())

    def find(self, key: Key) -> PodSource | None:
        """Return the pod source of that name, the first of several."""
        return next(iter(self.all_of(key)), None)

    def template_of(self, child: PodSource, owner: PodSource) -> PodSource:
        """Return which of its owner's templates a pod is most like: by its containers, and by how many labels they share."""
        sources = self.all_of(owner.key)
        return max(sources, key=lambda source: _likeness(child, source)) if len(sources) > 1 else owner

    def top(self, source: PodSource) -> PodSource | None:
        """Return the topmost owner in the input; None for what nothing in the input makes."""
        seen, top, child = {source.key}, None, source
        # Owner references are mere data, and may go in a circle.
        while child.owner is not None and child.owner not in seen:
            seen.add(child.owner)
            parent = self._parent(child, child.owner)
            if parent is None:
                break
            top = child = parent
        return top

    def denial(self, source: PodSource) -> str:
        """Say why the owner that it names, which is in the input, does not make it; empty where that is not so."""
        if source.owner is None:
            return ""
        is_named = source.owner not in self._aliases
        denials = [self._kinship.denial(owner, source, is_named) for owner in self.all_of(source.owner)]
        return "" if "" in denials else next(iter(denials), "")

    def _parent(self, child: PodSource, name: Key) -> PodSource | None:
        owner = self.find(name)
        if owner is None:
            return next(self._above(child, name), None)
        return None if owner is child or self.denial(child) else owner

    def _above(self, child: PodSource, owner: Key) -> Iterator[PodSource]:
        """Step over a ReplicaSet or Job that is not in the input, where its name and the labels of its pod tell whose it is."""
        kind, (namespace, name) = owner[:2], owner[2:]
        above, _, suffix = name.rpartition("-")
        if kind == REPLICA_SET and above:
            for its, label in HASHES.items():
                source = self.find((*its, namespace, above))
                if source and child.template_labels.get(label, suffix) == suffix and self._kinship.counts(source, child):
                    yield source
        if kind == JOB and suffix.isdecimal():
            source = self.find((*CRON_JOB, namespace, above))
            if source and self._kinship.runs(source, child, name):
                yield source


def choose_planned(sources: Iterable[PodSource], owners: Owners, notebook: Notebook) -> list[PodSource]:
    """Return the pod sources to plan; a pod that another one makes is counted there as running."""
    kept: list[PodSource] = []
    orphans: dict[Key, list[PodSource]] = {}
    for source in sources:
        top = owners.top(source)
        top = owners.template_of(source, top) if top else None
        if source.node:
            counts = (top or source).running
            counts[source.node] = counts.get(source.node, 0) + 1
            (top or source).bound.append(source)
        if top is not None or source.is_static or _is_history(source):
            continue
        kept.append(source)
        if source.owner is not None:
            _plan_orphan(source, source.owner, owners, orphans, notebook)
    for owner, children in sorted(orphans.items()):
        _state_missing(owner, children, notebook)
    _leave_to_hands(kept)
    return kept


def _plan_orphan(source: PodSource, owner: Key, owners: Owners, orphans: dict[Key, list[PodSource]], notebook: Notebook) -> None:
    denial = owners.denial(source)
    if denial:
        source.spot(notebook).state(str(source.id), remark("owner denied", owner=name_of(owner), reason=denial))
    elif owners.find(owner) is None:
        source.made_by = name_of(_patch_instead(source, owner))
        orphans.setdefault(owner, []).append(source)


def _patch_instead(source: PodSource, owner: Key) -> Key:
    """Return whom to change in place of an owner that is not in the input: the Deployment of a ReplicaSet, if its pods tell."""
    above, _, suffix = owner[3].rpartition("-")
    for kind, label in HASHES.items():
        if owner[:2] == REPLICA_SET and above and source.template_labels.get(label) == suffix:
            return (*kind, owner[2], above)
    return owner


def _leave_to_hands(kept: Iterable[PodSource]) -> None:
    """Mark what nothing patches: Pods that were admitted, what something else makes, and all but manifests where there are any.

    Where the input has none, as with a live cluster, what was exported from it stands for the manifests.
    """
    sources = list(kept)
    has_manifests = any(not source.is_stored for source in sources)
    for source in sources:
        is_its_own = source.owner is None and not source.is_live and not source.is_inferred
        source.by_hand = source.is_stored and (has_manifests or not is_its_own)


def _likeness(child: PodSource, owner: PodSource) -> tuple[bool, int]:
    names, wanted = ({container.name for container in source.spec.containers or ()} for source in (child, owner))
    return wanted <= names, len(child.template_labels.items() & owner.template_labels.items())


def _is_history(source: PodSource) -> bool:
    """Say whether it is an old ReplicaSet that a Deployment keeps for a roll-back."""
    return source.id.kind == "ReplicaSet" and source.owner is not None and source.pods == 0


def _state_missing(owner: Key, children: list[PodSource], notebook: Notebook) -> None:
    first = min(children, key=lambda child: child.id)
    facts = {"first": str(first.id), "kind": owner[1], "name": owner[3]}
    told = remark("owner missing", **facts)
    if more := len(children) - 1:
        told = remark("owner of several missing", **facts, more=more)
    Spot(notebook, first.where).state(name_of(owner), told)
