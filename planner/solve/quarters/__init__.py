"""Divides nodes for a scheduler that spreads pods: workloads live on nodes of one kind, where they hardly block each other."""

from planner.solve.quarters.divider import Divider
from planner.solve.quarters.homes import Homes, homes

__all__ = ["Divider", "Homes", "homes"]
