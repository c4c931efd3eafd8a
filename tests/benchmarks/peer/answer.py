"""What a peer answers, and an independent look at whether it is a placement at all; only the standard library and the nouns."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from models.solver.problem import NONE, OWN, AntiAffinity, Problem, TopologySpread

AT_A_TIME = 60
"""Of each shape models with a variable for each node are given so many nodes at most, where there is no other limit."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Nodes, each an offer and its pods by class; `bound` is a peer's own word for the least cost, `note` anything else."""

    nodes: tuple[tuple[int, tuple[tuple[int, int], ...]], ...]
    bound: int | None = None
    note: str = ""

    def cost(self, problem: Problem) -> int:
        """Return what the nodes cost that hold a pod."""
        return sum(problem.offers[offer].price for offer, pods in self.nodes if pods)

    def left(self, problem: Problem) -> int:
        """Return how many pods are on no node."""
        return sum(one.count for one in problem.classes) - sum(count for _, pods in self.nodes for _, count in pods)


class NoAnswerError(Exception):
    """A peer has nothing to show, and says why."""


def flaws(problem: Problem, answer: Answer) -> Iterator[str]:
    """Yield why this is no placement of pods on nodes that can be bought, each of one ring; pods may be left out."""
    if problem.nodes or problem.clashes or problem.togethers or problem.losses or problem.sizes:
        yield "there are rules that are not looked at"
    placed: Counter[int] = Counter()
    bought: Counter[int] = Counter(problem.offers[offer].shape for offer, pods in answer.nodes if pods)
    for at, (offer, pods) in enumerate(answer.nodes):
        room = list(problem.offers[offer].capacity)
        rings = {problem.classes[c].ring for c, _ in pods}
        if len(rings) > 1:
            yield f"node {at} mixes rings"
        if not rings <= set(problem.offers[offer].rings):
            yield f"node {at} may not have its ring"
        for c, count in pods:
            placed[c] += count
            room = [have - count * wants for have, wants in zip(room, problem.classes[c].requests, strict=True)]
            if count < 1 or offer not in problem.classes[c].offers:
                yield f"node {at} cannot hold {count} pods of {problem.classes[c].name}"
        if min(room) < 0:
            yield f"node {at} is too full"
    yield from (f"too many nodes of shape {shape}" for shape, count in bought.items() if count > problem.most[shape])
    yield from (f"{one.name}: {placed[c]} of {one.count} pods" for c, one in enumerate(problem.classes) if placed[c] > one.count)
    yield from (f"{problem.classes[rule.owner].name} is not apart" for rule in problem.aparts if not _is_apart(rule, answer))
    yield from (
        f"{problem.classes[rule.owner].name} is not spread" for rule in problem.spreads if not _is_spread(problem, rule, answer)
    )


def _counted(joins: tuple[int, ...], classes: tuple[int, ...], answer: Answer) -> Counter[tuple[bool, int]]:
    """Count the pods of these classes in each domain: (it is a node's own, its index)."""
    found: Counter[tuple[bool, int]] = Counter()
    for at, (offer, pods) in enumerate(answer.nodes):
        if joins[offer] != NONE:
            found[(True, at) if joins[offer] == OWN else (False, joins[offer])] += sum(count for c, count in pods if c in classes)
    return found


def _is_apart(rule: AntiAffinity, answer: Answer) -> bool:
    mine, others = _counted(rule.joins, (rule.owner,), answer), _counted(rule.joins, rule.others, answer)
    return all(others[domain] <= (rule.owner in rule.others) for domain, count in mine.items() if count)


def _is_spread(problem: Problem, rule: TopologySpread, answer: Answer) -> bool:
    """Say whether it holds on the nodes of the owner's ring."""
    ring = problem.classes[rule.owner].ring
    there = Answer(tuple(node for node in answer.nodes if any(problem.classes[c].ring == ring for c, _ in node[1])))
    mine, all_of_them = _counted(rule.joins, (rule.owner,), there), _counted(rule.joins, rule.matched, there)
    known = {*all_of_them, *((False, domain) for domain in rule.standing)}
    least = min(all_of_them[domain] for domain in known) if len(known) >= rule.min_domains and known else 0
    return all(all_of_them[domain] - least <= rule.max_skew for domain, count in mine.items() if count)


def without_rules(problem: Problem) -> None:
    """Refuse what a model does not have.

    Raises: NoAnswerError.
    """
    if problem.aparts or problem.spreads:
        raise NoAnswerError("not tried where pods are kept apart or spread")


def candidates(problem: Problem, most_cost: int) -> list[int]:
    """Return the offers of nodes that a cheaper placement could use, for models that have a variable for each node.

    Zones do not matter to them, so that of each shape one offer stands for all.
    """
    firsts = {offer.shape: at for at, offer in reversed(list(enumerate(problem.offers)))}
    found = []
    for shape, offer in sorted(firsts.items()):
        limited = problem.most[shape] if problem.most[shape] < 10**5 else AT_A_TIME
        found += [offer] * min(limited, max(1, most_cost // max(1, problem.offers[offer].price)))
    return found
