"""What was read is digested as it is read: whole files by their bytes, a live cluster by what was understood of it."""

import hashlib
from io import BytesIO

import pytest

from models.answer.plan import Input
from planner.read import read_cluster, read_live, read_policy
from tests.read.api_server import Server, write_kubeconfig
from tests.read.live.test_live import NODES, POD_LIST, node, pod

NODE = """apiVersion: v1
kind: Node
metadata: {name: n1}
status: {allocatable: {cpu: "4", memory: 8Gi, pods: "110"}}
"""
POD = """apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec: {containers: [{name: web, image: "web:1"}]}
"""
AS_JSON = (
    '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": {"containers": [{"name": "a", "image": "b"}]}}'
)
POLICY = """apiVersion: ringfence.dev/v1alpha1
kind: TrustPolicy
metadata: {name: t}
spec: {levels: [low], untagged: low}
"""


def sha(content):
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def inputs(tmp_path, workloads, names, stdin=None):
    """Return what was read of workloads below their names, beside a node."""
    (tmp_path / "n.yaml").write_text(NODE)
    found = []
    read_cluster(
        [str(tmp_path / name) if name != "-" else "-" for name in names], [str(tmp_path / "n.yaml")], None, stdin, "", found
    )
    return sorted(found)


CONTENTS = [
    pytest.param(POD.encode(), id="YAML"),
    pytest.param(f"# why\n---\n{POD}---\n# nothing more\n".encode(), id="comments before and after"),
    pytest.param(f"{POD}...\n".encode(), id="the end of a document at the end"),
    pytest.param(AS_JSON.encode(), id="JSON"),
    pytest.param(f" \n{AS_JSON}\n\n".encode(), id="JSON between blank lines"),
    pytest.param(AS_JSON.replace('"v1"', "'v1'").encode(), id="what looks like JSON and is YAML, read twice"),
    pytest.param(b"\xef\xbb\xbf" + POD.encode(), id="with a byte order mark"),
    pytest.param(POD.encode() + b"# " + b"x" * 3_000_000 + b"\n", id="more than is read at once"),
    pytest.param(POD.replace("\n", "\r\n").encode(), id="lines as Windows ends them"),
]


@pytest.mark.parametrize("content", CONTENTS)
def test_the_digest_is_that_of_the_bytes(tmp_path, content):
    (tmp_path / "w.yaml").write_bytes(content)
    assert inputs(tmp_path, content, ["w.yaml"]) == [
        Input("nodes", str(tmp_path / "n.yaml"), sha(NODE.encode())),
        Input("workloads", str(tmp_path / "w.yaml"), sha(content)),
    ]


@pytest.mark.parametrize("content", CONTENTS)
def test_so_is_that_of_stdin_which_is_read_once(tmp_path, content):
    found = inputs(tmp_path, content, ["-"], BytesIO(content))
    assert found[1] == Input("workloads", "-", sha(content))


def test_of_a_folder_every_file_that_was_read_has_its_own(tmp_path):
    (tmp_path / "apps" / "inner").mkdir(parents=True)
    for name, content in (("a.yaml", POD), ("inner/b.yml", POD.replace("web", "api")), ("notes.txt", "x")):
        (tmp_path / "apps" / name).write_text(content)
    found = [one for one in inputs(tmp_path, "", ["apps"]) if one.role == "workloads"]
    assert [one.name for one in found] == [str(tmp_path / "apps" / name) for name in ("a.yaml", "inner/b.yml")]
    assert found[1].digest == sha(POD.replace("web", "api").encode())


def test_a_policy_has_one(tmp_path):
    (tmp_path / "t.yaml").write_text(POLICY)
    found = []
    read_policy(str(tmp_path / "t.yaml"), None, found)
    read_policy("-", BytesIO(POLICY.encode()), found)
    assert found == [Input("policy", str(tmp_path / "t.yaml"), sha(POLICY.encode())), Input("policy", "-", sha(POLICY.encode()))]


@pytest.fixture
def live(tmp_path):
    server = Server()
    server.lists = {NODES: [node("node-0"), node("node-1")], POD_LIST: [pod(0)]}
    kubeconfig = write_kubeconfig(tmp_path, server.url)

    def digest(**changes):
        server.lists |= changes
        found = []
        read_live(None, kubeconfig, None, 20.0, digests=found)
        (one,) = found
        assert one.role == "cluster"
        return one.digest

    digest.server = server
    yield digest
    server.close()


def test_a_live_cluster_has_one_of_what_was_understood(live):
    before = live()
    noisy = {**node("node-0"), "metadata": {"name": "node-0", "resourceVersion": "42", "managedFields": [{"manager": "x"}]}}
    assert live(**{NODES: [noisy, node("node-1")]}) == before
    assert live(**{NODES: [node("node-1"), noisy]}) == before
    assert live(**{NODES: [noisy, node("node-2")]}) != before
