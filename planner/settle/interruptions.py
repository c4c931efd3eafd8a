"""What a plan says of nodes that are drained, or die: budgets that let no pod go, and spread constraints that count empty nodes.

Source: pkg/scheduler/framework/plugins/podtopologyspread/common.go.
"""

from collections import Counter
from collections.abc import Iterator

from models.cluster import Cluster, DisruptionBudget, Statement
from models.pod import Pod
from models.workload import Workload
from planner.rules import disruption, podtopologyspread, selectors

NAMED = 3


def statements(cluster: Cluster) -> Iterator[Statement]:
    """Name the budgets that stop every drain, and the workloads whose spread counts nodes that are cordoned or dead."""
    for budget in cluster.budgets:
        said = _stops(budget, _protected(budget, cluster))
        if said:
            yield Statement(
                f"PodDisruptionBudget/{budget.namespace}/{budget.name}", f"{said}: a drain of their nodes does not end"
            )
    names = [str(workload.id) for workload in cluster.workloads if not workload.is_daemon and lingers(workload.template)]
    if names:
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        message = (
            f"{', '.join(names[:NAMED])}{more}: their DoNotSchedule constraints (nodeTaintsPolicy Ignore) count a node that is "
            "cordoned, or has died and is not yet deleted, as an empty place, so its pods may be pending until it is gone or back"
        )
        yield Statement("spread", message)


def _protected(budget: DisruptionBudget, cluster: Cluster) -> list[Workload]:
    mine = (workload for workload in cluster.workloads if workload.id.namespace == budget.namespace)
    return [workload for workload in mine if selectors.matches(budget.selector, workload.template.labels)]


def _stops(budget: DisruptionBudget, protected: list[Workload]) -> str:
    """Say why the budget lets no pod be evicted; empty where it lets some, or where there is none that a drain evicts."""
    evicted = [workload for workload in protected if not workload.is_daemon]
    for count, when in ((_steady, "even while all run"), (_first, "until autoscalers and schedules add pods")):
        expected = Counter({workload.id.kind: 1 for workload in protected if workload.is_daemon})
        for workload in evicted:
            expected[workload.id.kind] += count(workload)
        pods = sum(map(count, evicted))
        if pods and not disruption.allowed(budget, pods, expected):
            why = _uncounted(budget, disruption.uncountable(budget, expected))
            whom = "does not allow its only pod" if pods == 1 else f"allows none of its {pods} pods"
            return f"{why}{whom} to be evicted {when}"
    return ""


def _uncounted(budget: DisruptionBudget, kinds: list[str]) -> str:
    if not kinds:
        return ""
    amount = "maxUnavailable" if budget.max_unavailable else "a percentage"
    return f"its controller cannot count the pods of a {kinds[0]}, which has no scale, as {amount} needs; so it "


def _steady(workload: Workload) -> int:
    return workload.steady


def _first(workload: Workload) -> int:
    return workload.first


def lingers(pod: Pod) -> bool:
    """Say whether a hard constraint of the pod counts nodes whose taints it does not tolerate."""
    return any(one.node_taints_policy == "Ignore" for one in podtopologyspread.hard(pod))
