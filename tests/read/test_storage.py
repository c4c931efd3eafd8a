"""Volumes, claims, classes and what nodes take of them, as they are written and as pods come to ask for them."""

import pytest

from models.labels import LabelSelector, NodeSelectorTerm, Requirement
from models.resources import ATTACHED
from models.storage import Claim, StorageClass, Volume
from planner.read.attached import ANY_NUMBER
from planner.rules import noderesources
from tests.read.cluster_reader import NODE, cluster_of, controller, deployment, faults_of, only, pod

EBS = ATTACHED + "ebs.csi.aws.com"
CLASS = "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: fast}, provisioner: ebs.csi.aws.com, %s}"
FAST = CLASS % "volumeBindingMode: WaitForFirstConsumer"
OTHER = NODE.replace("node-a", "node-b")
LIMIT = """
apiVersion: storage.k8s.io/v1
kind: CSINode
metadata: {name: node-a}
spec: {drivers: [{name: ebs.csi.aws.com, allocatable: {count: 25}}, {name: efs.csi.aws.com}]}
"""
TEMPLATE = "{metadata: {name: %s}, spec: {storageClassName: fast}}"
DB = controller("StatefulSet", more=f", replicas: 3, volumeClaimTemplates: [{TEMPLATE % 'data'}, {TEMPLATE % 'logs'}]")
WEB = deployment("containers: [{name: web, image: 'i:1'}]")


def test_a_claim_is_read_with_all_that_it_waits_for():
    text = """
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: c, namespace: shop, annotations: {volume.kubernetes.io/selected-node: node-a}}
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: fast
  volumeMode: Block
  selector: {matchLabels: {disk: ssd}}
  resources: {requests: {storage: 1Gi}}
"""
    wanted = Claim("shop", "c", "", ("ReadWriteOnce",), "fast", 1 << 30, "Block", LabelSelector({"disk": "ssd"}), "node-a")
    assert cluster_of(text, WEB).claims == {"shop/c": wanted}


def test_the_old_annotation_goes_before_the_field_and_no_class_is_not_the_default_one():
    text = "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: c, annotations: {%s}}, spec: {storageClassName: %s}}"
    old = "volume.beta.kubernetes.io/storage-class: slow"
    found = [
        cluster_of(text % given, WEB).claims["default/c"].storage_class for given in ((old, "fast"), ("", "''"), ("", "null"))
    ]
    assert found == ["slow", "", None]


@pytest.mark.parametrize(
    ("status", "available"),
    [("", True), ("Pending", True), ("Available", True), ("Bound", False), ("Released", False), ("Failed", False)],
)
def test_a_volume_is_read_with_who_may_have_it(status, available):
    text = f"""
apiVersion: v1
kind: PersistentVolume
metadata: {{name: pv, labels: {{disk: ssd}}}}
spec:
  capacity: {{storage: 2Gi}}
  accessModes: [ReadWriteOnce]
  storageClassName: fast
  claimRef: {{namespace: shop, name: c}}
  csi: {{driver: ebs.csi.aws.com, volumeHandle: v-1}}
status: {{phase: "{status}"}}
"""
    wanted = Volume(
        "pv", {"disk": "ssd"}, None, ("ReadWriteOnce",), "fast", 2 << 30, "Filesystem", "shop/c", available, "ebs.csi.aws.com"
    )
    assert cluster_of(text, WEB).volumes == {"pv": wanted}


def test_a_volume_that_was_built_in_is_attached_by_the_driver_that_replaced_it():
    text = "{apiVersion: v1, kind: PersistentVolume, metadata: {name: pv}, spec: {%s: {}}}"
    assert cluster_of(text % "gcePersistentDisk", WEB).volumes["pv"].driver == "pd.csi.storage.gke.io"
    assert cluster_of(text % "nfs", WEB).volumes["pv"].driver == ""


def test_a_storage_class_is_read_with_where_it_makes_volumes():
    more = "volumeBindingMode: WaitForFirstConsumer, allowedTopologies: [{matchLabelExpressions: [{key: zone, values: [a, b]}]}]"
    default = "{name: fast, annotations: {storageclass.kubernetes.io/is-default-class: 'true'}}"
    terms = (NodeSelectorTerm((Requirement("zone", "In", ("a", "b")),)),)
    found = cluster_of((CLASS % more).replace("{name: fast}", default), WEB).storage_classes
    assert found == {"fast": StorageClass("fast", "ebs.csi.aws.com", waits=True, topologies=terms, is_default=True)}
    assert cluster_of(CLASS % "", WEB).storage_classes == {"fast": StorageClass("fast", "ebs.csi.aws.com")}


def test_a_binding_mode_that_is_none_is_a_fault():
    ((_, field, reason),) = faults_of(CLASS % "volumeBindingMode: Lazy", WEB)
    assert (field, reason) == (
        "volumeBindingMode",
        "'Lazy' is no volume binding mode; write Immediate or WaitForFirstConsumer",
    )


def test_nodes_take_as_many_volumes_as_their_drivers_say():
    found = {node.name: node.allocatable.get(EBS) for node in cluster_of(LIMIT, OTHER, WEB).nodes}
    assert found == {"node-a": 25, "node-b": ANY_NUMBER}
    assert all(EBS not in node.allocatable for node in cluster_of(OTHER, WEB).nodes)


BOUND = "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data-web-0, namespace: shop}, spec: {volumeName: pv}}"
ASKED = {
    "each claim that is made for a pod is one": ((DB, FAST, LIMIT), {EBS: 2}),
    "nobody is limited": ((DB, FAST), {}),
    "a class that nobody knows": ((DB, LIMIT), {}),
    "a driver that is not limited": ((DB, FAST.replace("ebs", "efs"), LIMIT), {}),
    "a provisioner that was built in": ((DB, FAST.replace("ebs.csi.aws.com", "kubernetes.io/aws-ebs"), LIMIT), {EBS: 2}),
    "claims that are there tell their drivers": (
        (
            DB,
            LIMIT,
            BOUND,
            "{apiVersion: v1, kind: PersistentVolume, metadata: {name: pv}, spec: {csi: {driver: ebs.csi.aws.com}}}",
        ),
        {EBS: 1},
    ),
}


@pytest.mark.parametrize(("texts", "wanted"), ASKED.values(), ids=ASKED)
def test_pods_ask_for_the_volumes_that_they_have_attached(texts, wanted):
    workload = only(*texts)
    assert workload.template.attached == wanted
    assert noderesources.requests(workload.template) == wanted


def test_a_pod_alone_has_its_ephemeral_volumes_attached():
    volumes = ", volumes: [{name: a, ephemeral: {volumeClaimTemplate: {spec: {storageClassName: fast}}}}]"
    assert only(pod("web", "node-a", spec=volumes), FAST, LIMIT).template.attached == {EBS: 1}
