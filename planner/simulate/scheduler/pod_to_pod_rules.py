"""The rules that look at other pods, as counts: ports, claims, hard spread, affinity and anti-affinity.

Who counts is what planner.rules says; here it is only kept by domain.
"""

from collections import Counter
from collections.abc import Hashable, Iterator
from dataclasses import dataclass

import numpy as np

from models.kubernetes.pod import HostPort, Pod, PodAffinityTerm, PreferredPodTerm, TopologySpreadConstraint
from planner.rules.plugins import interpodaffinity, nodeports, podtopologyspread, volumerestrictions
from planner.simulate.arrays import Numbers
from planner.simulate.scheduler.node_equivalence import asked_keys
from planner.simulate.scheduler.nodes import NOWHERE
from planner.simulate.scheduler.pods import Cast, Group
from planner.simulate.scheduler.topology_counts import Count, Counts, Who, as_answer


@dataclass(frozen=True, slots=True, eq=False)
class HardSpread:
    """A DoNotSchedule constraint: its count, the domains that exist, and whether the pod counts itself."""

    constraint: TopologySpreadConstraint
    count: Count
    domains: Numbers
    itself: int


@dataclass(slots=True, eq=False)
class Joint:
    """The joint rules of one group; `is_first` says whether its pods may start where nobody is whom they want to be near."""

    ports: tuple[Count, ...] = ()
    exclusive: tuple[Count, ...] = ()
    spread: tuple[HardSpread, ...] = ()
    attraction: tuple[Count, ...] = ()
    is_first: bool = False
    repels: tuple[Count, ...] = ()
    repelled: tuple[Count, ...] = ()

    @property
    def may_come_true(self) -> bool:
        """Say whether pods that come later can make room for one of this group."""
        return bool(self.spread or self.attraction)


class JointRules:
    """Makes the joint rules of groups out of their pods."""

    def __init__(self, cast: Cast, counts: Counts) -> None:
        """Learn which ports are held, and which pods repel others."""
        self.terrain, self.cluster, self.counts = cast.terrain, cast.plan.cluster, counts
        self._held: dict[int, dict[HostPort, Counter[int]]] = {}
        self._homes: dict[Hashable, Numbers] = {}
        self._repelled_by: dict[int, list[Count]] = {}
        for group in cast.groups:
            for port in nodeports.ports(group.pod):
                self._held.setdefault(port.port, {}).setdefault(port, Counter())[group.number] += 1
        for (namespace, term), owners in carriers_of(cast.groups, "pod_anti_affinity").items():
            count = counts.by_key(("owners", namespace, term), term.topology_key, self.terrain, as_answer(owners))
            for group in self.groups_meant(term, owners[0][0].pod):
                self._repelled_by.setdefault(group.number, []).append(count)

    def of(self, group: Group) -> Joint:
        """Return the joint rules of a group."""
        pod = group.pod
        return Joint(
            ports=tuple(count for wanted in dict.fromkeys(nodeports.ports(pod)) for count in self._holders_of(wanted)),
            exclusive=tuple(self._exclusive(claim) for claim in volumerestrictions.exclusive(pod, self.cluster)),
            spread=tuple(self._spread(constraint, pod) for constraint in podtopologyspread.hard(pod)),
            attraction=tuple(self._attraction(pod)),
            is_first=interpodaffinity.selects_all(pod.pod_affinity, pod, pod, self.cluster),
            repels=tuple(self.count_of(term, pod) for term in dict.fromkeys(pod.pod_anti_affinity)),
            repelled=tuple(self._repelled_by.get(group.number, ())),
        )

    def _selects(self, term: PodAffinityTerm, owner: Pod, pod: Pod) -> bool:
        return interpodaffinity.selects(term, owner, pod, self.cluster)

    def _holders_of(self, wanted: HostPort) -> Iterator[Count]:
        for held, who in self._held[wanted.port].items():
            if nodeports.conflict(wanted, held):
                holders = [(self.counts.groups[group], times) for group, times in who.items()]
                yield self.counts.keep(("port", held), self.counts.each_node, len(self.counts.each_node), as_answer(holders))

    def _exclusive(self, claim: str) -> Count:
        users = [(group, 1) for group in self.counts.groups if claim in volumerestrictions.exclusive(group.pod, self.cluster)]
        return self.counts.keep(("claim", claim), self.counts.one_domain, 1, as_answer(users))

    def _spread(self, constraint: TopologySpreadConstraint, pod: Pod) -> HardSpread:
        keys = frozenset(other.topology_key for other in podtopologyspread.hard(pod))
        ground = (
            constraint.topology_key,
            constraint.node_affinity_policy,
            constraint.node_taints_policy,
            keys,
            pod.node_selector,
            pod.node_affinity,
        )
        ids, values = self.terrain.domains(constraint.topology_key)
        home = self._homes.get((*ground, pod.tolerations))
        if home is None:
            asked, by_name = asked_keys(pod, self.cluster)
            counts = self.terrain.number(asked | keys, lambda node: podtopologyspread.counted(constraint, pod, node), by_name)
            home = self._homes[*ground, pod.tolerations] = np.where(counts > 0, ids, NOWHERE)
        count = self.counts.keep(
            # Homes are kept as long as counts, so no id comes back for another array.
            ("spread", constraint.label_selector, pod.namespace, id(home)),
            home,
            len(values),
            lambda: self.counts.groups_selected(
                constraint.label_selector, lambda other: podtopologyspread.counts(constraint, pod, other)
            ),
            look=ids,
        )
        return HardSpread(constraint, count, np.unique(home[home >= 0]), int(podtopologyspread.counts_self(constraint, pod)))

    def _attraction(self, pod: Pod) -> Iterator[Count]:
        """Yield, for the key of each term, the count of pods that match all the terms at once."""
        terms = pod.pod_affinity
        for key in dict.fromkeys(term.topology_key for term in terms):
            yield self.counts.by_key(
                ("near", pod.namespace, terms, key),
                key,
                self.terrain,
                lambda: self.counts.groups_selected(
                    terms[0].label_selector, lambda other: interpodaffinity.selects_all(terms, pod, other, self.cluster)
                ),
            )

    def count_of(self, term: PodAffinityTerm, owner: Pod) -> Count:
        """Return the count of the pods that the owner's term means."""
        return self.counts.by_key(
            ("selected", owner.namespace, term),
            term.topology_key,
            self.terrain,
            lambda: self.counts.groups_selected(term.label_selector, lambda other: self._selects(term, owner, other)),
        )

    def groups_meant(self, term: PodAffinityTerm, owner: Pod) -> Iterator[Group]:
        """Yield the groups whose pods the owner's term means."""
        for group, _ in self.counts.groups_selected(term.label_selector, lambda other: self._selects(term, owner, other)):
            yield group


Carried = dict[tuple[str, PodAffinityTerm], Who]


def carriers_of(groups: list[Group], name: str) -> Carried:
    """Return each term that pods of a namespace carry in this field, with who carries it and how often (or how heavily)."""
    carriers: dict[tuple[str, PodAffinityTerm], Counter[int]] = {}
    for group in groups:
        for wish in getattr(group.pod, name):
            term, weight = (wish.term, wish.weight) if isinstance(wish, PreferredPodTerm) else (wish, 1)
            carriers.setdefault((group.pod.namespace, term), Counter())[group.number] += weight
    return {key: [(groups[number], times) for number, times in who.items()] for key, who in carriers.items()}
