"""Where classes live on one kind of nodes with no strain, no order of arrival and no choice among nodes keeps out a pod."""

from dataclasses import replace
from random import Random

import pytest

from planner.solve import SearchContext
from planner.solve.instance.arrays import facts_of
from planner.solve.shape_per_workload import Divider, homes
from tests.solve.tiny import node, pods, problem

CONTEXT = SearchContext()


def housed(classes, nodes, kinds, led=None):
    facts = facts_of(problem(classes, nodes))
    return homes(facts, 0, range(len(nodes)), kinds, led or [True] * len(classes), CONTEXT)


def crowd(luck):
    """Make a ring of two or three kinds of nodes, about three quarters full, and its classes."""
    sizes = [luck.choice((4, 8, 16)) for _ in range(luck.randint(2, 3))]
    kinds = sorted(luck.randrange(len(sizes)) for _ in range(luck.randint(2, 5)))
    nodes = [node(f"n{at}", sizes[kind]) for at, kind in enumerate(kinds)]
    left = 3 * sum(sizes[kind] for kind in kinds) // 4
    classes = []
    while left > 0:
        cpu, count = luck.choice((1, 1, 2, 3, 5)), luck.randint(1, 4)
        left -= cpu * count
        if left >= 0:
            classes.append(pods(f"c{len(classes)}", count, cpu, range(len(nodes))))
    return classes, nodes, kinds


def arrives(luck, classes, nodes, kinds, found):
    """Let all pods arrive, in any order or small ones first, each where most is free; say whether all found room."""
    free, home = [one.capacity[0] for one in nodes], dict(found.kinds)
    coming = [c for c, one in enumerate(classes) for _ in range(one.count)]
    luck.shuffle(coming)
    if luck.random() < 0.5:
        coming.sort(key=lambda c: classes[c].requests[0])
    for c in coming:
        cpu = classes[c].requests[0]
        open_to = [n for n, kind in enumerate(kinds) if home.get(c, kind) == kind and free[n] >= cpu]
        if not open_to:
            return False
        most = max(free[n] for n in open_to)
        free[luck.choice([n for n in open_to if free[n] == most])] -= cpu
    return True


def test_without_strain_no_order_keeps_out_a_pod():
    luck, easy, strained = Random(1), 0, 0
    for _ in range(60):
        ring = crowd(luck)
        found = housed(*ring)
        if found is None or found.strain:
            strained += found is not None
            continue
        easy += 1
        assert all(arrives(luck, *ring, found) for _ in range(40)), (ring, found)
    assert easy >= 20
    assert strained >= 3, "where there is strain, nothing is promised: the test above can tell"


def test_large_pods_and_small_ones_live_apart():
    classes = [pods("little", 2, 1, range(3)), pods("big", 2, 3, range(3))]
    found = housed(classes, [node("large-1", 4), node("large-2", 4), node("small", 2)], [0, 0, 1])
    assert dict(found.kinds) == {0: 1, 1: 0}


def test_who_may_not_be_led_may_live_anywhere():
    classes = [pods("little", 2, 1, range(3)), pods("big", 2, 3, range(3))]
    nodes = [node("large-1", 4), node("large-2", 4), node("small", 2)]
    found = housed(classes, nodes, [0, 0, 1], [False, True])
    assert 0 not in dict(found.kinds)
    assert found.strain > housed(classes, nodes, [0, 0, 1]).strain


def test_what_does_not_fit_has_no_homes():
    assert housed([pods("big", 3, 3, range(2))], [node("one", 4), node("two", 4)], [0, 1]) is None


def test_a_class_goes_only_where_it_may():
    found = housed([pods("web", 1, 1, [1]), pods("job", 1, 4, [0])], [node("one", 4), node("two", 4)], [0, 1])
    assert dict(found.kinds).get(0, 1) == 1


DIVIDED = problem(
    [pods("a", 1, 4, range(5), ring=0), pods("b", 1, 4, range(5), ring=1)],
    [node(f"n{at}", cpu, rings=(0, 1)) for at, cpu in enumerate((4, 4, 4, 8, 8))],
    2,
)
SIZES = [0, 0, 0, 1, 1]
FIRST = (0, 0, 1, 1, -1)


@pytest.fixture(name="divider")
def _divider():
    return Divider(facts_of(DIVIDED), SIZES, FIRST)


def test_the_nearest_division_is_the_first_one_and_nodes_stay_where_they_are(divider):
    assert divider.next(CONTEXT) == FIRST


def test_what_is_barred_does_not_come_again_nor_does_less_of_it(divider):
    seen = set()
    while (division := divider.next(CONTEXT)) is not None:
        counts = divider.counts(division, 0)
        assert counts not in seen
        assert not any(all(mine <= theirs for mine, theirs in zip(counts, other, strict=True)) for other in seen)
        seen.add(counts)
        divider.bar(0, counts)
    assert (3, 1) in seen or (2, 2) in seen, "all that leaves the other ring enough is tried"


def test_a_ring_that_is_barred_gets_other_nodes_and_the_others_keep_theirs(divider):
    divider.bar(0, divider.counts(FIRST, 0))
    division = divider.next(CONTEXT)
    assert [at for at, ring in enumerate(division) if ring == 1] == [2, 3]
    assert division[4] == 0


def test_each_ring_keeps_enough(divider):
    for _ in range(12):
        division = divider.next(CONTEXT)
        if division is None:
            break
        for ring in (0, 1):
            assert sum(DIVIDED.nodes[n].capacity[0] for n, at in enumerate(division) if at == ring) >= 4
            divider.bar(ring, divider.counts(division, ring))


def test_a_node_goes_only_to_rings_that_may_have_it():
    nodes = (*DIVIDED.nodes[:4], replace(DIVIDED.nodes[4], rings=(1,), shape=1))
    divider = Divider(facts_of(problem(DIVIDED.classes, nodes, 2)), SIZES, FIRST)
    while (division := divider.next(CONTEXT)) is not None:
        assert division[4] != 0
        divider.bar(0, divider.counts(division, 0))
