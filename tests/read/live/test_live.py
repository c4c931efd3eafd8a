"""A running cluster is read through its API server: in pages, kind by kind, and no more than the shipped role grants."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from models.frozen_map import FrozenMap
from models.trust import TrustPolicy
from planner.errors import BadInput
from planner.read import read_cluster, read_live
from planner.read.live.resources import CUSTOM, KUBERNETES, PODS, plural
from tests.read.api_server import Server, write_kubeconfig

ROLE = Path(__file__).resolve().parents[3] / "samples" / "live" / "clusterrole.yaml"
NODES = "/api/v1/nodes"
POD_LIST = PODS.path
FLEET = TrustPolicy("p", ("a",), pod_templates=FrozenMap({"example.com/v1/Fleet": "spec.template"}))


def node(name):
    return {"metadata": {"name": name}, "status": {"allocatable": {"cpu": "4", "memory": "8Gi", "pods": "110"}}}


def pod(number, owner=None):
    meta = {"name": f"web-{number}", "namespace": "shop", "uid": f"u{number}", "labels": {"app": "web"}}
    if owner:
        meta["ownerReferences"] = [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": owner, "controller": True}]
    spec = {
        "nodeName": f"node-{number % 2}",
        "containers": [{"name": "web", "image": "web:1", "resources": {"requests": {"cpu": "100m"}}}],
        "volumes": [{"name": f"kube-api-access-{number}", "projected": {}}],
    }
    return {"metadata": meta, "spec": spec, "status": {"phase": "Running"}}


def owned_by(kind, name, api_version="apps/v1"):
    return [{"apiVersion": api_version, "kind": kind, "name": name, "controller": True}]


def controller(name, replicas, owners=(), restarts="Always"):
    container = {"name": "web", "image": "web:1", "resources": {"requests": {"cpu": "100m"}}}
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container], "restartPolicy": restarts}}
    meta = {"name": name, "namespace": "shop", "uid": "u", "ownerReferences": list(owners)}
    spec = {"replicas": replicas, "selector": {"matchLabels": {"app": "web"}}, "template": template}
    return {"metadata": meta, "spec": spec, "status": {}}


def group(name, version="v1", **kinds):
    return {"name": name, "version": version, "kinds": kinds}


@pytest.fixture
def server():
    found = Server()
    found.lists = {NODES: [node("node-0"), node("node-1")], POD_LIST: [pod(0)]}
    yield found
    found.close()


@pytest.fixture
def kubeconfig(server, tmp_path):
    return write_kubeconfig(tmp_path, server.url)


def faults(kubeconfig, context=None):
    with pytest.raises(BadInput) as caught:
        read_live(context, kubeconfig, None, 20.0)
    return "\n".join(map(str, caught.value.faults))


def said(cluster):
    return [(each.subject, each.message) for each in cluster.unread]


def test_every_page_of_a_list_is_read_and_pods_count_at_their_topmost_owner(server, kubeconfig):
    server.lists["/apis/apps/v1/deployments"] = [controller("web", 5)]
    server.lists["/apis/apps/v1/replicasets"] = [controller("web-1", 5, owned_by("Deployment", "web"))]
    server.lists[POD_LIST] = [pod(number, "web-1") for number in range(5)]
    cluster = read_live("here", kubeconfig, None)
    assert [str(workload.id) for workload in cluster.workloads] == ["Deployment/shop/web"]
    assert cluster.workloads[0].running == {"node-0": 3, "node-1": 2}
    assert [query.get("continue") for path, query in server.asked if path == POD_LIST] == [None, "2", "4"]
    assert cluster.unread == ()
    assert str(cluster.workloads[0].where) == "cluster here: Deployment shop/web"


def test_the_version_that_is_said_goes_before_that_of_the_kubelets(server, kubeconfig):
    assert read_live(None, kubeconfig, None, kubernetes="1.35").kubernetes == "1.35"


def test_every_request_says_who_asks(server, kubeconfig):
    read_live(None, kubeconfig, None)
    assert server.told("Authorization") == {("Bearer not-a-secret",)}


def test_nodes_come_first_and_pods_last(server, kubeconfig):
    read_live(None, kubeconfig, None)
    paths = [path for path, _ in server.asked]
    assert (paths[0], paths[-1]) == (NODES, POD_LIST)


def everything(server):
    """Serve every kind that may be listed."""
    for name in sorted({name for name, _ in CUSTOM}):
        server.groups.append(group(name, **{kind: plural(kind) for each, kind in CUSTOM if each == name}))


def asked_for(path):
    _, root, *rest = path.split("/")
    return ("", rest[1]) if root == "api" else (rest[0], rest[2])


def test_the_shipped_role_grants_exactly_what_is_listed(server, kubeconfig):
    documents = list(yaml.safe_load_all(ROLE.read_text(encoding="utf-8")))
    (role,) = [each for each in documents if each["kind"] == "ClusterRole"]
    granted = [(name, resource) for rule in role["rules"] for name in rule["apiGroups"] for resource in rule["resources"]]
    everything(server)
    read_live(None, kubeconfig, None)
    asked = {asked_for(path) for path, _ in server.asked if path != "/apis"}
    assert set(granted) - asked == set()
    assert asked - set(granted) == set()
    assert len(granted) == len(set(granted))
    assert {tuple(rule["verbs"]) for rule in role["rules"]} == {("list",)}


def test_the_shipped_role_is_bound_to_the_account_beside_it():
    documents = {each["kind"]: each for each in yaml.safe_load_all(ROLE.read_text(encoding="utf-8"))}
    assert list(documents) == ["Namespace", "ServiceAccount", "ClusterRole", "ClusterRoleBinding"]
    account, role, binding = list(documents.values())[1:]
    assert account["metadata"]["namespace"] == documents["Namespace"]["metadata"]["name"]
    assert binding["roleRef"]["name"] == role["metadata"]["name"]
    subject = {**account["metadata"], "kind": "ServiceAccount"}
    assert binding["subjects"] == [subject]


def test_it_is_said_of_no_service_account_that_it_is_missing_as_these_are_not_listed(server, kubeconfig):
    made = controller("web", 1)
    made["spec"]["template"]["spec"]["serviceAccountName"] = "runner"
    server.lists["/apis/apps/v1/deployments"] = [made]
    assert not any(one.subject == "ServiceAccount" for one in read_live(None, kubeconfig, None).unread)


@pytest.mark.parametrize("listed", [*KUBERNETES[1:], PODS], ids=lambda listed: listed.resource)
def test_a_kind_that_may_not_be_listed_is_named_and_the_rest_is_read(server, kubeconfig, listed):
    server.lists["/apis/apps/v1/deployments"] = [controller("web", 5)]
    server.lists["/apis/batch/v1/jobs"] = [controller("web", 5, restarts="Never")]
    server.answers[listed.path] = [(403, None)]
    cluster = read_live(None, kubeconfig, None)
    assert cluster.workloads
    (statement,) = cluster.unread
    assert statement.subject == listed.kind
    assert statement.message.startswith("may not be listed (403 Forbidden): ")
    assert statement.message.endswith("; bind the ClusterRole of samples/live/clusterrole.yaml to who you are")


@pytest.mark.parametrize(
    ("path", "meaning"),
    [
        pytest.param("/api/v1/namespaces", "labels of namespaces are unknown, and with them the levels", id="namespaces"),
        pytest.param("/api/v1/pods", "which pods run where is unknown", id="pods"),
        pytest.param("/apis/apps/v1/daemonsets", "the plan knows of none", id="any other"),
    ],
)
def test_what_a_forbidden_kind_means_is_said(server, kubeconfig, path, meaning):
    server.lists["/apis/apps/v1/deployments"] = [controller("web", 5)]
    server.answers[path] = [(403, None)]
    assert meaning in read_live(None, kubeconfig, None).unread[0].message


def test_nodes_that_may_not_be_listed_are_a_fault(server, kubeconfig):
    server.answers[NODES] = [(403, b'{"kind": "Status", "message": "User \\"ann\\" cannot list\\n nodes"}')]
    expected = (
        'cluster here: you may not list nodes (403 Forbidden): User "ann" cannot list nodes; '
        "bind the ClusterRole of samples/live/clusterrole.yaml to who you are"
    )
    assert faults(kubeconfig) == expected


def test_an_address_without_nodes_is_no_api_server(server, kubeconfig):
    server.answers[NODES] = [(404, b"<html>nothing here</html>")]
    assert "knows no nodes (404): <html>nothing here</html>; check that the address is that of an API" in faults(kubeconfig)


def test_a_cluster_without_nodes_is_a_fault(server, kubeconfig):
    server.lists[NODES] = []
    assert faults(kubeconfig) == "cluster here: has no nodes; choose another --context or --kubeconfig"


@pytest.mark.parametrize("listed", [*KUBERNETES[1:], PODS], ids=lambda listed: listed.resource)
def test_a_kind_that_every_cluster_has_and_this_one_does_not_serve_is_named_and_the_rest_is_read(server, kubeconfig, listed):
    server.lists["/apis/apps/v1/deployments"] = [controller("web", 5)]
    server.lists["/apis/batch/v1/jobs"] = [controller("web", 5, restarts="Never")]
    server.answers[listed.path] = [(404, None)]
    cluster = read_live(None, kubeconfig, None)
    assert cluster.workloads
    (statement,) = cluster.unread
    assert statement.subject == listed.kind
    assert statement.message.startswith("is not served (404 Not Found): ")
    assert statement.message.endswith("; every API server serves it: check the address, and what stands before that server")


def test_kinds_that_the_server_does_not_know_are_no_fault(server, kubeconfig):
    for listed in KUBERNETES[1:]:
        server.answers[listed.path] = [(404, None)]
    cluster = read_live(None, kubeconfig, None)
    assert [workload.id.name for workload in cluster.workloads] == ["web-0"]
    assert {subject for subject, _ in said(cluster)} == {listed.kind for listed in KUBERNETES[1:]}


OPTIONAL = {
    "devices, where their API is off": ("resource.k8s.io", "v1", {"ResourceSlice": "resourceslices"}),
    "a custom resource whose definition goes just now": ("keda.sh", "v1alpha1", {"ScaledObject": "scaledobjects"}),
    "one that the policy names": ("example.com", "v1", {"Fleet": "fleets"}),
}


@pytest.mark.parametrize(("name", "version", "kinds"), OPTIONAL.values(), ids=OPTIONAL)
def test_of_a_kind_that_a_cluster_need_not_have_there_is_none_where_it_is_not_served(server, kubeconfig, name, version, kinds):
    server.groups = [group(name, version, **kinds)]
    path = f"/apis/{name}/{version}/{next(iter(kinds.values()))}"
    server.answers[path] = [(404, None)]
    assert read_live(None, kubeconfig, FLEET).unread == ()
    assert path in {asked for asked, _ in server.asked}


NO_LISTS = {
    "nothing": (b"{}", "no list: an object without kind and items (GET {path}); check whether a proxy answers"),
    "a Status": (b'{"kind": "Status", "status": "Failure", "code": 403}', "no list: an object of kind Status (GET {path});"),
    "one object": (b'{"kind": "Deployment", "metadata": {}}', "no list: an object of kind Deployment (GET {path});"),
    "a list of another kind": (b'{"kind": "SecretList", "items": []}', "no list: an object of kind SecretList (GET {path});"),
}


@pytest.mark.parametrize("path", [PODS.path, "/apis/apps/v1/deployments", "/apis/batch/v1/jobs"])
@pytest.mark.parametrize(("body", "message"), NO_LISTS.values(), ids=NO_LISTS)
def test_an_answer_that_is_no_list_of_the_kind_is_a_fault(server, kubeconfig, path, body, message):
    server.answers[path] = [(200, body)]
    expected = message.format(path=path)
    assert f"cluster here: the API server {server.url} answers with something that is {expected}" in faults(kubeconfig)


def test_a_later_page_that_is_no_list_is_a_fault(server, kubeconfig):
    server.lists[POD_LIST] = [pod(number) for number in range(3)]
    server.answers[POD_LIST] = [None, (200, b'{"kind": "Status"}')]
    assert "an object of kind Status (GET /api/v1/pods)" in faults(kubeconfig)


LISTS = {
    "items that are null": b'{"kind": "DeploymentList", "items": null}',
    "no items": b'{"kind": "DeploymentList", "items": []}',
    "a list that does not say of what": b'{"items": []}',
    "one of any kind": b'{"kind": "List", "items": []}',
}


@pytest.mark.parametrize("body", LISTS.values(), ids=LISTS)
def test_an_empty_list_is_an_answer(server, kubeconfig, body):
    server.answers["/apis/apps/v1/deployments"] = [(200, body)]
    assert [workload.id.name for workload in read_live(None, kubeconfig, None).workloads] == ["web-0"]


def test_a_list_of_custom_resources_may_be_called_as_its_definition_says(server, kubeconfig):
    server.groups = [group("example.com", Fleet="fleets")]
    items = json.dumps({"kind": "Armada", "items": [controller("east", 3)]}).encode()
    server.answers["/apis/example.com/v1/fleets"] = [(200, items)]
    assert [workload.id.name for workload in read_live(None, kubeconfig, FLEET).workloads] == ["east", "web-0"]


@pytest.mark.parametrize("body", [b"{}", b'{"kind": "Status"}'])
def test_discovery_that_tells_nothing_is_a_fault(server, kubeconfig, body):
    server.answers["/apis"] = [(200, body)]
    assert "something that is no list: what it serves is not in it (GET /apis); check" in faults(kubeconfig)


def test_a_list_that_expires_on_the_way_is_asked_for_again_as_a_whole(server, kubeconfig):
    server.lists[POD_LIST] = [pod(number) for number in range(3)]
    server.answers[POD_LIST] = [None, (410, None)]
    cluster = read_live(None, kubeconfig, None)
    assert [workload.id.name for workload in cluster.workloads] == ["web-0", "web-1", "web-2"]
    asked = [query for path, query in server.asked if path == POD_LIST]
    assert asked == [{"limit": "500"}, {"limit": "500", "continue": "2"}, {}]


def test_a_list_that_expires_twice_is_a_fault(server, kubeconfig):
    server.lists[POD_LIST] = [pod(number) for number in range(3)]
    server.answers[POD_LIST] = [None, (410, None), (410, None)]
    assert "lists expire before they are read to the end (410); try again" in faults(kubeconfig)


def test_too_many_requests_are_tried_again(server, kubeconfig):
    server.answers[POD_LIST] = [(429, None)]
    assert len(read_live(None, kubeconfig, None).workloads) == 1


def test_an_unknown_context_is_a_fault(kubeconfig):
    assert "cannot be used" in faults(kubeconfig, "nowhere")
    assert "nowhere" in faults(kubeconfig, "nowhere")


@pytest.mark.parametrize("aggregates", [True, False], ids=["an API server of today", "an API server before 1.30"])
def test_custom_resources_with_pod_templates_are_listed_where_the_cluster_has_them(server, kubeconfig, aggregates):
    server.aggregates = aggregates
    server.groups = [group("example.com", Fleet="flotillas"), group("argoproj.io", "v1alpha1", Rollout="rollouts")]
    server.lists["/apis/example.com/v1/flotillas"] = [controller("east", 3)]
    server.lists["/apis/argoproj.io/v1alpha1/rollouts"] = [controller("canary", 2)]
    cluster = read_live(None, kubeconfig, FLEET)
    found = [(workload.id.kind, workload.id.name) for workload in cluster.workloads]
    assert found == [("Fleet", "east"), ("Pod", "web-0"), ("Rollout", "canary")]
    assert "custom resources" not in [subject for subject, _ in said(cluster)]


def test_custom_resources_that_the_cluster_does_not_have_are_not_asked_for(server, kubeconfig):
    read_live(None, kubeconfig, FLEET)
    assert {path for path, _ in server.asked} == {*(each.path for each in KUBERNETES), "/apis", POD_LIST}


def test_a_custom_resource_that_may_not_be_listed_is_named_with_the_right_that_is_missing(server, kubeconfig):
    server.groups = [group("example.com", Fleet="flotillas"), group("keda.sh", ScaledObject="scaledobjects")]
    server.answers["/apis/example.com/v1/flotillas"] = [(403, None)]
    server.answers["/apis/keda.sh/v1/scaledobjects"] = [(403, None)]
    (fleet, scaled) = read_live(None, kubeconfig, FLEET).unread
    assert fleet.message.endswith("the plan knows of none; add list of flotillas.example.com to a role of yours")
    assert scaled.message.endswith("the plan knows of none; bind the ClusterRole of samples/live/clusterrole.yaml to who you are")


ADMISSION = "/apis/admissionregistration.k8s.io/v1/"
RULE = {"apiGroups": [""], "operations": ["CREATE"], "resources": ["pods"]}
POLICIES = {
    "ValidatingAdmissionPolicy": "validatingadmissionpolicies",
    "ValidatingAdmissionPolicyBinding": "validatingadmissionpolicybindings",
}


@pytest.fixture(name="guarded")
def _guarded(server):
    """Serve a webhook that may refuse pods, and a policy that denies some."""
    spec = {"policyName": "digests", "validationActions": ["Deny"]}
    server.groups = [group("admissionregistration.k8s.io", **POLICIES)]
    server.lists[f"{ADMISSION}validatingwebhookconfigurations"] = [
        {"metadata": {"name": "guard"}, "webhooks": [{"rules": [RULE]}]}
    ]
    policy = {"metadata": {"name": "digests"}, "spec": {"matchConstraints": {"resourceRules": [RULE]}}}
    server.lists[f"{ADMISSION}validatingadmissionpolicies"] = [policy]
    server.lists[f"{ADMISSION}validatingadmissionpolicybindings"] = [{"metadata": {"name": "all"}, "spec": spec}]
    return server


BOTH = "ValidatingAdmissionPolicy/digests, ValidatingWebhookConfiguration/guard"


@pytest.mark.parametrize(
    ("forbidden", "named"),
    [
        pytest.param("", BOTH, id="all may be listed"),
        pytest.param("validatingadmissionpolicybindings", BOTH, id="bindings may not"),
        pytest.param("validatingadmissionpolicies", BOTH.replace("Policy/digests", "PolicyBinding/all"), id="policies may not"),
        pytest.param("validatingwebhookconfigurations", "ValidatingAdmissionPolicy/digests", id="webhooks may not"),
    ],
)
def test_what_may_refuse_pods_in_a_cluster_is_named_beside_what_may_not_be_listed(guarded, kubeconfig, forbidden, named):
    guarded.answers[ADMISSION + forbidden] = [(403, None)]
    cluster = read_live(None, kubeconfig, None)
    assert [f"{hook.kind}/{hook.name}" for hook in cluster.hooks] == named.split(", ")
    found = dict(said(cluster))
    assert [plural(kind) for kind in found] == [forbidden][: bool(forbidden)]
    assert all(message.startswith("may not be listed (403 Forbidden)") for message in found.values())


def test_a_version_that_the_policy_does_not_name_is_not_read(server, kubeconfig):
    server.groups = [group("example.com", "v2", Fleet="fleets")]
    cluster = read_live(None, kubeconfig, FLEET)
    assert [subject for subject, _ in said(cluster)] == ["custom resources"]
    assert "does not know: example.com/v2 Fleet;" in said(cluster)[0][1]


def test_custom_resources_that_hide_pods_are_named_one_by_one(server, kubeconfig):
    server.groups = [group("kafka.strimzi.io", "v1beta2", Kafka="kafkas")]
    server.lists["/apis/kafka.strimzi.io/v1beta2/kafkas"] = [{"metadata": {"name": "log", "namespace": "shop"}, "spec": {}}]
    (statement,) = read_live(None, kubeconfig, None).unread
    assert statement.subject == "Kafka.kafka.strimzi.io/shop/log"
    assert statement.message.startswith("hides pods: its operator makes them")


def test_what_deploys_objects_into_the_cluster_is_not_listed_since_they_are_read_themselves(server, kubeconfig):
    server.groups = [group("argoproj.io", "v1alpha1", Application="applications")]
    server.answers["/apis/argoproj.io/v1alpha1/applications"] = [(500, None)]
    assert read_live(None, kubeconfig, None).unread == ()


def test_kinds_that_nobody_knows_are_named_once(server, kubeconfig):
    kinds = {f"Kind{number}": f"kind{number}s" for number in range(7)}
    server.groups = [group("example.com", **kinds), group("networking.istio.io", Gateway="gateways")]
    (statement,) = read_live(None, kubeconfig, None).unread
    assert statement.subject == "custom resources"
    assert "ringfence does not know: example.com/v1 Kind0, " in statement.message
    assert "example.com/v1 Kind4 and 2 more; pods that they made are planned" in statement.message


@pytest.mark.parametrize(
    ("status", "message"),
    [
        pytest.param(403, "may not be asked (403 Forbidden): pods that run are read, what else", id="forbidden"),
        pytest.param(403, "; bind the ClusterRole system:discovery to who you are", id="forbidden, and what to do"),
        pytest.param(404, "is not told (404 Not Found): pods that run are read, what else", id="not there"),
    ],
)
def test_discovery_that_does_not_answer_is_said_and_the_rest_is_read(server, kubeconfig, status, message):
    server.answers["/apis"] = [(status, None)]
    (statement,) = read_live(None, kubeconfig, None).unread
    assert statement.subject == "custom resources"
    assert message in statement.message


def test_a_fault_in_an_object_names_it(server, kubeconfig):
    broken = pod(0)
    broken["spec"]["containers"][0]["resources"]["requests"]["cpu"] = "1K"
    server.lists[POD_LIST] = [broken]
    assert "cluster here: Pod shop/web-0: spec.containers[0].resources.requests.cpu: '1K'" in faults(kubeconfig)


def test_both_doors_read_the_same_cluster(server, kubeconfig, tmp_path):
    server.groups = [group("kafka.strimzi.io", "v1beta2", Kafka="kafkas")]
    server.lists |= {
        "/apis/apps/v1/deployments": [controller("web", 5)],
        "/apis/apps/v1/replicasets": [controller("web-1", 5, owned_by("Deployment", "web"))],
        POD_LIST: [pod(number, "web-1") for number in range(5)],
        "/api/v1/namespaces": [{"metadata": {"name": "shop", "labels": {"tier": "front"}}}],
        "/api/v1/resourcequotas": [{"metadata": {"name": "small", "namespace": "shop"}, "spec": {}}],
        "/apis/kafka.strimzi.io/v1beta2/kafkas": [{"metadata": {"name": "log", "namespace": "shop"}, "spec": {}}],
    }
    versions = {each.path: (each.api_version, each.kind) for each in (*KUBERNETES, PODS)}
    versions["/apis/kafka.strimzi.io/v1beta2/kafkas"] = ("kafka.strimzi.io/v1beta2", "Kafka")
    items = [
        {"apiVersion": versions[path][0], "kind": versions[path][1], **item}
        for path, found in server.lists.items()
        for item in found
    ]
    file = tmp_path / "all.yaml"
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}), encoding="utf-8")
    files, live = read_cluster([str(file)], [str(file)], None), read_live(None, kubeconfig, None)
    assert (live.live, files.live) == (True, False)
    assert placeless(replace(live, live=False)) == placeless(files)
    assert [subject for subject, _ in said(live)] == ["Kafka.kafka.strimzi.io/shop/log", "ResourceQuota/shop/small"]


def placeless(cluster):
    """Return all that was read, without where."""
    return re.sub(r"Source\(file='[^']*', line=\d+\)", "Source()", repr(cluster))
