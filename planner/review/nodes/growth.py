"""How far each ring can grow on its own nodes: every workload by the same share, until no packing of its pods is found."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from models.answer.plan import IsolationPlan
from models.answer.review import Growth
from models.solver.outcome import FEASIBLE, INFEASIBLE
from planner.review.nodes.fewest import restricted
from planner.review.tuning import NodesTuning
from planner.review.what_if.base import planned_from
from planner.review.what_if.changes import Grow

if TYPE_CHECKING:
    from models.solver.indexed_problem import IndexedProblem


def growth(plan: IsolationPlan, progress: Callable[[str], None], tuning: NodesTuning) -> dict[str, Growth]:
    """Return for every ring of a plan that holds by how many per cent it can grow."""
    if plan.verdict != FEASIBLE or sum(placement.pods for placement in plan.placements) > tuning.most_pods:
        return {}
    tries = _Tries(plan, tuning)
    answers = {}
    for ring in plan.rings:
        progress(f"how far ring {ring.name} can grow")
        answers[ring.name] = tries.furthest(ring.name, ring.nodes)
    return answers


@dataclass(slots=True)
class _Tries:
    """Asks whether a ring holds its pods at a growth; the problem of each growth is written down once."""

    plan: IsolationPlan
    tuning: NodesTuning
    problems: "dict[int, IndexedProblem]" = field(default_factory=dict)

    def furthest(self, ring: str, nodes: tuple[str, ...]) -> Growth:
        """Halve the range in which the first growth is that does not fit."""
        most = self.tuning.growth
        low, high, proven = 0, most + 1, True
        while high - low > 1:
            percent = (low + high) // 2
            verdict = self._verdict(ring, nodes, percent)
            if verdict == FEASIBLE:
                low = percent
            else:
                high, proven = percent, verdict == INFEASIBLE
        return Growth(low, low == most, proven and low < most)

    def _verdict(self, ring: str, nodes: tuple[str, ...], percent: int) -> str:
        from planner.solve import Budget, SearchContext, solve

        formulation = self._problem(percent)
        names = {node.name: number for number, node in enumerate(formulation.nodes)}
        number = formulation.problem.rings.index(ring)
        mine = {names[name] for name in nodes if name in names}
        own = restricted(formulation.problem, number, mine)
        work = self.tuning.growth_work
        return solve(own, SearchContext(Budget(work=work, conflict=0.0)).with_work(work)).verdict

    def _problem(self, percent: int) -> "IndexedProblem":
        from planner.formulate import formulate

        if percent not in self.problems:
            grown = Grow(percent).change(self.plan, planned_from(self.plan)).cluster
            cluster = replace(grown, nodes=self.plan.cluster.nodes, shapes=())
            home = {name: ring.name for ring in self.plan.rings for name in ring.nodes}
            homes = {node.name: home.get(node.name, "") for node in cluster.nodes}
            self.problems[percent] = formulate(cluster, self.plan.policy, self.plan.trust, homes)
        return self.problems[percent]
