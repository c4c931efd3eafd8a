"""A field's line, and what is said of a value that does not fit."""

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec import Struct, field

from models.field_path import path_of, steps_of
from planner.errors import BadInput
from planner.read.documents.document import Document, documents


class Port(Struct, rename="camel"):
    container_port: int


class Container(Struct):
    name: str
    image: str = ""
    ports: list[Port] = field(default_factory=list)
    limits: dict[str, str | int | float] = field(default_factory=dict)


class Spec(Struct):
    containers: list[Container]
    replicas: int | None = None
    host: bool = False


class Meta(Struct):
    name: str
    labels: dict[str, str] = field(default_factory=dict)


class Pod(Struct):
    metadata: Meta
    spec: Spec


YAML = """\
apiVersion: v1
kind: Pod
metadata:
  name: a
  labels:
    # a comment
    app: x
    a.b/c: z
spec:
  containers:
  - name: one
    limits: {cpu: 1,
      memory: 2Gi}
  -
    name: two
    ports:
      - {containerPort: 80}
      - containerPort:
          90
"""
LINES = [
    ("kind", 2),
    ("metadata", 3),
    ("metadata.name", 4),
    ("metadata.labels.app", 7),
    ("metadata.labels[a.b/c]", 8),
    ("metadata.labels.absent", 5),
    ("spec.containers[0].name", 11),
    ("spec.containers[0].limits.memory", 13),
    ("spec.containers[1]", 15),
    ("spec.containers[1].ports[0].containerPort", 17),
    ("spec.containers[1].ports[1].containerPort", 18),
    ("spec.containers[7].name", 10),
    ("spec.containers[0].name.x", 11),
    ("status.phase", 1),
]


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., list[Document]]:
    def read(text: str, name: str = "a.yaml") -> list[Document]:
        path = tmp_path / name
        path.write_text(text)
        return documents([str(path)]).documents

    return read


@pytest.mark.parametrize(("path", "line"), LINES)
def test_the_line_of_a_field(load: Callable[..., list[Document]], path: str, line: int) -> None:
    found = load("---\n" + YAML + "---\n" + "# é\n" * 30_000 + YAML)
    assert [document.where_of(path).line for document in found] == [line + 1, line + 30_021]


@pytest.mark.parametrize(("path", "line"), LINES)
def test_the_line_of_a_field_of_an_item(load: Callable[..., list[Document]], path: str, line: int) -> None:
    item = "- " + YAML.rstrip("\n").replace("\n", "\n  ") + "\n"
    found = load("apiVersion: v1\nkind: List\nitems:\n" + item * 3 + "metadata: {}\n")
    assert [document.where_of(path).line for document in found] == [line + 3 + 19 * at for at in range(3)]
    assert [document.where_of(path).line for document in reversed(found)] == [line + 3 + 19 * at for at in (2, 1, 0)]


def test_the_line_of_a_field_of_flow_items(load: Callable[..., list[Document]]) -> None:
    pod = "{apiVersion: v1, kind: Pod, metadata: {é: 1,\n name: a}}"
    found = load("kind: List\napiVersion: v1\nitems: [" + pod + ", " + pod + "]\n")
    assert [(d.where.line, d.where_of("metadata.name").line) for d in found] == [(3, 4), (4, 5)]


def test_lines_may_be_asked_for_in_any_order(load: Callable[..., list[Document]]) -> None:
    items = ["- apiVersion: v1\n" + "  # x\n" * at + "  kind: Pod\n" for at in range(4)]
    text = "apiVersion: v1\nkind: List\nitems:\n" + "".join(items)
    found = load(text + "---\n" + text)
    expected = [5, 8, 12, 17, 23, 26, 30, 35]
    for at in [*range(8), *reversed(range(8)), 7, 0, 4, 3, 1, 6]:
        assert found[at].where_of("kind").line == expected[at]


def test_the_line_of_a_key_that_was_made_a_string(load: Callable[..., list[Document]]) -> None:
    (found,) = load("apiVersion: v1\nkind: X\na:\n  0x10: 1\n  'on': 2\n  on: 3\n")
    assert [found.where_of(path).line for path in ("a[16]", "a.on", "a.true")] == [4, 5, 6]


JSON = """\
{
  "apiVersion": "v1", "kind": "Pod",
  "metadata": {"name": "a", "labels": {
    "app": "}{",
    "a.b/c": "y"}},
  "spec": {
    "containers": [
      {"name": "one"},
      {"name": "two", "ports": [{"containerPort": 80},
        {"containerPort": 90}]}
    ]
  }
}
"""
JSON_LINES = [
    ("kind", 2),
    ("metadata.name", 3),
    ("metadata.labels[a.b/c]", 5),
    ("metadata.absent", 3),
    ("spec.containers[1].name", 9),
    ("spec.containers[1].ports[1].containerPort", 10),
    ("spec.containers[5]", 7),
]


@pytest.mark.parametrize(("path", "line"), JSON_LINES)
def test_the_line_of_a_field_in_json(load: Callable[..., list[Document]], path: str, line: int) -> None:
    found = load('{"apiVersion": "v1",\n"items": [\n' + JSON + ",\n" + JSON + '],\n"kind": "List"}\n' + JSON, "a.json")
    assert [document.where_of(path).line for document in found] == [line + 2, line + 16, line + 31]


@pytest.mark.parametrize("path", ["spec.containers[0].image", "metadata.labels[a.b/c]", "", "[0].a", "spec[a b][3]"])
def test_a_path_taken_apart_is_put_together_again(path: str) -> None:
    assert path_of(steps_of(path)) == path


def test_a_file_that_has_vanished_gives_the_line_of_the_document(load: Callable[..., list[Document]], tmp_path: Path) -> None:
    (found,) = load("# x\n" + YAML)
    (tmp_path / "a.yaml").unlink()
    assert found.where_of("metadata.name").line == 2


def told(document: Document) -> list[tuple[int, str, str, str]]:
    with pytest.raises(BadInput) as bad:
        document.decode(Pod)
    return [(fault.where.line, fault.field, fault.reason, fault.fix) for fault in bad.value.faults]


PORTS = "spec.containers[1].ports"
MISMATCHES = [
    ("a number for a string", "app: x", "app: 5", 7, "metadata.labels.app", "a string, not 5", 'in quotes: "5"'),
    ("a word that is a truth value", "app: x", "app: no", 7, "metadata.labels.app", "not false", 'in quotes: "false"'),
    ("a key that no message names", "a.b/c: z", "a.b/c: {}", 8, "metadata.labels[a.b/c]", "not a map", "write a string"),
    ("a string for a number", "80", "'80'", 17, PORTS + "[0].containerPort", "not the string '80'", "quotes: 80"),
    ("a fraction", "          90", "          1.5", 18, PORTS + "[1].containerPort", "not 1.5", "a whole number"),
    ("a map for a list", "    ports:\n", "    ports: {}\n    x:\n", 16, PORTS, "a list, not a map", "write a list"),
    ("a missing field", "name: two", "nome: two", 15, "spec.containers[1].name", "is missing", "add it"),
    ("a list among quantities", "cpu: 1,", "cpu: [],", 12, "spec.containers[0].limits.cpu", "not a list", "write a"),
]


@pytest.mark.parametrize(("name", "old", "new", "line", "path", "reason", "fix"), MISMATCHES, ids=[row[0] for row in MISMATCHES])
def test_what_does_not_fit(
    load: Callable[..., list[Document]], name: str, old: str, new: str, line: int, path: str, reason: str, fix: str
) -> None:
    assert YAML.count(old) == 1
    found = load(YAML + "---\n" + YAML.replace(old, new))
    assert found[0].decode(Pod).metadata.name == "a"
    ((at, where, why, advice),) = told(found[1])
    assert (at, where, reason in why, fix in advice) == (line + 20, path, True, True), (name, why, advice)


def test_every_mismatch_of_a_document_is_told(load: Callable[..., list[Document]]) -> None:
    (found,) = load(YAML.replace("app: x", "app: 1").replace("a.b/c: z", "a.b/c: 2").replace("{containerPort: 80}", "{}"))
    assert [row[:2] for row in told(found)] == [
        (7, "metadata.labels.app"),
        (8, "metadata.labels[a.b/c]"),
        (17, "spec.containers[1].ports[0].containerPort"),
    ]


def test_what_does_not_fit_in_json(load: Callable[..., list[Document]]) -> None:
    (found,) = load(JSON.replace("90", '"x"').replace('"y"', 'null, "d": true'), "a.json")
    assert [row[:2] for row in told(found)] == [(5, "metadata.labels.d"), (10, "spec.containers[1].ports[1].containerPort")]


@pytest.mark.parametrize("name", ["a.yaml", "a.json"])
def test_null_counts_as_absent_and_a_whole_float_as_an_integer(load: Callable[..., list[Document]], name: str) -> None:
    spec = '"spec": {"containers": [], "replicas": 3.0}'
    text = '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "labels": null}, ' + spec + "}"
    (found,) = load(("" if name == "a.json" else "# YAML\n") + text, name)
    pod = found.decode(Pod)
    assert (pod.metadata.labels, pod.spec.replicas) == ({}, 3)


def test_escaped_characters_are_decoded(load: Callable[..., list[Document]]) -> None:
    name = '"a\\ud83d\\ude00"'
    text = '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": ' + name + '}, "spec": {"containers": []}}'
    (found,) = load(text, "a.json")
    assert found.decode(Pod).metadata.name == "a😀"
