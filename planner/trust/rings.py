"""Rings from groups: sets of groups that all may share a node, which are cliques of the trust relation."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from itertools import combinations, islice, product
from typing import TYPE_CHECKING

from models.trust import Group, Ring, TrustPolicy

if TYPE_CHECKING:
    import networkx as nx

CLIQUES_TRIED = 10_000
LABEL_VALUE_LENGTH = 63


def relation(groups: Iterable[Group], policy: TrustPolicy) -> "nx.Graph[str]":
    """Build the graph whose edges join groups that trust each other; by default it has none."""
    import networkx as nx

    graph: nx.Graph[str] = nx.Graph()
    members = sorted(groups)
    graph.add_nodes_from(group.name for group in members)
    for names in policy.may_share:
        for first, second in combinations(names, 2):
            for member, other in product(_named(first, members), _named(second, members)):
                if member != other:
                    graph.add_edge(member, other)
    return graph


def _named(name: str, groups: list[Group]) -> list[str]:
    return [group.name for group in groups if name in (group.name, group.level)]


def rings(graph: "nx.Graph[str]") -> tuple[Ring, ...]:
    """Divide the groups into cliques, the largest first, so that all share who may and no ring holds strangers."""
    rest = graph.copy()
    sets: list[list[str]] = []
    while rest:
        clique = _largest_clique(rest)
        sets.append(clique)
        rest.remove_nodes_from(clique)
    return named(sets)


def named(sets: Iterable[Sequence[str]]) -> tuple[Ring, ...]:
    """Return the rings of sets of groups, each with a name of its own, sorted by it."""
    plain = [Ring(_name(ordered), tuple(ordered)) for ordered in map(sorted, sets)]
    names = [ring.name for ring in plain]
    unique = (Ring(_digested(r.name, r.groups), r.groups) if names.count(r.name) > 1 else r for r in plain)
    return tuple(sorted(unique, key=lambda ring: ring.name))


def _largest_clique(graph: "nx.Graph[str]") -> list[str]:
    import networkx as nx

    ordered: nx.Graph[str] = nx.Graph()
    ordered.add_nodes_from(sorted(graph))
    ordered.add_edges_from(sorted((min(edge), max(edge)) for edge in graph.edges))
    cliques = islice(nx.find_cliques(ordered), CLIQUES_TRIED)
    return min((sorted(clique) for clique in cliques), key=lambda clique: (-len(clique), clique))


def _name(groups: Sequence[str]) -> str:
    """Name a ring by its groups, as a valid label value; a digest replaces what does not fit."""
    written = "_".join(group.replace("/", ".") for group in groups)
    plain = re.sub(r"[^A-Za-z0-9_.-]", "-", written)
    if plain == written and len(plain) <= LABEL_VALUE_LENGTH:
        return plain
    return _digested(plain, groups)


def _digested(plain: str, groups: Sequence[str]) -> str:
    digest = hashlib.sha256("\n".join(groups).encode()).hexdigest()[:8]
    return f"{plain[: LABEL_VALUE_LENGTH - 9].rstrip('_.-')}-{digest}"
