"""What steers simulation: what is drawn where Kubernetes leaves it to chance, how far proofs are sought, and what is kept.

All that is here may be set by argument, which tests do. A plan names its orders, and whoever checks it plays them again: that
takes the chances by which it was made.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ArrivalTuning:
    """How pods come one after the other."""

    soon: float = 0.15
    """Time between two pods of a workload, where all workloads begin within a time of 1."""
    slow: float = 0.25
    """Time after which those who wait for others look whether these have come, where they are slow."""


@dataclass(frozen=True, slots=True)
class RolloutTuning:
    """How workloads roll out again, and what autoscalers do meanwhile."""

    spans: tuple[float, ...] = (0.0, 0.3, 1.0, 3.0)
    """Workloads that go on in the same span of time have pods away together; a workload's own follow each other within 1."""
    hours: tuple[int, ...] = (1, 24)
    """In so many parts workloads roll out while autoscalers have fewer pods; in the next part those go on that have not yet."""
    fewer: float = 0.7
    """How often a workload that has an autoscaler has fewer pods for a time, where all roll out at once."""
    often: float = 0.25
    """How often an autoscaler changes its mind in an hour of many,"""
    back: float = 0.5
    """and how often it wants all its pods again then."""
    lingering: float = 0.5
    """How often pods that end keep their room until their successors have looked for theirs."""
    lasting: tuple[float, ...] = (0.0, 1.0, 4.0)
    """For how long, where a workload's next pods go within 1: the next may go while those before them still end."""
    together: float = 0.3
    """How often pods that are away together come back together, not one after the other."""


@dataclass(frozen=True, slots=True)
class RankingTuning:
    """What is kept of scores from pod to pod, and looked at together; the scores are the same however much that is."""

    ahead: int = 64
    """For so many pods that come next it is looked at once what has changed."""
    few: int = 8
    """So many nodes that changed are looked at one by one; more of them all at once."""
    together: int = 8
    """All nodes are looked at for so many of the requests that come next."""
    looked_up: int = 1_000
    """Up to this raw score of spread it is looked up what it becomes, which is faster than to multiply and divide."""
    kept: int = 4_000_000
    """So many numbers are kept of sets of nodes that fit; then all are forgotten."""


@dataclass(frozen=True, slots=True)
class ProofTuning:
    """How far it is sought that a ring is proven for any order; less proves less, and nothing wrong."""

    steps: int = 150
    """So many weights of shapes are tried, each a step further uphill."""
    finest: int = 1 << 18
    """Up to so many steps the sums of requests are the bits of one number, which is 32 KiB long then."""
    sparse: int = 1 << 12
    """More sums than this are given up: taking every multiple of the step for one proves less, and nothing wrong."""


@dataclass(frozen=True, slots=True)
class SimulateTuning:
    """What steers the room."""

    arrivals: ArrivalTuning = field(default_factory=ArrivalTuning)
    rollouts: RolloutTuning = field(default_factory=RolloutTuning)
    ranking: RankingTuning = field(default_factory=RankingTuning)
    proof: ProofTuning = field(default_factory=ProofTuning)
    told_every: int = 5_000
    """Pods from one word of progress to the next."""
    remembered: int = 16
    """So many candidates are remembered, those that were asked for last: nobody comes back to older ones."""


SIMULATING = SimulateTuning()
"""What every simulation is given beside its plan."""
