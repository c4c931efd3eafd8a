"""What one way to divide the groups into rings comes to: planned for its packing alone, and bounded set by set."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from models.frozen_map import FrozenMap
from models.solver.outcome import CHURN, COST, DATA, FEASIBLE, MILLION, MOVES, Goal
from models.solver.problem import ENDLESS
from planner.group.tuning import GROUPING, GroupTuning

if TYPE_CHECKING:
    from models.kubernetes.cluster import Cluster
    from models.solver.indexed_problem import IndexedProblem
    from models.trust import Trust, TrustPolicy
    from planner.solve import SearchContext

NODES = "nodes"
RELABELS, UNPLACED = "relabels", "unplaced"
NOT_COUNTED = ENDLESS
Groups = tuple[str, ...]
Key = tuple[tuple[float, ...], bool, tuple[float, ...]]
"""The pods without a place (none: all have one), whether the rest does not hold, and the goals as the objective puts them."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to divide the groups: its rings, what it comes to (in millionths, or nodes), and what that is at least.

    Of two ways the one with the smaller `key` is better.
    """

    trust: "Trust"
    verdict: str
    key: Key
    value: int
    bound: int


@dataclass(slots=True)
class Estimator:
    """Plans ways to divide the groups of one cluster; nothing is planned or bounded twice."""

    cluster: "Cluster"
    policy: "TrustPolicy"
    trust: "Trust"
    context: "SearchContext"
    objective: str = ""
    tuning: GroupTuning = GROUPING
    _ways: dict[frozenset[Groups], Way] = field(default_factory=dict)
    _least: dict[Groups, int] = field(default_factory=dict)

    def _in_time(self) -> "SearchContext":
        return self.context.part(1.0, self.tuning.least_seconds)

    @property
    def is_priced(self) -> bool:
        """Say whether ways are compared by what they cost, and not by nodes."""
        return bool(self.cluster.shapes) or any(node.price for node in self.cluster.nodes)

    @property
    def order(self) -> tuple[str, ...]:
        """Return the goals after the pods without a place, as the objective puts them."""
        measure = COST if self.is_priced else NODES
        by_cost = self.objective == COST or (self.is_priced and self.objective != CHURN)
        return (measure, DATA, MOVES, RELABELS) if by_cost else (DATA, MOVES, measure, RELABELS)

    def goal(self, value: int, bound: int) -> Goal | None:
        """Write what a way comes to, with a bound, as a goal; None where its nodes could not be counted in time."""
        bound = min(value, bound)
        if not self.is_priced and value >= NOT_COUNTED:
            return None
        return Goal(COST, value / MILLION, bound / MILLION) if self.is_priced else Goal(NODES, value, bound)

    def least(self, groups: Groups) -> int:
        """Return what a ring of these groups comes to at least, whatever the others are."""
        if groups not in self._least:
            self._least[groups] = self._at_least(groups, self.policy, daemons=True)
        return self._least[groups]

    def least_shared(self) -> int:
        """Return what any way comes to at least: what would do if everybody shared with everybody."""
        # Without limits on the nodes of rings and without daemons, as both could make sharing by all dearer than some way.
        everybody = tuple(group.name for group in self.trust.groups)
        return self._at_least(everybody, replace(self.policy, ring_nodes=()), daemons=False)

    def _at_least(self, groups: Groups, policy: "TrustPolicy", daemons: bool) -> int:
        """Bound what one ring comes to that has all nodes to itself; more daemons on its nodes only make it dearer."""
        from planner.formulate import formulate
        from planner.solve import lower_bound
        from planner.trust import arranged

        members = {
            name: member
            for name, member in self.trust.members.items()
            if member.everywhere or (member.group in groups and member.group)
        }
        left_out = {str(w.id) for w in self.cluster.workloads if not daemons and w.is_daemon and members.get(str(w.id))}
        left_out -= {name for name, member in members.items() if member.everywhere}
        inside = tuple(w for w in self.cluster.workloads if str(w.id) in members and str(w.id) not in left_out)
        cluster = replace(self.cluster, workloads=inside)
        trusted = arranged(replace(self.trust, members=FrozenMap(members)), [groups])
        return lower_bound(formulate(cluster, policy, trusted).problem, self._in_time(), self.is_priced)

    def way(self, sets: Iterable[Groups]) -> Way:
        """Plan a ring for each of the sets."""
        from planner.trust import arranged

        key = frozenset(sets)
        if key not in self._ways:
            trusted = arranged(self.trust, sorted(key))
            self.context.progress(f"comparing ways to share: {', '.join(ring.name for ring in trusted.rings)}")
            self._ways[key] = self._price(trusted) if self.is_priced else self._count_owned(trusted)
        return self._ways[key]

    def _price(self, trusted: "Trust") -> Way:
        """Buy for the rings; the whole of it, losses too, where more than the cost decides."""
        from planner.formulate import formulate
        from planner.refine.purchase import Buyer

        formulation = formulate(self.cluster, self.policy, trusted)
        churn = self.objective == CHURN
        given = (formulation, self.cluster, self.policy, trusted, self._in_time(), churn)
        cheapest = Buyer(*given).cheapest()
        survive = self.policy.survive
        if not (any(cheapest.unplaced) or churn or survive.nodes or survive.zones):
            return Way(trusted, FEASIBLE, ((), False, (cheapest.cost / MILLION,)), cheapest.cost, cheapest.bound)
        plan = Buyer(*given).first()
        values = {goal.name: goal for goal in plan.goals}
        key = self._key(plan.goals, plan.verdict, {})
        return Way(trusted, plan.verdict, key, round(values[COST].value * MILLION), cheapest.bound)

    def _count_owned(self, trusted: "Trust") -> Way:
        from planner.formulate import formulate
        from planner.solve import fewest_nodes, solve

        formulation = formulate(self.cluster, self.policy, trusted)
        outcome = solve(formulation.problem, self._in_time().quiet())
        nodes, bound = fewest_nodes(formulation.problem, self._in_time()) if outcome.verdict == FEASIBLE else (NOT_COUNTED, 0)
        nodes = NOT_COUNTED if nodes < 0 else nodes
        more = {NODES: nodes, RELABELS: self._foreign(formulation)}
        return Way(trusted, outcome.verdict, self._key(outcome.goals, outcome.verdict, more), nodes, bound)

    def _key(self, goals: Sequence[Goal], verdict: str, more: dict[str, int]) -> Key:
        tiers = tuple(goal.value for goal in goals if goal.name.startswith(UNPLACED))
        values = {goal.name: goal.value for goal in goals}
        rest = tuple(values.get(name, 0) + more.get(name, 0) for name in self.order)
        return tiers if any(tiers) else (), verdict != FEASIBLE, rest

    def best(self, bound: int) -> Key:
        """Return the key of the best way that there could be of at least so much."""
        measure = bound / MILLION if self.is_priced else bound
        return (), False, tuple(measure if name in (COST, NODES) else 0 for name in self.order)

    def _foreign(self, formulation: "IndexedProblem") -> int:
        """Count the nodes that carry a ring's label today of a ring that there is not to be."""
        key, known = self.policy.nodes.label_key, set(formulation.problem.rings)
        return sum(key in node.labels and node.labels[key] not in known for node in formulation.nodes)
