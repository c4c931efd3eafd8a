"""The parts of the live door: a budget of time, names of kinds, what errors mean, and what a kubeconfig says."""

import base64
import gzip
import json
import threading
from datetime import UTC, datetime

import pytest
import trustme

from planner.errors import BadInput
from planner.read.live import errors, kubeconfig
from planner.read.live.api import Api, Refused
from planner.read.live.resources import CUSTOM, KUBERNETES, PODS, Listed, kind_of, plural
from planner.read.live.timeout import Deadline
from tests.read.api_server import Server, send, write_kubeconfig


def test_a_deadline_returns_what_the_work_returns():
    assert Deadline(10).spend(lambda: 5) == 5


def test_a_deadline_raises_what_the_work_raises():
    with pytest.raises(KeyError, match="x"):
        Deadline(10).spend(lambda: {}["x"])


def test_a_deadline_ends_with_work_that_does_not():
    never = threading.Event()
    with pytest.raises(TimeoutError):
        Deadline(0.05).spend(never.wait)
    never.set()


def test_a_deadline_is_for_everything_together():
    deadline, never = Deadline(0.05), threading.Event()
    with pytest.raises(TimeoutError):
        deadline.spend(never.wait)
    with pytest.raises(TimeoutError):
        deadline.spend(lambda: never.wait(1))
    never.set()


@pytest.mark.parametrize(
    ("kind", "resource"),
    [
        ("Kafka", "kafkas"),
        ("Prometheus", "prometheuses"),
        ("Elasticsearch", "elasticsearches"),
        ("InferenceService", "inferenceservices"),
        ("MutatingAdmissionPolicy", "mutatingadmissionpolicies"),
        ("EventBus", "eventbus"),
    ],
)
def test_the_name_of_a_kind_in_roles(kind, resource):
    assert plural(kind) == resource


def test_the_names_of_the_kinds_of_kubernetes_follow_the_same_rule():
    assert [plural(each.kind) for each in (*KUBERNETES, PODS)] == [each.resource for each in (*KUBERNETES, PODS)]


def test_a_kind_of_a_policy_has_group_and_kind():
    assert kind_of("argoproj.io/v1alpha1/Rollout") == ("argoproj.io", "Rollout")
    assert kind_of("v1/Pod") == ("", "Pod")


def test_no_kind_is_listed_twice():
    kinds = [*((each.group, each.kind) for each in (*KUBERNETES, PODS)), *CUSTOM]
    assert len(kinds) == len(set(kinds))


@pytest.mark.parametrize(
    ("listed", "path"),
    [
        (Listed("v1", "Node", "nodes"), "/api/v1/nodes"),
        (Listed("apps/v1", "Deployment", "deployments"), "/apis/apps/v1/deployments"),
    ],
)
def test_the_path_of_a_list(listed, path):
    assert listed.path == path


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "[SSL: SSLV3_ALERT_CERTIFICATE_EXPIRED] ssl/tls alert certificate expired",
            "does not accept the client certificate: it",
        ),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired", "its certificate has expired"),
        ("certificate verify failed: certificate is not yet valid", "is not valid yet"),
        ("certificate verify failed: Hostname mismatch, certificate is not valid for", "its certificate is for another address"),
        ("certificate verify failed: unable to get local issuer certificate", "not signed by the authority"),
        ("Connection aborted, ConnectionResetError(104, 'Connection reset by peer')", "breaks off in the middle of an answer"),
        ("[Errno 101] Network is unreachable", "cannot be reached"),
        ("Failed to establish a new connection: [Errno 110] Connection timed out", "does not answer"),
        ("[Errno 113] No route to host", "cannot be reached"),
        ("ProxyError('Unable to connect to proxy', NewConnectionError('Connection refused'))", "through the proxy"),
        ("something\nnobody\x00 foresaw", "cannot be reached: OSError something nobody foresaw"),
    ],
)
def test_what_an_error_means(text, reason):
    assert reason in errors.of_error(OSError(text))[0]


def test_what_a_server_says_is_cut_and_on_one_line():
    said = errors.message(json.dumps({"message": "a\r\n\x1b[31mb" + "c" * 1000}).encode())
    assert said.startswith("a [31mbccc")
    assert len(said) == 302


@pytest.mark.parametrize("year", ["2001", "2049", "2050", "3000"])
def test_until_when_a_certificate_is_valid(tmp_path, year):
    made = trustme.CA().issue_cert("a.example", not_after=datetime(int(year), 2, 3, 4, 5, tzinfo=UTC))
    made.cert_chain_pems[0].write_to_path(tmp_path / "c.pem")
    reason, _ = errors.of_status(401, "Unauthorized", b"", str(tmp_path / "c.pem"))
    assert reason.endswith(f"is valid until {year}-02-03 04:05 UTC")


@pytest.mark.parametrize("content", [b"", b"nothing", b"\xff", b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"])
def test_a_certificate_that_cannot_be_read_is_not_talked_about(tmp_path, content):
    (tmp_path / "c.pem").write_bytes(content)
    for file in (str(tmp_path / "c.pem"), str(tmp_path / "none"), None):
        assert errors.of_status(401, "Unauthorized", b"", file)[0] == "does not know who you are (401 Unauthorized)"


@pytest.fixture
def server():
    found = Server()
    yield found
    found.close()


def test_a_refusal_says_why(server, tmp_path):
    server.answers["/x"] = [(403, b'{"message": "not you"}')]
    api = Api(None, write_kubeconfig(tmp_path, server.url), 20.0)
    with pytest.raises(Refused, match="403 not you"):
        api.get("/x", {})
    api.close()


def test_a_server_with_a_path_is_asked_below_it(server, tmp_path):
    server.answers["/k8s/clusters/c-1/api/v1/nodes"] = [(200, b'{"items": [{}]}')]
    api = Api(None, write_kubeconfig(tmp_path, f"{server.url}/k8s/clusters/c-1/"), 20.0)
    assert len(api.items("/api/v1/nodes")) == 1
    api.close()


@pytest.mark.parametrize(
    ("user", "credential"),
    [
        pytest.param({"token": "abc"}, "Bearer abc", id="a token"),
        pytest.param({"username": "u", "password": "p"}, f"Basic {base64.b64encode(b'u:p').decode()}", id="a password"),
        pytest.param({}, None, id="nothing"),
    ],
)
def test_a_kubeconfig_says_who_asks(server, tmp_path, user, credential):
    api = Api(None, write_kubeconfig(tmp_path, server.url, user=user), 20.0)
    api.items("/api/v1/nodes")
    api.close()
    assert server.told("Authorization") == {(credential,) if credential else ()}


def test_a_token_may_be_in_a_file_that_ends_with_a_line_break(server, tmp_path):
    (tmp_path / "token").write_text("abc\n")
    api = Api(None, write_kubeconfig(tmp_path, server.url, user={"tokenFile": str(tmp_path / "token")}), 20.0)
    api.items("/api/v1/nodes")
    api.close()
    assert server.told("Authorization") == {("Bearer abc",)}


def test_a_login_program_says_who_asks(server, tmp_path):
    credential = {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "fresh"}}
    program = {"apiVersion": "client.authentication.k8s.io/v1", "command": "echo", "args": [json.dumps(credential)]}
    api = Api(None, write_kubeconfig(tmp_path, server.url, user={"exec": program}), 20.0)
    api.items("/api/v1/nodes")
    api.close()
    assert server.told("Authorization") == {("Bearer fresh",)}


def test_a_kubeconfig_that_acts_as_another_does(server, tmp_path):
    user = {"token": "abc", "as": "ann", "as-uid": "7", "as-groups": ["ops", "all"]}
    api = Api(None, write_kubeconfig(tmp_path, server.url, user=user), 20.0)
    api.items("/api/v1/nodes")
    api.close()
    found = [server.told(f"Impersonate-{what}") for what in ("User", "Uid", "Group")]
    assert found == [{("ann",)}, {("7",)}, {("ops", "all")}]


@pytest.mark.parametrize(("given", "told"), [({}, {("gzip",)}), ({"disable-compression": True}, set())])
def test_answers_are_compressed_unless_the_kubeconfig_says_otherwise(server, tmp_path, given, told):
    body = gzip.compress(b'{"items": [{}, {}]}')
    server.answers["/api/v1/nodes"] = [lambda request: send(request, 200, body, encoding="gzip")]
    api = Api(None, write_kubeconfig(tmp_path, server.url, given), 20.0)
    assert len(api.items("/api/v1/nodes")) == 2
    api.close()
    assert server.told("Accept-Encoding") - {("identity",)} == told


def test_the_cluster_is_called_by_its_context(tmp_path):
    assert kubeconfig.connect(None, write_kubeconfig(tmp_path, "https://127.0.0.1:1"), Deadline(20)).name == "cluster here"


def test_without_any_kubeconfig_there_is_a_fault(tmp_path, monkeypatch):
    monkeypatch.setattr("kubernetes.config.KUBE_CONFIG_DEFAULT_LOCATION", str(tmp_path / "none"))
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    with pytest.raises(BadInput, match="kubeconfig: cannot be used: "):
        kubeconfig.connect(None, None, Deadline(20))
