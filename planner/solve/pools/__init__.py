"""Buys for a scheduler that spreads pods: each workload is led to nodes of few shapes, which are not filled to the brim."""

from planner.solve.pools.choice import bought, grown, held, led
from planner.solve.pools.filling import Pooling, filled
from planner.solve.pools.search import poolings
from planner.solve.pools.stock import NODE, ZONE, Places, Stock, stock_of

__all__ = ["NODE", "ZONE", "Places", "Pooling", "Stock", "bought", "filled", "grown", "held", "led", "poolings", "stock_of"]
