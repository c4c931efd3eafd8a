"""Which cases are tried every time, and which by `make soak` alone: those that take long and seldom find what others do not."""

from collections.abc import Iterable
from typing import Any

import pytest


def soak_after(few: int, cases: Iterable[Any]) -> list[Any]:
    """Return the cases as parameters of a test; all but the first few are left to a soak."""
    given = list(cases)
    return [*given[:few], *(later(each) for each in given[few:])]


def later(case: Any, **more: Any) -> Any:
    """Return a parameter, or a row of them, that is left to a soak."""
    return pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=pytest.mark.soak, **more)
