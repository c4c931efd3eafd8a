"""What pods were seen to use, and what they are recommended to request, beside what they request."""

from dataclasses import dataclass

from models.frozen_map import FrozenMap
from models.kubernetes.resources import NOTHING, Resources


@dataclass(frozen=True, slots=True)
class Beside:
    """One resource: what pods request, and beside it what the same pods use, or are recommended to request."""

    requested: int
    value: int

    @property
    def share(self) -> float:
        """Return the value as a part of what is requested; 1 where nothing is."""
        return self.value / self.requested if self.requested else 1.0


@dataclass(frozen=True, slots=True)
class WorkloadUse:
    """The pods of one workload in one ring: what they use, and are recommended to request, where that is known of all containers.

    What they use is what one of them used on average, times their number.
    """

    workload: str
    ring: str
    pods: int
    used: FrozenMap[Beside] = FrozenMap()
    advised: FrozenMap[Beside] = FrozenMap()


@dataclass(frozen=True, slots=True)
class RingUse:
    """One ring: how many of its workloads, DaemonSets among them, are known `with_use` and `with_advice`.

    What is requested counts only of those. Of its nodes `measured` were seen to use what is `on_nodes`, with all that is no pod.
    """

    ring: str
    workloads: int
    with_use: int
    with_advice: int
    used: FrozenMap[Beside] = FrozenMap()
    advised: FrozenMap[Beside] = FrozenMap()
    measured: int = 0
    on_nodes: Resources = NOTHING


@dataclass(frozen=True, slots=True)
class UsageReview:
    """What the files that were named for usage say of the plan; `strangers` are in them, and not in the plan."""

    rings: tuple[RingUse, ...]
    workloads: tuple[WorkloadUse, ...]
    strangers: tuple[str, ...] = ()
