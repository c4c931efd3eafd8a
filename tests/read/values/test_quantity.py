"""Quantities are exact, and mean what they mean to Kubernetes."""

import json
import os
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.read.values.quantity import LARGEST, NANO, NotAQuantity, milli, parse, whole

KUBECTL = shutil.which("kubectl")

AMOUNTS: list[tuple[str, str | int | float, int]] = [
    ("a whole number", 2, 2 * NANO),
    ("a whole number as text", "2", 2 * NANO),
    ("a float is read as it is written", 0.1, NANO // 10),
    ("a small float", 1e-07, 100),
    ("milli", "100m", NANO // 10),
    ("micro", "5u", 5_000),
    ("nano", "7n", 7),
    ("kilo", "1k", 1_000 * NANO),
    ("kibi", "1Ki", 1_024 * NANO),
    ("a fraction of a gibi", "1.5Gi", 3 * 2**29 * NANO),
    ("a decimal exponent", "1e3", 1_000 * NANO),
    ("a capital exponent with a sign", "5E-3", 5_000_000),
    ("exa, which is no exponent", "2E", 2 * 10**18 * NANO),
    ("a plus sign", "+1", NANO),
    ("a minus sign", "-1.5", -3 * NANO // 2),
    ("no digit before the point", ".5", NANO // 2),
    ("no digit after the point", "5.", 5 * NANO),
    ("leading zeros", "007", 7 * NANO),
    ("blanks around it are trimmed", " 1Gi ", 2**30 * NANO),
    ("half a nano rounds up", "0.5n", 1),
    ("a negative half rounds away from zero", "-0.5n", -1),
    ("a bare suffix is zero, as in Kubernetes", "m", 0),
    ("eight exbi is capped at 64 bits", "8Ei", LARGEST * NANO),
    ("an exponent beyond 64 bits is capped", "1e30", LARGEST * NANO),
]


@pytest.mark.parametrize(("name", "text", "nano"), AMOUNTS, ids=[row[0] for row in AMOUNTS])
def test_an_amount(name: str, text: str | int | float, nano: int) -> None:
    assert parse(text) == nano, name


REFUSED: list[tuple[str, str | int | float, str]] = [
    ("a capital K", "1K", "write 1k (1000) or 1Ki (1024)"),
    ("a capital K with bytes", "64KB", "write 64k (1000) or 64Ki (1024)"),
    ("a blank inside", "1 Gi", "write 1Gi"),
    ("underscores", "1_000", "write 1000"),
    ("a comma between thousands", "1,000", "write 1000"),
    ("a comma for a point", "7,9", "write 7.9"),
    ("a comma for a point before a suffix", "1,5Gi", "write 1.5Gi"),
    ("bytes spelled out", "512MiB", "write 512Mi"),
    ("a capital I", "1GI", "write 1Gi"),
    ("not a number", "NaN", "500m, 2, 1.5Gi"),
    ("infinity", "inf", "500m, 2, 1.5Gi"),
    ("an exponent and a suffix", "1e3m", "500m, 2, 1.5Gi"),
    ("nothing", "", "500m, 2, 1.5Gi"),
    ("blanks only", "  ", "500m, 2, 1.5Gi"),
    ("an endless exponent", "1e999999999", "500m, 2, 1.5Gi"),
    ("an exponent just too large", "1e41", "500m, 2, 1.5Gi"),
    ("an endless negative exponent", "1e-999999999", "500m, 2, 1.5Gi"),
    ("a million digits", "1" * 1_000_000, "500m, 2, 1.5Gi"),
    ("a truth value", True, "500m, 2, 1.5Gi"),
    ("two points", "1.2.3", "500m, 2, 1.5Gi"),
    ("digits of another script", "١", "500m, 2, 1.5Gi"),
    ("two signs", "--1", "500m, 2, 1.5Gi"),
    ("a float that is no number", float("nan"), "500m, 2, 1.5Gi"),
]


@pytest.mark.parametrize(("name", "text", "fix"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_is_no_quantity_is_refused_with_advice(name: str, text: str | int | float, fix: str) -> None:
    with pytest.raises(NotAQuantity) as refused:
        parse(text)
    assert fix in refused.value.fix, name
    assert len(str(refused.value)) < 200


def test_cpu_is_rounded_up_to_thousandths_and_all_else_to_whole_units() -> None:
    assert [milli("0.1"), milli("1u"), milli(2), milli("100.5m")] == [100, 1, 2000, 101]
    assert [whole("1Gi"), whole("100m"), whole("1.5"), whole(3)] == [2**30, 1, 2, 3]
    assert milli("1e30") == whole("1e30") == LARGEST


@given(st.integers(0, 10**9), st.sampled_from(["", "n", "u", "m", "k", "M", "Ki", "Mi"]))
def test_whole_never_loses_anything(number: int, suffix: str) -> None:
    nano = parse(f"{number}{suffix}")
    assert 0 <= whole(f"{number}{suffix}") * NANO - nano < NANO
    assert 0 <= milli(f"{number}{suffix}") * (NANO // 1000) - nano < NANO // 1000


def kubectl_says(texts: list[str]) -> list[str] | None:
    """Return the canonical forms of limits, None where kubectl refuses one of them."""
    limits = {f"example.com/x{at}": text for at, text in enumerate(texts)}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}}
    document = json.dumps(pod | {"spec": {"containers": [{"name": "c", "image": "i", "resources": {"limits": limits}}]}})
    command = [str(KUBECTL), "set", "resources", "--local", "-f", "-", "--limits=cpu=1", "-o", "json"]
    environment = {**os.environ, "KUBECONFIG": "/nonexistent"}
    answer = subprocess.run(command, input=document, capture_output=True, text=True, check=False, env=environment)
    if answer.returncode:
        return None
    found = json.loads(answer.stdout)["spec"]["containers"][0]["resources"]["limits"]
    return [found[f"example.com/x{at}"] for at in range(len(texts))]


needs_kubectl = pytest.mark.skipif(KUBECTL is None, reason="kubectl is not on the PATH")
ACCEPTED = [
    *(text for _, text, _ in AMOUNTS if isinstance(text, str) and text != "1e30"),
    *["E", "+", "-", ".", "1.Ki", ".5Mi", "1E3", "1e+3", "0.0000000001", "9Ei", "1.5e2", "12e03"],
]
STRANGE = ["1K", "1 Gi", "1_000", "NaN", "1e3m", "", "512MiB", "--1", "1Mi5", "1e", "0x10", "1mi", "1ki", "1.2.3"]


@needs_kubectl
def test_kubectl_reads_the_same_amounts() -> None:
    canonical = kubectl_says(ACCEPTED)
    assert canonical is not None
    assert dict(zip(ACCEPTED, map(parse, ACCEPTED), strict=True)) == dict(zip(ACCEPTED, map(parse, canonical), strict=True))


@needs_kubectl
@pytest.mark.parametrize("text", STRANGE)
def test_kubectl_refuses_the_same_texts(text: str) -> None:
    assert kubectl_says([text]) is None
    with pytest.raises(NotAQuantity):
        parse(text)


NUMBERS = st.from_regex(r"[+-]?[0-9]{0,12}(\.[0-9]{0,12})?(|n|u|m|k|M|G|Ki|Mi|Gi|Ti|e[0-9]|E-[0-9])", fullmatch=True)


@needs_kubectl
@settings(max_examples=15, deadline=None, derandomize=True)
@given(st.lists(NUMBERS.filter(bool), min_size=20, max_size=40))
def test_kubectl_reads_any_amount_the_same(texts: list[str]) -> None:
    canonical = kubectl_says(texts)
    assert canonical is not None
    for text, shown in zip(texts, canonical, strict=True):
        assert parse(text) == parse(shown), text
