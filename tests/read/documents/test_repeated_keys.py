"""A key that a map has twice is a fault, and a merge key that is read in two ways, but not in what a cluster has written."""

from collections.abc import Callable
from pathlib import Path

import pytest

from planner.read.documents.document import Loading, documents
from tests.read.written_files import POD, faults_of

REPEATED = {
    "in a block": ("x:\n  a: 1\n  b: 2\n  a: 3\n", [(8, "a")]),
    "in braces, within a list": ("x: [{a: 1,\n a: 1}]\n", [(6, "a")]),
    "at the top": ("kind: Pod\n", [(5, "kind")]),
    "several, three of one": ("x: {a: 1, a: 2, a: 3}\ny: {b: 1, b: 2}\n", [(5, "a"), (6, "b")]),
    "written in two ways": ("x:\n  a: 1\n  'a': 2\n", [(7, "a")]),
    "that are one once they are strings": ("x: {on: 1,\n 'true': 2}\n", [(6, "true")]),
    "after what was merged": ("y: &y {a: 1}\nx: {<<: *y, a: 2,\n a: 3}\n", [(7, "a")]),
    "the items of a list": ("items: []\nitems: []\n", [(6, "items")]),
    "merged at the top": ("y: &y {a: 1}\n<<: *y\na: 2\na: 3\n", [(8, "a")]),
}


@pytest.mark.parametrize(("more", "expected"), REPEATED.values(), ids=REPEATED)
def test_a_key_that_a_map_has_twice_is_a_fault(write: Callable[..., str], more: str, expected: list[tuple[int, str]]) -> None:
    path = write(POD.format("a") + more)
    assert sorted((fault.where.line, fault.field) for fault in faults_of(path)) == expected
    assert all("second time in the same map" in fault.reason and fault.fix for fault in faults_of(path))


NOT_REPEATED = {
    "in two maps": "x: [{a: 1}, {a: 2}]\na: {a: {a: 1}}\n",
    "merged and overridden": "y: &y {a: 1, b: 2}\nx: {<<: *y, a: 2}\n",
    "own ones and others that are merged": "y: &y {a: 1}\nx: {b: 2, <<: *y}\n",
    "merged twice": "y: &y {a: 1}\nx: {<<: [*y, *y], b: 1}\n",
    "an alias of a map": "y: &y {a: 1}\nx: [*y, *y]\n",
    "strings that only look alike": "x: {on: 1, 'on': 2, 1: 3, '1.0': 4}\n",
}


@pytest.mark.parametrize("more", NOT_REPEATED.values(), ids=NOT_REPEATED)
def test_a_key_that_each_map_has_once_is_none(write: Callable[..., str], more: str) -> None:
    assert len(documents([write(POD.format("a") + more)]).documents) == 1


MERGED_LATE = {
    "in a block": ("y: &y {a: 1}\nx:\n  a: 2\n  <<: *y\n", [(8, "a")]),
    "in braces, the mapping written out": ("x: {a: 2,\n <<: {a: 1}}\n", [(6, "a")]),
    "with one of several mappings": ("x: {a: 2,\n <<: [{b: 1}, {a: 1}]}\n", [(6, "a")]),
    "with several keys, told once": ("x: {b: 2, a: 2,\n <<: {a: 1, b: 1}}\n", [(6, "a")]),
    "at the top": ("<<: {kind: ConfigMap}\n", [(5, "kind")]),
    "with what another merge brought": ("x: {<<: {a: 1},\n <<: {a: 2}}\n", [(6, "a")]),
    "within a mapping that is merged": ("x:\n  <<:\n    a: 2\n    <<: {a: 1}\n", [(8, "a")]),
    "before the key is there once more": ("x: {a: 2,\n <<: {a: 1},\n a: 3}\n", [(6, "a"), (7, "a")]),
    "with the items of a list": ("items: []\n<<: {items: []}\n", [(6, "items")]),
}


@pytest.mark.parametrize(("more", "expected"), MERGED_LATE.values(), ids=MERGED_LATE)
def test_a_merge_key_behind_a_key_that_it_brings_is_a_fault(
    write: Callable[..., str], more: str, expected: list[tuple[int, str]]
) -> None:
    faults = faults_of(write(POD.format("a") + more))
    assert [(fault.where.line, fault.field) for fault in faults] == expected
    assert "kubectl takes the merged value, kustomize the other" in faults[0].reason


NOT_PLAIN = {
    "with its tag": ("a.yaml", "x:\n  !!merge <<: {a: 1}\n", 6),
    "with its tag, at the top": ("a.yaml", "!!merge <<: {x: Deployment}\n", 5),
    "with its tag written out": ("a.yaml", "x: {!<tag:yaml.org,2002:merge> <<: {a: 1}}\n", 5),
    "with the tag of another key": ("a.yaml", "x: {!!merge b: {a: 1}}\n", 5),
    "in quotes": ("a.yaml", "x: {'<<': {a: 1}}\n", 5),
    "as a string": ("a.yaml", "x: {!!str <<: {a: 1}}\n", 5),
    "with a tag of its own": ("a.yaml", "x: {!a <<: {a: 1}}\n", 5),
    "in base64": ("a.yaml", "x: {!!binary PDw=: {a: 1}}\n", 5),
    "by an alias": ("a.yaml", "y: &y <<\nx: {*y : {a: 1}}\n", 6),
    "in JSON": ("a.json", '{"apiVersion": "v1", "kind": "Pod",\n"x": {"<<": {"a": 1}}}', 2),
    "in JSON, with escapes": ("a.json", '{"apiVersion": "v1", "kind": "Pod",\n"x": {"\\u003c\\u003C"\n: {"a": 1}}}', 2),
    "in JSON, in an item": ("a.json", '{"kind": "PodList", "apiVersion": "v1", "items": [\n{"<<": {}}]}', 2),
}


@pytest.mark.parametrize(("name", "text", "line"), NOT_PLAIN.values(), ids=NOT_PLAIN)
def test_a_merge_key_that_is_not_plain_is_a_fault(write: Callable[..., str], name: str, text: str, line: int) -> None:
    (fault,) = faults_of(write(text if name.endswith(".json") else POD.format("a") + text, name))
    assert (fault.where.line, fault.field) == (line, "<<")
    assert "kubectl and kustomize do not read it alike" in fault.reason


HALF = "metadata: {{name: a}}\n{}: {{apiVersion: v1, kind: Pod}}\n"
MERGED_KIND = {
    "with its tag": ("a.yaml", HALF.format("!!merge <<")),
    "in quotes": ("a.yaml", HALF.format("'<<'")),
    "in JSON": ("a.json", '{"metadata": {"name": "a"},\n"<<": {"apiVersion": "v1", "kind": "Pod"}}'),
}


@pytest.mark.parametrize(("name", "text"), MERGED_KIND.values(), ids=MERGED_KIND)
def test_a_merge_key_that_is_not_plain_may_make_an_object_of_a_file_in_a_folder(
    write: Callable[..., str], tmp_path: Path, name: str, text: str
) -> None:
    write(text, name)
    (fault,) = faults_of(str(tmp_path))
    assert (fault.where.line, fault.field) == (2, "<<")


def test_a_merge_key_of_what_is_no_object_does_not_matter_in_a_folder(write: Callable[..., str], tmp_path: Path) -> None:
    write(POD.format("a"))
    write("x: &x {a: 1}\ny: {!!merge <<: *x}\n", "values.yaml")
    found = documents([str(tmp_path)])
    assert (len(found.documents), len(found.ignored)) == (1, 1)


PLAIN = {
    "a text": ("a.yaml", "x: ['<<', <<, !!merge <<]\n"),
    "a merge key with a lone tag": ("a.yaml", "x: {! <<: {a: 1}}\n"),
    "a plain merge key with an anchor": ("a.yaml", "x: {&x <<: {a: 1}}\n"),
    "a text in JSON": ("a.json", '{"apiVersion": "v1", "kind": "Pod", "x": ["<<", "\\"<<\\": 1", "<<"]}'),
}


@pytest.mark.parametrize(("name", "text"), PLAIN.values(), ids=PLAIN)
def test_what_only_looks_like_a_merge_key_is_none(write: Callable[..., str], name: str, text: str) -> None:
    assert len(documents([write(text if name.endswith(".json") else POD.format("a") + text, name)]).documents) == 1


def test_a_merge_key_in_json_is_searched_for_however_long_the_file_is(write: Callable[..., str]) -> None:
    pod = '{"apiVersion": "v1", "kind": "Pod", "x": "' + "x" * 1_000_000 + '"%s}\n'
    (fault,) = faults_of(write(pod % "" * 6 + pod % ', "<<": {}', "a.json"))
    assert (fault.where.line, fault.field) == (7, "<<")


def test_repeated_keys_are_told_of_each_item_and_of_the_list(write: Callable[..., str]) -> None:
    items = "- {apiVersion: v1, kind: Pod, x: 1,\n   x: 2}\n- {apiVersion: v1, kind: Pod,\n   kind: Pod}\n"
    path = write("apiVersion: v1\nitems:\n" + items + "kind: List\nkind: List\n")
    assert [(fault.where.line, fault.field) for fault in faults_of(path)] == [(4, "x"), (6, "kind"), (8, "kind")]


def test_repeated_keys_of_what_is_no_object_do_not_matter_in_a_folder(write: Callable[..., str], tmp_path: Path) -> None:
    write(POD.format("a"))
    write("replicas: 1\nreplicas: 2\n", "values.yaml")
    found = documents([str(tmp_path)])
    assert (len(found.documents), len(found.ignored)) == (1, 1)


@pytest.mark.parametrize("inner", ['{"kind": "List", "apiVersion": "v1", "items": [%s]}', "%s"], ids=["in a list", "alone"])
def test_a_key_twice_in_json_is_a_fault_unless_a_cluster_wrote_it(write: Callable[..., str], inner: str) -> None:
    pod = '{"apiVersion": "v1", "kind": "Pod",\n"x": [{"a": 1,\n"a": {"a": 2}}], "y": {"a": 3}}'
    (fault,) = faults_of(write(inner % pod, "a.json"))
    assert (fault.where.line, fault.field) == (3, "a")
    stored = write(inner % pod.replace('"y": {"a": 3}', '"metadata": {"uid": "u"}'), "b.json")
    for loading, is_believed in ((Loading([], nodes=[stored]), True), (Loading([stored]), "List" in inner)):
        assert (len(list(loading)), len(loading.faults)) == (1, 0 if is_believed else 1)


def test_a_long_json_file_is_not_searched_for_keys_that_are_there_twice(write: Callable[..., str]) -> None:
    pod = '{"apiVersion": "v1", "kind": "Pod", "x": "' + "x" * 1_000_000 + '"%s}\n'
    assert len(documents([write(pod % "" * 6 + pod % ', "x": 1', "a.json")]).documents) == 7
