"""What a plan says of nodes that are drained, or die: budgets that let no pod go, and spread constraints that count empty nodes.

Source: pkg/scheduler/framework/plugins/podtopologyspread/common.go.
"""

from collections import Counter
from collections.abc import Iterator

from models.disclosure import Disclosure, DisclosureCode, Parameter
from models.kubernetes.cluster import Cluster, DisruptionBudget
from models.kubernetes.pod import Pod
from models.kubernetes.workload import Workload
from planner.rules import disruption, selectors
from planner.rules.plugins import interpodaffinity, podtopologyspread


def statements(cluster: Cluster) -> Iterator[Disclosure]:
    """Name the budgets that stop every drain, and the workloads whose spread counts nodes that are cordoned or dead."""
    stopping = {
        budget: (why, protected)
        for budget in cluster.budgets
        if (why := _stops(budget, protected := _protected(budget, cluster)))
    }
    staying = {workload.id for _, protected in stopping.values() for workload in protected}
    for budget, (why, protected) in stopping.items():
        near = tuple(
            str(workload.id)
            for workload in cluster.workloads
            if workload.id not in staying and _keeps_near(workload, protected, cluster)
        )
        subject = f"PodDisruptionBudget/{budget.namespace}/{budget.name}"
        yield Disclosure.of(DisclosureCode.DRAIN_BLOCKED, subject, near=near, **why)
    names = [str(workload.id) for workload in cluster.workloads if not workload.is_daemon and lingers(workload.template)]
    if names:
        yield Disclosure.of(DisclosureCode.SPREAD_COUNTS_LOST_NODES, "spread", workloads=tuple(names))


def _protected(budget: DisruptionBudget, cluster: Cluster) -> list[Workload]:
    mine = (workload for workload in cluster.workloads if workload.id.namespace == budget.namespace)
    return [workload for workload in mine if selectors.matches(budget.selector, workload.template.labels)]


def _keeps_near(workload: Workload, others: list[Workload], cluster: Cluster) -> bool:
    """Say whether its pods, which a drain evicts, must be near those of any of the others."""
    pod = workload.template
    return not workload.is_daemon and any(
        interpodaffinity.selects_all(pod.pod_affinity, pod, other.template, cluster) for other in others
    )


def _stops(budget: DisruptionBudget, protected: list[Workload]) -> dict[str, Parameter]:
    """Return why the budget lets no pod be evicted; empty where it lets some, or where there is none that a drain evicts."""
    evicted = [workload for workload in protected if not workload.is_daemon]
    for count, when in ((_steady, "even while all run"), (_first, "until autoscalers and schedules add pods")):
        # Not for their number: with maxUnavailable or a percentage a budget fails at a DaemonSet, and lets nobody go.
        expected = Counter({workload.id.kind: 1 for workload in protected if workload.is_daemon})
        for workload in evicted:
            expected[workload.id.kind] += count(workload)
        pods = sum(map(count, evicted))
        if pods and not disruption.allowed(budget, pods, expected):
            kinds = disruption.uncountable(budget, expected)
            amount = "maxUnavailable" if budget.max_unavailable else "a percentage"
            return {"kind": kinds[0] if kinds else "", "amount": amount, "pods": pods, "when": when}
    return {}


def _steady(workload: Workload) -> int:
    return workload.steady


def _first(workload: Workload) -> int:
    return workload.first


def lingers(pod: Pod) -> bool:
    """Say whether a hard constraint of the pod counts nodes whose taints it does not tolerate."""
    return any(constraint.node_taints_policy == "Ignore" for constraint in podtopologyspread.hard(pod))
