"""Every workload rolls out again, all of them at once, after all pods have come."""

import random
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest

from models.answer.plan import IsolationPlan
from models.frozen_map import FrozenMap
from models.kubernetes.pod import TopologySpreadConstraint
from models.kubernetes.workload import Workload
from planner.simulate import ORDERS, ROLLOUTS, SCALED
from planner.simulate.scenarios import rolling_update
from planner.simulate.scenarios.rolling_update import _Turn, simulate_order
from planner.simulate.scheduler.arrival_orders import usual
from planner.simulate.scheduler.cluster_state import State, Stay
from planner.simulate.scheduler.pods import Group, cast_of
from planner.simulate.scheduler.rulebook import Rulebook
from planner.simulate.scheduler.simulation import Simulation
from tests.simulate.made_by_hand import HOST, left, node, plan, work

FEWER = [f"as they roll out while autoscalers have fewer {number}" for number in range(40)]
MANY = [f"as they roll out {number}" for number in range(40)]


def rolled(made: IsolationPlan, order: str) -> Simulation:
    return simulate_order(Rulebook(cast_of(made)), order)


def there(run: Simulation) -> dict[str, Counter[str]]:
    """Return the workloads of the pods on each node."""
    groups, nodes = run.book.cast.groups, run.book.cast.terrain.nodes
    return {
        nodes[at].name: Counter(groups[group].workload.name for group, times in pods.items() for _ in times)
        for at, pods in enumerate(run.state.arrived)
    }


def replaced(made: IsolationPlan, order: str) -> dict[str, int]:
    """Return how many pods of each workload are there that came after all had come."""
    cast = cast_of(made)
    came = sum(len(pods) for pods in cast.flow) + len(cast.daemons) - sum(one.surge for one in made.cluster.workloads)
    run, found = rolled(made, order), Counter[str]()
    for pods in run.state.arrived:
        for group, times in pods.items():
            found[cast.groups[group].workload.name] += sum(time > came for time in times)
    return dict(+found)


def most(made: IsolationPlan, order: str) -> int:
    """Return the most pods that were there at one time."""
    run_of = Simulation.come
    found = []

    def come(self, act, *ending):
        done = run_of(self, act, *ending)
        found.append(sum(there(self)["n1"].values()))
        return done

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Simulation, "come", come)
        rolled(made, order)
    return max(found)


@pytest.mark.parametrize(
    ("kind", "count"),
    [
        pytest.param("Deployment", 3, id="a Deployment's pods are replaced"),
        pytest.param("StatefulSet", 3, id="a StatefulSet's are"),
        pytest.param("Rollout", 3, id="a Rollout's are"),
        pytest.param("ReplicaSet", 0, id="nobody replaces those of a ReplicaSet"),
        pytest.param("Job", 0, id="nor those of a Job"),
    ],
)
def test_who_rolls_out(kind, count):
    made = plan([node("n1"), node("n2")], [work("web", 3, 100, kind), work("other", 1, 100)])
    for order in MANY[:10]:
        assert replaced(made, order) == {"web": count, "other": 1} if count else {"other": 1}


def test_a_daemon_comes_back_to_its_node_though_another_is_emptier():
    here = work("filler", 1, 500, "ReplicaSet", node_selector=FrozenMap({HOST: "n1"}))
    made = plan([node("n1"), node("n2", 9000)], [work("agent", 0, 100, "DaemonSet"), here])
    for order in MANY[:10]:
        assert replaced(made, order) == {"agent": 2}
        assert there(rolled(made, order)) == {"n1": Counter(agent=1, filler=1), "n2": Counter(agent=1)}


def test_nobody_rolls_out_before_all_have_come():
    made = plan([node("n1")], [work("web", 2, 400), work("large", 1, 900)])
    assert all(left(made, order) and replaced(made, order) == {} for order in MANY[:10])


@pytest.mark.parametrize(
    ("surge", "cpu", "pods"),
    [
        pytest.param(0, 300, 3, id="where nothing is added an old pod ends first: a full node is no obstacle"),
        pytest.param(1, 250, 4, id="one more comes before the first one ends"),
        pytest.param(2, 200, 5, id="as many more as the plan counts"),
        pytest.param(3, 150, 6, id="at most all"),
    ],
)
def test_never_are_more_pods_there_than_the_plan_counts(surge, cpu, pods):
    made = plan([node("n1")], [replace(work("web", 3 + surge, cpu), surge=surge)])
    for order in MANY[:10]:
        assert (replaced(made, order), there(rolled(made, order))) == ({"web": 3}, {"n1": Counter(web=3)})
        assert most(made, order) == (pods if surge else 3)


def ended(made: IsolationPlan, order: str) -> list[tuple[str, str, int]]:
    """Return who was ended: its workload, its node, and when it came."""
    found, take = [], State.take

    def seen(self, group, at, since):
        found.append((cast.groups[group].workload.name, cast.terrain.nodes[at].name, since))
        return take(self, group, at, since)

    def goes_on(self, run, pending):
        waiting = {cast.groups[one].workload for one, _ in +run.pending}
        assert self.workload.id not in waiting, "a workload waits until its pod runs"
        assert not pending
        return go_on(self, run, pending)

    cast, go_on = cast_of(made), _Turn.go_on
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(State, "take", seen)
        patch.setattr(_Turn, "go_on", goes_on)
        rolled(made, order)
    return found


def steps(made: IsolationPlan, order: str) -> list[tuple[int, int]]:
    """Return how many end at a time, and how many come for them."""
    found, go_on = [], _Turn.go_on

    def noted(self, run, pending):
        gone, coming = go_on(self, run, pending)
        found.append((len(gone), len(coming)))
        return gone, coming

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_Turn, "go_on", noted)
        rolled(made, order)
    return found


ENDING = {
    "one by one where one may be away": ({}, {(1, 1)}, 3),
    "at first as many as may be away": ({"away": 3}, {(3, 3)}, 1),
    "then so many or fewer": ({"pods": 6, "away": 3}, {(3, 3), (2, 2), (1, 1)}, 2),
    "all where the old ones end first": ({"away": 3, "ends_first": True}, {(3, 3)}, 1),
    "none before a new one runs": ({"pods": 4, "surge": 1, "away": 0}, {(0, 1), (1, 1), (1, 0)}, 4),
    "for each new one that runs one more": ({"pods": 12, "surge": 3, "away": 2}, {(0, 3), (5, 5), (4, 1)}, 3),
    "all at once where all new ones run": ({"pods": 6, "surge": 3, "away": 0}, {(0, 3), (3, 0)}, 2),
}


@pytest.mark.parametrize(("fields", "some", "acts"), ENDING.values(), ids=ENDING)
def test_how_many_end_at_a_time_and_come(fields, some, acts):
    web = replace(work("web", fields.get("pods", 3), 10), **fields)
    seen = [steps(plan([node("n1")], [web]), order) for order in MANY]
    assert some <= {step for run in seen for step in run}
    assert min(map(len, seen)) == acts
    for run in seen:
        assert sum(gone for gone, _ in run) == web.steady
        assert sum(coming for _, coming in run) == web.steady
        assert all(gone <= web.away + web.surge for gone, _ in run)


LINGERING = {
    "a Deployment's": (work("web", 4, 10), True),
    "a Rollout's": (work("web", 4, 10, "Rollout"), True),
    "a StatefulSet's do not": (work("web", 4, 10, "StatefulSet"), False),
    "a DaemonSet's do not": (work("web", 0, 10, "DaemonSet"), False),
    "nor those that all end first": (replace(work("web", 4, 10), away=4, ends_first=True), False),
    "nor those that are spread, for which kube-scheduler does not count who ends": (
        work("web", 4, 10, topology_spread_constraints=(TopologySpreadConstraint(1, HOST, "DoNotSchedule"),)),
        False,
    ),
}


def most_lingering(made: IsolationPlan, order: str) -> int:
    """Return how many pods that are to end had their room at the same time when others came."""
    found, last, linger = [0], [], Simulation.linger

    def noted(self, ending):
        some = list(ending)
        assert all(map(self.state.has, some))
        found.append(len(some))
        last[:] = some
        return linger(self, some)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Simulation, "linger", noted)
        run = rolled(made, order)
    assert not any(map(run.state.has, last))
    return max(found)


@pytest.mark.parametrize(("web", "some"), LINGERING.values(), ids=LINGERING)
def test_whose_pods_may_still_be_there_when_their_successors_look_for_room(web, some):
    seen = {bool(most_lingering(plan([node("n1")], [web]), order)) for order in MANY}
    assert seen == ({True, False} if some else {False})


def test_the_next_may_end_while_those_before_them_still_have_their_room():
    """One at a time may be away; with time to go it is one, some or all of them that still have their room."""
    seen = {most_lingering(plan([node("n1")], [work("web", 6, 10)]), order) for order in MANY}
    assert {0, 1, 6} <= seen


@pytest.mark.parametrize(("kind", "times"), [("Deployment", 1), ("Rollout", 1), ("StatefulSet", 0), ("DaemonSet", 0)])
def test_each_rollout_of_a_deployment_begins_a_replica_set(monkeypatch, kind, times):
    found, renew = [], State.renew

    def noted(self, owner):
        found.append((owner.name, sum(len(since) for pods in self.arrived for since in pods.values())))
        return renew(self, owner)

    monkeypatch.setattr(State, "renew", noted)
    rolled(plan([node("n1"), node("n2")], [work("web", 4, 10, kind)]), "as they roll out 1")
    assert found == [("web", 4)] * times, "before any of its pods has gone"


def test_pods_of_the_old_replica_set_do_not_count_where_those_of_the_new_one_are_spread():
    """The node that is emptier has as many old pods as may be: a new one goes there all the same, and no old one is missed."""
    cast = cast_of(plan([node("n1", 9000), node("n2", 1000)], [work("web", 4, 100)]))
    run = Simulation(Rulebook(cast), "as applied")
    (group,) = (one.number for one in cast.groups)
    large = next(at for at, one in enumerate(cast.terrain.nodes) if one.name == "n1")
    for _ in range(4):
        run.state.put(group, large)
    before = [Stay(group, large, since) for since in run.state.arrived[large][group]]
    run.state.renew(cast.groups[group].workload)
    run.come([[(group, None)]])
    assert [one["web"] for _, one in sorted(there(run).items())] == [5, 0]
    run.leave(before)
    own = [run.state.values[at] for at in run.book.counts.own[cast.groups[group].workload]]
    assert all(values.sum() == 1 and values.min() == 0 for values in own if len(values))


def test_where_the_old_pod_still_has_its_room_the_new_one_goes_elsewhere():
    """Both fit on the first node only; what stays there, or is elsewhere when the rollout is over, says who came when."""
    made = plan([node("n1", 900), node("n2", 500)], [work("web", 1, 800), work("other", 1, 100)])
    ends = [there(rolled(made, order)) for order in MANY]
    assert all(end["n1"]["web"] == 1 for end in ends), "it waits until the old pod has gone"
    pinned = work("other", 1, 50, node_selector=FrozenMap({HOST: "n1"}))
    roomy = plan([node("n1", 900), node("n2", 800)], [work("web", 1, 800), pinned])
    assert {end["n2"]["web"] for end in (there(rolled(roomy, order)) for order in MANY)} == {0, 1}


@pytest.mark.parametrize(("whole", "pending"), [(True, {"web": 2}), (False, {})])
def test_where_all_new_pods_must_run_none_ends_before(whole, pending):
    """Two of the four new ones fit beside the old."""
    made = plan([node("n1", 600)], [replace(work("web", 8, 100), surge=4, away=0, whole=whole)])
    assert all(
        Counter({group.workload.name: count for group, count in waiting(rolled(made, order))}) == pending for order in MANY[:10]
    )


@pytest.mark.parametrize(("ends", "pending"), [(True, []), (False, ["low"])])
def test_who_is_put_out_while_it_ends_is_not_made_again(ends, pending):
    cast = cast_of(plan([node("n1")], [work("low", 1, 800), work("high", 1, 800, priority=1000)]))
    at = {group.workload.name: number for number, group in enumerate(cast.groups)}
    run = Simulation(Rulebook(cast), "as applied").run([[[(at["low"], None)]]])
    (since,) = run.state.arrived[0][at["low"]]
    run.linger([Stay(at["low"], 0, since)] if ends else [])
    run.come([[(at["high"], None)]])
    assert there(run) == {"n1": Counter(high=1)}
    assert [group.workload.name for group, _ in waiting(run)] == pending
    assert run.preempted == 1


def waiting(run: Simulation) -> list[tuple[Group, int]]:
    return [(run.book.cast.groups[group], count) for (group, _), count in (+run.pending).items()]


def test_the_last_old_pod_does_not_end_for_a_new_one_that_waits():
    """Two come first and one finds room; that one lets an old one end, whose room is too small for the next, and so on."""
    turn = _Turn(replace(work("web", 4, 100), surge=2, away=0), [Stay(0, 0, 1)], random.Random(1), 0.0, 0, 2, ahead=2)
    ends = [turn.can_go_on(pending) for pending in (0, 1, 2)]
    assert ends == [True, False, False]


@pytest.mark.parametrize(
    ("now", "away", "surge"),
    [
        pytest.param(40, 10, 10, id="all that the plan counts"),
        pytest.param(20, 5, 5, id="half of them"),
        pytest.param(3, 1, 1, id="a few: one at least is away and one comes first"),
        pytest.param(1, 1, 1, id="one"),
    ],
)
def test_with_fewer_pods_fewer_are_away_and_come_first(now, away, surge):
    web = replace(work("web", 50, 10), surge=10, away=10)
    turn = _Turn.of(web, [Stay(0, 0, at) for at in range(now)], random.Random(1))
    assert (turn.away, turn.surge) == (away, surge)
    assert _Turn.of(replace(web, away=0), turn.old, random.Random(1)).away == 0


def test_the_youngest_of_a_stateful_set_ends_first():
    made = plan([node("n1"), node("n2")], [work("db", 4, 100, "StatefulSet")])
    assert all([since for _, _, since in ended(made, order)] == [4, 3, 2, 1] for order in MANY[:10])


def test_of_a_deployment_one_ends_first_where_most_of_its_pods_are():
    made = plan([node("n1", 400), node("n2", 9000)], [work("web", 6, 100)])
    assert Counter(there(rolled(made, "as they come 1"))["n2"])["web"] > 3
    assert all(ended(made, order)[0][1] == "n2" for order in MANY[:10])


@pytest.mark.parametrize(
    ("before", "ends", "count", "after"),
    [
        pytest.param("aaabb", "", 3, "bb", id="all go that share the fullest node, not one of them after the other"),
        pytest.param("aaabb", "", 4, "b", id="then those of the next"),
        pytest.param("aabBb", "", 2, "aa", id="new pods of the controller beside them count"),
        pytest.param("aaabb", "aa", 1, "aaab", id="those that are to end already do not"),
        pytest.param("abc", "", 2, "a", id="of nodes that have as many the youngest go, if they are much younger"),
    ],
)
def test_whom_a_replica_set_ends_where_several_go_at_once(before, ends, count, after):
    """Each letter is a pod on its node, a capital a new one; pods `ends` are old ones that end."""
    web = work("web", 5, 10)
    run = Simulation(Rulebook(cast_of(plan([node("a"), node("b"), node("c")], [web]))), "as applied")
    stays = []
    for letter in before:
        run.state.clock += 40 if letter == "b" else 1  # so that times are far apart
        where = "abc".index(letter.lower())
        run.state.put(0, where)
        stays.append(Stay(0, where, run.state.clock))
    old = [one for one, letter in zip(stays, before, strict=True) if letter.islower()]
    ending = [one for one, _ in zip((one for one in old if one.node == 0), ends, strict=False)]
    run.linger(ending)
    turn = _Turn(web, [one for one in old if one not in ending], random.Random(1), 0.0, 1, 0)
    turn._end(run, count)
    left_over = sorted("abc"[one.node] for one in [*turn.old, *ending])
    assert "".join(left_over) == after


def batches(made: IsolationPlan, order: str) -> list[list[list[int]]]:
    """Return the priorities of the pods that come back, act by act and part by part."""
    found, come = [], Simulation.come

    def noted(self, act, *ending):
        parts = [list(part) for part in act]
        found.append([[self.book.cast.groups[group].pod.priority for group, _ in part] for part in parts])
        return come(self, parts, *ending)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Simulation, "come", noted)
        rolled(made, order)
    return found[2:]


def test_pods_are_away_one_by_one_or_together_and_come_back_in_turn_or_by_priority():
    many = [work(name, 2, 10, priority=priority) for name, priority in (("a", 0), ("b", 5), ("c", 0), ("d", 9))]
    runs = [batches(plan([node("n1"), node("n2")], many), order) for order in MANY]
    assert {sum(map(len, run[0])) for run in runs} >= {1, 2, 4}, "how many are away at once"
    together = [part for run in runs for act in run for part in act if len(part) > 1]
    assert together
    assert all(part == sorted(part, reverse=True) for part in together)


@pytest.mark.parametrize("seed", range(20))
def test_whoever_is_put_out_meanwhile_nobody_is_lost_or_made_twice(seed):
    rng = random.Random(f"rollout {seed}")
    works = [work(f"w{at}", rng.randint(1, 4), rng.randint(50, 300), priority=rng.choice((0, 0, 1000))) for at in range(5)]
    works = [replace(one, surge=min(one.pods - 1, rng.choice((0, 1)))) for one in works]
    made = plan([node(f"n{at}") for at in range(4)], works)
    for order in MANY[:10]:
        run = rolled(made, order)
        groups, found = run.book.cast.groups, sum(there(run).values(), Counter())
        for (group, _), count in run.pending.items():
            found[groups[group].workload.name] += count
        for one in works:
            waiting = one.surge if any(groups[group].workload == one.id for group, _ in +run.pending) else 0
            assert one.steady <= found[one.id.name] <= one.steady + waiting, one.id


HERE, THERE = FrozenMap({"here": "yes"}), FrozenMap({"there": "yes"})
NODES = [node("n1", here="yes"), node("n2", here="yes"), node("n3", there="yes")]
STAY = replace(work("stay", 1, 200, "ReplicaSet", node_selector=HERE), later=1)
CROWDED = [work("big", 1, 900, node_selector=HERE), work("mid", 1, 500, node_selector=HERE), STAY]
"""The one that stays comes last, beside mid. Mid goes where big has been, if it comes before big: that is emptier."""
FAR = work("far", 2, 10, node_selector=THERE)


def test_who_is_away_may_find_its_place_taken():
    made = plan(NODES, CROWDED)
    assert {tuple(left(made, order)) for order in ORDERS if order.startswith("as they come")} == {()}
    assert {tuple(left(made, order)) for order in MANY} == {(), ("big",)}


def test_who_is_pending_waits_and_the_others_go_on():
    """One pod of big is left without a place; the other stays what it was."""
    crowded = [work("big", 2, 900, node_selector=HERE), *CROWDED[1:], FAR]
    made = plan([*NODES, node("n4", here="yes")], crowded)
    stuck = [order for order in MANY if left(made, order)]
    assert stuck
    for order in stuck:
        assert Counter(name for name, _, _ in ended(made, order))["far"] == 2


@pytest.mark.parametrize("order", MANY[:20])
def test_what_happens_on_some_nodes_does_not_hang_on_who_rolls_out_elsewhere(order):
    alone, beside = (there(rolled(plan(NODES, [*CROWDED, *more]), order)) for more in ([], [FAR]))
    assert [alone[name] for name in ("n1", "n2")] == [beside[name] for name in ("n1", "n2")]


def test_a_rollout_is_the_same_every_time_and_others_are_not():
    made = plan([node("n1"), node("n2"), node("n3")], [work(name, 4, 100) for name in "abc"])
    ends = [there(rolled(made, order)) for order in MANY]
    assert ends == [there(rolled(made, order)) for order in MANY]
    assert any(end != ends[0] for end in ends)


def test_where_nobody_rolls_out_nothing_is_tried():
    assert usual(ROLLOUTS, cast_of(plan([node("n1")], [work("once", 1, 100, "Job")]))) == ()
    assert usual(ROLLOUTS, cast_of(plan([node("n1")], [work("web", 1, 100)]))) == ROLLOUTS


def scaled(name: str, pods: int, later: int, cpu: int) -> Workload:
    return replace(work(name, pods, cpu), later=later)


def fewest(made: IsolationPlan, order: str, name: str) -> int:
    """Return the fewest pods of a workload that were there at the end of an act."""
    found = []

    def come(self, act, *ending):
        done = as_it_is(self, act, *ending)
        found.append(sum(here[name] for here in there(self).values()))
        return done

    as_it_is = Simulation.come
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Simulation, "come", come)
        rolled(made, order)
    return min(found)


@pytest.mark.parametrize("order", FEWER[:12])
def test_an_autoscaler_has_half_of_what_it_begins_with_or_more_and_in_the_end_all(order):
    made = plan([node("n1"), node("n2")], [scaled("web", 12, 4, 10), work("other", 3, 10)])
    assert sum(here["web"] for here in there(rolled(made, order)).values()) == 12
    assert 4 <= fewest(made, order, "web") <= 12


def test_some_have_fewer_pods_for_a_time_and_some_have_not():
    made = plan([node("n1"), node("n2")], [scaled("web", 12, 4, 10), work("other", 3, 10)])
    found = {fewest(made, order, "web") for order in FEWER}
    assert max(found) == 8, "as many as it begins with"
    assert min(found) == 4
    assert {fewest(made, order, "other") for order in FEWER} == {3}


def test_whose_room_was_taken_meanwhile_is_pending(monkeypatch):
    made = plan([node("n1"), node("n2")], [scaled("big", 2, 1, 600), work("small", 1, 400), work("other", 1, 400)])
    stuck = {order for order in FEWER if rolled(made, order).pending}
    monkeypatch.setattr("planner.simulate.scenarios.rolling_update._roll_out_while_scaled", lambda come: come)
    taken = sorted(stuck - {order for order in FEWER if rolled(made, order).pending})
    monkeypatch.undo()
    assert taken, "all had come, and not all came again"
    for order in taken:
        assert sorted(there(rolled(made, order)).values(), key=len) == [Counter(big=1), Counter(small=1, other=1)]


def hours_of(made: IsolationPlan, order: str) -> list[set[str]]:
    """Return hour by hour whose pods rolled out: one hour where all do at once."""
    found: list[set[str]] = []
    gone_on = rolling_update._go_on_by_turns

    def noted(run, turns, luck):
        found.append({turn.workload.id.name for turn in turns})
        return gone_on(run, turns, luck)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rolling_update, "_go_on_by_turns", noted)
        rolled(made, order)
    return found


def test_all_roll_out_once_at_once_or_hour_after_hour():
    made = plan([node("n1"), node("n2")], [scaled("web", 12, 4, 10), *(work(name, 3, 10) for name in "abcd")])
    days = [hours_of(made, order) for order in FEWER]
    assert {len(day) for day in days} == {1, 24}
    assert all(sorted(name for hour in day for name in hour) == ["a", "b", "c", "d", "web"] for day in days)
    assert any(max(map(len, day)) == 1 for day in days), "each in an hour of its own"


def sizes(made: IsolationPlan, order: str, name: str) -> list[int]:
    """Return how many pods of a workload are there after each act, without those that are the same as before."""
    found: list[int] = []

    def come(self, act, *ending):
        done = as_it_is(self, act, *ending)
        now = sum(here[name] for here in there(self).values())
        found.extend([now] if found[-1:] != [now] else [])
        return done

    as_it_is = Simulation.come
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Simulation, "come", come)
        rolled(made, order)
    return found


def test_in_a_day_an_autoscaler_may_have_all_its_pods_again_several_times():
    made = plan([node("n1"), node("n2")], [scaled("web", 12, 4, 10), work("other", 3, 10)])
    days = [sizes(made, order, "web") for order in FEWER if len(hours_of(made, order)) == 24]
    again = [sum(one < 9 and two == 12 for one, two in pairwise(day)) for day in days]
    assert max(again) > 2
    assert {day[-1] for day in days} == {12}


def test_it_changes_its_mind_in_some_hours_and_not_in_others(monkeypatch):
    made = plan([node("n1"), node("n2")], [scaled("web", 12, 4, 10), work("other", 3, 10)])
    days = [order for order in FEWER if len(hours_of(made, order)) == 24]
    shrinks, shrink = Counter(), _Turn.shrink
    monkeypatch.setattr(_Turn, "shrink", lambda turn, run: shrinks.update([run.order]) or shrink(turn, run))
    for order in days:
        rolled(made, order)
    assert all(shrinks[order] < 12 for order in days)
    assert len(set(shrinks.values())) > 2


def test_pods_of_several_workloads_come_back_mixed():
    run = Simulation(Rulebook(cast_of(plan([node("n1")], [work(name, 9, 10) for name in "ab"]))), FEWER[0])
    both = {one.id: [(at, None)] * 9 for at, one in enumerate(run.book.cast.plan.cluster.workloads)}
    groups = [group for group, _ in rolling_update._mix(run, both)]
    assert sorted(groups) == [0] * 9 + [1] * 9
    assert sum(one != other for one, other in pairwise(groups)) > 2


@pytest.mark.parametrize(("is_slow", "where"), [(False, "n1"), (True, "n2")], ids=["that have gone", "that still end"])
def test_whoever_grows_comes_beside_those_of_others(is_slow, where):
    """Three of four pods of 200 on n1 end, and 400 of n2 are taken."""
    made = plan([node("n1"), node("n2")], [replace(work("web", 4, 200), later=3), scaled("big", 1, 1, 300), work("stay", 1, 400)])
    run = Simulation(Rulebook(cast_of(made)), "as applied")
    number = {group.workload.name: at for at, group in enumerate(run.book.cast.groups)}
    run.state.put(number["stay"], 1)
    for _ in range(4):
        run.state.put(number["web"], 0)
    workloads = {one.id.name: one for one in made.cluster.workloads}
    stays = [Stay(number["web"], 0, since) for since in run.state.arrived[0][number["web"]]]
    turns = [_Turn.of(workloads["web"], stays, random.Random(1)), _Turn.of(workloads["big"], [], random.Random(2))]
    away = {workloads["big"].id: [(number["big"], None)]}
    rolling_update._rescale(run, turns, away, 1.0, is_slow)
    assert there(run)["n1"]["web"] == 1
    assert [name for name, pods in there(run).items() if pods["big"]] == [where]


@pytest.mark.parametrize("order", FEWER[:20])
def test_what_happens_on_some_nodes_in_a_day_does_not_hang_on_who_is_elsewhere(order):
    here = [scaled("web", 8, 4, 100), *CROWDED[1:]]
    here[0] = replace(here[0], template=replace(here[0].template, node_selector=HERE))
    far = [FAR, replace(scaled("afar", 6, 2, 10), template=replace(work("x", 1, 10, node_selector=THERE).template))]
    alone, beside = (there(rolled(plan(NODES, [*here, *more]), order)) for more in ([], far))
    assert [alone[name] for name in ("n1", "n2")] == [beside[name] for name in ("n1", "n2")]


@pytest.mark.parametrize(
    ("made", "tried"),
    [
        pytest.param(scaled("web", 3, 1, 100), SCALED, id="a Deployment with an autoscaler"),
        pytest.param(work("web", 3, 100), (), id="one without"),
        pytest.param(replace(work("web", 3, 100, "Job"), later=1), (), id="a Job's runs, which are no rollout"),
    ],
)
def test_fewer_pods_are_tried_where_there_is_an_autoscaler(made, tried):
    assert usual(SCALED, cast_of(plan([node("n1")], [made, work("other", 1, 100)]))) == tried
