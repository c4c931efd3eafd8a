"""Searches in the process of the test, whatever the machine has."""

import pytest

from planner.solve.runtime import workers


@pytest.fixture
def one_process(monkeypatch):
    monkeypatch.setattr(workers, "processors", lambda: 1)
