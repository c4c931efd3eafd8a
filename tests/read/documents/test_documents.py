"""Files, folders and stdin become documents with the right line, and every fault is told at once."""

import gc
import io
import json
import os
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import msgspec
import pytest

from planner import read
from planner.errors import BadInput
from planner.read.cluster import build
from planner.read.documents.document import Document, Loading, documents
from planner.read.documents.location import LARGEST_PLAN
from tests.read.written_files import POD, faults_of

MANIFESTS = Path(__file__).parents[4] / "shared" / "data" / "manifests"


def summary(found: list[Document]) -> list[tuple[int, str, str, str]]:
    return [(d.where.line, d.api_version, d.kind, d.tree()["metadata"]["name"]) for d in found]


# what is read


def test_many_yaml_documents_each_with_its_line(write: Callable[..., str]) -> None:
    path = write("# a comment\n---\n" + POD.format("a") + "---\n---\n# nothing\n--- # next\n\n" + POD.format("b") + "...\n")
    found = documents([path]).documents
    assert summary(found) == [(3, "v1", "Pod", "a"), (12, "v1", "Pod", "b")]
    assert {d.where.file for d in found} == {path}


def test_windows_line_ends_a_byte_order_mark_and_a_directive(write: Callable[..., str]) -> None:
    text = "%YAML 1.1\n---\n" + POD.format("a") + "---\n" + POD.format("b")
    path = write(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert summary(documents([path]).documents) == [(3, "v1", "Pod", "a"), (8, "v1", "Pod", "b")]


def test_a_marker_within_a_block_scalar_is_none(write: Callable[..., str]) -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  x: |\n    ---\n    y\n"
    (found,) = documents([write(text)]).documents
    assert found.tree()["data"] == {"x": "---\ny\n"}


CUT = {
    "a blank and a comment": "--- # a",
    "a comment without a blank": "---# a",
    "a comment that would be a key with a text": "---# : |",
    "blanks": "---  \t ",
}


@pytest.mark.parametrize("marker", CUT.values(), ids=CUT)
@pytest.mark.parametrize("indent", ["", " "])
def test_kubectl_cuts_at_a_marker_with_nothing_but_a_comment_behind_it(
    write: Callable[..., str], marker: str, indent: str
) -> None:
    second = "".join(f"{indent}{line}\n" for line in POD.format("b").splitlines())
    first, second_document = documents([write(POD.format("a") + marker + "\n" + second)]).documents
    assert summary([first, second_document]) == [(1, "v1", "Pod", "a"), (6, "v1", "Pod", "b")]
    assert second_document.where_of("metadata.name").line == 9


@pytest.mark.parametrize("size", [65520 + extra for extra in range(24)])
def test_a_marker_at_the_edge_of_a_block_is_found(write: Callable[..., str], size: int) -> None:
    text = POD.format("a")
    for marker in ("---", "---#"):
        path = write(text + "#" + "x" * (size - len(text) - 2) + f"\n{marker}\n" + POD.format("b"), f"{marker}.yaml")
        assert [row[3] for row in summary(documents([path]).documents)] == ["a", "b"]


def test_the_items_of_a_list_each_with_its_line(write: Callable[..., str]) -> None:
    items = "- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n-\n  apiVersion: v1\n  kind: Node\n  metadata: {name: b}\n"
    path = write("apiVersion: v1\nitems:\n" + items + "kind: List\n---\n" + POD.format("c"))
    expected = [(3, "v1", "Pod", "a"), (7, "v1", "Node", "b"), (12, "v1", "Pod", "c")]
    assert summary(documents([path]).documents) == expected


@pytest.mark.parametrize("kind_comes", ["before", "after"])
@pytest.mark.parametrize("suffix", ["yaml", "json"])
def test_items_of_a_typed_list_take_their_kind_from_it(write: Callable[..., str], kind_comes: str, suffix: str) -> None:
    kind = '"kind": "PodList",\n"apiVersion": "v1"'
    items = '"items": [\n{"metadata": {"name": "a"}},\n{"metadata": {"name": "b"}}]'
    text = "{" + ",\n".join([kind, items] if kind_comes == "before" else [items, kind]) + "}"
    if suffix == "yaml":
        text = "# YAML now\n" + text
    found = summary(documents([write(text, f"a.{suffix}")]).documents)
    assert [row[1:] for row in found] == [("v1", "Pod", "a"), ("v1", "Pod", "b")]
    assert found[1][0] == found[0][0] + 1


@pytest.mark.parametrize("suffix", ["yaml", "json"])
def test_a_list_within_a_list(write: Callable[..., str], suffix: str) -> None:
    pod = '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": 1}'
    inner = '{"apiVersion": "v1", "kind": "List", "items": [' + pod + "]}"
    text = ("" if suffix == "json" else "# YAML\n") + '{"apiVersion": "v1", "kind": "List", "items": [\n' + inner + "]}"
    (found,) = documents([write(text, f"a.{suffix}")]).documents
    assert (found.kind, found.tree()["metadata"]) == ("Pod", {"name": "a"})
    assert found.where_of("spec").line == found.where.line


def test_concatenated_json_objects(write: Callable[..., str]) -> None:
    one = '{\n "apiVersion": "v1", "kind": "Pod",\n "metadata": {"name": "%s"}\n}\n'
    path = write(one % "a" + one % "b" + "---\n" + one % "c", "a.json")
    found = documents([path]).documents
    assert summary(found) == [(1, "v1", "Pod", "a"), (5, "v1", "Pod", "b"), (10, "v1", "Pod", "c")]
    assert all(isinstance(document.body, msgspec.Raw) for document in found)


def test_flow_yaml_that_looks_like_json(write: Callable[..., str]) -> None:
    path = write("{apiVersion: v1, kind: Pod, metadata: {name: a}}\n")
    assert summary(documents([path]).documents) == [(1, "v1", "Pod", "a")]


def test_a_json_list_larger_than_a_block_is_streamed(write: Callable[..., str]) -> None:
    metadata = [{"name": f"p{at}", "annotations": {"a": "x" * 30_000}} for at in range(700)]
    items = [json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": each}) for each in metadata]
    path = write('{"apiVersion":"v1","items":[\n' + ",\n".join(items) + '\n],"kind":"List"}\n', "a.json")
    found = documents([path]).documents
    assert [(d.where.line, d.tree()["metadata"]["name"]) for d in found] == [(at + 2, f"p{at}") for at in range(700)]


def test_a_large_json_object_that_is_no_list_stays_whole_where_it_may_be_so_large(write: Callable[..., str]) -> None:
    pairs = ",".join(f'"k{at}":"{"x" * 1000}"' for at in range(20_000))
    path = write('{"apiVersion":"v1","kind":"Big","data":{' + pairs + "}}", "a.json")
    (found,) = documents([path], largest=LARGEST_PLAN).documents
    assert len(found.tree()["data"]) == 20_000


def test_objects_across_the_edges_of_blocks(write: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.read.documents.syntax.json_stream._BLOCK", 1 << 12)
    monkeypatch.setattr("planner.read.documents.syntax.json_stream._LARGEST", 1 << 14)
    objects = [
        json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"p{at}", "x": "x" * 900}}) for at in range(90)
    ]
    plain = documents([write("\n".join(objects), "a.json")]).documents
    assert [(d.where.line, d.tree()["metadata"]["name"]) for d in plain] == [(at + 1, f"p{at}") for at in range(90)]
    listed = documents([write('{"items":[' + ",\n".join(objects) + "]}", "b.json")]).documents
    assert [d.tree() for d in listed] == [d.tree() for d in plain]
    (fault,) = faults_of(write('{"apiVersion":"v1","kind":"Pod","x":"' + "x" * 40_000 + '"}', "c.json"))
    assert "single value is larger" in fault.reason


def test_a_folder_is_searched_in_order(write: Callable[..., str], tmp_path: Path) -> None:
    for name in ("b/z.yml", "a.yaml", "b/c/d.JSON", ".git/x.yaml", "notes.txt", ".hidden.yaml"):
        write(json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}}), name)
    found = documents([str(tmp_path)]).documents
    assert [d.tree()["metadata"]["name"] for d in found] == [".hidden.yaml", "a.yaml", "b/c/d.JSON", "b/z.yml"]


def test_a_file_that_is_named_twice_or_linked_is_read_once(write: Callable[..., str], tmp_path: Path) -> None:
    path = write(POD.format("a"))
    (tmp_path / "b.yaml").symlink_to(path)
    (tmp_path / "loop").symlink_to(tmp_path)
    assert len(documents([path, str(tmp_path), path, str(tmp_path)]).documents) == 1


def test_what_is_no_kubernetes_object_in_a_folder_is_listed(write: Callable[..., str], tmp_path: Path) -> None:
    write(POD.format("a"))
    values = write("# values\nreplicas: 3\n", "values.yaml")
    package = write("[1, 2]", "package.json")
    loaded = documents([str(tmp_path)])
    assert len(loaded.documents) == 1
    assert [(str(s.where), s.message) for s in loaded.ignored] == [
        (f"{package}:1", "not a Kubernetes object: no apiVersion and kind"),
        (f"{values}:2", "not a Kubernetes object: no apiVersion and kind"),
    ]


IN_JSON = '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}'
BEHIND_LISTS = {
    "YAML behind an empty list": ("a.yaml", "[]\n---\n" + POD.format("a"), 3),
    "YAML behind blanks and several separators": ("a.yaml", " [ ]\n---\n---\n" + POD.format("a"), 4),
    "YAML behind a list that is no JSON": ("a.yaml", "[a,\n b]\n---\n" + POD.format("a"), 4),
    "JSON behind a list": ("a.json", '[1, {"a":\n2}]\n---\n' + IN_JSON, 4),
    "JSON right behind two lists": ("a.json", "[][]" + IN_JSON, 1),
}


@pytest.mark.parametrize(("name", "text", "line"), BEHIND_LISTS.values(), ids=BEHIND_LISTS)
def test_a_list_does_not_hide_the_object_behind_it(
    write: Callable[..., str], tmp_path: Path, name: str, text: str, line: int
) -> None:
    write(text, name)
    loaded = documents([str(tmp_path)])
    assert summary(loaded.documents) == [(line, "v1", "Pod", "a")]
    assert {statement.message for statement in loaded.ignored} == {"not a Kubernetes object: no apiVersion and kind"}


@pytest.mark.parametrize("text", ["[]\n---\n" + POD.format("a"), "[1, 2\n\n", "[1]]\n\n"])
def test_what_is_no_json_behind_a_list_is_one_fault(write: Callable[..., str], tmp_path: Path, text: str) -> None:
    write(text, "a.json")
    (fault,) = faults_of(str(tmp_path))
    assert "broken JSON" in fault.reason


@pytest.mark.parametrize("text", [POD.format("a"), '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}'])
def test_stdin(text: str) -> None:
    (found,) = documents(["-"], io.BytesIO(text.encode())).documents
    assert (found.where.file, found.where.line, found.tree()["metadata"]["name"]) == ("stdin", 1, "a")
    assert found.where_of("metadata.name").line == (4 if "\n" in text else 1)


def test_a_named_pipe(tmp_path: Path) -> None:
    path = str(tmp_path / "pipe")
    os.mkfifo(path)
    child = os.fork()
    if child == 0:
        Path(path).write_text(POD.format("a"))
        os._exit(0)
    (found,) = documents([path]).documents
    os.waitpid(child, 0)
    assert found.where_of("metadata.name").line == 4


def test_an_empty_list_is_content(write: Callable[..., str]) -> None:
    assert documents([write("apiVersion: v1\nkind: List\nitems: []\n")]).documents == []


def test_aliases_and_merge_keys(write: Callable[..., str]) -> None:
    extra = "base: &base {a: 1, b: 2}\nother: &other {b: 3, c: 4}\nboth: {<<: [*base, *other], a: 9}\nsame: *base\n"
    (found,) = documents([write(POD.format("a") + extra)]).documents
    assert (found.tree()["both"], found.tree()["same"]) == ({"a": 9, "b": 2, "c": 4}, {"a": 1, "b": 2})


def test_keys_are_strings(write: Callable[..., str]) -> None:
    (found,) = documents([write(POD.format("a") + "x: {on: 1, 0x10: 2, '1.50': 3, 1.50: 4, a: 2, !!str 7: 5}\n")]).documents
    assert found.tree()["x"] == {"true": 1, "16": 2, "1.50": 3, "1.5": 4, "a": 2, "7": 5}


def test_the_collector_rests_while_loading_and_works_again_afterwards(write: Callable[..., str]) -> None:
    path = write(POD.format("a") + "---\n" + POD.format("b"))
    assert [gc.isenabled() for _ in Loading([path])] == [False, False]
    assert gc.isenabled()
    next(iter(Loading([path])))
    gc.collect()
    assert gc.isenabled()


def test_documents_arrive_one_by_one(write: Callable[..., str]) -> None:
    stream = iter(Loading([write("apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod}\n- [\n")]))
    assert next(stream).kind == "Pod"


# what is refused

DEEP = 200
REFUSED: list[tuple[str, str | bytes, int, str]] = [
    ("a colon in a value", "a: 1\nb: c: d\n", 2, "mapping values are not allowed"),
    ("a tab as indentation", "a:\n\t- b\n", 2, "cannot start any token"),
    ("an open quote in the second document", POD.format("a") + "---\nx: 'y\n\n", 6, "unexpected end"),
    ("a zero byte", b"a: 1\nb: \x00\n", 2, "binary"),
    ("bytes that are no UTF-8", b"a: 1\nb: \xff\n", 2, "not text"),
    ("a control character far down", b"a: 1\n" + b"# x\n" * 5000 + b"b: \x07\n", 5002, "not text"),
    ("UTF-16", "a: 1\n".encode("utf-16"), 1, "UTF-16"),
    ("a gzip file", b"\x1f\x8b\x08\x00abc", 1, "gzip"),
    ("random bytes", bytes(range(1, 256)) * 40, 1, "not text"),
    ("an undefined alias", "a: 1\nb: *x\n", 2, "no anchor &x"),
    ("an anchor in itself", "a: 1\nb: &x [*x]\n", 2, "contains itself"),
    ("a list as a key", "a: 1\n[1, 2]: 3\n", 2, "map key"),
    ("infinity", "a: 1\nb:\n- .inf\n", 3, "cannot be written in JSON"),
    ("an empty key", "a: 1\n~: 2\n", 2, "key"),
    ("a merge of a scalar", "a: 1\n<<: 3\n", 2, "only mappings"),
    ("too deep in block style", "\n".join(" " * at + "a:" for at in range(DEEP)) + "\n", 151, "nested more than"),
    ("too deep in flow style", "a: 1\nb: " + "[" * DEEP + "]" * DEEP, 2, "nested more than"),
    ("a million brackets", "a: 1\nb: " + "[" * 1_000_000, 2, "nested more than"),
    ("a top-level list", "- apiVersion: v1\n", 1, "not a list"),
    ("a key that begins like a marker", "a: 1\n---b: 1\n", 2, "kubectl cuts"),
    ("a text with a line that begins like a marker", 'a: "-----A\n-----B"\n', 2, "kubectl cuts"),
    ("a no-break space behind a marker", "a: 1\n---\u00a0\nb: 1\n", 2, "kubectl cuts"),
    ("a no-break space and a text that it hides", "a: 1\n---\u00a0# : |\n b: 1\n", 2, "kubectl cuts"),
    ("a blank, a no-break space and a text", POD.format("a") + "--- \u00a0#: |\n  b: 1\n", 5, "kubectl cuts"),
    ("a marker and a map in one line", POD.format("a") + "--- {b: 1}\n", 5, "kubectl cuts"),
    ("a marker and a tag in one line", "--- !!map\na: 1\n", 1, "kubectl cuts"),
    ("a marker and a text at the end", "a: 1\n---b", 2, "kubectl cuts"),
    ("a top-level scalar", "hello\n", 1, "not a single value"),
    ("no kind", "apiVersion: v1\nmetadata: {}\n", 1, "not a Kubernetes object"),
    ("a kind that is no string", "apiVersion: v1\nkind: 5\n", 1, "not a Kubernetes object"),
    ("an item without kind", "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1}\n", 4, "not a Kubernetes object"),
    ("a list as an item of a list of pods", "apiVersion: v1\nkind: PodList\nitems:\n- [a]\n", 4, "not a list"),
    ("nothing as an item of a list of pods", "apiVersion: v1\nkind: PodList\nitems:\n-\n", 4, "not a single value"),
    ("JSON in a text as an item of a list of pods", "apiVersion: v1\nkind: PodList\nitems:\n- '{}'\n", 4, "not a single"),
    ("a list as an item of a list whose kind is misspelt", "apiVersion: v1\nkind: Lis\nitems: [[a]]\n", 3, "not a list"),
]


@pytest.mark.parametrize(("name", "text", "line", "reason"), REFUSED, ids=[row[0] for row in REFUSED])
def test_yaml_that_is_refused(write: Callable[..., str], name: str, text: str | bytes, line: int, reason: str) -> None:
    (fault,) = faults_of(write(text))
    assert (fault.where.line, reason in fault.reason, bool(fault.fix)) == (line, True, True), (name, str(fault))


OPEN = '{"apiVersion": "v1",\n "kind": "Pod",\n '
REFUSED_JSON: list[tuple[str, str | bytes, int, str]] = [
    ("a missing comma", OPEN + '"a": 1\n "b": 2}', 4, "broken JSON"),
    ("a missing colon", OPEN + '"a" 1}', 3, "expected :"),
    ("a trailing comma", OPEN + '"a": 1,\n}', 4, "expected a name"),
    ("a broken value deep inside", OPEN + '"a": {"b": [1,\n 2,\n nul]}}', 5, "broken JSON"),
    ("an open object", OPEN + '"a": {"b": 1', 3, "too early"),
    ("nothing after the colon", OPEN + '"a":', 3, "too early"),
    ("junk after the object", OPEN + '"a": 1}\njunk', 4, "expected {"),
    ("bytes that are no UTF-8", (OPEN + '"a": {"b":\n "').encode() + b'\xff"}}', 4, "not text"),
    ("too deep", OPEN + '"a": ' + "[" * DEEP + "]" * DEEP + "}", 3, "nested more than"),
    ("a hundred thousand brackets", OPEN + '"a": ' + "[" * 100_000, 3, "nested more than"),
    ("a top-level list", "[\n" + OPEN + '"a": 1}]', 1, "not a list"),
    ("no apiVersion", '{"kind": "Pod"}', 1, "not a Kubernetes object"),
    ("a broken item", '{"items": [\n{"kind": "Pod", "apiVersion": "v1"},\n{"kind" "Pod"}]}', 3, "broken JSON"),
]


@pytest.mark.parametrize(("name", "text", "line", "reason"), REFUSED_JSON, ids=[row[0] for row in REFUSED_JSON])
def test_json_that_is_refused(write: Callable[..., str], name: str, text: str | bytes, line: int, reason: str) -> None:
    (fault,) = faults_of(write(text, "a.json"))
    assert (fault.where.line, reason in fault.reason, bool(fault.fix)) == (line, True, True), (name, str(fault))


def test_brackets_in_strings_are_not_depth(write: Callable[..., str]) -> None:
    path = write(OPEN + '"a": "\\"' + "[{" * 500 + '"}', "a.json")
    assert len(documents([path]).documents) == 1


def test_the_deepest_that_is_allowed(write: Callable[..., str]) -> None:
    text = "apiVersion: v1\nkind: X\na: " + "[" * 149 + "]" * 149
    assert len(documents([write(text)]).documents) == 1
    assert "nested" in faults_of(write(text + "\n---\n" + text.replace("[]", "[[]]"), "b.yaml"))[0].reason


def laughs(width: int, levels: int) -> str:
    lines = ["a0: &a0 [" + ",".join(["x"] * width) + "]"]
    lines += [f"a{at}: &a{at} [" + ",".join([f"*a{at - 1}"] * width) + "]" for at in range(1, levels)]
    return POD.format("a") + "\n".join(lines) + "\n"


def test_an_alias_bomb_is_one_fault_and_a_few_aliases_are_none(write: Callable[..., str]) -> None:
    (fault,) = faults_of(write(laughs(10, 10)))
    assert "aliases expand the document by more than 400,000 values" in fault.reason
    assert fault.where.line == 10
    assert len(documents([write(laughs(10, 5), "b.yaml")]).documents) == 1


def test_depth_through_aliases_is_depth(write: Callable[..., str]) -> None:
    lines = ["a0: &a0 [x]"] + [f"a{at}: &a{at} [*a{at - 1}]" for at in range(1, DEEP)]
    (fault,) = faults_of(write(POD.format("a") + "\n".join(lines) + "\n"))
    assert "nested more than" in fault.reason


class Endless(io.RawIOBase):
    """A stream without end that knows how much was read."""

    def __init__(self, start: bytes, filler: bytes) -> None:
        self._start, self._filler, self.given = start, filler, 0

    def read(self, size: int = -1) -> bytes:
        data = self._start or self._filler * (size // len(self._filler))
        self._start = b""
        self.given += len(data)
        return data


ENDLESS = [
    ("a quoted scalar", b'apiVersion: v1\nx: "', b"x", 2, 6 << 20),
    ("a plain scalar of many lines", b"apiVersion: v1\nx:\n", b" x\n", 2, 6 << 20),
    ("a block scalar", b"apiVersion: v1\nx: |\n", b"  xxxxxxx\n", 2, 6 << 20),
    ("a comment", b"apiVersion: v1\n", b"# xxxxxxxxx\n", 1, 6 << 20),
    ("a JSON string", b'{"apiVersion": "v1",\n"x": "', b"x", 2, 200 << 20),
]


@pytest.mark.parametrize(("name", "start", "filler", "line", "most"), ENDLESS, ids=[row[0] for row in ENDLESS])
def test_an_endless_value_is_refused_early(name: str, start: bytes, filler: bytes, line: int, most: int) -> None:
    stream = Endless(start, filler)
    loading = Loading(["-"], stream)  # type: ignore[arg-type]
    assert list(loading) == []
    assert ["single value is larger" in fault.reason for fault in loading.faults] == [True], (name, loading.faults)
    assert loading.faults[0].where.line == line
    assert stream.given <= most


def test_every_fault_of_every_file_is_told(write: Callable[..., str], tmp_path: Path) -> None:
    first = write(POD.format("a") + "---\na: b: c\n---\nkind: X\n---\n" + POD.format("d") + "---\na: [\n")
    second = write("{,}", "b.json")
    found = faults_of(first, second, str(tmp_path / "absent.yaml"))
    assert [(Path(f.where.file).name, f.where.line) for f in found] == [
        ("a.yaml", 6),
        ("a.yaml", 8),
        ("a.yaml", 15),
        ("absent.yaml", 0),
        ("b.json", 1),
    ]


def test_a_template_that_was_not_rendered(write: Callable[..., str]) -> None:
    (fault,) = faults_of(write("{{- if .Values.x }}\napiVersion: v1\n{{- end }}\n"))
    assert "helm template" in fault.fix


# what cannot be opened


def test_paths_that_lead_nowhere(tmp_path: Path, write: Callable[..., str]) -> None:
    (tmp_path / "dangling.yaml").symlink_to(tmp_path / "gone")
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    empty = tmp_path / "empty"
    empty.mkdir()
    write("# only a comment\n", "comment.yaml")
    write("", "nothing.yaml")
    names = ["absent.yaml", "dangling.yaml", "loop.yaml", "empty", "comment.yaml", "nothing.yaml"]
    found = {Path(f.where.file).name: f.reason for f in faults_of(*(str(tmp_path / name) for name in names))}
    assert found == {
        "absent.yaml": "cannot be read: no such file or directory",
        "dangling.yaml": "cannot be read: the symbolic link leads nowhere",
        "loop.yaml": "cannot be read: too many levels of symbolic links",
        "empty": "no document in any .yaml, .yml or .json file of this folder",
        "comment.yaml": "no document in it, only comments or separators",
        "nothing.yaml": "empty",
    }


def test_a_link_that_leads_nowhere_within_a_folder(tmp_path: Path, write: Callable[..., str]) -> None:
    write(POD.format("a"))
    (tmp_path / "b.yaml").symlink_to(tmp_path / "gone")
    os.mkfifo(tmp_path / "c.yaml")
    assert [(Path(f.where.file).name, f.reason) for f in faults_of(str(tmp_path))] == [
        ("b.yaml", "cannot be read: the symbolic link leads nowhere"),
        ("c.yaml", "cannot be read: it is not a regular file"),
    ]


def test_a_file_without_permission(write: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str, *_: object) -> object:
        raise PermissionError(13, "Permission denied", path)

    path = write(POD.format("a"))
    monkeypatch.setattr("builtins.open", refuse)
    (fault,) = faults_of(path)
    assert (fault.where.file, fault.reason) == (path, "cannot be read: permission denied")
    assert fault.fix == "make it readable, or leave it out"


def test_a_name_with_a_zero_byte() -> None:
    (fault,) = faults_of("a\0b")
    assert "cannot be read" in fault.reason


def test_stdin_that_gives_nothing() -> None:
    closed = io.BytesIO()
    closed.close()
    terminal = io.BytesIO(b"x")
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    reasons = [faults_of("-", stdin=stdin)[0].reason for stdin in (None, closed, terminal, io.BytesIO())]
    assert reasons == ["stdin is closed", "stdin is closed", "stdin is a terminal", "stdin is empty"]


# real manifests


@pytest.mark.skipif(not MANIFESTS.is_dir(), reason="../shared/data/manifests is absent")
@pytest.mark.parametrize("name", ["argo-cd", "kube-prometheus", "online-boutique", "train-ticket"])
def test_real_manifests_and_their_lines(name: str) -> None:
    loaded = documents([str(MANIFESTS / name)])
    assert loaded.documents
    for document in loaded.documents:
        lines = Path(document.where.file).read_text().split("\n")
        assert lines[document.where.line - 1].strip(), document.where
        if "metadata" in document.tree():
            assert "name:" in lines[document.where_of("metadata.name").line - 1]
        assert document.kind in lines[document.where_of("kind").line - 1]


def test_nothing_heavy_is_imported() -> None:
    assert not {"kubernetes", "networkx", "ortools"} & {name.partition(".")[0] for name in sys.modules if "planner" in name}


TAGGED = """  labels: {ringfence.dev/trust-level: red}
spec: {containers: [{name: c, image: i}]}
---
apiVersion: v1
kind: Node
metadata: {name: n1}
status: {allocatable: {cpu: 1, memory: 1Gi, pods: 9}}
"""


@pytest.mark.parametrize("rest", ["", TAGGED], ids=["refused", "made"])
def test_the_collector_rests_while_a_cluster_is_made_of_them(
    write: Callable[..., str], monkeypatch: pytest.MonkeyPatch, rest: str
) -> None:
    seen, chosen = [], build.choose_planned
    monkeypatch.setattr(build, "choose_planned", lambda *given: seen.append(gc.isenabled()) or chosen(*given))
    with nullcontext() if rest else pytest.raises(BadInput):
        path = write(POD.format("a") + rest)
        read.read_cluster((path,), (path,), None)
    assert seen == [False]
    assert gc.isenabled()
