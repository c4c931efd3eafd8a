"""What a policy may say of losses to survive, and what it is told otherwise."""

import pytest

from models.trust import Survive
from tests.read.own_kinds.policies import TWO_LEVELS, faults, read

ROWS = [
    ("nothing", "", Survive()),
    ("nothing, spelled out", "  survive: {}\n", Survive()),
    ("a node", "  survive: {nodes: 1}\n", Survive(1, 0)),
    ("a zone", "  survive: {zones: 1}\n", Survive(0, 1)),
    ("both", "  survive: {nodes: 1, zones: 1}\n", Survive(1, 1)),
    ("zero is nothing", "  survive: {nodes: 0, zones: 0}\n", Survive()),
]


@pytest.mark.parametrize(("text", "said"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_may_be_lost(tmp_path, text, said) -> None:
    assert read(tmp_path, TWO_LEVELS + text).survive == said


REFUSED = [
    ("two nodes", "  survive:\n    nodes: 2\n", 7, "spec.survive.nodes", "2 at once cannot be planned for, only 0 or 1"),
    ("two zones", "  survive:\n    zones: 2\n", 7, "spec.survive.zones", "2 at once cannot be planned for, only 0 or 1"),
    ("less than none", "  survive: {nodes: -1}\n", 6, "spec.survive.nodes", "-1 at once cannot be planned for, only 0 or 1"),
    ("a share", "  survive: {nodes: 0.5}\n", 6, "spec.survive.nodes", "must be a whole number, not 0.5"),
    ("yes", "  survive: {nodes: true}\n", 6, "spec.survive.nodes", "must be a whole number, not true"),
    ("something else", "  survive: {racks: 1}\n", 6, "spec.survive.racks", "unknown field"),
    ("a number alone", "  survive: 1\n", 6, "spec.survive", "must be a map, not 1"),
]


@pytest.mark.parametrize(("text", "line", "field", "reason"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_is_refused(tmp_path, text, line, field, reason) -> None:
    (fault,) = faults(tmp_path, TWO_LEVELS + text)
    assert (fault.where.line, fault.field, fault.reason) == (line, field, reason)


def test_a_refused_number_says_what_to_write(tmp_path) -> None:
    (fault,) = faults(tmp_path, f"{TWO_LEVELS}  survive: {{nodes: 3}}\n")
    assert fault.fix == "write nodes: 1 to plan for the loss of any one of them, or leave it out"
