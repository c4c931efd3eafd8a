"""Volumes, claims, classes and what nodes take of them, as they are written and as pods come to ask for them."""

from dataclasses import replace

import pytest

from models.kubernetes.labels import Labels, LabelSelector, NodeSelectorTerm, Requirement
from models.kubernetes.resources import ATTACHED, DISKS, DRIVERS, MIGRATED_TO, WHOLE
from models.kubernetes.storage import Capacity, Claim, StorageClass, Volume, by_label
from planner.rules import statefulset
from planner.rules.plugins import noderesources, volumebinding
from tests.read.cluster_reader import NODE, cluster_of, controller, deployment, faults_of, only, pod

PODS = 110
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
NEEDED = "accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}"
TEMPLATE = f"{{metadata: {{name: %s}}, spec: {{storageClassName: fast, {NEEDED}}}}}"
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


LIVING = """
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: c, namespace: shop, uid: u-1, annotations: {pv.kubernetes.io/bind-completed: "yes"}%s}
spec: {storageClassName: fast, volumeName: pv, volumeAttributesClassName: gold, NEEDED}
status: {phase: %s}
""".replace("NEEDED", NEEDED)


@pytest.mark.parametrize(
    ("more", "phase", "wanted"),
    [
        ("", "Bound", Claim(bound=True)),
        (", deletionTimestamp: '2026-01-02T03:04:05Z'", "Bound", Claim(bound=True, deleting=True)),
        ("", "Lost", Claim(bound=True, lost=True)),
    ],
)
def test_a_claim_is_read_with_what_has_become_of_it(more, phase, wanted):
    given = {"namespace": "shop", "name": "c", "volume": "pv", "storage_class": "fast", "attributes_class": "gold", "uid": "u-1"}
    given |= {"access_modes": ("ReadWriteOnce",), "size": 1 << 30}
    assert cluster_of(LIVING % (more, phase), WEB).claims == {"shop/c": replace(wanted, **given)}


def test_a_claim_is_one_with_its_manifest():
    written = (
        "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: c, namespace: shop}, "
        f"spec: {{storageClassName: fast, {NEEDED}, %s}}}}"
    )
    same = written % "volumeName: pv, volumeAttributesClassName: gold"
    living = LIVING % ("", "Bound")
    for texts in ((same, living), (living, same)):
        assert cluster_of(*texts, WEB).claims["shop/c"].bound
    ((_, _, reason),) = faults_of(living, written % "volumeName: other", WEB)
    assert reason.startswith("a second PersistentVolumeClaim c, which differs from the one in ")


def test_a_volume_that_is_being_deleted_is_read_as_such():
    text = "{apiVersion: v1, kind: PersistentVolume, metadata: {name: pv, deletionTimestamp: '2026-01-02T03:04:05Z'}}"
    assert cluster_of(text, WEB).volumes == {"pv": Volume("pv", deleting=True)}


def test_the_old_annotation_goes_before_the_field_and_no_class_is_not_the_default_one():
    text = "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: c, annotations: {%s}}, "
    text += f"spec: {{{NEEDED}, storageClassName: %s}}}}"
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
  volumeAttributesClassName: gold
  claimRef: {{namespace: shop, name: c, uid: u-1}}
  csi: {{driver: ebs.csi.aws.com, volumeHandle: v-1}}
status: {{phase: "{status}"}}
"""
    wanted = Volume(
        "pv", {"disk": "ssd"}, None, ("ReadWriteOnce",), "fast", 2 << 30, "Filesystem", "shop/c", available, "ebs.csi.aws.com",
        "gold", "u-1", bound=status == "Bound",
    )  # fmt: skip
    assert cluster_of(text, WEB).volumes == {"pv": wanted}


def volume(source):
    spec = f"capacity: {{storage: 1Gi}}, accessModes: [ReadWriteOnce], {source}"
    return f"{{apiVersion: v1, kind: PersistentVolume, metadata: {{name: pv}}, spec: {{{spec}}}}}"


def test_a_volume_that_was_built_in_is_attached_by_the_driver_that_replaced_it():
    assert cluster_of(volume("gcePersistentDisk: {pdName: d}"), WEB).volumes["pv"].driver == "pd.csi.storage.gke.io"
    assert cluster_of(volume("nfs: {server: s, path: /}"), WEB).volumes["pv"].driver == ""


@pytest.mark.parametrize("source", ["vsphereVolume: {volumePath: a}", "azureFile: {secretName: s, shareName: t}"])
def test_volumes_that_were_built_in_and_kube_scheduler_does_not_count_have_no_driver(source):
    assert cluster_of(volume(source), WEB).volumes["pv"].driver == ""


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


ROOMS = {
    "as many as its driver says, or all that its pods can have attached": ((LIMIT, DB, FAST), 25, 2 * PODS),
    "no more than all that its pods can have attached": ((LIMIT.replace("25", "9999"), DB, FAST), 2 * PODS, 2 * PODS),
    "none at all": ((LIMIT.replace("25", "0"), DB, FAST), 0, 2 * PODS),
    "where no pod has any attached, as many as its driver says": ((LIMIT, WEB), 25, None),
    "where nobody is limited, nothing is counted": ((DB, FAST), None, None),
}


@pytest.mark.parametrize(("texts", "first", "second"), ROOMS.values(), ids=ROOMS)
def test_a_node_takes(texts, first, second):
    found = {node.name: node.allocatable.get(EBS) for node in cluster_of(*texts, OTHER).nodes}
    assert found == {"node-a": first, "node-b": second}


OWN_WORDS = NODE.replace('pods: "110"', f'pods: "110", {EBS}: "1"')
"""A node that says itself how many volumes it takes, as kubelets did before CSINodes."""


@pytest.mark.parametrize(
    ("texts", "takes"),
    [
        pytest.param((DB, FAST), None, id="without a CSINode any number"),
        pytest.param((DB, FAST, LIMIT), 25, id="with one what that says"),
        pytest.param((DB, FAST, LIMIT.replace("node-a", "node-b")), 2 * PODS, id="beside one that another node has any number"),
    ],
)
def test_what_a_node_says_itself_is_no_limit(texts, takes):
    (found,) = (node for node in cluster_of(*texts, nodes=OWN_WORDS).nodes if node.name == "node-a")
    assert found.allocatable.get(EBS) == takes


def test_a_shape_takes_what_it_says_or_all_that_its_pods_can_have_attached():
    says, silent = (
        f"""
apiVersion: ringfence.dev/v1alpha1
kind: NodeShape
metadata: {{name: {name}}}
spec: {{zones: [a], price: 1, allocatable: {{cpu: 4, memory: 8Gi, pods: 10{room}}}}}
"""
        for name, room in (("says", f", {EBS}: 3"), ("silent", ""))
    )
    found = {shape.name: shape.allocatable[EBS] for shape in cluster_of(says, silent, DB, FAST).shapes}
    assert found == {"says": 3, "silent": 20}


def test_a_node_that_takes_fewer_volumes_than_none_is_a_fault():
    ((_, field, reason),) = faults_of(LIMIT.replace("25", "-1"), WEB)
    assert field == "spec.drivers[0].allocatable.count"
    assert reason == "a node cannot take -1 volumes; write how many it takes, or leave allocatable out"


BOUND = "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data-web-0, namespace: shop}, "
BOUND += f"spec: {{volumeName: pv, {NEEDED}}}}}"
VOLUME = volume("csi: {driver: ebs.csi.aws.com, volumeHandle: v}")
ASKED = {
    "each claim that is made for a pod is one": ((DB, FAST, LIMIT), {EBS: 2}),
    "nobody is limited": ((DB, FAST), {}),
    "a class that nobody knows": ((DB, LIMIT), {}),
    "a driver that is not limited": ((DB, FAST.replace("ebs", "efs"), LIMIT), {}),
    "a provisioner that was built in": ((DB, FAST.replace("ebs.csi.aws.com", "kubernetes.io/aws-ebs"), LIMIT), {EBS: 2}),
    "one that was built in and is not counted": (
        (
            DB,
            FAST.replace("ebs.csi.aws.com", "kubernetes.io/vsphere-volume"),
            LIMIT.replace("ebs.csi.aws.com", "csi.vsphere.vmware.com"),
        ),
        {},
    ),
    "a claim that is mounted twice is one volume": (
        (
            LIMIT,
            deployment(
                "containers: [{name: web, image: 'i:1'}], volumes: [{name: a, persistentVolumeClaim: {claimName: data-web-0}}, "
                "{name: b, persistentVolumeClaim: {claimName: data-web-0}}]"
            ),
            BOUND,
            VOLUME,
        ),
        {EBS: 1},
    ),
    "claims that are there tell their drivers": (
        (
            DB,
            LIMIT,
            BOUND,
            VOLUME,
        ),
        {EBS: 1},
    ),
}


START = DB.replace("replicas: 3", "replicas: 3, ordinals: {start: 2}")
ASKED["the first claim that is there bears the number that the set begins with"] = (
    (START, LIMIT, BOUND.replace("-0", "-2"), VOLUME),
    {EBS: 1},
)


@pytest.mark.parametrize(("texts", "wanted"), ASKED.values(), ids=ASKED)
def test_pods_ask_for_the_volumes_that_they_have_attached(texts, wanted):
    workload = only(*texts)
    assert workload.template.attached == wanted
    assert noderesources.requests(workload.template) == wanted


def test_a_pod_alone_has_its_ephemeral_volumes_attached():
    volumes = ", volumes: [{name: a, ephemeral: {volumeClaimTemplate: {spec: {storageClassName: fast}}}}]"
    assert only(pod("web", "node-a", spec=volumes), FAST, LIMIT).template.attached == {EBS: 1}


REQUIRED = "{apiVersion: storage.k8s.io/v1, kind: CSIDriver, metadata: {name: ebs.csi.aws.com}, spec: {%s}}"
MUST = REQUIRED % "preventPodSchedulingIfMissing: true"
DRIVER, MIGRATED = DRIVERS + "ebs.csi.aws.com", MIGRATED_TO + "ebs.csi.aws.com"
BARE = "{apiVersion: storage.k8s.io/v1, kind: CSINode, metadata: {name: node-b}, spec: {drivers: [{name: efs.csi.aws.com}]}}"
HAS = LIMIT.replace(", allocatable: {count: 25}", "")
THIRD = NODE.replace("node-a", "node-c")
IN_TREE = FAST.replace("ebs.csi.aws.com", "kubernetes.io/aws-ebs")
DISK = deployment("volumes: [{name: d, awsElasticBlockStore: {volumeID: vol-1}}], containers: [{name: web, image: 'i:1'}]")
NEEDS = {
    "its claims' driver": ((DB, FAST, MUST, BARE), {DRIVER: 1}),
    "nothing of nodes of which no CSINode tells": ((DB, FAST, MUST), {}),
    "its claims' driver once, beside as many volumes": ((DB, FAST, MUST, LIMIT), {EBS: 2, DRIVER: 1}),
    "the driver of a volume that is there": ((DB, MUST, BARE, BOUND, VOLUME), {DRIVER: 1}),
    "the driver that replaced a provisioner": ((DB, IN_TREE, MUST, BARE), {MIGRATED: 1}),
    "the driver that replaced what attached a volume": (
        (
            DB,
            MUST,
            BARE,
            BOUND,
            VOLUME.replace("csi: {driver: ebs.csi.aws.com, volumeHandle: v}", "awsElasticBlockStore: {volumeID: vol-1}"),
        ),
        {MIGRATED: 1},
    ),
    "the driver that replaced what attached a disk without a claim": ((DISK, MUST, BARE), {MIGRATED: 1}),
    "none of which its CSIDriver says nothing": ((DB, FAST, BARE, REQUIRED % "attachRequired: true"), {}),
    "none of which its CSIDriver says no": ((DB, FAST, BARE, REQUIRED % "preventPodSchedulingIfMissing: false"), {}),
    "none of another name": ((DB, FAST.replace("ebs", "efs"), MUST, BARE), {}),
    "none without a CSIDriver": ((DB, FAST, BARE), {}),
}


@pytest.mark.parametrize(("texts", "wanted"), NEEDS.values(), ids=NEEDS)
def test_a_pod_needs_on_its_node(texts, wanted):
    assert {name: n for name, n in only(*texts).template.attached.items() if not name.startswith(DISKS)} == wanted


@pytest.mark.parametrize(("version", "wanted"), [("v1.36.4", {}), ("v1.37.0", {DRIVER: 1})])
def test_drivers_are_needed_since_kube_scheduler_looks_for_them(version, wanted):
    node = NODE.replace("status: {", f"status: {{nodeInfo: {{kubeletVersion: {version}}}, ")
    (workload,) = cluster_of(DB, FAST, MUST, BARE, nodes=node).workloads
    assert dict(workload.template.attached) == wanted


ON = {
    "those whose CSINode names it": (FAST, DRIVER, {"node-a"}),
    "and those without a CSINode, where it replaced a provisioner": (IN_TREE, MIGRATED, {"node-a", "node-c"}),
}


@pytest.mark.parametrize(("given", "name", "there"), ON.values(), ids=ON)
def test_nodes_have_a_driver(given, name, there):
    found = cluster_of(DB, given, MUST, HAS, BARE, OTHER, THIRD).nodes
    assert {node.name: node.allocatable.get(name) for node in found if name in node.allocatable} == dict.fromkeys(there, WHOLE)


@pytest.mark.parametrize(("more", "said"), [((), ["CSIDriver/ebs.csi.aws.com"]), ((BARE,), [])])
def test_that_no_csi_node_tells_which_nodes_have_a_driver_is_said(more, said):
    found = [one for one in cluster_of(DB, FAST, MUST, *more).unread if one.subject.startswith("CSIDriver/")]
    assert [one.subject for one in found] == said
    assert all("kubectl get csinodes" in one.message and one.where.line for one in found)


def test_nodes_that_can_be_bought_will_have_every_driver():
    spec = "zones: [a], price: 1, allocatable: {cpu: 4, memory: 1k, pods: 10}"
    shape = f"{{apiVersion: ringfence.dev/v1alpha1, kind: NodeShape, metadata: {{name: s}}, spec: {{{spec}}}}}"
    (found,) = cluster_of(DB, FAST, MUST, BARE, shape).shapes
    assert dict(found.allocatable) == {"cpu": 4000, "memory": 1000, "pods": 10, DRIVER: WHOLE}


def test_a_second_csi_node_with_other_drivers_is_a_fault():
    ((_, _, reason),) = faults_of(HAS, HAS.replace("efs", "fsx"), WEB)
    assert reason.startswith("a second CSINode node-a, which differs")


ROOM = "{apiVersion: storage.k8s.io/v1, kind: CSIStorageCapacity, metadata: {name: r, namespace: csi}, storageClassName: fast%s}"
COUNTS = REQUIRED % "storageCapacity: true"
EVERYWHERE = ", nodeTopology: {}, capacity: 1Gi"
ZONED = (
    ", nodeTopology: {matchLabels: {zone: a}, matchExpressions: [{key: rack, operator: Exists}]}, capacity: 3Gi, "
    "maximumVolumeSize: 1500M"
)
SAID = {
    "for every node": (EVERYWHERE, Capacity(LabelSelector(), 1 << 30, 1 << 30)),
    "for those that it selects, and how large one volume may be": (
        ZONED,
        Capacity(LabelSelector(Labels({"zone": "a"}), (Requirement("rack", "Exists"),)), 1_500_000_000, 3 << 30),
    ),
    "for none": (", capacity: 1Gi", Capacity(None, 1 << 30, 1 << 30)),
    "of nothing": (", nodeTopology: {}", Capacity(LabelSelector(), 0)),
    "rounded up": (", nodeTopology: {}, capacity: 1500m", Capacity(LabelSelector(), 2, 2)),
    "less than none": (", nodeTopology: {}, capacity: 1, maximumVolumeSize: '-1'", Capacity(LabelSelector(), -1, 1)),
}


@pytest.mark.parametrize(("more", "wanted"), SAID.values(), ids=SAID)
def test_storage_is_read(more, wanted):
    (given,) = cluster_of(WEB, FAST, COUNTS, ROOM % more).storage_classes.values()
    assert given.counted
    assert given.capacities == by_label([wanted])


@pytest.mark.parametrize(
    ("texts", "counted", "capacities"),
    [
        pytest.param((COUNTS,), True, None, id="it is not known where nobody tells of any"),
        pytest.param(
            (COUNTS, ROOM.replace("fast", "slow") % EVERYWHERE), True, by_label(()), id="there is none where others have"
        ),
        pytest.param((ROOM % EVERYWHERE,), False, None, id="it does not count without a CSIDriver"),
        pytest.param((REQUIRED % "storageCapacity: false", ROOM % EVERYWHERE), False, None, id="nor where that says no"),
        pytest.param((MUST, ROOM % EVERYWHERE), False, None, id="nor where it says nothing of it"),
        pytest.param((COUNTS.replace("ebs", "efs"), ROOM % EVERYWHERE), False, None, id="nor where it is another's"),
    ],
)
def test_of_a_class_how_much_storage_there_is(texts, counted, capacities):
    (given,) = cluster_of(WEB, FAST, *texts).storage_classes.values()
    assert (given.counted, given.capacities) == (counted, capacities)


def test_storage_of_a_provisioner_once_built_in_does_not_count():
    (given,) = cluster_of(WEB, IN_TREE, COUNTS, ROOM % EVERYWHERE).storage_classes.values()
    assert (given.counted, given.capacities) == (False, None)


FAULTS = {
    "no class": (ROOM.replace(", storageClassName: fast", "") % EVERYWHERE, "storageClassName", "is missing"),
    "no name": (ROOM.replace("name: r, ", "") % EVERYWHERE, "metadata.name", "is missing"),
    "less than nothing": (ROOM % ", capacity: -1Gi", "capacity", "-1Gi is negative"),
    "no amount": (ROOM % ", capacity: much", "capacity", "'much' is no quantity"),
    "no size": (ROOM % ", maximumVolumeSize: 1GB", "maximumVolumeSize", "'1GB' is no quantity"),
    "no label key": (ROOM % ", nodeTopology: {matchLabels: {'a b': c}}", "nodeTopology.matchLabels.a b", "is no label key"),
    "no operator": (
        ROOM % ", nodeTopology: {matchExpressions: [{key: a, operator: Gt, values: ['1']}]}",
        "nodeTopology.matchExpressions[0].operator",
        "'Gt' is no operator here",
    ),
    "no text": (ROOM % ", nodeTopology: here", "nodeTopology", "must be a map"),
}


@pytest.mark.parametrize(("text", "field", "reason"), FAULTS.values(), ids=FAULTS)
def test_storage_that_no_api_server_takes_is_a_fault(text, field, reason):
    ((_, found, said),) = faults_of(WEB, text)
    assert found == field
    assert said.startswith(reason)


def test_the_same_storage_twice_is_a_fault_only_where_it_differs():
    ((_, _, reason),) = faults_of(ROOM % EVERYWHERE, ROOM % ZONED, WEB)
    assert reason.startswith("a second CSIStorageCapacity r, which differs")
    (given,) = cluster_of(WEB, FAST, COUNTS, ROOM % EVERYWHERE, ROOM % EVERYWHERE).storage_classes.values()
    assert given.capacities == by_label([SAID["for every node"][1]])
    other = (ROOM % EVERYWHERE).replace("namespace: csi", "namespace: ics")
    (given,) = cluster_of(WEB, FAST, COUNTS, ROOM % EVERYWHERE, other).storage_classes.values()
    assert given.capacities == by_label([SAID["for every node"][1]] * 2)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        pytest.param((FAST, COUNTS), ["CSIDriver/ebs.csi.aws.com"], id="where there is none"),
        pytest.param((FAST, COUNTS, ROOM % EVERYWHERE), [], id="not where there is some"),
        pytest.param((FAST, MUST, BARE), [], id="not where the driver does not say it"),
        pytest.param((CLASS % "", COUNTS), [], id="not where no claim waits"),
    ],
)
def test_that_nobody_tells_of_storage_is_said(more, said):
    found = [one for one in cluster_of(DB, *more).unread if one.subject.startswith("CSIDriver/")]
    assert [one.subject for one in found] == said
    assert all("kubectl get csistoragecapacities -A" in one.message and one.where.line for one in found)


def test_what_ends_kube_scheduler_is_said():
    (found,) = cluster_of(WEB, ROOM % ", maximumVolumeSize: 1Gi").unread
    assert found.subject == "CSIStorageCapacity/csi/r"
    assert "panic" in found.message


def test_each_claim_of_a_stateful_set_asks_for_storage():
    sized = DB.replace("storage: 1Gi", "storage: 2Gi")
    cluster = cluster_of(sized, FAST, COUNTS, ROOM % EVERYWHERE)
    (workload,), (there,) = cluster.workloads, cluster.nodes
    for pod_of_it in statefulset.variants(workload, workload.template, cluster):
        assert volumebinding.rejects(pod_of_it, there, cluster) == "node(s) did not have enough free storage"
    enough = cluster_of(sized, FAST, COUNTS, ROOM % ", nodeTopology: {}, capacity: 2Gi")
    assert volumebinding.rejects(workload.template, there, enough) is None
