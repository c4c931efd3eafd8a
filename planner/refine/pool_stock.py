"""What node pools can be chosen from: the nodes that there are and all that could be bought, with what preferences tell apart."""

from typing import TYPE_CHECKING

from planner.refine.hints import SHAPE_KEYS, may_be_led
from planner.rules.placement.failure_repacking import ZONE

if TYPE_CHECKING:
    from models.solver.purchase import Purchase
    from planner.refine.shop import Shop
    from planner.solve.node_pools import Inventory


def stock_of(shop: "Shop", base: "Purchase | None") -> "Inventory":
    """Return what nodes can be chosen from together with preferences; owned ones stay in the rings of the first purchase."""
    from planner.solve import node_pools as pools

    problem, formulation = shop.formulation.problem, shop.formulation
    everyone = (*formulation.nodes, *formulation.offers)
    names = [node.labels.get(ZONE, "") for node in everyone]
    numbers = {name: number for number, name in enumerate(sorted(set(names)))}
    may_be_led_of = [all(may_be_led(batch.workload, required=False) for batch in batches) for batches in formulation.batches]
    there = (*formulation.nodes, *(formulation.offers[offer] for offer in (base.bought if base else ())))
    survive = shop.policy.survive
    places = pools.NodeFacts(
        zones=tuple(numbers[name] for name in names),
        signs=tuple(next((node.labels[key] for key in SHAPE_KEYS if key in node.labels), "") for node in everyone),
        ring_of=base.ring_of[: len(problem.nodes)] if base else (-1,) * len(problem.nodes),
        led=frozenset(c for c, may in enumerate(may_be_led_of) if may),
        whole=tuple(sum(node.allocatable.get(name, 0) for node in there) for name in problem.resources),
        lost=pools.ZONE if survive.zones else pools.NODE if survive.nodes else "",
    )
    return pools.inventory_of(problem, places)
