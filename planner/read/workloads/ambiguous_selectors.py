"""Which pods the selectors in pods mean: where that hangs on labels that the plan cannot know, it is said.

Unknown are labels that controllers add to pods, or the API server as it binds them, and those of namespaces that are not in the
input. What only ranks nodes is called preferred, and is no reason to doubt where pods find room.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from models.disclosure import Disclosure
from models.frozen_map import FrozenMap
from models.kubernetes.labels import Labels, LabelSelector
from planner.read.documents.remarks import remark
from planner.read.pods.controller_labels import ADDED, TOPOLOGY
from planner.read.pods.selector_meaning import Meaning
from planner.read.schema.known_kinds import NAME_LABEL
from planner.read.values.selectors import keys_of, may_match, without
from planner.read.workloads.pod_source import PodSource

_KEYS = {"labels": ADDED - TOPOLOGY, "topology": TOPOLOGY}


@dataclass(frozen=True, slots=True)
class _PodClass:
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


Asking = tuple[PodSource, tuple[Meaning, ...]]
"""What makes pods, and what may hang on unknown labels in these."""


class _Pods:
    """All pods by their classes, and the labels of the namespaces of the input; `copied` are what pods get from nodes."""

    def __init__(self, sources: Iterable[PodSource], namespaces: Mapping[str, Labels], copied: frozenset[str]) -> None:
        self.namespaces = namespaces
        self._copied = copied
        self.classes: dict[_PodClass, list[PodSource]] = {}
        self._by_pair: dict[tuple[str, str], list[_PodClass]] = {}
        for source in sources:
            self.classes.setdefault(self.class_of(source), []).append(source)
        for pod_class in self.classes:
            for pair in pod_class.labels.items():
                self._by_pair.setdefault(pair, []).append(pod_class)

    def class_of(self, source: PodSource) -> _PodClass:
        """Return the class of the pods that somebody makes."""
        return _PodClass(source.id.namespace, source.template_labels, source.added | self._copied)

    def candidates(self, selector: LabelSelector | None) -> Iterable[_PodClass]:
        """Return whom a selector may mean: where it asks for a pair that nobody adds to pods, only those that have it."""
        pairs = selector.match_labels.items() if selector else ()
        pair = next((pair for pair in pairs if pair[0] not in ADDED), None)
        return self.classes if pair is None else self._by_pair.get(pair, ())


def statements_of(
    asking: Iterable[Asking], sources: Iterable[PodSource], namespaces: Mapping[str, Labels], copied: frozenset[str]
) -> Iterator[tuple[PodSource, Disclosure]]:
    """Yield what is to be said of which pod source; `namespaces` are those of the input, by name.

    `copied` are the keys of labels that pods get from their nodes (controller_labels.keys_copied_from).
    """
    pods = _Pods(sources, namespaces, copied)
    said: dict[tuple[str, frozenset[str], tuple[Meaning, ...]], list[Disclosure]] = {}
    met: dict[str, tuple[PodSource, PodSource]] = {}
    for owner, selectors in asking:
        own = pods.class_of(owner)
        key = own.namespace, own.added, selectors
        if key not in said:
            said[key] = list(_remarks(own, selectors, pods))
            others = (source for other in _classes_kept_away(own, selectors, pods) for source in pods.classes[other])
            for source in others:
                if source is not owner:
                    met.setdefault(str(source.id), (source, owner))
        for told in said[key]:
            yield owner, told
    for source, owner in met.values():
        yield source, remark("may be kept away", owner=str(owner.id))


def _remarks(own: _PodClass, selectors: Iterable[Meaning], pods: _Pods) -> Iterator[Disclosure]:
    doubts = [(selector, _whole_doubt(selector, own, pods)) for selector in selectors]
    for is_hard, word in ((True, "required"), (False, "preferred")):
        ours = [(selector, doubt) for selector, doubt in doubts if selector.is_hard == is_hard]
        for what, known in _KEYS.items():
            fields = dict.fromkeys(selector.field for selector, doubt in ours if doubt.keys & known)
            if fields:
                keys = known.intersection(frozenset().union(*(doubt.keys for _, doubt in ours)))
                yield _said(f"{word} {what}", fields, keys)
        fields = dict.fromkeys(selector.field for selector, doubt in ours if doubt.namespaces)
        if fields:
            keys = frozenset().union(*(selector.namespace_keys for selector, doubt in ours if doubt.namespaces))
            names = tuple(sorted(frozenset().union(*(doubt.namespaces for _, doubt in ours))))
            what = "namespace" if len(names) == 1 else "namespaces"
            yield _said(f"{word} {what}", fields, keys, namespaces=names)


def _said(case: str, fields: Iterable[str], keys: Iterable[str], **names: tuple[str, ...]) -> Disclosure:
    return remark(case, fields=tuple(fields), keys=tuple(sorted(keys)), **names)


def _whole_doubt(selector: Meaning, own: _PodClass, pods: _Pods) -> _Doubt:
    """Gather what is not known of all pods, its own first: where these leave nothing to add, no others are looked at."""
    doubt = _Doubt()
    most = (keys_of(selector.term.label_selector) | selector.label_keys & own.added) & ADDED
    for other in (own, *pods.candidates(selector.term.label_selector)):
        doubt |= _doubt(selector, own, other, pods.namespaces)
        if doubt.keys == most and not selector.namespace_keys:
            break
    return doubt


def _classes_kept_away(own: _PodClass, selectors: Iterable[Meaning], pods: _Pods) -> Iterator[_PodClass]:
    """Yield pods that anti-affinity may keep away though they are in another ring."""
    for selector in selectors:
        for other in pods.candidates(selector.term.label_selector) if selector.is_wide else ():
            if _doubt(selector, own, other, pods.namespaces):
                yield other


def _doubt(selector: Meaning, own: _PodClass, other: _PodClass, namespaces: Mapping[str, Labels]) -> _Doubt:
    """Say what is not known of pods that the selector means, or would if their unknown labels are as it asks."""
    if not _reaches(selector, own.namespace, other.namespace, namespaces):
        return _Doubt()
    if not may_match(without(selector.term.label_selector, other.added), other.labels):
        return _Doubt()
    keys = keys_of(selector.term.label_selector) & other.added | selector.label_keys & own.added
    named = other.namespace in namespaces or other.namespace in selector.term.namespaces
    return _Doubt(keys, frozenset(() if named or not selector.namespace_keys else (other.namespace,)))


def _reaches(selector: Meaning, own: str, namespace: str, namespaces: Mapping[str, Labels]) -> bool:
    """Say whether a namespace is, or may be, among those that the selector is about."""
    term = selector.term
    # Neither list nor selector means the pod's own namespace; a selector, even one of everything, does away with that.
    if namespace in term.namespaces or term.namespace_selector is None:
        return namespace in (term.namespaces or (own,))
    known = namespaces.get(namespace)
    if known is None:
        return may_match(without(term.namespace_selector, selector.namespace_keys), {NAME_LABEL: namespace})
    return may_match(term.namespace_selector, known)
