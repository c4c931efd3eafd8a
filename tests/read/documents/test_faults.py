"""Thousands of faults cost no more than a few readings of the text; so many are kept, and the others counted."""

import pickle

import pytest

from models.source import Source
from planner import errors, read
from planner.errors import BadInput, Fault, Faults
from planner.read.documents import location
from planner.read.documents.document import Loading, documents
from planner.read.documents.syntax import json_stream, line_of_field, yaml
from tests.read.written_files import faults_of

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: b}\nspec:\n  containers:\n"
CONTAINERS = "".join(f"  - {{name: c{at}, image: x, foo: 1}}\n" for at in range(3_000))
JSON = '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "namespace": "b"},\n"spec": {"containers": [\n%s\n]}}'
IN_JSON = JSON % ",\n".join(f'{{"name": "c{at}", "image": "x",\n"foo": 1}}' for at in range(3_000))


def fault(at):
    return Fault(Source("a.yaml", at), "x", "is wrong")


def bad(path):
    with pytest.raises(BadInput) as found:
        read.read_cluster([path], [], None)
    return found.value


def test_so_many_are_kept_and_the_others_counted():
    faults = Faults(fault(at) for at in range(errors.MOST_FAULTS + 5))
    assert (len(faults), faults.more, faults.is_full) == (errors.MOST_FAULTS, 5, True)
    faults += [fault(0)]
    both = Faults()
    both.extend(faults)
    assert (len(both), both.more) == (errors.MOST_FAULTS, 6)


def test_bad_input_knows_how_many_more_there_are():
    found = BadInput(Faults(fault(at) for at in range(errors.MOST_FAULTS + 5)), more=2)
    assert (len(found.faults), found.more) == (errors.MOST_FAULTS, 7)
    assert pickle.loads(pickle.dumps(found)).more == 7


@pytest.mark.parametrize(
    ("text", "name", "lines"),
    [
        pytest.param(POD + CONTAINERS, "a.yaml", lambda at: 6 + at, id="in YAML"),
        pytest.param(IN_JSON, "a.json", lambda at: 4 + 2 * at, id="in JSON"),
    ],
)
def test_thousands_of_unknown_fields_are_told_with_their_lines(write, text, name, lines):
    found = bad(write(text, name))
    unknown = [one for one in found.faults if one.reason == "unknown field"]
    assert [one.where.line for one in unknown] == [lines(at) for at in range(len(unknown))]
    assert len(found.faults) == errors.MOST_FAULTS
    assert found.more >= 2_000


def test_yaml_is_read_again_a_few_times_however_many_faults_it_has(write, monkeypatch):
    again = []
    real = line_of_field._Again
    monkeypatch.setattr(line_of_field, "_Again", lambda place: again.append(place) or real(place))
    bad(write(POD + CONTAINERS))
    assert len(again) <= line_of_field._FEW


def test_json_is_gone_through_once_however_many_faults_it_has(write, monkeypatch):
    values = []
    real = json_stream.Window.take
    monkeypatch.setattr(json_stream.Window, "take", lambda self: values.append(1) or real(self))
    bad(write(IN_JSON, "a.json"))
    assert len(values) < 30 * 3_000


def test_two_documents_by_turns_have_their_own_lines(write):
    one, two = documents(
        [write("apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n---\napiVersion: v1\nmetadata:\n  name: b\nkind: Pod\n")]
    ).documents
    for _ in range(6):
        assert (one.where_of("metadata.name").line, two.where_of("metadata.name").line) == (4, 8)
        assert (one.where_of("kind").line, two.where_of("kind").line) == (2, 9)


@pytest.mark.parametrize("times", [1, line_of_field._FEW + 1], ids=["asked once", "asked often"])
@pytest.mark.parametrize(
    ("path", "line"),
    [
        pytest.param("spec.containers[1].image", 8, id="a field of an item"),
        pytest.param("spec.containers[1].nothing", 7, id="what is absent is where its parent is"),
        pytest.param("spec.containers[7]", 5, id="an item that is absent is where its list is"),
        pytest.param("spec.a", 11, id="the last where a key is repeated"),
        pytest.param("spec.a.c", 12, id="what is in the last where a key is repeated"),
        pytest.param("spec.b[0]", 13, id="what is in an alias is where the alias is"),
    ],
)
def test_lines_of_fields(write, times, path, line):
    text = (
        "apiVersion: example.com/v1\nkind: X\nmetadata: {name: a}\nspec:\n  containers:\n  - {image: a}\n"
        "  - name: b\n    image: b\n  a: &x\n  - 1\n  a:\n    c: 1\n  b: *x\n"
    )
    loading = Loading([write(text)])
    (found,) = loading
    for _ in range(times):
        assert found.where_of(path).line == line


def test_reading_ends_once_there_are_more_faults_than_anybody_needs(write, monkeypatch):
    monkeypatch.setattr(errors, "ENOUGH_FAULTS", 100)
    path = write("".join(f"---\napiVersion: v1\nkind: Pod\nmetadata: {{namespace: b{at}}}\n" for at in range(5_000)))
    assert bad(path).more < 1_000


def test_nobody_counts_keys_of_json_that_are_repeated_more_often_than_that(write, monkeypatch):
    monkeypatch.setattr(errors, "ENOUGH_FAULTS", 100)
    text = '{"apiVersion": "v1", "kind": "X", "spec": {%s "a": 1}}' % ('"a": 1,' * 5_000)
    loading = Loading([write(text, "a.json"), write(text, "b.json")])
    list(loading)
    assert (len(loading.faults), loading.faults.more) == (errors.MOST_FAULTS, 100)


def test_keys_that_are_repeated_a_thousand_times_over_are_counted(write):
    loading = Loading([write("apiVersion: v1\nkind: X\nmetadata: {name: a}\nspec:\n" + "  a: 1\n" * 5_000)])
    assert len(list(loading)) == 1
    assert len(loading.faults) + loading.faults.more == 4_999


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("apiVersion: v1\nkind: X\nspec: [%s]\n" % ("1," * 3_000_000), "a.yaml", id="a list of numbers in YAML"),
        pytest.param("apiVersion: v1\nkind: X\nspec:\n" + "  a: 1\n" * 700_000, "a.yaml", id="a map of one key in YAML"),
        pytest.param('{"apiVersion": "v1", "kind": "X", "spec": [%s 1]}' % ("1," * 3_000_000), "a.json", id="a list in JSON"),
        pytest.param(
            "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: X, spec: [%s]}\n" % ("1," * 3_000_000),
            "a.yaml",
            id="an item of a list",
        ),
    ],
)
def test_an_object_larger_than_any_is_refused(write, text, name):
    (found,) = faults_of(write(text, name))
    assert found.reason == "a single object is larger than 4 MiB"


def test_a_list_may_be_larger_than_its_items(write):
    items = "".join(f"- {{apiVersion: v1, kind: X, metadata: {{name: a{at}}}, spec: {'x' * 100_000}}}\n" for at in range(60))
    assert len(documents([write("apiVersion: v1\nkind: List\nitems:\n" + items)]).documents) == 60


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("apiVersion: v1\nkind: List\nitems:\n" + "- {}\n" * 1_001, "a.yaml", id="in YAML"),
        pytest.param('{"items": [%s{}]}' % ("{}," * 1_000), "a.json", id="in JSON"),
    ],
)
def test_items_that_do_not_say_what_they_are_do_not_wait_without_end(write, monkeypatch, text, name):
    monkeypatch.setattr("planner.read.documents.document._MOST_PENDING", 1_000)
    (found,) = faults_of(write(text, name))
    assert "do not say what they are" in found.reason


def test_documents_in_which_there_is_nothing_are_passed_over_at_once(write, monkeypatch):
    were_read = []
    real = yaml._Reader.parts
    monkeypatch.setattr(yaml._Reader, "parts", lambda self: were_read.append(1) or real(self))
    loading = Loading([write("---\n" * 5_000 + "---  \n\n \t\r\n---\n")])
    assert list(loading) == []
    assert len(were_read) <= 1, "the last one"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("---\n---\n---\n{}---\n---\n{}", (4, 10), id="between documents"),
        pytest.param("\n\n---\n\n\n---\n{}---\n", (7,), id="with blank lines"),
        pytest.param("--- # a\n---\n{}", (3,), id="with a comment"),
    ],
)
def test_lines_after_documents_in_which_there_is_nothing(write, text, lines):
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {}\n"
    found = documents([write(text.format(*[pod] * 2))]).documents
    assert tuple(one.where.line for one in found) == lines


def test_a_plan_may_be_larger_than_any_object():
    assert location.LARGEST_PLAN > 100 * location.LARGEST_OBJECT
