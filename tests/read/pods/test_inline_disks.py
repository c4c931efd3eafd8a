"""Disks that pods attach without a claim: whose they are, who reads and who writes."""

import pytest

from models.kubernetes.resources import ATTACHED, DISKS, WHOLE
from tests.read.cluster_reader import cluster_of, containers, deployment

RBD = "rbd: {monitors: [m1, m2], image: i"
ROWS = {
    "an EBS volume": ("awsElasticBlockStore: {volumeID: vol-1}", {"ebs/vol-1": WHOLE}),
    "which nobody shares, even to read": ("awsElasticBlockStore: {volumeID: vol-1, readOnly: true}", {"ebs/vol-1": WHOLE}),
    "a disk of GCE": ("gcePersistentDisk: {pdName: a}", {"gce/a": WHOLE}),
    "which is read": ("gcePersistentDisk: {pdName: a, readOnly: true}", {"gce/a": 1}),
    "which says that it is written": ("gcePersistentDisk: {pdName: a, readOnly: false}", {"gce/a": WHOLE}),
    "a target of iSCSI, whatever its lun": ("iscsi: {iqn: q, lun: 2, targetPortal: t}", {"iscsi/q": WHOLE}),
    "which is read too": ("iscsi: {iqn: q, lun: 2, targetPortal: t, readOnly: true}", {"iscsi/q": 1}),
    "an image of Ceph, at each of its monitors": (f"{RBD}}}", {"rbd/m1/rbd/i": WHOLE, "rbd/m2/rbd/i": WHOLE}),
    "of another pool": (f"{RBD}, pool: p, readOnly: true}}", {"rbd/m1/p/i": 1, "rbd/m2/p/i": 1}),
    "a disk of Azure is nobody's rule": ("azureDisk: {diskName: a, diskURI: u}", {}),
    "nor is an empty directory": ("emptyDir: {}", {}),
}


def taking(*volumes):
    """Return a workload that has these volumes, beside others that write what any of its disks are."""
    spec = f"volumes: [{', '.join(volumes)}], {containers('')}"
    others = deployment(f"{spec.replace('readOnly: true', 'readOnly: false')}", name="others")
    return next(one for one in cluster_of(deployment(spec), others).workloads if one.id.name == "web")


@pytest.mark.parametrize(("volume", "disks"), ROWS.values(), ids=ROWS)
def test_a_pod_takes_of_a_disk(volume, disks):
    found = taking(f"{{name: d, {volume}}}")
    assert dict(found.template.attached) == {DISKS + name: part for name, part in disks.items()}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_a_disk_that_it_has_twice_it_takes_all_if_it_writes_once(order):
    volumes = ("{name: r, gcePersistentDisk: {pdName: a, readOnly: true}}", "{name: w, gcePersistentDisk: {pdName: a}}")
    assert dict(taking(*(volumes[at] for at in order)).template.attached) == {f"{DISKS}gce/a": WHOLE}


def gce(name, reads="false", disk="a", pods=1, kind="Deployment"):
    spec = f"volumes: [{{name: d, gcePersistentDisk: {{pdName: {disk}, readOnly: {reads}}}}}], {containers('')}"
    replicas = "" if kind == "DaemonSet" else f"replicas: {pods}, strategy: {{type: Recreate}}, "
    template = f"template: {{metadata: {{labels: {{app: {name}}}}}, spec: {{{spec}}}}}"
    selector = f"selector: {{matchLabels: {{app: {name}}}}}"
    return (
        f"{{apiVersion: apps/v1, kind: {kind}, metadata: {{name: {name}, namespace: shop}}, "
        f"spec: {{{replicas}{selector}, {template}}}}}"
    )


WANTED = {
    "by two pods that write it": ((gce("x", pods=2),), True),
    "by two workloads": ((gce("x"), gce("z")), True),
    "by one that writes and one that reads": ((gce("x"), gce("z", "true")), True),
    "by a DaemonSet and a pod": ((gce("x", kind="DaemonSet"), gce("z")), True),
    "by one pod": ((gce("x"),), False),
    "by a DaemonSet alone": ((gce("x", kind="DaemonSet"),), False),
    "by any number that read it": ((gce("x", "true", pods=9), gce("z", "true")), False),
    "by different disks' pods": ((gce("x"), gce("z", disk="b")), False),
}


@pytest.mark.parametrize(("workloads", "counts"), WANTED.values(), ids=WANTED)
def test_a_disk_counts_where_it_can_keep_a_pod_off_a_node(workloads, counts):
    cluster = cluster_of(*workloads)
    assert any(name.startswith(DISKS) for one in cluster.workloads for name in one.template.attached) is counts
    assert any(name.startswith(DISKS) for one in cluster.nodes for name in one.allocatable) is counts


def test_every_node_and_shape_has_all_of_every_disk_once():
    shape = (
        "{apiVersion: ringfence.dev/v1alpha1, kind: NodeShape, metadata: {name: s}, "
        "spec: {zones: [a], price: 1, allocatable: {cpu: 4, memory: 8Gi, pods: 10}}}"
    )
    cluster = cluster_of(
        gce("x", pods=2),
        gce("z", disk="b", pods=2),
        shape,
    )
    for one in (*cluster.nodes, *cluster.shapes):
        found = {name: part for name, part in one.allocatable.items() if name.startswith(DISKS)}
        assert found == {f"{DISKS}gce/a": WHOLE, f"{DISKS}gce/b": WHOLE}


def test_disks_stand_beside_the_volumes_of_claims():
    driver = "{name: x, allocatable: {count: 3}}"
    limit = f"{{apiVersion: storage.k8s.io/v1, kind: CSINode, metadata: {{name: node-a}}, spec: {{drivers: [{driver}]}}}}"
    made = "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: c}, provisioner: x}"
    inner = "storageClassName: c, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1}}"
    claim = f"ephemeral: {{volumeClaimTemplate: {{spec: {{{inner}}}}}}}"
    spec = f"volumes: [{{name: d, iscsi: {{targetPortal: p, iqn: q}}}}, {{name: e, {claim}}}], {containers('')}"
    (workload,) = cluster_of(deployment(spec), limit, made).workloads
    assert dict(workload.template.attached) == {f"{ATTACHED}x": 1, f"{DISKS}iscsi/q": WHOLE}
