"""A running cluster is read through its API server: in pages, and whatever the server does."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

import pytest

from models.frozen import FrozenMap
from models.trust import TrustPolicy
from planner.errors import BadInput
from planner.read import read_live

PODS = "/api/v1/pods"
NODES = "/api/v1/nodes"


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


def controller(name, replicas, owners=()):
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web"}]}}
    meta = {"name": name, "namespace": "shop", "uid": "u", "ownerReferences": list(owners)}
    return {"metadata": meta, "spec": {"replicas": replicas, "template": template}, "status": {}}


class Server:
    """An API server that serves `lists` two items a page; `answers` take precedence, one by one, where there are any."""

    def __init__(self):
        self.lists = {NODES: [node("node-0"), node("node-1")]}
        self.answers = {}
        self.asked = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.answer(self)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def answer(self, request):
        url = urlparse(request.path)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        self.asked.append((url.path, query))
        planned = self.answers.get(url.path)
        status, body, length = planned.pop(0) if planned else (200, None, None)
        if body is None and status == 200:
            body = self.page(url.path, int(query.get("continue", 0)))
            if body is None:
                status, body = 404, b"404 page not found"
        body = body if body is not None else json.dumps({"kind": "Status", "code": status, "message": "no"}).encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(length or len(body)))
        request.end_headers()
        request.wfile.write(body)
        if length:
            request.close_connection = True

    def page(self, path, start):
        items = self.lists.get(path)
        if isinstance(items, dict):
            return json.dumps(items).encode()
        if items is None:
            return None if path.startswith("/apis/argoproj.io") else b'{"items": null, "metadata": {}}'
        meta = {"continue": str(start + 2)} if start + 2 < len(items) else {}
        return json.dumps({"kind": "AList", "metadata": meta, "items": items[start : start + 2]}).encode()

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def server():
    found = Server()
    yield found
    found.close()


@pytest.fixture
def kubeconfig(server, tmp_path):
    return write_kubeconfig(tmp_path, server.server.server_port)


def write_kubeconfig(folder, port):
    path = folder / "kubeconfig"
    path.write_text(
        json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "current-context": "here",
                "clusters": [{"name": "c", "cluster": {"server": f"http://127.0.0.1:{port}"}}],
                "users": [{"name": "u", "user": {"token": "not-a-secret"}}],
                "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u"}}],
            }
        )
    )
    return str(path)


def faults(kubeconfig, context=None):
    with pytest.raises(BadInput) as caught:
        read_live(context, kubeconfig, None, 5.0)
    return "\n".join(map(str, caught.value.faults))


def test_every_page_of_a_list_is_read_and_pods_count_at_their_topmost_owner(server, kubeconfig):
    server.lists["/apis/apps/v1/deployments"] = [controller("web", 5)]
    server.lists["/apis/apps/v1/replicasets"] = [controller("web-1", 5, owned_by("Deployment", "web"))]
    server.lists[PODS] = [pod(number, "web-1") for number in range(5)]
    cluster = read_live("here", kubeconfig, None)
    assert [str(workload.id) for workload in cluster.workloads] == ["Deployment/shop/web"]
    assert cluster.workloads[0].running == {"node-0": 3, "node-1": 2}
    assert [query.get("continue") for path, query in server.asked if path == PODS] == [None, "2", "4"]
    assert {query["limit"] for path, query in server.asked if path == PODS} == {"500"}
    assert cluster.unread == ()
    assert str(cluster.workloads[0].where) == "cluster here: Deployment shop/web"


def test_a_kind_that_may_not_be_listed_is_named_and_the_rest_is_read(server, kubeconfig):
    server.lists[PODS] = [pod(0)]
    server.answers["/apis/policy/v1/poddisruptionbudgets"] = [(403, None, None)]
    cluster = read_live(None, kubeconfig, None)
    assert [workload.id.name for workload in cluster.workloads] == ["web-0"]
    assert [(said.subject, said.message[:26]) for said in cluster.unread] == [
        ("PodDisruptionBudget", "may not be listed (403 For")
    ]


def test_nodes_that_may_not_be_listed_are_a_fault(server, kubeconfig):
    server.answers[NODES] = [(403, None, None)]
    assert "you may not list objects of kind Node (403 Forbidden); ask for a role" in faults(kubeconfig)


def test_a_list_that_expires_on_the_way_is_started_again_once(server, kubeconfig):
    server.lists[PODS] = [pod(number) for number in range(3)]
    server.answers[PODS] = [(200, None, None), (410, None, None)]
    cluster = read_live(None, kubeconfig, None)
    assert [workload.id.name for workload in cluster.workloads] == ["web-0", "web-1", "web-2"]
    assert [query.get("continue") for path, query in server.asked if path == PODS] == [None, "2", None, "2"]


def test_a_list_that_expires_twice_is_a_fault(server, kubeconfig):
    server.lists[PODS] = [pod(number) for number in range(3)]
    server.answers[PODS] = [(200, None, None), (410, None, None), (410, None, None)]
    assert "lists expire before they are read to the end (410)" in faults(kubeconfig)


def test_too_many_requests_are_tried_again(server, kubeconfig):
    server.lists[PODS] = [pod(0)]
    server.answers[PODS] = [(429, None, None)]
    assert len(read_live(None, kubeconfig, None).workloads) == 1


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        pytest.param((401, None, None), "does not know who you are (401 Unauthorized); log in again", id="whoever is not known"),
        pytest.param((500, None, None), "answers with 500", id="an API server in trouble"),
        pytest.param((200, b'{"items": [', None), "something that is no list", id="JSON that ends early"),
        pytest.param((200, b"<html>", None), "check whether a proxy answers", id="a proxy's web page"),
        pytest.param((200, b'{"items": [', 500), "breaks off in the middle of an answer; try again", id="half an answer"),
    ],
)
def test_what_keeps_a_cluster_from_being_read_is_said_once(server, kubeconfig, answer, message):
    server.answers[NODES] = [answer]
    found = faults(kubeconfig)
    assert message in found
    assert found.count("\n") == 0


def test_a_refused_connection_is_a_fault(tmp_path):
    server = Server()
    server.close()
    found = faults(write_kubeconfig(tmp_path, server.server.server_port))
    assert (
        found
        == "the cluster: the API server refuses the connection; check the address in the kubeconfig, the network and the VPN"
    )


def test_an_unknown_context_is_a_fault(kubeconfig):
    assert "cannot be used" in faults(kubeconfig, "nowhere")
    assert "nowhere" in faults(kubeconfig, "nowhere")


@pytest.mark.parametrize("text", ["", "{", "a: [", "- 1", "clusters: 5"])
def test_a_broken_kubeconfig_is_a_fault(tmp_path, text):
    path = tmp_path / "config"
    path.write_text(text)
    assert "cannot be used" in faults(str(path))


def test_custom_resources_with_pod_templates_are_listed_where_the_cluster_has_them(server, kubeconfig):
    policy = TrustPolicy("p", ("a",), pod_templates=FrozenMap({"example.com/v1/Fleet": "spec.template"}))
    server.lists["/apis/example.com/v1"] = {
        "resources": [{"name": "fleets/status", "kind": "Fleet"}, {"name": "fleets", "kind": "Fleet"}]
    }
    server.lists["/apis/example.com/v1/fleets"] = [controller("east", 3)]
    cluster = read_live(None, kubeconfig, policy)
    assert [(str(workload.id), workload.pods) for workload in cluster.workloads] == [("Fleet/shop/east", 3)]
    assert not any("rollouts" in path for path, _ in server.asked)


def test_a_fault_in_an_object_names_it(server, kubeconfig):
    broken = pod(0)
    broken["spec"]["containers"][0]["resources"]["requests"]["cpu"] = "1K"
    server.lists[PODS] = [broken]
    assert "the cluster: Pod shop/web-0: spec.containers[0].resources.requests.cpu: '1K'" in faults(kubeconfig)
