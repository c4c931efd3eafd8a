import pytest

from models.kubernetes.labels import Labels, LabelSelector, Requirement
from planner.rules import selectors

LABELS = Labels(
    {"app": "web", "size": "12", "neg": "-3", "empty": "", "huge": "9223372036854775808", "most": "9223372036854775807"}
)

EXPRESSIONS = [
    ("In holds where the value is listed", "app", "In", ("db", "web"), True),
    ("In fails where the value is not listed", "app", "In", ("db",), False),
    ("In fails where the label is absent", "tier", "In", ("web",), False),
    ("In fails without values", "app", "In", (), False),
    ("In tells an empty value from an absent label", "empty", "In", ("",), True),
    ("In with an empty value fails where the label is absent", "tier", "In", ("",), False),
    ("NotIn holds where the value is not listed", "app", "NotIn", ("db",), True),
    ("NotIn fails where the value is listed", "app", "NotIn", ("db", "web"), False),
    ("NotIn holds where the label is absent", "tier", "NotIn", ("web",), True),
    ("NotIn without values is refused by the API and holds for none", "app", "NotIn", (), False),
    ("Exists holds where the label is present", "app", "Exists", (), True),
    ("Exists holds for an empty value", "empty", "Exists", (), True),
    ("Exists fails where the label is absent", "tier", "Exists", (), False),
    ("Exists with values is refused by the API and holds for none", "app", "Exists", ("web",), False),
    ("DoesNotExist holds where the label is absent", "tier", "DoesNotExist", (), True),
    ("DoesNotExist fails where the label is present", "empty", "DoesNotExist", (), False),
    ("DoesNotExist with values is refused by the API and holds for none", "tier", "DoesNotExist", ("a",), False),
    ("Gt holds where the label is a larger number", "size", "Gt", ("11",), True),
    ("Gt fails for an equal number", "size", "Gt", ("12",), False),
    ("Gt compares numbers, not text", "size", "Gt", ("9",), True),
    ("Gt reads negative numbers", "neg", "Gt", ("-4",), True),
    ("Gt fails where the label is absent", "tier", "Gt", ("1",), False),
    ("Gt fails where the label is no number", "app", "Gt", ("1",), False),
    ("Gt fails where the value is no number", "size", "Gt", ("x",), False),
    ("Gt fails with two values", "size", "Gt", ("1", "2"), False),
    ("Gt fails without a value", "size", "Gt", (), False),
    ("Gt fails where the label exceeds 64 bits", "huge", "Gt", ("1",), False),
    ("Gt reads the largest number of 64 bits", "most", "Gt", (str(2**63 - 2),), True),
    ("Gt reads the smallest number of 64 bits", "size", "Gt", (str(-(2**63)),), True),
    ("Gt does not read a smaller one", "size", "Gt", (str(-(2**63) - 1),), False),
    ("Gt does not read a number of endless length", "size", "Gt", ("-" + "9" * 5000,), False),
    ("Gt does not read underscores as Python would", "size", "Gt", ("1_0",), False),
    ("Gt does not read spaces as Python would", "size", "Gt", (" 1",), False),
    ("Gt reads a plus sign as Go does", "size", "Gt", ("+1",), True),
    ("Lt holds where the label is a smaller number", "size", "Lt", ("13",), True),
    ("Lt fails for an equal number", "size", "Lt", ("12",), False),
    ("Lt fails where the label is absent", "tier", "Lt", ("1",), False),
    ("an unknown operator holds for none", "app", "Equals", ("web",), False),
    ("operators are spelled as in the API", "app", "in", ("web",), False),
]


@pytest.mark.parametrize(
    ("key", "operator", "values", "expected"), [row[1:] for row in EXPRESSIONS], ids=[r[0] for r in EXPRESSIONS]
)
def test_an_expression(key: str, operator: str, values: tuple[str, ...], expected: bool) -> None:
    assert selectors.requirement_matches(Requirement(key, operator, values), LABELS) is expected


IN, NOT = Requirement("app", "In", ("web",)), Requirement("size", "NotIn", ("12",))
SELECTORS = [
    ("no selector matches nothing", None, False),
    ("an empty selector matches everything", LabelSelector(), True),
    ("a pair must be equal", LabelSelector(Labels({"app": "web"})), True),
    ("a pair of another value fails", LabelSelector(Labels({"app": "db"})), False),
    ("a pair whose label is absent fails", LabelSelector(Labels({"tier": "web"})), False),
    ("all pairs must hold", LabelSelector(Labels({"app": "web", "size": "1"})), False),
    ("an expression must hold", LabelSelector(match_expressions=(IN,)), True),
    ("all expressions must hold", LabelSelector(match_expressions=(IN, NOT)), False),
    ("pairs and expressions must hold both", LabelSelector(Labels({"app": "web"}), (NOT,)), False),
]


@pytest.mark.parametrize(("selector", "expected"), [row[1:] for row in SELECTORS], ids=[row[0] for row in SELECTORS])
def test_a_selector(selector: LabelSelector | None, expected: bool) -> None:
    assert selectors.matches(selector, LABELS) is expected


def test_an_empty_selector_matches_even_a_pod_without_labels() -> None:
    assert selectors.matches(LabelSelector(), Labels())
    assert not selectors.matches(None, Labels())


def test_empty_means_neither_pairs_nor_expressions() -> None:
    assert selectors.is_empty(LabelSelector())
    assert not selectors.is_empty(LabelSelector(Labels({"a": "b"})))
    assert not selectors.is_empty(LabelSelector(match_expressions=(IN,)))
