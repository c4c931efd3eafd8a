"""A search that takes no longer than a test may."""

import pytest

from planner.solve.node_pools import search
from planner.solve.node_pools.local_search import search as repair
from planner.solve.runtime import workers


@pytest.fixture
def short_search(monkeypatch):
    monkeypatch.setattr(search, "STEPS", 300)
    monkeypatch.setattr(search, "TURNS", (False,))
    monkeypatch.setattr(search, "TURNS_OF_POOLS", (False, True))
    monkeypatch.setattr(repair, "WORK_PER_POD", 120_000)
    monkeypatch.setattr(workers, "processors", lambda: 1)
