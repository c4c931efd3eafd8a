"""One guide or reserve that is wrong per row, and the finding that it must raise; and such as are right."""

from dataclasses import replace

import pytest

from models.answer.plan import Guide, IsolationPlan, Reserve
from models.frozen_map import FrozenMap
from models.kubernetes.workload import WorkloadId
from planner.verify import verify
from tests.verify.breaks import Break, assert_rejected, both, work

INNER, RESTRICTED = "internal_untrusted.acme", "restricted"
GHOST = WorkloadId("Deployment", "nowhere", "ghost")
LOGS = WorkloadId("DaemonSet", "shop", "logs")
WEB = WorkloadId("Deployment", "shop", "web")
AGENT = WorkloadId("DaemonSet", "kube-system", "agent")
HOST = "kubernetes.io/hostname"


def guide(workload: WorkloadId, key: str, *values: str, required: bool = False, policy: str = "require") -> Break:
    """Lead a workload, as the policy allows."""
    made = Guide(workload, key, values, required)
    return lambda plan: replace(plan, guides=(made,), policy=replace(plan.policy, guide=policy))


def reserve(ring: str, workload: WorkloadId, pods: int = 1) -> Break:
    """Reserve room."""
    return lambda plan: replace(plan, reserves=(Reserve(ring, workload, pods),))


def hostnames(plan: IsolationPlan) -> IsolationPlan:
    """Label the nodes with their names, as kubelets do."""
    labelled = tuple(replace(one, labels=type(one.labels)({**one.labels, HOST: one.name})) for one in plan.cluster.nodes)
    return replace(plan, cluster=replace(plan.cluster, nodes=labelled))


def memberless(plan: IsolationPlan) -> IsolationPlan:
    """Take the membership of a workload away."""
    members = {name: one for name, one in plan.trust.members.items() if name != str(WEB)}
    return replace(plan, trust=replace(plan.trust, members=FrozenMap(members)))


def haunted(plan: IsolationPlan) -> IsolationPlan:
    """Give nobody a membership."""
    members = {**plan.trust.members, str(GHOST): plan.trust.members[str(WEB)]}
    return replace(plan, trust=replace(plan.trust, members=FrozenMap(members)))


BROKEN: list[tuple[str, Break, str]] = [
    ("a guide for nobody", guide(GHOST, "zone", "c"), "guide-untrue"),
    ("a guide for a DaemonSet of a ring", guide(LOGS, "zone", "c"), "guide-untrue"),
    ("a guide for a DaemonSet that runs everywhere", guide(AGENT, "zone", "c"), "guide-untrue"),
    ("a guide to no values", guide(WEB, "zone"), "guide-untrue"),
    ("a guide to no values for who has no pods", both(work(str(WEB), pods=0), guide(WEB, "zone")), "guide-untrue"),
    ("a guide by a label that no node has", guide(WEB, "disk", "ssd"), "guide-untrue"),
    ("a guide by a value that no node has", guide(WEB, "zone", "z"), "guide-untrue"),
    ("a guide to nodes of another ring", guide(WEB, "zone", "a", "b"), "guide-untrue"),
    ("a guide to a node of no ring", guide(WEB, "zone", "d"), "guide-untrue"),
    ("a guide to another ring by its label", guide(WEB, "x/ring", RESTRICTED), "guide-untrue"),
    ("a guide to the label that a node has today and loses", guide(WEB, "x/ring", "old"), "guide-untrue"),
    ("a guide for who belongs to no ring", both(memberless, guide(WEB, "zone", "c")), "guide-untrue"),
    ("a guide to single nodes", both(hostnames, guide(WEB, HOST, "c1", "c2")), "guide-untrue"),
    ("a required guide to single nodes", both(hostnames, guide(WEB, HOST, "c1", "c2", required=True)), "guide-untrue"),
    ("a guide where the policy wants none", guide(WEB, "zone", "c", policy="none"), "guide-untrue"),
    ("a required guide where the policy wants gentle ones", guide(WEB, "zone", "c", required=True, policy="prefer"),
     "guide-untrue"),
    ("a reserve for nobody", reserve(INNER, GHOST), "reserve-untrue"),
    ("a reserve for nobody who is said to be in the ring", both(haunted, reserve(INNER, GHOST)), "reserve-untrue"),
    ("a reserve in a ring that does not exist", reserve("ghosts", WEB), "reserve-untrue"),
    ("a reserve in another ring than the workload's", reserve(RESTRICTED, WEB), "reserve-untrue"),
    ("a reserve for who has no ring", reserve("", AGENT), "reserve-untrue"),
    ("a reserve for no pods", reserve(INNER, WEB, 0), "reserve-untrue"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_a_broken_plan_is_rejected(plan: IsolationPlan, change: Break, expected: str) -> None:
    assert_rejected(plan, change, expected)


RIGHT: list[tuple[str, Break]] = [
    ("a preferred guide to a kind of nodes", guide(WEB, "zone", "c")),
    ("a preferred guide where the policy wants gentle ones", guide(WEB, "zone", "c", policy="prefer")),
    ("a required guide to a kind of nodes", guide(WEB, "zone", "c", required=True)),
    ("a guide to a kind that the ring has and one that it has not", guide(WEB, "zone", "c", "z")),
    ("a guide by the label that the ring's nodes get", guide(WEB, "x/ring", INNER)),
    ("a guide of who has no pods", both(work("Deployment/pay/cache", pods=0), lambda plan: replace(
        plan, placements=tuple(one for one in plan.placements if one.workload.name != "cache")),
        guide(WorkloadId("Deployment", "pay", "cache"), "zone", "z"))),
    ("a reserve in the workload's ring", reserve(INNER, WEB, 3)),
]  # fmt: skip


@pytest.mark.parametrize("change", [row[1] for row in RIGHT], ids=[row[0] for row in RIGHT])
def test_what_leads_to_the_plan_holds(plan: IsolationPlan, change: Break) -> None:
    assert change(plan) != plan
    assert verify(change(plan)) == ()
