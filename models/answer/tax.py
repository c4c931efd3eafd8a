"""What isolation costs, who causes it, and what sharing would save."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Range:
    """The value of the best plan that was found, and a proven lower bound of every plan's value."""

    value: int
    bound: int

    @property
    def is_proven(self) -> bool:
        """Say whether no plan is better."""
        return self.value == self.bound


@dataclass(frozen=True, slots=True)
class Cause:
    """What one group has to do with the price of isolation: what it takes apart from the others, and what it would add to them.

    Both are differences of two plans, one with the group and one without it (leave one out): with rings, and without any.
    """

    group: str
    apart: int
    together: int

    @property
    def tax(self) -> int:
        """Return what the group's isolation costs."""
        return self.apart - self.together


@dataclass(frozen=True, slots=True)
class Tax:
    """What isolation costs, in nodes or in millionths of a currency per hour (`unit`).

    `apart` is the least with the plan's rings, `together` the least without isolation, `alone` the least with a ring for each
    group. What the causes cost does not add up to the whole: groups share what they save by sharing.
    Where there are node groups, they are `whole`: with the plan's rings each is of the ring that it has. What rings must be able
    to lose is not counted; they must, where the policy asks for `spare` nodes.
    """

    unit: str
    apart: Range
    together: Range
    alone: Range | None = None
    causes: tuple[Cause, ...] = ()
    whole: bool = False
    spare: bool = False

    @property
    def least(self) -> int:
        """Return what isolation costs at least, by the bounds."""
        return max(0, self.apart.bound - self.together.value)

    @property
    def most(self) -> int:
        """Return what isolation costs at most, by the bounds."""
        return max(self.least, self.apart.value - self.together.bound)


@dataclass(frozen=True, slots=True)
class SharingPoint:
    """The cheapest way that was found to have so many rings: which groups share one, and what it comes to.

    `pairs` of groups share a ring. The bound of `comes_to` is of every way to have so many rings that is `permitted` or, where it
    is not, of every way at all; None where no way was found to place all pods. Not permitted is what the policy forbids.
    """

    rings: int
    pairs: int
    shared: tuple[str, ...]
    comes_to: Range | None
    permitted: bool


@dataclass(frozen=True, slots=True)
class Sharing:
    """The curve of cost against sharing, in the `unit` of what isolation costs: from a ring for each group to the fewest rings.

    First come the points that the policy permits, then those that it would take more trust for.
    """

    unit: str
    points: tuple[SharingPoint, ...]
