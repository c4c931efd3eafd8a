"""Affinity and topology spread as written -> nouns.

Source: pkg/apis/core/validation/validation.go validatePodAffinityTerm and validateTopologySpreadConstraints.
"""

from collections.abc import Iterable

from models.kubernetes.labels import NodeSelectorTerm
from models.kubernetes.pod import PodAffinityTerm, PreferredNodeTerm, PreferredPodTerm, TopologySpreadConstraint
from planner.read.documents.field import Spot
from planner.read.pods.match_label_keys import merge_keys
from planner.read.pods.origin import Origin
from planner.read.schema import pod_schema
from planner.read.values import name_syntax
from planner.read.values.selectors import read_label_selector, read_node_term, read_node_terms

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_WAYS = ("DoNotSchedule", "ScheduleAnyway")
_POLICIES = ("Honor", "Ignore")


def read_node_affinity(spot: Spot, given: pod_schema.NodeAffinity | None) -> tuple[NodeSelectorTerm, ...] | None:
    """Read the required node affinity; None where nothing is required."""
    if given is None or given.required is None:
        return None
    return read_node_terms(spot.at(_REQUIRED), given.required)


def read_pod_terms(spot: Spot, given: pod_schema.PodAffinity | None, origin: Origin) -> tuple[PodAffinityTerm, ...]:
    """Read required pod affinity or anti-affinity terms of a pod of this origin."""
    terms = given.required if given is not None else None
    return tuple(_pod_term(spot.at(f"{_REQUIRED}[{index}]"), term, origin) for index, term in enumerate(terms or ()))


def read_preferred_nodes(spot: Spot, given: pod_schema.NodeAffinity | None) -> tuple[PreferredNodeTerm, ...]:
    """Read preferred node affinity terms."""
    terms = []
    for index, item in enumerate((given.preferred if given is not None else None) or ()):
        here = spot.at(f"{_PREFERRED}[{index}]")
        term = read_node_term(here.at("preference"), item.preference or pod_schema.NodeTerm())
        terms.append(PreferredNodeTerm(_weight(here, item.weight), term))
    return tuple(terms)


def read_preferred_pods(spot: Spot, given: pod_schema.PodAffinity | None, origin: Origin) -> tuple[PreferredPodTerm, ...]:
    """Read preferred pod affinity or anti-affinity terms of a pod of this origin."""
    terms = []
    for index, item in enumerate((given.preferred if given is not None else None) or ()):
        here = spot.at(f"{_PREFERRED}[{index}]")
        term = _pod_term(here.at("podAffinityTerm"), item.pod_affinity_term or pod_schema.PodTerm(), origin)
        terms.append(PreferredPodTerm(_weight(here, item.weight), term))
    return tuple(terms)


def _weight(spot: Spot, weight: int | None) -> int:
    if not 1 <= (weight or 0) <= 100:
        spot.at("weight").fault("must be 1 to 100", "write weight: 100 for what matters most")
    return weight or 0


def _pod_term(spot: Spot, given: pod_schema.PodTerm, origin: Origin) -> PodAffinityTerm:
    _check_topology_key(spot, given.topology_key)
    if given.topology_key and not name_syntax.is_label_key(given.topology_key):
        spot.at("topologyKey").fault(f"{given.topology_key!r} is no label key", name_syntax.KEY)
    selector = read_label_selector(spot.at("labelSelector"), given.label_selector)
    selector = merge_keys(spot, selector, given.match_label_keys or (), given.mismatch_label_keys or (), origin)
    for index, name in enumerate(given.namespaces or ()):
        if not name_syntax.is_dns_label(name):
            spot.at(f"namespaces[{index}]").fault(f"{name!r} is no namespace", name_syntax.LABEL)
    namespaces = tuple(sorted(set(given.namespaces or ())))
    within = read_label_selector(spot.at("namespaceSelector"), given.namespace_selector)
    return PodAffinityTerm(given.topology_key or "", selector, namespaces, within)


def _check_topology_key(spot: Spot, key: str | None) -> None:
    if not key:
        spot.at("topologyKey").fault("is missing", "name a node label, such as kubernetes.io/hostname")


def read_spreads(spot: Spot, given: Iterable[pod_schema.Spread] | None, origin: Origin) -> tuple[TopologySpreadConstraint, ...]:
    """Read the topology spread constraints of a pod of this origin."""
    constraints: list[TopologySpreadConstraint] = []
    for index, item in enumerate(given or ()):
        here = spot.at(f"[{index}]")
        constraint = _constraint(here, item, origin)
        ours = constraint.topology_key, constraint.when_unsatisfiable
        if any((other.topology_key, other.when_unsatisfiable) == ours for other in constraints):
            here.fault(f"a second constraint for {ours[0]} with {ours[1]}", "keep one of the two")
        constraints.append(constraint)
    return tuple(constraints)


def _constraint(spot: Spot, given: pod_schema.Spread, origin: Origin) -> TopologySpreadConstraint:
    _check_topology_key(spot, given.topology_key)
    _check_spread_numbers(spot, given)
    _check_spread_words(spot, given)
    selector = read_label_selector(spot.at("labelSelector"), given.label_selector)
    return TopologySpreadConstraint(
        max_skew=given.max_skew or 0,
        topology_key=given.topology_key or "",
        when_unsatisfiable=given.when_unsatisfiable or "",
        label_selector=merge_keys(spot, selector, given.match_label_keys or (), (), origin),
        # The API server leaves these empty: kube-scheduler's own defaults count.
        min_domains=1 if given.min_domains is None else given.min_domains,
        node_affinity_policy=given.node_affinity_policy or "Honor",
        node_taints_policy=given.node_taints_policy or "Ignore",
    )


def _check_spread_numbers(spot: Spot, given: pod_schema.Spread) -> None:
    if (given.max_skew or 0) < 1:
        spot.at("maxSkew").fault("must be 1 or more", "write maxSkew: 1 for the most even spread")
    if given.min_domains is None:
        return
    if given.min_domains < 1:
        spot.at("minDomains").fault("must be 1 or more", "leave it out for no minimum")
    if given.when_unsatisfiable == "ScheduleAnyway":
        spot.at("minDomains").fault("is allowed with DoNotSchedule only", "leave it out, or write DoNotSchedule")


def _check_spread_words(spot: Spot, given: pod_schema.Spread) -> None:
    if given.when_unsatisfiable not in _WAYS:
        shown = repr(given.when_unsatisfiable) if given.when_unsatisfiable else "nothing"
        spot.at("whenUnsatisfiable").fault(f"{shown} is not a choice", f"write {' or '.join(_WAYS)}")
    policies = {"nodeAffinityPolicy": given.node_affinity_policy, "nodeTaintsPolicy": given.node_taints_policy}
    for field, policy in policies.items():
        if policy and policy not in _POLICIES:
            spot.at(field).fault(f"{policy!r} is not a choice", f"write {' or '.join(_POLICIES)}")
