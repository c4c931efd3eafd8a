"""How sure it is that kube-scheduler finds room for all pods: the risk in a sentence, why there is one, and what would help."""

from collections.abc import Iterator, Mapping

from models.answer.grade import Grade, GradeKind, Remedy
from models.answer.plan import IsolationPlan, Lost, Outlook, RingPlan
from models.kubernetes.pod import SYSTEM_CRITICAL
from planner.view.format import count, listed
from planner.view.summary import cost

DAEMONS_LAST = "DaemonSets last"
MOST_NAMED, MOST_RINGS = 3, 3


def risk(plan: IsolationPlan, pods: int) -> str:
    """Say how many of so many pods may stay pending, whose, and when; empty where no pod does as far as is known."""
    if not plan.is_at_risk or plan.grade is None:
        return ""
    whose = f" ({_named(plan.grade.workloads)})" if plan.grade.failed else ""
    parts = [f"{_scenarios(plan.grade, pods)}{whose}"] if plan.grade.failed else []
    if losses := plan.losses_at_risk():
        parts.append(_after(max(losses, key=lambda loss: loss.most_pending)))
    return "; ".join(parts)


def _scenarios(grade: Grade, pods: int = 0) -> str:
    of = f"{grade.pending:,} of {count(pods, 'pod')}" if pods else count(grade.pending, "pod")
    stay = "stays" if grade.pending == 1 else "stay"
    return f"in {grade.failed:,} of {count(grade.scenarios, 'scenario')} up to {of} {stay} pending"


def _after(loss: Outlook) -> str:
    stay = "stays" if loss.most_pending == 1 else "stay"
    pods = count(loss.most_pending, "pod")
    return f"after the loss of {loss.of} {_greediest(loss).name} up to {pods} of ring {loss.ring} {stay} pending"


def _greediest(loss: Outlook) -> Lost:
    return max(loss.worst, key=lambda lost: sum(lost.left.values()) - sum(lost.tied.values()))


def _named(workloads: Mapping[str, int]) -> str:
    most_first = sorted(workloads, key=lambda name: (-workloads[name], name))
    return listed((f"{name} {workloads[name]:,}" for name in most_first), MOST_NAMED)


def told(plan: IsolationPlan, ring: RingPlan) -> str:
    """Say in a few words how sure a ring is; empty where that is not known."""
    grade = ring.grade
    if grade is None:
        return ""
    if grade.kind is GradeKind.PROVEN:
        return "proven: no pod pending in any order"
    if not grade.is_at_risk:
        return f"simulated: no pod pending in {count(grade.scenarios, 'scenario')}"
    parts = [_scenarios(grade)] if grade.failed else []
    return f"at risk: {'; '.join((*parts, *map(_after, plan.losses_at_risk(ring.name))))}"


def at_risk(plan: IsolationPlan) -> list[RingPlan]:
    """Return the rings at risk."""
    return [ring for ring in plan.rings if ring.grade and ring.grade.is_at_risk]


def why(plan: IsolationPlan) -> str:
    """Say in which order pods are left and what kube-scheduler says of them, ring by ring; empty where there is no risk."""
    if not plan.is_at_risk:
        return ""
    rings = [ring for ring in at_risk(plan) if ring.any_order and ring.any_order.is_stuck]
    lines = [_in_order(ring) for ring in rings[:MOST_RINGS]]
    lines += [f"And {count(len(rings) - MOST_RINGS, 'more ring', 'more rings')}."] if len(rings) > MOST_RINGS else []
    lines += [f"{_come_again(loss)}" for loss in plan.losses_at_risk()[:MOST_RINGS]]
    tried = "More room was tried" if plan.policy.guide == "none" else "Affinity hints and more room were tried"
    return " ".join((*lines, f"{tried}, and did not change that."))


def _in_order(ring: RingPlan) -> str:
    order = ring.any_order.order if ring.any_order else ""
    whose = f": {ring.because}" if ring.because else ""
    return f"kube-scheduler binds pods one by one, and leaves some of ring {ring.name} pending when they arrive {order}{whose}."


def _come_again(loss: Outlook) -> str:
    worst = _greediest(loss)
    return (
        f"Ring {loss.ring} can be packed without {loss.of} {worst.name}; kube-scheduler misses that when pods come {worst.order}."
    )


def remedies(plan: IsolationPlan) -> Iterator[str]:
    """Say what would help each ring at risk, as far as it was tried, and what a node of it costs."""
    for ring in at_risk(plan) if plan.is_at_risk else ():
        tried = [remedy for remedy in plan.remedies if remedy.ring == ring.name]
        yield from (_remedy(remedy) for remedy in tried)
        if not tried:
            yield f"Another node in ring {ring.name} may help, or nodes that are more alike."
        if meek := _meek(plan, ring):
            itself = "itself" if len(meek) == 1 else "themselves"
            yield f"Priority class system-node-critical would let {listed(meek, MOST_NAMED)} make room for {itself}."


def _remedy(remedy: Remedy) -> str:
    price = f" ({cost.money(remedy.price)} per hour)" if remedy.price else ""
    what = f"One more node like {remedy.node}{price} in" if remedy.node else f"guide: {remedy.guide} in the policy, for"
    come = f"leaves at most {count(remedy.pending, 'pod')} pending" if remedy.pending else "leaves no pod pending"
    worst = "the worst scenario" if remedy.scenarios == 1 else f"the {remedy.scenarios} worst scenarios"
    return f"{what} ring {remedy.ring} {come} in {worst}."


def _meek(plan: IsolationPlan, ring: RingPlan) -> list[str]:
    """Name the DaemonSets whose pods wait for room on a ring's nodes where they come last, if a system's class would make it."""
    if not (ring.any_order and ring.any_order.is_stuck and ring.any_order.order.startswith(DAEMONS_LAST) and ring.because):
        return []
    daemons = (workload for workload in plan.cluster.workloads if workload.is_daemon)
    return sorted(
        {left.workload for left in ring.because.pending}.intersection(
            str(daemon.id) for daemon in daemons if daemon.template.priority < SYSTEM_CRITICAL
        )
    )
