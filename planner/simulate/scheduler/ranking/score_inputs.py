"""What kube-scheduler weighs between the nodes that could take a pod: requests, spread, and what is preferred.

Source: pkg/scheduler/framework/plugins/*/scoring.go and pkg/scheduler/framework/types.go CalculateResource.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from models.kubernetes.pod import Container, Pod, TopologySpreadConstraint
from models.kubernetes.resources import CPU, MEMORY, NOTHING, Resources
from models.kubernetes.version import STORAGE_SCORED
from models.kubernetes.version import known as known_version
from models.kubernetes.workload import WorkloadId
from planner.rules.plugins import nodeaffinity, noderesources, podtopologyspread, tainttoleration
from planner.rules.plugins.volumebinding import filled
from planner.simulate.arrays import Numbers
from planner.simulate.scheduler.node_equivalence import asked_keys, term_keys
from planner.simulate.scheduler.nodes import NOWHERE, ZONE
from planner.simulate.scheduler.pod_to_pod_rules import JointRules, carriers_of
from planner.simulate.scheduler.pods import Cast, Group
from planner.simulate.scheduler.topology_counts import Count, Counts, Who, as_answer
from planner.simulate.scores import volumebinding

HOSTNAME = "kubernetes.io/hostname"
UNASKED = Resources({CPU: 100, MEMORY: 200 * 1024 * 1024})
"""What a container that names no request counts as when nodes are weighed."""
HARD_AFFINITY_WEIGHT = 1
"""kube-scheduler's default: what a required affinity of a pod that runs weighs for one that comes."""
DEFAULT_SPREAD = ((HOSTNAME, 3), (ZONE, 5))
"""The constraints that pods of some controllers have without writing any: topology key and maxSkew."""


@dataclass(frozen=True, slots=True, eq=False)
class SoftSpread:
    """A ScheduleAnyway constraint: over hostnames it counts the pods of the node itself."""

    count: Count
    max_skew: int
    by_node: bool


@dataclass(slots=True, eq=False)
class Wishes:
    """What is weighed for one group; `adds` is what a pod of it adds to a node, `asks` what it is taken for when it arrives.

    `lacking` marks the nodes that lack the key of a soft constraint. `preferred` and `shunned` are raw scores per node, `stored`
    are scores of what volumes leave of storage; each is None where all nodes are alike.
    """

    adds: tuple[int, int]
    asks: tuple[int, int]
    spread: tuple[SoftSpread, ...] = ()
    lacking: Numbers | None = None
    pulls: tuple[tuple[Count, int], ...] = ()
    preferred: Numbers | None = None
    shunned: Numbers | None = None
    stored: Numbers | None = None


def weights_of(pod: Pod, pod_level: bool = True) -> tuple[int, int]:
    """Return cpu and memory with the amounts that stand for requests not made.

    Where the pod as a whole has requests that count, they stand only for what neither it nor any container requests.
    Source: pkg/scheduler/framework/types.go, getNonMissingContainerRequests.
    """
    own = pod.requests if pod_level else NOTHING
    asked = noderesources.requests(pod) if own else NOTHING
    unasked = {name: amount for name, amount in UNASKED.items() if not asked.get(name, 0)}
    filled = replace(
        pod,
        containers=tuple(_fill(container, unasked) for container in pod.containers),
        init_containers=tuple(_fill(init_container, unasked) for init_container in pod.init_containers),
        requests=own,
    )
    request = noderesources.requests(filled)
    return request.get(CPU, 0), request.get(MEMORY, 0)


def _fill(container: Container, unasked: Mapping[str, int]) -> Container:
    missing = {name: amount for name, amount in unasked.items() if name not in container.requests}
    return replace(container, requests=Resources({**container.requests, **missing})) if missing else container


class Wishing:
    """Makes the wishes of groups out of their pods."""

    def __init__(self, cast: Cast, counts: Counts, joint: JointRules) -> None:
        """Learn which pods draw others near, or push them away, without forbidding anything."""
        self.cast, self.terrain, self.counts, self.joint = cast, cast.terrain, counts, joint
        self._homes: dict[object, Numbers] = {}
        self._raw: dict[object, Numbers | None] = {}
        self._drawn: dict[int, list[tuple[Count, int]]] = {}
        self._siblings: dict[WorkloadId, Who] = {}
        for group in cast.groups:
            self._siblings.setdefault(group.workload, []).append((group, 1))
        kinds = (("pod_affinity", HARD_AFFINITY_WEIGHT), ("preferred_pod_affinity", 1), ("preferred_pod_anti_affinity", -1))
        for name, sign in kinds:
            for (namespace, term), who in carriers_of(cast.groups, name).items():
                key = ("carriers", name, namespace, term)
                count = counts.by_key(key, term.topology_key, self.terrain, as_answer(who))
                for group in joint.groups_meant(term, who[0][0].pod):
                    self._drawn.setdefault(group.number, []).append((count, sign))

    def of(self, group: Group) -> Wishes:
        """Return the wishes of a group."""
        pod = group.pod
        soft = tuple(
            topology_spread_constraint
            for topology_spread_constraint in pod.topology_spread_constraints
            if topology_spread_constraint.when_unsatisfiable == "ScheduleAnyway"
        )
        return Wishes(
            adds=weights_of(pod),
            # The scorer in NodeResourcesFit has no flag for pod-level resources (fit.go NewFit): of who comes it reads none.
            asks=weights_of(pod, pod_level=False),
            spread=tuple(self._soft(soft, pod)) if soft else tuple(self._default(group)),
            lacking=self._lacking(soft) if soft else None,
            pulls=(*self._drawn.get(group.number, ()), *self._own(pod)),
            preferred=self._preferences(pod),
            shunned=self._dislikes(pod),
            stored=self._storage(pod) if pod.claims or pod.new_claims else None,
        )

    def _own(self, pod: Pod) -> Iterator[tuple[Count, int]]:
        for wish in pod.preferred_pod_affinity:
            yield self.joint.count_of(wish.term, pod), wish.weight
        for wish in pod.preferred_pod_anti_affinity:
            yield self.joint.count_of(wish.term, pod), -wish.weight

    def _default(self, group: Group) -> Iterator[SoftSpread]:
        """Spread the pods of one controller over hostnames and zones, as nobody asked; nodes without the label count for none."""
        if group.is_spread:
            mine = self._siblings[group.workload]
            for key, max_skew in DEFAULT_SPREAD:
                home, look, size = self._ground(key)
                count = self.counts.keep(("own", group.workload, key), home, size, as_answer(mine), look)
                self.counts.own.setdefault(group.workload, []).append(count.number)
                yield SoftSpread(count, max_skew, key == HOSTNAME)

    def _ground(self, key: str) -> tuple[Numbers, Numbers, int]:
        """Return where pods count, where nodes look, and how many domains there are; over hostnames each node is its own."""
        ids, values = self.terrain.domains(key)
        if key != HOSTNAME:
            return ids, ids, len(values)
        alone = self.counts.each_node
        return alone, np.where(ids >= 0, alone, NOWHERE), len(alone)

    def _soft(self, soft: tuple[TopologySpreadConstraint, ...], pod: Pod) -> Iterator[SoftSpread]:
        for constraint in soft:
            by_node = constraint.topology_key == HOSTNAME
            home, look, size = self._ground(constraint.topology_key)
            # Over hostnames Score counts on the node itself, where no policy is asked (podtopologyspread/scoring.go).
            home = home if by_node else self._home(constraint, soft, pod)
            count = self.counts.keep(
                ("soft", constraint.label_selector, pod.namespace, by_node, id(home)),
                home,
                size,
                partial(self._counting, constraint, pod),
                look,
            )
            yield SoftSpread(count, constraint.max_skew, by_node)

    def _counting(self, constraint: TopologySpreadConstraint, pod: Pod) -> Who:
        counts = partial(podtopologyspread.counts, constraint, pod)
        return self.counts.groups_selected(constraint.label_selector, counts)

    def _home(self, constraint: TopologySpreadConstraint, soft: tuple[TopologySpreadConstraint, ...], pod: Pod) -> Numbers:
        """Count only nodes that bear all the keys and that the policies include."""
        keys = frozenset(other.topology_key for other in soft)
        policies = (constraint.topology_key, constraint.node_affinity_policy, constraint.node_taints_policy)
        ground = (*policies, keys, pod.node_selector, pod.node_affinity, pod.tolerations)
        if ground not in self._homes:
            asked, by_name = asked_keys(pod, self.cast.plan.cluster)
            # `counted` reads the hard constraints alone: the soft ones play their part here.
            alone = replace(pod, topology_spread_constraints=tuple(replace(o, when_unsatisfiable="DoNotSchedule") for o in soft))
            counts = self.terrain.number(asked | keys, lambda node: podtopologyspread.counted(constraint, alone, node), by_name)
            self._homes[ground] = np.where(counts > 0, self.terrain.domains(constraint.topology_key)[0], NOWHERE)
        return self._homes[ground]

    def _lacking(self, soft: tuple[TopologySpreadConstraint, ...]) -> Numbers | None:
        keys = tuple(constraint.topology_key for constraint in soft)
        if ("lacking", keys) not in self._raw:
            raw = self.terrain.number(keys, lambda node: any(key not in node.labels for key in keys))
            self._raw["lacking", keys] = raw if raw.any() else None
        return self._raw["lacking", keys]

    def _preferences(self, pod: Pod) -> Numbers | None:
        terms = [wish for wish in pod.preferred_node_affinity if wish.weight]
        if not terms:
            return None
        if pod.preferred_node_affinity not in self._raw:
            plain = [wish.term for wish in terms]
            self._raw[pod.preferred_node_affinity] = self.terrain.number(
                term_keys(plain),
                lambda node: sum(wish.weight for wish in terms if nodeaffinity.term_matches(wish.term, node)),
                any(term.match_fields for term in plain),
            )
        return self._raw[pod.preferred_node_affinity]

    def _dislikes(self, pod: Pod) -> Numbers | None:
        if ("shunned", pod.tolerations) not in self._raw:
            # PreScore keeps only tolerations that can match a PreferNoSchedule taint (getAllTolerationPreferNoSchedule).
            have = [toleration for toleration in pod.tolerations if toleration.effect in ("", "PreferNoSchedule")]
            raw = self.terrain.number(
                (),
                lambda node: sum(
                    taint.effect == "PreferNoSchedule"
                    and not any(tainttoleration.tolerates(toleration, taint) for toleration in have)
                    for taint in node.taints
                ),
            )
            self._raw["shunned", pod.tolerations] = raw if raw.any() else None
        return self._raw["shunned", pod.tolerations]

    def _storage(self, pod: Pod) -> Numbers | None:
        cluster = self.cast.plan.cluster
        if known_version(cluster.kubernetes) < STORAGE_SCORED:
            return None
        volumes = ("stored", pod.namespace, pod.claims, pod.new_claims)
        if volumes not in self._raw:
            keys, by_name = asked_keys(pod, cluster)
            raw = self.terrain.number(keys, lambda node: volumebinding.score(filled(pod, node, cluster)), by_name)
            self._raw[volumes] = raw if raw.any() else None
        return self._raw[volumes]
