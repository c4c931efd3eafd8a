"""Goes through a plan, noun by noun, and holds every field against what it can hold."""

import dataclasses
import typing
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from models.answer.plan import IsolationPlan
from models.frozen_map import FrozenMap
from models.serialise import camel
from models.trust import TrustPolicy
from planner.read.own_kinds.plan.ranges import RULES, TOGETHER, Rule, broken_rules, step

_Steps = tuple[Any, ...]
"""The way to a value, (steps to what it is in, name of the step): joined only where something is wrong."""


class _Field(NamedTuple):
    name: str
    key: str
    rule: Rule | None
    has_nouns: bool


def wrong_fields(plan: IsolationPlan) -> Iterator[tuple[str, str]]:
    """Yield (path, reason) for every field that holds what it cannot."""
    yield from _walk((), plan)


def _walk(steps: _Steps, noun: Any) -> Iterator[tuple[str, str]]:
    kind: Any = type(noun)
    for name, key, rule, has_nouns in _fields(kind):
        value = getattr(noun, name)
        if rule is not None:
            for inner, reason in broken_rules(rule, value):
                yield _join(((steps, f".{key}"), inner)), reason
        if has_nouns and value is not None:
            yield from _below((steps, f".{key}"), value)
    together = TOGETHER.get(kind)
    for inner, reason in together(noun) if together else ():
        yield _join((steps, f".{inner}")), reason


def _below(steps: _Steps, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _below((steps, f"[{index}]"), item)
    elif isinstance(value, FrozenMap):
        for key, item in value.items():
            yield from _below((steps, step(key)), item)
    elif dataclasses.is_dataclass(value):
        yield from _walk(steps, value)


def _join(steps: _Steps) -> str:
    path = ""
    while steps:
        steps, last = steps
        path = last + path
    return path.removeprefix(".")


@cache
def _fields(kind: Any) -> tuple[_Field, ...]:
    """Return the fields of a noun that need a look."""
    hints, rules = typing.get_type_hints(kind), RULES.get(kind, {})
    fields = (
        _Field(field.name, camel(field.name), rules.get(field.name), any(map(_needs_look, _nouns(hints[field.name]))))
        for field in dataclasses.fields(kind)
    )
    return tuple(field for field in fields if field.rule is not None or field.has_nouns)


def _nouns(hint: Any) -> Iterator[Any]:
    """Yield the nouns that a type is made of."""
    if dataclasses.is_dataclass(hint):
        yield hint
    for inner in typing.get_args(hint):
        yield from _nouns(inner)


def _needs_look(kind: Any) -> bool:
    """Say whether a noun, or one in it, has a rule; a policy is held against what policies are."""
    return kind is not TrustPolicy and (kind in RULES or kind in TOGETHER or bool(_fields(kind)))
