"""The model's variables behind questions in the language of the problem."""

from collections.abc import Iterable, Sequence

from models.solver.problem import PodClass
from planner.solve.instance.arrays import EVERYWHERE, Facts
from planner.solve.runtime.cp_sat import Model

Expression = tuple[tuple[int, int], ...]


class Variables:
    """How many pods of each class are on each node, and which ring each node is in.

    Expressions are tuples of (coefficient, variable); literals are variables, or ~variable for "not". `idle` allows nodes
    without a ring everywhere (to count the fewest nodes), not only where rules between daemons force it.
    """

    def __init__(self, model: Model, facts: Facts, idle: bool = False) -> None:
        """Create the integers and ring literals; what they must satisfy is added by the constraints."""
        self.model, self.facts, self.idle = model, facts, idle
        self._rings = [self._ring_literals(n) for n in range(len(facts.problem.nodes))]
        self._pods = [self._pod_variables(c) for c in range(len(facts.problem.classes))]
        self._missing = [model.integer(0, int(count)) for count in facts.counts]
        self._present: dict[tuple[int, int], int] = {}
        self._present_in: dict[tuple[int, tuple[int, ...]], int] = {}
        self._ranks: dict[tuple[int, int], int] = {}

    def _ring_literals(self, node: int) -> dict[int, int]:
        rings = [r for r in self.facts.problem.nodes[node].rings if self.facts.usable[node, r]]
        # what is sure is the constant, as rules that meet it leave constraints out
        if len(rings) == 1 and not self.idle and not self.facts.ringless_allowed:
            return {rings[0]: self.model.true}
        return {r: self.model.boolean() for r in rings}

    def _pod_variables(self, c: int) -> dict[int, int]:
        fit = self.facts.fit[c]
        return {int(n): self.model.integer(0, int(fit[n])) for n in fit.nonzero()[0]}

    def rings_of(self, node: int) -> dict[int, int]:
        """Return the literal of each ring that the node can be in."""
        return self._rings[node]

    def in_ring(self, node: int, ring: int) -> int:
        """Return the literal "the node is in the ring"; the ring of everybody holds every node."""
        if ring == EVERYWHERE:
            return self.model.true
        return self._rings[node].get(ring, ~self.model.true)

    def nodes_of(self, c: int) -> Sequence[int]:
        """Return the nodes on which the class may have pods, ascending."""
        pod_class = self.pod_class(c)
        if pod_class.daemon:
            return [n for n in pod_class.candidates if self.in_ring(n, pod_class.ring) != ~self.model.true]
        return list(self._pods[c])

    def pod_class(self, c: int) -> PodClass:
        """Return the class itself."""
        return self.facts.problem.classes[c]

    def placed(self, c: int, node: int) -> Expression:
        """Return the number of pods of the class on the node."""
        if self.pod_class(c).daemon:
            literal = self.present(c, node)
            return () if literal == ~self.model.true else ((1, literal),)
        variable = self._pods[c].get(node)
        return () if variable is None else ((1, variable),)

    def placed_in(self, c: int, nodes: Iterable[int]) -> Expression:
        """Return the number of pods of the class on any of the nodes."""
        return tuple(term for n in nodes for term in self.placed(c, n))

    def present(self, c: int, node: int) -> int:
        """Return the literal "the class has a pod on the node"."""
        if (c, node) not in self._present:
            self._present[c, node] = self._make_present(c, node)
        return self._present[c, node]

    def _make_present(self, c: int, node: int) -> int:
        pod_class = self.pod_class(c)
        if pod_class.daemon:
            return self.in_ring(node, pod_class.ring) if node in pod_class.candidates else ~self.model.true
        variable = self._pods[c].get(node)
        if variable is None:
            return ~self.model.true
        # an integer of at most one is its own literal
        if self.model.high(variable) == 1:
            return variable
        literal = self.model.boolean()
        self.model.linear([(1, variable)], low=1, only_if=[literal])
        self.model.linear([(1, variable)], high=0, only_if=[~literal])
        return literal

    def present_in(self, c: int, nodes: tuple[int, ...]) -> int:
        """Return the literal "the class has a pod on one of the nodes"."""
        key = (c, nodes)
        if key not in self._present_in:
            literals = [self.present(c, n) for n in nodes]
            self._present_in[key] = any_literal(self.model, literals)
        return self._present_in[key]

    def missing(self, c: int) -> int:
        """Return the variable "pods of the class without a place"."""
        return self._missing[c]

    def rank(self, c: int, node: int, last: int) -> int:
        """Return the variable "when the first pod of the class arrives on the node", from 0 to `last`."""
        if (c, node) not in self._ranks:
            self._ranks[c, node] = self.model.integer(0, last)
        return self._ranks[c, node]

    def always_there(self, c: int) -> bool:
        """Say whether the class is on its candidates whatever is decided."""
        return self.pod_class(c).daemon and self.pod_class(c).ring == EVERYWHERE


def any_literal(model: Model, literals: Iterable[int]) -> int:
    """Return a literal that holds exactly if one of the literals does."""
    kept = [literal for literal in dict.fromkeys(literals) if literal != ~model.true]
    if model.true in kept:
        return model.true
    if len(kept) < 2:
        return kept[0] if kept else ~model.true
    either = model.boolean()
    model.any_of(kept, only_if=[either])
    for literal in kept:
        model.any_of([either], only_if=[literal])
    return either
