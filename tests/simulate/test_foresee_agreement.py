"""The fast path decides like the slow one: the same nodes fit, with the same scores, and the same words where none does."""

import pytest

from planner.rules.placement.scheduler_filters import World, fit_error, fits_somewhere
from planner.simulate.scheduler.arrival_orders import arrivals
from planner.simulate.scheduler.cluster_state import State
from planner.simulate.scheduler.filters import feasible
from planner.simulate.scheduler.fit_error import message
from planner.simulate.scheduler.pods import cast_of
from planner.simulate.scheduler.ranking.scoring import parts, total
from planner.simulate.scheduler.rulebook import Rulebook
from planner.simulate.scores import WEIGHTS
from tests.simulate.slow_scheduler import Placed, Scores
from tests.simulate.small_plans import random_plan, with_volumes

CLUSTERS = 150


@pytest.mark.parametrize("seed", range(CLUSTERS))
def test_pod_by_pod_both_say_the_same(seed: int):
    plan = with_volumes(random_plan(seed), seed) if seed % 3 == 0 else random_plan(seed)
    cast = cast_of(plan)
    book = Rulebook(cast)
    state, nodes = State(book), cast.terrain.nodes
    world = World(nodes, plan.cluster)
    placed: Placed = [(cast.groups[at].pod, cast.groups[at].workload, nodes[node]) for at, node in cast.standing]
    for at in arrivals(cast, "random 1"):
        group = cast.groups[at]
        fitting = feasible(state, at)
        names = [nodes[node].name for node in fitting]
        assert names == [node.name for node in fits_somewhere(group.pod, nodes, world)]
        if not names:
            assert message(state, at) == fit_error(group.pod, nodes, world)[0]
            continue
        slow = Scores(group.pod, group.workload, [nodes[node] for node in fitting], nodes, placed, plan.cluster)
        fast = {
            name: dict(zip(names, (WEIGHTS[name] * part).tolist(), strict=True))
            for name, part in parts(state, book.rules[at], fitting)
        }
        for name, expected in slow.parts().items():
            assert fast.get(name, expected) == expected, name
            assert name in fast or len(set(expected.values())) == 1, name
        scores = total(state, book.rules[at], fitting)
        node = fitting[int(scores.argmax())]
        state.put(at, int(node))
        world.add(group.pod, nodes[node].name)
        placed.append((group.pod, group.workload, nodes[node]))
