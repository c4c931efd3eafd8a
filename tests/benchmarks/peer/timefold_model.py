"""Timefold, the successor of OptaPlanner: a pod chooses its node; sums and rings are hard, prices of nodes in use are soft.

Its scores are whole numbers of 32 bits, so that memory is counted in MiB and prices in thousandths.
"""

# No `from __future__ import annotations` here: Timefold reads the annotations of its nouns.
from dataclasses import dataclass, field
from typing import Annotated, Any

from models.solver.problem import Problem
from tests.benchmarks.peer.answer import Answer, NoAnswerError, candidates, without_rules
from tests.benchmarks.peer.pairs import best_known

MOST_PODS = 10_000
MIB = 2**20


def timefold(problem: Problem, seconds: float) -> Answer:
    """Build and solve the model."""
    nouns, solve = _made(int(seconds))
    if sum(one.count for one in problem.classes) > MOST_PODS:
        raise NoAnswerError(f"not tried with more than {MOST_PODS:,} pods")
    if problem.resources != ("cpu", "memory", "pods") or any(len(c.offers) < len(problem.offers) for c in problem.classes):
        raise NoAnswerError("not tried where pods are barred from nodes")
    without_rules(problem)
    offers = candidates(problem, best_known(problem))
    rooms = [problem.offers[offer] for offer in offers]
    nodes = [
        nouns["node"](n, one.capacity[0], one.capacity[1] // MIB, one.capacity[2], one.price // 1000)
        for n, one in enumerate(rooms)
    ]
    of = [c for c, one in enumerate(problem.classes) for _ in range(one.count)]
    pods = [
        nouns["pod"](at, problem.classes[c].requests[0], -(-problem.classes[c].requests[1] // MIB), problem.classes[c].ring)
        for at, c in enumerate(of)
    ]
    found = solve(nouns["cluster"](nodes, pods))
    if found.score.hard_score < 0 or any(pod.node is None for pod in found.pods):
        raise NoAnswerError(f"no placement in {seconds:.0f} s: {found.score}")
    there: dict[int, dict[int, int]] = {}
    for pod in found.pods:
        on = there.setdefault(pod.node.id, {})
        on[of[pod.id]] = on.get(of[pod.id], 0) + 1
    return Answer(tuple((offers[n], tuple(sorted(on.items()))) for n, on in sorted(there.items())))


def _made(seconds: int) -> Any:
    """Make the nouns of the model, and a way to solve it: both need what may not be there."""
    from timefold.solver import SolverFactory
    from timefold.solver.config import Duration, ScoreDirectorFactoryConfig, SolverConfig, TerminationConfig

    nouns = _nouns()
    config = SolverConfig(
        solution_class=nouns["cluster"],
        entity_class_list=[nouns["pod"]],
        score_director_factory_config=ScoreDirectorFactoryConfig(constraint_provider_function=_rules(nouns["pod"])),
        termination_config=TerminationConfig(spent_limit=Duration(seconds=seconds)),
    )
    return nouns, SolverFactory.create(config).build_solver().solve


def _nouns() -> dict[str, Any]:
    from timefold.solver import domain
    from timefold.solver.score import HardSoftScore

    @dataclass
    class Node:
        id: Annotated[int, domain.PlanningId]
        cpu: int
        memory: int
        most: int
        price: int

        def __hash__(self) -> int:
            return self.id

    @domain.planning_entity
    @dataclass
    class Pod:
        id: Annotated[int, domain.PlanningId]
        cpu: int
        memory: int
        ring: int
        node: Annotated[Node, domain.PlanningVariable] = field(default=None)

    @domain.planning_solution
    @dataclass
    class Cluster:
        nodes: Annotated[list[Node], domain.ProblemFactCollectionProperty, domain.ValueRangeProvider]
        pods: Annotated[list[Pod], domain.PlanningEntityCollectionProperty]
        score: Annotated[HardSoftScore, domain.PlanningScore] = field(default=None)

    return {"node": Node, "pod": Pod, "cluster": Cluster}


def _rules(pod_class: type) -> Any:
    """Return what gives the rules: no node is too full or of two rings, and a node in use costs its price."""
    from timefold.solver.score import ConstraintCollectors, HardSoftScore, constraint_provider

    hard, soft = HardSoftScore.ONE_HARD, HardSoftScore.ONE_SOFT

    @constraint_provider
    def rules(factory: Any) -> list[Any]:
        def loads(collector: Any) -> Any:
            return factory.for_each(pod_class).group_by(lambda pod: pod.node, collector)

        return [
            loads(ConstraintCollectors.sum(lambda pod: pod.cpu))
            .filter(lambda node, load: load > node.cpu)
            .penalize(hard, lambda node, load: load - node.cpu)
            .as_constraint("cpu"),
            loads(ConstraintCollectors.sum(lambda pod: pod.memory))
            .filter(lambda node, load: load > node.memory)
            .penalize(hard, lambda node, load: load - node.memory)
            .as_constraint("memory"),
            loads(ConstraintCollectors.count())
            .filter(lambda node, load: load > node.most)
            .penalize(hard, lambda node, load: load - node.most)
            .as_constraint("pods"),
            loads(ConstraintCollectors.count_distinct(lambda pod: pod.ring))
            .filter(lambda node, rings: rings > 1)
            .penalize(hard, lambda node, rings: (rings - 1) * 1000)
            .as_constraint("rings"),
            loads(ConstraintCollectors.count()).penalize(soft, lambda node, load: node.price).as_constraint("cost"),
        ]

    return rules
