"""The table of sentences: each has a place for every parameter that it names, and lists names as its place says."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from string import Formatter

import pytest

from models.disclosure import Disclosure, DisclosureCode
from models.kubernetes.cluster import Statement
from models.source import Source
from planner.wording import unread
from planner.wording.disclosures import TEMPLATES, all_said, parameters_of, said
from tests.conftest import ROOT

ROWS = [
    pytest.param(
        Disclosure.of(DisclosureCode.NODES_MISSING, "Deployment/a/b", Source("f", 3), nodes=("n1", "n2", "n3", "n4")),
        "pods run on n1, n2, n3 and 1 more, which the inventory lacks: they are planned as new ones",
        id="of many names the first few are listed",
    ),
    pytest.param(
        Disclosure.of(DisclosureCode.SCHEDULING_GATES, "Deployment/a/b", gates=("a", "b", "c", "d")),
        "held by scheduling gates (a, b, c, d): counted as if they were open",
        id="all of them where the place says so",
    ),
    pytest.param(
        Disclosure.of(DisclosureCode.SHARING_SPLIT, "a, b", case="partners"),
        "may share a node but are in two rings: their other partners do not trust each other",
        id="of several sentences that of the case",
    ),
    pytest.param(
        Disclosure.of(DisclosureCode.DRAIN_BLOCKED, "b", kind="", amount="", pods=1, when="now", near=("x",)),
        "does not allow its only pod to be evicted now: a drain of their nodes does not end, and pods of x, which must be near "
        "them, may be pending meanwhile",
        id="a sentence with parts that are only sometimes there",
    ),
    pytest.param(
        Disclosure.of(DisclosureCode.OTHER_SCHEDULER, "Deployment/a/b", scheduler="{gates}"),
        "schedulerName {gates}: planned by the rules of kube-scheduler's default profile",
        id="braces in a name are no place",
    ),
]


@pytest.mark.parametrize(("disclosure", "sentence"), ROWS)
def test_a_disclosure_becomes_a_sentence(disclosure: Disclosure, sentence: str) -> None:
    statement = said(disclosure)
    assert (statement.message, statement.subject, statement.where, statement.code) == (
        sentence,
        disclosure.subject,
        disclosure.where,
        disclosure.code,
    )


@pytest.mark.parametrize(
    ("message", "named"),
    [
        pytest.param("a: pods that no other node lets in would be pending after the loss of their node", "node", id="a sentence"),
        pytest.param("a: pods that no other node lets in would be pending after the loss of their zone", None, id="two things"),
        pytest.param("a: pods that no other node lets in", None, id="half a sentence"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_what_a_sentence_names_is_read_from_it(message: str, named: str | None) -> None:
    parameters = parameters_of(Statement("ring a", message, code=DisclosureCode.PODS_TIED))
    assert (parameters and parameters["domain"]) == named


def test_what_has_no_sentence_of_its_own_names_nothing() -> None:
    assert parameters_of(Statement("a", "b")) is None


def test_what_the_reader_wrote_down_stays_as_it_is() -> None:
    statement = Statement("a", "b")
    assert all_said([statement, Disclosure.of(DisclosureCode.LEVEL_UNUSED, "level x")])[0] is statement


@pytest.mark.parametrize("code", TEMPLATES)
def test_every_place_names_a_parameter(code: DisclosureCode) -> None:
    template = TEMPLATES[code]
    texts = template.values() if isinstance(template, Mapping) else [template]
    for text in texts:
        written = text if isinstance(text, str) else text(defaultdict(lambda: "x"))
        assert all(field is None or field.isidentifier() for _, field, _, _ in Formatter().parse(written))


def test_no_room_makes_a_sentence_of_a_disclosure() -> None:
    files = {file.relative_to(ROOT).as_posix(): file for file in (ROOT / "planner").rglob("*.py")}
    calls = {
        name
        for name, file in files.items()
        if "Statement(" in (text := file.read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Statement"
    }
    assert {name for name in calls if not name.startswith("planner/wording/")} == set()


def remarks() -> Iterator[tuple[str, str, str, set[str]]]:
    """Yield where something is read that is not modelled: the table, the case and the parameters, where a call says them all."""
    for file in sorted((ROOT / "planner/read").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("remark", "hides") and node.args:
                given = {keyword.arg for keyword in node.keywords}
                for case in (
                    each for each in ast.walk(node.args[0]) if isinstance(each, ast.Constant) and isinstance(each.value, str)
                ):
                    if None not in given:
                        yield f"{file.name}:{node.lineno}", ast.unparse(node.func), str(case.value), set(map(str, given))


def test_what_is_read_and_not_modelled_is_told_with_what_its_sentence_names() -> None:
    tables = {"remark": unread.NOT_MODELLED, "hides": unread.HIDES_PODS}
    told = list(remarks())
    assert len(told) > 40
    wrong = []
    for place, table, case, given in told:
        named = {field for _, field, _, _ in Formatter().parse(tables[table][case]) if field}
        wrong += [place] * (not named <= given)
    assert wrong == []
