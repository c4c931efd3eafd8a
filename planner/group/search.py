"""Which rings there are, where the policy leaves a choice: the cheapest way to divide the groups among sets that may share.

Branch and bound over set partitions: a way is a choice of sets of groups that hold every group once. What each set costs at
least by itself bounds every way from below, so ways are planned in the order of that bound until none that is left can be
better, or enough were tried.
"""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from models.answer.plan import Choice
from models.solver.outcome import COST, FEASIBLE, INFEASIBLE, UNDECIDED
from planner.group.evaluate import Groups
from planner.group.tuning import GROUPING, GroupTuning
from planner.wording import choice_reasons

if TYPE_CHECKING:
    from models.answer.plan import IsolationPlan
    from models.kubernetes.cluster import Cluster
    from models.trust import Trust, TrustPolicy
    from planner.group.evaluate import Estimator, Way
    from planner.solve import SearchContext
    from planner.solve.exact.set_partition import Partition, SetPartition

ANY = float("inf")


def choose_rings(
    cluster: "Cluster", policy: "TrustPolicy", context: "SearchContext", objective: str, tuning: GroupTuning = GROUPING
) -> "tuple[Trust, Choice | None]":
    """Return the groups in the rings that are best, and how they were chosen."""
    return Grouper(estimating(cluster, policy, context.part(tuning.share), objective, tuning)).choose()


def estimating(
    cluster: "Cluster", policy: "TrustPolicy", context: "SearchContext", objective: str, tuning: GroupTuning = GROUPING
) -> "Estimator":
    """Begin to plan ways to divide the groups, each with little work, since there are many."""
    from planner.group.evaluate import Estimator
    from planner.solve import Budget
    from planner.trust import trust

    brief = replace(context, budget=Budget(work=tuning.work))
    return Estimator(cluster, policy, trust(policy, cluster), brief, objective, tuning)


@dataclass(slots=True)
class Grouper:
    """Chooses the rings of one cluster; `sets` may be rings, and `whole` says that these are all that may."""

    estimator: "Estimator"
    sets: tuple[Groups, ...] = ()
    whole: bool = True
    _costs: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """List the sets that may be a ring."""
        from planner.trust.cliques import cliques

        self.sets, self.whole = cliques(self.estimator.trust, self.estimator.policy)

    def choose(self) -> "tuple[Trust, Choice | None]":
        """Return the groups in the rings that are best, and how they were chosen; None where there was nothing to choose."""
        policy, trust = self.estimator.policy, self.estimator.trust
        if self._is_settled():
            return trust, None
        from planner.solve.exact.set_partition import SetPartition

        apart = self._apart()
        # Sets cost nothing here: this only asks whether there is a way, and then whether there is a second one.
        work = self.estimator.tuning.cover_work
        any_way = SetPartition(self.sets, [0] * len(self.sets), most=policy.max_rings, apart=apart, work=work)
        first = any_way.cheapest()
        if not first.chosen:
            return self._refuse(first.none and self.whole)
        any_way.rule_out(first.chosen)
        if any_way.cheapest(self.estimator.context.deadline).none and self.whole:
            return self._arrange(first.chosen), None
        from planner.solve.runtime.interrupt import in_time

        compared = in_time(lambda: self._compare(apart), self.estimator.context.deadline.left())
        return compared or (self._arrange(first.chosen), Choice(whole=False))

    def fewest(self) -> "Partition":
        """Return the fewest rings that there can be, whatever maxRings says."""
        from planner.solve.exact.set_partition import SetPartition

        return SetPartition(self.sets, [0] * len(self.sets), work=self.estimator.tuning.cover_work).cheapest()

    def costs(self) -> tuple[int, ...]:
        """Return what each set costs at least by itself."""
        if not self._costs:
            self.estimator.context.progress("what sharing could save at most")
            few = (
                self.sets
                if len(self.sets) <= self.estimator.tuning.bounds
                else [groups for groups in self.sets if len(groups) == 1]
            )
            known = {groups: self.estimator.least(groups) for groups in few}
            self._costs = tuple(known.get(groups) or max(known.get((group,), 0) for group in groups) for groups in self.sets)
        return self._costs

    def _is_settled(self) -> bool:
        """Say whether the rings are best as they are: all who trust each other share, and that can only help."""
        policy, trust = self.estimator.policy, self.estimator.trust
        ring_of = {group: ring.name for ring in trust.rings for group in ring.groups}
        joined = all(ring_of[group] == ring_of[other] for group, other in trust.sharing)
        few = policy.max_rings is None or len(trust.rings) <= policy.max_rings
        possible = set(self.sets) >= {ring.groups for ring in trust.rings}
        return joined and few and possible and (not trust.sharing or is_sharing_free(self.estimator))

    def _compare(self, apart: "list[tuple[int, int]]") -> "tuple[Trust, Choice]":
        """Plan ways in the order of their bounds until the rest cannot be better."""
        from planner.solve.exact.set_partition import SetPartition

        most, work = self.estimator.policy.max_rings, self.estimator.tuning.cover_work
        covers = SetPartition(self.sets, self.costs(), most=most, apart=apart, work=work)
        search = Search(self.estimator, self.sets, covers)
        best = search.run(self.estimator.tuning.ways)
        least = self.least(search)
        goal = self.estimator.goal(best.value, least) if best.verdict == FEASIBLE else None
        return best.trust, Choice(len(search.tried), goal, search.whole and self.whole)

    def least(self, search: "Search") -> int:
        """Return what every way of the search comes to at least; of what was not listed, that sharing all is no dearer."""
        known = min((search.unseen, *(way.bound for way in search.tried))) if self.whole else 0
        return max(int(known) if known != ANY else 0, self.estimator.least_shared())

    def _arrange(self, chosen: tuple[int, ...]) -> "Trust":
        from planner.trust import arranged

        return arranged(self.estimator.trust, [self.sets[number] for number in chosen])

    def _apart(self) -> list[tuple[int, int]]:
        """Return the pairs of sets that need not both be rings: where one ring of both does all that the two do."""
        from planner.trust.cliques import mergeable

        return mergeable(self.sets) if is_sharing_free(self.estimator) else []

    def _refuse(self, proven: bool) -> "tuple[Trust, Choice]":
        """Say why no way is allowed; the rings are then the fewest that could be, were they not limited."""
        from planner.trust.cliques import strangers

        policy, trust = self.estimator.policy, self.estimator.trust
        fewest = self.fewest()
        if not fewest.chosen:
            return trust, Choice(whole=proven, reason=choice_reasons.of_sizes(fewest.none))
        apart = strangers(trust)
        most, needed = policy.max_rings or 0, len(fewest.chosen)
        if len(apart) > most:
            reason = choice_reasons.of_strangers(most, apart)
            return self._arrange(fewest.chosen), Choice(whole=True, reason=reason, apart=apart)
        reason = choice_reasons.of_fewest(most, needed, is_proven=proven and fewest.best)
        return self._arrange(fewest.chosen), Choice(whole=proven, reason=reason)


@dataclass(slots=True)
class Search:
    """Plans ways one after the other; what was not planned comes to `unseen` at least, and `whole` says that it is no better."""

    estimator: "Estimator"
    sets: tuple[Groups, ...]
    covers: "SetPartition"
    unseen: float = 0
    whole: bool = False
    tried: "list[Way]" = field(default_factory=list)

    def run(self, most: int) -> "Way":
        """Return the best way of those planned, at most so many."""
        best = None
        while True:
            # The first cover is looked for without a clock: there must be a way to give.
            cover = self.covers.cheapest(self.estimator.context.deadline if self.tried else None)
            self.unseen = ANY if cover.none else max(self.unseen, cover.bound)
            self.whole = best is not None and not self._is_open(best)
            late = len(self.tried) >= most or (self.tried and self.estimator.context.deadline.over())
            if self.whole or late or not cover.chosen or (best is not None and self._is_near(best)):
                break
            way = self.estimator.way(self.sets[number] for number in cover.chosen)
            self.covers.rule_out(cover.chosen)
            self.tried.append(way)
            best = way if best is None or way.key < best.key else best
        if best is None:
            raise AssertionError("there is a way to divide the groups, and none was planned")
        return best

    def _is_open(self, best: "Way") -> bool:
        """Say whether a way that was not planned may be better; where pods have no place, whether one may not be impossible."""
        if best.verdict != FEASIBLE:
            return self.unseen != ANY or any(way.verdict != INFEASIBLE for way in self.tried)
        return self.unseen != ANY and best.key > self.estimator.best(int(self.unseen))

    def _is_near(self, best: "Way") -> bool:
        """Say whether a way that was not planned is better by no more than the gap that is asked for, if at all."""
        is_cost = best.verdict == FEASIBLE and self.estimator.order[0] == COST
        return is_cost and best.value - self.unseen <= self.estimator.context.gap * best.value


def is_sharing_free(estimator: "Estimator") -> bool:
    """Say whether sharing can only help: no DaemonSet of a group, no spread over a ring's nodes, no ring too large."""
    from planner.rules.plugins import podtopologyspread

    members = estimator.trust.members
    daemons = any(w.is_daemon and members[str(w.id)].group for w in estimator.cluster.workloads)
    spread = any(podtopologyspread.hard(w.template) for w in estimator.cluster.workloads)
    return not (daemons or spread or any(rule.max is not None for rule in estimator.policy.ring_nodes))


def with_choice(plan: "IsolationPlan", choice: Choice | None) -> "IsolationPlan":
    """Write into the plan how its rings were chosen; a no holds only if it holds for every way to choose them."""
    if choice is None:
        return plan
    cost = next((goal for goal in plan.goals if goal.name == COST), None)
    goal = choice.goal
    if goal is not None and goal.name == COST and cost is not None:
        goal = replace(goal, value=cost.value)
    plan = replace(plan, choice=replace(choice, goal=goal if plan.verdict == FEASIBLE else None))
    if choice.reason:
        return replace(plan, verdict=INFEASIBLE if choice.whole else UNDECIDED)
    if plan.verdict == INFEASIBLE and not choice.whole:
        return replace(plan, verdict=UNDECIDED, conflict=(), conflict_smallest=False)
    return plan
