"""What is kept from pod to pod decides like what is worked out anew for each: the same pods on the same nodes, in turn."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest

from models.answer.plan import IsolationPlan
from models.frozen_map import FrozenMap
from models.kubernetes.pod import HostPort
from planner.simulate.scenarios.rolling_update import simulate_order
from planner.simulate.scheduler import simulation
from planner.simulate.scheduler.arrival_orders import LAST
from planner.simulate.scheduler.cluster_state import State
from planner.simulate.scheduler.filters import feasible, take_one_more
from planner.simulate.scheduler.pods import cast_of
from planner.simulate.scheduler.ranking.scoring import total
from planner.simulate.scheduler.rulebook import Rulebook
from planner.simulate.tuning import SIMULATING, RankingTuning, SimulateTuning
from tests.simulate.made_by_hand import node, plan, work
from tests.simulate.small_plans import random_plan, with_volumes

ORDERS = ("as applied", "random 1", "as they come 2", "as they roll out 1", LAST)
SMALL, LARGER = range(24), range(100, 106)


class Anew:
    """Begins from nothing for every pod."""

    def __init__(self, state: State, by_change: bool) -> None:
        self.state, self.by_change = state, by_change

    def expect(self, groups: Iterable[int]) -> None:
        """Keep nothing."""

    def feasible(self, group: int) -> np.ndarray:
        return feasible(self.state, group)

    def fits(self, group: int, node: int) -> bool:
        return bool(take_one_more(self.state, self.state.book.rules[group], np.array([node]))[0])

    def total(self, group: int, nodes: np.ndarray) -> np.ndarray:
        return total(self.state, self.state.book.rules[group], nodes, self.by_change)


def outcomes(made: IsolationPlan, orders: Iterable[str] = ORDERS, tuning: SimulateTuning = SIMULATING) -> list[object]:
    """Return of each order who came where and when, who found no place, and who was put out."""
    book = Rulebook(cast_of(made), tuning)
    runs = [simulate_order(book, order) for order in orders]
    return [(run.state.arrived, run.pending, run.lost, run.preempted, run.state.clock) for run in runs]


def assert_alike(
    made: IsolationPlan,
    monkeypatch: pytest.MonkeyPatch,
    orders: Iterable[str] = ORDERS,
    tuning: SimulateTuning = SIMULATING,
) -> None:
    kept = outcomes(made, orders, tuning)
    monkeypatch.setattr(simulation, "Ranking", Anew)
    assert kept == outcomes(made, orders)


@pytest.mark.parametrize("seed", SMALL)
def test_small_clusters_with_all_that_kube_scheduler_looks_at(seed: int, monkeypatch: pytest.MonkeyPatch):
    made = random_plan(seed)
    assert_alike(with_volumes(made, seed) if seed % 3 == 0 else made, monkeypatch)


@pytest.mark.parametrize("seed", LARGER)
def test_larger_clusters(seed: int, monkeypatch: pytest.MonkeyPatch):
    assert_alike(random_plan(seed, nodes=16, workloads=24, fill=0.8), monkeypatch)


@pytest.mark.parametrize("few", [0, 3, 1_000])
def test_however_many_nodes_are_looked_at_one_by_one(few: int, monkeypatch: pytest.MonkeyPatch):
    tuning = SimulateTuning(ranking=RankingTuning(few=few))
    assert_alike(random_plan(7, nodes=12, workloads=16), monkeypatch, tuning=tuning)


def test_as_kube_scheduler_balanced_before_1_36(monkeypatch: pytest.MonkeyPatch):
    made = random_plan(11, nodes=10, workloads=12)
    assert_alike(replace(made, cluster=replace(made.cluster, kubernetes="1.35")), monkeypatch)


def test_pods_with_a_node_of_their_own_that_want_the_same_port(monkeypatch: pytest.MonkeyPatch):
    ports = (HostPort(9100),)
    agents = [
        work(name, 0, 100, "DaemonSet", ports=ports, priority=priority) for name, priority in (("a", 0), ("b", 5), ("c", 5))
    ]
    coming = [*agents, work("web", 3, 100, ports=ports), work("api", 6, 200)]
    assert_alike(plan([node(f"n{at}", 500) for at in range(5)], coming), monkeypatch)


def test_where_a_part_of_the_nodes_is_looked_at(monkeypatch: pytest.MonkeyPatch):
    nodes = [node(f"n{at:03}", 1000 + at % 7 * 500) for at in range(120)]
    coming = [work("web", 150, 300), work("api", 90, 250), work("agent", 0, 50, "DaemonSet")]
    assert_alike(plan(nodes, coming), monkeypatch, ("random 1", "as they roll out 1"))


def test_on_nodes_that_lack_a_resource_or_have_more_columns_than_eight(monkeypatch: pytest.MonkeyPatch):
    made = with_volumes(random_plan(12, nodes=8, workloads=10), 12)
    more = {f"example.com/{name}": 4 for name in "abcdefgh"}
    nodes = [
        replace(one, allocatable=FrozenMap({**one.allocatable, **more, "memory": 0 if at == 3 else one.allocatable["memory"]}))
        for at, one in enumerate(made.cluster.nodes)
    ]
    workloads = []
    for at, one in enumerate(made.cluster.workloads):
        (first, *rest) = one.template.containers
        asks = FrozenMap({**first.requests, f"example.com/{'abcdefgh'[at % 8]}": 1})
        workloads.append(replace(one, template=replace(one.template, containers=(replace(first, requests=asks), *rest))))
    cluster = replace(made.cluster, nodes=tuple(nodes), workloads=tuple(workloads))
    assert_alike(replace(made, cluster=cluster), monkeypatch)
