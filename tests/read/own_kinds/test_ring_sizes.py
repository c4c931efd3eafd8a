"""What a policy may say of the number of rings and of their nodes, and what it is told otherwise."""

import pytest

from models.trust import RingNodes
from tests.read.own_kinds.policies import TWO_LEVELS, faults, read

ROWS = [
    ("nothing", "", None, ()),
    ("a number of rings", "  maxRings: 3\n", 3, ()),
    ("no number of rings, spelled out", "  maxRings:\n", None, ()),
    ("a fewest number of nodes", "  ringNodes: [{min: 2}]\n", None, (RingNodes(2),)),
    ("a most number of nodes", "  ringNodes: [{max: 9}]\n", None, (RingNodes(0, 9),)),
    ("one number of nodes", "  ringNodes: [{min: 2, max: 2}]\n", None, (RingNodes(2, 2),)),
    ("limits for the ring of a group", "  ringNodes: [{min: 3, groups: [a]}]\n", None, (RingNodes(3, None, ("a",)),)),
    (
        "limits for a tenant's ring",
        "  separateTenants: [a]\n  ringNodes: [{min: 3, groups: [a/x]}]\n",
        None,
        (RingNodes(3, None, ("a/x",)),),
    ),
    (
        "limits of two groups that only keep them from sharing",
        "  ringNodes: [{min: 3, groups: [a]}, {max: 2, groups: [b]}]\n",
        None,
        (RingNodes(3, None, ("a",)), RingNodes(0, 2, ("b",))),
    ),
]


@pytest.mark.parametrize(("text", "rings", "nodes"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_rings_may_be_limited_to(tmp_path, text, rings, nodes) -> None:
    found = read(tmp_path, TWO_LEVELS + text)
    assert (found.max_rings, found.ring_nodes) == (rings, nodes)


TOO_MANY = "are more nodes than any cluster has"
WHERE = "which speaks of the same ring"
REFUSED = [
    ("no ring", "  maxRings: 0\n", 6, "maxRings", "0 rings hold nobody"),
    ("fewer rings than none", "  maxRings: -1\n", 6, "maxRings", "-1 rings hold nobody"),
    ("half a ring", "  maxRings: 1.5\n", 6, "maxRings", "must be a whole number, not 1.5"),
    ("all rings", "  maxRings: all\n", 6, "maxRings", "must be a whole number, not the string 'all'"),
    ("limits that are no list", "  ringNodes: {min: 2}\n", 6, "ringNodes", "must be a list, not a map"),
    ("a limit that limits nothing", "  ringNodes:\n    - {groups: [a]}\n", 7, "ringNodes[0]", "limits nothing"),
    ("fewer nodes than none", "  ringNodes: [{min: -1}]\n", 6, "ringNodes[0].min", "-1 nodes cannot be"),
    ("more nodes than there are", "  ringNodes: [{min: 4611686018427387904}]\n", 6, "ringNodes[0].min", f"{1 << 62} {TOO_MANY}"),
    (
        "at most more nodes than there are",
        "  ringNodes: [{max: 1000001}]\n",
        6,
        "ringNodes[0].max",
        f"1000001 {TOO_MANY}",
    ),
    ("at most no node", "  ringNodes: [{max: 0}]\n", 6, "ringNodes[0].max", "0 nodes hold nobody"),
    ("a most below the fewest", "  ringNodes: [{min: 3, max: 2}]\n", 6, "ringNodes[0].max", "2 is less than min, 3"),
    ("a number of something else", "  ringNodes: [{pods: 3}]\n", 6, "ringNodes[0].pods", "unknown field"),
    ("an unknown group", "  ringNodes: [{min: 3, groups: [c]}]\n", 6, "ringNodes[0].groups[0]", "unknown level 'c'"),
    ("a group twice", "  ringNodes: [{min: 3, groups: [a, a]}]\n", 6, "ringNodes[0].groups[1]", "a is named twice"),
    (
        "a tenant of a level that does not part them",
        "  ringNodes: [{min: 3, groups: [a/x]}]\n",
        6,
        "ringNodes[0].groups[0]",
        "tenants of a are not kept apart",
    ),
    (
        "a most below the fewest of every ring",
        "  ringNodes:\n    - {min: 3}\n    - {max: 2, groups: [a]}\n",
        8,
        "ringNodes[1].max",
        f"2 is less than the min 3 of spec.ringNodes[0], {WHERE}",
    ),
    (
        "a fewest above the most of the same group",
        "  ringNodes:\n    - {max: 2, groups: [a]}\n    - {min: 3, groups: [a, b]}\n",
        8,
        "ringNodes[1].min",
        f"3 is more than the max 2 of spec.ringNodes[0], {WHERE}",
    ),
]


@pytest.mark.parametrize(("text", "line", "field", "reason"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_is_refused(tmp_path, text, line, field, reason) -> None:
    (fault,) = faults(tmp_path, TWO_LEVELS + text)
    assert (fault.where.line, fault.field, fault.reason) == (line, f"spec.{field}", reason)
    assert fault.fix or reason.startswith("must be")


def test_a_refused_number_says_what_to_write(tmp_path) -> None:
    (fault,) = faults(tmp_path, f"{TWO_LEVELS}  ringNodes: [{{min: 3, max: 2}}]\n")
    assert fault.fix == "write a max that is not below min"
