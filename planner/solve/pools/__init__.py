"""Buys for a scheduler that spreads pods: each workload goes to nodes of one shape, which are not filled to the brim."""

from planner.solve.pools.choice import Pooling, bought, grown
from planner.solve.pools.search import poolings

__all__ = ["Pooling", "bought", "grown", "poolings"]
