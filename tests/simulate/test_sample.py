"""Of a hundred nodes or more kube-scheduler looks at a part, from where it stopped looking last."""

import numpy as np

from models.frozen_map import FrozenMap
from planner.simulate.scheduler.pods import cast_of
from planner.simulate.scheduler.ranking.scoring import nodes_to_score, sample
from planner.simulate.scheduler.rulebook import Rulebook
from planner.simulate.scheduler.simulation import Simulation
from tests.simulate.made_by_hand import node, plan, work


def test_the_next_pod_goes_on_where_the_last_one_stopped_looking():
    every_second = np.arange(0, 400, 2, dtype=np.int64)
    first, start = sample(every_second, 0, 400)
    assert (len(first), first[-1], start) == (nodes_to_score(400), 2 * nodes_to_score(400) - 2, 2 * nodes_to_score(400))
    second, start = sample(every_second, start, 400)
    assert (second[0], len(second)) == (2 * nodes_to_score(400), nodes_to_score(400))
    assert second[-1] == start - 2


def test_who_may_go_to_one_node_only_has_looked_at_that_one():
    """Fifty pods of a DaemonSet have come: the next pod is for one of the hundred nodes after these."""
    nodes = [node(f"n{at:03}", agent="yes") if at < 50 else node(f"n{at:03}") for at in range(200)]
    agent = work("agent", 0, 100, "DaemonSet", node_selector=FrozenMap({"agent": "yes"}))
    book = Rulebook(cast_of(plan(nodes, [agent, work("web", 1, 100)])))
    found = {_home(Simulation(book, f"random {number}").run(), "web") for number in range(30)}
    assert min(found) >= "n050"
    assert "n100" <= max(found) < "n150"


def _home(run: Simulation, name: str) -> str:
    cast = run.book.cast
    homes = (at for at, there in enumerate(run.state.arrived) for one in there if cast.groups[one].workload.name == name)
    return cast.terrain.nodes[next(homes)].name
