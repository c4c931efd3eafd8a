"""A level in a sandbox is the plan of pods with a RuntimeClass, and of a policy that lets them share nodes."""

import json

import pytest

from planner import pipeline
from planner.errors import BadInput
from planner.review.report import outcomes
from planner.review.what_if.sandbox import read_sandbox
from planner.review.what_if.scenario import changed_plan
from tests.review.test_what_if import told
from tests.shop_that_buys import node, quiet, workload, write

KATA = {
    "apiVersion": "node.k8s.io/v1",
    "kind": "RuntimeClass",
    "metadata": {"name": "kata"},
    "handler": "kata",
    "overhead": {"podFixed": {"cpu": "250m", "memory": "160Mi"}},
    "scheduling": {
        "nodeSelector": {"shop.example/kvm": "yes"},
        "tolerations": [{"key": "kvm", "operator": "Exists", "effect": "NoSchedule"}],
    },
}
LEVELS = ["restricted", "internal", "untrusted"]


def able(name, cpu="8"):
    there = node(name, cpu)
    there["metadata"]["labels"]["shop.example/kvm"] = "yes"
    there["spec"] = {"taints": [{"key": "kvm", "value": "", "effect": "NoSchedule"}]}
    return there


def asked(tmp_path, level="untrusted", kind=KATA):
    (tmp_path / "kata.yaml").write_text(json.dumps(kind), encoding="utf-8")
    return read_sandbox(f"{level}={tmp_path / 'kata.yaml'}")


def work(**pod):
    tolerates = [{"key": "kvm", "operator": "Exists", "effect": "NoSchedule"}]
    return [
        workload("api", "restricted", "1", 2, tolerations=tolerates),
        workload("web", "internal", "1", 1),
        workload("plugin", "untrusted", "1", 3, **pod),
    ]


@pytest.mark.parametrize("exact", [True, False], ids=["as a packing", "kept"])
def test_it_is_a_full_plan_of_the_changed_input(tmp_path, exact):
    inventory = [able("n-1"), able("n-2"), node("n-3", "8")]
    plan = pipeline.plan(write(tmp_path, work(), inventory, levels=LEVELS), quiet, exact=exact)
    (tmp_path / "changed").mkdir()
    share = [["untrusted", "restricted"], ["untrusted", "internal"]]
    inputs = write(tmp_path / "changed", work(runtimeClassName="kata"), [*inventory, KATA], levels=LEVELS, mayShare=share)
    assert told(changed_plan(plan, asked(tmp_path), quiet)) == told(pipeline.plan(inputs, quiet, exact=exact))


def test_the_price_of_both_stands_side_by_side(tmp_path):
    inventory = [able("n-1"), able("n-2")]
    both = [each for each in work() if each["metadata"]["name"] != "web"]
    plan = pipeline.plan(write(tmp_path, both, [*inventory, node("n-3", "8")]), quiet, exact=True)
    asked(tmp_path)
    (case,) = pipeline.review(plan, quiet, quick=True, sandbox=[f"untrusted={tmp_path / 'kata.yaml'}"]).scenarios
    assert case.change == "untrusted in the sandbox kata"
    assert outcomes.help_or_saving(case) == "By packing 1 node is needed, 2 nodes before."


def test_without_a_node_that_can_run_it_nothing_holds(tmp_path):
    plan = pipeline.plan(write(tmp_path, work(), [node(f"n-{n}", "8") for n in range(3)], levels=LEVELS), quiet, exact=True)
    assert changed_plan(plan, asked(tmp_path), quiet).verdict == "infeasible"


def test_who_is_in_a_sandbox_already_stays_in_it(tmp_path):
    other = {**KATA, "metadata": {"name": "gvisor"}, "overhead": {"podFixed": {"cpu": "10m"}}}
    del other["scheduling"]
    inventory = [able("n-1"), able("n-2"), node("n-3", "8")]
    inputs = write(tmp_path, work(runtimeClassName="gvisor"), [*inventory, other], levels=LEVELS)
    plan = pipeline.plan(inputs, quiet, exact=True)
    (plugin,) = (w for w in changed_plan(plan, asked(tmp_path), quiet).cluster.workloads if w.id.name == "plugin")
    assert dict(plugin.template.overhead) == {"cpu": 10}


@pytest.mark.parametrize(
    ("level", "pod", "says"),
    [
        pytest.param("nobody", {}, "no level or trust group is called 'nobody'", id="a level that is not there"),
        pytest.param("untrusted", {"hostNetwork": True}, "uses the network of its node", id="pods in their node's network"),
        pytest.param(
            "untrusted", {"nodeSelector": {"shop.example/kvm": "no"}}, "no pod can have both", id="pods that select other nodes"
        ),
    ],
)
def test_who_cannot_be_in_a_sandbox_is_named(tmp_path, level, pod, says):
    there = node("n-4", "8")
    there["metadata"]["labels"]["shop.example/kvm"] = "no"
    inventory = [able("n-1"), able("n-2"), node("n-3", "8"), there]
    plan = pipeline.plan(write(tmp_path, work(**pod), inventory, levels=LEVELS), quiet, exact=True)
    with pytest.raises(BadInput, match=says):
        changed_plan(plan, asked(tmp_path, level), quiet)


@pytest.mark.parametrize("text", ["untrusted", "=kata.yaml", "untrusted="])
def test_what_is_no_sandbox_is_refused(text):
    with pytest.raises(ValueError, match=r"write untrusted=kata\.yaml"):
        read_sandbox(text)


def test_a_runtime_class_that_is_none_is_refused_with_its_line(tmp_path):
    with pytest.raises(BadInput, match=r"kata.yaml:1: overhead.podFixed.cpu: 'much' is no quantity"):
        asked(tmp_path, kind={**KATA, "overhead": {"podFixed": {"cpu": "much"}}})
    with pytest.raises(BadInput, match=r"kata\.yaml:1: kind: Node is no RuntimeClass"):
        asked(tmp_path, kind=node("n-1"))
