import pytest

from models.kubernetes.labels import Labels, LabelSelector, Requirement
from planner.emit.nodes.membership import _selects
from planner.rules import selectors

SELECTORS = [
    ("an empty selector selects all", LabelSelector()),
    ("a pair", LabelSelector(Labels({"zone": "a"}))),
    ("a pair of another value", LabelSelector(Labels({"zone": "b"}))),
    ("one of several values", LabelSelector(match_expressions=(Requirement("zone", "In", ("a", "b")),))),
    ("none of several values", LabelSelector(match_expressions=(Requirement("zone", "NotIn", ("a", "b")),))),
    ("absent satisfies NotIn", LabelSelector(match_expressions=(Requirement("disk", "NotIn", ("ssd",)),))),
    ("absent fails In", LabelSelector(match_expressions=(Requirement("disk", "In", ("ssd",)),))),
    ("present", LabelSelector(match_expressions=(Requirement("zone", "Exists"),))),
    ("not present", LabelSelector(match_expressions=(Requirement("zone", "DoesNotExist"),))),
    ("all must hold", LabelSelector(Labels({"zone": "a"}), (Requirement("disk", "Exists"),))),
]


@pytest.mark.parametrize("selector", [row[1] for row in SELECTORS], ids=[row[0] for row in SELECTORS])
@pytest.mark.parametrize("labels", [{}, {"zone": "a"}, {"zone": "c"}, {"zone": "a", "disk": "ssd"}])
def test_nodes_are_excluded_as_the_rules_exclude_them(selector, labels):
    assert _selects(selector, Labels(labels)) == selectors.matches(selector, Labels(labels))
