"""The answer: which ring each node belongs to, where each workload goes, and what remains open."""

from dataclasses import dataclass

from models.cluster import Cluster, Statement
from models.frozen import FrozenMap
from models.outcome import Goal
from models.resources import NOTHING, Resources
from models.trust import Trust, TrustPolicy
from models.workload import WorkloadId


@dataclass(frozen=True, slots=True)
class RingPlan:
    """A ring, its groups and the nodes it gets, both sorted by name."""

    name: str
    groups: tuple[str, ...]
    nodes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the pods of one workload go: node name -> number of pods."""

    workload: WorkloadId
    group: str
    ring: str
    pods: int
    on: FrozenMap[int]


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Pods that found no place, in kube-scheduler's own words; `reasons` counts nodes per reason.

    `alone` is what it would say if all nodes were in the workload's ring and empty, where it still would say no.
    """

    workload: WorkloadId
    pods: int
    message: str
    reasons: FrozenMap[int]
    alone: str = ""


@dataclass(frozen=True, slots=True)
class SharedResident:
    """A workload that runs on nodes of every ring, and so joins what the rings keep apart."""

    workload: WorkloadId
    rings: tuple[str, ...]
    nodes: int
    requests: Resources = NOTHING


@dataclass(frozen=True, slots=True)
class Shortage:
    """What a ring lacks of one resource: what all its pods ask for, against what its nodes have in sum."""

    ring: str
    resource: str
    needed: int
    available: int


@dataclass(frozen=True, slots=True)
class Repair:
    """The smallest addition found that makes everything fit, or all of `ring` if given: `count` more nodes like `node`."""

    node: str
    count: int
    ring: str = ""


@dataclass(frozen=True, slots=True)
class Separation:
    """What isolation costs: the fewest nodes that hold the pods with rings and without, each with a proven lower bound."""

    nodes_with: int
    nodes_with_bound: int
    nodes_without: int
    nodes_without_bound: int


@dataclass(frozen=True, slots=True)
class IsolationPlan:
    """A plan that needs nothing else: patch, verify and graph read only this.

    `pods_moved` and the like are in `goals`. `not_modelled` is what the inputs ask for that this plan does not guarantee,
    `unenforced` is who could still break it.
    """

    name: str
    verdict: str
    policy: TrustPolicy
    cluster: Cluster
    trust: Trust
    goals: tuple[Goal, ...] = ()
    rings: tuple[RingPlan, ...] = ()
    placements: tuple[Placement, ...] = ()
    shared: tuple[SharedResident, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()
    shortages: tuple[Shortage, ...] = ()
    conflict: tuple[WorkloadId, ...] = ()
    repairs: tuple[Repair, ...] = ()
    separation: Separation | None = None
    not_modelled: tuple[Statement, ...] = ()
    unenforced: tuple[Statement, ...] = ()
