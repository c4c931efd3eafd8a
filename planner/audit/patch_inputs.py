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
WHY = "The patches change what is written, where it is said to be; what the plan proves is of the template."
FIX = "make the plan again with: ringfence plan"


def patch_input_findings(plan: "IsolationPlan") -> Iterator[Finding]:
    """Yield an error for each workload of which something else is written than the plan takes it for."""
    from planner.read import read_again, why_misnamed

    known: dict[tuple[Written, Added, str, Labels], tuple[tuple[object, ...], str]] = {}
    has_manifests = any(not workload.stored for workload in plan.cluster.workloads)
    for workload in plan.cluster.workloads:
        if workload.by_hand and not workload.stored:
            yield _error(FindingCode.WRITTEN_ELSEWHERE, workload, "is left to hands, and a manifest gives it")
        if workload.stored and has_manifests and not workload.by_hand:
            yield _error(
                FindingCode.WRITTEN_ELSEWHERE, workload, "is not left to hands, and no manifest of those that are there gives it"
            )
        if wrong := why_misnamed(workload, plan.policy):
            yield _error(FindingCode.WRITTEN_ELSEWHERE, workload, wrong)
        if workload.template.namespace != workload.id.namespace:
            yield _error(FindingCode.WRITTEN_ELSEWHERE, workload, f"has pods in namespace {workload.template.namespace!r}")
        first = workload.written.init_containers
        if first is not None and (first.json != "[]" or workload.template.init_containers):
            yield _error(FindingCode.WRITTEN_OTHERWISE, workload, f"has init containers that are written as {first.json}")
        key = (workload.written, workload.added, workload.template.namespace, workload.template.labels)
        if key not in known:
            pod, faults = read_again(*key)
            known[key] = tuple(getattr(pod, name) for name in PLACEMENT), "; ".join(map(str, faults))
        yield from _differences(workload, *known[key])


def _differences(workload: "Workload", values: tuple[object, ...], faults: str) -> Iterator[Finding]:
    if faults:
        yield _error(FindingCode.WRITTEN_OTHERWISE, workload, f"cannot be written so: {faults}")
    for name, value in zip(PLACEMENT, values, strict=True):
        if getattr(workload.template, name) != value:
            yield _error(FindingCode.WRITTEN_OTHERWISE, workload, f"has another {name.replace('_', ' ')} than is written")


def _error(check: FindingCode, workload: "Workload", message: str) -> Finding:
    return Finding(check, ERROR, str(workload.id), message, WHY, FIX, workload.where)
