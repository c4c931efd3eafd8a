"""Groups that may grow as those say who make them: eksctl's files, Karpenter's limits, Cluster API's annotations, OpenShift.

Sources: eksctl pkg/apis/eksctl.io/v1alpha5/types.go, karpenter pkg/apis/v1/nodepool.go, autoscaler
cluster-autoscaler/cloudprovider/clusterapi, OpenShift's autoscaling.openshift.io/v1beta1.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from models.frozen_map import FrozenMap
from models.kubernetes.labels import Taint
from models.kubernetes.node_group import CLUSTER_API, EKS, EKSCTL, KARPENTER, OPENSHIFT
from planner.read.documents.document import Document
from planner.read.documents.field import Notebook, Spot, spot_of
from planner.read.groups.written import WrittenGroup
from planner.read.schema import group_schema, pod_schema
from planner.read.schema.known_kinds import Kind
from planner.read.values.selectors import read_labels, read_taints

INSTANCE_TYPE, ZONE = "node.kubernetes.io/instance-type", "topology.kubernetes.io/zone"
_LEAST, _MOST = (f"cluster.x-k8s.io/cluster-api-autoscaler-node-group-{end}-size" for end in ("min", "max"))
_EKSCTL_FIELDS = FrozenMap(
    {"max": "maxSize", "min": "minSize", "zones": "availabilityZones", "shape": "instanceType", "by": "name"}
)
_POOL_FIELDS = FrozenMap({"max": "limits.nodes", **dict.fromkeys(("zones", "shape"), "template.spec.requirements")})


def read_provider_groups(kind: Kind, document: Document, notebook: Notebook) -> list[WrittenGroup] | None:
    """Read the groups that a document says; None where it is of no kind that says any."""
    reader = _READERS.get(kind)
    return None if reader is None else list(reader(document, spot_of(document, notebook)))


def _eksctl(document: Document, spot: Spot) -> Iterator[WrittenGroup]:
    given = document.decode(group_schema.ClusterConfig)
    parts = (("managedNodeGroups", given.managed_node_groups, EKS), ("nodeGroups", given.node_groups, EKSCTL))
    for field, groups, provider in parts:
        for index, group in enumerate(groups or ()):
            here = spot.at(f"{field}[{index}]")
            most = group.desired_capacity if group.max_size is None else group.max_size
            if not group.name or most is None:
                why = "has no maxSize, so nobody knows how far it may grow" if group.name else "has no name"
                here.fault(why, f"write {'maxSize' if group.name else 'name'}")
                continue
            yield WrittenGroup(
                name=group.name,
                max=most,
                min=group.min_size or 0,
                by=provider.keys[0],
                types=tuple(group.instance_types or filter(None, [group.instance_type])),
                labels=read_labels(here.at("labels"), group.labels),
                taints=_taints(here.at("taints"), group.taints),
                zones=tuple(sorted(set(group.availability_zones or given.availability_zones or ()))),
                spot=here,
                fields=_EKSCTL_FIELDS,
            )


def _taints(spot: Spot, given: Any) -> tuple[Taint, ...]:
    """Read taints as a list, or as the map that eksctl takes as well: key to value:effect."""
    if isinstance(given, Mapping):
        parts = [(key, *str(value).rpartition(":")[::2]) for key, value in given.items()]
        return read_taints(spot, [pod_schema.Taint(key, value, effect) for key, value, effect in parts])
    return read_taints(spot, spot.convert(given or [], list[pod_schema.Taint]))


def _node_pool(document: Document, spot: Spot) -> Iterator[WrittenGroup]:
    """Read a NodePool that says how many nodes it may have; limits of cpu and memory count what no node tells of itself."""
    given = document.decode(group_schema.NodePool)
    meta, spec, here = given.metadata or pod_schema.Meta(), given.spec or group_schema.PoolSpec(), spot.at("spec")
    most = _whole((spec.limits or {}).get("nodes"), here.at("limits.nodes"))
    if most is None or not meta.name:
        return
    template = spec.template or group_schema.PoolTemplate()
    nodes, labels = template.spec or group_schema.PoolNodes(), template.metadata.labels if template.metadata else None
    yield WrittenGroup(
        name=meta.name,
        max=most,
        min=spec.replicas or 0,
        by=KARPENTER.keys[0],
        types=_values(nodes.requirements, INSTANCE_TYPE),
        labels=read_labels(here.at("template.metadata.labels"), labels),
        taints=read_taints(here.at("template.spec.taints"), nodes.taints),
        zones=_values(nodes.requirements, ZONE),
        spot=here,
        fields=_POOL_FIELDS,
    )


def _values(requirements: Sequence[pod_schema.Expression] | None, key: str) -> tuple[str, ...]:
    lists = [set(asked.values or ()) for asked in requirements or () if asked.key == key and asked.operator == "In"]
    return tuple(sorted(set.intersection(*lists))) if lists else ()


def _machine_deployment(document: Document, spot: Spot) -> Iterator[WrittenGroup]:
    """Read a MachineDeployment whose annotations let Cluster Autoscaler scale it."""
    given = document.decode(group_schema.MachineDeployment)
    meta, here = given.metadata or pod_schema.Meta(), spot.at("metadata.annotations")
    sizes = [_whole((meta.annotations or {}).get(key), here.key(key)) for key in (_LEAST, _MOST)]
    if sizes[1] is None or not meta.name:
        return
    machine = given.spec.template.spec if given.spec and given.spec.template else None
    zone = machine.failure_domain if machine else None
    yield WrittenGroup(meta.name, sizes[1], spot, sizes[0] or 0, CLUSTER_API, zones=(zone,) if zone else ())


def _machine_autoscaler(document: Document, spot: Spot) -> Iterator[WrittenGroup]:
    """Read how far a MachineSet of OpenShift is scaled."""
    spec = document.decode(group_schema.MachineAutoscaler).spec
    if spec and spec.max_replicas is not None and spec.scale_target_ref and spec.scale_target_ref.name:
        yield WrittenGroup(spec.scale_target_ref.name, spec.max_replicas, spot, spec.min_replicas or 0, OPENSHIFT)


def _whole(given: str | int | float | None, spot: Spot) -> int | None:
    """Read a whole number of nodes; None where none is said."""
    if given is None:
        return None
    text = str(given)
    if not (text.isascii() and text.isdigit()):
        spot.fault(f"{text[:40]!r} is no whole number of nodes", "write how many, as in 3")
        return None
    return int(text)


_READERS: Mapping[Kind, Callable[[Document, Spot], Iterator[WrittenGroup]]] = {
    ("eksctl.io", "ClusterConfig"): _eksctl,
    ("karpenter.sh", "NodePool"): _node_pool,
    ("cluster.x-k8s.io", "MachineDeployment"): _machine_deployment,
    ("autoscaling.openshift.io", "MachineAutoscaler"): _machine_autoscaler,
}
