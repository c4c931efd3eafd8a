"""What leads kube-scheduler to a plan: guides to the nodes that the plan has in mind, and room for what it wastes."""

from planner.steer.guides import SHAPE_KEYS, guides, may_be_led, telling_key, ways
from planner.steer.narrowed import narrowed
from planner.steer.reserves import anywhere, bare, inside, reserved, roomier

__all__ = [
    "SHAPE_KEYS",
    "anywhere",
    "bare",
    "guides",
    "inside",
    "may_be_led",
    "narrowed",
    "reserved",
    "roomier",
    "telling_key",
    "ways",
]
