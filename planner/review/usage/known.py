"""What is known of each container of a plan: what its pods used on average and at most, and what it is recommended to request."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from models.answer.plan import IsolationPlan
from models.frozen_map import FrozenMap
from models.kubernetes.measure import Measure, Measures
from models.kubernetes.resources import CPU, MEMORY, Resources
from models.kubernetes.workload import Workload
from planner.review.usage.owners import Owners
from planner.review.usage.owners import containers as running

COUNTED = (CPU, MEMORY)


@dataclass(slots=True)
class Seen:
    """One container: what each pod of it was seen to use, and what is recommended, by resource."""

    used: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    advised: dict[str, int] = field(default_factory=dict)

    def add(self, measure: Measure) -> None:
        """Take a measure in; of two recommendations the larger one counts."""
        for name in COUNTED:
            if name in measure.amounts and measure.is_advice:
                self.advised[name] = max(self.advised.get(name, 0), measure.amounts[name])
            elif name in measure.amounts:
                self.used[name].append(measure.amounts[name])

    def mean(self, name: str) -> int | None:
        """Return what a pod uses on average, rounded up."""
        some = self.used.get(name)
        return -(-sum(some) // len(some)) if some else None

    def most(self, name: str) -> int | None:
        """Return what a pod uses at most."""
        return max(self.used[name]) if self.used.get(name) else None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known by workload and container; what is measured of nodes; and whom the plan does not have."""

    containers: Mapping[str, Mapping[str, Seen]]
    nodes: FrozenMap[Resources] = FrozenMap()
    strangers: tuple[str, ...] = ()


def known(plan: IsolationPlan, measures: Measures) -> Known:
    """Give each measure to the workload that it is of."""
    owners = Owners(plan.cluster.workloads)
    containers: dict[str, dict[str, Seen]] = defaultdict(lambda: defaultdict(Seen))
    strangers: set[str] = set()
    for measure in measures.containers:
        owner = _owner(owners, measure)
        if owner is None:
            strangers.add(measure.owner)
        elif measure.container in running(owner):
            containers[str(owner.id)][measure.container].add(measure)
        else:
            strangers.add(f"container {measure.container} of {owner.id}")
    nodes = FrozenMap(dict(measures.nodes))
    planned = {node.name for node in plan.cluster.nodes}
    strangers |= {f"Node/{name}" for name in nodes if name not in planned}
    return Known(containers, nodes, tuple(sorted(strangers)))


def _owner(owners: Owners, measure: Measure) -> Workload | None:
    if measure.kind:
        return owners.named(measure.namespace, measure.kind, measure.name, measure.container)
    return owners.of_pod(measure.namespace, measure.name, measure.labels, measure.container)


def of_all(seen: Mapping[str, Seen], wanted: Iterable[str], name: str, is_advice: bool) -> int | None:
    """Add up what is known of a resource over all containers of a pod; None where one of them is not known."""
    total = 0
    for container in wanted:
        there = seen.get(container)
        amount = (there.advised.get(name) if is_advice else there.mean(name)) if there else None
        if amount is None:
            return None
        total += amount
    return total
