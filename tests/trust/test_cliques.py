"""Which sets of groups may be a ring, which of them one ring could replace, and who keeps whom apart."""

import pytest

from models.frozen_map import FrozenMap
from models.solver.problem import ENDLESS, RingSize
from models.trust import Group, Membership, Ring, RingNodes, Trust, TrustPolicy
from planner.trust import arranged
from planner.trust.cliques import MOST, cliques, mergeable, strangers
from planner.trust.sizes import size_of


def trusted(names, pairs):
    members = FrozenMap({f"Deployment/shop/{name}": Membership(name) for name in names})
    return arranged(Trust(tuple(map(Group, names)), (), members, tuple(sorted(pairs))), [(name,) for name in names])


def policy(*limits, **fields):
    return TrustPolicy("shop", ("a", "b", "c"), ring_nodes=limits, **fields)


CHAIN = trusted("abc", [("a", "b"), ("b", "c")])
ALL = trusted("abc", [("a", "b"), ("a", "c"), ("b", "c")])
ROWS = [
    ("nobody who trusts nobody", trusted("ab", []), policy(), [("a",), ("b",)]),
    ("two who trust each other, in a chain", CHAIN, policy(), [("a",), ("b",), ("c",), ("a", "b"), ("b", "c")]),
    ("all who trust each other", ALL, policy(), ["a", "b", "c", "ab", "ac", "bc", "abc"]),
    (
        "no two whose limits contradict each other",
        CHAIN,
        policy(RingNodes(3, None, ("a",)), RingNodes(0, 2, ("b",))),
        [("a",), ("b",), ("c",), ("b", "c")],
    ),
    ("no group whose limits contradict each other", CHAIN, policy(RingNodes(3), RingNodes(0, 2, ("b",))), [("a",), ("c",)]),
]


@pytest.mark.parametrize(("given", "said", "sets"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_who_may_be_a_ring(given, said, sets):
    assert cliques(given, said) == (tuple(map(tuple, sets)), True)


def test_of_very_many_sets_some_are_left_out_but_not_the_rings_that_there_are():
    names = [f"g{at:02}" for at in range(12)]
    given = arranged(trusted(names, [(a, b) for a in names for b in names if a < b]), [names])
    sets, whole = cliques(given, policy())
    assert not whole
    assert len(sets) == MOST + 1
    assert sets[-1] == tuple(names)


def test_sets_that_one_set_could_replace_are_paired():
    sets, _ = cliques(CHAIN, policy())
    assert {(sets[a], sets[b]) for a, b in mergeable(sets)} == {(("a",), ("b",)), (("b",), ("c",))}


@pytest.mark.parametrize(
    ("given", "apart"),
    [
        pytest.param(CHAIN, ("a", "c"), id="the ends of a chain"),
        pytest.param(ALL, ("a",), id="one of those who all trust each other"),
        pytest.param(trusted("abc", []), ("a", "b", "c"), id="all who trust nobody"),
    ],
)
def test_who_keeps_apart(given, apart):
    assert strangers(given) == apart


@pytest.mark.parametrize(
    ("groups", "limits", "size"),
    [
        pytest.param(("a",), (), RingSize(0, ENDLESS), id="no limit"),
        pytest.param(("a",), (RingNodes(2, 9),), RingSize(2, 9), id="a limit of every ring"),
        pytest.param(("a", "b"), (RingNodes(2, 9), RingNodes(3, 5, ("b",))), RingSize(3, 5), id="the tightest of two"),
        pytest.param(("a",), (RingNodes(3, 5, ("b",)),), RingSize(0, ENDLESS), id="a limit of another group's ring"),
        pytest.param(("a/x",), (RingNodes(3, 5, ("a",)),), RingSize(3, 5), id="a level means its tenants"),
        pytest.param(("a/x",), (RingNodes(3, 5, ("a/y",)),), RingSize(0, ENDLESS), id="a limit of another tenant's ring"),
    ],
)
def test_how_many_nodes_a_ring_may_have(groups, limits, size):
    assert size_of(groups, policy(*limits)) == size


def test_groups_in_other_rings_are_the_same_groups():
    made = arranged(CHAIN, [("b", "a"), ("c",)])
    assert made.rings == (Ring("a_b", ("a", "b")), Ring("c", ("c",)))
    assert [made.members[f"Deployment/shop/{name}"].ring for name in "abc"] == ["a_b", "a_b", "c"]
