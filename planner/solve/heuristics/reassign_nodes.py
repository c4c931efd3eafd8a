"""Gets a node for a ring that lacks room: one that is empty, or whose pods find place elsewhere in their own ring."""

import numpy as np

from planner.solve.heuristics.balance_headroom import RingTotals
from planner.solve.heuristics.best_fit import BestFit
from planner.solve.heuristics.cluster_state import ClusterState
from planner.solve.instance.arrays import Bools, Ints, fits
from planner.solve.tuning.placement import PlacementTuning


def relieve(cluster: ClusterState, packing: BestFit, tuning: PlacementTuning) -> None:
    """Give rings with missing pods more nodes, one at a time, while that places more."""
    tries = tuning.relief
    for c in packing.order():
        while cluster.missing[c] and tries > 0 and cluster.facts.ring_of_class[c] >= 0:
            before = int(cluster.missing[c])
            tries -= _one_more(cluster, packing, c, min(tries, tuning.relief_choices))
            if int(cluster.missing[c]) == before:
                break


def _one_more(cluster: ClusterState, packing: BestFit, c: int, choices: int) -> int:
    """Turn one node over to the class's ring if that places a pod of it; return the number of nodes tried."""
    ring = int(cluster.facts.ring_of_class[c])
    nodes = _choices(cluster, c, ring)[:choices]
    for tried, node in enumerate(nodes, start=1):
        if cluster.may_join(int(node), ring) and evacuate(cluster, packing, int(node)):
            cluster.give(int(node), ring)
            packing.place(c, int(cluster.missing[c]))
            packing.place_all(ring)
            return tried
    return max(1, len(nodes))


def _choices(cluster: ClusterState, c: int, ring: int) -> Ints:
    """Order the nodes of other rings that could hold the class: unlabelled, idle and empty ones first."""
    facts = cluster.facts
    nodes = np.flatnonzero(facts.usable[:, ring] & (facts.fit[c] > 0) & (cluster.ring_of != ring))
    nodes = nodes[fits(facts.room[nodes, ring], facts.requests[c]) > 0]
    for guard in cluster.guards[c]:
        nodes = nodes[guard.limit(c, nodes) > 0]
    # moving a pod that rules count could break them for pods that stay
    ruled = np.array([k for k in facts.plain if cluster.careful(k) or facts.ring_of_class[k] < 0], dtype=np.int64)
    nodes = nodes[~cluster.counts[np.ix_(ruled, nodes)].any(axis=0)]
    plain = np.array(facts.plain, dtype=np.int64)
    at_home = (facts.ring_today[nodes] == cluster.ring_of[nodes]) & (facts.ring_today[nodes] >= 0)
    runs = (np.minimum(facts.running, cluster.counts) * facts.weights[:, None])[np.ix_(plain, nodes)].sum(axis=0)
    pods = cluster.counts[np.ix_(plain, nodes)].sum(axis=0)
    # lexsort sorts by its last key first
    order = np.lexsort((nodes, pods, at_home, runs))
    result: Ints = nodes[order]
    return result


def evacuate(cluster: ClusterState, packing: BestFit, node: int) -> bool:
    """Place a node's pods elsewhere in their ring; leave everything as it was if they do not all fit."""
    facts = cluster.facts
    plain = np.array(facts.plain, dtype=np.int64)
    guests = [int(c) for c in plain[cluster.counts[plain, node] > 0]]
    before = {c: cluster.counts[c].copy() for c in guests}
    elsewhere = np.arange(len(cluster.ring_of)) != node
    # pods that make way may not open another node in turn
    lazy, packing.lazy = packing.lazy, False
    for c in sorted(guests, key=lambda c: (-packing.size(c), c)):
        count = int(before[c][node])
        already = int(cluster.missing[c])
        cluster.put(c, node, -count)
        packing.place(c, count, elsewhere)
        if int(cluster.missing[c]) > already:
            break
    packing.lazy = lazy
    if not cluster.counts[plain, node].any() and all(cluster.counts[c].sum() == before[c].sum() for c in guests):
        return True
    for c in guests:
        for n in np.flatnonzero(cluster.counts[c] != before[c]):
            cluster.put(c, int(n), int(before[c][n] - cluster.counts[c, n]))
    return False


def raise_poorest(cluster: ClusterState, packing: BestFit, tuning: PlacementTuning) -> None:
    """Turn nodes without labels and running pods over to the ring with the least head-room, while that raises it."""
    facts = cluster.facts
    free = (facts.ring_today < 0) & ~facts.running.any(axis=0)
    if not facts.rated or not free.any() or cluster.missing.any():
        return
    sums = RingTotals(facts, cluster.ring_of, facts.counts)
    for _ in range(len(cluster.ring_of)):
        poor = min(facts.rated, key=lambda r: (sums.share(r), r))
        gainful = (n for n in _gainful(cluster, sums, free, poor)[: tuning.relief_choices] if cluster.may_join(n, poor))
        node = next((n for n in gainful if evacuate(cluster, packing, n)), None)
        if node is None:
            return
        sums.move(node, int(cluster.ring_of[node]), -1)
        sums.move(node, poor, 1)
        cluster.give(node, poor)


def _gainful(cluster: ClusterState, sums: RingTotals, free: Bools, poor: int) -> list[int]:
    """Order the nodes by what the poorer of giver and taker has after the move; only such that beat the present."""
    # a tie is no gain: nodes would go to and fro
    facts, now = cluster.facts, sums.share(poor) + 1e-9
    ruled = np.array([k for k in facts.plain if cluster.careful(k) or facts.ring_of_class[k] < 0], dtype=np.int64)
    able = free & facts.usable[:, poor] & (cluster.ring_of != poor) & (cluster.ring_of >= 0)
    able &= ~cluster.counts[ruled].any(axis=0)
    pods = cluster.counts[list(facts.plain)].sum(axis=0)
    ranked, known = [], dict[tuple[int, bytes, bytes], float]()
    for n in np.flatnonzero(able):
        giver = int(cluster.ring_of[n])
        key = (giver, facts.capacity[n].tobytes(), facts.load[n].tobytes())
        if key not in known:
            known[key] = min(sums.share(poor, int(n)), sums.share(giver, int(n), -1))
        if known[key] > now:
            ranked.append((-known[key], int(pods[n]), int(n)))
    return [n for _, _, n in sorted(ranked)]
