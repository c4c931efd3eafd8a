"""A running cluster whose pods keep data on their nodes, from the command line: what stays, and what is said of what does not."""

import json

import pytest

from tests.shop_that_buys import node, running, workload, write

FOLDER = {"volumes": [{"name": "data", "hostPath": {"path": "/var/cache/geo"}}]}


@pytest.fixture
def plan(tmp_path, ringfence):
    """Plan a database beside pods of another level, with what runs today exported beside the nodes."""

    def run(*more, **pod):
        work = [workload("db", "restricted", "1", 1, **pod), workload("web", "untrusted", "500m", 4)]
        live = [*running("db", "restricted", "1", "n-1", **pod), *running("web", "untrusted", "500m", *["n-1"] * 4)]
        write(tmp_path, work, [node("n-1"), node("n-2")])
        (tmp_path / "pods.yaml").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": live}))
        given = ("--nodes", "nodes.yaml", "--nodes", "pods.yaml", "--policy", "trust.yaml", "-o", "plan.yaml", *more)
        return ringfence("plan", "workloads.yaml", *given, cwd=tmp_path)

    return run


def test_data_on_a_node(plan, ringfence, tmp_path):
    done = plan("--verbose", **FOLDER)
    assert done.returncode == 0, done.stderr
    assert "Running pods that move: 4" in done.stdout
    assert "running pods that leave data behind       0" in done.stdout
    assert "keeps hostPath /var/cache/geo on n-1" in done.stdout
    checked = ringfence("verify", "plan.yaml", cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout


def test_what_moves_and_what_it_loses_is_told_to_programs_too(plan):
    scratch = {"volumes": [{"name": "tmp", "emptyDir": {}}]}
    (told,) = json.loads(plan("-O", "json", **scratch).stdout)["moves"]
    assert (told["workload"], told["pods"], told["loses"]) == ("Deployment/shop/db", 1, ["emptyDir tmp"])
