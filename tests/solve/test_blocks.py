"""Nodes that share a ring: on random small problems the solver says what trying everything says, and divides no block."""

import random
from dataclasses import replace

import pytest

from models.solver.outcome import FEASIBLE, INFEASIBLE
from planner.solve import Budget, SearchContext, fewest_nodes, repairs, solve, with_blocks_settled
from planner.solve.instance.arrays import facts_of
from planner.solve.instance.validate import breaches
from tests.soak import soak_after
from tests.solve import brute_force_blocks
from tests.solve.small_problems import small_problem
from tests.solve.tiny import goal, node, pods, problem

CHUNK = 20


def in_blocks(seed, divisible):
    """Return a small problem whose nodes are parted into blocks."""
    rng, given = random.Random(f"blocks {seed}"), small_problem(seed)
    numbers = list(range(len(given.nodes)))
    rng.shuffle(numbers)
    cut = rng.randint(1, len(numbers))
    nodes = list(given.nodes)
    blocks = [tuple(sorted(part)) for part in (numbers[:cut], numbers[cut:]) if len(part) > 1]
    for block in blocks:
        rings = tuple(sorted({ring for n in block for ring in nodes[n].rings}))
        for n in block:
            nodes[n] = replace(nodes[n], rings=rings)
    kept = tuple(sorted(block for block in blocks if nodes[block[0]].rings))
    return replace(given, nodes=tuple(nodes), blocks=kept, divisible=divisible)


def divided(given, outcome):
    return sum(max(0, len({outcome.ring_of[n] for n in block} - {-1}) - 1) for block in given.blocks)


@pytest.mark.parametrize("divisible", [False, True])
@pytest.mark.parametrize("first", soak_after(2, range(0, 200, CHUNK)))
def test_the_solver_agrees_with_trying_everything(first, divisible):
    decided = 0
    for seed in range(first, first + CHUNK):
        given = in_blocks(seed, divisible)
        if not given.blocks or facts_of(given).ringless_allowed:
            continue
        outcome, best = solve(given), brute_force_blocks.answer(given)
        assert outcome.verdict == (FEASIBLE if best else INFEASIBLE), seed
        assert not list(breaches(given, outcome.ring_of, [dict(on) for on in outcome.counts])), seed
        if best:
            reached = [goal(outcome, name).value for name in ("moves", "relabels", "headroom")]
            assert (divided(given, outcome), *reached) == best, seed
            assert divisible or not any(len({outcome.ring_of[n] for n in block}) > 1 for block in given.blocks), seed
        decided += 1
    assert decided > CHUNK / 4


@pytest.mark.parametrize("first", soak_after(2, range(0, 200, CHUNK)))
def test_no_bound_is_beyond_what_trying_everything_finds(first):
    for seed in range(first, first + CHUNK):
        given = in_blocks(seed, False)
        best = brute_force_blocks.answer(given)
        if not best or not given.blocks or facts_of(given).ringless_allowed:
            continue
        outcome = solve(given, SearchContext(Budget(work=0.5, exact=0)))
        moves, relabels, headroom = (goal(outcome, name) for name in ("moves", "relabels", "headroom"))
        if outcome.verdict == FEASIBLE:
            assert moves.bound <= best[1], seed
            assert moves.value > best[1] or relabels.bound <= best[2], seed
            assert (moves.value, relabels.value) != best[1:3] or headroom.bound >= best[3], seed
        else:
            assert outcome.verdict != INFEASIBLE, seed


def grouped(*sizes, classes, rings=2, divisible=False, **rules):
    """Return a problem with blocks of so many nodes of 4 cores."""
    nodes = [node(f"{block}-{n}", 4, rings=tuple(range(rings))) for block, size in enumerate(sizes) for n in range(size)]
    ends = [sum(sizes[: number + 1]) for number in range(len(sizes))]
    blocks = tuple(tuple(range(end - size, end)) for end, size in zip(ends, sizes, strict=True) if size > 1)
    made = [pods(name, count, cpu, range(len(nodes)), ring=ring) for name, count, cpu, ring in classes]
    return problem(made, nodes, rings, blocks=blocks, divisible=divisible, **rules)


def test_a_block_is_of_one_ring_where_a_node_of_it_would_do_for_another():
    given = grouped(3, 2, classes=[("a", 4, 2, 0), ("b", 1, 2, 1)])
    outcome = solve(given)
    assert outcome.verdict == FEASIBLE
    assert outcome.ring_of == (0, 0, 0, 1, 1)


def test_one_block_cannot_serve_two_rings_and_where_it_may_be_divided_it_does():
    given = grouped(4, classes=[("a", 2, 2, 0), ("b", 1, 2, 1)])
    refused = solve(given)
    assert (refused.verdict, refused.conflict) == (INFEASIBLE, ())
    assert goal(refused, "unplaced").bound == 1
    allowed = solve(replace(given, divisible=True))
    assert allowed.verdict == FEASIBLE
    assert sorted(set(allowed.ring_of)) == [0, 1]


def test_as_few_blocks_as_possible_are_divided():
    given = grouped(3, 3, classes=[("a", 3, 2, 0), ("b", 3, 2, 1), ("c", 1, 2, 2)], rings=3, divisible=True)
    outcome = solve(given)
    assert outcome.verdict == FEASIBLE
    assert divided(given, outcome) == 1


def test_pods_that_contradict_each_other_on_any_nodes_are_named():
    given = grouped(2, 2, classes=[("a", 40, 2, 0), ("b", 1, 2, 1)])
    outcome = solve(given)
    assert outcome.verdict == INFEASIBLE
    assert outcome.conflict == (0,)


def test_fragments_that_sums_do_not_see_are_tried_and_ruled_out():
    # By sums three nodes of 4 cores hold four pods of 3 cores each; only four nodes do.
    given = grouped(3, 4, classes=[("a", 4, 3, 0), ("b", 3, 1, 1)])
    outcome = solve(given)
    assert outcome.verdict == FEASIBLE
    assert outcome.ring_of == (1, 1, 1, 0, 0, 0, 0)


def test_repairs_add_to_the_rings_that_blocks_have():
    given = grouped(2, 2, classes=[("a", 5, 4, 0), ("b", 1, 2, 1)])
    outcome = solve(given)
    assert outcome.verdict == INFEASIBLE
    assert repairs(given, outcome)
    assert with_blocks_settled(given, outcome).blocks == ()
    assert fewest_nodes(grouped(2, 2, classes=[("a", 1, 4, 0)]))[0] == 1


def test_sixty_blocks_are_divided_among_eight_rings():
    sizes = [6 + number % 5 for number in range(60)]
    given = grouped(*sizes, classes=[(f"c{ring}", 60 + 10 * ring, 1, ring) for ring in range(8)], rings=8)
    outcome = solve(given, SearchContext(Budget(work=2)))
    assert outcome.verdict == FEASIBLE
    assert all(len({outcome.ring_of[n] for n in block}) == 1 for block in given.blocks)
