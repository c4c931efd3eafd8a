"""What every room writes alike, and how text of strangers is shown."""

import re
from collections.abc import Collection, Sequence
from itertools import count

# Azure's agent and GitHub's runner take "##[name" and "##vso[name" for commands wherever in a line they stand, GitHub's also
# "::name …::" where a line begins, and any word may begin one where a table folds it (actions/runner,
# src/Runner.Common/ActionCommand.cs). TeamCity's begin alike.
_COMMAND = re.compile(r"##(?=\w*\[)|::(?=[A-Za-z][\w-]*(?: |::))")
_SHORT = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}


def some(names: Sequence[str], most: int = 3) -> str:
    """Join names with commas; beyond `most` say how many more there are."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


def unused(name: str, taken: Collection[str], joint: str = "-", longest: int = 0) -> str:
    """Return a name that is not taken: this one, or else with the first number behind it that makes it so, from 2 on.

    It is `longest` letters at most, where that is given.
    """
    if longest:
        name = name[:longest]
    if name not in taken:
        return name
    ends = (f"{joint}{number}" for number in count(2))
    return next(text for end in ends if (text := f"{name[: longest - len(end)] if longest else name}{end}") not in taken)


def visible(text: str) -> str:
    """Return `text` on one line that shows what is in it and steers nothing that shows it, neither a terminal nor a CI log.

    Control and format characters, among them those that change the direction of writing, and all blanks but the usual one become
    escapes; so do bytes of file names that are no UTF-8, and the first letter of what a CI log would take for a command.
    """
    return without_commands(text if text.isprintable() else "".join(map(_shown, text)))


def without_commands(text: str) -> str:
    """Escape the first letter of all that a CI log would take for a command, as YAML and the shell do it too."""
    return _COMMAND.sub(_escaped, text) if "##" in text or "::" in text else text


def visible_json(text: str) -> str:
    """Return JSON of the same meaning in which every character is seen, and nothing is a command to a CI log."""
    plain = "".join(char if char == "\n" or char.isprintable() else _unicode(char) for char in text)
    return _COMMAND.sub(lambda command: _unicode(command[0][0]) + command[0][1:], plain)


def is_command(text: str) -> bool:
    """Say whether a CI log may take a part of it for a command."""
    return bool(_COMMAND.search(text))


def _shown(char: str) -> str:
    if char.isprintable():
        return char
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # how Python carries a byte that is no UTF-8
        code -= 0xDC00
    if code <= 0xFF:
        return _SHORT.get(char) or f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _unicode(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[index]:02x}{units[index + 1]:02x}" for index in range(0, len(units), 2))


def _escaped(command: re.Match[str]) -> str:
    return f"\\x{ord(command[0][0]):02x}{command[0][1:]}"
