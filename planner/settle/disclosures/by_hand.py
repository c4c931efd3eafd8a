"""What only the running cluster has, and no manifest: nothing patches it, so the plan says what somebody has to do about it.

Such pods are counted where they run, and their nodes keep to their ring; where that allows no plan it says which have to go.
"""

import json
from collections.abc import Mapping, Sequence
from shlex import quote
from typing import Any

from models.answer.plan import RingPlan
from models.disclosure import Disclosure, DisclosureCode, Parameter
from models.field_path import Step, steps_of
from models.kubernetes.cluster import Cluster, Statement
from models.kubernetes.labels import Toleration
from models.kubernetes.workload import Raw, Workload
from models.trust import Membership, PolicyNodes, Trust, TrustPolicy
from planner.rules import ring_membership
from planner.rules.plugins import tainttoleration
from planner.wording.disclosures import all_said

# No API server lets their pods' spec change.
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
    return all_said(
        Disclosure.of(DisclosureCode.BY_HAND, subject, its[0].where, **_named(its, home, policy.nodes, ring_of))
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


def _named(its: Sequence[Workload], home: str, nodes: PolicyNodes, ring_of: Mapping[str, str]) -> dict[str, Parameter]:
    """Return what is said of all that one owner makes: who, where, what mixes there, and what to do about it."""
    first, is_recreated = its[0], its[0].id.kind in _RECREATED
    mixed = sorted({node for workload in its for node in _strays(workload, home, ring_of)})
    pods = _pods_to_delete(its, mixed)
    return {
        "made_by": first.made_by,
        "first": str(first.id),
        "more": len(its) - 1,
        "ring": home,
        "on": tuple(sorted({node for workload in its if not workload.is_daemon for node in workload.running})),
        "mixed": tuple(f"{node} (ring {ring_of[node]})" for node in mixed),
        "deletions": pods or (f"kubectl -n {quote(first.id.namespace)} delete pod",),
        "are_named": bool(pods),
        "key": nodes.label_key,
        "taint": nodes.taint_key,
        "kind": first.id.kind,
        "is_recreated": is_recreated,
        "command": "" if first.made_by or is_recreated else _patch_command(first, home, nodes),
    }


def _pods_to_delete(its: Sequence[Workload], nodes: Sequence[str]) -> tuple[str, ...]:
    """Return commands that delete what is a Pod by itself on these nodes."""
    pods = [workload for workload in its if workload.id.full_kind == "Pod" and set(nodes) & set(workload.running)]
    return tuple(f"kubectl -n {quote(pod.id.namespace)} delete pod {quote(pod.id.name)}" for pod in pods)


def _patch_command(workload: Workload, home: str, nodes: PolicyNodes) -> str:
    """Return the command that gives a template what a patch would."""
    kind, name, space = workload.id.full_kind.lower(), quote(workload.id.name), quote(workload.id.namespace)
    steps, spec = steps_of(workload.spec_path), _new_fields(workload, home, nodes)
    # A merge patch replaces a list as a whole, so it cannot reach a template that stands in one.
    is_listed = any(isinstance(step, int) for step in steps)
    style, patch = ("json", _json_patch(workload, steps, spec)) if is_listed else ("merge", _merge_patch(steps, spec))
    written = json.dumps(patch, ensure_ascii=False, separators=(",", ":"))
    return f"kubectl -n {space} patch {kind} {name} --type {style} -p {quote(written)}"


def _new_fields(workload: Workload, home: str, nodes: PolicyNodes) -> dict[str, Any]:
    """Return what its pod spec lacks; a patch replaces lists, so the tolerations that are there are among them."""
    pod, spec = workload.template, dict[str, Any]()
    if home:
        spec["nodeSelector"] = {nodes.label_key: home}
    wanted = {"key": nodes.taint_key, **({"operator": "Equal", "value": home} if home else {"operator": "Exists"})}
    if not (home and _enters(pod.tolerations, home, nodes)):
        # Without an effect, as in the patches: it holds for NoExecute as well, which the stage of eviction adds.
        spec["tolerations"] = [*_listed(workload.written.tolerations), wanted]
    return spec


def _merge_patch(steps: Sequence[Step], spec: dict[str, Any]) -> Any:
    tree: Any = spec
    for step in reversed(steps):
        tree = {step: tree}
    return tree


def _json_patch(workload: Workload, steps: Sequence[Step], spec: dict[str, Any]) -> list[dict[str, Any]]:
    """Add the fields whole, with what the node selector holds already: to add a key to one that is not there is refused."""
    path = "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)
    selector = {**workload.template.node_selector, **spec.get("nodeSelector", {})}
    fields = {**spec, **({"nodeSelector": selector} if "nodeSelector" in spec else {})}
    return [{"op": "add", "path": f"{path}/{name}", "value": value} for name, value in fields.items()]


def _listed(written: Raw | None) -> list[Any]:
    entries = json.loads(written.json) if written else []
    return entries if isinstance(entries, list) else []
