import random
from itertools import permutations

import pytest

from models.kubernetes.cluster import Cluster, Resident
from models.kubernetes.labels import Labels, LabelSelector
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod, PodAffinityTerm
from models.kubernetes.resources import Resources
from planner.rules.placement import affinity_order
from planner.rules.placement.scheduler_filters import World
from planner.rules.plugins import interpodaffinity

ROOM = Resources({"pods": 99})
A1, A2, B1 = (Node(n, Labels({"zone": n[0], "host": n}), allocatable=ROOM) for n in ("a1", "a2", "b1"))
BARE, ZONED = Node("bare", allocatable=ROOM), Node("z", Labels({"zone": "z"}), allocatable=ROOM)
NODES = (A1, A2, B1, BARE, ZONED)


def near(app: str, key: str = "zone") -> PodAffinityTerm:
    return PodAffinityTerm(key, LabelSelector(Labels({"app": app})))


def pod(app: str, *terms: PodAffinityTerm) -> Pod:
    return Pod(labels=Labels({"app": app}), pod_affinity=terms)


WEB, DB = pod("web"), pod("db")
SELF, TO_DB = pod("web", near("web")), pod("web", near("db"))
CHAIN = pod("db", near("web"))
ROWS = [
    ("no affinity, no order needed", {"a1": [WEB], "bare": [DB]}, {}, []),
    ("followers in the leader's domain", {"a1": [TO_DB, TO_DB], "a2": [DB]}, {}, []),
    ("a follower in another domain", {"b1": [TO_DB], "a2": [DB]}, {}, ["b1"]),
    ("a follower on a node without the key", {"bare": [TO_DB, DB]}, {}, ["bare"]),
    ("a follower without any leader", {"a1": [TO_DB]}, {}, ["a1"]),
    ("its own kind starts in one domain", {"a1": [SELF], "a2": [SELF, SELF]}, {}, []),
    ("its own kind cannot start in two domains", {"a1": [SELF], "b1": [SELF]}, {}, ["b1"]),
    ("it cannot start on a node without the key", {"bare": [SELF]}, {}, ["bare"]),
    ("a match without affinity lets a second domain start", {"a1": [SELF], "b1": [SELF, WEB]}, {}, []),
    ("the first of its kind comes before a match elsewhere", {"a1": [SELF], "b1": [WEB]}, {}, []),
    ("a resident match elsewhere was there before", {"a1": [SELF]}, {"b1": WEB}, ["a1"]),
    ("a resident match in the domain is company", {"a1": [SELF]}, {"a2": WEB}, []),
    ("a resident match on a node without the key does not count", {"a1": [SELF]}, {"bare": WEB}, []),
    ("two kinds that want each other cannot begin", {"a1": [TO_DB, CHAIN]}, {}, ["a1", "a1"]),
    ("unless one of either kind is there", {"a1": [TO_DB, CHAIN], "a2": [WEB]}, {}, []),
    ("both keys must hold a match", {"a1": [pod("web", near("db"), near("db", "host"))], "a2": [DB]}, {}, ["a1"]),
    ("both keys hold one", {"a1": [pod("web", near("db"), near("db", "host")), DB]}, {}, []),
    ("a node with one of the keys cannot take the first", {"z": [pod("web", near("web"), near("web", "host"))]}, {}, ["z"]),
]


@pytest.mark.parametrize(("placed", "residents", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_who_cannot_arrive(placed: dict[str, list[Pod]], residents: dict[str, Pod], expected: list[str]) -> None:
    cluster = Cluster(residents=tuple(Resident(f"r-{name}", name, one) for name, one in residents.items()))
    assert [site.node.name for site, _ in affinity_order.stuck(World(NODES, cluster, placed))] == expected


def arrives(placed: list[tuple[Node, Pod]], here: Node, one: Pod, residents: list[tuple[Node, Pod]]) -> bool:
    """Judge one arrival as kube-scheduler does, from the pods that are there and nothing else."""
    if not one.pod_affinity:
        return True
    found = {
        (term.topology_key, there.labels[term.topology_key])
        for there, other in (*residents, *placed)
        if interpodaffinity.selects_all(one.pod_affinity, one, other, Cluster())
        for term in one.pod_affinity
        if term.topology_key in there.labels
    }
    if not all(term.topology_key in here.labels for term in one.pod_affinity):
        return False
    if all((term.topology_key, here.labels[term.topology_key]) in found for term in one.pod_affinity):
        return True
    return not found and interpodaffinity.selects_all(one.pod_affinity, one, one, Cluster())


def some_order(units: list[tuple[Node, Pod]], residents: list[tuple[Node, Pod]]) -> bool:
    return any(all(arrives(list(order[:at]), *order[at], residents) for at in range(len(order))) for order in permutations(units))


def test_it_agrees_with_trying_every_order() -> None:
    rng = random.Random(7)
    apps, keys = ("web", "db", "log"), ("zone", "host")
    yes = 0
    for _ in range(400):
        kinds = [
            pod(rng.choice(apps), *(near(rng.choice(apps), rng.choice(keys)) for _ in range(rng.choice((0, 1, 1, 2)))))
            for _ in range(rng.randint(1, 4))
        ]
        units = [(rng.choice(NODES), rng.choice(kinds)) for _ in range(rng.randint(1, 5))]
        residents = [(rng.choice(NODES), rng.choice(kinds))] if rng.random() < 0.2 else []
        placed: dict[str, list[Pod]] = {}
        for there, one in units:
            placed.setdefault(there.name, []).append(one)
        cluster = Cluster(residents=tuple(Resident("r", there.name, one) for there, one in residents))
        expected = some_order(units, residents)
        assert (not affinity_order.stuck(World(NODES, cluster, placed))) is expected, (units, residents)
        yes += expected
    assert 50 < yes < 350
