"""What could be bought stands in files, also beside a live cluster."""

import pytest

from planner.errors import BadInput
from planner.read import read_live
from tests.read.api_server import Server, write_kubeconfig
from tests.read.live.test_live import NODES, POD_LIST, node, pod

SHAPE = """
apiVersion: ringfence.dev/v1alpha1
kind: NodeShape
metadata: {name: small}
spec: {allocatable: {cpu: "4", memory: 8Gi, pods: "110"}, zones: [a], price: 0.2}
"""
OTHER = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: s}\n"


@pytest.fixture
def kubeconfig(tmp_path):
    server = Server()
    server.lists = {NODES: [node("node-0")], POD_LIST: [pod(0)]}
    yield write_kubeconfig(tmp_path, server.url)
    server.close()


def test_shapes_are_read_from_files_and_all_else_from_the_cluster(kubeconfig, tmp_path):
    (tmp_path / "shapes.yaml").write_text(SHAPE)
    cluster = read_live(None, kubeconfig, None, 20.0, (str(tmp_path / "shapes.yaml"),))
    assert ([one.name for one in cluster.nodes], [one.name for one in cluster.shapes]) == (["node-0"], ["small"])
    assert [one.id.name for one in cluster.workloads] == ["web-0"]


def test_whatever_else_stands_in_these_files_is_a_fault(kubeconfig, tmp_path):
    (tmp_path / "shapes.yaml").write_text(f"{SHAPE}---\n{OTHER}")
    with pytest.raises(BadInput, match=r"shapes.yaml:7: kind: ConfigMap in a file beside a live cluster, where only NodeShapes"):
        read_live(None, kubeconfig, None, 20.0, (str(tmp_path / "shapes.yaml"),))
