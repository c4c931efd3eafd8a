"""Disks that pods attach without a claim: whose they are, who reads and who writes."""

import pytest

from models.resources import ATTACHED, DISKS, WHOLE
from tests.read.cluster_reader import cluster_of, containers, deployment, only

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
    "a disk of Azure is nobody's rule": ("azureDisk: {diskName: a}", {}),
    "nor is an empty directory": ("emptyDir: {}", {}),
}


@pytest.mark.parametrize(("volume", "disks"), ROWS.values(), ids=ROWS)
def test_a_pod_takes_of_a_disk(volume, disks):
    found = only(deployment(f"volumes: [{{name: d, {volume}}}], {containers('')}"))
    assert dict(found.template.attached) == {DISKS + name: part for name, part in disks.items()}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_a_disk_that_it_has_twice_it_takes_all_if_it_writes_once(order):
    volumes = ("{name: r, gcePersistentDisk: {pdName: a, readOnly: true}}", "{name: w, gcePersistentDisk: {pdName: a}}")
    spec = f"volumes: [{', '.join(volumes[at] for at in order)}], {containers('')}"
    assert dict(only(deployment(spec)).template.attached) == {f"{DISKS}gce/a": WHOLE}


def test_every_node_and_shape_has_all_of_every_disk_once():
    shape = (
        "{apiVersion: ringfence.dev/v1alpha1, kind: NodeShape, metadata: {name: s}, "
        "spec: {zones: [a], price: 1, allocatable: {cpu: 4, pods: 10}}}"
    )
    cluster = cluster_of(
        deployment(f"volumes: [{{name: d, gcePersistentDisk: {{pdName: a, readOnly: true}}}}], {containers('')}"),
        deployment(f"volumes: [{{name: d, iscsi: {{iqn: q}}}}], {containers('')}", name="other"),
        shape,
    )
    for one in (*cluster.nodes, *cluster.shapes):
        found = {name: part for name, part in one.allocatable.items() if name.startswith(DISKS)}
        assert found == {f"{DISKS}gce/a": WHOLE, f"{DISKS}iscsi/q": WHOLE}


def test_disks_stand_beside_the_volumes_of_claims():
    driver = "{name: x, allocatable: {count: 3}}"
    limit = f"{{apiVersion: storage.k8s.io/v1, kind: CSINode, metadata: {{name: node-a}}, spec: {{drivers: [{driver}]}}}}"
    made = "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: c}, provisioner: x}"
    claim = "ephemeral: {volumeClaimTemplate: {spec: {storageClassName: c, accessModes: [ReadWriteOnce]}}}"
    spec = f"volumes: [{{name: d, iscsi: {{iqn: q}}}}, {{name: e, {claim}}}], {containers('')}"
    (workload,) = cluster_of(deployment(spec), limit, made).workloads
    assert dict(workload.template.attached) == {f"{ATTACHED}x": 1, f"{DISKS}iscsi/q": WHOLE}
