"""What only the running cluster has, and no manifest: nothing patches it, so the plan says what somebody has to do about it.

Such pods are counted where they run, and their nodes keep to their ring; where that allows no plan it says which have to go.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from shlex import quote
from typing import Any

from models.answer.plan import RingPlan
from models.disclosure import DisclosureCode
from models.kubernetes.cluster import Cluster, Statement
from models.kubernetes.labels import Toleration
from models.kubernetes.workload import Raw, Workload
from models.trust import Membership, PolicyNodes, Trust, TrustPolicy
from planner.rules import ring_membership
from planner.rules.plugins import tainttoleration
from planner.words import some

_UNPATCHED = "is in no manifest, so nothing patches it"
_RECREATED = ("Job", "Pod")


def statements(cluster: Cluster, policy: TrustPolicy, trust: Trust, rings: tuple[RingPlan, ...]) -> tuple[Statement, ...]:
    """List what is to be done by hand, once for all that one owner makes; nothing of what carries its ring already."""
    ring_of = {name: ring.name for ring in rings for name in ring.nodes}
    by_owner: dict[tuple[str, str], list[Workload]] = {}
    for workload in cluster.workloads:
        member = trust.members[str(workload.id)]
        open_ends = _strays(workload, member.ring, ring_of) or not _is_done(workload, member, policy.nodes)
        if workload.by_hand and (member.ring or member.everywhere) and open_ends:
            by_owner.setdefault((workload.made_by or str(workload.id), member.ring), []).append(workload)
    return tuple(
        Statement(subject, _message(its, home, policy.nodes, ring_of), its[0].where, DisclosureCode.BY_HAND)
        for (subject, home), its in by_owner.items()
    )


def _strays(workload: Workload, home: str, ring_of: Mapping[str, str]) -> list[str]:
    return sorted(node for node in workload.running if home and ring_of.get(node, home) != home)


def _is_done(workload: Workload, member: Membership, nodes: PolicyNodes) -> bool:
    """Say whether the pods have all that a patch would give them."""
    pod = workload.template
    if member.everywhere:
        return ring_membership.everywhere_pod(pod, nodes) == pod
    return pod.node_selector.get(nodes.label_key) == member.ring and _enters(pod.tolerations, member.ring, nodes)


def _enters(tolerations: Sequence[Toleration], home: str, nodes: PolicyNodes) -> bool:
    return not tainttoleration.untolerated(tolerations, (ring_membership.ring_taint(home, nodes),))


def _message(its: Sequence[Workload], home: str, nodes: PolicyNodes, ring_of: Mapping[str, str]) -> str:
    first, several = its[0], f" and {len(its) - 1} more" if len(its) > 1 else ""
    who = f"makes {first.id}{several}, and {_UNPATCHED}" if first.made_by else _UNPATCHED
    if not home:
        return f"{who}: it is to run on nodes of every ring, and lacks what lets it: {_what_to_do(first, home, nodes)}"
    return "; ".join((f"{who}: of ring {home}{_where(its)}", *_going(its, home, ring_of), _what_to_do(first, home, nodes)))


def _where(its: Sequence[Workload]) -> str:
    on = sorted({node for workload in its if not workload.is_daemon for node in workload.running})
    return f", counted where it runs ({some(on)})" if on else ""


def _going(its: Sequence[Workload], home: str, ring_of: Mapping[str, str]) -> Iterator[str]:
    """Say where levels mix until somebody deletes pods: on nodes that are of another ring than they."""
    nodes = sorted({node for workload in its for node in _strays(workload, home, ring_of)})
    if nodes:
        where, how = some([f"{node} (ring {ring_of[node]})" for node in nodes]), _deletion(its, nodes)
        yield f"LEVELS MIX on {where} until its pods there are deleted, which neither a patch nor a taint does: {how}"


def _deletion(its: Sequence[Workload], nodes: Sequence[str]) -> str:
    pods = [workload for workload in its if workload.id.full_kind == "Pod" and set(nodes) & set(workload.running)]
    if pods:
        return some([f"kubectl -n {quote(pod.id.namespace)} delete pod {quote(pod.id.name)}" for pod in pods])
    return f"kubectl -n {quote(its[0].id.namespace)} delete pod, once it selects its ring"


def _what_to_do(workload: Workload, home: str, nodes: PolicyNodes) -> str:
    """Say how to give it what a patch would: by a command where its template can be patched, else in words."""
    key = nodes.label_key
    selects = f"nodeSelector {key}={home} and " if home else ""
    taint = (
        f"a toleration of {nodes.taint_key}={home}:NoSchedule" if home else f"a toleration of {nodes.taint_key} (operator Exists)"
    )
    if workload.made_by:
        return f"give its pods {selects}{taint} where it says what they are"
    if workload.id.kind in _RECREATED:
        return f"a {workload.id.kind} cannot be given {selects}{taint} while it exists: create it anew with these, or let it end"
    kind, name, space = workload.id.full_kind.lower(), quote(workload.id.name), quote(workload.id.namespace)
    return f"kubectl -n {space} patch {kind} {name} --type merge -p {quote(_patch(workload, home, nodes))}"


def _patch(workload: Workload, home: str, nodes: PolicyNodes) -> str:
    """Write a merge patch; lists are replaced by it, so the tolerations that are there are in it too."""
    pod, spec = workload.template, dict[str, Any]()
    if home:
        spec["nodeSelector"] = {nodes.label_key: home}
    wanted = {"key": nodes.taint_key, **({"operator": "Equal", "value": home} if home else {"operator": "Exists"})}
    if not (home and _enters(pod.tolerations, home, nodes)):
        spec["tolerations"] = [*_listed(workload.written.tolerations), {**wanted, "effect": "NoSchedule"}]
    tree: Any = spec
    for step in reversed(workload.spec_path.split(".")):
        tree = {step: tree}
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":"))


def _listed(written: Raw | None) -> list[Any]:
    entries = json.loads(written.json) if written else []
    return entries if isinstance(entries, list) else []
