"""What is bought becomes nodes of the cluster, with names, and a problem of placing pods on them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from models.frozen_map import FrozenMap
from planner.refine.purchase_result import Bought, as_outcome

if TYPE_CHECKING:
    from models.kubernetes.cluster import Cluster
    from models.kubernetes.node import Node
    from models.solver.indexed_problem import IndexedProblem
    from models.solver.problem import Problem
    from models.solver.purchase import Purchase
    from models.trust import Trust, TrustPolicy

NOBODY: FrozenMap[str] = FrozenMap()


@dataclass(frozen=True, slots=True)
class Shop:
    """A cluster, and its problem with all that could be bought as offers; owned nodes whose ring is `settled` are in no other."""

    formulation: "IndexedProblem"
    cluster: "Cluster"
    policy: "TrustPolicy"
    trust: "Trust"
    settled: Mapping[str, str] = NOBODY

    def with_nodes(self, purchase: "Purchase", problem: "Problem") -> Bought:
        """Put the bought nodes into the cluster, and the purchase's placement into the words of its problem."""
        owned = problem.nodes
        nodes = self._name_nodes(purchase, purchase.ring_of[len(owned) :])
        homes = {slot.name: "" for slot, ring in zip(owned, purchase.ring_of, strict=False) if slot.price and ring < 0}
        homes |= {node.name: problem.rings[ring] for node, ring in zip(nodes, purchase.ring_of[len(owned) :], strict=True)}
        cluster, formulation = self.problem_with(nodes, homes)
        number = {node.name: position for position, node in enumerate(formulation.nodes)}
        order = [number[name] for name in (*(slot.name for slot in owned), *(node.name for node in nodes))]
        return Bought(cluster, formulation, as_outcome(purchase, order))

    def problem_with(self, nodes: "Sequence[Node]", homes: Mapping[str, str] = NOBODY) -> "tuple[Cluster, IndexedProblem]":
        """Return the cluster with these nodes more, and its problem; `homes` has the ring of nodes that have one for good."""
        from planner.formulate import formulate
        from planner.formulate.offers import without_offers

        everyone = tuple(sorted((*self.cluster.nodes, *nodes), key=lambda node: node.name))
        cluster = replace(self.cluster, nodes=everyone)
        formulation = formulate(cluster, self.policy, self.trust, {**self.settled, **homes})
        return cluster, replace(formulation, problem=without_offers(formulation.problem), offers=())

    def _name_nodes(self, purchase: "Purchase", rings: Sequence[int]) -> "list[Node]":
        """Name the bought nodes: those of each offer are numbered ring by ring, and pool by pool."""
        from planner.rules.purchased_node import in_pool, numbered, pool_name

        last: Counter[int] = Counter()
        named: dict[int, Node] = {}
        pools = [pool_name(pool) for pool in purchase.pools or (0,) * len(rings)]
        for node in sorted(range(len(rings)), key=lambda index: (rings[index], pools[index], index)):
            offer = purchase.bought[node]
            last[offer] += 1
            named[node] = in_pool(numbered(self.formulation.offers[offer], last[offer]), self.policy.nodes.pool_key, pools[node])
        return [named[node] for node in range(len(rings))]
