"""Who made whom: pods and their controllers are planned as the topmost object in the input that makes them.

What a manifest says of its owners is not believed: whoever applies it gets what it says, and not what another object makes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from planner.read.documents.field import Notebook, Spot
from planner.read.documents.identity import Key, name_of
from planner.read.workloads.ownership.owner_pairs import CRON_JOB, HASHES, JOB, REPLICA_SET, Kinship
from planner.read.workloads.pod_source import Maker

_DENIED = "its ownerReferences say that {} makes it, but {}: it is planned by itself"
_MISSING = "makes {}{}, but is not read itself: its pods are planned as they are, yet patch {} {} instead"


def told_once(makers: Iterable[Maker]) -> list[Maker]:
    """Return the makers without those of a running cluster that a manifest gives too: it counts, and where its Pod runs.

    A static pod is never one that a manifest gives.
    """
    given = {maker.key: maker for maker in makers if not maker.is_stored}
    kept = []
    for maker in makers:
        manifest = None if maker.is_static or not maker.is_stored else given.get(maker.key)
        if manifest is None:
            kept.append(maker)
            continue
        manifest.uid = maker.uid
        if maker.node:
            manifest.running[maker.node] = 1
            manifest.bound.append(maker)
    return kept


class Owners:
    """Every maker by its name, and other names that mean the same pods."""

    def __init__(self, makers: Iterable[Maker], aliases: Mapping[Key, Key]) -> None:
        """Index the makers; an alias is a Rollout that runs the pods of a Deployment."""
        self._makers: dict[Key, list[Maker]] = {}
        for maker in makers:
            self._makers.setdefault(maker.key, []).append(maker)
        self._aliases = aliases
        self._kinship = Kinship()

    def all_of(self, key: Key) -> Sequence[Maker]:
        """Return the makers of that name: one for each pod template of the object."""
        return self._makers.get(self._aliases.get(key, key), ())

    def find(self, key: Key) -> Maker | None:
        """Return the maker of that name, the first of several."""
        return next(iter(self.all_of(key)), None)

    def template_of(self, child: Maker, owner: Maker) -> Maker:
        """Return which of its owner's templates a pod is most like: by its containers, and by how many labels they share."""
        makers = self.all_of(owner.key)
        return max(makers, key=lambda maker: _likeness(child, maker)) if len(makers) > 1 else owner

    def top(self, maker: Maker) -> Maker | None:
        """Return the topmost owner in the input; None for what nothing in the input makes."""
        seen, top, child = {maker.key}, None, maker
        while child.owner is not None and child.owner not in seen:
            seen.add(child.owner)
            parent = self._parent(child, child.owner)
            if parent is None:
                break
            top = child = parent
        return top

    def denial(self, maker: Maker) -> str:
        """Say why the owner that it names, which is in the input, does not make it; empty where that is not so."""
        if maker.owner is None:
            return ""
        is_named = maker.owner not in self._aliases
        denials = [self._kinship.denial(owner, maker, is_named) for owner in self.all_of(maker.owner)]
        return "" if "" in denials else next(iter(denials), "")

    def _parent(self, child: Maker, name: Key) -> Maker | None:
        owner = self.find(name)
        if owner is None:
            return next(self._above(child, name), None)
        return None if owner is child or self.denial(child) else owner

    def _above(self, child: Maker, owner: Key) -> Iterator[Maker]:
        """Step over a ReplicaSet or Job that is not in the input, where its name and the labels of its pod tell whose it is."""
        kind, (namespace, name) = owner[:2], owner[2:]
        above, _, suffix = name.rpartition("-")
        if kind == REPLICA_SET and above:
            for its, label in HASHES.items():
                maker = self.find((*its, namespace, above))
                if maker and child.template_labels.get(label, suffix) == suffix and self._kinship.counts(maker, child):
                    yield maker
        if kind == JOB and suffix.isdecimal():
            maker = self.find((*CRON_JOB, namespace, above))
            if maker and self._kinship.runs(maker, child, name):
                yield maker


def planned(makers: Iterable[Maker], owners: Owners, notebook: Notebook) -> list[Maker]:
    """Return the makers to plan; a pod that another one makes is counted there as running."""
    kept: list[Maker] = []
    orphans: dict[Key, list[Maker]] = {}
    for maker in makers:
        top = owners.top(maker)
        top = owners.template_of(maker, top) if top else None
        if maker.node:
            counts = (top or maker).running
            counts[maker.node] = counts.get(maker.node, 0) + 1
            (top or maker).bound.append(maker)
        if top is not None or maker.is_static or _is_history(maker):
            continue
        kept.append(maker)
        if maker.owner is not None:
            _orphaned(maker, maker.owner, owners, orphans, notebook)
    for owner, children in sorted(orphans.items()):
        _state_missing(owner, children, notebook)
    _leave_to_hands(kept)
    return kept


def _orphaned(maker: Maker, owner: Key, owners: Owners, orphans: dict[Key, list[Maker]], notebook: Notebook) -> None:
    denial = owners.denial(maker)
    if denial:
        maker.spot(notebook).state(str(maker.id), _DENIED.format(name_of(owner), denial))
    elif owners.find(owner) is None:
        maker.made_by = name_of(_patched_instead(maker, owner))
        orphans.setdefault(owner, []).append(maker)


def _patched_instead(maker: Maker, owner: Key) -> Key:
    """Return whom to change in place of an owner that is not in the input: the Deployment of a ReplicaSet, if its pods tell."""
    above, _, suffix = owner[3].rpartition("-")
    for kind, label in HASHES.items():
        if owner[:2] == REPLICA_SET and above and maker.template_labels.get(label) == suffix:
            return (*kind, owner[2], above)
    return owner


def _leave_to_hands(kept: Iterable[Maker]) -> None:
    """Mark what nothing patches: Pods that run, what something else makes, and all but manifests where there are any.

    Where the input has none, as with a live cluster, what was exported from it stands for the manifests.
    """
    makers = list(kept)
    has_manifests = any(not maker.is_stored for maker in makers)
    for maker in makers:
        is_its_own = maker.owner is None and maker.id.full_kind != "Pod" and not maker.is_inferred
        maker.by_hand = maker.is_stored and (has_manifests or not is_its_own)


def _likeness(child: Maker, owner: Maker) -> tuple[bool, int]:
    names, wanted = ({container.name for container in maker.spec.containers or ()} for maker in (child, owner))
    return wanted <= names, len(child.template_labels.items() & owner.template_labels.items())


def _is_history(maker: Maker) -> bool:
    """Say whether it is an old ReplicaSet that a Deployment keeps for a roll-back."""
    return maker.id.kind == "ReplicaSet" and maker.owner is not None and maker.pods == 0


def _state_missing(owner: Key, children: list[Maker], notebook: Notebook) -> None:
    first = min(children, key=lambda child: child.id)
    more = f" and {len(children) - 1} more" if len(children) > 1 else ""
    Spot(notebook, first.where).state(name_of(owner), _MISSING.format(first.id, more, owner[1], owner[3]))
