"""Parts and variations of a Problem, to ask what could be otherwise."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from models.frozen_map import FrozenMap
from models.solver.problem import Affinity, AntiAffinity, FailureDomain, NodeSlot, PortConflict, Problem

REQUIRED, OPTIONAL = 1, 0
"""Priorities of pods that must have a place, and of those that may."""


def without_today(problem: Problem) -> Problem:
    """Return the problem as if nothing ran and no node carried a ring."""
    classes = tuple(replace(c, running=FrozenMap()) for c in problem.classes)
    return replace(problem, classes=classes, nodes=tuple(replace(n, ring_today=-1) for n in problem.nodes))


def with_required_only(problem: Problem, required: Iterable[int]) -> Problem:
    """Return the fresh problem of some classes, which get priority over those that may be there to support them.

    A class supports another by being what that one must be near, or is counted with in its spread. All daemons stay.
    """
    wanted = set(required)
    kept = sorted(wanted | _support(problem, wanted) | {c for c, k in enumerate(problem.classes) if k.daemon})
    new = {old: number for number, old in enumerate(kept)}
    classes = tuple(
        replace(problem.classes[c], priority=REQUIRED if c in wanted else OPTIONAL, running=FrozenMap()) for c in kept
    )

    def within(members: Iterable[int]) -> tuple[int, ...]:
        return tuple(new[c] for c in members if c in new)

    return replace(
        problem,
        classes=classes,
        nodes=tuple(replace(n, ring_today=-1) for n in problem.nodes),
        clashes=tuple(PortConflict(new[x.first], new[x.second]) for x in problem.clashes if {x.first, x.second} <= set(new)),
        aparts=tuple(AntiAffinity(new[x.owner], within(x.others), x.domains) for x in problem.aparts if x.owner in new),
        togethers=tuple(Affinity(new[x.owner], within(x.targets), x.keys) for x in problem.togethers if x.owner in new),
        spreads=tuple(replace(x, owner=new[x.owner], matched=within(x.matched)) for x in problem.spreads if x.owner in new),
        losses=(),
    )


def _support(problem: Problem, wanted: set[int]) -> set[int]:
    supporting, stack = set(wanted), sorted(wanted)
    while stack:
        c = stack.pop()
        near = {t for rule in problem.togethers if rule.owner == c for t in rule.targets}
        near |= {m for rule in problem.spreads if rule.owner == c for m in rule.matched}
        stack += sorted(near - supporting)
        supporting |= near
    return supporting


def with_copies(problem: Problem, node: int, copies: int) -> Problem:
    """Return the fresh problem with more nodes like one of its own, in the same domains, that may take any ring."""
    start = len(problem.nodes)
    new = tuple(range(start, start + copies))
    like = problem.nodes[node]
    rings = tuple(range(len(problem.rings)))
    nodes = tuple(NodeSlot(f"{like.name}+{number}", like.capacity, rings, -1, like.shape) for number in range(1, copies + 1))
    plain = without_today(problem)
    classes = tuple(replace(c, candidates=(*c.candidates, *new)) if node in c.candidates else c for c in plain.classes)

    def grow(domains: Sequence[tuple[int, ...]]) -> tuple[tuple[int, ...], ...]:
        # Where each node is alone it is taken to be so by its host name, of which each copy has its own; else by its zone.
        if all(len(domain) == 1 for domain in domains):
            return (*domains, *((n,) for n in new)) if (node,) in domains else tuple(domains)
        return tuple((*domain, *new) if node in domain else domain for domain in domains)

    return replace(
        plain,
        classes=classes,
        nodes=(*plain.nodes, *nodes),
        aparts=tuple(replace(x, domains=grow(x.domains)) for x in plain.aparts),
        togethers=tuple(replace(x, keys=tuple(map(grow, x.keys))) for x in plain.togethers),
        spreads=tuple(replace(x, domains=grow(x.domains)) for x in plain.spreads),
        losses=_more_losses(plain, node, new),
    )


def _more_losses(problem: Problem, node: int, new: tuple[int, ...]) -> tuple[FailureDomain, ...]:
    """Let each copy be lost as the original may be: alone, and with its zone; what only the original let in, a copy does too."""
    free = {c for c, kind in enumerate(problem.classes) if node in kind.candidates}
    result: list[FailureDomain] = []
    for loss in problem.losses:
        if node not in loss.nodes:
            result.append(loss)
        elif loss.zone:
            result.append(replace(loss, nodes=(*loss.nodes, *new)))
        else:
            result.append(replace(loss, tied=tuple(c for c in loss.tied if c not in free)))
            result += [FailureDomain((copy,)) for copy in new]
    return tuple(result)
