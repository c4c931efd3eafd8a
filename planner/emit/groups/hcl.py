"""Writes HCL as `terraform fmt` leaves it: two blanks a level, and the equals signs of neighbouring lines in one column."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from planner.words import unused, visible


@dataclass(frozen=True, slots=True)
class Raw:
    """An expression, as it is to stand there: var.subnet_ids."""

    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """A block: resource "aws_eks_node_group" "payments" { … }."""

    head: str
    body: Mapping[str, Any]
    blocks: Sequence["Block"] = ()


def block(item: Block, pad: str = "") -> str:
    """Write a block with what is in it; blocks within stand after the arguments, each after an empty line."""
    parts = [_pairs(item.body, pad + "  ", _argument)] if item.body else []
    parts += [block(inner, pad + "  ") for inner in item.blocks]
    return f"{pad}{item.head} {{\n" + "\n".join(parts) + f"{pad}}}\n"


def _pairs(pairs: Mapping[str, Any], pad: str, key: Any) -> str:
    """Write arguments, those of one line first and in one column, and after an empty line each of several."""
    short = {key(name): _inline(value) for name, value in pairs.items() if not isinstance(value, Mapping)}
    width = max(map(len, short), default=0)
    parts = ["".join(f"{pad}{name.ljust(width)} = {value}\n" for name, value in short.items())] if short else []
    parts += [
        f"{pad}{key(name)} = {{\n{_pairs(value, pad + '  ', _key)}{pad}}}\n"
        for name, value in pairs.items()
        if isinstance(value, Mapping)
    ]
    return "\n".join(parts)


def _argument(name: str) -> str:
    return name


def _key(name: str) -> str:
    """Write a key of a map: as it is where that is an identifier without a dash, which is subtraction to readers."""
    return name if name.isascii() and name.isidentifier() else text(name)


def _inline(value: Any) -> str:
    if isinstance(value, Raw):
        return value.text
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_inline, value))}]"
    return text(str(value))


def text(value: str) -> str:
    """Write a string: no template begins in it, and nothing ends it."""
    plain = visible(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain.replace("${", "$${").replace("%{", "%%{")}"'


def name_of(value: str) -> str:
    """Return an identifier for a name: letters, digits and underscores."""
    plain = "".join(char if char.isalnum() and char.isascii() else "_" for char in value)
    return plain if plain[:1].isalpha() else f"group_{plain}"


def names_of(values: Iterable[str]) -> list[str]:
    """Return identifiers for names, one for each and no two alike, though names may differ in signs alone, or not at all."""
    names: list[str] = []
    for value in values:
        names.append(unused(name_of(value), names, "_"))
    return names
