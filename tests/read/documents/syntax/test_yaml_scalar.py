"""Scalars mean what they mean to kubectl."""

import json
import os
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.read.documents.syntax import yaml_scalar

KUBECTL = shutil.which("kubectl")
needs_kubectl = pytest.mark.skipif(KUBECTL is None, reason="kubectl is not on the PATH")

VALUES = [
    ("lower-case no is false", "no", False),
    ("capital YES is true", "YES", True),
    ("mixed case nO stays a string", "nO", "nO"),
    ("on is true", "on", True),
    ("Off is false", "Off", False),
    ("a lone y is true", "y", True),
    ("a lone N is false", "N", False),
    ("nothing is null", "", None),
    ("a tilde is null", "~", None),
    ("mixed case nULL stays a string", "nULL", "nULL"),
    ("a leading zero means octal", "0777", 511),
    ("0o means octal", "0o777", 511),
    ("a leading zero with a digit that is not octal means decimal", "09", 9),
    ("hexadecimal", "0x1F", 31),
    ("negative hexadecimal", "-0x1F", -31),
    ("binary", "0b11", 3),
    ("underscores part digits", "1_000", 1000),
    ("a leading underscore makes a string", "_1", "_1"),
    ("an exponent makes a whole number where it is one", "1e3", 1000),
    ("an exponent with zeros in front", "12e03", 12000),
    ("a version stays a number", "1.10", 1.1),
    ("a point and a digit", ".5", 0.5),
    ("a lone point is a string", ".", "."),
    ("two points make a string", "1.2.3", "1.2.3"),
    ("a whole float is an integer", "3.0", 3),
    ("sexagesimal is a string", "190:20:30", "190:20:30"),
    ("a date is a string", "2026-11-24", "2026-11-24"),
    ("a point in time is a string", "2026-11-24T10:00:00Z", "2026-11-24T10:00:00Z"),
    ("an equals sign is a string", "=", "="),
    ("a quantity is a string", "100m", "100m"),
    ("the largest 64-bit integer", "9223372036854775807", 2**63 - 1),
    ("more than 64 bits is a float", "18446744073709551616", float(2**64)),
    ("a wide hexadecimal is a string", "0x1FFFFFFFFFFFFFFFF", "0x1FFFFFFFFFFFFFFFF"),
    ("a number beyond a float is a string", "1e400", "1e400"),
    ("ten thousand digits are a string", "9" * 10_000, "9" * 10_000),
]


@pytest.mark.parametrize(("name", "text", "value"), VALUES, ids=[row[0] for row in VALUES])
def test_a_plain_scalar(name: str, text: str, value: object) -> None:
    found = yaml_scalar.plain(text)
    assert (type(found), found) == (type(value), value), name


@pytest.mark.parametrize("text", [".inf", "-.Inf", "+.INF", ".nan"])
def test_what_json_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(yaml_scalar.NotAScalar, match="cannot be written in JSON"):
        yaml_scalar.plain(text)


KEYS = [
    ("on", "true"),
    ("no", "false"),
    ("1.50", "1.5"),
    ("1e3", "1000"),
    ("0x10", "16"),
    ("09", "9"),
    ("1e6", "1e+06"),
    ("123456789.5", "1.2345679e+08"),
    ("0.00001", "1e-05"),
    ("-5", "-5"),
    ("2026-11-24", "2026-11-24"),
    ("app", "app"),
]


@pytest.mark.parametrize(("text", "name"), KEYS)
def test_a_key_becomes_a_string(text: str, name: str) -> None:
    assert yaml_scalar.key(text) == name


def test_an_empty_key_is_refused() -> None:
    with pytest.raises(yaml_scalar.NotAScalar, match="key"):
        yaml_scalar.key("~")


TAGGED = [
    ("!!str 1", "1"),
    ("!!int 0x10", 16),
    ("!!float 5", 5),
    ("!!bool yes", True),
    ("!!binary aGk=", "hi"),
    ("!custom 5", "5"),
    ("!!timestamp 2026-11-24", "2026-11-24"),
]


@pytest.mark.parametrize(("text", "value"), TAGGED)
def test_an_explicit_tag_decides(text: str, value: object) -> None:
    tag, _, rest = text.partition(" ")
    assert yaml_scalar.tagged(tag.replace("!!", "tag:yaml.org,2002:"), rest, True) == value


@pytest.mark.parametrize("text", ["!!int x", "!!bool 5", "!!int yes", "!!binary %%", "!!null x"])
def test_a_tag_that_does_not_fit_is_refused(text: str) -> None:
    tag, _, rest = text.partition(" ")
    with pytest.raises(yaml_scalar.NotAScalar):
        yaml_scalar.tagged(tag.replace("!!", "tag:yaml.org,2002:"), rest, True)


def as_kubernetes_reads(digits: str) -> int | float:
    return int(digits) if -(2**63) <= int(digits) < 2**63 else float(digits)


def kubectl_reads(lines: list[str]) -> dict[str, object]:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nx:\n" + "".join(f"  {line}\n" for line in lines)
    command = [str(KUBECTL), "annotate", "--local", "-f", "-", "a=b", "-o", "json"]
    environment = {**os.environ, "KUBECONFIG": "/nonexistent"}
    answer = subprocess.run(command, input=text, capture_output=True, text=True, check=True, env=environment)
    found: dict[str, object] = json.loads(answer.stdout, parse_int=as_kubernetes_reads)["x"]
    return found


@needs_kubectl
def test_the_table_is_what_kubectl_says() -> None:
    rows = [text for _, text, _ in VALUES if len(text) < 100]
    found = kubectl_reads([f"v{at}: {text}" for at, text in enumerate(rows)])
    assert [found[f"v{at}"] for at in range(len(rows))] == [yaml_scalar.plain(text) for text in rows]


@needs_kubectl
def test_the_keys_are_what_kubectl_says() -> None:
    for text, name in KEYS:
        assert list(kubectl_reads([f"{text}: v"])) == [name]


SHORT = st.text(alphabet="0123456789_.eExXoObB+-:nyYNTZ~", min_size=1, max_size=9).filter(
    lambda text: text[-1] != ":" and text.strip("-.") and not text.startswith("- ")
)


@needs_kubectl
@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.lists(SHORT, min_size=20, max_size=60))
def test_any_number_like_text_is_read_as_kubectl_reads_it(texts: list[str]) -> None:
    readable = [text for text in texts if not text.lower().lstrip("+-").startswith((".inf", ".nan"))]
    found = kubectl_reads([f"v{at}: {text}" for at, text in enumerate(readable)])
    for at, text in enumerate(readable):
        assert found[f"v{at}"] == yaml_scalar.plain(text), text
