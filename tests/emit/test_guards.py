from dataclasses import replace

import pytest

from models.trust import Membership, PolicyNodes
from models.workload import Raw, Written
from planner.emit.patch import patches
from planner.emit.workload import operations
from tests.emit.emit_plans import (
    GPU,
    IN_RING,
    RING,
    SSD,
    expressions,
    lay_out,
    manifest,
    plan,
    required,
    spread,
    workload,
)

pytestmark = pytest.mark.kubectl

DRIFTS = [
    ("a toleration was added", {}, {"tolerations": [GPU]}),
    ("a toleration was changed", {"tolerations": [GPU]}, {"tolerations": [{**GPU, "effect": "NoExecute"}]}),
    ("the tolerations are gone", {"tolerations": [GPU]}, {}),
    ("a node selector was added", {}, {"nodeSelector": {"disk": "ssd"}}),
    ("the node selector was changed", {"nodeSelector": {"disk": "ssd"}}, {"nodeSelector": {"disk": "hdd"}}),
    ("a corrected affinity has one more term", {"affinity": required(expressions({**IN_RING, "values": ["internal"]}))},
     {"affinity": required(expressions({**IN_RING, "values": ["internal"]}), expressions(SSD))}),
    ("a corrected spread constraint was changed", {"topologySpreadConstraints": [spread(nodeAffinityPolicy="Ignore")]},
     {"topologySpreadConstraints": [spread(nodeAffinityPolicy="Ignore", maxSkew=2)]}),
]  # fmt: skip


@pytest.mark.parametrize(("planned", "found"), [row[1:] for row in DRIFTS], ids=[row[0] for row in DRIFTS])
def test_a_drifted_base_fails_the_build(kubectl, tmp_path, planned, found):
    made = patches(plan([manifest(**planned)]))
    assert kubectl("kustomize", lay_out(tmp_path, [manifest(**planned)], made)).returncode == 0
    done = kubectl("kustomize", lay_out(tmp_path, [manifest(**found)], made))
    assert done.returncode != 0
    assert "test" in done.stderr


def test_other_changes_of_the_base_do_not_fail_the_build(kubectl, tmp_path):
    made = patches(plan([manifest()]))
    assert kubectl("kustomize", lay_out(tmp_path, [manifest(priorityClassName="high")], made)).returncode == 0


GONE = [
    ("another name", {"name": "web2"}),
    ("another namespace", {"namespace": "shop2"}),
    ("another kind", {"kind": "StatefulSet"}),
]


@pytest.mark.parametrize("given", [row[1] for row in GONE], ids=[row[0] for row in GONE])
def test_a_vanished_workload_fails_the_build(kubectl, tmp_path, given):
    done = kubectl("kustomize", lay_out(tmp_path, [manifest(**given)], patches(plan([manifest()]))))
    assert done.returncode != 0
    assert "no resource matches" in done.stderr


def test_a_field_is_guarded_as_it_is_written():
    written = Written(tolerations=Raw('[{"key":"a","operator":"Exists","tolerationSeconds":300}]'))
    found = operations(replace(workload(manifest()), written=written), Membership("group", RING), PolicyNodes())
    assert found[0] == {
        "op": "test",
        "path": "/spec/template/spec/tolerations",
        "value": [{"key": "a", "operator": "Exists", "tolerationSeconds": 300}],
    }
