"""Bought nodes written as nodes, so that whatever judges or searches a placement need not know that they were bought."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from models.solver.problem import OWN, Affinity, AntiAffinity, FailureDomain, NodeSlot, Offer, PodClass, Problem, TopologySpread

Domains = tuple[tuple[int, ...], ...]
Extra = tuple[int, tuple[int, ...]]


def with_bought_nodes(problem: Problem, extra: Sequence[Extra]) -> Problem:
    """Return the problem with more nodes, after its own: of each an offer and the rings that it may be given."""
    offers = [offer for offer, _ in extra]
    expansion = Expansion(problem, offers)
    shapes = {pair: number for number, pair in enumerate(sorted({(node.shape, node.price) for node in problem.nodes}))}
    first = len(shapes)
    return replace(
        problem,
        classes=tuple(replace(c, candidates=expansion.candidates(c.candidates, c.offers), offers=()) for c in problem.classes),
        nodes=(
            *(replace(node, shape=shapes[node.shape, node.price]) for node in problem.nodes),
            *(slot(problem.offers[o], rings, number, first) for number, (o, rings) in enumerate(extra)),
        ),
        aparts=tuple(expansion.apart(rule) for rule in problem.aparts),
        togethers=tuple(expansion.together(rule) for rule in problem.togethers),
        spreads=tuple(expansion.spread(rule) for rule in problem.spreads),
        losses=tuple(single for loss in problem.losses for single in expansion.losses(loss)),
        offers=(),
        most=(),
    )


def with_all_offers(problem: Problem) -> Problem:
    """Return the problem with all nodes that can be bought, shape by shape, each as if it were in all of its zones at once.

    Whoever has no place there has none on whatever is bought; rules between pods are left out, and so is what must be survived.
    """
    # with a node for each pod, and for each that rings must have, any more would be idle
    enough = sum(c.count for c in problem.classes if not c.daemon) + sum(size.least for size in problem.sizes)
    same: dict[int, list[int]] = {}
    for o, offer in enumerate(problem.offers):
        same.setdefault(offer.shape, []).append(o)
    rings = {s: tuple(sorted({ring for o in some for ring in problem.offers[o].rings})) for s, some in same.items()}
    quiet = replace(
        problem,
        classes=tuple(replace(c, offers=merge_offers(c, list(same.values()))) for c in problem.classes),
        aparts=(),
        togethers=(),
        spreads=(),
        losses=(),
    )
    return with_bought_nodes(
        quiet, [(some[0], rings[s]) for s, some in same.items() for _ in range(min(enough, problem.most[s]))]
    )


def merge_offers(pods: PodClass, same: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """Return the first offer of each shape that may hold the pods in some zone; of daemons those that hold them in all."""
    some = all if pods.daemon else any
    return tuple(offers[0] for offers in same if some(o in pods.offers for o in offers))


def slot(offer: Offer, rings: tuple[int, ...], number: int, first: int) -> NodeSlot:
    """Write a node of an offer as a node; its shape comes after those of the own nodes, which differ where prices do."""
    return NodeSlot(f"{offer.name}-{number}", offer.capacity, rings, -1, first + offer.shape, offer.price)


class Expansion:
    """Extends lists of nodes and domains; those that several classes or rules share are made once."""

    def __init__(self, problem: Problem, offers: Sequence[int]) -> None:
        """Remember which new nodes there are of each offer."""
        self.first = len(problem.nodes)
        self.offers = offers
        self._candidates: dict[tuple[tuple[int, ...], tuple[int, ...]], tuple[int, ...]] = {}
        self._domains: dict[tuple[Domains, tuple[int, ...]], Domains] = {}

    def candidates(self, nodes: tuple[int, ...], offers: tuple[int, ...]) -> tuple[int, ...]:
        """Add the new nodes of the offers."""
        key = nodes, offers
        if key not in self._candidates:
            allowed = set(offers)
            new = (self.first + number for number, offer in enumerate(self.offers) if offer in allowed)
            self._candidates[key] = (*nodes, *new)
        return self._candidates[key]

    def domains(self, domains: Domains, joins: tuple[int, ...]) -> Domains:
        """Add each new node to the domain that its offer joins."""
        key = domains, joins
        if key not in self._domains:
            extended = [list(domain) for domain in domains]
            for number, offer in enumerate(self.offers if joins else ()):
                if joins[offer] == OWN:
                    extended.append([self.first + number])
                elif joins[offer] >= 0:
                    extended[joins[offer]].append(self.first + number)
            self._domains[key] = tuple(map(tuple, extended))
        return self._domains[key]

    def apart(self, rule: AntiAffinity) -> AntiAffinity:
        """Extend a rule."""
        return replace(rule, domains=self.domains(rule.domains, rule.joins), joins=())

    def spread(self, rule: TopologySpread) -> TopologySpread:
        """Extend a rule."""
        return replace(rule, domains=self.domains(rule.domains, rule.joins), joins=())

    def together(self, rule: Affinity) -> Affinity:
        """Extend a rule, term by term."""
        joins = rule.joins or tuple(() for _ in rule.keys)
        return replace(rule, keys=tuple(map(self.domains, rule.keys, joins)), joins=())

    def losses(self, loss: FailureDomain) -> Iterator[FailureDomain]:
        """Yield the loss with the new nodes that are lost with it; those that are lost one by one each by itself."""
        new = tuple(self.first + number for number, offer in enumerate(self.offers) if offer in loss.offers)
        if loss.zone or loss.nodes:
            yield replace(loss, nodes=(*loss.nodes, *new), offers=())
        else:
            yield from (replace(loss, nodes=(node,), offers=()) for node in new)
