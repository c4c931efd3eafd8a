"""How this room says what is wrong."""

from models.finding import ERROR, Finding

PLAN_AGAIN = "plan again; a plan is not to be edited by hand"


def error(check: str, subject: object, message: str, why: str, fix: str = PLAN_AGAIN) -> Finding:
    """Say that the plan is wrong."""
    return Finding(check, ERROR, str(subject), message, why, fix)
