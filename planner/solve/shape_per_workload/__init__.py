"""Divides nodes for a scheduler that spreads pods: workloads live on nodes of one kind, where they hardly block each other."""

from planner.solve.shape_per_workload.assign import HomeKinds, homes
from planner.solve.shape_per_workload.divide_nodes import Divider

__all__ = ["Divider", "HomeKinds", "homes"]
