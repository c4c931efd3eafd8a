"""What rings can be bought from, as pools see it: zones make no kinds of their own, and owned nodes stay in their rings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from models.solver.problem import Problem, TopologySpread
from planner.solve.buy.market.rule_classes import rules_of
from planner.solve.buy.market.types import MANY, Market, market_of

NODE, ZONE = "node", "zone"


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """Of each node, and after those of each offer, its zone, and what its label says that tells shapes apart: "" if nothing.

    `ring_of` are the rings of the nodes, -1 for none. Pods of the classes in `led` can be told what to prefer. `whole` is how
    much there is of each resource on all nodes, those that are bought too, by which large pods are told from small ones. With
    `lost` set to NODE or ZONE, rings must be able to lose any one.
    """

    zones: tuple[int, ...]
    signs: tuple[str, ...]
    ring_of: tuple[int, ...]
    led: frozenset[int]
    whole: tuple[int, ...]
    lost: str = ""


@dataclass(frozen=True, slots=True)
class Inventory:
    """The market of a problem, in which classes that are spread over zones are whole: `spread` is the rule of each of them.

    `kind_of` is the kind of each offer.
    """

    market: Market
    places: NodeFacts
    spread: Mapping[int, TopologySpread]
    kind_of: Mapping[int, int]

    @property
    def problem(self) -> Problem:
        """Return the problem."""
        return self.market.problem

    def own(self, ring: int, kind: int) -> tuple[int, ...]:
        """Return the nodes of a kind that a ring has."""
        return tuple(n for n in self.market.kinds[kind].nodes if self.places.ring_of[n] == ring)

    def place(self, offer: int) -> int:
        """Return where an offer is found in what is known of places."""
        return len(self.problem.nodes) + offer

    def zone(self, offer: int) -> int:
        """Return where nodes of an offer are."""
        return self.places.zones[self.place(offer)]

    def offer(self, kind: int, zone: int) -> int:
        """Return the offer of a kind in a zone."""
        return next(offer for offer in self.market.kinds[kind].offers if self.zone(offer) == zone)

    def signs(self, ring: int, kind: int) -> frozenset[str]:
        """Return what the label says of a kind's nodes, of those that the ring has and those that it can buy."""
        there = (*self.own(ring, kind), *map(self.place, self.market.kinds[kind].offers))
        return frozenset(self.places.signs[place] for place in there) - {""}

    def are_told(self, ring: int, kinds: Sequence[int]) -> bool:
        """Say whether the label tells all nodes of these kinds apart."""
        signs = [self.signs(ring, kind) for kind in kinds]
        return all(signs) and len(frozenset().union(*signs)) == sum(map(len, signs))

    def is_by_zone(self, rule: TopologySpread) -> bool:
        """Say whether the domains of a rule are the zones, and there are no others."""
        domain = {n: number for number, on in enumerate(rule.domains) for n in on}
        owned = [domain.get(n, -1) for n in range(len(self.problem.nodes))]
        pairs = set(zip(self.places.zones, (*owned, *(rule.joins or (-1,) * len(self.problem.offers))), strict=True))
        alike = len({zone for zone, _ in pairs}) == len(pairs) == len({number for _, number in pairs})
        return alike and not rule.standing and all(number >= 0 for _, number in pairs)


def inventory_of(problem: Problem, places: NodeFacts) -> Inventory:
    """Read the market of a problem."""
    rules = rules_of(problem)
    spread = {c: rule for c, rule in rules.spread.items() if c not in rules.hard}
    # a limit, even one that is none, keeps the class a type of its own: spread is asked class by class
    for c in spread:
        rules.limit(c, MANY)
    market = market_of(problem, replace(rules, spread={}))
    return Inventory(market, places, spread, {offer: j for j, kind in enumerate(market.kinds) for offer in kind.offers})
