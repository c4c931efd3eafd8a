"""What leads kube-scheduler to a plan: guides to the nodes that the plan has in mind, and room for what it wastes."""

from planner.refine.hints.affinity_hints import SHAPE_KEYS, guides, may_be_led, telling_key, ways
from planner.refine.hints.reservations import anywhere, bare, inside, roomier, with_reservations
from planner.refine.hints.restrict import restrict

__all__ = [
    "SHAPE_KEYS",
    "anywhere",
    "bare",
    "guides",
    "inside",
    "may_be_led",
    "restrict",
    "roomier",
    "telling_key",
    "ways",
    "with_reservations",
]
