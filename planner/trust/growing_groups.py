"""Node groups that may grow, as rings need them: what comes gets its ring with its group, and nothing else says it."""

from dataclasses import replace

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.node import NodeShape
from models.trust import PolicyNodes, TrustPolicy
from planner.rules.purchased_node import examples
from planner.rules.ring_membership import is_excluded


def with_growth_for_rings(policy: TrustPolicy, cluster: Cluster) -> Cluster:
    """Return the cluster without growth of groups that the policy leaves alone, and without marks of rings on what comes.

    Nodes that run may have such marks already, and say what those are like that come.
    """
    if not any(shape.group for shape in cluster.shapes):
        return cluster
    unmarked = (_unmarked(shape, policy.nodes) if shape.group else shape for shape in cluster.shapes)
    return replace(
        cluster, shapes=tuple(shape for shape in unmarked if not (shape.group and _is_left_alone(shape, policy.nodes)))
    )


def _unmarked(shape: NodeShape, rules: PolicyNodes) -> NodeShape:
    marks = (rules.label_key, rules.pool_key)
    labels = FrozenMap({key: value for key, value in shape.labels.items() if key not in marks})
    return replace(shape, labels=labels, taints=tuple(taint for taint in shape.taints if taint.key != rules.taint_key))


def _is_left_alone(shape: NodeShape, rules: PolicyNodes) -> bool:
    return any(is_excluded(node, rules) for node in examples((shape,)))
