"""The risk that a user accepts: so many pods, or a share of all that are placed, may stay pending."""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.answer.plan import IsolationPlan

_PODS, _SHARE = re.compile(r"[0-9]{1,9}", re.ASCII), re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,6})?)%", re.ASCII)


@dataclass(frozen=True, slots=True)
class Accepted:
    """So many `pods`, or a `share` of those that are placed, from 0 to 1."""

    pods: int = 0
    share: Fraction = Fraction(0)

    @classmethod
    def parse(cls, text: str) -> "Accepted":
        """Read a number of pods, or a share like 0.5%; ValueError where it is neither."""
        if _PODS.fullmatch(text):
            return cls(pods=int(text))
        share = _SHARE.fullmatch(text)
        if share is None or Fraction(share[1]) > 100:
            raise ValueError(f"{text!r} is no number of pods and no share of them: write 3 or 1%")
        return cls(share=Fraction(share[1]) / 100)

    def covers(self, plan: "IsolationPlan") -> bool:
        """Say whether no more pods may stay pending than this, as far as the plan knows."""
        placed = sum(sum(placement.on.values()) for placement in plan.placements)
        return plan.most_pending <= max(Fraction(self.pods), self.share * placed)


NOTHING = Accepted()
