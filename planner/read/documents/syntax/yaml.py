"""YAML as kubectl reads it, streamed: an event loop on libyaml that builds one object at a time."""

from collections.abc import Iterator
from typing import Any

import yaml

from models.source import Source
from planner.errors import Fault, Faults
from planner.read.documents.files import Input
from planner.read.documents.location import (
    DEEPEST,
    LARGEST_OBJECT,
    LARGEST_VALUE,
    Part,
    Place,
    Unreadable,
    crowded_marker,
    merged_late,
    not_plain,
    repeated,
    too_deep,
    too_large,
)
from planner.read.documents.syntax import syntax_errors, yaml_scalar
from planner.read.documents.syntax.yaml_split import Cutter, Oversized

# PyYAML would resolve scalars by YAML 1.1; the base loader leaves them as they are, for yaml_scalar to read as kubectl does.
LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_MOST_ALIASED = 400_000
"""Nodes that aliases may add to one document, as in yaml.v2, which kubectl uses."""

_KEY_FIX = "write it as a string; templates must be rendered first (helm template)"

_Scalar, _Alias = yaml.ScalarEvent, yaml.AliasEvent
_MappingStart, _MappingEnd = yaml.MappingStartEvent, yaml.MappingEndEvent
_SequenceStart, _SequenceEnd = yaml.SequenceStartEvent, yaml.SequenceEndEvent
_OPEN, _UNSEEN = object(), object()
_NONE: set[str] = set()


def parts(source: Input, largest: int = LARGEST_OBJECT) -> Iterator[Part | Fault]:
    """Yield every document, the items of a list one by one before the list itself, and a fault for every broken document.

    What is larger than `largest` bytes is broken, too.
    """
    cutter, memory = Cutter(source, largest), yaml_scalar.Memory()
    while cutter.next():
        yield from _Reader(source, cutter, memory).parts()
        # A stream may have no end, and to look for the next document is to read on; a file ends.
        if cutter.is_oversized and not source.is_regular:
            return


def part_of(place: Place, body: Any, whole: Part, inside: str = "") -> Part:
    """Describe an item of a list."""
    if not isinstance(body, dict):
        return Part(place, body, of=whole, inside=inside)
    return Part(place, body, body.get("apiVersion"), body.get("kind"), isinstance(body.get("items"), list), whole, inside)


def items(part: Part) -> Iterator[Part]:
    """Yield the items of a list that is itself an item, and the list."""
    whole = Part(part.place, None, part.api_version, part.kind, is_list=True)
    for position, body in enumerate(part.body["items"]):
        path = f"items[{position}]"
        yield part_of(part.place, body, whole, f"{part.inside}.{path}" if part.inside else path)
    yield whole


def _is_empty(event: Any) -> bool:
    return type(event) is _Scalar and not event.value and event.implicit[0] and event.anchor is None


class _Reader:
    """Reads one cut: usually one document, more where `...` ends one."""

    def __init__(self, source: Input, cutter: Cutter, memory: yaml_scalar.Memory) -> None:
        self._source = source
        self._cutter = cutter
        self._memory = memory
        self._get: Any = None
        self._mark: Any = None
        self._anchors: dict[str, Any] = {}
        self._measured: dict[int, tuple[int, int]] = {}
        self._aliased = 0
        self._repeats = Faults()

    def parts(self) -> Iterator[Part | Fault]:
        try:
            loader = LOADER(self._cutter)
            self._get = get = loader.get_event
            get()
            while type(start := get()) is not yaml.StreamEndEvent:
                self._anchors.clear()
                self._aliased = 0
                self._repeats = Faults()
                root = get()
                if start.explicit and root.start_mark.line == start.end_mark.line and not _is_empty(root):
                    raise Unreadable(crowded_marker(self._here(root.start_mark)))
                yield from self._document(root)
                get()
        except Unreadable as unreadable:
            yield unreadable.fault
        except yaml_scalar.NotAScalar as error:
            yield Fault(self._here(self._mark), "", str(error), "put it in quotes")
        except Oversized:
            what = self._cutter.overlong
            yield too_large(self._here(self._mark), LARGEST_VALUE if what == "value" else LARGEST_OBJECT, what).fault
        except yaml.YAMLError as error:
            yield syntax_errors.about_yaml(error, self._source, self._cutter)

    def _here(self, mark: Any) -> Source:
        return Source(self._source.name, self._cutter.line + (mark.line if mark else 0))

    def _place(self, event: Any) -> Place:
        mark, cutter = event.start_mark, self._cutter
        return Place(self._source, cutter.line + mark.line, cutter.offset, cutter.line, mark.column)

    def _document(self, root: Any) -> Iterator[Part]:
        place = self._place(root)
        if type(root) is not _MappingStart:
            yield Part(place, self._value(root, 1))
            return
        body: dict[str, Any] = {}
        whole, merged = Part(place, body), set[str]()
        while type(key := self._get()) is not _MappingEnd:
            self._cutter.quiet = 0
            name = self._key(key)
            event = self._get()
            if name is yaml_scalar.MERGE:
                merged |= self._merge(key, body, self._value(event, 2))
                continue
            if name in body:
                self._repeat(key, name, merged)
            # A list with an anchor may be named again below, so it is read in one piece.
            if name == "items" and type(event) is _SequenceStart and event.anchor is None:
                whole.is_list, whole.body = True, None
                yield from self._items(whole, body)
                body[name] = []
            else:
                body[name] = self._value(event, 2)
        whole.repeats = self._repeats
        whole.api_version, whole.kind = body.get("apiVersion"), body.get("kind")
        whole.is_list = whole.is_list or isinstance(body.get("items"), list)
        yield whole

    def _items(self, whole: Part, body: dict[str, Any]) -> Iterator[Part]:
        whole.api_version, whole.kind = body.get("apiVersion"), body.get("kind")
        while type(event := self._get()) is not _SequenceEnd:
            self._cutter.quiet = self._cutter.taken = 0
            outer, self._repeats = self._repeats, Faults()
            item = part_of(self._place(event), self._value(event, 3), whole)
            item.repeats, self._repeats = self._repeats, outer
            yield item

    def _value(self, event: Any, depth: int) -> Any:
        kind = type(event)
        if kind is _Alias:
            return self._alias(event, depth)
        anchor = event.anchor
        if anchor is not None:
            self._anchors[anchor] = _OPEN
        if kind is _Scalar:
            value = self._scalar(event)
        else:
            self._mark = event.start_mark
            if depth > DEEPEST:
                raise too_deep(self._here(event.start_mark))
            value = self._mapping(depth) if kind is _MappingStart else self._sequence(depth)
        if anchor is not None:
            self._anchors[anchor] = value
        return value

    def _scalar(self, event: Any) -> Any:
        text = event.value
        if event.implicit[0]:
            known = self._memory.values.get(text, _UNSEEN)
            if known is not _UNSEEN:
                return known
            self._mark = event.start_mark
            return self._memory.value(text)
        if event.tag is None:
            return text
        self._mark = event.start_mark
        return yaml_scalar.tagged(event.tag, text, not event.style)

    def _mapping(self, depth: int) -> dict[str, Any]:
        # Reading spends most of its time here, so what _key and _scalar do for plain scalars is written out.
        get, cutter, keys, values = self._get, self._cutter, self._memory.keys, self._memory.values
        body: dict[str, Any] = {}
        merged: set[str] = _NONE
        while type(key := get()) is not _MappingEnd:
            cutter.quiet = 0
            name = keys.get(key.value) if type(key) is _Scalar and key.implicit[0] and key.anchor is None else None
            if name is None:
                name = self._key(key)
            event = get()
            if type(event) is _Scalar and event.implicit[0] and event.anchor is None:
                value = values.get(event.value, _UNSEEN)
                if value is _UNSEEN:
                    value = self._scalar(event)
            else:
                value = self._value(event, depth + 1)
            if name is yaml_scalar.MERGE:
                # Not |=, which would change the one empty set that all mappings begin with.
                merged = merged | self._merge(key, body, value)
                continue
            if name in body:
                self._repeat(key, name, merged)
            body[name] = value
        return body

    def _sequence(self, depth: int) -> list[Any]:
        get, cutter = self._get, self._cutter
        items: list[Any] = []
        while type(event := get()) is not _SequenceEnd:
            cutter.quiet = 0
            items.append(self._value(event, depth + 1))
        return items

    def _key(self, event: Any) -> Any:
        self._mark = event.start_mark
        if type(event) is _Scalar and event.implicit[0]:
            if event.anchor is not None:
                self._anchors[event.anchor] = yaml_scalar.plain(event.value)
            known = self._memory.keys.get(event.value)
            return self._memory.key(event.value) if known is None else known
        value = self._value(event, DEEPEST) if type(event) in (_Scalar, _Alias) else event
        if value == "<<" or getattr(event, "tag", None) == yaml_scalar.MERGE_TAG:
            self._repeats.append(not_plain(self._here(event.start_mark)))
            if value == "<<":
                return yaml_scalar.MERGE
        if isinstance(value, str):
            return value
        if not isinstance(value, int | float):
            raise Unreadable(Fault(self._here(event.start_mark), "", "a map key must be a single value", _KEY_FIX))
        return yaml_scalar.name_of(value)

    def _merge(self, key: Any, body: dict[str, Any], value: Any) -> set[str]:
        """Set all keys of another mapping, an earlier mapping of several first, and return those that were not there.

        A key that is there already is a fault, as kubectl and kustomize disagree on it.
        """
        where, others = self._here(key.start_mark), value if isinstance(value, list) else [value]
        if not all(isinstance(other, dict) for other in others):
            raise Unreadable(Fault(where, "<<", "only mappings can be merged", "merge an alias of a mapping"))
        additions: dict[str, Any] = {}
        for other in reversed(others):
            additions.update(other)
        known = next(filter(body.__contains__, additions), None)
        if known is not None:
            self._repeats.append(merged_late(where, known))
        names = additions.keys() - body.keys()
        body.update(additions)
        return names

    def _repeat(self, key: Any, name: str, merged: set[str]) -> None:
        """Note a key that is there already, unless it only overrides, for once, what was merged."""
        if name in merged:
            merged.remove(name)
        elif self._repeats.is_full:
            self._repeats.more += 1
        else:
            self._repeats.append(repeated(self._here(key.start_mark), name))

    def _alias(self, event: Any, depth: int) -> Any:
        where = self._here(event.start_mark)
        value = self._anchors.get(event.anchor, _UNSEEN)
        if value is _UNSEEN:
            reason = f"no anchor &{event.anchor} comes before the alias *{event.anchor}"
            raise Unreadable(Fault(where, "", reason, "define it first"))
        if value is _OPEN:
            raise Unreadable(Fault(where, "", f"the anchor &{event.anchor} contains itself", "write the value out"))
        nodes, height = self._measure(value)
        self._aliased += nodes
        if self._aliased > _MOST_ALIASED:
            reason = f"aliases expand the document by more than {_MOST_ALIASED:,} values"
            raise Unreadable(Fault(where, "", reason, "write the values out; kubectl refuses this too"))
        if depth + height - 1 > DEEPEST:
            raise too_deep(where)
        return value

    def _measure(self, value: Any) -> tuple[int, int]:
        """Count the nodes of a value as if aliases were written out, and its height; every container is walked once."""
        if not isinstance(value, dict | list):
            return 1, 1
        known = self._measured.get(id(value))
        if known is None:
            inner = [self._measure(item) for item in (value.values() if isinstance(value, dict) else value)]
            known = 1 + sum(nodes for nodes, _ in inner), 1 + max((height for _, height in inner), default=0)
            self._measured[id(value)] = known
        return known
