"""v1 Node documents -> nodes."""

from collections.abc import Mapping

from models.frozen_map import FrozenMap
from models.kubernetes.node import Node
from models.kubernetes.node_group import CLUSTER_API, OPENSHIFT, OWNER_KIND
from models.kubernetes.resources import ATTACHED, PODS
from planner.read.documents.document import Document
from planner.read.documents.field import Notebook, spot_of
from planner.read.schema import cluster_schema, pod_schema
from planner.read.values import name_syntax
from planner.read.values.declared_features import features_of
from planner.read.values.price import read_price
from planner.read.values.resource_amounts import read_amounts
from planner.read.values.selectors import read_labels, read_taints

PRICE = "ringfence.dev/price"
"""The annotation that says what an owned node costs per hour; without it using the node costs nothing."""
_ALLOCATABLE = "kubectl get nodes -o yaml has it"


def read_node(document: Document, notebook: Notebook) -> Node:
    """Read a node; one that does not say what it can allocate is a fault."""
    given = document.decode(cluster_schema.Node)
    spot = spot_of(document, notebook)
    meta, spec = given.metadata or pod_schema.Meta(), given.spec or cluster_schema.NodeSpec()
    status = given.status or cluster_schema.NodeStatus()
    annotations = meta.annotations or {}
    if not meta.name:
        spot.at("metadata.name").fault("is missing", "give the node its name")
    elif not name_syntax.is_dns_name(meta.name):
        spot.at("metadata.name").fault(f"{meta.name[:40]!r} is no name of a node", name_syntax.NAME)
    allocatable = read_amounts(spot.at("status.allocatable"), status.allocatable)
    if not status.allocatable:
        spot.at("status.allocatable").fault(f"node {meta.name} does not say what it can allocate", _ALLOCATABLE)
    elif PODS not in status.allocatable:
        reason = f"node {meta.name} has no entry for pods, and so room for none"
        spot.at("status.allocatable").fault(reason, f"add pods: the kubelet's maxPods, usually 110; {_ALLOCATABLE}")
    return Node(
        name=meta.name or "",
        labels=read_labels(spot.at("metadata.labels"), meta.labels),
        taints=read_taints(spot.at("spec.taints"), spec.taints),
        unschedulable=bool(spec.unschedulable),
        allocatable=FrozenMap({**_without_volumes(allocatable), **features_of(status.declared_features)}),
        kubelet_version=(status.node_info.kubelet_version if status.node_info else None) or "",
        where=document.where,
        made_by=_made_by(annotations),
        price=read_price(spot.at("metadata.annotations").key(PRICE), annotations[PRICE]) if PRICE in annotations else 0,
    )


def _without_volumes(allocatable: dict[str, int]) -> dict[str, int]:
    """Leave out how many volumes a node takes: kube-scheduler looks that up in its CSINode alone, which is not written here.

    Source: pkg/scheduler/framework/plugins/nodevolumelimits/csi.go getVolumeLimits.
    """
    return {name: amount for name, amount in allocatable.items() if not name.startswith(ATTACHED)}


def _made_by(annotations: Mapping[str, str]) -> str:
    """Return the MachineDeployment or MachineSet that made the node, and the annotation that says so.

    Cluster API names the MachineSet of a MachineDeployment, OpenShift the Machine of a MachineSet: both end in what is random.
    """
    kind, owner = annotations.get(OWNER_KIND, ""), annotations.get(CLUSTER_API, "")
    if owner and kind == "MachineSet":
        return f"{owner.rpartition('-')[0] or owner} {CLUSTER_API}"
    machine = annotations.get(OPENSHIFT, "").rpartition("/")[2]
    return f"{machine.rpartition('-')[0]} {OPENSHIFT}" if "-" in machine else ""
