"""What must not be said: the credentials that this process uses, struck from every message, whoever repeats them."""

import base64
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from os.path import commonprefix
from typing import Any
from urllib.parse import quote

from planner.errors import BadInput, Fault

STRUCK = "***"
_SHORTEST = 4
"""What is shorter stands in half of all words."""
_LINE = 16
"""A line of a key is struck alone, too, unless it is as short as others are."""
_HEAD = 12
"""So many letters of a long one tell it from all else."""
_TELLING = re.compile(r"token|secret|password|credential|key", re.IGNORECASE)
"""How variables are called that hand credentials to a login program."""


class Secrets:
    """Strings that are struck, also as a URL has them, or one line with blanks for line breaks."""

    def __init__(self) -> None:
        """Know none yet."""
        self._known: set[str] = set()

    def add(self, *values: object) -> None:
        """Learn of some; what is no text, or too short to tell from other words, is passed over."""
        for value in values:
            if isinstance(value, str):
                self._known |= {form for form in _forms(value) if len(form) >= _SHORTEST}

    def learn(self, config: object) -> None:
        """Learn all that a kubeconfig holds, of whichever user."""
        for user in _users(config):
            self.add(*_of_user(user))

    def strike(self, text: str) -> str:
        """Return the text without them, the longest first, as one may be a part of another."""
        longest_first = sorted(self._known, key=lambda known: (-len(known), known))
        for secret in longest_first:
            text = text.replace(secret, STRUCK)
        for secret in longest_first:
            text = _without_beginnings(text, secret)
        return text

    @contextmanager
    def struck(self) -> Iterator[None]:
        """Strike them from every fault that leaves the block."""
        try:
            yield
        except BadInput as error:
            raise BadInput(map(self._fault, error.faults), error.rest) from None

    def _fault(self, fault: Fault) -> Fault:
        where = replace(fault.where, file=self.strike(fault.where.file))
        return Fault(where, *map(self.strike, (fault.field, fault.reason, fault.fix)))


def _without_beginnings(text: str, secret: str) -> str:
    """Strike the beginning of a long secret where it stands alone, as messages are cut."""
    head, parts, index = secret[:_HEAD], list[str](), 0
    while len(secret) >= 2 * _HEAD and (start := text.find(head, index)) >= 0:
        parts += [text[index:start], STRUCK]
        index = start + len(commonprefix((text[start:], secret)))  # noqa: RUF071  letter by letter is meant
    return "".join([*parts, text[index:]])


def _forms(value: str) -> Iterator[str]:
    text = value.strip()
    # The last is how exceptions quote a text.
    yield from (value, text, " ".join(text.split()), quote(text, safe=""), repr(text)[1:-1])
    yield from (line.strip() for line in text.splitlines() if len(line) >= _LINE)


def _users(config: object) -> Iterator[Mapping[str, Any]]:
    users = config.get("users") if isinstance(config, Mapping) else None
    for entry in users if isinstance(users, list) else ():
        plain = getattr(entry, "value", entry)  # the package keeps each in a node of its own
        user = plain.get("user") if isinstance(plain, Mapping) else None
        if isinstance(user, Mapping):
            yield user


def _of_user(user: Mapping[str, Any]) -> Iterator[object]:
    name, password, key = user.get("username"), user.get("password"), user.get("client-key-data")
    yield from (user.get("token"), password, key)
    if name and password:
        # This is what a header of basic authentication holds.
        yield base64.b64encode(f"{name}:{password}".encode()).decode()
    if isinstance(key, str):
        yield _decode(key)
    provider, program = user.get("auth-provider"), user.get("exec")
    config = provider.get("config") if isinstance(provider, Mapping) else None
    yield from config.values() if isinstance(config, Mapping) else ()
    variables = program.get("env") if isinstance(program, Mapping) else None
    for variable in variables if isinstance(variables, list) else ():
        if isinstance(variable, Mapping) and _TELLING.search(str(variable.get("name"))):
            yield variable.get("value")


def _decode(key: str) -> str:
    try:
        return base64.b64decode(key).decode()
    except ValueError:
        return ""
