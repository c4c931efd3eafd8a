"""Whom disruption budgets spare when pods are put out: as many as the disruption controller counts."""

from dataclasses import replace

import pytest

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import DisruptionBudget
from models.kubernetes.labels import LabelSelector
from planner.simulate.scheduler.cluster_state import State
from planner.simulate.scheduler.disruption_budgets import Budgets
from planner.simulate.scheduler.pods import cast_of
from planner.simulate.scheduler.rulebook import Rulebook
from tests.simulate.made_by_hand import left, node, plan, work

WEB = LabelSelector(FrozenMap({"app": "web"}))


@pytest.mark.parametrize(
    ("budget", "broken"),
    [
        pytest.param({"min_available": "2"}, [0, 1], id="one of three may go"),
        pytest.param({"min_available": "50%"}, [0, 1], id="half of three is two"),
        pytest.param({"max_unavailable": "2"}, [0, 0], id="two of three may go"),
        pytest.param({"max_unavailable": "0"}, [1, 1], id="none may go"),
        pytest.param({"max_unavailable": "34%"}, [0, 0], id="a share is rounded up"),
    ],
)
def test_a_budget_allows_so_many_to_go(budget: dict[str, str], broken: list[int]):
    made = plan([node("n1")], [work("web", 3, 10)], budgets=(DisruptionBudget("shop", "web", WEB, **budget),))
    book = Rulebook(cast_of(made))
    state = State(book)
    for _ in range(3):
        state.put(0, 0)
    assert Budgets(book.cast).broken_by(state, [0, 0]) == list(map(bool, broken))


def test_a_budget_whose_pods_cannot_be_counted_lets_none_go():
    made = plan([node("n1")], [work("web", 3, 10, "Job")], budgets=(DisruptionBudget("shop", "web", WEB, max_unavailable="2"),))
    book = Rulebook(cast_of(made))
    state = State(book)
    for _ in range(3):
        state.put(0, 0)
    assert Budgets(book.cast).broken_by(state, [0, 0]) == [True, True]


@pytest.mark.parametrize(
    ("selector", "broken"),
    [
        pytest.param(WEB, [True], id="one that selects the pods"),
        pytest.param(LabelSelector(), [False], id="kube-scheduler takes an empty selector to select nobody"),
        pytest.param(None, [False], id="none selects nobody"),
    ],
)
def test_a_budget_protects_whom_it_selects(selector, broken):
    made = plan([node("n1")], [work("web", 1, 10)], budgets=(DisruptionBudget("shop", "web", selector, "1"),))
    book = Rulebook(cast_of(made))
    state = State(book)
    state.put(0, 0)
    assert Budgets(book.cast).broken_by(state, [0]) == broken


def test_a_pod_that_breaks_two_budgets_counts_once():
    budgets = tuple(DisruptionBudget("shop", name, WEB, "1") for name in "ab")
    book = Rulebook(cast_of(plan([node("n1")], [work("web", 1, 10)], budgets=budgets)))
    state = State(book)
    state.put(0, 0)
    assert sum(Budgets(book.cast).broken_by(state, [0])) == 1


def test_those_whose_going_breaks_a_budget_are_spared_first():
    low, kept = work("low", 1, 500), work("web", 1, 500)
    budgets = (DisruptionBudget("shop", "web", WEB, max_unavailable="0"),)
    made = plan([node("n1")], [low, kept, work("high", 1, 500, priority=10)], budgets=budgets)
    assert left(made, "lowest priority first") == {"low": 1}
    assert left(replace(made, cluster=replace(made.cluster, budgets=())), "lowest priority first") == {"web": 1}
