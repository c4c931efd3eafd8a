"""What the policy and the workloads say of nodes and workloads that the input has none of: often something was misspelt."""

from collections.abc import Iterator

from models.disclosure import Disclosure, DisclosureCode
from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import NodeSelectorTerm
from models.kubernetes.pod import Pod
from models.trust import TrustPolicy
from planner.rules import ring_membership
from planner.rules.purchased_node import examples
from planner.trust.match import matches

_IN = "In"


def statements(cluster: Cluster, policy: TrustPolicy) -> Iterator[Disclosure]:
    """Name selectors of nodes, and the rules for what carries no tag, that match nothing."""
    yield from _of_nodes(cluster, policy)
    for number, rule in enumerate(policy.assign):
        if not any(matches(rule.match, workload) for workload in cluster.workloads):
            yield Disclosure.of(DisclosureCode.RULE_UNMATCHED, f"assign[{number}]", level=rule.level)
    yield from _nowhere(cluster, policy)


def _of_nodes(cluster: Cluster, policy: TrustPolicy) -> Iterator[Disclosure]:
    """Name the selectors of nodes that select none for which they make a difference."""
    exclude, include, nodes = policy.nodes.exclude, policy.nodes.include, cluster.nodes
    if exclude is not None and not any(ring_membership.is_selected(node, exclude) for node in nodes):
        yield Disclosure.of(DisclosureCode.EXCLUDE_UNMATCHED, "nodes.exclude")
    if include is not None and not any(ring_membership.is_selected(node, include) for node in nodes if node.is_control_plane):
        yield Disclosure.of(DisclosureCode.INCLUDE_UNMATCHED, "nodes.include")


def _nowhere(cluster: Cluster, policy: TrustPolicy) -> Iterator[Disclosure]:
    """Name the labels that pods ask for and no node carries; a ring's own come with the plan."""
    own = {policy.nodes.label_key, policy.nodes.pool_key}
    everyone = (*cluster.nodes, *examples(cluster.shapes))
    carried = {pair for node in everyone for pair in node.labels.items()}
    case = "shapes" if cluster.shapes else "nodes"
    for workload in cluster.workloads if everyone else ():
        asked = _unmet(workload.template, carried, own) if workload.pods else []
        if asked:
            yield Disclosure.of(
                DisclosureCode.NODE_LABEL_MISSING, str(workload.id), workload.where, case=case, labels=tuple(asked)
            )


def _unmet(pod: Pod, carried: set[tuple[str, str]], own: set[str]) -> list[str]:
    """Return the pairs of the selector that are nowhere, and of the affinity one for each term if none can be true."""
    pairs = [(key, value) for key, value in sorted(pod.node_selector.items()) if key not in own]
    labels = [f"{key}={value}" for key, value in pairs if (key, value) not in carried]
    terms = [_unmet_in(term, carried, own) for term in pod.node_affinity or ()]
    return list(dict.fromkeys([*labels, *terms])) if all(terms) else labels


def _unmet_in(term: NodeSelectorTerm, carried: set[tuple[str, str]], own: set[str]) -> str:
    """Return the first expression of a term that wants a label with one of some values of which none is anywhere."""
    for match_expression in term.match_expressions:
        if (
            match_expression.operator == _IN
            and match_expression.key not in own
            and not any((match_expression.key, value) in carried for value in match_expression.values)
        ):
            return f"{match_expression.key} in ({', '.join(match_expression.values)})"
    return ""
