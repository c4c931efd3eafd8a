"""Which pods the selectors in pods mean: where that hangs on labels that the plan cannot know, it is said.

Unknown are labels that controllers add to pods, or the API server as it binds them, and those of namespaces that are not in the
input. What only ranks nodes is called preferred, and is no reason to doubt where pods find room.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from models.frozen_map import FrozenMap
from models.kubernetes.labels import Labels, LabelSelector
from planner.read.pods.controller_labels import ADDED, COPIED, TOPOLOGY
from planner.read.pods.selector_meaning import Meaning
from planner.read.schema.known_kinds import NAME_LABEL
from planner.read.values.selectors import keys_of, may_match, without
from planner.read.workloads.pod_source import Maker

_BY_LABELS = "{} terms of {} select by {}: controllers add such labels to pods, with values that are not known beforehand, so {}"
_BY_TOPOLOGY = f"{{}} terms of {{}} select by {{}}: {COPIED}, so {{}}"
_BY_NAMESPACES = (
    "{} terms of {} select namespaces by {}: {} not in the input, so {}; add what kubectl get namespaces -o yaml writes"
)
_KEYS = ((_BY_LABELS, ADDED - TOPOLOGY), (_BY_TOPOLOGY, TOPOLOGY))
_WHOM = "which pods are meant is not modelled"


@dataclass(frozen=True, slots=True)
class _Sort:
    """Pods that no selector tells apart, by what is known of their labels; `added` are the keys of those that are not known."""

    namespace: str
    labels: FrozenMap[str]
    added: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Doubt:
    """What is not known where a selector meets pods: keys of labels, and namespaces."""

    keys: frozenset[str] = frozenset()
    namespaces: frozenset[str] = frozenset()

    def __or__(self, other: "_Doubt") -> "_Doubt":
        return _Doubt(self.keys | other.keys, self.namespaces | other.namespaces)

    def __bool__(self) -> bool:
        return bool(self.keys or self.namespaces)


Asking = tuple[Maker, tuple[Meaning, ...]]
"""What makes pods, and what may hang on unknown labels in these."""


class _Crowd:
    """All pods, by their sorts, and the labels of the namespaces that are in the input; `copied` are what pods get from nodes."""

    def __init__(self, makers: Iterable[Maker], namespaces: Mapping[str, Labels], copied: frozenset[str]) -> None:
        self.namespaces = namespaces
        self._copied = copied
        self.sorts: dict[_Sort, list[Maker]] = {}
        self._by_pair: dict[tuple[str, str], list[_Sort]] = {}
        for maker in makers:
            self.sorts.setdefault(self.sort(maker), []).append(maker)
        for sort in self.sorts:
            for pair in sort.labels.items():
                self._by_pair.setdefault(pair, []).append(sort)

    def sort(self, maker: Maker) -> _Sort:
        """Return what sort of pods somebody makes."""
        return _Sort(maker.id.namespace, maker.template_labels, maker.added | self._copied)

    def candidates(self, selector: LabelSelector | None) -> Iterable[_Sort]:
        """Return whom a selector may mean: where it asks for a pair that nobody adds to pods, only those that have it."""
        pairs = selector.match_labels.items() if selector else ()
        pair = next((pair for pair in pairs if pair[0] not in ADDED), None)
        return self.sorts if pair is None else self._by_pair.get(pair, ())


def unsaid(
    asking: Iterable[Asking], makers: Iterable[Maker], namespaces: Mapping[str, Labels], copied: frozenset[str]
) -> Iterator[tuple[Maker, str]]:
    """Yield what is to be said of which maker; `namespaces` are those of the input, by name.

    `copied` are the keys of labels that pods get from their nodes (added.copied).
    """
    crowd = _Crowd(makers, namespaces, copied)
    said: dict[tuple[str, frozenset[str], tuple[Meaning, ...]], list[str]] = {}
    met: dict[str, tuple[Maker, Maker]] = {}
    for owner, found in asking:
        own = crowd.sort(owner)
        key = own.namespace, own.added, found
        if key not in said:
            said[key] = list(_messages(own, found, crowd))
            others = (sort for other in _met(own, found, crowd) for sort in crowd.sorts[other] if sort is not owner)
            for each in others:
                met.setdefault(str(each.id), (each, owner))
        for message in said[key]:
            yield owner, message
    for maker, owner in met.values():
        yield maker, f"has to stay away from {owner.id} if that means its pods, which hangs on labels that the plan cannot know"


def _messages(own: _Sort, found: Iterable[Meaning], crowd: _Crowd) -> Iterator[str]:
    doubts = [(one, _whole_doubt(one, own, crowd)) for one in found]
    for is_hard, word in ((True, "required"), (False, "preferred")):
        ours = [(one, doubt) for one, doubt in doubts if one.is_hard == is_hard]
        for text, known in _KEYS:
            fields = dict.fromkeys(one.field for one, doubt in ours if doubt.keys & known)
            if fields:
                keys = known.intersection(frozenset().union(*(doubt.keys for _, doubt in ours)))
                yield text.format(word, ", ".join(fields), ", ".join(sorted(keys)), _WHOM)
        fields = dict.fromkeys(one.field for one, doubt in ours if doubt.namespaces)
        if fields:
            keys = frozenset().union(*(one.namespace_keys for one, doubt in ours if doubt.namespaces))
            names = sorted(frozenset().union(*(doubt.namespaces for _, doubt in ours)))
            missing = f"{', '.join(names)} {'is' if len(names) == 1 else 'are'}"
            yield _BY_NAMESPACES.format(word, ", ".join(fields), ", ".join(sorted(keys)), missing, _WHOM)


def _whole_doubt(one: Meaning, own: _Sort, crowd: _Crowd) -> _Doubt:
    """Gather what is not known of all pods, its own first: where these leave nothing to add, no others are looked at."""
    found = _Doubt()
    most = (keys_of(one.term.label_selector) | one.label_keys & own.added) & ADDED
    for other in (own, *crowd.candidates(one.term.label_selector)):
        found |= _doubt(one, own, other, crowd.namespaces)
        if found.keys == most and not one.namespace_keys:
            break
    return found


def _met(own: _Sort, found: Iterable[Meaning], crowd: _Crowd) -> Iterator[_Sort]:
    """Yield pods that anti-affinity may keep away though they are in another ring."""
    for one in found:
        for other in crowd.candidates(one.term.label_selector) if one.is_wide else ():
            if _doubt(one, own, other, crowd.namespaces):
                yield other


def _doubt(one: Meaning, own: _Sort, other: _Sort, namespaces: Mapping[str, Labels]) -> _Doubt:
    """Say what is not known of pods that the selector means, or would if their unknown labels are as it asks."""
    if not _reaches(one, own.namespace, other.namespace, namespaces):
        return _Doubt()
    if not may_match(without(one.term.label_selector, other.added), other.labels):
        return _Doubt()
    keys = keys_of(one.term.label_selector) & other.added | one.label_keys & own.added
    named = other.namespace in namespaces or other.namespace in one.term.namespaces
    return _Doubt(keys, frozenset(() if named or not one.namespace_keys else (other.namespace,)))


def _reaches(one: Meaning, own: str, namespace: str, namespaces: Mapping[str, Labels]) -> bool:
    """Say whether a namespace is, or may be, among those that the selector is about."""
    term = one.term
    if namespace in term.namespaces or term.namespace_selector is None:
        return namespace in (term.namespaces or (own,))
    known = namespaces.get(namespace)
    if known is None:
        return may_match(without(term.namespace_selector, one.namespace_keys), {NAME_LABEL: namespace})
    return may_match(term.namespace_selector, known)
