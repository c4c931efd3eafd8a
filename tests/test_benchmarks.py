"""The measurements are made of what they say: instances from a seed, files that are read back, peers that are placements."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from models.solver.problem import NONE, OWN, AntiAffinity, Offer, PodClass, PortConflict, Problem, TopologySpread
from planner import pipeline, read
from planner.formulate import formulate
from planner.trust import trust
from tests.benchmarks import commands, four_levels, manifests, ours, peers
from tests.benchmarks.buying_instances import SHAPES, many_shapes, small
from tests.benchmarks.churn import HOURS, Day
from tests.benchmarks.curve import power
from tests.benchmarks.instances import INSTANCES, missing
from tests.benchmarks.kept import with_plain_names
from tests.benchmarks.measure import Run
from tests.benchmarks.peer.answer import Answer, candidates, flaws
from tests.benchmarks.peer.greedy import decreasing_fit
from tests.benchmarks.peer.run import PEERS, main
from tests.benchmarks.peers import Bench


def few(problem: Problem) -> Problem:
    return replace(problem, classes=problem.classes[:12])


def test_the_two_instances_have_as_many_pods_as_they_say_and_come_from_a_seed():
    made, other = four_levels.made_up(), four_levels.made_up()
    assert made == other
    assert sum(one.count for one in made.classes) == 3_920
    assert len(made.classes) == 150
    assert {one.ring for one in made.classes} == {0, 1, 2, 3}
    assert len(made.offers) == 8
    assert four_levels.workloads(8, seed=3) != made.classes


def test_every_pod_of_the_two_instances_fits_on_some_node():
    for name in "AB":
        if why := missing(name):
            pytest.skip(why)
        problem = INSTANCES[name]()
        largest = max(problem.offers, key=lambda offer: offer.capacity[1]).capacity
        assert all(wants <= have for one in problem.classes for wants, have in zip(one.requests, largest, strict=True))


@pytest.mark.parametrize("rules", [False, True])
def test_the_reader_makes_of_the_files_what_was_written(tmp_path: Path, rules: bool):
    problem = many_shapes(pods=600, workloads=40, nodes=80, groups=3, rules=rules)
    files = manifests.write(problem, tmp_path, scaled=(3,))
    policy = read.read_policy(files.policy)
    cluster = read.read_cluster((files.workloads,), (files.shapes,), policy)
    made = formulate(cluster, policy, trust(policy, cluster)).problem
    doubled = [replace(one, count=one.count * (1 + (at == 3))) for at, one in enumerate(problem.classes)]
    assert sorted((one.count, one.requests[0]) for one in made.classes) == sorted((one.count, one.requests[0]) for one in doubled)
    assert sorted((one.price, *one.capacity) for one in made.offers) == sorted(
        (one.price, *one.capacity) for one in problem.offers
    )
    assert sorted(made.most) == sorted(problem.most)
    assert (len(made.spreads), len(made.aparts)) == (len(problem.spreads), len(problem.aparts))
    assert rules == bool(made.spreads) == bool(made.aparts)


def test_files_of_one_instance_are_the_same_every_time(tmp_path: Path):
    one, other = (manifests.write(four_levels.made_up(), tmp_path / at, "require") for at in ("one", "other"))
    assert Path(one.workloads).read_bytes() == Path(other.workloads).read_bytes()
    assert json.loads(Path(one.policy).read_text())["spec"]["guide"] == "require"


@pytest.mark.parametrize("best", [False, True])
@pytest.mark.parametrize(
    "make",
    [
        small,
        four_levels.made_up,
        lambda: many_shapes(pods=900, workloads=60, nodes=60, groups=4),
        lambda: many_shapes(pods=900, workloads=60, nodes=600, groups=4, rules=True),
    ],
)
def test_what_first_fit_and_best_fit_answer_is_a_placement(make, best):
    problem = make()
    answer = decreasing_fit(problem, best)
    assert list(flaws(problem, answer)) == []
    assert answer.left(problem) == 0
    assert answer.cost(problem) == sum(problem.offers[offer].price for offer, _ in answer.nodes)


def test_first_fit_opens_no_node_while_a_pod_fits_on_an_earlier_one():
    problem = small()
    answer = decreasing_fit(problem, best=False)
    rooms = []
    for offer, pods in answer.nodes:
        used = [sum(count * problem.classes[c].requests[k] for c, count in pods) for k in range(len(problem.resources))]
        ring = problem.classes[pods[0][0]].ring
        rooms.append((ring, [have - uses for have, uses in zip(problem.offers[offer].capacity, used, strict=True)]))
    for at, (_, pods) in enumerate(answer.nodes):
        first = problem.classes[pods[-1][0]]
        earlier = [room for ring, room in rooms[:at] if ring == first.ring]
        assert not any(all(w <= h for w, h in zip(first.requests, room, strict=True)) for room in earlier)


def broken(problem: Problem, answer: Answer) -> dict[str, Answer]:
    """Break a placement in every way that there is."""
    (offer, pods), *others = answer.nodes
    (c, count), *rest = pods
    stranger = next(on for _, on in others if problem.classes[on[0][0]].ring != problem.classes[pods[0][0]].ring)
    return {
        "pods": Answer((*answer.nodes, (offer, ((c, 1),)))),
        "mixes": Answer(((offer, (*pods, (stranger[0][0], 1))), *others)),
        "too full": Answer(((offer, tuple((c, count + 99) for c, count in pods)), *others)),
        "too many nodes": Answer((*answer.nodes, *[(offer, pods)] * problem.most[problem.offers[offer].shape])),
        "cannot hold": Answer(((offer, ((c, 0), (c, count), *rest)), *others)),
    }


def test_the_check_sees_what_is_no_placement():
    problem = small()
    answer = decreasing_fit(problem, best=True)
    for word, wrong in broken(problem, answer).items():
        assert any(word in flaw for flaw in flaws(problem, wrong)), word
    assert Answer(answer.nodes[1:]).left(problem) == sum(count for _, count in answer.nodes[0][1])
    barred = replace(problem, classes=(replace(problem.classes[0], offers=()), *problem.classes[1:]))
    assert any("cannot hold" in flaw for flaw in flaws(barred, answer))


MANY, ONE, TWO = (0, 9), (0, 1), (1, 1)


@pytest.mark.parametrize(
    ("rule", "nodes", "holds"),
    [
        pytest.param(AntiAffinity(0, (0,), (), (OWN, OWN)), [[ONE], [ONE, TWO]], True, id="one on each node is apart"),
        pytest.param(AntiAffinity(0, (0,), (), (OWN, OWN)), [[(0, 2)]], False, id="two on a node are not"),
        pytest.param(
            AntiAffinity(0, (1,), (), (OWN, OWN)), [[MANY], [TWO]], True, id="many are where they may be beside their like"
        ),
        pytest.param(AntiAffinity(0, (1,), (), (OWN, OWN)), [[ONE, TWO]], False, id="beside others is not"),
        pytest.param(AntiAffinity(0, (1,), (), (0, 0)), [[ONE], [TWO]], False, id="nor in the zone of others"),
        pytest.param(AntiAffinity(0, (1,), (), (NONE, NONE)), [[ONE, TWO]], True, id="where there is no zone all are apart"),
        pytest.param(TopologySpread(0, (0,), (), 1, joins=(0, 1)), [[(0, 2)], [ONE]], True, id="one more in a zone is spread"),
        pytest.param(TopologySpread(0, (0,), (), 1, joins=(0, 1)), [[(0, 3)], [ONE]], False, id="two more are not"),
        pytest.param(
            TopologySpread(0, (0,), (), 1, joins=(0, 1)), [[(0, 2)], [TWO]], False, id="nor where a zone of the ring has none"
        ),
        pytest.param(
            TopologySpread(0, (0,), (), 1, joins=(0, 1)), [[MANY], [(2, 1)]], True, id="a zone of another ring does not count"
        ),
        pytest.param(
            TopologySpread(0, (0,), (), 1, 2, joins=(0, 1)), [[(0, 2)]], False, id="with too few zones the least is none"
        ),
        pytest.param(
            TopologySpread(0, (0,), (), 1, 1, (1,), (0, 1)), [[(0, 2)]], False, id="a zone that is there in any case has none"
        ),
    ],
)
def test_the_check_knows_what_is_apart_and_what_is_spread(rule, nodes, holds):
    """Node by node, each of an offer of its own; the third class has another ring."""
    classes = tuple(PodClass(name, ring, 9, (1,), (), offers=(0, 1)) for name, ring in (("a", 0), ("b", 0), ("c", 1)))
    offers = tuple(Offer(name, (99,), (0, 1), 1, 0) for name in "xy")
    rules = {"aparts": (rule,)} if isinstance(rule, AntiAffinity) else {"spreads": (rule,)}
    problem = Problem(("pods",), ("r", "s"), classes, (), offers=offers, most=(9,), **rules)
    answer = Answer(tuple((at % 2, tuple(pods)) for at, pods in enumerate(nodes)))
    assert (not list(flaws(problem, answer))) == holds


def test_the_check_says_what_it_does_not_look_at():
    problem = small()
    clash = replace(problem, clashes=(PortConflict(0, 1),))
    assert any("not looked at" in flaw for flaw in flaws(clash, decreasing_fit(problem, best=True)))


def test_first_fit_would_rather_place_all_pods_than_be_cheap():
    """Two of 5, two of 4 and one of 6 fit, unless both nodes of 9 are begun first."""
    classes = tuple(PodClass(str(size), 0, count, (size,), (), offers=(0, 1)) for size, count in ((4, 2), (5, 2), (6, 1)))
    offers = (Offer("x", (8,), (0,), 4, 0), Offer("y", (9,), (0,), 3, 1))
    problem = Problem(("pods",), ("r",), classes, (), offers=offers, most=(1, 2))
    assert decreasing_fit(problem, best=False).left(problem) == 0


def test_first_fit_opens_a_node_for_each_pod_that_is_apart():
    classes = (PodClass("a", 0, 3, (1,), (), offers=(0, 1)),)
    offers = (Offer("large", (9,), (0,), 5, 0), Offer("small", (1,), (0,), 2, 1))
    problem = Problem(("pods",), ("r",), classes, (), aparts=(AntiAffinity(0, (0,), (), (OWN, OWN)),), offers=offers, most=(9, 9))
    assert decreasing_fit(problem, best=False).nodes == ((1, ((0, 1),)),) * 3


@pytest.mark.parametrize(
    "problem", [replace(small(pods=40), most=(5,)), many_shapes(pods=90, workloads=8, nodes=8, groups=3, shapes=SHAPES[:4])]
)
def test_where_not_all_pods_have_a_place_as_many_are_placed_as_can_be_and_how_many_that_is_is_proven(problem):
    found = ours.bought(problem, 0.0)
    assert list(flaws(problem, found.answer)) == []
    assert 0 < found.stranded <= found.answer.left(problem) <= decreasing_fit(problem, best=True).left(problem)
    assert peers.apart(problem, found) == (found.answer.left(problem) - found.stranded) / 40
    assert "pods without a place, at least" in peers.own_row(problem, found)


def test_models_get_no_more_nodes_than_can_be_bought_or_paid():
    problem = small()
    assert len(candidates(problem, 10**12)) == 40
    assert len(candidates(problem, 7 * problem.offers[0].price)) == 7


@pytest.mark.parametrize("peer", list(PEERS))
def test_a_peer_that_is_there_answers_with_a_placement(peer: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    problem = few(small())
    bench = Bench("few", problem, tmp_path, 10)
    target = tmp_path / "answer.pickle"
    if main(peer, str(bench.file), 2, str(target)):
        said = capsys.readouterr().out
        assert said.startswith("not importable"), said
        pytest.skip(said)
    answer = Bench.read(target)
    assert list(flaws(problem, answer)) == []


@pytest.mark.parametrize(
    ("planned", "verified", "agree"),
    [
        pytest.param(0, 0, True, id="a yes that is one"),
        pytest.param(0, 1, False, id="a yes that is none"),
        pytest.param(1, 1, True, id="a no"),
        pytest.param(1, 0, False, id="a no that is a yes"),
        pytest.param(3, 3, True, id="what is not known, of which not more is known after"),
        pytest.param(3, 0, True, id="a packing that there was no time to try, which is sound"),
        pytest.param(3, 1, False, id="a packing that is none"),
        pytest.param(2, 2, False, id="bad input"),
    ],
)
def test_a_command_is_measured_together_with_what_verify_says(monkeypatch, tmp_path, planned, verified, agree):
    codes = iter((planned, verified, planned))
    monkeypatch.setattr(commands, "run", lambda *_, **__: Run(next(codes), 1.0, 1.0, 1))
    monkeypatch.setattr(commands, "said", lambda _: "")
    plan = tmp_path / "plan.yaml"
    plan.touch()
    assert commands.planned("x", (), plan) == agree
    assert not commands.planned("x", (), tmp_path / "nothing was written")


def test_ours_is_measured_with_what_it_had_at_each_moment():
    problem = replace(small(), classes=small().classes[:6])
    found = ours.bought(problem, 0.0)
    assert found.proven
    assert list(flaws(problem, found.answer)) == []
    cost = found.answer.cost(problem)
    assert found.costs[-1][2] == cost
    assert found.reached(cost) is not None
    assert found.reached(cost - 1) is None
    assert found.reached(found.costs[0][2]) == found.costs[0][:2]


def day(scaled: frozenset[str], seed: int = 1) -> Day:
    problem = four_levels.made_up()
    deployments = [manifests.deployment(problem, at) for at in range(len(problem.classes))]
    return Day(None, None, deployments, scaled, seed)


def test_in_a_day_every_workload_rolls_out_once_and_only_what_an_autoscaler_may_change_is_rescaled_as_far_as_it_may():
    scaled = frozenset({"w000", "w010", "w020"})
    hours = list(day(scaled).events())
    assert len(hours) == HOURS
    assert sorted(one["metadata"]["name"] for rolled, _ in hours for one in rolled) == [f"w{at:03}" for at in range(150)]
    sizes = [(one["metadata"]["name"], one["spec"]["replicas"], wanted) for _, moved in hours for one, wanted in moved]
    assert {name for name, _, _ in sizes} == scaled
    assert {wanted for _, had, wanted in sizes} == {size for _, had, _ in sizes for size in (max(1, had // 2), 2 * had)}
    assert list(day(scaled).events()) == hours
    assert list(day(scaled, seed=2).events()) != hours


def test_bought_nodes_get_names_that_the_api_server_takes_and_are_otherwise_as_planned(tmp_path: Path):
    problem = few(small())
    files = manifests.write(problem, tmp_path)
    inputs = pipeline.Inputs((files.workloads,), (files.shapes,), files.policy)
    plan = pipeline.plan(inputs, lambda _: None, exact=True)
    made = with_plain_names(plan)
    assert sum(len(ring.nodes) for ring in made.rings) == sum(len(ring.nodes) for ring in plan.rings) > 1
    names = {node.name: node for node in made.cluster.nodes}
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for name in names)
    assert all(node.labels[manifests.HOST] == name for name, node in names.items())
    assert {name for ring in made.rings for name in ring.nodes} <= set(names)


def test_the_power_that_time_grows_with_is_that_of_the_numbers():
    assert power([(500, 1.0), (1_000, 2.0), (50_000, 100.0)]) == pytest.approx(1)
    assert power([(500, 1.0), (2_000, 16.0)]) == pytest.approx(2)
