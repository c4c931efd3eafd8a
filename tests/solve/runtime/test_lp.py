"""Sums with whole numbers: a few choices, the cheapest first, also where OR-Tools trips over several that cost the same."""

import numpy as np
import pytest
from pybind11_abseil.status import StatusNotOk, aborted_error

from planner.solve.runtime.lp import Linear

DEAR, CHEAP = 3.0, 2.0


def shop() -> Linear:
    """Two kinds of nodes of four and three cores, ten cores wanted."""
    return Linear(
        cost=np.array([DEAR, CHEAP]),
        most=np.array([5.0, 5.0]),
        low=np.array([10.0]),
        high=np.array([np.inf]),
        rows=np.array([0, 0]),
        columns=np.array([0, 1]),
        entries=np.array([4.0, 3.0]),
    )


def test_whole_numbers_are_chosen_the_cheapest_first():
    found = shop().whole(np.array([0, 1]), 9.0, 4, 1000, 0.0)
    costs = [float(values @ [DEAR, CHEAP]) for values in found]
    assert costs == sorted(costs)
    assert found[0].round().tolist() == [1.0, 2.0]


def test_where_several_are_refused_one_is_asked_for(monkeypatch):
    asked = []
    real = Linear._ask

    def strict(self, model, solver, limits):
        asked.append(limits.solution_pool_size)
        if limits.solution_pool_size > 1:
            raise StatusNotOk(aborted_error("not in best objective order"))
        return real(self, model, solver, limits)

    monkeypatch.setattr(Linear, "_ask", strict)
    (found,) = shop().whole(np.array([0, 1]), 9.0, 4, 1000, 0.0)
    assert found.round().tolist() == [1.0, 2.0]
    assert asked == [4, 1]


def test_what_is_refused_by_itself_is_said(monkeypatch):
    def refused(*_):
        raise StatusNotOk(aborted_error("broken"))

    monkeypatch.setattr(Linear, "_ask", refused)
    with pytest.raises(StatusNotOk):
        shop().whole(np.array([0, 1]), 9.0, 4, 1000, 0.0)
