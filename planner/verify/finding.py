"""How this room says what is wrong."""

import re

from models.answer.finding import ERROR, Finding, FindingCode

LABEL_VALUE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")
"""What a node can carry as a label's value, but for none."""
PLAN_AGAIN = "plan again; a plan is not to be edited by hand"


def error(check: FindingCode, subject: object, message: str, why: str, fix: str = PLAN_AGAIN) -> Finding:
    """Say that the plan is wrong."""
    return Finding(check, ERROR, str(subject), message, why, fix)
