"""Whole clusters from files: everything sorted, nothing dropped, all faults at once, and memory that stays small."""

import json
import pickle

import pytest

from models.kubernetes.cluster import DisruptionBudget
from models.kubernetes.labels import LabelSelector, NodeSelectorTerm, Requirement
from models.kubernetes.storage import Claim, Volume
from models.trust import TrustPolicy
from planner.errors import BadInput
from planner.read import read_cluster
from tests.read.cluster_reader import NODE, cluster_of, containers, deployment, faults_of

WEB = deployment(containers(""))


def write(tmp_path, **files):
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    return [str(tmp_path / f"{name}.yaml") for name in files]


def faults(workloads, nodes):
    with pytest.raises(BadInput) as caught:
        read_cluster(workloads, nodes, None)
    return [str(fault) for fault in caught.value.faults]


def test_a_file_that_holds_both_is_named_twice_and_read_once(tmp_path):
    (both,) = write(tmp_path, both=f"{WEB}\n---\n{NODE}")
    cluster = read_cluster([both], [both], None)
    assert (len(cluster.nodes), len(cluster.workloads)) == (1, 1)


def test_no_nodes_and_no_workloads_are_faults_only_where_nothing_else_is_wrong(tmp_path):
    web, node, both, broken = write(tmp_path, web=WEB, node=NODE, both="{apiVersion: v1, kind: Secret}", broken="a: [")
    assert faults([web], []) == [
        "nodes: there is no node in what --nodes names; name a file there that kubectl get nodes -o yaml has written, "
        "or that holds NodeShapes or NodeGroups"
    ]
    assert [text[:46] for text in faults([], [node])] == ["workloads: there is no workload in the input; n"[:46]]
    assert len(faults([both], [])) == 2
    assert len(faults([broken], [node])) == 1


def test_faults_of_reading_and_of_meaning_come_together(tmp_path):
    web, node, broken = write(tmp_path, web=deployment("containers: []"), node=NODE.replace("pods", "pod"), broken="a: [")
    found = faults([web, broken], [node])
    assert len(found) == 3
    assert found == sorted(found)


def test_workloads_are_sorted_by_name():
    texts = [
        deployment(containers(""), name=name, namespace=namespace)
        for name, namespace in (("b", "two"), ("a", "two"), ("z", "one"))
    ]
    assert [str(each.id) for each in cluster_of(*texts).workloads] == ["Deployment/one/z", "Deployment/two/a", "Deployment/two/b"]


def test_the_order_of_documents_does_not_matter():
    texts = [deployment(containers(""), name=name) for name in ("a", "b")]
    first, second = cluster_of(*texts), cluster_of(*reversed(texts))
    assert [each.id for each in first.workloads] == [each.id for each in second.workloads]
    assert first.namespaces == second.namespaces


def test_namespaces_have_the_label_that_the_api_server_gives_them():
    found = cluster_of("{apiVersion: v1, kind: Namespace, metadata: {name: a, labels: {team: x}}}", WEB).namespaces
    assert {name: dict(labels) for name, labels in found.items()} == {
        "a": {"kubernetes.io/metadata.name": "a", "team": "x"},
        "shop": {"kubernetes.io/metadata.name": "shop"},
    }


def test_annotations_for_admission_plug_ins_are_stated():
    text = (
        "{apiVersion: v1, kind: Namespace, metadata: {name: a, annotations: {scheduler.alpha.kubernetes.io/node-selector: a=b}}}"
    )
    (said,) = cluster_of(text, WEB).unread
    assert (said.subject, "PodNodeSelector" in said.message) == ("Namespace/a", True)


def test_volumes_claims_and_budgets():
    volume = """
apiVersion: v1
kind: PersistentVolume
metadata: {name: pv, labels: {topology.kubernetes.io/zone: a}}
spec:
  nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: In, values: [a]}]}]}}
  accessModes: [ReadWriteOnce]
  capacity: {storage: 1Ki}
  hostPath: {path: /data}
"""
    spec = "{volumeName: pv, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Ki}}}"
    claim = f"{{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {{name: c, namespace: shop}}, spec: {spec}}}"
    budgets = [
        "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: b}, "
        "spec: {minAvailable: 1, selector: {matchLabels: {a: x}}}}",
        "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: a}, spec: {maxUnavailable: 50%}}",
    ]
    cluster = cluster_of(volume, claim, *budgets, WEB)
    terms = (NodeSelectorTerm((Requirement("zone", "In", ("a",)),)),)
    zone, there = {"topology.kubernetes.io/zone": "a"}, {"source": "hostPath", "path": "/data"}
    assert cluster.volumes == {"pv": Volume("pv", zone, terms, ("ReadWriteOnce",), size=1024, **there)}
    assert cluster.claims == {"shop/c": Claim("shop", "c", "pv", ("ReadWriteOnce",), size=1024)}
    assert cluster.budgets == (
        DisruptionBudget("default", "a", None, "", "50%"),
        DisruptionBudget("default", "b", LabelSelector({"a": "x"}), "1", ""),
    )


def test_an_unbound_claim_and_a_volume_for_all_nodes():
    cluster = cluster_of(
        "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: c}, "
        "spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}",
        "{apiVersion: v1, kind: PersistentVolume, metadata: {name: v}, "
        "spec: {accessModes: [ReadWriteOnce], capacity: {storage: 1Gi}, hostPath: {path: /data}}}",
        WEB,
    )
    assert cluster.claims["default/c"].volume == ""
    assert cluster.volumes["v"].node_affinity is None


def test_the_same_object_twice_is_no_fault_unless_the_two_differ():
    text = "{apiVersion: v1, kind: Namespace, metadata: {name: a, labels: {team: TEAM}}}"
    assert cluster_of(text, text, WEB).namespaces["a"]["team"] == "TEAM"
    ((line, _, reason),) = faults_of(text, text.replace("TEAM", "other"), WEB)
    assert (line, reason) == (3, "a second Namespace a, which differs from the one in stdin:1; keep one of the two")


@pytest.mark.parametrize(
    ("text", "field", "reason"),
    [
        pytest.param(
            "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: b}, spec: {minAvailable: 1, maxUnavailable: 1}}",
            "spec.maxUnavailable",
            "is given beside minAvailable",
            id="a budget with both amounts",
        ),
        pytest.param(
            "{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: system-node-critical}, value: 5}",
            "value",
            "must be 2000001000",
            id="a built-in class with another value",
        ),
        pytest.param(
            "{apiVersion: v1, kind: PersistentVolume, metadata: {name: v}, spec: {accessModes: [ReadWriteOnce], "
            "capacity: {storage: 1Gi}, hostPath: {path: /data}, nodeAffinity: {required: {}}}}",
            "spec.nodeAffinity.required.nodeSelectorTerms",
            "at least one term",
            id="a volume that no node reaches",
        ),
        pytest.param(
            "{apiVersion: v1, kind: LimitRange, metadata: {name: l}, spec: {limits: [{type: Container, max: {cpu: 1K}}]}}",
            "spec.limits[0].max.cpu",
            "suffix K",
            id="a limit that is no quantity",
        ),
        pytest.param(
            "{apiVersion: v1, kind: Namespace, metadata: {}}", "metadata.name", "is missing", id="a namespace without a name"
        ),
        pytest.param(
            "{apiVersion: v1, kind: Pod, metadata: 5, spec: {containers: [{name: c, image: i}]}}",
            "metadata",
            "must be a map",
            id="metadata that is a number",
        ),
    ],
)
def test_objects_that_cannot_be(text, field, reason):
    ((_, path, found),) = faults_of(text, WEB)
    assert path == field
    assert reason in found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            deployment(
                containers("resources: {requests: {cpu: 1x, memory: [1]}}") + ", nodeSelector: {disk: true}", more='replicas: "3"'
            ),
            [
                ("spec.replicas", "must be a whole number"),
                ("spec.template.spec.containers[0].resources.requests.cpu", "no quantity"),
                ("spec.template.spec.containers[0].resources.requests.memory", "not a list"),
                ("spec.template.spec.nodeSelector.disk", "must be a string"),
            ],
            id="wrong types and wrong amounts of a Deployment",
        ),
        pytest.param(
            "{apiVersion: v1, kind: Node, metadata: {name: n, labels: {a: 1}}, status: {allocatable: {cpu: 2q, pods: 9}}}",
            [("metadata.labels.a", "must be a string"), ("metadata.name", "false"), ("status.allocatable.cpu", "no quantity")],
            id="a name that YAML reads as a truth value, and an amount of the same node",
        ),
        pytest.param(
            "{apiVersion: ringfence.dev/v1alpha1, kind: NodeShape, metadata: {name: s}, "
            "spec: {allocatable: {cpu: 1x, memory: 1Gi, pods: 9}, prise: 3, price: -1}}",
            [
                ("spec.allocatable.cpu", "no quantity"),
                ("spec.price", "negative"),
                ("spec.prise", "unknown field"),
                ("spec.zones", "names no zone"),
            ],
            id="a field that is unknown and values that cannot be",
        ),
        pytest.param(
            deployment(containers(""), labels="{app: 5}", more="selector: {matchLabels: {app: web}}"),
            [("spec.template.metadata.labels.app", "must be a string")],
            id="labels that could not be read are not compared with the selector",
        ),
        pytest.param(
            "{apiVersion: v1, kind: Pod, metadata: {name: [1]}, spec: {containers: [{name: c, image: i}]}}",
            [("metadata.name", "must be a string")],
            id="a name that could not be read is not missed",
        ),
    ],
)
def test_values_that_do_not_fit_hide_no_other_fault_of_their_document(text, expected):
    found = faults_of(text, WEB.replace("name: web", "name: other"))
    assert [path for _, path, _ in found] == [path for path, _ in expected]
    for (_, _, reason), (_, words) in zip(found, expected, strict=True):
        assert words in reason


def test_a_level_that_could_not_be_read_is_not_called_unknown(tmp_path):
    policy = TrustPolicy(name="p", levels=("a",))
    text = deployment(containers("")).replace("namespace: shop", f"namespace: shop, labels: {{{policy.labels.level}: 1}}")
    (path,) = write(tmp_path, both=f"{text}\n---\n{NODE}")
    with pytest.raises(BadInput) as caught:
        read_cluster([path], [path], policy)
    assert caught.value.rest.workloads == ()


def test_documents_of_a_folder_that_are_no_objects_are_named(tmp_path):
    _, node, _ = write(tmp_path, web=WEB, node=NODE, values="replicas: 3")
    cluster = read_cluster([str(tmp_path)], [node], None)
    assert [statement.message for statement in cluster.unread] == ["not a Kubernetes object: no apiVersion and kind"]


def test_a_cluster_travels_between_processes():
    cluster = cluster_of(WEB)
    assert pickle.loads(pickle.dumps(cluster)) == cluster


def test_the_pods_of_a_large_cluster_share_what_is_equal(tmp_path):
    owner = [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-1", "controller": True}]
    pods = [
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                "name": f"p{number}",
                "namespace": "shop",
                "uid": str(number),
                "ownerReferences": owner,
                "labels": {"app": "web"},
            },
            "spec": {"nodeName": "node-a", "containers": [{"name": "c"}], "volumes": [{"name": f"kube-api-access-{number}"}]},
            "status": {"phase": "Running"},
        }
        for number in range(500)
    ]
    path = tmp_path / "pods.json"
    path.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": pods}))
    cluster = read_cluster([str(path)], [str(path), *write(tmp_path, node=NODE)], None)
    assert len(cluster.workloads) == 500
    assert len({id(workload.template) for workload in cluster.workloads}) == 1
    assert [statement.subject for statement in cluster.unread] == ["ReplicaSet/shop/web-1"]


SETS = {
    "argo-cd/install.yaml": 7,
    "argo-cd/ha/install.yaml": 8,
    "kube-prometheus": 6,
    "online-boutique/kubernetes-manifests": 12,
    "online-boutique/release": 12,
    "train-ticket/quickstart-k8s": 64,
    "train-ticket/prometheus-deployment": 4,
    "train-ticket/efk-deployment": 3,
}


@pytest.mark.data
@pytest.mark.parametrize(("name", "count"), SETS.items(), ids=SETS)
def test_public_manifests_are_read(name, count, data, tmp_path):
    path = str(data / "manifests" / name)
    # The Namespace of kube-prometheus has labels: the folder is the platform's own.
    cluster = read_cluster([path], [path, *write(tmp_path, node=NODE)], None)
    assert len(cluster.workloads) == count
    hidden = {statement.subject for statement in cluster.unread if statement.message.startswith("hides pods")}
    assert hidden == (
        {"Alertmanager.monitoring.coreos.com/monitoring/main", "Prometheus.monitoring.coreos.com/monitoring/k8s"}
        if name == "kube-prometheus"
        else set()
    )


@pytest.mark.data
def test_an_agent_of_kube_prometheus_in_every_detail(data, tmp_path):
    path = data / "manifests" / "kube-prometheus" / "nodeExporter-daemonset.yaml"
    (workload,) = read_cluster([str(path)], write(tmp_path, node=NODE), None).workloads
    pod = workload.template
    assert pod.priority == 2_000_000_000
    assert pod.host_network
    assert [port.port for container in pod.containers for port in container.host_ports] == [9100]
    assert [(toleration.key, toleration.operator) for toleration in pod.tolerations] == [("", "Exists")]
