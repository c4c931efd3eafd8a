"""Nothing hides in a folder that is searched: it is read, or it is named with the reason."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from planner import pipeline
from planner.emit.policies.engine import ENGINES
from planner.read.documents.document import Loading
from tests.conftest import ROOT

Write = Callable[..., str]
MARKED = "# Written by ringfence 0.1.0 from plan shop.\n"
SPEC = "{selector: {matchLabels: {app: a}}, template: {metadata: {labels: {app: a}}, spec: {containers: [{name: a}]}}}"
DEPLOYMENT = f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: evil}}\nspec: {SPEC}\n"
ANCHOR = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, namespace: b, annotations: {ringfence.dev/ring: c}}\n"
COMPONENT = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncomponents: [b]\npatches: [{path: a.yaml}]\n"
POOL = "apiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: {name: a}\nspec: {}\n"
ADMISSION = "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\nmetadata: {name: a}\nspec: {}\n"
KUSTOMIZATION = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
PATCH = "- {op: test, path: /spec, value: null}\n- {op: add, path: /spec, value: {a: b}}\n"


def search(*folders: Path) -> tuple[list[str], list[str], dict[str, str]]:
    """Return the kinds of the documents below the folders, the faults, and what is said of what was not read."""
    loading = Loading([str(folder) for folder in folders])
    kinds = [document.kind for document in loading]
    return kinds, [str(fault) for fault in loading.faults], {one.subject: one.message for one in loading.ignored}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(".evil.yaml", id="a dotfile"),
        pytest.param(".evil/a.yml", id="a dot-folder"),
        pytest.param("partner/.a/.b/.c.json", id="dots at every step"),
        pytest.param(".svn/a.yaml", id="a folder of a version control that a commit can bring along"),
        pytest.param("..yaml", id="a name that is nothing but its ending"),
        pytest.param("A.YAML", id="capital letters"),
    ],
)
def test_a_hidden_file_is_read(name: str, write: Write, tmp_path: Path) -> None:
    write(DEPLOYMENT, name)
    assert search(tmp_path) == (["Deployment"], [], {})


@pytest.mark.parametrize("name", ["a.txt", "a.yaml.bak", "a", ".yamllint", "yaml"])
def test_a_file_of_another_ending_is_not_read_as_kubectl_does_not_either(name: str, write: Write, tmp_path: Path) -> None:
    write(DEPLOYMENT, "b.yaml")
    write(DEPLOYMENT, name)
    assert search(tmp_path) == (["Deployment"], [], {})


@pytest.mark.parametrize("name", [".git", "partner/.git", ".GIT"])
def test_the_folder_of_git_itself_is_named_and_not_searched(name: str, write: Write, tmp_path: Path) -> None:
    write(DEPLOYMENT, "a.yaml")
    write(DEPLOYMENT, f"{name}/refs/heads/b.yaml")
    kinds, faults, said = search(tmp_path)
    assert (kinds, faults) == (["Deployment"], [])
    assert said == {
        str(tmp_path / name): "is Git's own folder, and not searched: what it holds is planned only if it is named itself"
    }
    assert search(tmp_path / name)[0] == ["Deployment"]


def test_a_file_that_is_called_like_the_folder_of_git_is_none(write: Write, tmp_path: Path) -> None:
    write(DEPLOYMENT, "a.yaml")
    write("gitdir: elsewhere", ".git")
    assert search(tmp_path) == (["Deployment"], [], {})


def test_folders_may_nest_deeper_than_functions_call_each_other(tmp_path: Path) -> None:
    folders = [tmp_path]
    while len(str(folders[-1])) < 4000:
        folders.append(folders[-1] / "d")
        folders[-1].mkdir()
    try:
        (folders[-1] / "a.yaml").write_text(DEPLOYMENT)
        assert len(folders) > 1500
        assert search(tmp_path) == (["Deployment"], [], {})
    finally:
        (folders[-1] / "a.yaml").unlink()
        for folder in reversed(folders[1:]):
            folder.rmdir()


def test_a_path_that_is_too_long_to_be_read_is_a_fault(tmp_path: Path) -> None:
    there = os.open(tmp_path, os.O_RDONLY)
    for _ in range(22):
        os.mkdir("d" * 200, dir_fd=there)
        there, above = os.open("d" * 200, os.O_RDONLY, dir_fd=there), there
        os.close(above)
    os.close(os.open("a.yaml", os.O_CREAT | os.O_WRONLY, dir_fd=there))
    os.close(there)
    kinds, faults, _ = search(tmp_path)
    assert (kinds, len(faults)) == ([], 1)
    assert "cannot be read: file name too long" in faults[0]


def test_links_that_lead_in_circles_are_followed_once(write: Write, tmp_path: Path) -> None:
    write(DEPLOYMENT, "a/b/a.yaml")
    (tmp_path / "a" / "b" / "up").symlink_to(tmp_path)
    (tmp_path / "a" / "again").symlink_to(tmp_path / "a" / "b")
    (tmp_path / "self").symlink_to(tmp_path / "self")
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    assert search(tmp_path, tmp_path / "a") == (["Deployment"], [], {})


@pytest.mark.parametrize("name", ["pipe.yaml", ".pipe.json"])
def test_what_is_no_regular_file_is_a_fault(name: str, write: Write, tmp_path: Path) -> None:
    write(DEPLOYMENT)
    os.mkfifo(tmp_path / name)
    kinds, (fault,), _ = search(tmp_path)
    assert kinds == ["Deployment"]
    assert fault == f"{tmp_path / name}: cannot be read: it is not a regular file; name a readable file or folder"


# What bears our mark


@pytest.mark.parametrize("sample", sorted(ROOT.glob("samples/*/expected/patch")), ids=lambda path: path.parts[-3])
def test_all_that_patch_writes_is_passed_over_and_named(sample: Path) -> None:
    files = list(sample.rglob("*.yaml"))
    kinds, faults, said = search(sample)
    assert (kinds, faults, list(said)) == ([], [], [str(sample)])
    begin = f"files of ringfence patch, which make no pods, are passed over: {len(files):,} ("
    assert said[str(sample)].startswith(begin)
    assert "kustomization.yaml, " in said[str(sample)]


FORMS: dict[str, dict[str, Any]] = {
    "in stages": {"stages": True},
    **{f"for {engine}": {"engine": engine} for engine in ENGINES},
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_it_is_passed_over_in_each_form(form: dict[str, Any], tmp_path: Path) -> None:
    plan = pipeline.load(str(ROOT / "samples" / "quickstart" / "expected" / "plan.yaml"))
    written = pipeline.patch(plan, str(tmp_path / "patch"), **form)
    kinds, faults, said = search(tmp_path)
    count = sum(path.endswith(".yaml") for path in written)
    assert (kinds, faults, list(said)) == ([], [], [str(tmp_path)])
    assert f"are passed over: {count:,} (" in said[str(tmp_path)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(PATCH, id="operations on a workload"),
        pytest.param(COMPONENT, id="a Component"),
        pytest.param(f"{ANCHOR}---\n{ANCHOR}", id="anchors"),
        pytest.param(f"{POOL}---\n{POOL}", id="pools"),
        pytest.param(f"{ADMISSION}---\n{ADMISSION.replace('Policy', 'PolicyBinding')}", id="a policy and its binding"),
        pytest.param(KUSTOMIZATION + "resources: [pods.yaml, nodes.yaml]\n", id="a kustomization of files beside it"),
    ],
)
def test_what_patch_writes_is_known_by_what_it_holds_and_by_its_mark(text: str, write: Write, tmp_path: Path) -> None:
    path = write(MARKED + text)
    assert search(tmp_path)[:2] == ([], [])
    assert search(tmp_path)[2] == {str(tmp_path): "files of ringfence patch, which make no pods, are passed over: 1 (a.yaml)"}
    write(text)
    assert "passed over" not in str(search(tmp_path)[2])
    write(MARKED + text)
    assert search(Path(path))[2] == {}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(DEPLOYMENT, id="a workload"),
        pytest.param(f"{ANCHOR}---\n{DEPLOYMENT}", id="a workload behind an anchor"),
        pytest.param(f"{PATCH}---\n{DEPLOYMENT}", id="a workload behind a patch"),
        pytest.param(f"---\n{DEPLOYMENT}", id="a workload behind a separator"),
        pytest.param(f"apiVersion: v1\nkind: List\nitems:\n- {DEPLOYMENT.replace(chr(10), chr(10) + '  ')}", id="a List"),
        pytest.param(ANCHOR + f"spec: {SPEC}\n", id="an anchor with a spec"),
        pytest.param(ANCHOR + "<<: {spec: " + SPEC + "}\n", id="an anchor into which a spec is merged"),
        pytest.param(ANCHOR.replace("ringfence.dev/ring: c", "ringfence.dev/ring: c, a: b"), id="an anchor with more to say"),
        pytest.param(
            ANCHOR.replace("Deployment", "Pod").replace("apps/v1", "v1") + "spec: {containers: [{name: a}]}", id="a pod"
        ),
    ],
)
def test_a_workload_is_read_whatever_its_first_line_says(text: str, write: Write, tmp_path: Path) -> None:
    write(MARKED + COMPONENT, "kustomization.yaml")
    write(MARKED + text, "evil.yaml")
    kinds, _, said = search(tmp_path)
    assert {"Deployment", "Pod"} & {*kinds}
    assert said[str(tmp_path)].endswith(": 1 (kustomization.yaml)")


@pytest.mark.parametrize(
    "resources",
    [
        pytest.param("[../evil.yaml]", id="a file of another folder"),
        pytest.param("[base]", id="a folder"),
        pytest.param("['https://example.com/base.yaml']", id="a place in the network"),
        pytest.param("pods.yaml", id="no list"),
        pytest.param("[pods.yaml]\nnamePrefix: a-", id="more than a list"),
    ],
)
def test_a_kustomization_of_other_things_is_not_passed_over(resources: str, write: Write, tmp_path: Path) -> None:
    write(f"{MARKED}{KUSTOMIZATION}resources: {resources}\n", "kustomization.yaml")
    assert "passed over" not in str(search(tmp_path)[2])


@pytest.mark.parametrize(
    "kustomization",
    [
        pytest.param("resources: [evil.yaml]\n", id="one that lists a workload"),
        pytest.param(f"{COMPONENT}resources: [evil.yaml]\n", id="a Component that lists a workload"),
        pytest.param(COMPONENT, id="one like ours"),
    ],
)
def test_a_kustomization_with_the_mark_hides_nothing_beside_or_below_it(kustomization: str, write: Write, tmp_path: Path) -> None:
    write(MARKED + kustomization, "partner/kustomization.yaml")
    write(DEPLOYMENT, "partner/evil.yaml")
    write(DEPLOYMENT, "partner/below/evil.yaml")
    kinds = search(tmp_path)[0]
    assert kinds.count("Deployment") == 2
    assert ("Kustomization" in kinds or "Component" in kinds) == ("resources" in kustomization)


def test_what_is_marked_and_broken_is_a_fault(write: Write, tmp_path: Path) -> None:
    write(MARKED + ANCHOR + "a: [\n")
    (fault,) = search(tmp_path)[1]
    assert "broken YAML" in fault
