"""Labels that a kubelet may write on its own node."""

from collections.abc import Iterator, Sequence

from models.answer.finding import WARNING
from models.kubernetes.node_group import Provider
from models.kubernetes.node_restriction import kubelet_may_write
from models.trust import KUBELET_PROOF, PolicyNodes
from planner.check.estate.dedicated import is_isolating, is_pool_label, sets_apart
from planner.check.estate.estate import Estate
from planner.check.estate.gates import policies
from planner.check.estate.template import Template
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting
from planner.trust.ring_label import USUAL, refusing_providers
from planner.words import some

_FIX = f"select a label under {KUBELET_PROOF}, which no kubelet may write"
_GUARD = "apply the policies that ringfence patch writes to policy/: a kubelet then writes it only as its node joins"


def _question(estate: Estate) -> Iterator[Sighting]:
    policy = estate.policy
    refusing = refusing_providers(estate.today, policy.nodes if policy else PolicyNodes(), USUAL)
    if policy and kubelet_may_write(policy.nodes.label_key) and not _is_guarded(estate):
        message = f"{policy.nodes.label_key} may be written by the kubelet of a node that was taken over"
        yield Sighting(f"TrustPolicy/{policy.name}", message, policy.where, _fix("spec.nodes.labelKey: ", refusing))
    for template in estate.templates:
        if template.is_daemon or template.runs:
            continue
        for key in sorted(template.required_keys):
            if kubelet_may_write(key) and _isolates(key, template, estate) and not (policy and key == policy.nodes.label_key):
                path = "nodeSelector" if key in template.node_selector else "affinity"
                message = f"its pool is known by {key}, which a kubelet may write on its own node"
                yield template.sighting(message, path, _fix("", refusing))


def _fix(prefix: str, refusing: Sequence[Provider]) -> str:
    """Name a label that no kubelet may write, or where the pools take none of these, what guards the one that they have."""
    if not refusing:
        return f"{prefix}{_FIX}"
    whose = some([f"{provider.name} on a {provider.noun}" for provider in refusing])
    return f"{_GUARD}; labels under {KUBELET_PROOF} are refused by {whose}"


def _is_guarded(estate: Estate) -> bool:
    """Say whether an admission policy is asked about changes of nodes, as ringfence patch writes one."""
    return any(gate.is_asked("", "nodes", "UPDATE") for gate in policies(estate))


def _isolates(key: str, template: Template, estate: Estate) -> bool:
    """Say whether the label is one of a pool: it says so, or its pods tolerate a taint of the same key."""
    if not is_pool_label(key):
        return False
    tainted = {toleration.key for _, toleration in template.tolerations if sets_apart(toleration.key)}
    return is_isolating(key, estate.policy) or key in tainted


RULE = Rule(
    id="kubelet-label",
    breaks=SECURITY,
    severity=WARNING,
    sentence="A pool is known by a label that its kubelets may write",
    why="Who takes over any node gives it the label of a trusted pool, and that pool's pods come to him.",
    how="kubectl with the kubelet's credentials labels the node; kube-scheduler sends the next pod of the pool there.",
    fix=_FIX,
    source="https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-isolation-restriction",
    question=_question,
)
