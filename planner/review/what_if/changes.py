"""The changes that can be asked about: each turns what a plan was made from into something else."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from models.answer.plan import IsolationPlan
from models.kubernetes.cluster import Cluster
from models.kubernetes.workload import Workload
from models.source import NOWHERE
from planner.errors import BadInput, Fault
from planner.review.capacity.node_facts import group_of
from planner.review.what_if.base import PlannedFrom
from planner.review.what_if.onboard import Onboard
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
        known = {name for group in plan.trust.groups for name in (group.name, group.level)}
        if self.of and self.of not in known:
            raise _unknown("--grow", f"no level or group is called {self.of!r}", f"name one of {', '.join(sorted(known))}")
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
        return f"without {self.of} {', '.join(self.names)}"

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
            raise _unknown("--lose", f"no node is of {self.of} {', '.join(self.names)}", f"name a {self.of} of the plan")
        zones = self.names if self.of == "zone" else ()
        shapes = tuple(replace(shape, zones=tuple(z for z in shape.zones if z not in zones)) for shape in cluster.shapes)
        return replace(given, cluster=replace(without_nodes(cluster, gone), shapes=tuple(s for s in shapes if s.zones)))


@dataclass(frozen=True, slots=True)
class Merge:
    """Groups come to trust each other, so that they may share a node."""

    groups: tuple[str, ...]

    @property
    def name(self) -> str:
        """Say what is changed."""
        return f"{' and '.join(self.groups)} may share"

    def change(self, plan: IsolationPlan, given: PlannedFrom) -> PlannedFrom:
        """Let them share."""
        known = {name for group in plan.trust.groups for name in (group.name, group.level)}
        for group in self.groups:
            if group not in known:
                raise _unknown("--merge", f"no level or group is called {group!r}", f"name one of {', '.join(sorted(known))}")
        return replace(given, policy=replace(given.policy, may_share=(*given.policy.may_share, self.groups)))


Change = Grow | Lose | Merge | Onboard


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


def parsed_merge(text: str) -> Merge:
    """Read GROUP,GROUP; ValueError that says why it is none."""
    groups = tuple(sorted({part.strip() for part in text.split(",")} - {""}))
    if len(groups) < 2:
        raise ValueError(f"{text!r} names no two groups: write internal,batch")
    return Merge(groups)


def _unknown(option: str, message: str, fix: str) -> BadInput:
    return BadInput([Fault(NOWHERE, option, message, fix)])
