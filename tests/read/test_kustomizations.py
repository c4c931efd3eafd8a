"""Folders of kustomize: what changes the manifests is refused, what ringfence wrote is passed over."""

import pytest

from planner.read.cluster import Intake
from planner.read.document import Loading

SPEC = "{selector: {matchLabels: {app: a}}, template: {metadata: {labels: {app: a}}, spec: {containers: [{name: a}]}}}"
DEPLOYMENT = f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: a}}\nspec: {SPEC}\n"


def faults(folder):
    loading, intake = Loading([str(folder)]), Intake(None)
    for document in loading:
        intake.add(document)
    return [*loading.faults, *intake.notebook.faults]


@pytest.mark.parametrize("name", ["kustomization.yaml", "kustomization.yml", "Kustomization"])
def test_a_kustomization_need_not_say_what_it_is(tmp_path, name):
    (tmp_path / "a.yaml").write_text(DEPLOYMENT)
    (tmp_path / name).write_text("resources: [a.yaml]\nnamespace: payments\n")
    (fault,) = faults(tmp_path)
    assert (fault.field, fault.where.line) == ("namespace", 2)


def test_a_folder_that_ringfence_wrote_is_passed_over(tmp_path):
    (tmp_path / "a.yaml").write_text(DEPLOYMENT)
    ours = tmp_path / "ringfence"
    ours.mkdir()
    (ours / "kustomization.yaml").write_text("# Written by ringfence 0.1.0\nkind: Component\npatches: [{path: a.yaml}]\n")
    (ours / "anchors.yaml").write_text(DEPLOYMENT.replace(f"spec: {SPEC}", ""))
    assert faults(tmp_path) == []
    (ours / "kustomization.yaml").write_text("kind: Component\npatches: [{path: a.yaml}]\n")
    assert faults(tmp_path)
