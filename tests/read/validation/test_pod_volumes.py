"""What validation refuses in the volumes of a pod, as far as they say where its data is, and what is left to the API server."""

import pytest

from tests.read.cluster_reader import (
    TEMPLATE,
    cluster_of,
    containers,
    controller,
    cron_job,
    deployment,
    faults_of,
    names,
    pod,
    thing,
)

ONE = containers("")
NAMELESS = "volumes: [{name: v, hostPath: {}}], "
PATH = "volumes[0].hostPath.path"


def volume(inner):
    return f"volumes: [{{name: v, {inner}}}], {ONE}"


REFUSED = {
    "a volume of two kinds": (volume("hostPath: {path: /x}, emptyDir: {}"), "hostPath", "is given beside emptyDir"),
    "a path of a node that is not said": (volume("hostPath: {}"), "hostPath.path", "is missing"),
    "a path of a node of an unknown type": (volume("hostPath: {path: /x, type: Folder}"), "hostPath.type", "'Folder'"),
    "a claim without its name": (volume("persistentVolumeClaim: {}"), "persistentVolumeClaim.claimName", "is missing"),
    "a disk of EBS without its name": (volume("awsElasticBlockStore: {}"), "awsElasticBlockStore.volumeID", "is missing"),
    "a disk of GCE without its name": (volume("gcePersistentDisk: {}"), "gcePersistentDisk.pdName", "is missing"),
    "a target of iSCSI without its name": (volume("iscsi: {targetPortal: 'h:1'}"), "iscsi.iqn", "is missing"),
    "an image of Ceph without its name": (volume("rbd: {monitors: [m]}"), "rbd.image", "is missing"),
}


@pytest.mark.parametrize(("spec", "path", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_validation_refuses_in_a_volume_is_a_fault(spec, path, reason):
    ((line, field, text),) = faults_of(deployment(spec))
    assert (line, field) == (8, f"spec.template.spec.volumes[0].{path}")
    assert reason in text
    assert text.rpartition("; ")[2], "it does not say what to do"


TAKEN = {
    "an image that is written later": "containers: [{name: c}]",
    "a volume of no kind, which is an empty directory": f"volumes: [{{name: v}}], {ONE}",
    "a kind that is null": volume("emptyDir: {}, hostPath: null"),
    "an empty directory of an unknown medium": volume("emptyDir: {medium: Tape}"),
    "a path of a node of any type": volume("hostPath: {path: /x, type: ''}"),
}


@pytest.mark.parametrize("spec", TAKEN.values(), ids=TAKEN)
def test_what_validation_takes_in_a_template_is_no_fault(spec):
    assert names(cluster_of(deployment(spec))) == ["Deployment/shop/web"]


LEFT = {
    "an image with blanks at its ends": "containers: [{name: c, image: ' i'}]",
    "a variable from nowhere": containers("env: [{name: A, valueFrom: {}}]"),
    "a port whose name is none": containers("ports: [{containerPort: 80, name: UPPER}]"),
    "a probe of nothing": containers("livenessProbe: {}"),
    "a mount of no volume": containers("volumeMounts: [{name: nope, mountPath: /x}]"),
    "a user below 0": containers("securityContext: {runAsUser: -1}"),
    "a host name that is none": f"hostname: A_b, {ONE}",
    "a sysctl that is none": f"securityContext: {{sysctls: [{{name: a b, value: x}}]}}, {ONE}",
}


@pytest.mark.parametrize("spec", LEFT.values(), ids=LEFT)
def test_what_bears_on_no_placement_is_left_to_the_api_server(spec):
    assert names(cluster_of(deployment(spec))) == ["Deployment/shop/web"]


def test_all_that_is_wrong_is_said_at_once():
    spec = f"nodeName: A b, volumes: [{{name: v, hostPath: {{}}}}, {{name: w, persistentVolumeClaim: {{}}}}], {ONE}"
    assert [path.removeprefix("spec.template.spec.") for _, path, _ in faults_of(deployment(spec))] == [
        "nodeName",
        PATH,
        "volumes[1].persistentVolumeClaim.claimName",
    ]


def test_the_template_of_a_cron_job_is_looked_at_where_it_is():
    ((_, path, _),) = faults_of(cron_job().replace("containers:", f"{NAMELESS}containers:"))
    assert path == f"spec.jobTemplate.spec.template.spec.{PATH}"


def test_a_pod_is_looked_at_like_a_template():
    ((_, path, _),) = faults_of(pod("web", phase="", spec=", volumes: [{name: v, hostPath: {}}]"))
    assert path == f"spec.{PATH}"


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"])
def test_what_an_api_server_has_stored_it_has_looked_at(kind):
    text = controller(kind, meta=", uid: u").replace("containers:", f"{NAMELESS}containers:")
    assert cluster_of(text).workloads


def test_a_pod_that_lives_is_not_looked_at():
    assert cluster_of(pod("lives", spec=", volumes: [{name: v, hostPath: {}}]")).workloads


def test_a_misspelt_field_is_named_for_what_it_is():
    first, *_ = faults_of(deployment(volume("hostPath: {pth: /x}")))
    assert first[1].endswith("hostPath.pth")
    assert "did you mean 'path'?" in first[2]


def test_a_custom_resource_is_left_to_its_controller():
    template = TEMPLATE.replace("containers:", f"{NAMELESS}containers:")
    rollout = thing("Rollout", spec=f"replicas: 1, template: {template}", api_version="argoproj.io/v1alpha1")
    assert names(cluster_of(rollout)) == ["Rollout.argoproj.io/shop/web"]
