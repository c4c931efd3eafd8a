"""The label that names node groups is one that nodes have; what is wrong with keys is said at their line."""

import json
from pathlib import Path

import pytest
import yaml

from planner.errors import BadInput
from planner.inputs import read_inputs
from tests.shop_that_buys import node, shape, workload, write

EKS = "eks.amazonaws.com/nodegroup"


def of_group(name):
    made = node(name)
    made["metadata"]["labels"] |= {EKS: "web"}
    return made


@pytest.mark.parametrize(
    ("inventory", "nodes", "field", "said"),
    [
        pytest.param(
            [of_group("a")],
            {"groups": {"by": "eks.amazonaws.com/nodegroups"}},
            "spec.nodes.groups.by",
            f"no node has the label eks.amazonaws.com/nodegroups; did you mean {EKS}?",
            id="a label of groups that is misspelt",
        ),
        pytest.param(
            [of_group("a")],
            {"groups": {"by": "shop.example/zzz"}},
            "spec.nodes.groups.by",
            "no node has the label shop.example/zzz; write a label that nodes have, or leave it out",
            id="a label of groups that is like none",
        ),
        pytest.param(
            [of_group("a")],
            {"labelKey": "eks.amazonaws.com/ring"},
            "spec.nodes.labelKey",
            "eks.amazonaws.com/ring: EKS refuses it on a managed node group",
            id="a label of rings that the provider refuses",
        ),
    ],
)
def test_a_label_that_cannot_be_is_an_error_at_its_line(tmp_path, inventory, nodes, field, said):
    inputs = write(tmp_path, [workload("api", "restricted", "1", 1)], inventory, nodes=nodes)
    trust = Path(inputs.policy)
    trust.write_text(yaml.safe_dump(json.loads(trust.read_text(encoding="utf-8"))), encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        read_inputs(inputs, [])
    (fault,) = caught.value.faults
    assert fault.field == field
    assert f"{fault.reason}; {fault.fix}".startswith(said)
    line = trust.read_text(encoding="utf-8").splitlines()[fault.where.line - 1]
    assert field.rpartition(".")[2] in line


@pytest.mark.parametrize(
    ("inventory", "by"),
    [
        pytest.param([of_group("a"), node("b")], EKS, id="a node has it"),
        pytest.param([shape("small", "4", 1)], EKS, id="there is no node"),
        pytest.param([node("a")], "kubernetes.io/hostname", id="every node has it"),
    ],
)
def test_a_label_that_a_node_has_is_taken(tmp_path, inventory, by):
    policy, _ = read_inputs(write(tmp_path, [workload("api", "restricted", "1", 1)], inventory, nodes={"groups": {"by": by}}), [])
    assert policy.nodes.groups.by == by
