"""Buys for a scheduler that spreads pods: each workload is led to nodes of few shapes, which are not filled to the brim."""

from planner.solve.node_pools.adjust import bought, grown, held, led
from planner.solve.node_pools.instance.candidate import Pooling, filled
from planner.solve.node_pools.instance.inventory import NODE, ZONE, Places, Stock, stock_of
from planner.solve.node_pools.search import poolings

__all__ = ["NODE", "ZONE", "Places", "Pooling", "Stock", "bought", "filled", "grown", "held", "led", "poolings", "stock_of"]
