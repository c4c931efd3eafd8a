"""Types of pods and kinds of nodes for the tests of pools."""

from dataclasses import replace

import numpy as np

from planner.solve.node_pools.instance.ring import RingInstance
from planner.solve.node_pools.local_search.greedy_scheduler import arrivals, count_pending

BOTH = (0, 1)
"""The resources that scores look at."""
TWO = {"capacity": ((10, 10, 20), (8, 8, 20)), "price": (100, 90)}
"""A large kind of nodes, and a small one that is cheaper."""


def goods(*types, capacity=((10, 10, 20),), price=(100,), **other):
    """Return types of (pods, cpu, memory) and kinds of nodes of (cpu, memory, pods), in one zone."""
    room = np.array(capacity, dtype=np.int64)
    requests = np.array([(cpu, memory, 1) for _, cpu, memory in types], dtype=np.int64)
    fit = np.where(requests[:, None] > 0, room[None] // np.maximum(requests[:, None], 1), 1000).min(axis=2)
    made = RingInstance(
        capacity=room,
        price=np.array(price, dtype=np.int64),
        most=np.full(len(price), 100),
        requests=requests,
        pods=np.array([pods for pods, _, _ in types], dtype=np.int64),
        fit=fit,
        pool=np.arange(len(price)),
        own=np.zeros(len(price), dtype=bool),
        zones=((0,),) * len(price),
        skew=np.zeros(len(types), dtype=np.int64),
        apart=np.zeros((len(types), len(types)), dtype=bool),
        alike=np.eye(len(price), dtype=bool),
        led=np.ones(len(types), dtype=bool),
        size=(requests[:, :2] / room[:, :2].max(axis=0)).max(axis=1),
    )
    return replace(made, **{name: np.array(value) if name != "zones" else value for name, value in other.items()})


def left_out(given, cases, flows, weighed, luck=0):
    """Return how many pods of each type find no room in each case, all orders together."""
    coming = arrivals(flows, luck)
    found = count_pending(given, [(case, one) for case in cases for one in coming], weighed)
    return found.reshape(len(cases), len(flows), len(given.pods)).sum(axis=1)


def liking(*homes, width):
    """Return that each type prefers one kind, or of None every kind."""
    return np.array([[home is None or home == kind for kind in range(width)] for home in homes])
