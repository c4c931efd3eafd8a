"""A plan that was edited brings one fault with its path, whatever was written into it."""

import re
from copy import deepcopy
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
import yaml

from planner.errors import BadInput
from planner.read import read_plan
from tests.fuzz.plans import written

SAMPLES = Path(__file__).resolve().parents[3] / "samples"
NODE, SHAPE, WORK = "inputs.cluster.nodes[0]", "inputs.cluster.shapes[0]", "inputs.cluster.workloads[3]"
POD, CONTAINER = f"{WORK}.template", f"{WORK}.template.containers[0]"
API = "Deployment/payments/api"
GONE = object()


@cache
def sample(name):
    return yaml.load((SAMPLES / name / "expected" / "plan.yaml").read_text(), Loader=yaml.CSafeLoader)


def steps_of(path):
    for part in re.findall(r"[^.\[\]]+", path):
        yield int(part) if part.isdigit() else part


def edited(path, value, name="quickstart", key=None):
    """Return the sample's plan with another value at a path, or under a key below it."""
    tree = deepcopy(sample(name))
    *before, last = (*steps_of(path), key) if key is not None else steps_of(path)
    holder = tree
    for step in before:
        holder = holder.setdefault(step, {}) if isinstance(holder, dict) else holder[step]
    if value is GONE:
        del holder[last]
    else:
        holder[last] = value
    return tree


def faults(tree):
    with pytest.raises(BadInput) as caught:
        read_plan("-", BytesIO(written(tree)))
    return caught.value.faults


def test_the_plans_of_the_samples_are_read():
    for name in ("quickstart", "buying", "infeasible"):
        assert read_plan("-", BytesIO(written(sample(name)))).name


RANGES = [
    pytest.param(f"{WORK}.pods", -1, "is less than 0", id="a negative number of pods"),
    pytest.param(f"{WORK}.pods", 10**13, "is more than", id="more pods than any number of replicas"),
    pytest.param(f"{WORK}.surge", 10**6, "later", id="more pods during a rollout than there are"),
    pytest.param(f"{NODE}.allocatable.cpu", -1, "is less than 0", id="a node with less than no cpu"),
    pytest.param(f"{NODE}.allocatable.cpu", "99999999999999999999", "is more than", id="cpu beyond what a Quantity holds"),
    pytest.param(f"{NODE}.allocatable", {}, "no entry for pods", id="a node that has nothing"),
    pytest.param(f"{NODE}.price", -5, "is less than 0", id="a node that earns money"),
    pytest.param(f"{CONTAINER}.requests.memory", -1, "is less than 0", id="a pod that brings memory"),
    pytest.param(f"{POD}.labels", {"": ""}, "no label key", id="an empty label key"),
    pytest.param(f"{POD}.labels", {"a": "b c"}, "no label value", id="a label value with a blank"),
    pytest.param(f"{POD}.nodeSelector", {"a b": "c"}, "no label key", id="a node selector whose key is none"),
    pytest.param(f"{POD}.tolerations[0].effect", "NoSleep", "none of", id="an effect that Kubernetes does not know"),
    pytest.param(f"{POD}.tolerations[0].operator", "Maybe", "none of", id="an operator of tolerations that is none"),
    pytest.param("placements[0].on", {"node-1a": 0}, "is less than 1", id="no pods on a node"),
    pytest.param("goals[0].bound", 10**400, "must be a number", id="a bound too wide for a float"),
    pytest.param("goals[0].sense", "max min", "none of", id="a goal with two senses"),
    pytest.param("losses[0].of", "region", "none of", id="the loss of what cannot be lost"),
    pytest.param("losses[0].tried", -1, "is less than 0", id="less than no losses tried"),
    pytest.param("verdict", "perhaps", "none of", id="a verdict that is none"),
    pytest.param("packing", "loose", "none of", id="a packing of another kind"),
    pytest.param("rings[0].anyOrder", f"tried {'9' * 5000} orders", "is none of: proven", id="more orders than a number can say"),
    pytest.param("inputs.cluster.budgets[0].minAvailable", "most", "no number of pods", id="a budget of words"),
    pytest.param("inputs.cluster.kubernetes", 136, "must be a string", id="a version that is a number"),
    pytest.param("inputs.digests", [{"role": "cook", "name": "x", "digest": "sha256:" + "0" * 64}], "none of", id="an odd role"),
    pytest.param("inputs.digests", [{"role": "nodes", "name": "x", "digest": "md5:0"}], "no digest", id="a digest that is none"),
]


@pytest.mark.parametrize(("path", "value", "words"), RANGES)
def test_what_no_field_can_hold_is_one_fault_at_its_path(path, value, words):
    (fault,) = faults(edited(path, value))
    assert fault.field.startswith(path)
    assert words in fault.reason
    assert fault.fix
    assert fault.where.line > 1


NO_NUMBERS = [
    pytest.param(f"{WORK}.pods", float("inf"), id="endless pods"),
    pytest.param(f"{CONTAINER}.requests.memory", float("nan"), id="memory that is no number"),
    pytest.param("goals[0].value", float("nan"), id="a goal that is no number"),
    pytest.param("goals[0].bound", float("-inf"), id="an endless bound"),
    pytest.param("goals[0].gap", float("nan"), id="a gap that is no number"),
    pytest.param(f"{WORK}.written.tolerations", [float("nan")], id="a toleration that is no number"),
]


@pytest.mark.parametrize(("path", "value"), NO_NUMBERS)
def test_what_json_has_no_number_for_is_one_fault_at_its_line(path, value):
    (fault,) = faults(edited(path, value))
    assert "cannot be written in JSON" in fault.reason
    assert fault.where.line > 1


def test_more_pods_than_memory_holds_are_placed_nowhere():
    (fault,) = faults(edited("placements[0].on", {"node-1a": 10**9}))
    assert fault.field == "placements"
    assert "no plan places more than 5000000" in fault.reason


SHAPES = [
    pytest.param("goals", 3, id="a number for the goals"),
    pytest.param("inputs", [], id="a list for the inputs"),
    pytest.param("metadata", "shop", id="a name for the metadata"),
    pytest.param("rings", {}, id="a map for the rings"),
    pytest.param("inputs.trust.members", [API], id="a list of members"),
    pytest.param("placements[0].workload", API, id="a name for a workload"),
    pytest.param("inputs.clutser", {}, id="a misspelt field of the inputs"),
    pytest.param("metadata.labels", {}, id="labels of a plan"),
]


@pytest.mark.parametrize(("path", "value"), SHAPES)
def test_what_is_of_another_type_is_one_fault_at_its_path(path, value):
    (fault,) = faults(edited(path, value))
    assert fault.field == path


WRITTEN = [
    pytest.param("tolerations", ["x"], "tolerations[0]", id="a toleration that is a word"),
    pytest.param("tolerations", "x", "tolerations", id="tolerations that are a word"),
    pytest.param("tolerations", [{"operator": "Equal"}], "tolerations[0].operator", id="a toleration without a key"),
    pytest.param("nodeSelector", ["x"], "nodeSelector", id="a node selector that is a list"),
    pytest.param("nodeSelector", {"a": {}}, "nodeSelector.a", id="a node selector of maps"),
    pytest.param("affinity", {"nodeAffinity": []}, "affinity.nodeAffinity", id="a list for the node affinity"),
    pytest.param(
        "affinity",
        {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": ["x"]}}},
        "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]",
        id="a node selector term that is a word",
    ),
    pytest.param(
        "affinity",
        {
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {
                    "nodeSelectorTerms": [{"matchExpressions": [{"key": "a", "operator": "Gt"}]}]
                }
            }
        },
        "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values",
        id="greater than nothing",
    ),
    pytest.param("topologySpreadConstraints", [[]], "topologySpreadConstraints[0]", id="a spread constraint that is a list"),
]


@pytest.mark.parametrize(("field", "value", "path"), WRITTEN)
def test_what_a_manifest_cannot_have_written_is_one_fault_at_its_path(field, value, path):
    (fault,) = faults(edited(f"{WORK}.written", value, key=field))
    assert fault.field == f"{WORK}.written.{path}"


NAMES = [
    pytest.param("inputs.trust.members", API, GONE, "inputs.trust.members", "is not among them", id="a member less"),
    pytest.param(
        "inputs.trust.members", API, {"group": "restricted", "ring": "x"}, "inputs.trust.members", "no ring x", id="a ring"
    ),
    pytest.param("placements[0]", "ring", "x", "placements[0].ring", "no ring x", id="a placement in no ring"),
    pytest.param("placements[0].on", "node-9", 1, "placements[0].on[node-9]", "no such node", id="a pod on no node"),
    pytest.param("placements[0].workload", "name", "x", "placements[0].workload", "no workload", id="a placement of nobody"),
    pytest.param("rings[0].nodes", 0, "node-9", "rings[0].nodes[0]", "no node node-9", id="a ring with a node that is none"),
    pytest.param("losses[0]", "ring", "x", "losses[0].ring", "no ring x", id="the loss of a ring that is none"),
    pytest.param("losses[1]", "of", "node", "losses[1]", "a second time", id="the same losses twice"),
    pytest.param("rings[0]", "name", "restricted", "rings[1]", "a second time", id="two rings of one name"),
    pytest.param("inputs.cluster.nodes[1]", "name", "node-1a", "", "a second time", id="two nodes of one name"),
    pytest.param("shared[0].workload", "name", "x", "shared[0].workload", "no workload", id="a shared resident that is nobody"),
    pytest.param("inputs.policy", "levels", ["a", "b"], "inputs.policy", "unknown level", id="a policy of other levels"),
    pytest.param("inputs.policy", "guide", "shove", "inputs.policy.guide", "no way to guide", id="a policy with an odd guide"),
    pytest.param(
        "inputs.policy",
        "nodes",
        {"taintKey": "node.kubernetes.io/x"},
        "inputs.policy.nodes.taintKey",
        "own",
        id="a taint of others",
    ),
]


@pytest.mark.parametrize(("path", "key", "value", "at", "words"), NAMES)
def test_what_leads_nowhere_is_a_fault_at_its_path(path, key, value, at, words):
    found = faults(edited(path, value, key=key))
    assert found[0].field.startswith(at)
    assert any(words in fault.reason for fault in found)


BOUGHT = [
    pytest.param("rings[1].buy[0].count", 2 * 10**12, "is more than", id="two trillion nodes to buy"),
    pytest.param("rings[1].buy[0].count", 10**11, "no node c5.xlarge@eu-west-1a#4", id="so many nodes that memory ends"),
    pytest.param("rings[1].buy[0].zone", "mars", "no node c5.xlarge@mars#1", id="nodes to buy in another zone"),
    pytest.param("rings[1].buy[0].count", -1, "is less than 1", id="less than no nodes to buy"),
    pytest.param("inputs.certificate.work", 10**12, "is more than", id="a certificate that asks for endless work"),
]


@pytest.mark.parametrize(("path", "value", "words"), BOUGHT)
def test_what_cannot_be_bought_or_proven_is_one_fault(path, value, words):
    (fault,) = faults(edited(path, value, "buying"))
    assert words in fault.reason


def test_a_bought_node_of_a_shape_that_is_gone_is_named():
    found = faults(edited(SHAPE, GONE, "buying"))
    assert {fault.reason for fault in found} == {"there is no NodeShape c5.xlarge"}
    assert all(fault.field.endswith(".shape") for fault in found)


def test_of_many_faults_some_are_told():
    tree = edited("verdict", "feasible")
    tree["placements"] = [{**placement, "on": {f"x{at}": 1 for at in range(500)}} for placement in tree["placements"]]
    assert len(faults(tree)) == 20


def test_a_line_of_a_thousand_digits_is_part_of_a_name():
    plan = read_plan("-", BytesIO(written(edited(f"{NODE}.where", f"nodes.yaml:{'9' * 5000}"))))
    assert plan.cluster.nodes[0].where.line == 0
