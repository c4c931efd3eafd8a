"""What each scoring plug-in gives, by the numbers of its own tests and of its source."""

import math

import numpy as np
import pytest

from models.frozen_map import FrozenMap
from models.kubernetes.pod import Container, Pod
from planner.simulate.scheduler.ranking.score_inputs import weights_of
from planner.simulate.scores import (
    interpodaffinity,
    nodeaffinity,
    noderesourcesbalancedallocation,
    noderesourcesfit,
    podtopologyspread,
    tainttoleration,
    volumebinding,
)

K = 1000
MI = 2**20


def row(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


LEAST = [
    ("nothing requested on machines of two sizes", (0, 0), (0, 0), (4 * K, 4 * K), (10 * K, 10 * K), (100, 100)),
    ("the smaller machine is fuller", (3 * K, 3 * K), (5 * K, 5 * K), (4 * K, 6 * K), (10 * K, 10 * K), (37, 50)),
    ("only cpu is requested by others", (6 * K, 6 * K), (0, 0), (10 * K, 10 * K), (20 * K, 20 * K), (70, 70)),
    ("memory differs", (6 * K, 6 * K), (5 * K, 10 * K), (10 * K, 10 * K), (20 * K, 20 * K), (57, 45)),
    ("machines of two sizes", (6 * K, 6 * K), (10 * K, 10 * K), (10 * K, 10 * K), (20 * K, 50 * K), (45, 60)),
    ("more requested than is there counts as full", (6 * K, 6 * K), (0, 0), (4 * K, 10 * K), (10 * K, 10 * K), (50, 70)),
    ("a node without memory is judged by its cpu", (1 * K, 1 * K), (0, 0), (4 * K, 4 * K), (0, 10 * K), (75, 87)),
    ("a node without either scores nothing", (0, 0), (0, 0), (0, 4 * K), (0, 0), (0, 100)),
    ("each resource is rounded down, and the mean again", (1, 2), (1, 1), (3, 3), (3, 3), (66, 49)),
]


@pytest.mark.parametrize(
    ("cpu", "memory", "cpus", "memories", "expected"), [one[1:] for one in LEAST], ids=[one[0] for one in LEAST]
)
def test_less_requested_is_better(cpu, memory, cpus, memories, expected):
    found = noderesourcesfit.score((row(*cpu), row(*memory)), (row(*cpus), row(*memories)))
    assert tuple(found.tolist()) == expected


BALANCED = [
    ("an empty machine", (0, 0), (0, 0), (3 * K, 5 * K), (4 * K, 6 * K), (10 * K, 10 * K), (68, 75), (87, 100)),
    ("others are there", (3 * K, 3 * K), (0, 5 * K), (3 * K, 5 * K), (10 * K, 10 * K), (20 * K, 20 * K), (73, 74), (82, 95)),
    ("machines of two sizes", (3 * K, 3 * K), (0, 5 * K), (3 * K, 5 * K), (10 * K, 10 * K), (20 * K, 50 * K), (73, 70), (82, 80)),
    ("best and worst", (3 * K, 0), (0, 0), (0, 5 * K), (3 * K, 3 * K), (5 * K, 5 * K), (100, 50), (100, 50)),
    ("up to the brim", (3 * K, 3 * K), (0, 5 * K), (3 * K, 0), (6 * K, 6 * K), (10 * K, 10 * K), (62, 62), (50, 75)),
    ("above the brim", (6 * K, 3 * K), (0, 0), (6 * K, 0), (6 * K, 6 * K), (10 * K, 10 * K), (75, 62), (50, 50)),
    ("one resource alone is always in balance", (0, 2 * K), (0, 0), (1 * K, 0), (4 * K, 4 * K), (0, 0), (75, 75), (100, 100)),
    ("a node that is half full of memory", (1000,), (8192,), (1000, 2048), (4000,), (16384,), (78,), (93,)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("cpu", "memory", "asks", "cpus", "memories", "by_change", "before_1_36"),
    [one[1:] for one in BALANCED],
    ids=[one[0] for one in BALANCED],
)
def test_even_use_is_better(cpu, memory, asks, cpus, memories, by_change, before_1_36):
    used, there = (row(*cpu), row(*memory)), (row(*cpus), row(*memories))
    assert tuple(noderesourcesbalancedallocation.score(used, asks, there).tolist()) == by_change
    assert tuple(noderesourcesbalancedallocation.score(used, asks, there, by_change=False).tolist()) == before_1_36


SPREAD = [
    ("no pod of the kind anywhere, and maxSkew 1", (0, 0, 0), None, (100, 100, 100)),
    ("alike everywhere", (5, 5, 5), None, (100, 100, 100)),
    ("fewer is better, measured by the most", (2, 1, 0, 3), None, (33, 66, 100, 0)),
    ("the least counts for the whole", (10, 20, 30), None, (100, 66, 33)),
    ("nodes that lack a key score nothing and set no measure", (40, 10, 20), (True, False, False), (0, 100, 50)),
    ("all lack a key", (4, 4), (True, True), (0, 0)),
]


@pytest.mark.parametrize(("raw", "ignored", "expected"), [one[1:] for one in SPREAD], ids=[one[0] for one in SPREAD])
def test_fewer_of_the_kind_is_better(raw, ignored, expected):
    found = podtopologyspread.normalise(row(*raw), None if ignored is None else np.array(ignored))
    assert tuple(found.tolist()) == expected


def test_a_constraint_weighs_by_the_logarithm_of_its_domains_and_its_skew():
    found = podtopologyspread.part(row(0, 1, 3), 2, 4)
    assert found.tolist() == [1.0, math.log(6) + 1, 3 * math.log(6) + 1]


@pytest.mark.parametrize(("raw", "expected"), [(0.49, 0), (0.5, 1), (1.5, 2), (2.5, 3)])
def test_halves_are_rounded_up(raw: float, expected: int):
    assert podtopologyspread.round_scores(np.array([raw])).tolist() == [expected]


NEAR = [
    ("nobody is wanted or unwanted", (0, 0), (0, 0)),
    ("all alike", (7, 7, 7), (0, 0, 0)),
    ("stretched from the worst to the best", (5, 0, 10), (50, 0, 100)),
    ("below nothing too", (-5, 0, 10), (0, 33, 100)),
    ("fractions are cut off", (0, 2, 3), (0, 66, 100)),
]


@pytest.mark.parametrize(("raw", "expected"), [one[1:] for one in NEAR], ids=[one[0] for one in NEAR])
def test_more_wanted_neighbours_are_better(raw, expected):
    assert tuple(interpodaffinity.normalise(row(*raw)).tolist()) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        pytest.param((0, 0), (0, 0), id="no node matches"),
        pytest.param((2, 5, 7), (28, 71, 100), id="measured by the best, fractions cut off"),
    ],
)
def test_heavier_preferences_are_better(raw, expected):
    assert tuple(nodeaffinity.normalise(row(*raw)).tolist()) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        pytest.param((0, 0), (100, 100), id="every taint is tolerated"),
        pytest.param((0, 1, 2), (100, 50, 0), id="measured by the most taints"),
        pytest.param((1, 3), (67, 0), id="the fraction is cut off before it is taken away"),
    ],
)
def test_fewer_taints_that_the_pod_does_not_tolerate_are_better(raw, expected):
    assert tuple(tainttoleration.normalise(row(*raw)).tolist()) == expected


def container(cpu: int | None = None, memory: int | None = None) -> Container:
    asked = {"cpu": cpu, "memory": memory}
    return Container("c", requests=FrozenMap({name: amount for name, amount in asked.items() if amount is not None}))


# A pod's containers, its init containers and its own requests; what it adds to its node, and what it is taken for when it comes.
WEIGHED = [
    ("a container that asks for nothing counts a little", [container()], [], {}, (100, 200 * MI), (100, 200 * MI)),
    ("each of two counts a little", [container(), container(50)], [], {}, (150, 400 * MI), (150, 400 * MI)),
    ("a request of zero is a request", [container(0, 0)], [], {}, (0, 0), (0, 0)),
    ("what is named is kept", [container(10, 20)], [], {}, (10, 20), (10, 20)),
    ("so does an init container", [container(100, 100 * MI)], [container(200)], {}, (200, 200 * MI), (200, 200 * MI)),
    (
        "the pod's own cpu leaves memory what containers name",
        *([container(100, 100 * MI)], [container(200)], {"cpu": 300}),
        *((300, 100 * MI), (200, 200 * MI)),
    ),
    (
        "of memory that nobody names each counts a little",
        [container(100)] * 2,
        [],
        {"cpu": 300},
        (300, 400 * MI),
        (200, 400 * MI),
    ),
    ("the pod's own requests are all that counts", [container()], [], {"cpu": 300, "memory": 1}, (300, 1), (100, 200 * MI)),
]


@pytest.mark.parametrize(
    ("containers", "first", "own", "adds", "asks"), [one[1:] for one in WEIGHED], ids=[one[0] for one in WEIGHED]
)
def test_requests_that_are_not_made_count_a_little(containers, first, own, adds, asks):
    pod = Pod(containers=tuple(containers), init_containers=tuple(first), requests=FrozenMap(own))
    assert (weights_of(pod), weights_of(pod, pod_level=False)) == (adds, asks)


FILLED = [
    ("nothing to say", (), 0),
    ("nothing asked for", ((0, 10),), 100),
    ("a third asked for", ((10, 30),), 67),
    ("all of it", ((10, 10),), 0),
    ("more than there is", ((11, 10),), 0),
    ("nothing there", ((1, 0),), 0),
    ("nothing there, and nothing asked for", ((0, 0),), 0),
    ("the mean of two classes, rounded up", ((30, 100), (35, 100)), 68),
    ("the mean of three, rounded down", ((0, 1), (1, 1), (1, 1)), 33),
]


@pytest.mark.parametrize(("filled", "expected"), [one[1:] for one in FILLED], ids=[one[0] for one in FILLED])
def test_more_storage_left_is_better(filled, expected):
    assert volumebinding.score(filled) == expected
