"""What is known of a ring whatever the order in which its pods arrive: data, and the words that plans write it in.

`str` and `parse` are the only places that know these words; all others ask for kinds, orders and workloads.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

_TRIED, _ORDERS, _STUCK = "tried ", " orders", "stuck in "
_LONGEST = 200
"""Names of orders are far shorter; whoever edits a plan may write anything."""
_NUMBER = re.compile(r"0|[1-9][0-9]{0,9}", re.ASCII)
_NEVER = "; no number of nodes like its own changes that"
_NAMED = 3
_NEXT = re.compile(r", (?=[^\s/]+/[^\s/]*/[^\s/]+: [0-9]+ \()", re.ASCII)
_LEFT = re.compile(r"([^\s/]+/[^\s/]*/[^\s/]+): ([1-9][0-9]{0,11}) \((.*)\)", re.ASCII | re.DOTALL)
_MORE = re.compile(r"(.*\)) and ([1-9][0-9,]*) more", re.ASCII | re.DOTALL)
_WHOSE = re.compile(r"(\S+?)((?:: | ).*)", re.DOTALL)


class OrderKind(Enum):
    """How much is known of orders of arrival: all of them are safe, some were tried and were, or one leaves pods pending."""

    PROVEN = "proven"
    TRIED = "tried"
    STUCK = "stuck"


@dataclass(frozen=True, slots=True)
class OrderResult:
    """What is known of a ring: if `TRIED` how many `orders` were, if `STUCK` in which `order` pods stay pending."""

    kind: OrderKind
    order: str = ""
    orders: int = 0

    @property
    def is_proven(self) -> bool:
        """Say whether no order leaves a pod pending."""
        return self.kind is OrderKind.PROVEN

    @property
    def is_stuck(self) -> bool:
        """Say whether an order is known that leaves pods pending."""
        return self.kind is OrderKind.STUCK

    def __str__(self) -> str:
        """Write it as a plan does."""
        if self.is_stuck:
            return f"{_STUCK}{self.order}"
        return self.kind.value if self.is_proven else f"{_TRIED}{self.orders}{_ORDERS}"

    @classmethod
    def parse(cls, text: str) -> "OrderResult":
        """Read what `str` wrote; ValueError where it cannot have."""
        order, number = text.removeprefix(_STUCK), text.removeprefix(_TRIED).removesuffix(_ORDERS)
        if text == OrderKind.PROVEN.value:
            return PROVEN
        if order != text and 0 < len(order) <= _LONGEST:
            return stuck_in(order)
        if text == f"{_TRIED}{number}{_ORDERS}" and _NUMBER.fullmatch(number):
            return tried(int(number))
        raise ValueError(f"{text[:40]!r} is none of: proven, tried N orders, stuck in ORDER")


PROVEN = OrderResult(OrderKind.PROVEN)


def tried(orders: int) -> OrderResult:
    """Return that so many orders were tried, and none left a pod pending."""
    return OrderResult(OrderKind.TRIED, orders=orders)


def stuck_in(order: str) -> OrderResult:
    """Return that an order leaves pods pending."""
    return OrderResult(OrderKind.STUCK, order)


@dataclass(frozen=True, slots=True)
class LeftPending:
    """Pods of a workload that stay pending, and why in kube-scheduler's words."""

    workload: str
    pods: int
    message: str

    def __str__(self) -> str:
        """Write it as a plan does."""
        return f"{self.workload}: {self.pods} ({self.message})"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a ring is not proven: who is left `pending` and how many `more` are, else which `workload` may be kept out, and `how`.

    It is `hopeless` where no number of nodes like the ring's own would prove it.
    """

    workload: str = ""
    how: str = ""
    hopeless: bool = False
    pending: tuple[LeftPending, ...] = ()
    more: int = 0

    def __str__(self) -> str:
        """Write it as a plan does."""
        if self.pending:
            more = f" and {self.more:,} more" if self.more else ""
            return f"{', '.join(map(str, self.pending))}{more}"
        return f"{self.workload}{self.how}{_NEVER if self.hopeless else ''}"

    @classmethod
    def parse(cls, text: str) -> "Reason":
        """Read what `str` wrote; ValueError where it cannot have."""
        reason = _pending(text) or _unproven(text)
        if reason is None or str(reason) != text:
            raise ValueError(f"{text[:40]!r} names no workload, and says not why its pods may stay pending")
        return reason


def left_pending(pods: Sequence[LeftPending]) -> Reason | None:
    """Return that these stay pending, the first few of them by name; None where there are none."""
    distinct = tuple(dict.fromkeys(pods))
    return Reason(pending=distinct[:_NAMED], more=len(distinct[_NAMED:])) if distinct else None


def _pending(text: str) -> Reason | None:
    more = _MORE.fullmatch(text)
    named = _NEXT.split(more[1] if more else text)
    left = [match for part in named if (match := _LEFT.fullmatch(part))]
    if len(left) != len(named):
        return None
    pods = tuple(LeftPending(match[1], int(match[2]), match[3]) for match in left)
    return Reason(pending=pods, more=int(more[2].replace(",", "")) if more else 0)


def _unproven(text: str) -> Reason | None:
    match = _WHOSE.fullmatch(text.removesuffix(_NEVER))
    return Reason(match[1], match[2], text.endswith(_NEVER)) if match else None
