"""`ringfence explain`: why a workload or a node is where it is, as a person asks and as programs read it."""

import json
from pathlib import Path

import pytest
import yaml

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
QUICKSTART = SAMPLES / "quickstart" / "expected" / "plan.yaml"
GROUPS = SAMPLES / "node-groups" / "expected" / "plan.yaml"
BUYING = SAMPLES / "buying" / "expected" / "plan.yaml"


@pytest.mark.parametrize(
    ("plan", "name", "says"),
    [
        pytest.param(QUICKSTART, "Deployment/payments/api", "4 pods in ring restricted, on 4 nodes.", id="a workload"),
        pytest.param(QUICKSTART, "deployment/payments/api", "Deployment/payments/api: 4 pods", id="its kind in any case"),
        pytest.param(QUICKSTART, "node-1c", "ring internal; owned in zone eu-west-1c; 11 pods", id="a node"),
        pytest.param(
            BUYING, "m5.2xlarge@eu-west-1b#1", "to buy: m5.2xlarge in zone eu-west-1b, 0.428 per hour", id="a bought node"
        ),
        pytest.param(BUYING, "Deployment/payments/api", "to buy: m5.2xlarge in zone", id="a workload on bought nodes"),
        pytest.param(
            SAMPLES / "infeasible/expected/plan.yaml", "StatefulSet/vault/warehouse", "has no place for it", id="no place"
        ),
        pytest.param(GROUPS, "web", "Node group web: ring newsroom; managed node group of EKS; 6 × ", id="a node group"),
        pytest.param(GROUPS, "newsroom", "Ring newsroom: 6 nodes; ", id="a ring"),
        pytest.param(QUICKSTART, "DaemonSet/logging/fluent-bit", "a shared resident: 8 pods on 8 nodes", id="a shared resident"),
    ],
)
def test_it_answers_about(ringfence, plan, name, says):
    done = ringfence("explain", plan, name)
    assert (done.returncode, done.stderr) == (0, "")
    assert says in done.stdout


def test_without_a_name_it_lists_what_it_can_be_asked_about(ringfence):
    done = ringfence("explain", QUICKSTART, "-O", "json")
    listed = json.loads(done.stdout)
    plan = yaml.safe_load(QUICKSTART.read_text(encoding="utf-8"))
    assert {one["node"] for one in listed["nodes"]} == {name for ring in plan["rings"] for name in ring["nodes"]}
    table = ringfence("explain", QUICKSTART).stdout
    for one in (*listed["workloads"], *listed["nodes"]):
        name = one.get("workload") or one["node"]
        assert name in table
        assert ringfence("explain", QUICKSTART, name).returncode == 0


def test_json_and_yaml_say_the_same(ringfence):
    name = "Deployment/payments/api"
    as_json = json.loads(ringfence("explain", QUICKSTART, name, "-O", "json").stdout)
    assert as_json == yaml.safe_load(ringfence("explain", QUICKSTART, name, "-O", "yaml").stdout)
    assert sum(as_json["on"].values()) == 4
    assert as_json["home"]["ring"] == as_json["ring"] == "restricted"


def test_markdown_names_what_is_explained(ringfence):
    assert ringfence("explain", QUICKSTART, "node-1c", "-O", "markdown").stdout.startswith("## node-1c\n\n**ring internal;")


def test_who_is_not_there_is_bad_input(ringfence):
    done = ringfence("explain", QUICKSTART, "payments/api")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "error: 'payments/api': is no workload (KIND/NAMESPACE/NAME), node, node group or ring of the plan; "
        "is it Deployment/payments/api?\n"
    )


def test_a_plan_may_come_from_stdin(ringfence):
    done = ringfence("explain", "-", "node-1c", stdin=QUICKSTART.read_text(encoding="utf-8"))
    assert done.stdout == ringfence("explain", QUICKSTART, "node-1c").stdout
