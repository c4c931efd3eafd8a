"""How sure it is that kube-scheduler finds room for pods: proven, simulated, or at risk of leaving some pending."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from models.frozen_map import EMPTY_COUNTS, FrozenMap


class GradeKind(StrEnum):
    """Whatever the order and the scoring no pod is pending, or none was in any scenario, or some were in one."""

    PROVEN = "proven"
    SIMULATED = "simulated"
    AT_RISK = "at risk"


@dataclass(frozen=True, slots=True)
class Grade:
    """How sure it is that kube-scheduler finds room for all pods of a ring, or of the plan.

    Of `scenarios` (an order of arrival, and how ties between nodes are broken) `failed` ones left pods pending, `pending` at most
    in one of them. `workloads` says whose pods: for each the most that one scenario leaves pending.
    It is also at risk where a loss that must be survived leaves pods pending, which `losses` tells.
    """

    kind: GradeKind
    scenarios: int = 0
    failed: int = 0
    pending: int = 0
    workloads: FrozenMap[int] = EMPTY_COUNTS

    @property
    def is_at_risk(self) -> bool:
        """Say whether pods may stay pending, as far as is known."""
        return self.kind is GradeKind.AT_RISK


@dataclass(frozen=True, slots=True)
class Remedy:
    """What was tried for a ring at risk: a node more like `node`, or hints that `require` nodes (`guide` in the policy).

    Of `scenarios` that left pods pending, played through again, `pending` pods at most stay so in one. `price` is that of the
    node per hour, in millionths; 0 where it has none.
    """

    ring: str
    node: str = ""
    guide: str = ""
    price: int = 0
    scenarios: int = 0
    pending: int = 0


def worst_kind(kinds: Iterable[GradeKind]) -> GradeKind:
    """Return the kind of all together: that of the least sure one."""
    order = list(GradeKind)
    return max(kinds, key=order.index, default=GradeKind.PROVEN)
