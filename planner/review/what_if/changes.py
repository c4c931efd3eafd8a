"""The changes that can be asked about: each turns what a plan was made from into something else."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from models.answer.plan import IsolationPlan
from models.kubernetes.cluster import Cluster
from models.kubernetes.workload import Workload
from planner.review.capacity.node_facts import group_of
from planner.review.what_if.base import PlannedFrom, check_groups, refused
from planner.review.what_if.onboard import Onboard
from planner.review.what_if.reshape import Reshape
from planner.review.what_if.rightsize import Rightsize
from planner.review.what_if.sandbox import Sandbox
from planner.review.what_if.sharing import Merge, Split, SplitTenants
from planner.rules.placement.failure_repacking import ZONE

QUARTER = 4


@dataclass(frozen=True, slots=True)
class Grow:
    """Every group, or one level or group, has so many per cent more pods, rounded up; its workloads take turns to get them.

    So many small workloads grow no more than one large one does. DaemonSets grow with nodes.
    """

    percent: int
    of: str = ""

    @property
    def name(self) -> str:
        """Say what is changed."""
        return f"{self.of or 'all'} grow by {self.percent} %"

    def change(self, plan: IsolationPlan, given: PlannedFrom) -> PlannedFrom:
        """Scale what controllers keep, and what comes on top during a rollout."""
        check_groups("--grow", [self.of] if self.of else [], plan)
        chosen = {group.name for group in plan.trust.groups if self.of in ("", group.name, group.level)}
        before: Counter[str] = Counter()
        grown = []
        for workload in given.cluster.workloads:
            group = plan.trust.members[str(workload.id)].group
            if workload.is_daemon or group not in chosen:
                grown.append(workload)
                continue
            first, last = before[group], before[group] + workload.steady
            grown.append(self._grown(workload, self._more(last) - self._more(first)))
            before[group] = last
        return replace(given, cluster=replace(given.cluster, workloads=tuple(grown)))

    def _grown(self, workload: Workload, steady: int) -> Workload:
        """Grow one workload; a quarter on top during a rollout, as is the default, stays a quarter."""
        is_quarter = workload.surge == -(-workload.steady // QUARTER)
        surge = -(-steady // QUARTER) if is_quarter else self._more(workload.surge)
        later = min(self._more(workload.later), steady)
        return replace(workload, pods=steady + surge, surge=surge, later=later)

    def _more(self, pods: int) -> int:
        return -(-pods * (100 + self.percent) // 100)


def without_nodes(cluster: Cluster, gone: Collection[str]) -> Cluster:
    """Return the cluster without some nodes, and without the static pods on them."""
    return replace(
        cluster,
        nodes=tuple(node for node in cluster.nodes if node.name not in gone),
        residents=tuple(resident for resident in cluster.residents if resident.node not in gone),
    )


@dataclass(frozen=True, slots=True)
class Lose:
    """Nodes are gone: one, or those of a zone or of a node group."""

    of: str
    names: tuple[str, ...]

    @property
    def name(self) -> str:
        """Say what is changed."""
        return f"without {self._kind} {', '.join(self.names)}"

    @property
    def _kind(self) -> str:
        """Tell a node group from a trust group."""
        return "node group" if self.of == "group" else self.of

    def change(self, plan: IsolationPlan, given: PlannedFrom) -> PlannedFrom:
        """Take the nodes away, and the static pods on them; shapes can no longer be bought in a zone that is gone."""
        cluster = given.cluster
        said: dict[str, Callable[..., str]] = {
            "node": lambda node: node.name,
            "zone": lambda node: node.labels.get(ZONE, ""),
            "group": lambda node: group_of(node, given.policy.nodes),
        }
        gone = {node.name for node in plan.cluster.nodes if said[self.of](node) in self.names}
        if not gone:
            raise refused("--lose", f"no node is of {self._kind} {', '.join(self.names)}", f"name a {self._kind} of the plan")
        zones = self.names if self.of == "zone" else ()
        shapes = tuple(replace(shape, zones=tuple(z for z in shape.zones if z not in zones)) for shape in cluster.shapes)
        return replace(given, cluster=replace(without_nodes(cluster, gone), shapes=tuple(s for s in shapes if s.zones)))


Change = Grow | Lose | Merge | Split | SplitTenants | Reshape | Rightsize | Sandbox | Onboard
COMPARED = (Merge, Split, SplitTenants, Reshape, Rightsize, Sandbox)
"""Of these changes it is said how many nodes are needed, or at what cost, and before."""


def parsed_grow(text: str) -> Grow:
    """Read 20%, or LEVEL=20%; ValueError that says why it is none."""
    of, _, share = text.rpartition("=")
    digits = share.removesuffix("%")
    if not share.endswith("%") or not digits.isascii() or not digits.isdecimal() or not 0 < int(digits) <= 1_000:
        raise ValueError(f"{text!r} is no growth: write 20%, or LEVEL=20%")
    return Grow(int(digits), of)


def parsed_lose(text: str) -> Lose:
    """Read zone=NAME, node=NAME or group=NAME; ValueError that says why it is none."""
    of, _, name = text.partition("=")
    if of not in ("zone", "node", "group") or not name:
        raise ValueError(f"{text!r} is no loss: write zone=NAME, node=NAME or group=NAME")
    return Lose(of, (name,))
