"""Says why a workload, or a node, is where the plan has it: asks the rules what every other place would say.

It does not ask the rooms that made the plan, so that the answer is what kube-scheduler would do, not what the solver had in mind.
"""

from planner.explain.node import node
from planner.explain.ring import group, ring
from planner.explain.workload import Reached, workload

__all__ = ["Reached", "group", "node", "ring", "workload"]
