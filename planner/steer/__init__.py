"""What leads kube-scheduler to a plan: guides to the nodes that the plan has in mind, and room for what it wastes."""

from planner.steer.guides import guides
from planner.steer.reserves import bare, outside, reserved

__all__ = ["bare", "guides", "outside", "reserved"]
