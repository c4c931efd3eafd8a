"""How this room says what is wrong."""

import re
from typing import Any

from models.answer.finding import ERROR, Finding, FindingCode

LABEL_VALUE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")
"""What a node can carry as a label's value, but for none."""


def error(code: FindingCode, subject: object, /, **facts: Any) -> Finding:
    """Say that the plan is wrong, and what the sentence of that names."""
    return Finding.of(code, ERROR, subject, **facts)
