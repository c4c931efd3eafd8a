"""Who gives nodes their ring beside administrators: whom the trust policy names, or else Karpenter where it makes nodes."""

from collections.abc import Iterable

from models.answer.plan import RingPlan
from models.kubernetes.cluster import Cluster
from models.kubernetes.node_group import KARPENTER
from models.trust import Admission

USUAL = ("system:serviceaccount:kube-system:karpenter",)
"""As whom Karpenter labels nodes, as it is installed."""


def provisioners(admission: Admission, cluster: Cluster, rings: Iterable[RingPlan]) -> tuple[str, ...]:
    """Return their names."""
    if admission.provisioners is not None:
        return admission.provisioners
    return USUAL if _has_karpenter(cluster, rings) else ()


def _has_karpenter(cluster: Cluster, rings: Iterable[RingPlan]) -> bool:
    """Say whether Karpenter makes nodes: those that run, those by which its pools grow, or those that are bought."""
    (key,) = KARPENTER.keys
    grown = {shape.name: shape.group for shape in cluster.shapes if shape.group}
    bought = (grown.get(buy.shape, key) for ring in rings for buy in ring.buy)
    return any(key in node.labels for node in cluster.nodes) or key in grown.values() or key in bought
