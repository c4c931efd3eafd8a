"""When the loop goes on to its next move: while nothing is kept, and where what is kept may cost more than it needs to."""

from dataclasses import dataclass, field, replace

import pytest

from models.answer.forecast import Forecast
from models.answer.plan import IsolationPlan
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.pod import Pod
from models.kubernetes.workload import Workload, WorkloadId
from models.solver.outcome import COST, FEASIBLE, Goal
from models.trust import Trust, TrustPolicy
from planner.refine.loop import refine
from planner.refine.oracle.candidate import Candidate
from planner.refine.oracle.evaluation import Evaluation
from planner.refine.tuning import Tuning

MANY_PODS, FEW_PODS = Tuning(small=0), Tuning(small=400)


def plan(name: str, cost: float) -> IsolationPlan:
    cluster = Cluster(workloads=(Workload(WorkloadId("Deployment", "shop", "web"), "apps/v1", Pod("shop"), 5),))
    return IsolationPlan(
        name, FEASIBLE, TrustPolicy("p", ("a",)), cluster, Trust((), (), FrozenMap()), goals=(Goal(COST, cost, cost),)
    )


@dataclass
class Judge:
    """Stands for the oracle: says how many pods a plan leaves pending, and keeps who leaves fewest, then the cheapest."""

    misses: dict[str, int]
    tuning: Tuning
    best: Evaluation | None = None
    asked: list[str] = field(default_factory=list)

    def evaluate(self, candidate: IsolationPlan) -> Evaluation:
        self.asked.append(candidate.name)
        evaluation = replace(Evaluation.of(candidate, Forecast((), ()), False), misses=self.misses.get(candidate.name, 0))
        if self.best is None or self._rank(evaluation) < self._rank(self.best):
            self.best = evaluation
        return evaluation

    @staticmethod
    def _rank(evaluation: Evaluation) -> tuple[int, float]:
        return evaluation.misses, evaluation.plan.goals[0].value

    def progress(self, _: str) -> None:
        """Say nothing."""

    def settle(self, _: IsolationPlan) -> IsolationPlan:
        assert self.best is not None
        return self.best.plan


ROWS = [
    ("a packing that is kept needs no move", {}, 1.0, FEW_PODS, ["packing"], "packing"),
    ("a move that is kept at the packing's cost ends it", {"packing": 2}, 1.0, FEW_PODS, ["packing", "first"], "first"),
    ("one that costs more does not: of few pods the next is looked at", {"packing": 2}, 1.05, FEW_PODS,
     ["packing", "first", "second"], "second"),
    ("of many pods hardly more is near enough", {"packing": 2}, 1.05, MANY_PODS, ["packing", "first"], "first"),
    ("but much more is not", {"packing": 2}, 1.5, MANY_PODS, ["packing", "first", "second"], "second"),
    ("as long as nothing is kept the next one is tried", {"packing": 2, "first": 1}, 1.0, MANY_PODS,
     ["packing", "first", "second"], "second"),
    ("where nothing is kept what leaves fewest pending is the answer", {"packing": 2, "first": 1, "second": 3}, 1.0, MANY_PODS,
     ["packing", "first", "second"], "first"),
]  # fmt: skip


@pytest.mark.parametrize(("misses", "cost", "tuning", "asked", "answer"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_moves_are_made_until_a_plan_is_kept_that_costs_hardly_more(misses, cost, tuning, asked, answer):
    def move(name: str, its_cost: float):
        def propose(_: Evaluation):
            return (yield Candidate(name, lambda: plan(name, its_cost)))

        return propose

    judge = Judge(misses, tuning)
    found = refine(plan("packing", 1.0), (move("first", cost), move("second", 1.0)), judge)
    assert (judge.asked, found.name) == (asked, answer)
