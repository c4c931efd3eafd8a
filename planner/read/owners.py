"""Who made whom: pods and their controllers are planned as the topmost object in the input that makes them."""

from collections.abc import Iterable, Mapping, Sequence

from planner.read.kinds import full_kind
from planner.read.maker import Key, Maker
from planner.read.spot import Notebook, Spot

_HASH = "pod-template-hash"


class Owners:
    """Every maker by its name, and other names that mean the same pods."""

    def __init__(self, makers: Iterable[Maker], aliases: Mapping[Key, Key]) -> None:
        """Index the makers; an alias is a Rollout that runs the pods of a Deployment."""
        self._makers: dict[Key, list[Maker]] = {}
        for maker in makers:
            self._makers.setdefault(maker.key, []).append(maker)
        self._aliases = aliases

    def all_of(self, key: Key) -> Sequence[Maker]:
        """Return the makers of that name: one for each pod template of the object."""
        return self._makers.get(self._aliases.get(key, key), ())

    def find(self, key: Key) -> Maker | None:
        """Return the maker of that name, the first of several."""
        return next(iter(self.all_of(key)), None)

    def template_of(self, child: Maker, owner: Maker) -> Maker:
        """Return which of its owner's templates a pod is most like: by its containers, and by how many labels they share."""
        makers = self.all_of(owner.key)
        return max(makers, key=lambda one: _likeness(child, one)) if len(makers) > 1 else owner

    def top(self, maker: Maker) -> Maker | None:
        """Return the topmost owner in the input; None for what nothing in the input owns."""
        seen, top, owner = {maker.key}, None, maker.owner
        while owner is not None and owner not in seen:
            seen.add(owner)
            found = self.find(owner) or self._by_name(top or maker, owner)
            if found is None:
                break
            top, owner = found, found.owner
        return top

    def _by_name(self, child: Maker, owner: Key) -> Maker | None:
        """Step over a ReplicaSet or Job that is not in the input, where its name tells whose it is."""
        group, kind, namespace, name = owner
        above, _, suffix = name.rpartition("-")
        if kind == "ReplicaSet" and suffix and suffix == child.template_labels.get(_HASH):
            return self.find((group, "Deployment", namespace, above))
        if kind == "Job" and suffix.isdecimal():
            return self.find((group, "CronJob", namespace, above))
        return None


def planned(makers: Iterable[Maker], owners: Owners, notebook: Notebook) -> list[Maker]:
    """Return the makers to plan; a pod that another one makes is counted there as running."""
    found: list[Maker] = []
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
        found.append(maker)
        if maker.owner is not None:
            orphans.setdefault(maker.owner, []).append(maker)
    for owner, children in sorted(orphans.items()):
        _state_missing(owner, children, notebook)
    return found


def _likeness(child: Maker, owner: Maker) -> tuple[bool, int]:
    names, wanted = ({each.name for each in one.spec.containers or ()} for one in (child, owner))
    return wanted <= names, len(child.template_labels.items() & owner.template_labels.items())


def _is_history(maker: Maker) -> bool:
    """Say whether it is an old ReplicaSet that a Deployment keeps for a roll-back."""
    return maker.id.kind == "ReplicaSet" and maker.owner is not None and maker.pods == 0


def _state_missing(owner: Key, children: list[Maker], notebook: Notebook) -> None:
    first = min(children, key=lambda child: child.id)
    more = f" and {len(children) - 1} more" if len(children) > 1 else ""
    group, kind, namespace, name = owner
    message = f"makes {first.id}{more}, but is not read itself: its pods are planned as they are, yet patch {kind} {name} instead"
    Spot(notebook, first.where).state(f"{full_kind((group, kind))}/{namespace}/{name}", message)
