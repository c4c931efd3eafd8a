"""Which workload could get to the nodes of which ring, and by which door."""

import json

import pytest
import yaml

TRUST = {
    "apiVersion": "ringfence.dev/v1alpha1",
    "kind": "TrustPolicy",
    "metadata": {"name": "t"},
    "spec": {
        "levels": ["high", "low"],
        "claims": [{"level": "high", "namespaces": ["bank"]}],
        "assign": [{"level": "high", "match": {"namespaces": ["bank"]}}],
        "untagged": "low",
        "everywhere": [{"kind": "DaemonSet", "namespaces": ["system"]}],
    },
}
LABEL, TAINT = "ringfence.node-restriction.kubernetes.io/ring", "ringfence.dev/ring"


def node(name, ring):
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {LABEL: ring}},
        "spec": {"taints": [{"key": TAINT, "value": ring, "effect": "NoSchedule"}]},
        "status": {"allocatable": {"cpu": "4", "memory": "8Gi", "pods": "9"}},
    }


def workload(name, namespace="games", kind="Deployment", **spec):
    pod = {"containers": [{"name": "c", "image": "x", "resources": {"requests": {"cpu": "1m"}}}], **spec}
    template = {"metadata": {"labels": {"app": name}}, "spec": pod}
    body = {"selector": {"matchLabels": {"app": name}}, "template": template}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name, "namespace": namespace}, "spec": body}


@pytest.fixture
def ways(tmp_path, ringfence):
    """Return the ways of a workload of low trust to the nodes of both rings."""

    def run(with_nodes=True, **spec):
        others = [workload("vault", "bank"), workload("game")]
        (tmp_path / "w.yaml").write_text(yaml.dump_all([workload("web", **spec), *others]))
        (tmp_path / "t.yaml").write_text(yaml.dump(TRUST))
        (tmp_path / "n.yaml").write_text(yaml.dump_all([node("n1", "high"), node("n2", "low")]))
        nodes = ("--nodes", tmp_path / "n.yaml") if with_nodes else ()
        arguments = (tmp_path / "w.yaml", *nodes, "--policy", tmp_path / "t.yaml", "-O", "json", "--fail-on", "never")
        rows = json.loads(ringfence("check", *arguments).stdout)["reach"]
        (row,) = [row for row in rows if row["workload"].endswith("/web")]
        return row["ways"]["high"], row["ways"]["low"]

    return run


DOORS = {
    "nothing of its own": ({}, ("", "own")),
    "every taint tolerated": ({"tolerations": [{"operator": "Exists"}]}, ("tolerates", "own")),
    "the other ring's taint tolerated": (
        {"tolerations": [{"key": TAINT, "value": "high", "effect": "NoSchedule"}]},
        ("tolerates", "own"),
    ),
    "its own ring's taint tolerated": ({"tolerations": [{"key": TAINT, "value": "low", "effect": "NoSchedule"}]}, ("", "own")),
    "every taint tolerated, its own ring selected": (
        {"tolerations": [{"operator": "Exists"}], "nodeSelector": {LABEL: "low"}},
        ("", "own"),
    ),
    "a node of the other ring named": ({"nodeName": "n1"}, ("nodeName", "own")),
    "a node of its own ring named": ({"nodeName": "n2"}, ("", "own")),
    "another scheduler": ({"schedulerName": "mine"}, ("scheduler", "own")),
    "a shared resident": ({"kind": "DaemonSet", "namespace": "system"}, ("shared", "shared")),
    "a workload of high trust": ({"namespace": "bank"}, ("own", "")),
}


@pytest.mark.parametrize("case", DOORS)
def test_a_door_is_open_as_it_is_written(case, ways):
    spec, expected = DOORS[case]
    assert ways(**spec) == expected


def test_without_nodes_the_taint_alone_is_asked(ways):
    assert ways(with_nodes=False, tolerations=[{"operator": "Exists"}]) == ("tolerates", "own")
    assert ways(with_nodes=False) == ("", "own")


def test_which_image_runs_at_which_level(tmp_path, ringfence):
    (tmp_path / "w.yaml").write_text(yaml.dump_all([workload("vault", "bank"), workload("game"), workload("chess")]))
    (tmp_path / "t.yaml").write_text(yaml.dump(TRUST))
    done = ringfence("check", tmp_path / "w.yaml", "--policy", tmp_path / "t.yaml", "-O", "json", "--fail-on", "never")
    assert json.loads(done.stdout)["images"] == [
        {"image": "x", "level": "high", "ring": "high", "workloads": ["Deployment/bank/vault"]},
        {"image": "x", "level": "low", "ring": "low", "workloads": ["Deployment/games/chess", "Deployment/games/game"]},
    ]
