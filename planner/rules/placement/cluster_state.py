"""Nodes with the pods on them, indexed so that asking about one more pod does not mean looking at all the others.

The snapshot that kube-scheduler takes at the start of a cycle (pkg/scheduler/backend/cache/snapshot.go,
pkg/scheduler/framework/types.go NodeInfo).
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import LabelSelector
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod, PodAffinityTerm, TopologySpreadConstraint
from models.kubernetes.resources import PODS
from planner.rules.placement.pod_class import Kind, Site, Trait, needed, traits
from planner.rules.placement.topology_counts import Domain, Ground, Tally, domain_of
from planner.rules.plugins import interpodaffinity, nodeports, noderesources, podtopologyspread, volumerestrictions


class World:
    """Nodes, judged as they are given, with pods placed on them; the cluster's residents are there from the start.

    Nodes and pods are to be given as the plan leaves them (planner.rules.ring_membership). Pods on unknown nodes raise KeyError.
    """

    def __init__(self, nodes: Iterable[Node], cluster: Cluster, placed: Mapping[str, Iterable[Pod]] | None = None) -> None:
        self.cluster = cluster
        self.sites: dict[str, Site] = {node.name: Site(node, _room(node)) for node in nodes}
        self.claim_users: Counter[str] = Counter()
        self.remembered: dict[Hashable, dict[str, tuple[str, ...]]] = {}
        self.verdicts: dict[Hashable, dict[str, tuple[str, str]]] = {}
        self._kinds: dict[Pod, Kind] = {}
        self._by_id: dict[int, tuple[Pod, Kind]] = {}
        self._by_trait: dict[Trait, list[Kind]] = {}
        self._grounds: dict[Hashable, Ground] = {}
        self._tallies: dict[Hashable, Tally] = {}
        self._wanting: dict[Trait, list[Tally]] = {}
        self._repelling: dict[Trait, list[tuple[Pod, PodAffinityTerm, Tally]]] = {}
        self._repellers = 0
        for resident in cluster.residents:
            if resident.node in self.sites:
                self.add(resident.pod, resident.node)
                self.sites[resident.node].residents[self.kind(resident.pod)] += 1
        for name, pods in (placed or {}).items():
            for pod in pods:
                self.add(pod, name)

    def kind(self, pod: Pod) -> Kind:
        """Return what is known of pods equal to this one."""
        known = self._by_id.get(id(pod))
        if known is None:
            # The pod is kept beside its kind so that its id cannot be given to another object.
            known = self._by_id[id(pod)] = (pod, self._kinds.get(pod) or self._meet(pod))
        return known[1]

    def _meet(self, pod: Pod) -> Kind:
        static = (pod.node_name, pod.node_selector, pod.node_affinity, pod.tolerations)
        kind = Kind(
            pod=pod,
            request=noderesources.requests(pod),
            ports=nodeports.ports(pod),
            exclusive=volumerestrictions.exclusive(pod, self.cluster),
            spread=podtopologyspread.hard(pod),
            static=(*static, pod.namespace, pod.claims, pod.new_claims) if pod.claims or pod.new_claims else static,
        )
        self._kinds[pod] = kind
        for trait in traits(pod):
            self._by_trait.setdefault(trait, []).append(kind)
            kind.counted_by += [tally for tally in self._wanting.get(trait, ()) if tally.wants(pod)]
        # Last: a tally that begins with such a term adds itself to all kinds that are known, this one among them.
        for term in dict.fromkeys(pod.pod_anti_affinity):
            self._repel(pod, term)
        return kind

    def add(self, pod: Pod, node: str, count: int = 1) -> None:
        """Put `count` pods on a node, whether they fit or not; a negative count takes them away."""
        kind, site = self.kind(pod), self.sites[node]
        before = site.kinds.get(kind, 0)
        if before + count < 0:
            raise ValueError(f"node {node} holds {before} such pods, not {-count}")
        self.remembered.clear()
        site.kinds[kind] = before + count
        kind.on[node] += count
        if not site.kinds[kind]:
            del site.kinds[kind], kind.on[node]
        site.free[PODS] -= count
        for name, amount in kind.request.items():
            site.free[name] = site.free.get(name, 0) - count * amount
        for port in kind.ports:
            site.ports[port] += count
        self.claim_users.update(dict.fromkeys(kind.exclusive, count))
        for tally in kind.counted_by:
            tally.add(site.node, count)

    def remove(self, pod: Pod, node: str, count: int = 1) -> None:
        """Take `count` pods off a node."""
        self.add(pod, node, -count)

    def lose(self, name: str) -> tuple[Site, dict[Kind, int]]:
        """Take a node away with all that is on it, as if its Node object were deleted; return what `regain` wants to have."""
        site = self.sites[name]
        stood = dict(site.kinds)
        # Its pods go before its domains do: tallies find them there.
        for kind, count in stood.items():
            self.add(kind.pod, name, -count)
        # An empty node went without `add`, and yet domains, and what others were told of them, may go with it.
        self.remembered.clear()
        del self.sites[name]
        for ground in self._grounds.values():
            ground.leave(site.node)
        return site, stood

    def regain(self, site: Site, stood: Mapping[Kind, int]) -> None:
        """Bring back a node that was lost, and all that was on it."""
        self.sites[site.node.name] = site
        # Its domains come before its pods, which tallies count there.
        for ground in self._grounds.values():
            ground.join(site.node)
        for kind, count in stood.items():
            self.add(kind.pod, site.node.name, count)

    def placed(self) -> Iterator[tuple[Site, Kind, int]]:
        """Yield every node, the kinds of pods on it and how many of each there are."""
        for site in self.sites.values():
            for kind, count in site.kinds.items():
                yield site, kind, count

    def judged(self) -> Iterator[tuple[Site, Kind, int]]:
        """Yield what was placed, without the residents, which are where they are whatever the rules say."""
        for site, kind, count in self.placed():
            if count > site.residents[kind]:
                yield site, kind, count - site.residents[kind]

    def spread(self, kind: Kind) -> list[tuple[TopologySpreadConstraint, Tally]]:
        """Return the hard spread constraints with the pods that count for each, in the order of the pod spec."""
        if kind.spread_over is None:
            kind.spread_over = [(constraint, self._counted(constraint, kind)) for constraint in kind.spread]
        return kind.spread_over

    def _counted(self, constraint: TopologySpreadConstraint, kind: Kind) -> Tally:
        pod, keys = kind.pod, tuple(other.topology_key for other in kind.spread)
        policies = (constraint.topology_key, constraint.node_affinity_policy, constraint.node_taints_policy)
        ground = self._ground(
            (*policies, keys, pod.node_selector, pod.node_affinity, pod.tolerations), partial(_counted, constraint, pod)
        )
        wants = partial(podtopologyspread.counts, constraint, pod)
        return self._tally(("spread", constraint.label_selector, pod.namespace, ground), constraint.label_selector, wants, ground)

    def attraction(self, kind: Kind) -> Tally:
        """Count the pods that match all of the pod's affinity terms, in the domains of every term."""
        if kind.attraction is None:
            pod, terms = kind.pod, kind.pod.pod_affinity
            ground = self._by_key(*dict.fromkeys(term.topology_key for term in terms))
            wants = partial(_selected_by_all, terms, pod, self.cluster)
            kind.attraction = self._tally(("affinity", pod.namespace, terms), terms[0].label_selector, wants, ground)
        return kind.attraction

    def repulsion(self, kind: Kind) -> list[tuple[PodAffinityTerm, Tally]]:
        """Return the pod's anti-affinity terms with the pods that each selects."""
        if kind.repulsion is None:
            kind.repulsion = [(term, self._selected(term, kind.pod)) for term in kind.pod.pod_anti_affinity]
        return kind.repulsion

    def _selected(self, term: PodAffinityTerm, owner: Pod) -> Tally:
        wants = partial(_selected_by, term, owner, self.cluster)
        return self._tally(("anti", owner.namespace, term), term.label_selector, wants, self._by_key(term.topology_key))

    def repelled_by(self, kind: Kind) -> list[tuple[PodAffinityTerm, Tally]]:
        """Return the anti-affinity terms that select this pod, with the pods that carry them."""
        if kind.repelling_known < self._repellers:
            kind.repelled_by = [
                (term, tally)
                for trait in traits(kind.pod)
                for owner, term, tally in self._repelling.get(trait, ())
                if interpodaffinity.selects(term, owner, kind.pod, self.cluster)
            ]
            kind.repelling_known = self._repellers
        return kind.repelled_by

    def _repel(self, owner: Pod, term: PodAffinityTerm) -> None:
        trait = (owner.namespace, term)
        if ("owners", *trait) not in self._tallies:
            wants = partial(_carries, term, owner.namespace)
            tally = self._tally(("owners", *trait), trait, wants, self._by_key(term.topology_key))
            self._repelling.setdefault(needed(term.label_selector), []).append((owner, term, tally))
            self._repellers += 1

    def _by_key(self, *keys: str) -> Ground:
        return self._ground(("keys", keys), partial(_domains, keys))

    def _ground(self, key: Hashable, domains: Callable[[Node], tuple[Domain, ...]]) -> Ground:
        if key not in self._grounds:
            self._grounds[key] = Ground(domains, (site.node for site in self.sites.values()))
        return self._grounds[key]

    def _tally(
        self, key: Hashable, selector: LabelSelector | Trait | None, wants: Callable[[Pod], bool], ground: Ground
    ) -> Tally:
        """Find or begin a tally; pods that lack the trait that its selector needs are not even asked about."""
        tally = self._tallies.get(key)
        if tally is None:
            trait = selector if isinstance(selector, tuple) else needed(selector)
            tally = self._tallies[key] = Tally(wants, ground)
            self._wanting.setdefault(trait, []).append(tally)
            for kind in self._by_trait.get(trait, ()):
                if wants(kind.pod):
                    kind.counted_by.append(tally)
                    for node, count in kind.on.items():
                        tally.add(self.sites[node].node, count)
        return tally


def _room(node: Node) -> dict[str, int]:
    return {PODS: 0, **node.allocatable}


def _counted(constraint: TopologySpreadConstraint, pod: Pod, node: Node) -> tuple[Domain, ...]:
    return domain_of(node, constraint.topology_key) if podtopologyspread.counted(constraint, pod, node) else ()


def _domains(keys: Sequence[str], node: Node) -> tuple[Domain, ...]:
    return tuple(domain for key in keys for domain in domain_of(node, key))


def _selected_by_all(terms: Sequence[PodAffinityTerm], owner: Pod, cluster: Cluster, other: Pod) -> bool:
    return interpodaffinity.selects_all(terms, owner, other, cluster)


def _selected_by(term: PodAffinityTerm, owner: Pod, cluster: Cluster, other: Pod) -> bool:
    return interpodaffinity.selects(term, owner, other, cluster)


def _carries(term: PodAffinityTerm, namespace: str, other: Pod) -> bool:
    return other.namespace == namespace and term in other.pod_anti_affinity
