"""Rings from groups: sets of groups that all may share a node, which are cliques of the trust relation."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from itertools import combinations, islice, product

from models.trust import Group, Ring, TrustPolicy

Pair = tuple[str, str]
# There may be exponentially many cliques: 3^(n/3) of n groups.
CLIQUES_TRIED = 10_000
LABEL_VALUE_LENGTH = 63


def relation(groups: Iterable[Group], policy: TrustPolicy) -> tuple[Pair, ...]:
    """Return the pairs of groups that trust each other; by default there are none."""
    members = sorted(groups)
    friends = (pair for names in policy.may_share for pair in combinations(names, 2))
    known = (named for first, second in friends for named in product(_named(first, members), _named(second, members)))
    return tuple(sorted({(min(pair), max(pair)) for pair in known if pair[0] != pair[1]}))


def _named(name: str, groups: list[Group]) -> list[str]:
    return [group.name for group in groups if name in (group.name, group.level)]


def rings(groups: Sequence[str], sharing: Sequence[Pair]) -> tuple[Ring, ...]:
    """Divide the groups into cliques, the largest first, so that all share who may and no ring holds strangers."""
    left, sets = sorted(groups), list[list[str]]()
    while left:
        clique = _largest_clique(left, [pair for pair in sharing if set(pair) <= set(left)])
        sets.append(clique)
        left = [group for group in left if group not in clique]
    return named(sets)


def named(sets: Iterable[Sequence[str]]) -> tuple[Ring, ...]:
    """Return the rings of sets of groups, each with a name of its own, sorted by it."""
    plain = [Ring(_name(ordered), tuple(ordered)) for ordered in map(sorted, sets)]
    names = [ring.name for ring in plain]
    unique = (Ring(_digested(r.name, r.groups), r.groups) if names.count(r.name) > 1 else r for r in plain)
    return tuple(sorted(unique, key=lambda ring: ring.name))


def _largest_clique(groups: Sequence[str], sharing: Sequence[Pair]) -> list[str]:
    if not sharing:
        return [groups[0]]
    import networkx as nx  # which takes a while, and most policies let nobody share

    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(groups)
    graph.add_edges_from(sharing)
    cliques = islice(nx.find_cliques(graph), CLIQUES_TRIED)
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
    # The 9 letters are a dash and eight digits of the digest.
    return f"{plain[: LABEL_VALUE_LENGTH - 9].rstrip('_.-')}-{digest}"
