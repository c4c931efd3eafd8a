"""The way from a Problem with offers to a Purchase: sums and their proof, packing ring by ring, rules, small ones exactly."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from models.solver.certificate import Certificate
from models.solver.problem import Problem
from models.solver.purchase import Purchase
from planner.solve.buy.bound.column_certificate import with_columns
from planner.solve.buy.bound.dual_certificate import bound_of, certificate_of, parts_of, round_up
from planner.solve.buy.bound.integer_bound import with_whole_counts
from planner.solve.buy.bound.lp_relaxation import MILLION, LpRelaxation, LpSolution
from planner.solve.buy.column_generation.converge import Convergence
from planner.solve.buy.column_generation.dive import Dive
from planner.solve.buy.market.dominance import stand_ins, without_dominated
from planner.solve.buy.market.rule_classes import limits_of, rules_of
from planner.solve.buy.market.types import Market, market_of
from planner.solve.buy.pack.assignment import Candidate, candidate_of, evict
from planner.solve.buy.pack.exact import search_exactly
from planner.solve.buy.pack.first_fit_decreasing import first_fits
from planner.solve.buy.pack.integer_counts import CountSearch
from planner.solve.buy.pack.lp_guided import Bin, RingPacking, cost_of
from planner.solve.buy.pack.ruin_and_recreate import RuinAndRecreate
from planner.solve.buy.pack.ruled_pods import OneByOne
from planner.solve.instance.offers_as_nodes import with_bought_nodes
from planner.solve.instance.ring_sizes import has_limited_rings, most_nodes_of
from planner.solve.runtime.lp import Floats, Ints
from planner.solve.runtime.search_context import SearchContext
from planner.solve.tuning.buy import BuyTuning

ENDLESS = 2**40
"""No number to set: it stands for work without a limit."""


@dataclass(slots=True)
class PurchaseSearch:
    """One run; the search ends once the cost is within its context's gap of what is proven."""

    problem: Problem
    context: SearchContext
    market: Market = field(init=False)
    certificate: Certificate = field(init=False)
    parts: tuple[int, ...] = ()
    bound: int = 0
    shared: bool = False

    @property
    def tuning(self) -> BuyTuning:
        """Return what steers it."""
        return self.context.tuning.buy

    def run(self) -> Purchase:
        """Prove, pack, obey the rules, and look closer where it is small."""
        problem = self.problem
        self.context.deadline.spend(self.tuning.per_class * len(problem.classes))
        self.context.progress(f"what {sum(c.count for c in problem.classes):,} pods cost at least")
        # the bound comes first: all that follows ends once it costs hardly more
        bare, self.certificate = prove(problem, self.tuning)
        self._know(self.certificate, parts_of(problem, self.certificate))
        self.market = without_dominated(market_of(problem, rules_of(problem)), self.tuning.few_kinds)
        self.context.progress(f"packing {len(problem.rings):,} rings")
        bins = self._bins()
        self._count(bare, self._spent(bins))
        candidate = candidate_of(self.market, self._improve(self._by_columns(self._by_all_columns(bare, bins))))
        if self._one_by_one(candidate, sum(candidate.missing(problem))):
            candidate = OneByOne(problem, candidate, self.tuning.most_spares).place()
        # tidied before, as DaemonSets of idle nodes could break rules; and after, as evicting empties nodes
        candidate = evict(problem, candidate.tidy(problem)).tidy(problem)
        candidate = self._exact(candidate)
        return self._answer(candidate)

    def _bins(self) -> list[Bin]:
        """Pack; small rings then choose their nodes first, for others there is play in what seems to be plenty."""
        m, tuning = self.market, self.tuning
        relaxed = LpRelaxation(m, m.counts, m.most, np.arange(len(self.problem.rings))).relax()
        self.shared = bool((relaxed.rents > 0).any())
        plenty = relaxed.rates * m.room <= tuning.little * (relaxed.rates * m.room).sum(axis=2, keepdims=True)
        rooms = [np.where(plenty, m.room * play, m.room) for play in tuning.play]
        bins = self._pack(relaxed, None)
        stocker = CountSearch(m, bins, (None, *rooms), self.context.deadline.over, tuning)
        if not stocker.is_small():
            return self._with_play(bins, rooms)
        self._say(self._spent(bins), "choosing nodes before they are filled")
        stocker.run(lambda: self._is_good(stocker.bins, self.context.gap), self.context.gap)
        return stocker.bins

    def _with_play(self, best: list[Bin], rooms: Sequence[Floats]) -> list[Bin]:
        """Where much more is spent than proven, pack again as if there were less room, and keep the best."""
        for room in rooms:
            if self._is_good(best, max(self.context.gap, self.tuning.poor)) or self.context.deadline.over():
                break
            again = LpRelaxation(
                self.market, self.market.counts, self.market.most, np.arange(len(self.problem.rings)), room
            ).relax()
            other = self._pack(again, room)
            if self._spent(other) >= self._spent(best):
                break
            best = other
        return best

    def _is_good(self, bins: list[Bin], gap: float) -> bool:
        """Say whether all is packed for hardly more than the bound."""
        short, cost = self._spent(bins)
        return not short and cost - self.bound <= gap * cost

    def _count(self, bare: Market, spent: tuple[int, int]) -> None:
        """Prove more where more than is wanted is spent above the bound: a ring has whole numbers of nodes."""

        def enough(bound: int) -> bool:
            return not spent[0] and spent[1] - bound <= self.context.gap * spent[1]

        if not enough(self.bound) and not self.context.deadline.over():
            self._say(spent, "counting whole nodes")
            work, over = self.context.budget.work, self.context.deadline.over
            self._know(*with_whole_counts(bare, self.certificate, work, enough, over, self.tuning.bound))

    def _know(self, certificate: Certificate, parts: tuple[int, ...]) -> None:
        """Take note of what is proven: so much of each ring."""
        self.certificate, self.parts = certificate, parts
        self.bound = bound_of(self.problem, certificate, parts)

    def _by_columns(self, bins: list[Bin]) -> list[Bin]:
        """Pack by columns where a node holds few pods, so that there are not too many ways to fill it; keep what is better."""
        spent, m, limits = self._spent(bins), self.market, self.tuning.columns
        few = m.counts.sum() <= limits.few_pods * sum(bin_.times for bin_ in bins) and len(m.counts) <= limits.most_types
        if (
            not few
            # columns know no limit on a ring's nodes
            or has_limited_rings(self.problem)
            or self.context.deadline.over()
            or (not spent[0] and spent[1] - self.bound <= self.context.gap * spent[1])
        ):
            return bins
        self._say(spent, "packing by columns")
        other, left = list[Bin](), m.most.copy()
        for rings in [tuple(range(len(self.problem.rings)))] if self.shared else [(r,) for r in range(len(self.problem.rings))]:
            wanted = np.where(np.isin(m.ring_of, rings), m.counts, 0)
            dive = Dive(m, rings, wanted, left, self.context.deadline, self.tuning)
            dive.learn([bin_ for bin_ in bins if bin_.ring in rings])
            dive.pack()
            left = dive.left
            other += dive.bins
        return min(bins, other, key=self._tiers)

    def _by_all_columns(self, bare: Market, bins: list[Bin]) -> list[Bin]:
        """Where a ring is small, find all columns that matter; they prove more, and whole numbers of them may cost less."""
        m, tuning = self.market, self.tuning
        for r in () if self.shared or has_limited_rings(self.problem) else range(len(self.problem.rings)):
            spent, mine = self._spent(bins), [bin_ for bin_ in bins if bin_.ring == r]
            if spent[0] or spent[1] - self.bound <= self.context.gap * spent[1] or self.context.deadline.over():
                break
            left = m.most - nodes_taken(m, [bin_ for bin_ in bins if bin_.ring != r])
            ending = Convergence(m, r, left, self.context.deadline, self.context.budget.work, tuning.columns)
            pods = sum(count * bin_.times for bin_ in mine for _, count in bin_.pods)
            if not ending.is_small() or pods > tuning.columns.few_pods * sum(bin_.times for bin_ in mine):
                continue
            self._say(spent, "finding every column that matters")
            fits = first_fits(m, r, ending.left, tuning.most_cells)
            mine = min([mine, *fits], key=lambda packing: cost_of(m, packing))
            ending.learn(mine)
            ending.converge(self._part(r))
            if ending.duals is not None:
                worth = {c: float(ending.duals[t]) * MILLION for t in ending.types() for c in m.members[t]}
                self._prove_more(bare, r, worth)
            bins = [bin_ for bin_ in bins if bin_.ring != r] + (ending.choose(mine, self._part(r)) or mine)
        return bins

    def _part(self, ring: int) -> int:
        """Return what is proven of a ring, in a price's unit."""
        return round_up(self.problem, self.certificate.scale, self.parts[ring], ring)

    def _prove_more(self, bare: Market, ring: int, worth: dict[int, float]) -> None:
        proof = with_columns(bare, self.certificate, ring, worth, self.tuning.bound)
        if proof is not None:
            self._know(proof[0], tuple(max(part, proof[1]) if r == ring else part for r, part in enumerate(self.parts)))

    def _tiers(self, bins: list[Bin]) -> tuple[int, ...]:
        """Return how many pods are left out, those of the highest priority first, and what the nodes cost."""
        m, out = self.market, self.market.counts.copy()
        for bin_ in bins:
            for t, pods in bin_.pods:
                out[t] -= pods * bin_.times
        return (*(int(out[m.priority == p].sum()) for p in sorted(set(m.priority.tolist()), reverse=True)), self._spent(bins)[1])

    def _spent(self, bins: list[Bin]) -> tuple[int, int]:
        """Return how many pods are left out, and what the nodes cost."""
        inside = sum(pods * bin_.times for bin_ in bins for _, pods in bin_.pods)
        return int(self.market.counts.sum()) - inside, cost_of(self.market, bins)

    def _pack(self, relaxed: LpSolution, room: Floats | None) -> list[Bin]:
        """Pack; a ring that comes to too many nodes is packed again as if each cost more, until it makes do with fewer."""
        extra = np.zeros(len(self.problem.rings), dtype=np.int64)
        bins = self._pack_at(relaxed, room, extra)
        for _ in range(self.tuning.dearer if has_limited_rings(self.problem) else 0):
            over = [r for r in range(len(extra)) if _nodes(bins, r) > most_nodes_of(self.problem, r)]
            if not over:
                break
            # nobody knows how much dearer is enough: so it doubles, and begins above 0 where all nodes are free
            extra[over] = np.maximum(2 * extra[over], int(self.market.price.max(initial=1)) // 8 + 1)
            bins = self._pack_at(relaxed, room, extra)
        return within_sizes(self.problem, bins)

    def _pack_at(self, relaxed: LpSolution, room: Floats | None, extra: Ints) -> list[Bin]:
        """Pack ring after ring; nodes of which there are too few are divided as the sums over all rings divide them.

        A node of ring r costs `extra[r]` more than it does.
        """
        m, shares = self.market, share_out(self.market, relaxed)
        left, wanted, bins = m.most.copy(), m.counts.copy(), list[Bin]()
        # at first each ring has its share of what runs short; what others did not need goes to whoever still lacks nodes
        for sharing in (True, False):
            for r in range(len(self.problem.rings)):
                mine = m.ring_of == r
                if not wanted[mine].any():
                    continue
                have = left.copy()
                if sharing:
                    # what the sums give to rings that come later is not spare
                    spare = left - shares[:, r + 1 :].sum(axis=1)
                    have = np.where(relaxed.rents > 0, np.minimum(left, shares[:, r]), spare).clip(min=0)
                dearer = replace(m, price=m.price + extra[r]) if extra[r] else m
                # the second round has no play to give away: it is for pods that found no place
                tight, late = room if sharing else None, self.context.deadline.over
                asked = np.where(mine, wanted, 0)
                ring = RingPacking(dearer, r, asked, have.copy(), self.tuning.packing, room=tight, over=late)
                ring.pack()
                left -= have - ring.left
                wanted[mine] = ring.wanted[mine]
                bins += ring.bins
        return bins

    def _improve(self, bins: list[Bin]) -> list[Bin]:
        """Make the packing cheaper for as long as the budget of work lasts."""
        m, ruin = self.market, self.tuning.ruin
        left = m.most - nodes_taken(m, bins)
        worth = np.array([self.certificate.worth[members[0]] / self.certificate.scale for members in m.members])
        budget, patience, end = int(self.context.budget.work * ruin.fills), ruin.patience, self.context.deadline
        if self.context.budget.patient:
            budget, patience, end = ENDLESS, ENDLESS, self.context.deadline.part(ruin.closer)
        self._say(self._spent(bins), "packing closer")
        gap = self.context.gap
        improver = RuinAndRecreate(m, bins, left, worth, self.bound, gap, budget, patience, end.over, self.tuning)
        improver.run()
        return improver.bins

    def _say(self, spent: tuple[int, int], then: str) -> None:
        packed = f"all but {spent[0]:,} pods" if spent[0] else "all"
        self.context.progress(f"{packed} packed for {spent[1] / MILLION:,.4f}, at least {self.bound / MILLION:,.4f}; {then}")

    def _one_by_one(self, candidate: Candidate, short: int) -> bool:
        """Say whether the pods without a place are to be placed one by one; late, only a few."""
        small = len(self.problem.classes) * (len(candidate.ring_of) + 100) <= self.tuning.most_pairs
        return small and 0 < short <= (self.tuning.most_late if self.context.deadline.over() else short)

    def _exact(self, candidate: Candidate) -> Candidate:
        short = sum(candidate.missing(self.problem))
        cost = candidate.cost(self.problem)
        if not short and cost - self.bound <= self.context.gap * cost:
            return candidate
        exact = search_exactly(self.problem, candidate, self.bound, self.context)
        if exact is None:
            return candidate
        exact = exact.tidy(self.problem)
        better = (exact.tiers(self.problem), exact.cost(self.problem)) <= (candidate.tiers(self.problem), cost)
        return evict(self.problem, exact).tidy(self.problem) if better else candidate

    def _answer(self, candidate: Candidate) -> Purchase:
        counts = tuple(tuple(sorted(on.items())) for on in candidate.counts)
        missing = candidate.missing(self.problem)
        cost = candidate.cost(self.problem)
        return Purchase(
            tuple(candidate.ring_of),
            tuple(candidate.extra),
            counts,
            missing,
            cost,
            self.bound,
            self.certificate,
            parts=self.parts,
        )


def nodes_taken(market: Market, bins: Iterable[Bin]) -> Ints:
    """Return how many nodes of each pool the bins take."""
    taken = np.zeros_like(market.most)
    for bin_ in bins:
        taken[market.pool[bin_.kind]] += bin_.times
    return taken


def _nodes(bins: Sequence[Bin], ring: int) -> int:
    return sum(bin_.times for bin_ in bins if bin_.ring == ring)


def within_sizes(problem: Problem, bins: list[Bin]) -> list[Bin]:
    """Return the bins without those that make a ring too large, the ones with fewest pods first; their pods stay out."""
    for r in range(len(problem.sizes)):
        while (over := _nodes(bins, r) - most_nodes_of(problem, r)) > 0:
            mine = [i for i, bin_ in enumerate(bins) if bin_.ring == r]
            least = min(mine, key=lambda i: (sum(pods for _, pods in bins[i].pods), i))
            left = bins[least].times - over
            bins = [*bins[:least], *([replace(bins[least], times=left)] if left > 0 else []), *bins[least + 1 :]]
    return bins


def share_out(m: Market, relaxed: LpSolution) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Divide the nodes of each pool among the rings, in whole numbers, as the sums do."""
    result = np.zeros((len(m.most), relaxed.nodes.shape[1]), dtype=np.int64)
    for p in range(len(m.most)):
        shares = relaxed.nodes[m.pool == p].sum(axis=0)
        whole = np.floor(shares + 1e-6).astype(np.int64)
        rest = int(min(m.most[p], np.ceil(shares.sum() - 1e-6))) - int(whole.sum())
        # largest remainder: who lost most by rounding down gets what is left first
        for r in np.argsort(whole - shares, kind="stable")[: max(0, rest)]:
            # what was lost by noise alone is not given back
            whole[r] += shares[r] > whole[r] + 1e-6
        result[p] = whole
    return result


def lower_bound(problem: Problem, context: SearchContext) -> int:
    """Return what placing all pods costs at least by sums."""
    certificate = prove(problem, context.tuning.buy)[1]
    return bound_of(problem, certificate, parts_of(problem, certificate))


def prove(problem: Problem, tuning: BuyTuning, spare: bool = False) -> tuple[Market, Certificate]:
    """Return the market that sums are proven of, and the proof; with `spare` the best one where each ring has a node more."""
    # without the rules that packing keeps: what is cheapest without them costs no more, so the bound holds with them
    bare = market_of(problem, limits_of(problem))
    kept = without_dominated(bare, tuning.few_kinds)
    relaxed = LpRelaxation(kept, bare.counts, bare.most, np.arange(len(problem.rings)), spare=spare).relax()
    stand_in = stand_ins(bare, kept)
    relaxed = replace(relaxed, rates=relaxed.rates[stand_in], extra=relaxed.extra[:, stand_in])
    return bare, certificate_of(bare, relaxed)


def buy(problem: Problem, context: SearchContext) -> Purchase:
    """Decide what to use and to buy."""
    return PurchaseSearch(problem, context).run()


def with_purchase(problem: Problem, purchase: Purchase) -> Problem:
    """Write the bought nodes as nodes of the problem, each in its ring for good."""
    rings = purchase.ring_of[len(problem.nodes) :]
    return with_bought_nodes(problem, [(offer, (ring,)) for offer, ring in zip(purchase.bought, rings, strict=True)])
