"""Orders of arrival in which kube-scheduler keeps pace: workload by workload, DaemonSets among them, and what is added later."""

from dataclasses import replace

import pytest

from models.answer.plan import IsolationPlan
from models.frozen_map import FrozenMap
from models.kubernetes.labels import LabelSelector
from models.kubernetes.pod import PodAffinityTerm, TopologySpreadConstraint
from models.source import Source
from planner.simulate import ORDERS
from planner.simulate.scheduler.arrival_orders import AS_THEY_COME, DAEMONS_LAST, LAST, is_drawn, procession
from planner.simulate.scheduler.pods import cast_of
from tests.simulate.made_by_hand import left, node, plan, work


def names_of(made: IsolationPlan, order: str) -> list[list[str]]:
    """Return the workload of each pod, act by act."""
    cast = cast_of(made)
    return [[cast.groups[at].workload.name for part in act for at, _ in part] for act in procession(cast, order)]


def test_daemons_come_first_but_where_workloads_come_as_they_come():
    made = plan([node("n1"), node("n2")], [work("agent", 0, 10, "DaemonSet"), *(work(f"w{at}", 1, 10) for at in range(4))])
    complete = [order for order in ORDERS if not order.startswith(AS_THEY_COME) and order != DAEMONS_LAST]
    assert {tuple(names_of(made, order)[0][:2]) for order in complete} == {("agent", "agent")}
    firsts = [names_of(made, f"{AS_THEY_COME}{number}")[0].index("agent") for number in range(20)]
    assert set(firsts) == set(range(5))


def test_daemons_that_come_last_find_nodes_in_use():
    made = plan([node("n1"), node("n2")], [work("agent", 0, 500, "DaemonSet"), work("first", 1, 600)])
    assert names_of(made, DAEMONS_LAST) == [["first"], ["agent", "agent"]]
    assert left(made, "as applied") == {"first": 1}
    assert left(made, DAEMONS_LAST) == {"agent": 1}


def test_chance_mixes_pods_where_workloads_come_as_they_come_and_before_late_daemons():
    assert [order for order in ORDERS if is_drawn(order)] == [*(f"{AS_THEY_COME}{number}" for number in (1, 2, 3)), DAEMONS_LAST]


def test_with_other_luck_the_others_come_mixed_before_daemons_that_come_last():
    made = plan([node("n1")], [work("agent", 0, 10, "DaemonSet"), work("a", 5, 10), work("b", 5, 10)])
    found = [names_of(made, f"{DAEMONS_LAST}, ties {tie}") for tie in range(5)]
    assert {tuple(daemons) for _, daemons in found} == {("agent",)}
    assert all(sorted(first) == ["a"] * 5 + ["b"] * 5 for first, _ in found)
    assert len({tuple(first) for first, _ in found}) == 5
    assert names_of(made, DAEMONS_LAST)[0] == ["a"] * 5 + ["b"] * 5


@pytest.mark.parametrize("order", [one for one in ORDERS if one not in ("as applied", LAST, DAEMONS_LAST)])
def test_orders_are_the_same_however_the_documents_are_ordered(order):
    kinds = [work("b", 3, 10), replace(work("a", 4, 10), later=2), work("c", 2, 20, "StatefulSet"), work("d", 3, 10)]
    given, turned = (
        [replace(one, where=Source("all.yaml", line)) for line, one in enumerate(way)] for way in (kinds, kinds[::-1])
    )
    assert names_of(plan([node("n1")], given), order) == names_of(plan([node("n1")], turned), order)


def test_a_workload_that_is_gone_leaves_the_order_of_the_others_as_it_was():
    kinds = [work(name, 3, 10) for name in "abcde"]
    (with_it,), (without,) = (names_of(plan([node("n1")], some), "random 1") for some in (kinds, kinds[:4]))
    assert [name for name in with_it if name != "e"] == without


@pytest.mark.parametrize("order", [one for one in ORDERS if one != "as applied"])
def test_what_a_ring_gets_does_not_hang_on_the_order_of_documents_nor_on_other_rings(order):
    """The ring of the blue workloads gets its pods in the same order, and part by part, whether the red ones come or not."""
    kinds = [
        work("agent", 0, 10, "DaemonSet"),
        work("blue-a", 3, 10),
        replace(work("blue-b", 4, 10), later=2),
        work("blue-c", 3, 20, "StatefulSet"),
        work("blue-d", 2, 30, priority=5),
        *(work(f"red-{at}", 2, 10 + at, kind) for at, kind in enumerate(["Deployment", "StatefulSet"] * 4)),
    ]
    ways = [kinds, kinds[::-1], kinds[:-1], kinds[:5], kinds[4::-1]]
    taken = []
    for way in ways:
        made = plan([node("n1"), node("n2")], [replace(one, where=Source("all.yaml", line)) for line, one in enumerate(way)])
        taken.append([[name for name in act if not name.startswith("red")] for act in names_of(made, order)])
    assert [one for one in taken if one != taken[0]] == []


@pytest.mark.parametrize("order", [one for one in ORDERS if one.startswith(AS_THEY_COME)])
def test_who_waits_for_others_is_as_slow_whoever_else_comes(order):
    """What of one ring falls into one part stays in one part, and what is parted stays parted."""
    blue = [work("blue-a", 3, 10), work("blue-b", 3, 20, "StatefulSet"), work("blue-c", 1, 10)]
    red = [work(f"red-{at}", 3, 10) for at in range(9)]

    def parts_of(some):
        cast = cast_of(plan([node("n1")], some))
        names = [[cast.groups[at].workload.name for at, _ in part] for part in procession(cast, order)[0]]
        return [left for part in names if (left := [name for name in part if name.startswith("blue")])]

    assert parts_of([*red, *blue]) == parts_of(blue)


def test_those_who_wait_are_quick_or_slow():
    made = plan([node("n1")], [work(f"w{at}", 2, 10) for at in range(8)])
    cast = cast_of(made)
    paces = {len(procession(cast, f"{AS_THEY_COME}{number}")[0]) for number in range(20)}
    assert {1, 16} < paces


def test_what_comes_as_it_comes_heeds_no_priority():
    made = plan([node("n1")], [work("low", 1, 10), work("high", 1, 10, priority=5)])
    assert {names_of(made, f"{AS_THEY_COME}{number}")[0][0] for number in range(20)} == {"low", "high"}


def test_pods_that_rollouts_and_autoscalers_add_come_when_all_others_are_there():
    grows = replace(work("grows", 5, 10), surge=1, later=2)
    parts = names_of(plan([node("n1")], [grows, work("stays", 2, 10)]), f"{AS_THEY_COME}1")
    assert [sorted(part) for part in parts] == [["grows"] * 2 + ["stays"] * 2, ["grows"] * 3]


def test_a_stateful_sets_next_pod_may_come_after_other_workloads():
    made = plan([node("n1")], [work("sets", 3, 10, "StatefulSet"), *(work(f"w{at}", 2, 10) for at in range(3))])
    orders = [names_of(made, f"{AS_THEY_COME}{number}")[0] for number in range(40)]
    assert any(order.index("sets") + 2 == max(at for at, name in enumerate(order) if name == "sets") for order in orders)
    assert any(order[-2:] == ["sets", "sets"] and order.index("sets") < 4 for order in orders)


def test_who_is_pending_before_others_are_added_stays_so_to_the_end():
    """At their peak the keepers are in both zones; one alone may be where its guest cannot follow."""
    keepers = LabelSelector(FrozenMap({"app": "keeper"}))
    even = TopologySpreadConstraint(1, "zone", label_selector=keepers)
    keeper = replace(work("keeper", 2, 100, topology_spread_constraints=(even,)), surge=1)
    guest = work("guest", 1, 100, pod_affinity=(PodAffinityTerm("zone", keepers),), node_selector=FrozenMap({"open": "yes"}))
    made = plan([node("n1", zone="a", open="yes"), node("n2", 5000, zone="b")], [keeper, guest])
    assert left(made, "as applied") == {}
    assert left(made, f"{AS_THEY_COME}1") == {"guest": 1}


def test_who_waits_for_others_may_come_between_them():
    """Once the first host is there its guests take the two nodes that it leaves, and the second host joins the first."""
    hosts = LabelSelector(FrozenMap({"app": "host"}))
    guest = work("guest", 2, 600, pod_affinity=(PodAffinityTerm("zone", hosts),))
    host = work("host", 2, 500, node_selector=FrozenMap({"open": "yes"}))
    land = [node("n1", 1000, zone="a", open="yes"), node("n2", 1000, zone="a", open="yes"), node("n3", 700, zone="a")]
    made = plan(land, [host, guest])
    found = [left(made, f"{AS_THEY_COME}{number}") for number in range(20)]
    assert left(made, "as applied") == {"guest": 1}
    assert {} in found
    assert {"guest": 1} in found


def test_a_pod_that_never_preempts_waits():
    low, high = work("low", 1, 1000), work("high", 1, 1000, priority=5)
    meek = replace(high, template=replace(high.template, preempts=False))
    assert left(plan([node("n1")], [low, high]), LAST) == {"low": 1}
    assert left(plan([node("n1")], [low, meek]), LAST) == {"high": 1}
