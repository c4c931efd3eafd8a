"""Which nodes may be lost at once, and which pods then could be nowhere else whatever is planned."""

from collections.abc import Iterator, Sequence

from models.solver.indexed_problem import Batch
from models.solver.problem import FailureDomain
from models.trust import Survive
from planner.formulate.eligible import Eligibility
from planner.formulate.joint import needed_keys
from planner.rules.placement import failure_repacking


def losses(survive: Survive, classes: Sequence[Batch], eligibility: Eligibility, owned: int) -> tuple[FailureDomain, ...]:
    """Return the losses that the policy wants every ring to survive; the first `owned` nodes are there, the others offers."""
    if not (survive.nodes or survive.zones):
        return ()
    allowed = {number: _allowed(batch, eligibility) for number, batch in enumerate(classes) if _moves(batch)}
    inside: dict[int, list[int]] = {}
    for number, nodes in allowed.items():
        # a class is tied only to what holds its first node: all others need not be asked
        for node in nodes[:1]:
            inside.setdefault(node, []).append(number)
    result = []
    for nodes, zone in _places(survive, eligibility):
        there, offers = (
            tuple(place for place in nodes if place < owned),
            tuple(place - owned for place in nodes if place >= owned),
        )
        tied = (number for n in nodes for number in inside.get(n, ()) if set(allowed[number]) <= set(nodes))
        # a single node of an offer ties nobody: there can be another one like it
        result.append(FailureDomain(there, tuple(sorted(tied)) if zone or there else (), zone, offers))
    return tuple(result)


def _moves(batch: Batch) -> bool:
    return bool(batch.ring) and not batch.workload.is_daemon and not batch.fixed_to


def _allowed(batch: Batch, eligibility: Eligibility) -> tuple[int, ...]:
    """Return the nodes whose labels and taints let the pods in, however full they are, were they in the ring."""
    return eligibility.nodes_bearing(needed_keys(batch.pod), batch.pod, batch.ring)


def _places(survive: Survive, eligibility: Eligibility) -> Iterator[tuple[tuple[int, ...], bool]]:
    if survive.nodes:
        yield from (((place,), False) for place in range(len(eligibility.nodes)))
    if survive.zones:
        names = {node.name: number for number, node in enumerate(eligibility.nodes)}
        for _, nodes in failure_repacking.zones(eligibility.nodes):
            yield tuple(names[name] for name in nodes), True
