"""Which labels of a node the filters of one pod look at, so that nodes which differ in nothing else are judged once."""

from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import NodeSelectorTerm
from models.kubernetes.pod import Pod
from models.kubernetes.storage import label_keys
from planner.rules.plugins import volumebinding
from planner.simulate.scheduler.nodes import BETA_REGION, BETA_ZONE, REGION, ZONE


def asked_keys(pod: Pod, cluster: Cluster) -> tuple[frozenset[str], bool]:
    """Return the label keys that decide whether the pod alone may be on a node, and whether the node's name does too."""
    terms = list(pod.node_affinity or ())
    keys = set(pod.node_selector)
    # VolumeZone reads these for whoever claims a volume.
    if pod.claims:
        keys |= {ZONE, REGION, BETA_ZONE, BETA_REGION}
        for claim in volumebinding.bound_claims(pod, cluster):
            volume = cluster.volumes.get(claim.volume)
            terms += (volume.node_affinity or ()) if volume else ()
    by_name = bool(pod.node_name)
    for claim, given in volumebinding.waiting_claims(pod, cluster):
        by_name = by_name or bool(claim.selected_node)
        terms += given.topologies
        keys |= set(label_keys(given.capacities))
        for volume in cluster.volumes.values():
            terms += (volume.node_affinity or ()) if volume.storage_class == given.name else ()
    return frozenset(keys) | term_keys(terms), by_name or any(term.match_fields for term in terms)


def term_keys(terms: list[NodeSelectorTerm]) -> frozenset[str]:
    """Return the label keys that node selector terms ask for."""
    return frozenset(expression.key for term in terms for expression in term.match_expressions)
