"""Buys with greed in mind: nodes alike for pods that are led to them, where kube-scheduler has little to get wrong.

A packing that mixes shapes and sizes as best it can is what kube-scheduler finds least, so it takes much spare room to keep one.
Here each workload is led to nodes of one shape, and only so much room is added as is lost where nodes are alike.

Part of the pipeline, which is why it may call every room.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from models.outcome import COST, FEASIBLE

if TYPE_CHECKING:
    from models.plan import IsolationPlan
    from planner.buying import Buyer
    from planner.promise import Keeper
    from planner.solve.pools import Pooling

REQUIRE = "require"
ROUNDS = 16
"""So many plans are tried, each with the next best way for every ring that was not kept."""


def pooled(buyer: "Buyer", keeper: "Keeper") -> "IsolationPlan | None":
    """Return the first plan of pools that kube-scheduler keeps, cheap ones first; None where none was found.

    Only required guides lead surely enough, and what must survive a loss is not bought this way.
    """
    survive = buyer.policy.survive
    if buyer.policy.guide != REQUIRE or survive.nodes or survive.zones or buyer.churn:
        return None
    from planner.solve.pools import poolings

    buyer.progress("looking for pools of nodes that are alike")
    ways = poolings(buyer.formulation.problem)
    return _Search(buyer, keeper, ways).run() if ways else None


def cheaper(one: "IsolationPlan", other: "IsolationPlan") -> "IsolationPlan":
    """Return the plan that costs less, where the other one is feasible at all."""
    if other.verdict != FEASIBLE:
        return one
    return min(other, one, key=lambda plan: [goal.value for goal in plan.goals if goal.name == COST])


@dataclass(slots=True)
class _Search:
    """`chosen[r]` is the number of the way that ring r is bought for."""

    buyer: "Buyer"
    keeper: "Keeper"
    ways: "Mapping[int, tuple[Pooling, ...]]"
    chosen: dict[int, int] = field(init=False)

    def __post_init__(self) -> None:
        self.chosen = dict.fromkeys(self.ways, 0)

    def run(self) -> "IsolationPlan | None":
        """Try plans until one is kept; a ring that is not kept gets its next way."""
        names = self.buyer.formulation.problem.rings
        for number in range(1, ROUNDS + 1):
            self.buyer.progress(f"trying pools of nodes that are alike, attempt {number}")
            made = self.buyer.of_pools({r: self.ways[r][at] for r, at in self.chosen.items()})
            if made is None:
                return None
            led = _led(made)
            stuck = _stuck(led)
            if not stuck:
                told, stuck = self.keeper.held(led)
                if told.verdict == FEASIBLE and not stuck:
                    return told
            if not self._go_on({r for r, name in enumerate(names) if name in stuck}):
                return None
        return None

    def _go_on(self, stuck: set[int]) -> bool:
        """Take the next way for each of these rings; say whether there is one for all, and any."""
        for r in stuck:
            if r not in self.ways or self.chosen[r] + 1 >= len(self.ways[r]):
                return False
            self.chosen[r] += 1
        return bool(stuck)


def _stuck(plan: "IsolationPlan") -> frozenset[str]:
    """Return the rings that have pods pending in the first order of arrival that leaves any; none where no order does."""
    from planner import foresee
    from planner.promise import STUCK

    for order in foresee.ORDERS:
        found = foresee.foresee(plan, (order,))
        stuck = frozenset(one.ring for one in found.rings if one.any_order.startswith(STUCK))
        if stuck:
            return stuck
    return frozenset()


def _led(made: "IsolationPlan") -> "IsolationPlan":
    from planner import survival
    from planner.steer import guides

    return survival.guided(replace(made, guides=guides(made, [ring.name for ring in made.rings], required=True)))
