"""The inputs in a plan agree with themselves: what is said twice is the same, and every name is that of one thing."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from models.answer.finding import Finding, FindingCode
from models.answer.plan import IsolationPlan
from models.kubernetes.cluster import Cluster
from models.kubernetes.workload import Workload
from planner.verify.finding import error

AMOUNT = re.compile(r"[0-9]{1,9}%?", re.ASCII)
BY_THE_JOB = ("batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name", "controller-uid", "job-name")
STATEFUL, DAEMON, CRON_JOB = "StatefulSet", "DaemonSet", "CronJob"


def check(plan: IsolationPlan) -> Iterator[Finding]:
    """Yield what contradicts itself."""
    if plan.name != plan.policy.name:
        yield error(FindingCode.PLAN_NAME, plan.name, policy=plan.policy.name)
    yield from _twice(plan.cluster)
    yield from _keys(plan.cluster)
    yield from _budgets(plan.cluster)
    for workload in plan.cluster.workloads:
        yield from _contradictions(workload)


def _twice(cluster: Cluster) -> Iterator[Finding]:
    lists: dict[str, Iterable[object]] = {
        "workload": (workload.id for workload in cluster.workloads),
        "node": (node.name for node in cluster.nodes),
        "NodeShape": (shape.name for shape in cluster.shapes),
        "PodDisruptionBudget": (f"{budget.namespace}/{budget.name}" for budget in cluster.budgets),
        "static pod": (f"{resident.pod.namespace}/{resident.name} on {resident.node}" for resident in cluster.residents),
    }
    for kind, names in lists.items():
        for name, count in sorted(Counter(map(str, names)).items()):
            if count > 1:
                yield error(FindingCode.INPUT_TWICE, name, count=count, kind=kind)


def _keys(cluster: Cluster) -> Iterator[Finding]:
    pairs = (
        *((key, f"{claim.namespace}/{claim.name}") for key, claim in cluster.claims.items()),
        *((key, volume.name) for key, volume in cluster.volumes.items()),
        *((key, given.name) for key, given in cluster.storage_classes.items()),
        *((key, labels.get("kubernetes.io/metadata.name", key)) for key, labels in cluster.namespaces.items()),
    )
    for key, name in pairs:
        if key != name:
            yield error(FindingCode.INPUT_MISNAMED, key, name=name)


def _budgets(cluster: Cluster) -> Iterator[Finding]:
    """Yield the budgets that say of no number of pods, or of two, how many are to stay."""
    for budget in cluster.budgets:
        amounts = tuple(amount for amount in (budget.min_available, budget.max_unavailable) if amount)
        if len(amounts) > 1 or not all(AMOUNT.fullmatch(amount) for amount in amounts):
            name = f"PodDisruptionBudget/{budget.namespace}/{budget.name}"
            yield error(FindingCode.BUDGET_AMOUNT, name, amounts=amounts)


def _contradictions(workload: Workload) -> Iterator[Finding]:
    counts = (workload.pods, workload.surge, workload.later, workload.away, workload.start_ordinal)
    if min(counts) < 0 or workload.surge > workload.pods or workload.later > workload.steady:
        facts = {"surge": workload.surge, "later": workload.later, "pods": workload.pods, "away": workload.away}
        yield _contradiction(workload, "counts", **facts, first=workload.start_ordinal)
    if workload.is_daemon and (workload.pods or workload.counted):
        yield _contradiction(workload, "daemon", pods=workload.pods, counted=workload.counted)
    yield from _absent(workload)
    kind, stateful = workload.id.kind, bool(workload.claim_templates or workload.start_ordinal)
    if stateful and workload.id.full_kind != STATEFUL:
        yield _contradiction(workload, "ordinals", kind=kind)
    if workload.run_labels and workload.id.full_kind != CRON_JOB:
        yield _contradiction(workload, "jobs", kind=kind)


def _contradiction(workload: Workload, case: str, **facts: object) -> Finding:
    return error(FindingCode.WORKLOAD_CONTRADICTS, workload.id, case=case, **facts)


def _absent(workload: Workload) -> Iterator[Finding]:
    """Yield the paths of metadata and labels that are said not to be there, and are; the API server labels the pods of Jobs."""
    template = f"{workload.template_path}.metadata" if workload.template_path else "metadata"
    known = {"metadata": workload.labels, template: workload.template.labels, "spec.jobTemplate.metadata": workload.run_labels}
    for path in workload.absent:
        labels = known.get(path.removesuffix(".labels"))
        if labels is None or set(labels) - set(BY_THE_JOB):
            yield _contradiction(workload, "no place" if labels is None else "labels", path=path)
