"""A node in a few words: its ring, what it is, how full it is."""

from models.kubernetes.node import UNPRICED, Node
from planner.view.format import percent
from planner.view.summary import cost
from planner.view.usage import NodeLoad

OUTSIDE = "outside every ring"


def ring(name: str) -> str:
    """Name a ring, or say that there is none."""
    return name or OUTSIDE


def fill(node: NodeLoad) -> str:
    """Say how much of its scarcest resource is taken."""
    return f"{percent(node.fill)} of {node.scarcest}" if node.usage else ""


def thing(node: Node, load: NodeLoad) -> str:
    """Say whether a node is owned or to be bought, where, and at which price."""
    zone = f" in zone {load.zone}" if load.zone else ""
    price = f", {cost.money(node.price)} per hour" if node.price and not (load.is_grown and node.price == UNPRICED) else ""
    state = f", {load.standing}" if load.standing == "cordoned" else ""
    return (
        (f"{'to come: more of' if load.is_grown else 'to buy:'} {node.shape}" if node.shape else "owned") + zone + price + state
    )
