"""A search that takes no longer than a test may."""

import pytest

from planner.solve import beside
from planner.solve.pools import repair, search


@pytest.fixture
def short_search(monkeypatch):
    monkeypatch.setattr(search, "STEPS", 300)
    monkeypatch.setattr(search, "TURNS", (False,))
    monkeypatch.setattr(search, "TURNS_OF_POOLS", (False, True))
    monkeypatch.setattr(repair, "WORK_PER_POD", 120_000)
    monkeypatch.setattr(beside, "processors", lambda: 1)
