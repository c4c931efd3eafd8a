"""What was simulated before a plan was promised, as data; a plan has it in words (planner/wording/order_reports.py)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OrdersSimulated:
    """By which `profile` orders of arrival were simulated: those that are `named`, and so many `more` random ones.

    Ties between nodes were broken in so many `ways`, rollouts were among the orders if they are `rolled`, and so many pods were
    `left` pending in one order or another.
    """

    profile: str
    named: tuple[str, ...]
    more: int = 0
    ways: int = 1
    rolled: bool = False
    left: int = 0

    @property
    def orders(self) -> int:
        """Count the orders."""
        return len(self.named) + self.more


@dataclass(frozen=True, slots=True)
class RolloutsSimulated:
    """So many further `runs` in which workloads roll out, of these `scaled` ones with fewer pods of autoscalers.

    So many were `stuck`, with `most` pods pending in one of them; `may_hold` says that required guides are allowed already.
    """

    runs: int
    scaled: int = 0
    stuck: int = 0
    most: int = 0
    may_hold: bool = False
