"""How a certificate says why it proves nothing."""

from typing import Any

from models.answer.finding import Finding, FindingCode
from models.solver.outcome import COST
from planner.verify.finding import error


def flaw(case: str, /, **facts: Any) -> Finding:
    """Say that the cost's bound is not proven, and what the sentence of that names."""
    return error(FindingCode.CERTIFICATE_BROKEN, COST, case=case, **facts)
