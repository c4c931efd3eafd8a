"""What patches are written from, held against what the plan is judged by."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from models.answer.finding import ERROR, Finding, FindingCode

if TYPE_CHECKING:
    from models.answer.plan import IsolationPlan
    from models.kubernetes.labels import Labels
    from models.kubernetes.workload import Added, Workload, Written

PLACEMENT = (
    "node_selector",
    "tolerations",
    "node_affinity",
    "pod_affinity",
    "pod_anti_affinity",
    "topology_spread_constraints",
    "preferred_node_affinity",
    "preferred_pod_affinity",
    "preferred_pod_anti_affinity",
)
"""Where a pod may run, and would rather run, as its template has it."""


def patch_input_findings(plan: "IsolationPlan") -> Iterator[Finding]:
    """Yield an error for each workload of which something else is written than the plan takes it for."""
    from planner.read import read_again, why_misnamed

    known: dict[tuple[Written, Added, str, Labels], tuple[tuple[object, ...], str]] = {}
    has_manifests = any(not workload.stored for workload in plan.cluster.workloads)
    for workload in plan.cluster.workloads:
        if workload.by_hand and not workload.stored:
            yield _error(FindingCode.WRITTEN_ELSEWHERE, workload, "manifest")
        if workload.stored and has_manifests and not workload.by_hand:
            yield _error(FindingCode.WRITTEN_ELSEWHERE, workload, "no manifest")
        if wrong := why_misnamed(workload, plan.policy):
            yield _error(FindingCode.WRITTEN_ELSEWHERE, workload, "misnamed", wrong=wrong)
        if workload.template.namespace != workload.id.namespace:
            yield _error(FindingCode.WRITTEN_ELSEWHERE, workload, "namespace", namespace=workload.template.namespace)
        first = workload.written.init_containers
        if first is not None and (first.json != "[]" or workload.template.init_containers):
            yield _error(FindingCode.WRITTEN_OTHERWISE, workload, "init containers", written=first.json)
        key = (workload.written, workload.added, workload.template.namespace, workload.template.labels)
        if key not in known:
            pod, faults = read_again(*key)
            known[key] = tuple(getattr(pod, name) for name in PLACEMENT), "; ".join(map(str, faults))
        yield from _differences(workload, *known[key])


def _differences(workload: "Workload", values: tuple[object, ...], faults: str) -> Iterator[Finding]:
    if faults:
        yield _error(FindingCode.WRITTEN_OTHERWISE, workload, "unwritable", faults=faults)
    for name, value in zip(PLACEMENT, values, strict=True):
        if getattr(workload.template, name) != value:
            yield _error(FindingCode.WRITTEN_OTHERWISE, workload, "field", field=name)


def _error(code: FindingCode, workload: "Workload", case: str, **facts: str) -> Finding:
    return Finding.of(code, ERROR, workload.id, workload.where, case=case, **facts)
