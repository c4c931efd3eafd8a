"""Running pods that stay: the problem in which every node keeps the ring most of its pods are of, and these pods with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from models.frozen_map import FrozenMap
from models.solver.problem import Affinity, AntiAffinity, PodClass, PortConflict, Problem, TopologySpread


@dataclass(frozen=True, slots=True)
class PartedProblem:
    """The problem with classes parted into pods that stay and others; `parts[c]` are the classes that class c has become."""

    problem: Problem
    parts: tuple[tuple[int, ...], ...]

    def merged(self, counts: Sequence[tuple[tuple[int, int], ...]]) -> tuple[tuple[tuple[int, int], ...], ...]:
        """Return the placement of the whole classes."""
        result = []
        for mine in self.parts:
            total: dict[int, int] = {}
            for node, pods in (pair for part in mine for pair in counts[part]):
                total[node] = total.get(node, 0) + pods
            result.append(tuple(sorted(total.items())))
        return tuple(result)


def part_staying_pods(problem: Problem, calm: bool = False) -> PartedProblem:
    """Part the classes: of the pods that run on a node of the ring that it keeps, each stays there.

    Where all is to be `calm` nodes without pods keep the ring that they have today, too.
    """
    # where pods run counts more than what a label says
    rings = (_today(problem) if calm else {}) | _kept(problem)
    classes: list[PodClass] = []
    parts: list[tuple[int, ...]] = []
    for pod_class in problem.classes:
        first = len(classes)
        classes += _of_class(pod_class, rings)
        parts.append(tuple(range(first, len(classes))))
    nodes = tuple(replace(node, rings=(rings[number],)) if number in rings else node for number, node in enumerate(problem.nodes))
    parted = replace(
        problem,
        classes=tuple(classes),
        nodes=nodes,
        clashes=tuple(_clashes(problem.clashes, parts)),
        aparts=tuple(_aparts(problem.aparts, parts)),
        togethers=tuple(_togethers(problem.togethers, parts)),
        spreads=tuple(_spreads(problem.spreads, parts)),
        losses=tuple(replace(loss, tied=_all(loss.tied, parts)) for loss in problem.losses),
    )
    return PartedProblem(parted, tuple(parts))


def _kept(problem: Problem) -> dict[int, int]:
    """Return the ring of each node on which pods run: that for which most counts that they stay, or that it has today."""
    running: dict[int, dict[int, int]] = {}
    for pod_class in problem.classes:
        if not pod_class.daemon and pod_class.ring >= 0:
            for node, pods in pod_class.running.items():
                if int(node) in pod_class.candidates:
                    here = running.setdefault(int(node), {})
                    here[pod_class.ring] = here.get(pod_class.ring, 0) + pods * pod_class.weight
    result = {}
    for number, here in running.items():
        slot = problem.nodes[number]
        allowed = [ring for ring in here if ring in slot.rings]
        if allowed:
            result[number] = min(allowed, key=lambda ring: (-here[ring], ring != slot.ring_today, ring))
    return result


def _today(problem: Problem) -> dict[int, int]:
    return {number: node.ring_today for number, node in enumerate(problem.nodes) if node.ring_today in node.rings}


def _of_class(pod_class: PodClass, rings: dict[int, int]) -> Iterator[PodClass]:
    """Yield the pods of a class that stay, node by node, and then the others, of which there may be none."""
    left = pod_class.count
    for node in sorted(map(int, pod_class.running)) if not pod_class.daemon else ():
        pods = min(left, pod_class.running[str(node)])
        if pods and rings.get(node) == pod_class.ring and node in pod_class.candidates:
            left -= pods
            name = f"{pod_class.name} on {node}"
            yield replace(
                pod_class, name=name, count=pods, candidates=(node,), offers=(), parts=(), running=FrozenMap({str(node): pods})
            )
    yield replace(pod_class, count=left, running=FrozenMap(), parts=())


def _all(classes: Sequence[int], parts: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(part for pod_class in classes for part in parts[pod_class])


def _clashes(conflicts: Sequence[PortConflict], parts: Sequence[tuple[int, ...]]) -> Iterator[PortConflict]:
    for conflict in conflicts:
        pairs = product(parts[conflict.first], parts[conflict.second])
        yield from (PortConflict(*pair) for pair in pairs if conflict.first != conflict.second or pair[0] <= pair[1])


def _aparts(rules: Sequence[AntiAffinity], parts: Sequence[tuple[int, ...]]) -> Iterator[AntiAffinity]:
    for rule in rules:
        yield from (replace(rule, owner=owner, others=_all(rule.others, parts)) for owner in parts[rule.owner])


def _togethers(rules: Sequence[Affinity], parts: Sequence[tuple[int, ...]]) -> Iterator[Affinity]:
    for rule in rules:
        yield from (replace(rule, owner=owner, targets=_all(rule.targets, parts)) for owner in parts[rule.owner])


def _spreads(rules: Sequence[TopologySpread], parts: Sequence[tuple[int, ...]]) -> Iterator[TopologySpread]:
    for rule in rules:
        yield from (replace(rule, owner=owner, matched=_all(rule.matched, parts)) for owner in parts[rule.owner])
