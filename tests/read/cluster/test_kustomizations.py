"""Folders of kustomize: what changes the manifests is refused, what ringfence wrote is passed over."""

import pytest

from planner.errors import BadInput
from planner.read import read_cluster
from planner.read.cluster.build import Intake
from planner.read.documents.document import Loading

SPEC = "{selector: {matchLabels: {app: a}}, template: {metadata: {labels: {app: a}}, spec: {containers: [{name: a}]}}}"
NODE = "apiVersion: v1\nkind: Node\nmetadata: {name: node-1}\nstatus: {allocatable: {cpu: '4', pods: '9'}}\n"
MARKED = "# Written by ringfence 0.1.0\n"
COMPONENT = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches: [{path: a.yaml}]\n"
ANCHOR = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, namespace: b, annotations: {ringfence.dev/ring: c}}\n"
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


@pytest.mark.parametrize("name", ["kustomization.yaml", "Kustomization"])
@pytest.mark.parametrize(
    ("text", "field"),
    [
        pytest.param('{"resources": ["a.yaml"],\n"namespace": "payments"}', "namespace", id="a namespace"),
        pytest.param('{"resources": ["a.yaml"],\n"replicas": [{"name": "a", "count": 50}]}', "replicas", id="replicas"),
        pytest.param('{"resources": ["a.yaml"],\n"patches": [{"path": "p.yaml"}]}', "patches", id="patches"),
    ],
)
def test_a_kustomization_may_be_json(tmp_path, name, text, field):
    (tmp_path / "a.yaml").write_text(DEPLOYMENT)
    (tmp_path / name).write_text(text)
    (fault,) = faults(tmp_path)
    assert (fault.field, fault.where.line) == (field, 2)


def test_a_folder_that_ringfence_wrote_is_passed_over(tmp_path):
    (tmp_path / "a.yaml").write_text(DEPLOYMENT)
    ours = tmp_path / "ringfence"
    ours.mkdir()
    (ours / "kustomization.yaml").write_text(MARKED + COMPONENT)
    (ours / "anchors.yaml").write_text(MARKED + ANCHOR)
    assert faults(tmp_path) == []
    (ours / "kustomization.yaml").write_text(COMPONENT)
    assert faults(tmp_path)


def tree(folder, files):
    """Write files, by their paths, and a node beside them."""
    for path, text in {"node.yaml": NODE, **files}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


def refused(folder, *paths):
    """Read these paths with the node as inventory, and return what is wrong with them."""
    try:
        read_cluster([str(folder / path) for path in paths], [str(folder / "node.yaml")], None)
    except BadInput as bad:
        return [(fault.field, fault.reason, fault.fix) for fault in bad.faults]
    return []


BASE = {"base/kustomization.yaml": "resources: [b.yaml]\n", "base/b.yaml": DEPLOYMENT.replace("name: a}", "name: b}", 1)}
OVERLAY = {"over/a.yaml": DEPLOYMENT, "over/kustomization.yaml": "resources: [../base, a.yaml]\n"}


@pytest.mark.parametrize(
    ("listed", "field"),
    [
        pytest.param("resources: [../base, a.yaml]", "resources[0]", id="a base outside the folder"),
        pytest.param("resources: [a.yaml, ../base/b.yaml]", "resources[1]", id="a file outside the folder"),
        pytest.param("bases: [../base]", "bases[0]", id="a base by the old field"),
        pytest.param("Resources: [../base]", "Resources[0]", id="a field in other letters, which kustomize takes as well"),
        pytest.param("resources: [https://example.com/app?ref=v1]", "resources[0]", id="a base on another machine"),
        pytest.param("resources: [github.com/org/repo//base]", "resources[0]", id="a repository"),
        pytest.param('{"resources": ["a.yaml", "../base"]}', "resources[1]", id="a base outside the folder, in JSON"),
        pytest.param("resources: [missing.yaml]", "resources[0]", id="a file that is not there"),
        pytest.param("resources: [a.txt]", "resources[0]", id="a file whose ending no folder search looks at"),
    ],
)
def test_half_an_overlay(tmp_path, listed, field):
    """What a kustomization builds along and nobody reads would be planned by half: the command that renders it is told."""
    folder = tree(tmp_path, {**BASE, **OVERLAY, "over/kustomization.yaml": f"{listed}\n", "over/a.txt": ""})
    ((where, reason, fix),) = refused(folder, "over")
    assert where == field
    assert "is not among what is read" in reason
    assert f"kubectl kustomize {folder}/over | ringfence plan - " in fix


@pytest.mark.parametrize(
    "paths",
    [
        pytest.param(("over", "base"), id="both folders are named"),
        pytest.param((".",), id="both are below the folder"),
        pytest.param(("over/../over", "base/."), id="by other names for the same folders"),
    ],
)
def test_an_overlay_that_changes_nothing_is_read_with_its_base(tmp_path, paths):
    assert refused(tree(tmp_path, {**BASE, **OVERLAY}), *paths) == []


def test_a_kustomization_named_alone_lists_what_is_not_read(tmp_path):
    ((where, *_),) = refused(tree(tmp_path, {**BASE, **OVERLAY}), "over/kustomization.yaml", "base")
    assert where == "resources[1]"


@pytest.mark.parametrize(
    ("fields", "reason", "command"),
    [
        pytest.param("helmCharts: [{name: redis}]", "makes objects that are in no file", "--enable-helm", id="charts"),
        pytest.param("helmChartInflationGenerator: [{}]", "makes objects that are in no file", "--enable-helm", id="old charts"),
        pytest.param("generators: [g.yaml]", "makes objects that are in no file", "/", id="generators"),
        pytest.param("NamePrefix: x-", "changes what the files", "/", id="a field in other letters"),
        pytest.param("images: [{name: a, newName: b}]", "changes what the files", "/", id="images of other names"),
        pytest.param("vars: [{name: A}]", "changes what the files", "/", id="variables"),
    ],
)
def test_what_a_kustomization_makes_or_changes_is_refused(tmp_path, fields, reason, command):
    ((_, why, fix),) = refused(tree(tmp_path, {"a.yaml": DEPLOYMENT, "kustomization.yaml": f"{fields}\n"}), "a.yaml", ".")
    assert reason in why
    assert f"kubectl kustomize {command}" in fix


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param("configMapGenerator: [{name: a, literals: [b=c]}]", id="generated ConfigMaps"),
        pytest.param("secretGenerator: [{name: a, literals: [b=c]}]", id="generated Secrets"),
        pytest.param("images: [{name: a, newTag: '2'}]", id="images of another version"),
        pytest.param("crds: [crd.json]", id="schemas of custom resources, which make none"),
        pytest.param("commonAnnotations: {a: b}", id="annotations"),
    ],
)
def test_what_bears_on_no_pods_place_is_let_pass(tmp_path, fields):
    files = {"a.yaml": DEPLOYMENT, "kustomization.yaml": f"resources: [a.yaml]\n{fields}\n"}
    assert refused(tree(tmp_path, files), ".") == []
