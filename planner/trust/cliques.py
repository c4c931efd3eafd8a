"""The sets of groups that may be a ring: cliques of who trusts whom whose limits on nodes do not contradict each other."""

from itertools import combinations, islice
from typing import TYPE_CHECKING

from models.trust import Trust, TrustPolicy
from planner.trust.sizes import size_of

if TYPE_CHECKING:
    import networkx as nx

Groups = tuple[str, ...]
MOST = 600
"""So many sets are weighed at most, the small ones first."""


def cliques(trusted: Trust, policy: TrustPolicy) -> tuple[tuple[Groups, ...], bool]:
    """Return the sets of groups that may be a ring, small ones first, and whether these are all; the rings as they are are in."""
    if not trusted.sharing:
        return tuple((group.name,) for group in trusted.groups if _can_be((group.name,), policy)), True
    import networkx as nx

    enumerated = [tuple(clique) for clique in islice(nx.enumerate_all_cliques(_graph(trusted)), MOST + 1)]
    whole = len(enumerated) <= MOST
    sets = dict.fromkeys([*enumerated[:MOST], *(() if whole else (ring.groups for ring in trusted.rings))])
    return tuple(groups for groups in sets if _can_be(groups, policy)), whole


def _graph(trusted: Trust) -> "nx.Graph[str]":
    import networkx as nx

    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(group.name for group in trusted.groups)
    graph.add_edges_from(trusted.sharing)
    return graph


def _can_be(groups: Groups, policy: TrustPolicy) -> bool:
    size = size_of(groups, policy)
    return size.least <= size.most


def mergeable(sets: tuple[Groups, ...]) -> list[tuple[int, int]]:
    """Return the pairs of sets, by number, that have no group in common and together are one of the sets too."""
    known = {frozenset(groups) for groups in sets}
    return [
        (first, second)
        for first, second in combinations(range(len(sets)), 2)
        if not set(sets[first]) & set(sets[second]) and frozenset((*sets[first], *sets[second])) in known
    ]


def strangers(trusted: Trust) -> Groups:
    """Return as many groups as were found of which no two may share: each of them needs a ring of its own."""
    import networkx as nx

    apart = nx.complement(_graph(trusted))
    maximal = (tuple(sorted(clique)) for clique in islice(nx.find_cliques(apart), MOST))
    return min(maximal, key=lambda clique: (-len(clique), clique), default=())
