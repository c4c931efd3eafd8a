"""Ways to break a plan, of which the tables of what `verify` must find are made."""

from collections.abc import Callable
from dataclasses import replace

from models.answer.plan import IsolationPlan
from models.frozen_map import FrozenMap
from models.kubernetes.workload import Workload
from planner.verify import verify

Break = Callable[[IsolationPlan], IsolationPlan]


def place(name: str, on: dict[str, int] | None = None, **fields: object) -> Break:
    """Change a placement; its sum follows where only the nodes are given."""
    if on is not None:
        fields |= {"on": FrozenMap(on), "pods": fields.get("pods", sum(on.values()))}

    def change(plan: IsolationPlan) -> IsolationPlan:
        changed = (replace(p, **fields) if str(p.workload) == name else p for p in plan.placements)
        return replace(plan, placements=tuple(changed))

    return change


def work(name: str, **fields: object) -> Break:
    """Change a workload, or its pod template for fields that only a pod has."""

    def changed(one: Workload) -> Workload:
        own = {key: value for key, value in fields.items() if key in Workload.__slots__}
        pod = {key: value for key, value in fields.items() if key not in own}
        return replace(one, template=replace(one.template, **pod), **own)

    def change(plan: IsolationPlan) -> IsolationPlan:
        found = tuple(changed(one) if str(one.id) == name else one for one in plan.cluster.workloads)
        return replace(plan, cluster=replace(plan.cluster, workloads=found))

    return change


def nodes(name: str, **fields: object) -> Break:
    """Change a node of the cluster."""

    def change(plan: IsolationPlan) -> IsolationPlan:
        found = tuple(replace(one, **fields) if one.name == name else one for one in plan.cluster.nodes)
        return replace(plan, cluster=replace(plan.cluster, nodes=found))

    return change


def both(*changes: Break) -> Break:
    """Break in several places what only together is one way."""

    def change(plan: IsolationPlan) -> IsolationPlan:
        for one in changes:
            plan = one(plan)
        return plan

    return change


def assert_rejected(plan: IsolationPlan, change: Break, expected: str) -> None:
    """Insist that `verify` finds what is wrong with a plan that was changed."""
    broken = change(plan)
    assert broken != plan
    assert expected in {finding.code for finding in verify(broken) if finding.severity == "error"}
