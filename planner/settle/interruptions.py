"""What a plan says of nodes that are drained, or die: budgets that let no pod go, and spread constraints that count empty nodes.

Source: pkg/controller/disruption/disruption.go getExpectedPodCount, pkg/scheduler/framework/plugins/podtopologyspread/common.go.
"""

from collections.abc import Iterator

from models.cluster import Cluster, DisruptionBudget, Statement
from models.pod import Pod
from planner.rules import podtopologyspread, selectors

NAMED = 3


def statements(cluster: Cluster) -> Iterator[Statement]:
    """Name the budgets that stop every drain, and the workloads whose spread counts nodes that are cordoned or dead."""
    for budget in cluster.budgets:
        pods = expected(budget, cluster)
        if pods and allowed(budget, pods) <= 0:
            message = f"allows none of its {pods} pods to be evicted even while all run: a drain of their nodes does not end"
            yield Statement(f"PodDisruptionBudget/{budget.namespace}/{budget.name}", message)
    names = [str(workload.id) for workload in cluster.workloads if not workload.is_daemon and lingers(workload.template)]
    if names:
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        message = (
            f"{', '.join(names[:NAMED])}{more}: their DoNotSchedule constraints (nodeTaintsPolicy Ignore) count a node that is "
            "cordoned, or has died and is not yet deleted, as an empty place, so its pods may be pending until it is gone or back"
        )
        yield Statement("spread", message)


def expected(budget: DisruptionBudget, cluster: Cluster) -> int:
    """Count the pods that the budget's controllers keep."""
    chosen = (
        workload
        for workload in cluster.workloads
        if workload.id.namespace == budget.namespace and selectors.matches(budget.selector, workload.template.labels)
    )
    return sum(workload.steady for workload in chosen if not workload.is_daemon)


def allowed(budget: DisruptionBudget, pods: int) -> int:
    """Say how many of so many pods may be away at once."""
    if budget.max_unavailable:
        return _amount(budget.max_unavailable, pods)
    return pods - _amount(budget.min_available, pods) if budget.min_available else pods


def _amount(written: str, of: int) -> int:
    """Read "3" or "50%", rounded up."""
    return -(-int(written[:-1]) * of // 100) if written.endswith("%") else int(written)


def lingers(pod: Pod) -> bool:
    """Say whether a hard constraint of the pod counts nodes whose taints it does not tolerate."""
    return any(one.node_taints_policy == "Ignore" for one in podtopologyspread.hard(pod))
