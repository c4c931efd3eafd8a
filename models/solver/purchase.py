"""Which nodes to use and to buy, what that costs, and how little it could cost at best."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.solver.certificate import Certificate


@dataclass(frozen=True, slots=True)
class Purchase:
    """A placement over own nodes (by index) and bought ones (N, N + 1, …), at `cost` millionths per hour.

    `bought[b]` is the offer of node N + b, `pools[b]` its pool within its ring (0, or nothing at all, for none). `ring_of` is
    each node's ring, -1 for an own node that is not used. `counts[c]` are (node, pods) of class c, ascending, `unplaced[c]` its
    pods that found no place. Placing all pods costs at least `bound`, as `certificate` proves; by it ring r costs, with the rents
    of its nodes, at least `parts[r]`, in 1/scale of a millionth.
    """

    ring_of: tuple[int, ...]
    bought: tuple[int, ...]
    counts: tuple[tuple[tuple[int, int], ...], ...]
    unplaced: tuple[int, ...]
    cost: int
    bound: int
    certificate: Certificate
    pools: tuple[int, ...] = ()
    parts: tuple[int, ...] = ()

    @property
    def gap(self) -> float:
        """Return the distance between cost and bound, relative to the cost; all of it where pods are left out.

        What is proven is the cost of placing all pods: it says nothing of a placement of some.
        """
        return 1.0 if any(self.unplaced) else (self.cost - self.bound) / max(1, self.cost)


@dataclass(frozen=True, slots=True)
class RingChoice:
    """The ring of each node of a block, and of each shape by which a group grows, -1 for none; by sums all costs `least` then."""

    nodes: Mapping[int, int]
    shapes: Mapping[int, int]
    least: float = 0.0
