"""What separation costs in nodes: as a range where it is not proven."""

from models.answer.plan import Separation
from models.trust import Survive
from planner.view.format import count

NOTHING_LOST = Survive()


def in_short(cost: Separation, survive: Survive = NOTHING_LOST) -> str:
    """Say what isolation costs in nodes, as a range where it is not proven, and that it is not known where nothing is."""
    needed = _needed(cost.nodes_with_bound, cost.nodes_with)
    without = _span(cost.nodes_without_bound, cost.nodes_without)
    spare = ", not counting what rings may lose" if survive != NOTHING_LOST else ""
    return f"{needed} needed{_open(cost)}; without separation {without} would do: {_price(cost)}{spare}."


def divided(cost: Separation, nodes: int, survive: Survive = NOTHING_LOST, whole_groups: bool = False) -> str:
    """Say how many nodes are divided among the rings, as all are that there are, and how few would hold the pods.

    That counts single nodes: where `whole_groups` are of one ring, so few do only if groups were divided.
    """
    needed = _span(cost.nodes_with_bound, cost.nodes_with)
    without = _span(cost.nodes_without_bound, cost.nodes_without)
    spare = ", not counting what rings may lose" if survive != NOTHING_LOST else ""
    unknown = " (how few is not known)" if _open(cost) else ""
    is_plain = cost.nodes_with == cost.nodes_with_bound and cost.nodes_without == cost.nodes_without_bound
    price = "" if is_plain else f": {_price(cost)}"
    few = f"{needed} would do by packing if groups were divided" if whole_groups else f"by packing alone {needed} would do"
    are = f"{count(nodes, 'node')} {'is' if nodes == 1 else 'are'}"
    return f"{are} divided; {few}{unknown}, {without} without separation{price}{spare}."


def _price(cost: Separation) -> str:
    least = max(0, cost.nodes_with_bound - cost.nodes_without)
    most = max(least, cost.nodes_with - cost.nodes_without_bound)
    if least == 0 < most == cost.nodes_with:
        return "what separation costs is not known"
    return "separation costs no node" if most == 0 else f"separation costs {_range(least, most)} node{'s' if most != 1 else ''}"


def _open(cost: Separation) -> str:
    return ", and how few is not known" if cost.nodes_with_bound <= 0 < cost.nodes_with else ""


def _needed(least: int, most: int) -> str:
    span = _span(least, most)
    return f"{span[:1].upper()}{span[1:]} node{' is' if most == 1 else 's are'}"


def _span(least: int, most: int) -> str:
    """Write a range of nodes that do; without a proof nobody knows how few do."""
    return f"at most {most:,}" if least <= 0 < most else _range(least, most)


def _range(least: int, most: int) -> str:
    return f"{most:,}" if least >= most else f"{least:,} to {most:,}"
