"""A Problem together with what its indices stand for."""

from dataclasses import dataclass

from models.frozen_map import EMPTY_COUNTS, FrozenMap
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from models.kubernetes.workload import Workload, WorkloadId
from models.solver.problem import Problem


@dataclass(frozen=True, slots=True)
class Batch:
    """Pods of one workload that are alike: all of them, or one ordinal of a StatefulSet with volumes of its own.

    `pod` is the pod as the patches will make it. `ring` is empty for what runs on nodes of every ring. `fixed_to` names
    the node of a pod that nothing may move.
    """

    workload: Workload
    pod: Pod
    ring: str
    count: int
    running: FrozenMap[int] = EMPTY_COUNTS
    fixed_to: str = ""


@dataclass(frozen=True, slots=True)
class IndexedProblem:
    """A Problem and what its indices stand for: `batches[c]` are the pods merged into class c, `nodes[n]` is node n.

    `offers[o]` is what a node bought by offer o would be like; its name lacks the number. Nobody buys shapes that are
    `too_small` for what runs on nodes of every ring: shape -> that workload. The problem leaves out so many pods of each class
    that are `beyond` all that nodes could hold, of which no plan places `never` so many.
    """

    problem: Problem
    batches: tuple[tuple[Batch, ...], ...]
    nodes: tuple[Node, ...]
    offers: tuple[Node, ...] = ()
    too_small: FrozenMap[WorkloadId] = FrozenMap()
    beyond: tuple[int, ...] = ()
    never: tuple[int, ...] = ()
