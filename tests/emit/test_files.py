import re
from dataclasses import replace

import pytest

from planner.emit.patch import patches
from tests.emit.emit_plans import (
    GPU,
    manifest,
    plan,
)


def test_the_layout():
    found = [manifest("CronJob", "backup", "bank"), manifest(), manifest("Pod", "debug")]
    assert list(patches(plan(found))) == [
        "kustomization.yaml",
        "mutating-policy/kustomization.yaml",
        "mutating-policy/rings-of-cronjobs.yaml",
        "mutating-policy/rings-of-pods.yaml",
        "mutating-policy/rings-of-templates.yaml",
        "nodes/apply.sh",
        "nodes/undo.sh",
        "policy/bindings.yaml",
        "policy/cronjobs.yaml",
        "policy/kustomization.yaml",
        "policy/namespaces.yaml",
        "policy/nodes.yaml",
        "policy/pods.yaml",
        "policy/templates.yaml",
        "workloads/bank/anchors.yaml",
        "workloads/bank/cronjob-backup.yaml",
        "workloads/bank/kustomization.yaml",
        "workloads/shop/anchors.yaml",
        "workloads/shop/deployment-web.yaml",
        "workloads/shop/kustomization.yaml",
        "workloads/shop/pod-debug.yaml",
    ]


PATCH = """\
# Written by ringfence: Deployment shop/web runs on nodes of ring restricted only.
- op: test
  path: /spec/template/metadata/labels/ringfence.dev~1trust-level
  value: null
- op: test
  path: /metadata/labels
  value: null
- op: test
  path: /spec/template/spec/affinity
  value: null
- op: test
  path: /spec/template/spec/tolerations
  value:
    - effect: NoSchedule
      key: nvidia.com/gpu
      operator: Exists
- op: add
  path: /spec/template/spec/tolerations/-
  value:
    key: ringfence.dev/ring
    operator: Equal
    value: restricted
- op: test
  path: /spec/template/spec/nodeSelector
  value: null
- op: add
  path: /spec/template/spec/nodeSelector
  value:
    ringfence.node-restriction.kubernetes.io/ring: restricted
"""


def test_a_patch_reads_like_this():
    assert patches(plan([manifest(tolerations=[GPU])]))["workloads/shop/deployment-web.yaml"] == PATCH


@pytest.mark.parametrize("kind", ["Pod", "Job", "ReplicaSet", "ReplicationController"])
def test_a_kind_that_does_not_roll_out_says_what_to_do(kind):
    made = patches(plan([manifest(kind)]))
    assert "delete" in made[f"workloads/shop/{kind.lower()}-web.yaml"].splitlines()[1]
    assert "delete" not in patches(plan([manifest()]))["workloads/shop/deployment-web.yaml"]


def test_the_order_of_the_input_does_not_matter():
    found = [manifest(name=name, namespace=space) for space in ("shop", "bank") for name in ("web", "api")]
    assert patches(plan(found)) == patches(plan(found[::-1]))


def test_the_head_says_what_it_was_made_from():
    first, same, other = (patches(plan([manifest(name=name)]))["kustomization.yaml"] for name in ("web", "web", "api"))
    heads = [text.splitlines()[0] for text in (first, same, other)]
    assert re.fullmatch(r"# Written by ringfence \d+\.\d+\.\d+ from plan shop, patches [0-9a-f]{12}\.", heads[0])
    assert heads[0] == heads[1] != heads[2]


def test_names_cannot_lead_out_of_the_folder_or_out_of_a_comment():
    evil = [manifest(name="../../x\nkind: Secret", namespace="../.."), manifest(name="x" * 250, namespace="..")]
    made = patches(replace(plan(evil), name="shop\nkind: Secret"))
    assert all(".." not in path and len(path.rpartition("/")[2]) < 255 for path in made)
    assert len([path for path in made if path.startswith("workloads/")]) == 6
    for path, text in made.items():
        if path.endswith(".yaml"):
            assert not re.search(r"^kind: Secret", text, re.MULTILINE), path
