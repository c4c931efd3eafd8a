"""How many rings there may be, and how many nodes each: numbers that can be, and that do not contradict each other."""

from models.solver.problem import ENDLESS
from models.trust import RingNodes, TrustPolicy
from planner.read.documents.field import Spot

MEANING = "write maxRings: 3 to have three rings or fewer, or leave it out"


def check_sizes(spot: Spot, policy: TrustPolicy) -> None:
    """Note numbers that no ring can have, and limits that contradict each other for every ring that they speak of."""
    if policy.max_rings is not None and policy.max_rings < 1:
        spot.at("maxRings").fault(f"{policy.max_rings} rings hold nobody", MEANING)
    for index, rule in enumerate(policy.ring_nodes):
        here = spot.at(f"ringNodes[{index}]")
        _check_numbers(here, rule)
        for before, other in enumerate(policy.ring_nodes[:index]):
            _check_pair(here, rule, other, f"spec.ringNodes[{before}]")


def _check_numbers(spot: Spot, rule: RingNodes) -> None:
    for name, nodes in (("min", rule.min), ("max", rule.max)):
        if nodes is not None and nodes > ENDLESS:
            spot.at(name).fault(f"{nodes} are more nodes than any cluster has", f"write a number up to {ENDLESS}")
    if rule.min < 0:
        spot.at("min").fault(f"{rule.min} nodes cannot be", "write min: 2 for at least two nodes, or leave it out")
    if rule.max is not None and rule.max < 1:
        spot.at("max").fault(f"{rule.max} nodes hold nobody", "write max: 10 for ten nodes or fewer, or leave it out")
    elif rule.max is not None and rule.max < rule.min:
        spot.at("max").fault(f"{rule.max} is less than min, {rule.min}", "write a max that is not below min")
    if rule.min == 0 and rule.max is None:
        spot.fault("limits nothing", "write min, max or both: {min: 2, max: 10}")


def _check_pair(spot: Spot, rule: RingNodes, other: RingNodes, name: str) -> None:
    """Note a maximum below the minimum of another rule, where one of them speaks of every ring that the other speaks of."""
    if rule.groups and other.groups and not set(rule.groups) & set(other.groups):
        return
    fix = "change one of them: a ring obeys all that are said of it"
    # A rule that contradicts itself has its fault already, and would contradict all others, too.
    if rule.max is not None and rule.max < other.min and rule.max >= rule.min:
        spot.at("max").fault(f"{rule.max} is less than the min {other.min} of {name}, which speaks of the same ring", fix)
    elif other.max is not None and rule.min > other.max and other.max >= other.min:
        spot.at("min").fault(f"{rule.min} is more than the max {other.max} of {name}, which speaks of the same ring", fix)
