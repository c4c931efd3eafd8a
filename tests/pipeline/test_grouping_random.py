"""Random small shops whose groups may share: the rings that are chosen cost what trying every way says."""

from itertools import combinations, pairwise
from random import Random

import pytest

from models.answer.finding import ERROR
from models.solver.outcome import COST, FEASIBLE, MILLION
from planner import pipeline
from planner.group import search
from planner.inputs import read_inputs
from planner.solve import SearchContext
from tests.oracle.brute_force_grouping import World, allowed, answer, cost, curve, ways
from tests.shop_that_buys import node, quiet, shape, workload, write
from tests.soak import later

NAMES = ("a", "b", "c", "d")
CHOICES = (6, 9, 10, 16, 17, 22, 36, 37)
"""Shops in which the ways to share as much as can be cost differently."""
SEEDS = (*range(6), 7, 8, 11, 12, *CHOICES)
LONG = {0, 3, 4, 10, 37}
"""Of these it takes longest to try everything."""


def random_world(seed: int) -> World:
    """Return up to four groups, few pods, one or two shapes, and limits, losses or neither."""
    luck = Random(seed)
    names = NAMES[: luck.choice((2, 3, 4, 4, 4))]
    groups = {name: [luck.choice((1, 1, 2, 3))] * luck.randint(1, 2) for name in names}
    pairs = [frozenset((one, two)) for at, one in enumerate(names) for two in names[at + 1 :]]
    between = [pair for pair in pairs if luck.random() < 0.6]
    if len(names) > 2 and luck.random() < 0.8:
        between = [frozenset(pair) for pair in pairwise(names)]
    shapes = [(luck.choice((2, 3)), luck.randint(8, 12), 9), (luck.choice((4, 6)), luck.randint(14, 22), luck.choice((1, 9)))]
    limits = luck.choice(({}, {}, {"least": 2}, {"most": 2}, {"max_rings": 2}, {"max_rings": 1}, {"survive": True}))
    return World(
        groups=groups,
        owned=tuple(luck.choice((2, 4)) for _ in range(luck.choice((0, 0, 1, 2)))),
        shapes=tuple(shapes[: luck.choice((1, 2))]),
        sharing=frozenset(between),
        **limits,
    )


def inputs(folder, world: World) -> pipeline.Inputs:
    """Write the world as manifests, shapes and a policy."""
    work = [workload(name, name, str(pods[0]), len(pods)) for name, pods in world.groups.items()]
    nodes = [node(f"own-{at}", cpu=str(cpu)) for at, cpu in enumerate(world.owned)]
    for at, (cpu, price, most) in enumerate(world.shapes):
        few = {} if most == 9 else {"max": most}
        nodes.append(shape(f"shape-{at}", str(cpu), price / 100, zones=["z-1"], **few))
    spec: dict = {"levels": list(NAMES), "mayShare": sorted(sorted(pair) for pair in world.sharing)}
    if world.max_rings is not None:
        spec["maxRings"] = world.max_rings
    if world.least or world.most < 99:
        spec["ringNodes"] = [{"min": world.least, **({"max": world.most} if world.most < 99 else {})}]
    if world.survive:
        spec["survive"] = {"nodes": 1}
    return write(folder, work, nodes, **spec)


def soaking(seeds):
    return [later(seed) if seed in LONG else seed for seed in seeds]


@pytest.mark.parametrize("seed", soaking(SEEDS))
def test_no_other_way_to_share_costs_less(tmp_path, seed):
    world = random_world(seed)
    best = answer(world)
    policy, cluster = read_inputs(inputs(tmp_path, world), [])
    trusted, choice = search.choose_rings(cluster, policy, SearchContext(), "")
    sets = [list(ring.groups) for ring in trusted.rings]
    if choice is not None and choice.reason:
        assert not ways(world)
        return
    assert allowed(world, sets)
    assert cost(world, sets, {}) == best
    if choice is not None and best is not None:
        assert choice.whole
        assert choice.goal is not None
        assert round(choice.goal.bound * MILLION) <= best * MILLION // 100
        assert round(choice.goal.value * MILLION) >= best * MILLION // 100
        assert world.survive or round(choice.goal.value * MILLION) == best * MILLION // 100


@pytest.mark.parametrize("gap", [0.1, 0.4])
@pytest.mark.parametrize("seed", soaking(CHOICES))
def test_a_way_that_is_near_enough_is_no_further_from_the_best_than_is_said(tmp_path, seed, gap):
    world = random_world(seed)
    best = answer(world)
    policy, cluster = read_inputs(inputs(tmp_path, world), [])
    trusted, choice = search.choose_rings(cluster, policy, SearchContext(gap=gap), "")
    sets = [list(ring.groups) for ring in trusted.rings]
    assert allowed(world, sets)
    assert choice is not None
    assert choice.goal is not None
    value, bound = (round(number * 100) for number in (choice.goal.value, choice.goal.bound))
    assert bound <= best <= cost(world, sets, {})
    assert world.survive or cost(world, sets, {}) <= value
    assert choice.whole or (value - bound) / value <= gap


@pytest.mark.parametrize("seed", soaking([1, 3, 9, 11, 22, 37]))
def test_the_plan_for_the_rings_that_were_chosen_holds(tmp_path, seed):
    world = random_world(seed)
    best = answer(world)
    made = pipeline.plan(inputs(tmp_path, world), quiet, exact=True)
    assert [one for one in pipeline.verify(made) if one.severity == ERROR] == []
    assert (made.verdict == FEASIBLE) == (best is not None)
    if best is not None:
        assert [round(goal.value * MILLION) for goal in made.goals if goal.name == COST] == [best * MILLION // 100]


@pytest.mark.parametrize("seed", soaking(seed for seed in CHOICES if not random_world(seed).survive))
def test_the_curve_has_the_cheapest_way_for_each_number_of_rings(tmp_path, seed):
    world = random_world(seed)
    found = pipeline.tradeoff(inputs(tmp_path, world), quiet)
    true = curve(World(world.groups, world.owned, world.shapes, world.sharing, None, world.least, world.most))
    assert [len(point.rings) for point in found.points] == sorted(true, reverse=True)
    for point in found.points:
        best = true[len(point.rings)]
        assert (point.verdict == FEASIBLE) == (best is not None)
        if point.goal is not None:
            assert round(point.goal.value * MILLION) == best * MILLION // 100
            assert point.goal.bound <= point.goal.value
        assert point.allowed == (world.max_rings is None or len(point.rings) <= world.max_rings)


def test_the_random_shops_are_of_every_kind():
    worlds = [random_world(seed) for seed in SEEDS]
    assert {bool(one.owned) for one in worlds} == {one.survive for one in worlds} == {True, False}
    assert {one.max_rings for one in worlds} >= {None, 1, 2}
    assert any(one.least for one in worlds)
    assert any(one.most < 99 for one in worlds)
    assert len([one for one in worlds if answer(one) is None]) > 1


def sharing_more(sets):
    """Yield the ways in which two of the sets are one."""
    for one, other in combinations(sets, 2):
        yield [*(each for each in sets if each not in (one, other)), [*one, *other]]


@pytest.mark.parametrize("seed", CHOICES)
def test_in_some_random_shops_it_matters_who_shares(seed):
    world = random_world(seed)
    most = [sets for sets in ways(world) if not any(allowed(world, more) for more in sharing_more(sets))]
    assert len({cost(world, sets, {}) for sets in most}) > 1


@pytest.mark.parametrize("seed", range(104, 116))
def test_on_owned_nodes_a_way_to_share_that_fits_is_found_where_there_is_one(tmp_path, seed):
    luck = Random(seed)
    groups = {name: [luck.choice((1, 2))] * luck.randint(1, 2) for name in NAMES}
    chain = frozenset(map(frozenset, pairwise(NAMES)))
    world = World(groups, tuple(luck.choice((3, 4, 5)) for _ in range(luck.choice((2, 3)))), (), chain)
    policy, cluster = read_inputs(inputs(tmp_path, world), [])
    trusted, choice = search.choose_rings(cluster, policy, SearchContext(), "")
    assert cost(world, [list(ring.groups) for ring in trusted.rings], {}) == answer(world)
    assert choice is not None
    assert (choice.goal is not None) == (answer(world) is not None)
    assert choice.whole
