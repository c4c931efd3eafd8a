"""Buys for a scheduler that spreads pods: each workload is led to nodes of few shapes, which are not filled to the brim."""

from planner.solve.node_pools.adjust import affinity_hints, purchase_of, with_more_nodes, with_required_hints
from planner.solve.node_pools.instance.candidate import PoolCandidate, fill_nodes
from planner.solve.node_pools.instance.inventory import NODE, ZONE, Inventory, NodeFacts, inventory_of
from planner.solve.node_pools.search import pool_candidates

__all__ = [
    "NODE",
    "ZONE",
    "Inventory",
    "NodeFacts",
    "PoolCandidate",
    "affinity_hints",
    "fill_nodes",
    "inventory_of",
    "pool_candidates",
    "purchase_of",
    "with_more_nodes",
    "with_required_hints",
]
