"""The review as data: every field of every noun, and a JSON Schema of them."""

import dataclasses
import types
import typing
from collections.abc import Mapping
from functools import cache
from typing import Any

from models.answer.review import Review
from models.frozen_map import FrozenMap
from models.serialise import camel

API_VERSION, KIND = "ringfence.dev/v1alpha1", "CapacityReview"
_SCALARS = {str: "string", bool: "boolean", int: "integer", float: "number"}


def data(review: Review) -> dict[str, Any]:
    """Return the review as dictionaries, lists, numbers and text; what is not known is null."""
    return {"apiVersion": API_VERSION, "kind": KIND, **_written(review)}


def _written(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {camel(field.name): _written(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: _written(item) for key, item in value.items()}
    return [_written(item) for item in value] if isinstance(value, tuple) else value


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a review."""
    nouns: dict[str, Any] = {}
    root = _noun(Review, nouns)
    head = {"apiVersion": {"const": API_VERSION}, "kind": {"const": KIND}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": KIND,
        **root,
        "properties": {**head, **root["properties"]},
        "required": [*head, *root["required"]],
        "$defs": dict(sorted(nouns.items())),
    }


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _noun(kind: Any, nouns: dict[str, Any]) -> dict[str, Any]:
    fields = {camel(field.name): _type(_hints(kind)[field.name], nouns) for field in dataclasses.fields(kind)}
    said = (kind.__doc__ or "").strip()
    shape = {"properties": fields, "required": list(fields), "additionalProperties": False}
    return {"description": " ".join(said.split()), "type": "object", **shape}


def _type(kind: Any, nouns: dict[str, Any]) -> dict[str, Any]:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        inner = [option for option in arguments if option is not type(None)]
        return {"anyOf": [*(_type(option, nouns) for option in inner), {"type": "null"}]}
    if origin is tuple:
        return {"type": "array", "items": _type(arguments[0], nouns)}
    if origin is FrozenMap:
        return {"type": "object", "additionalProperties": _type(arguments[0], nouns)}
    if dataclasses.is_dataclass(kind):
        name = typing.cast("type", kind).__name__
        if name not in nouns:
            nouns[name] = {}
            nouns[name] = _noun(kind, nouns)
        return {"$ref": f"#/$defs/{name}"}
    return {"type": _SCALARS[kind]}
