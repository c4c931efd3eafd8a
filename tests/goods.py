"""Types of pods and kinds of nodes for the tests of pools."""

from dataclasses import replace

import numpy as np

from planner.solve.pools.goods import Goods


def goods(*types, capacity=((10, 10, 20),), price=(100,), **other):
    """Return types of (pods, cpu, memory) and kinds of nodes of (cpu, memory, pods), in one zone."""
    room = np.array(capacity, dtype=np.int64)
    requests = np.array([(cpu, memory, 1) for _, cpu, memory in types], dtype=np.int64)
    fit = np.where(requests[:, None] > 0, room[None] // np.maximum(requests[:, None], 1), 1000).min(axis=2)
    made = Goods(
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
