"""Features that nodes declare, and that pods need: read where kube-scheduler looks at them."""

import pytest

from models.kubernetes.resources import FEATURES, WHOLE
from tests.read.cluster_reader import cluster_of, container, containers, deployment, only

RESTARTS, USERS = FEATURES + "RestartAllContainersOnContainerExits", FEATURES + "UserNamespacesHostNetworkSupport"
ALL = "restartPolicyRules: [{action: RestartAllContainers}]"
NEEDY = deployment(f"containers: [{container(ALL)}]")


@pytest.mark.parametrize("kind", ["containers", "initContainers"])
@pytest.mark.parametrize(
    ("inner", "needed"),
    [
        pytest.param(ALL, {RESTARTS: 1}, id="all containers are restarted"),
        pytest.param("restartPolicyRules: [{action: Restart}]", {}, id="one container is restarted"),
        pytest.param("volumeMounts: [{name: v, mountPath: /v, bindMountOptions: [noexec]}]", {}, id="what API servers drop"),
    ],
)
def test_a_pod_needs_what_any_of_its_containers_does(kind, inner, needed):
    first = f"volumes: [{{name: v, emptyDir: {{}}}}], {'' if kind == 'containers' else containers('') + ', '}"
    assert dict(only(deployment(f"{first}{kind}: [{container(inner)}]")).template.attached) == needed


@pytest.mark.parametrize(
    ("spec", "needed"),
    [
        pytest.param("hostNetwork: true, hostUsers: false, ", {USERS: 1}, id="user namespaces in the network of the host"),
        pytest.param("hostNetwork: true, ", {}, id="the network of the host"),
        pytest.param("hostUsers: false, ", {}, id="user namespaces"),
        pytest.param("hostNetwork: true, hostUsers: true, ", {}, id="the users of the host too"),
    ],
)
def test_user_namespaces_are_a_feature_in_the_network_of_the_host(spec, needed):
    assert dict(only(deployment(f"{spec}{containers('')}")).template.attached) == needed


def declaring(name, *features, version="v1.37.1"):
    said = f"declaredFeatures: [{', '.join(features)}], nodeInfo: {{kubeletVersion: {version}}}"
    status = f"{{allocatable: {{cpu: 4, pods: 10}}, {said}}}"
    return f"{{apiVersion: v1, kind: Node, metadata: {{name: {name}}}, status: {status}}}"


@pytest.mark.parametrize(
    ("workload", "there"),
    [
        pytest.param(NEEDY, {"b": {RESTARTS: WHOLE}, "c": {RESTARTS: WHOLE}, "node-a": {}}, id="a pod needs it"),
        pytest.param(deployment(containers("")), {"b": {}, "c": {}, "node-a": {}}, id="nobody needs it"),
    ],
)
def test_nodes_have_the_features_that_they_declare_and_a_pod_needs(workload, there):
    nodes = (declaring("b", RESTARTS.removeprefix(FEATURES)), declaring("c", "A", RESTARTS.removeprefix(FEATURES)))
    found = cluster_of(workload, *nodes).nodes
    assert {one.name: {name: n for name, n in one.allocatable.items() if name.startswith(FEATURES)} for one in found} == there


@pytest.mark.parametrize(("version", "needed"), [("v1.35.4", {}), ("v1.36.0", {RESTARTS: 1})])
def test_features_are_needed_since_kube_scheduler_looks_at_them(version, needed):
    (workload,) = cluster_of(NEEDY, nodes=declaring("b", version=version)).workloads
    assert dict(workload.template.attached) == needed


def test_nodes_that_can_be_bought_declare_what_their_shape_says():
    room = "allocatable: {cpu: 4, memory: 1k, pods: 10}"
    spec = f"zones: [a], price: 1, {room}, declaredFeatures: [{RESTARTS.removeprefix(FEATURES)}]"
    shape = f"{{apiVersion: ringfence.dev/v1alpha1, kind: NodeShape, metadata: {{name: s}}, spec: {{{spec}}}}}"
    (found,) = cluster_of(NEEDY, shape).shapes
    assert dict(found.allocatable) == {"cpu": 4000, "memory": 1000, "pods": 10, RESTARTS: WHOLE}
