"""The table of sentences of findings: each code and case has them, and nothing that looks for findings writes any."""

import ast
from collections.abc import Iterator
from functools import cache
from string import Formatter
from typing import Any

import pytest

from models.answer.finding import ERROR, INFO, WARNING, Difference, Finding, FindingCode
from models.answer.grade import Grade, GradeKind, Remedy
from models.answer.order_result import LeftPending, Reason, stuck_in, tried
from models.answer.plan import Repair, Shortage
from models.frozen_map import FrozenMap
from models.kubernetes.resources import PODS
from planner.wording.findings import TABLE, notice, order
from planner.wording.findings.wording import Wording
from planner.wording.template import Phrased
from tests.conftest import ROOT

LEFT = tuple(LeftPending(f"Deployment/a/{name}", pods, "full") for name, pods in (("w", 4), ("x", 3), ("y", 2), ("z", 1)))
MANY = tuple(Difference(f"spec.{letter}", letter, None) for letter in "abcde")


def finding(code: FindingCode, case: str = "", **facts: Any) -> Finding:
    return Finding.of(code, ERROR, "subject", case=case, **facts)


SAID = [
    pytest.param(
        finding(FindingCode.ANY_ORDER, "stuck", pods=1, beyond=0, order="o", such=1, runs=2, left=LEFT[:1]),
        "kube-scheduler leaves 1 pod pending when they arrive o (so or similar in 1 of 2 orders tried): Deployment/a/w 4 (full)",
        id="one pod that an order leaves pending",
    ),
    pytest.param(
        finding(FindingCode.ANY_ORDER, "stuck", pods=10, beyond=3, order="o", such=1, runs=2, left=LEFT),
        "kube-scheduler leaves 10 pods pending, 3 more than the plan says, when they arrive o (so or similar in 1 of 2 orders "
        "tried): Deployment/a/w 4 (full); Deployment/a/x 3 (full); Deployment/a/y 2 (full); and 1 workloads more",
        id="many pods, more than the plan says",
    ),
    pytest.param(
        finding(FindingCode.ANY_ORDER, "tried", result=tried(2), orders=("a", "b"), unplaced=False, said=None, because="x"),
        "tried 2 orders (a, b): no pod stays pending",
        id="orders that were tried are named",
    ),
    pytest.param(
        finding(FindingCode.ANY_ORDER, "tried", result=tried(2), orders=None, unplaced=True, said=stuck_in("a"), because="x"),
        "tried 2 orders: no pod stays pending but those that the plan names; that it is stuck in a was found with ties between "
        "nodes broken in another way",
        id="but not twice",
    ),
    pytest.param(
        finding(FindingCode.PROMISE, "overstated", said=tried(2), foreseen=stuck_in("a"), because=Reason("web", " waits")),
        "the plan says that the ring is tried 2 orders for its order of arrival, but it is stuck in a (web waits)",
        id="what keeps a ring from being proven is added",
    ),
    pytest.param(
        finding(FindingCode.PROMISE, "stuck since", result=stuck_in("a"), said="", foreseen="web waits"),
        "is said to be stuck in a since '', and it is since 'web waits'",
        id="reasons are quoted",
    ),
    pytest.param(
        finding(
            FindingCode.GRADE_UNTRUE,
            "foreseen",
            said=None,
            true=Grade(GradeKind.AT_RISK, 9, 2, 3, FrozenMap({"Deployment/a/w": 3})),
        ),
        "is said to be not graded, and it is at risk: in 2 of 9 scenarios up to 3 pods pending, Deployment/a/w 3",
        id="a grade is told in full",
    ),
    pytest.param(
        finding(FindingCode.REMEDY_UNTRUE, "foreseen", remedy=Remedy("r", guide="require", scenarios=4, pending=1)),
        "is said to be helped by guide: require, with 1 pods pending at most in 4 scenarios, which was tried again and is not "
        "what came of it",
        id="a remedy is told in full",
    ),
    pytest.param(
        finding(FindingCode.DOES_NOT_SURVIVE, "packed", pods=FrozenMap({"a": 1, "b": 2}), of="zone", lost="z"),
        "no way was found to place 1 of a, 2 of b elsewhere in the ring once zone z is lost",
        id="pods are counted by workload",
    ),
    pytest.param(
        finding(FindingCode.NOT_SIMULATED, pods=6_000_000, most=5_000_000),
        "kube-scheduler was not simulated: 6,000,000 pods are more than the 5,000,000 that are played through",
        id="large numbers are parted",
    ),
    pytest.param(
        finding(FindingCode.SHORTAGE_UNTRUE, "others", due=(Shortage("r", "cpu", 2, 1),)),
        "says other shortages than ring r needs 2 cpu and has 1",
        id="shortages that there are",
    ),
    pytest.param(
        finding(FindingCode.SHORTAGE_UNTRUE, "others", due=()),
        "says other shortages than there are, which is none",
        id="or are not",
    ),
    pytest.param(
        finding(FindingCode.REPAIR_UNTRUE, "others", due=(Repair("n", 1, "r"), Repair("m", 2))),
        "names other repairs than those that are found: 1 like n for ring r, 2 like m",
        id="repairs that there are",
    ),
    pytest.param(
        finding(FindingCode.REPAIR_UNTRUE, "useless", repairs=(Repair("n", 1), Repair("m", 2))),
        "says that 1 more nodes like n and 2 more nodes like m repair all, and they do not",
        id="repairs that do not help",
    ),
    pytest.param(
        finding(FindingCode.AGAINST_POLICY, differences=MANY),
        "spec.a a -> not given; spec.b b -> not given; spec.c c -> not given; and 2 more differences",
        id="the first few differences are told",
    ),
    pytest.param(
        finding(FindingCode.AGAINST_NODE, "differs", differences=MANY[:4]),
        "spec.a a -> not given; spec.b b -> not given; spec.c c -> not given; and 1 more difference",
        id="a single one more is one",
    ),
    pytest.param(
        finding(FindingCode.AGAINST_POLICY, differences=(Difference("a", "x" * 61, "{b}"),)),
        f"a {'x' * 60}… -> {{b}}",
        id="a long value is cut, and braces in one are no place",
    ),
    pytest.param(
        finding(FindingCode.AGAINST_RUNNING, said=FrozenMap({"a": 1, "b": 1, "c": 1, "d": 1}), now=FrozenMap()),
        "its pods run elsewhere: nowhere, and in the plan 1 on a, 1 on b, 1 on c …",
        id="where pods run",
    ),
    pytest.param(
        finding(FindingCode.NODE_RESOURCES, "amount", node="a1", reason="Too many pods", requested=5, allocatable=4),
        "node a1: Too many pods: 5 requested, 4 allocatable",
        id="what kube-scheduler would say, and how much is missing",
    ),
    pytest.param(
        finding(FindingCode.BUDGET_AMOUNT, amounts=("1", "50%")),
        "keeps 1 and 50% of its pods, which is no number of them",
        id="and",
    ),
    pytest.param(
        finding(FindingCode.TAGS_DISAGREE, "levels", tags=("high", "low")),
        "says high, then low: template, workload and Namespace must agree",
        id="then",
    ),
    pytest.param(
        finding(FindingCode.COUNTED_UNTRUE, said="", true="1 run"),
        "says 'nothing' of how its pods were counted, and it is '1 run'",
        id="what is not said is said to be nothing",
    ),
    pytest.param(
        finding(FindingCode.RESERVE_UNTRUE, "together", asked=3, resource=PODS, free=2),
        "has room reserved for pods that take 3 of pod slots together, and has 2 left",
        id="pods take slots",
    ),
    pytest.param(
        finding(FindingCode.DOES_NOT_SURVIVE, "simulated", pods=FrozenMap({"a": 1}), of="node", lost="n", order="o"),
        "kube-scheduler leaves 1 of a pending once node n is lost, when they come again o",
        id="what kube-scheduler leaves after a loss",
    ),
    pytest.param(
        finding(FindingCode.NOT_SOLVED_AGAIN, "nodes", how="with", said=(4, 3), true=(5, 2)),
        "not shown once more: that 3 to 4 nodes hold the pods with rings: here it is 2 to 5",
        id="bounds come before values",
    ),
    pytest.param(
        finding(FindingCode.NOT_SOLVED_AGAIN, "large", parts=("bounds", "repairs")),
        "too large to be solved once more: bounds of goals, repairs held against sums only",
        id="what was not solved again",
    ),
    pytest.param(
        finding(FindingCode.PROMISE, "orders", said=9, orders=4, because=None),
        "the plan says that 9 orders of arrival were tried, but there are only 4 to try",
        id="nothing is added where nothing is known",
    ),
    pytest.param(
        finding(FindingCode.GOAL_BOUND, "counted", value=7.5, bound=9),
        "value 7.5 is better than its proven bound 9",
        id="numbers",
    ),
]


@pytest.mark.parametrize(("found", "sentence"), SAID)
def test_a_finding_becomes_a_sentence(found: Finding, sentence: str) -> None:
    assert notice(found).message == sentence


def test_of_what_is_well_nothing_is_to_be_done() -> None:
    assert notice(Finding.of(FindingCode.ANY_ORDER, INFO, "r", case="proven", result="proven"))[1:] == ("", "")


def test_findings_are_sorted_as_they_are_read() -> None:
    few, many = (Finding.of(FindingCode.INPUT_TWICE, ERROR, "a", count=count, kind="node") for count in (2, 10))
    assert sorted([few, many], key=order) == [many, few]


def wordings(code: FindingCode) -> dict[str, Wording]:
    told = TABLE[code]
    return {"": told} if isinstance(told, Wording) else dict(told)


def places(text: str) -> set[str]:
    return {name.split(".")[0].split("[")[0] for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("code", FindingCode)
def test_every_code_has_sentences_whose_places_name_parameters(code: FindingCode) -> None:
    for message, why, fix in wordings(code).values():
        texts = (message.text if isinstance(message, Phrased) else message, why, fix)
        assert all(name.isidentifier() for text in texts for name in places(text))
        assert texts[0]


CALLS = ("Finding.of", "error", "flaw", "_error", "_note", "_finding", "_not_shown", "_contradiction", "_fault", "_compared")


@cache
def calls() -> tuple[tuple[str, ast.Call], ...]:
    """Return where findings are found, but for those of `ringfence check`, which its rules tell of."""
    files = ((file, file.read_text(encoding="utf-8")) for file in sorted((ROOT / "planner").rglob("*.py")))
    return tuple(
        (f"{file.relative_to(ROOT)}:{node.lineno}", node)
        for file, text in files
        if not {"wording", "check"} & {*file.relative_to(ROOT).parts} and any(f"{name}(" in text for name in CALLS)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute) and ast.unparse(node.func) in CALLS
    )


def is_sentence(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and len(str(node.value).split()) > 3)


def test_nothing_that_looks_for_findings_writes_their_sentences() -> None:
    assert len(calls()) > 150
    assert [place for place, call in calls() if any(is_sentence(given.value) for given in call.keywords)] == []


def told_in_full() -> Iterator[tuple[str, FindingCode, str, set[str]]]:
    """Yield the code, the case and the parameters of each call that says all of them itself."""
    for place, call in calls():
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        code, case = call.args[0] if call.args else None, given.pop("case", ast.Constant(""))
        is_full = isinstance(code, ast.Attribute) and None not in given and isinstance(case, ast.Constant)
        if is_full and ast.unparse(call.func) in ("Finding.of", "error"):
            yield place, FindingCode[code.attr], str(case.value), set(map(str, given))


def test_whoever_finds_something_says_what_its_sentence_names() -> None:
    wrong = []
    for place, code, case, given in told_in_full():
        message = wordings(code)[case].message
        if isinstance(message, str) and not places(message) <= given:
            wrong.append(place)
    assert wrong == []


def test_a_severity_is_one_of_three() -> None:
    named = {ast.unparse(call.args[1]) for _, call in calls() if ast.unparse(call.func) == "Finding.of"}
    assert named <= {name.upper() for name in (ERROR, WARNING, INFO)}
