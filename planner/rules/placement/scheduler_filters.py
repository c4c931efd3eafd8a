"""A pod fits on a node if every filter plug-in says so; the first one that does not, in kube-scheduler's order, gives the reason.

Source: pkg/scheduler/apis/config/v1/default_plugins.go, pkg/scheduler/framework/types.go FitError.

Whether a node takes the pod is answered node by node; in fit_error the answers that kube-scheduler gives for all nodes at once
come first (prefilter.py), since they are said in other words.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator

from models.frozen_map import FrozenMap
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from planner.rules import FILTERS
from planner.rules.placement.cluster_state import World
from planner.rules.placement.pod_class import Kind, Site
from planner.rules.placement.topology_counts import domain_of
from planner.rules.plugins import (
    interpodaffinity,
    nodeports,
    noderesources,
    nodevolumelimits,
    podtopologyspread,
    prefilter,
    volumerestrictions,
)

__all__ = ["World", "fit_error", "fits", "fits_somewhere", "static_reason", "why_not"]

_BEFORE_STATE = ("NodeUnschedulable", "NodeName", "TaintToleration", "NodeAffinity")
_AFTER_STATE = ("VolumeBinding", "VolumeZone")
DISK_TAKEN = (volumerestrictions.DISK_TAKEN,)
NO_NODES = "no nodes available to schedule pods"


def why_not(pod: Pod, node: Node, world: World) -> tuple[str, ...]:
    """Return the reasons of the first plug-in that keeps one more such pod off the node of this name; none where it fits."""
    return _why_not(world.kind(pod), world.sites[node.name], world)


def fits(kind: Kind, site: Site, world: World) -> bool:
    """Say whether nothing keeps one more such pod off the node; whether there is room for it is looked at first."""
    needs = noderesources.wanted(kind.request)
    return noderesources.has_room(needs, site.free, site.node.allocatable) and not _why_not(kind, site, world)


def _why_not(kind: Kind, site: Site, world: World) -> tuple[str, ...]:
    before, after = _static(kind, site.node, world)
    if before:
        return (before,)
    if kind.ports and ports_taken(kind, site):
        return (nodeports.REASON,)
    missing = noderesources.insufficient(kind.request, site.free, site.node.allocatable)
    # what other plug-ins ask for is a resource here as well, but each of them has its own turn in the order
    if missing == DISK_TAKEN or (missing and not noderesources.is_later(missing[0])):
        return missing
    if any(world.claim_users[claim] for claim in kind.exclusive):
        return (volumerestrictions.REASON,)
    if missing and nodevolumelimits.says(missing[0]):
        return missing
    reason = after or _spread_reason(kind, site.node, world) or _affinity_reason(kind, site.node, world)
    return (reason,) if reason else missing


def static_reason(pod: Pod, node: Node, world: World) -> str:
    """Return why the pod could not go to the node even if nothing else were there, as far as one pod and one node tell."""
    before, after = _static(world.kind(pod), node, world)
    return before or after


def _static(kind: Kind, node: Node, world: World) -> tuple[str, str]:
    known = world.verdicts.setdefault(kind.static, {})
    reasons = known.get(node.name)
    if reasons is None:
        before = _first(_BEFORE_STATE, kind.pod, node, world)
        reasons = known[node.name] = (before, "" if before else _first(_AFTER_STATE, kind.pod, node, world))
    return reasons


def _first(names: Iterable[str], pod: Pod, node: Node, world: World) -> str:
    reasons = (FILTERS[name](pod, node, world.cluster) for name in names)
    return next((reason for reason in reasons if reason), "")


def ports_taken(kind: Kind, site: Site) -> bool:
    """Say whether a pod on the node holds a port that one more pod of this kind wants."""
    held = [port for port, count in site.ports.items() if count > 0]
    return any(nodeports.conflict(wanted, taken) for wanted in kind.ports for taken in held)


def _spread_reason(kind: Kind, node: Node, world: World) -> str:
    for constraint, tally in world.spread(kind):
        key = constraint.topology_key
        if key not in node.labels:
            return podtopologyspread.MISSING_LABEL
        there = tally.at((key, node.labels[key])) + podtopologyspread.counts_self(constraint, kind.pod)
        if there - tally.lowest(constraint.min_domains) > constraint.max_skew:
            return podtopologyspread.REASON
    return ""


def _affinity_reason(kind: Kind, node: Node, world: World) -> str:
    if kind.pod.pod_affinity and not _attracted(kind, node, world):
        return interpodaffinity.AFFINITY
    for term, tally in world.repulsion(kind):
        if any(tally.at(domain) for domain in domain_of(node, term.topology_key)):
            return interpodaffinity.ANTI_AFFINITY
    for term, tally in world.repelled_by(kind):
        if any(tally.at(domain) for domain in domain_of(node, term.topology_key)):
            return interpodaffinity.EXISTING_ANTI_AFFINITY
    return ""


def _attracted(kind: Kind, node: Node, world: World) -> bool:
    """Say whether each term finds its pods, or the pod is the first of its kind and may start anywhere."""
    terms, tally = kind.pod.pod_affinity, world.attraction(kind)
    domains = [domain for term in terms for domain in domain_of(node, term.topology_key)]
    if len(domains) < len(terms):
        return False
    if all(tally.at(domain) for domain in domains):
        return True
    return not tally.any() and interpodaffinity.selects_all(terms, kind.pod, kind.pod, world.cluster)


def _every_why_not(kind: Kind, nodes: Iterable[Node], world: World) -> Iterator[tuple[Node, tuple[str, ...]]]:
    """Ask node by node, remembering the answers for pods that differ in nothing a rule looks at until a pod comes or goes."""
    joint = kind.spread or kind.pod.pod_affinity or kind.pod.pod_anti_affinity or world.repelled_by(kind)
    alike: Hashable = kind if joint else (kind.static, kind.request, kind.ports, kind.exclusive)
    known = world.remembered.setdefault(alike, {})
    for node in nodes:
        reasons = known.get(node.name)
        if reasons is None:
            reasons = known[node.name] = _why_not(kind, world.sites[node.name], world)
        yield node, reasons


def fit_error(pod: Pod, nodes: Iterable[Node], world: World) -> tuple[str, FrozenMap[int]]:
    """Say in kube-scheduler's words why none of the nodes takes the pod, and count the nodes per reason.

    Nodes that would take it give no reason. What kube-scheduler adds about preemption is left out.
    """
    asked = tuple(nodes)
    if not asked:
        return NO_NODES, FrozenMap()
    refusal = prefilter.refusal(pod, world.cluster)
    if refusal:
        return f"0/{len(asked)} nodes are available: {refusal}.", FrozenMap({refusal: len(asked)})
    named = prefilter.named(pod)
    seen = [node for node in asked if named is None or node.name in named]
    counts: Counter[str] = Counter()
    for _, reasons in _every_why_not(world.kind(pod), seen, world):
        counts.update(reasons)
    if len(seen) < len(asked):
        counts[prefilter.LEFT_OUT] = len(asked) - len(seen)
    said = ", ".join(sorted(f"{count} {reason}" for reason, count in counts.items()))
    return f"0/{len(asked)} nodes are available: {said}.", FrozenMap(counts)


def fits_somewhere(pod: Pod, nodes: Iterable[Node], world: World) -> Iterator[Node]:
    """Yield the nodes that would take one more such pod; the world must not change meanwhile."""
    return (node for node, reasons in _every_why_not(world.kind(pod), nodes, world) if not reasons)
