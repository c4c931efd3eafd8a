"""A guide is node affinity that leads kube-scheduler to nodes that the plan has in mind; the patches add it to a pod's own.

A required one narrows every term of the affinity, a preferred one outweighs what kube-scheduler would rather do.
"""

from dataclasses import replace
from functools import cache

from models.answer.plan import Guide
from models.kubernetes.labels import NodeSelectorTerm, Requirement
from models.kubernetes.pod import Pod, PreferredNodeTerm
from models.kubernetes.workload import WorkloadId

# the most that the API takes
WEIGHT = 100


@cache
def _by_workload(guides: tuple[Guide, ...]) -> dict[WorkloadId, Guide]:
    return {guide.workload: guide for guide in guides}


def of(guides: tuple[Guide, ...], workload: WorkloadId) -> Guide | None:
    """Return the guide of a workload, if it has one."""
    return _by_workload(guides).get(workload) if guides else None


def guided(pod: Pod, guide: Guide | None) -> Pod:
    """Return the pod as the patch leaves it; one that is led there already stays as it is."""
    if guide is None or says(pod, guide):
        return pod
    wanted = Requirement(guide.key, "In", guide.values)
    if not guide.required:
        mine = PreferredNodeTerm(WEIGHT, NodeSelectorTerm((wanted,)))
        return replace(pod, preferred_node_affinity=(*pod.preferred_node_affinity, mine))
    if pod.node_affinity is None:
        return replace(pod, node_affinity=(NodeSelectorTerm((wanted,)),))
    return replace(pod, node_affinity=tuple(_narrowed(term, wanted) for term in pod.node_affinity))


def _narrowed(term: NodeSelectorTerm, wanted: Requirement) -> NodeSelectorTerm:
    """Add the expression, but not to a term without any: it matches no node, and must not begin to."""
    if not term.match_expressions and not term.match_fields:
        return term
    return replace(term, match_expressions=(*term.match_expressions, wanted))


def says(pod: Pod, guide: Guide) -> bool:
    """Say whether the pod's own affinity already asks for just that."""
    wanted = Requirement(guide.key, "In", guide.values)
    if not guide.required:
        return any(wanted in preferred.term.match_expressions for preferred in pod.preferred_node_affinity)
    terms = [term for term in pod.node_affinity or () if term.match_expressions or term.match_fields]
    return bool(terms) and all(wanted in term.match_expressions for term in terms)
