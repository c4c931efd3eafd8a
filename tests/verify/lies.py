"""Tells lies about a plan: every field of its document is changed in every way that its type allows, one at a time."""

import dataclasses
import random
import types
import typing
from collections import defaultdict
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from models.answer.plan import IsolationPlan
from models.frozen_map import FrozenMap
from models.kubernetes.workload import Raw
from models.serialise import WRITTEN, camel
from models.solver.outcome import gap, written_gap
from models.source import NOWHERE, Source
from planner.emit.plan import document
from planner.read.documents.document import Document
from planner.read.own_kinds.plan.isolation_plan import read_plan as read

Steps = tuple[str | int, ...]
INPUTS = ("digests", "policy", "trust", "cluster", "certificate")
PLAUSIBLE: dict[Any, tuple[Any, ...]] = {str: ("x",), bool: (True, False), int: (1, 7), float: (1.5,), Source: ("a.yaml:7",)}
REMOVED = object()


@dataclass(frozen=True)
class Place:
    """A part of a document: its type, the steps that lead there, the pattern of these without indices, and its NOUN.FIELD."""

    kind: Any
    steps: Steps
    pattern: str
    field: str = ""


@dataclass(frozen=True)
class Lie:
    """One change: what is `told` about the part of a document to which the steps lead."""

    pattern: str
    told: str
    steps: Steps
    value: Any

    def tell(self, tree: Any) -> Any:
        """Return the document with the change in it; the one that is given stays as it is."""
        return _changed(tree, self.steps, self.value)

    def __str__(self) -> str:
        where = ".".join(map(str, self.steps))
        return f"{self.told} {where}" + ("" if self.value is REMOVED else f": {str(self.value)[:120]}")


def told_of(plan: IsolationPlan) -> dict[str, Any]:
    """Return the document of a plan without what follows from it: the gaps of goals, and the goal that is named first."""
    tree = deepcopy(document(plan))
    tree.pop("objective", None)
    for goal in tree["goals"]:
        goal.pop("gap")
    return tree


def _with_gaps(tree: dict[str, Any]) -> dict[str, Any]:
    goals = tree.get("goals", [])
    found = [{**one, "gap": written_gap(gap(one["name"], one["value"], one["bound"]))} if _is_goal(one) else one for one in goals]
    return {**tree, "goals": found}


def _is_goal(goal: Any) -> bool:
    return isinstance(goal, dict) and {"name", "value", "bound"} <= set(goal)


def believed(tree: dict[str, Any]) -> IsolationPlan:
    """Read a document back, with the gaps that follow from its goals."""
    tree = _with_gaps(tree)
    return read(Document(NOWHERE, tree.get("apiVersion", ""), tree.get("kind", ""), tree))


def lies(plans: Mapping[str, IsolationPlan], each: int, seed: str = "") -> Iterator[tuple[str, Lie]]:
    """Yield lies of every kind about every field, each with the name of the plan; at most so many of a kind and a pattern."""
    trees = {name: told_of(plan) for name, plan in plans.items()}
    places = {name: list(_places(IsolationPlan, tree, Place(IsolationPlan, (), ""), root=True)) for name, tree in trees.items()}
    seen: dict[str, list[Any]] = defaultdict(list)
    for name, found in places.items():
        for place in found:
            value = _at(trees[name], place.steps)
            if value is not REMOVED and value not in seen[place.pattern]:
                seen[place.pattern].append(value)
    by_kind: dict[tuple[str, str], list[tuple[str, Lie]]] = defaultdict(list)
    for name, found in places.items():
        for place in found:
            for lie in _of(place, trees[name], seen):
                by_kind[lie.pattern, lie.told].append((name, lie))
    for key, told in by_kind.items():
        yield from random.Random(f"{seed} {key}").sample(told, min(each, len(told)))


def fields_of_plans(kind: Any = IsolationPlan) -> set[str]:
    """Return every field of every noun that a plan may hold, as NOUN.FIELD."""
    found: set[str] = set()
    nouns = [kind]
    while nouns:
        noun = nouns.pop()
        for field, hint in typing.get_type_hints(noun).items():
            if f"{noun.__name__}.{field}" not in found and field in {one.name for one in dataclasses.fields(noun)}:
                found.add(f"{noun.__name__}.{field}")
                nouns += _nouns(hint)
    return found


def fields_lied_about(plans: Mapping[str, IsolationPlan]) -> set[str]:
    """Return the fields of nouns, as NOUN.FIELD, that one of the plans has."""
    trees = map(told_of, plans.values())
    return {place.field for tree in trees for place in _places(IsolationPlan, tree, Place(IsolationPlan, (), ""), root=True)}


def _nouns(hint: Any) -> Iterator[Any]:
    if dataclasses.is_dataclass(hint) and hint not in (Raw, Source, *WRITTEN):
        yield hint
    for inner in typing.get_args(hint):
        yield from _nouns(inner)


def _bare(kind: Any) -> Any:
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        return next(one for one in typing.get_args(kind) if one is not type(None))
    return kind


def _joined(path: str, name: str) -> str:
    return f"{path}.{camel(name)}" if path else camel(name)


def _top(name: str) -> Steps:
    return ("metadata", "name") if name == "name" else ("inputs", name) if name in INPUTS else (name,)


def _places(kind: Any, tree: Any, place: Place, root: bool = False) -> Iterator[Place]:
    """Yield every field of a noun, also those that are left out since they have their default, and what is inside of them."""
    hints = typing.get_type_hints(kind)
    for field in dataclasses.fields(kind):
        steps = _top(camel(field.name)) if root else (camel(field.name),)
        pattern = _joined(place.pattern, field.name)
        here = Place(hints[field.name], (*place.steps, *steps), pattern, f"{kind.__name__}.{field.name}")
        yield here
        yield from _inside(tree, here)


def _inside(tree: Any, place: Place) -> Iterator[Place]:
    kind, value = _bare(place.kind), _at(tree, place.steps)
    if value is REMOVED or value is None or kind is Raw:
        return
    if dataclasses.is_dataclass(kind) and kind not in (Source, *WRITTEN):
        yield from _places(kind, tree, place)
    elif typing.get_origin(kind) is tuple:
        arguments = typing.get_args(kind)
        for at in range(len(value)):
            one = Place(arguments[at if len(arguments) == 2 and arguments[1] is not Ellipsis else 0], (*place.steps, at), "")
            one = Place(one.kind, one.steps, f"{place.pattern}[]")
            yield one
            yield from _inside(tree, one)
    elif typing.get_origin(kind) is FrozenMap:
        for key in value:
            one = Place(typing.get_args(kind)[0], (*place.steps, key), f"{place.pattern}[*]")
            yield one
            yield from _inside(tree, one)


def _of(place: Place, tree: Any, seen: dict[str, list[Any]]) -> Iterator[Lie]:
    kind, value = _bare(place.kind), _at(tree, place.steps)

    def lie(told: str, new: Any) -> Lie:
        return Lie(place.pattern, told, place.steps, new)

    if value is not REMOVED and isinstance(place.steps[-1], str) and not place.pattern.endswith("[*]"):
        yield lie("dropped", REMOVED)
    if kind is Raw:
        yield from (lie("other", one) for one in seen[place.pattern] if one != value)
        if isinstance(value, dict | list):
            yield from (lie("twisted", one) for one in _twisted(value))
        return
    if value is REMOVED or value is None:
        yield from (lie("added", one) for one in [*seen[place.pattern][:2], *_plausible(kind, place.pattern, seen)])
    elif typing.get_origin(kind) is tuple:
        yield from _of_list(value, place, seen, lie)
    elif typing.get_origin(kind) is FrozenMap:
        yield from _of_map(value, place, seen, lie)
    elif dataclasses.is_dataclass(kind) and kind is not Source:
        yield from (lie("other", one) for one in seen[place.pattern][:2] if one != value)
    else:
        yield from _of_scalar(value, place, seen, lie)


def _of_scalar(value: Any, place: Place, seen: dict[str, list[Any]], lie: Any) -> Iterator[Lie]:
    if isinstance(value, bool):
        yield lie("other", not value)
    elif isinstance(value, int | float):
        yield lie("more", value + 1)
        if value > 0:
            yield lie("less", value - 1 if value >= 1 else value / 2)
        yield from (lie("other", one) for one in seen[place.pattern][:3] if one != value)
    elif isinstance(value, str):
        yield from (lie("other", one) for one in seen[place.pattern][:3] if one != value)
        yield lie("twisted", f"{value}x")
        if value:
            yield lie("emptied", "")


def _of_list(value: list[Any], place: Place, seen: dict[str, list[Any]], lie: Any) -> Iterator[Lie]:
    for at, one in enumerate(value):
        yield lie("without", [*value[:at], *value[at + 1 :]])
        yield lie("twice", [*value[: at + 1], one, *value[at + 1 :]])
    if len(value) > 1 and value[0] != value[-1]:
        yield lie("swapped", [value[-1], *value[1:-1], value[0]])
    inner = f"{place.pattern}[]"
    more = [one for one in seen[inner] if one not in value][:2] or list(_plausible(_item(place.kind), inner, seen))
    yield from (lie("extra", [*value, one]) for one in more)


def _of_map(value: dict[str, Any], place: Place, seen: dict[str, list[Any]], lie: Any) -> Iterator[Lie]:
    for key, one in value.items():
        rest = {other: item for other, item in value.items() if other != key}
        yield lie("without", rest)
        yield lie("renamed", {**rest, f"{key}x": one})
        yield lie("extra", {**value, f"{key}x": one})


def _item(kind: Any) -> Any:
    return _bare(typing.get_args(_bare(kind))[0])


def _plausible(kind: Any, pattern: str, seen: dict[str, list[Any]]) -> Iterator[Any]:
    kind = _bare(kind)
    if kind in PLAUSIBLE:
        yield from PLAUSIBLE[kind]
    elif kind is Raw:
        yield [{"operator": "Exists"}]
        yield {"x": "y"}
    elif typing.get_origin(kind) is tuple:
        yield from ([one] for one in _plausible(typing.get_args(kind)[0], f"{pattern}[]", seen))
    elif typing.get_origin(kind) is FrozenMap:
        yield from ({"x": one} for one in _plausible(typing.get_args(kind)[0], f"{pattern}[*]", seen))
    elif dataclasses.is_dataclass(kind):
        yield from seen[pattern][:1] or [_sketched(kind, seen)]


def _sketched(kind: Any, seen: dict[str, list[Any]]) -> dict[str, Any]:
    """Return a noun with all its fields set to something, but those inside which are nouns of their own."""
    hints = typing.get_type_hints(kind)
    made = {}
    for field in dataclasses.fields(kind):
        if field.default is dataclasses.MISSING or _bare(hints[field.name]) in PLAUSIBLE:
            made[camel(field.name)] = next(iter(_plausible(hints[field.name], "", seen)), [])
    return made


def _twisted(value: Any) -> Iterator[Any]:
    """Yield JSON that differs in one leaf, or lacks one part."""
    parts = value.items() if isinstance(value, dict) else enumerate(value)
    for key, one in parts:
        rest = {other: item for other, item in value.items() if other != key} if isinstance(value, dict) else None
        yield rest if rest is not None else [*value[:key], *value[key + 1 :]]
        if isinstance(one, dict | list):
            inner = list(_twisted(one))
        elif isinstance(one, str):
            inner = [f"{one}x"]
        else:
            inner = [not one] if isinstance(one, bool) else [one + 1] if isinstance(one, int) else []
        for new in inner:
            yield {**value, key: new} if isinstance(value, dict) else [*value[:key], new, *value[key + 1 :]]


def _at(tree: Any, steps: Steps) -> Any:
    for step in steps:
        try:
            tree = tree[step]
        except (KeyError, IndexError, TypeError):
            return REMOVED
    return tree


def _changed(tree: Any, steps: Steps, value: Any) -> Any:
    first, *rest = steps
    copied = dict(tree) if isinstance(tree, dict) else list(tree)
    if rest:
        copied[first] = _changed(tree[first] if isinstance(tree, list) else tree.get(first, {}), tuple(rest), value)
    elif value is REMOVED:
        del copied[first]
    else:
        copied[first] = value
    return copied
