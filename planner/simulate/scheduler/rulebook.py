"""What kube-scheduler asks about the pods of each group, worked out once before any of them arrives."""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from models.kubernetes.resources import CPU, MEMORY, PODS
from models.kubernetes.workload import WorkloadId
from planner.rules import FILTERS, Filter
from planner.rules.plugins import dynamicresources, noderesources
from planner.simulate.arrays import Numbers
from planner.simulate.scheduler.node_equivalence import asked_keys
from planner.simulate.scheduler.pod_to_pod_rules import Joint, JointRules
from planner.simulate.scheduler.pods import Cast, Group
from planner.simulate.scheduler.ranking.node_rows import AT_PODS, rows_of, taken_by
from planner.simulate.scheduler.ranking.score_inputs import Wishes, Wishing
from planner.simulate.scheduler.ranking.tables import Tables
from planner.simulate.scheduler.topology_counts import Counts
from planner.simulate.tuning import SIMULATING, SimulateTuning

FIRST_COLUMNS = (CPU, MEMORY, PODS)
LATE = ("VolumeBinding", "VolumeZone")
"""The filters of one pod and one node that come after those of ports and resources."""


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """The questions about one group: `reach` are the nodes it may ever go to, amounts are pairs of column and how much."""

    reach: Numbers
    asked: tuple[tuple[int, int], ...]
    charged: tuple[tuple[int, int], ...]
    real: tuple[int, int]
    joint: Joint
    wishes: Wishes


class Rulebook:
    """The rules of all groups, the counts that they need, and what the nodes have of each column."""

    def __init__(self, cast: Cast, tuning: SimulateTuning = SIMULATING) -> None:
        """Work everything out; `tuning` is for all runs by these rules."""
        self.tuning = tuning
        self.cast, self.cluster = cast, cast.plan.cluster
        self.counts = Counts(cast.groups, len(cast.terrain.nodes))
        self.groups_of: dict[WorkloadId, list[int]] = {}
        for group in cast.groups:
            self.groups_of.setdefault(group.workload, []).append(group.number)
        self.least = min((group.pod.priority for group in cast.groups), default=0)
        names = {name for group in cast.groups for name in noderesources.asked(noderesources.requests(group.pod))}
        self.columns = {name: column for column, name in enumerate((*FIRST_COLUMNS, *sorted(names.difference(FIRST_COLUMNS))))}
        self.devices = frozenset(column for name, column in self.columns.items() if dynamicresources.is_devices(name))
        rows = [[node.allocatable.get(name, 0) for node in cast.terrain.nodes] for name in self.columns]
        self.allocatable = np.array(rows, dtype=np.int64).reshape(len(rows), len(cast.terrain.nodes))
        self.empty_nodes = rows_of(self.allocatable)
        self._reaches: dict[Hashable, Numbers] = {}
        joint = JointRules(cast, self.counts)
        wishing = Wishing(cast, self.counts, joint)
        self.rules = tuple(self._of(group, joint, wishing) for group in cast.groups)
        self.tables = Tables(self)
        self.takes = [taken_by(rules.charged, rules.wishes.adds, self.empty_nodes.shape[1]) for rules in self.rules]

    def _of(self, group: Group, joint: JointRules, wishing: Wishing) -> Rules:
        request = noderesources.requests(group.pod)
        # What no pod asks for in a way that is compared needs no column: nothing is ever short of it.
        charged = {name: amount for name, amount in request.items() if name in self.columns and name != PODS and amount}
        return Rules(
            reach=self._reach(group.pod),
            asked=tuple((self.columns[name], request[name]) for name in noderesources.asked(request)),
            charged=((AT_PODS, 1), *((self.columns[name], amount) for name, amount in charged.items())),
            real=(request.get(CPU, 0), request.get(MEMORY, 0)),
            joint=joint.of(group),
            wishes=wishing.of(group),
        )

    def kept_off(self, pod: Pod) -> list[tuple[str, str]]:
        """Return for each node why the pod could not be there even alone: by the early filters, and by the late ones."""
        keys, by_name = asked_keys(pod, self.cluster)
        early = [rejects for name, rejects in FILTERS.items() if name not in LATE]
        late = [FILTERS[name] for name in LATE]
        return self.cast.terrain.ask(keys, lambda node: (self._first(early, pod, node), self._first(late, pod, node)), by_name)

    def _first(self, filters: list[Filter], pod: Pod, node: Node) -> str:
        return next((reason for rejects in filters if (reason := rejects(pod, node, self.cluster))), "")

    def _reach(self, pod: Pod) -> Numbers:
        volumes = (pod.namespace, pod.claims, pod.new_claims) if pod.claims or pod.new_claims else ()
        key = (pod.node_name, pod.node_selector, pod.node_affinity, pod.tolerations, volumes)
        if key not in self._reaches:
            free = np.array([early == late == "" for early, late in self.kept_off(pod)], dtype=bool)
            self._reaches[key] = np.flatnonzero(free).astype(np.int64)
        return self._reaches[key]
