"""What kube-scheduler is foreseen to do when the plan's pods arrive in one order or another."""

from dataclasses import dataclass

from models.answer.order_result import OrderResult, Reason
from models.kubernetes.workload import WorkloadId


@dataclass(frozen=True, slots=True)
class Pending:
    """Pods of one workload that no node takes, in kube-scheduler's own words; a DaemonSet's were each to be `on` one node."""

    workload: WorkloadId
    pods: int
    message: str
    on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """What is left pending once all pods have arrived in one order; `preempted` counts the pods put out for others.

    `luck` names what broke ties, and drew what is drawn; where it is empty the order's own name did.
    """

    order: str
    pending: tuple[Pending, ...] = ()
    preempted: int = 0
    luck: str = ""


@dataclass(frozen=True, slots=True)
class RingForecast:
    """What is known of a ring whatever the order in which its pods arrive, and `because` of what it is not proven."""

    ring: str
    any_order: OrderResult
    because: Reason | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """The orders that were tried, and what follows for each ring."""

    runs: tuple[Run, ...] = ()
    rings: tuple[RingForecast, ...] = ()
