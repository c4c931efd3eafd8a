"""Random small clusters of node groups: verify believes the plan, be it a yes or a no, and no group of a provider is divided."""

from random import Random

import pytest

from models.answer.finding import ERROR
from models.answer.plan import IsolationPlan
from models.kubernetes.node_group import all_groups
from models.solver.outcome import FEASIBLE
from planner import pipeline
from tests.shop_that_buys import node, quiet, workload, write
from tests.soak import soak_after

KEYS = ("eks.amazonaws.com/nodegroup", "alpha.eksctl.io/nodegroup-name", "karpenter.sh/nodepool")
LEVELS = ("a", "b", "c")


def planned(folder, seed: int) -> IsolationPlan:
    """Plan two to five groups of a few nodes, some of which carry a label too many, for two or three levels that fill them."""
    luck, nodes = Random(seed), []
    for group in range(luck.randint(2, 5)):
        cpu = luck.choice("2346")
        for _ in range(luck.randint(1, 3)):
            nodes.append(node(f"n{len(nodes)}", cpu=cpu))
            nodes[-1]["metadata"]["labels"][KEYS[0]] = f"g{group}"
            if luck.random() < 0.15:
                nodes[-1]["metadata"]["labels"][luck.choice(KEYS[1:])] = luck.choice("xy")
    levels, total = LEVELS[: luck.randint(2, 3)], sum(int(each["status"]["allocatable"]["cpu"]) for each in nodes)
    work = []
    for level in levels:
        wanted, asked = total * luck.uniform(0.3, 1.4) / len(levels), 0
        while asked < wanted:
            cpu, count = luck.choice((1, 1, 2, 3)), luck.randint(1, 3)
            work.append(workload(f"{level}{len(work)}", level, str(cpu), count))
            asked += cpu * count
    return pipeline.plan(write(folder, work, nodes, levels=list(LEVELS), everywhere=[]), quiet)


@pytest.mark.parametrize("seed", soak_after(5, (14, 1, 2, 3, 4, *range(5, 14), *range(15, 60))))
def test_the_plan_is_what_it_says(tmp_path, seed):
    plan = planned(tmp_path, seed)
    assert [finding for finding in pipeline.verify(plan) if finding.severity == ERROR] == []
    homes = {name: ring.name for ring in plan.rings for name in ring.nodes}
    if plan.verdict == FEASIBLE:
        assert all(len({homes.get(each.name) for each in members}) == 1 for members in all_groups(plan.cluster.nodes).values())
