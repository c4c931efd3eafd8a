"""Node groups that grow: how many nodes each has, and is to have."""

from collections import Counter
from collections.abc import Sequence

from models.answer.plan import GroupGrowth, RingPlan
from models.kubernetes.cluster import Cluster
from models.kubernetes.node_group import group_grown_by, is_member
from models.trust import TrustPolicy


def growth_of(cluster: Cluster, policy: TrustPolicy, rings: Sequence[RingPlan]) -> tuple[GroupGrowth, ...]:
    """Return the groups whose nodes come in a ring, sorted by name; none is planned smaller than its least."""
    coming = Counter((buy.shape, ring.name) for ring in rings for buy in ring.buy for _ in range(buy.count))
    shapes = {shape.name: shape for shape in cluster.shapes}
    growths = []
    for (name, ring), more in sorted(coming.items()):
        if group := group_grown_by(shapes[name]):
            there = sum(is_member(node, group, policy.nodes.groups.by) for node in cluster.nodes)
            growths.append(GroupGrowth(name, group.key, ring, there, max(there + more, shapes[name].min)))
    return tuple(growths)
