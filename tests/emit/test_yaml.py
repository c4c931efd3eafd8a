import json
from math import inf, nan

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from models.frozen_map import FrozenMap
from planner.emit.yaml import dump

WORDS = "null Null NULL ~ true True TRUE false False yes Yes YES no No NO on On ON off Off OFF y Y n N nan NaN .nan inf .inf"
NUMBERS = (
    "0 1 -1 +1 007 0777 0o777 0O17 0x1F 0X1f 0b11 1_000 1e3 1E3 12e03 1.0e3 1e+3 1.10 1. .5 +.5 -.5 09 08 22:22 190:20:30 "
    "18446744073709551616 9223372036854775808 1e999 1__0 0_ 0x_ - -- --- ... . .. + 1e 1ex 1m 1k 1Ki 1E 1Ei 100m 2Gi 0m 00m 30s"
)
DATES = ("2026-11-24", "2026-11-24T10:00:00Z", "2026-11-24 10:00:00", "2026-1-1", "10:00")
SIGNS = (
    *("=", "<<", "", " ", "  x", "x ", "x  y", "\t", "\tx", "x\t", "x:", "x: y", "x :y", ":", ": x", "#", "# x", "x #y", "x#y"),
    *("-", "- x", "-x", "? x", "?", "!", "!x", "!!int 1", "&a", "*a", "*", "@x", "`x", "%x", "|", "|-", ">", "'", '"', "''"),
    *("'x'", '"x"', "it's", 'say "hi"', "\\", "web\\.1", "[", "]", "[x]", "{", "}", "{x: y}", ",", "a,b", "a, b", "$(X)", "$X"),
    *("/bin/sh -c 'echo x: y'", "registry:5000/web:1.2", "app.kubernetes.io/name", "kubernetes.io/ssd=true", "null "),
    *("y ", " y", "--- x", "... x", "---\nx", "x\n---\ny", "%YAML 1.1", "<html>", "(a)", "a=b", "é", "日本", "😀", "x\u00a0y"),
)
CONTROL = (
    *("\x00", "\x07", "\x1b[0m", "\x7f", "\x80", "\x85", "x\x85y", "\u2028", "x\u2029y", "\ufeffx", "\ufffd", "\uffff"),
    *("\n", "\n\n", "x\n", "x\n\n", "\nx", "x\ny", "x\ny\n", " x\ny", "x\n y", "x \ny", "x\n\ny\n", "x\r\ny", "\r"),
    *("x\n\ty", "x\n#y\n", "x\n\n\n  y: z\n- a\n", "#!/bin/sh\necho hi\n", "a: 1\nb: 2\n", "x" * 500, "word " * 60),
)
NASTY = (*WORDS.split(), *NUMBERS.split(), *DATES, *SIGNS, *CONTROL)
# What kustomize cannot write, however it is given.
KUSTOMIZE_FAULTS = {"\x7f", "\x80", "\x85", "x\x85y", "\uffff"}

LAYOUT = """\
name: web
ports:
  - 80
  - http
args:
  - - a
    - b
  - []
  - - key: "1"
      value: 1.5
empty: {}
nested:
  deep:
    list:
      - name: x
        on: null
        flag: true
script: |
  line 1
    line 2

  line 4
"on": "yes"
"""
DOCUMENT = {
    "name": "web",
    "ports": [80, "http"],
    "args": [["a", "b"], [], [{"key": "1", "value": 1.5}]],
    "empty": {},
    "nested": {"deep": {"list": [{"name": "x", "on": None, "flag": True}]}},
    "script": "line 1\n  line 2\n\nline 4\n",
    "on": "yes",
}


def config_map(strings):
    """Hold every string as a value, and as part of a list and of a key, where they are read differently."""
    data = {f"k{at:04}": text for at, text in enumerate(strings)}
    items = [text for text in strings for _ in (0, 1)]
    meta = {"name": "nasty", "annotations": data}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": {**data, "list": json.dumps(items)}}


def misread_by_kubectl(kubectl, strings, text=None):
    document = config_map(strings)
    done = kubectl("annotate", "--local", "-f", "-", "a=b", "-o", "json", stdin=text or dump(document))
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["data"]
    return [text for at, text in enumerate(strings) if found[f"k{at:04}"] != text]


def test_the_layout():
    assert dump(DOCUMENT).replace('        "on": null', "        on: null") == LAYOUT
    assert yaml.safe_load(dump(DOCUMENT)) == DOCUMENT


PLAIN = (
    *("web", "app.kubernetes.io/name", "registry:5000/web:1.2", "100m", "2Gi", "30s", "/spec/x~1y/-"),
    *("a b", "it's", "$(X)", "web\\.1", 'say "hi"', "café"),
)
QUOTED = [
    ("yes", '"yes"'),
    ("1.10", '"1.10"'),
    ("", '""'),
    ("x: y", '"x: y"'),
    ('"it\'s"', "'\"it''s\"'"),
    ("\x1b\n", '"\\x1b\\n"'),
]


@pytest.mark.parametrize("text", PLAIN)
def test_a_harmless_string_is_plain(text):
    assert dump(text) == f"{text}\n"


@pytest.mark.parametrize(("text", "written"), QUOTED)
def test_a_doubtful_string_is_quoted(text, written):
    assert dump(text) == f"{written}\n"


def test_lines_that_are_the_whole_document_are_indented():
    assert dump("0\n0") == "|-\n  0\n  0\n"
    assert yaml.safe_load(dump("0\n0")) == "0\n0"


NUMBERS_WRITTEN = [(1, "1"), (-5, "-5"), (1.5, "1.5"), (2.0, "2.0"), (1e-05, "1.0e-05"), (1e22, "1.0e+22"), (2**70, str(2**70))]


@pytest.mark.parametrize(("number", "written"), NUMBERS_WRITTEN)
def test_a_number(number, written):
    assert dump(number) == f"{written}\n"
    assert yaml.safe_load(written) == number


REFUSED = [(inf, ValueError), (nan, ValueError), ({1: 2}, TypeError), (b"x", TypeError), ({1}, TypeError)]


@pytest.mark.parametrize(("value", "error"), REFUSED)
def test_what_has_no_meaning_in_a_manifest_is_refused(value, error):
    with pytest.raises(error):
        dump({"a": [value]})


def test_half_a_surrogate_pair_is_read_as_go_reads_it():
    assert dump("x\ud800") == '"x\ufffd"\n'


def test_any_mapping_and_tuple_will_do():
    assert dump(FrozenMap({"b": (1, 2), "a": FrozenMap()})) == "a: {}\nb: [1, 2]\n"


@pytest.mark.kubectl
def test_kubectl_reads_every_nasty_string_as_it_was(kubectl):
    assert misread_by_kubectl(kubectl, NASTY) == []


@pytest.mark.kubectl
def test_kubectl_would_misread_what_a_yaml_library_leaves_plain(kubectl):
    text = yaml.dump({"apiVersion": "example.dev/v1", "kind": "Thing", "metadata": {"name": "x"}, "data": {"k0000": "12e03"}})
    assert misread_by_kubectl(kubectl, ["12e03"], text) == ["12e03"]


@pytest.mark.kubectl
def test_kustomize_reads_every_nasty_string_as_it_was(kubectl, tmp_path):
    strings = [text for text in NASTY if text not in KUSTOMIZE_FAULTS]
    (tmp_path / "kustomization.yaml").write_text("resources: [all.yaml]\n", encoding="utf-8")
    (tmp_path / "all.yaml").write_text(dump(config_map(strings)), encoding="utf-8", newline="")
    done = kubectl("kustomize", tmp_path)
    assert done.returncode == 0, done.stderr[-500:]
    assert misread_by_kubectl(kubectl, strings, done.stdout) == []


@pytest.mark.kubectl
def test_every_nasty_string_can_be_a_key(kubectl):
    keys = dict.fromkeys(NASTY, "value")
    done = kubectl("annotate", "--local", "-f", "-", "a=b", "-o", "json", stdin=dump({**config_map([]), "data": keys}))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["data"] == keys


@pytest.mark.kubectl
@pytest.mark.parametrize("value", ["x", "x\ny", [1, {"a": []}], {"a": {"b": 1}}])
def test_a_key_may_be_longer_than_a_reader_looks_ahead(kubectl, value):
    document = {"apiVersion": "example.dev/v1", "kind": "Thing", "metadata": {"name": "x"}, "spec": {"k" * 2000: value, "b": 1}}
    assert yaml.safe_load(dump(document)) == document
    done = kubectl("annotate", "--local", "-f", "-", "a=b", "-o", "json", stdin=dump(document))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["spec"] == document["spec"]


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
TRICKY = st.text(st.sampled_from("yn01eExob_.:-+ #'\"\\\n\tTZ~=<>|&*!%@`{}[],?é\x85\u2028"), max_size=8)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS | TRICKY
DOCUMENTS = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TRICKY | TEXTS, inner, max_size=4))


@given(DOCUMENTS)
@settings(max_examples=300, deadline=None)
def test_whatever_is_written_is_read_back(document):
    text = dump(document)
    assert text.endswith("\n")
    assert all(line.isprintable() for line in text.split("\n"))
    assert yaml.load(text, yaml.CSafeLoader) == document


@pytest.mark.kubectl
@given(st.lists(TRICKY | TEXTS, min_size=100, max_size=200))
@settings(max_examples=10, deadline=None)
def test_kubectl_reads_any_string_as_it_was(kubectl, strings):
    assert misread_by_kubectl(kubectl, strings) == []


@pytest.mark.kubectl
@given(st.dictionaries(TRICKY | TEXTS, st.lists(st.lists(TRICKY | st.integers(-(2**53), 2**53) | st.booleans() | st.none()))))
@settings(max_examples=25, deadline=None)
def test_kubectl_reads_any_shape_as_it_was(kubectl, shape):
    document = {"apiVersion": "example.dev/v1", "kind": "Thing", "metadata": {"name": "x"}, "spec": shape}
    done = kubectl("annotate", "--local", "-f", "-", "a=b", "-o", "json", stdin=dump(document))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["spec"] == shape
