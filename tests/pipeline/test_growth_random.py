"""Random small clusters whose node groups may grow: plans hold, and cost what trying everything says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from random import Random

import pytest

from models.answer.finding import ERROR
from models.answer.plan import IsolationPlan
from models.solver.outcome import COST, FEASIBLE, MILLION
from planner import pipeline
from tests.shop_that_buys import OURS, Document, amounts, node, quiet, workload, write
from tests.soak import soak_after

LABEL = "eks.amazonaws.com/nodegroup"
LEVELS = ("a", "b", "c")


@dataclass(frozen=True)
class Group:
    """A group of nodes of so many cores, of which some run, at a price in hundredths, 0 for one that nobody knows."""

    name: str
    cores: int
    running: int
    most: int
    price: int

    @property
    def millionths(self) -> int:
        return self.price * MILLION // 100 or 1

    def documents(self) -> Iterator[Document]:
        for number in range(self.running):
            there = node(f"{self.name}-{number}", cpu=str(self.cores))
            there["metadata"]["labels"][LABEL] = self.name
            yield there
        like = {} if self.running else {"allocatable": amounts(str(self.cores)), "zones": ["z-1"], "by": LABEL}
        spec = {"max": self.most, **like, **({"price": self.price / 100} if self.price else {})}
        yield {"apiVersion": OURS, "kind": "NodeGroup", "metadata": {"name": self.name}, "spec": spec}


def drawn(seed: int) -> tuple[list[Group], dict[str, list[int]]]:
    """Return two to four groups, and the cores of the pods of each level."""
    luck = Random(seed)
    priced = luck.random() < 0.6
    groups = []
    for number in range(luck.randint(2, 4)):
        running = luck.choice((0, 0, 1, 1, 2))
        price = luck.randint(5, 30) if priced else 0
        groups.append(Group(f"g{number}", luck.choice((2, 3, 4, 6)), running, running + luck.randint(0, 3), price))
    levels = LEVELS[: luck.randint(1, min(3, len(groups)))]
    total = sum(group.cores * group.most for group in groups) / len(levels)
    pods: dict[str, list[int]] = {}
    for level in levels:
        wanted = total * luck.uniform(0.1, 0.9)
        pods[level] = [luck.randint(1, 2)]
        while sum(pods[level]) < wanted:
            pods[level].append(luck.choice((1, 1, 2, 3)))
    return groups, pods


@cache
def fits(pods: tuple[int, ...], bins: tuple[int, ...]) -> bool:
    """Say whether pods, the largest first, fit into bins, sorted, by trying every bin for each."""
    if not pods:
        return True
    return any(
        fits(pods[1:], tuple(sorted((*bins[:place], size - pods[0], *bins[place + 1 :]))))
        for place, size in enumerate(bins)
        if size >= pods[0] and size not in bins[:place]
    )


def least(groups: Sequence[Group], pods: dict[str, list[int]]) -> int | None:
    """Return what growth costs at least, in millionths, over all rings of all groups and all sizes; None where nothing does."""
    best: int | None = None
    for rings in product((*pods, ""), repeat=len(groups)):
        cost = 0
        for level, wanted in pods.items():
            mine = [group for group, ring in zip(groups, rings, strict=True) if ring == level]
            own = _least_in_ring(mine, tuple(sorted(wanted, reverse=True)))
            if own is None:
                break
            cost += own
        else:
            best = cost if best is None else min(best, cost)
    return best


def _least_in_ring(groups: Sequence[Group], pods: tuple[int, ...]) -> int | None:
    costs = []
    for sizes in product(*(range(group.running, group.most + 1) for group in groups)):
        pairs = list(zip(groups, sizes, strict=True))
        bins = tuple(sorted(group.cores for group, size in pairs for _ in range(size)))
        cost = sum((size - group.running) * group.millionths for group, size in pairs)
        if sum(bins) >= sum(pods) and fits(pods, bins):
            costs.append(cost)
    return min(costs, default=None)


def planned(folder, groups: Sequence[Group], pods: dict[str, list[int]]) -> IsolationPlan:
    work = [
        workload(f"{level}{number}", level, str(cores), 1) for level, each in pods.items() for number, cores in enumerate(each)
    ]
    machines = [document for group in groups for document in group.documents()]
    return pipeline.plan(write(folder, work, machines, levels=list(LEVELS), everywhere=[]), quiet, exact=True)


@pytest.mark.parametrize("seed", soak_after(12, range(200)))
def test_growth_costs_what_trying_everything_says(tmp_path, seed):
    groups, pods = drawn(seed)
    plan, best = planned(tmp_path, groups, pods), least(groups, pods)
    assert [finding for finding in pipeline.verify(plan) if finding.severity == ERROR] == []
    cost = next(goal for goal in plan.goals if goal.name == COST)
    if best is None:
        assert plan.verdict != FEASIBLE
    else:
        assert plan.verdict == FEASIBLE
        assert round(cost.bound * MILLION) <= best == round(cost.value * MILLION)
