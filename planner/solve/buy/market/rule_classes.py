"""Sorts the joint rules by how they can be obeyed while pods are packed: per node, by a division among zones, or one by one."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from models.solver.problem import NONE, OWN, AntiAffinity, Problem, TopologySpread

Family = tuple[tuple[tuple[int, ...], ...], tuple[int, ...]]


@dataclass(slots=True)
class Rules:
    """What packing has to obey.

    `per_node[c]` is how many pods of a class a node may hold, `enemies` are pairs of classes that may not meet on a node, and
    `spread[c]` the rule after which the pods of a class are divided among zones. The pods of `hard` classes are placed last,
    one by one, since their rules have to be asked each time.
    """

    per_node: dict[int, int] = field(default_factory=dict)
    enemies: set[tuple[int, int]] = field(default_factory=set)
    spread: dict[int, TopologySpread] = field(default_factory=dict)
    hard: set[int] = field(default_factory=set)

    def limit(self, c: int, most: int) -> None:
        """Let a node hold no more than so many pods of the class."""
        self.per_node[c] = min(most, self.per_node.get(c, most))

    def part(self, first: int, second: int) -> None:
        """Keep two classes from meeting on a node."""
        self.enemies |= {(first, second), (second, first)}


def rules_of(problem: Problem) -> Rules:
    """Sort the rules."""
    rules = Rules()
    for clash in problem.clashes:
        if clash.first == clash.second:
            rules.limit(clash.first, 1)
        else:
            rules.part(clash.first, clash.second)
    for apart in problem.aparts:
        _apart(problem, apart, rules)
    for spread in problem.spreads:
        _spread(problem, spread, rules)
    rules.hard |= {together.owner for together in problem.togethers}
    rules.hard |= {i for i, c in enumerate(problem.classes) if c.ring < 0}
    # a DaemonSet's pods are not placed: they follow from the nodes' rings
    rules.hard -= {i for i, c in enumerate(problem.classes) if c.daemon}
    return rules


def limits_of(problem: Problem) -> Rules:
    """Return how many pods of a class a node holds at most whatever else is there: one where they keep apart.

    Pods that ask for nothing, as those do that stand for nodes, are worth nothing in any proof.
    """
    limits, asking = Rules(), [any(c.requests) for c in problem.classes]
    for clash in problem.clashes:
        if clash.first == clash.second and asking[clash.first]:
            limits.limit(clash.first, 1)
    for apart in problem.aparts:
        if apart.owner in apart.others and asking[apart.owner] and _everywhere(problem, apart):
            limits.limit(apart.owner, 1)
    return limits


def _everywhere(problem: Problem, apart: AntiAffinity) -> bool:
    """Say whether every node that the owner may be on is in a domain of the rule."""
    owner, inside = problem.classes[apart.owner], {n for domain in apart.domains for n in domain}
    return inside.issuperset(owner.candidates) and all(apart.joins[o] != NONE for o in owner.offers)


def _apart(problem: Problem, apart: AntiAffinity, rules: Rules) -> None:
    named = {apart.owner, *apart.others}
    if not by_host(apart.domains, apart.joins) or any(problem.classes[c].daemon for c in named):
        rules.hard |= named
        return
    for other in apart.others:
        if other == apart.owner:
            rules.limit(other, 1)
        else:
            rules.part(apart.owner, other)


def _spread(problem: Problem, spread: TopologySpread, rules: Rules) -> None:
    alone = set(spread.matched) <= {spread.owner}
    known = rules.spread.get(spread.owner)
    if by_host(spread.domains, spread.joins) and alone:
        rules.limit(spread.owner, spread.max_skew)
    elif not alone or OWN in spread.joins or (known is not None and family_of(known) != family_of(spread)):
        rules.hard |= {spread.owner, *(c for c in spread.matched if not problem.classes[c].daemon)}
    # of two rules over the same domains the stricter one implies the other
    elif known is None or known.max_skew > spread.max_skew:
        rules.spread[spread.owner] = spread


def family_of(rule: TopologySpread) -> Family:
    """Return the domains of a rule; many rules share them."""
    return rule.domains, rule.joins


def by_host(domains: Sequence[Sequence[int]], joins: Sequence[int]) -> bool:
    """Say whether every domain is one node."""
    return all(len(domain) < 2 for domain in domains) and all(join < 0 for join in joins)
