"""What becomes of pods that are not in the input, like those of CoreDNS and of a provider's DaemonSets."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from models.answer.plan import IsolationPlan
from models.frozen_map import FrozenMap
from models.kubernetes.labels import Taint
from models.kubernetes.node import Node
from planner.paper import Paper
from planner.rules.ring_membership import ring_node
from planner.view.summary.front import summary
from tests.view import view_plans

DECIDE, RISK = "Decide first", "What may go wrong"
SAID = "Every node gets a taint: pods not in the input"
CONTROL = "node-role.kubernetes.io/control-plane"
GROUP = "eks.amazonaws.com/nodegroup"


def under(heading: str, plan: IsolationPlan) -> list[str]:
    """Return the lines of a section of the summary."""
    lines = summary(plan, Paper(400)).splitlines()
    if heading not in lines:
        return []
    rest = lines[lines.index(heading) + 1 :]
    return rest[: rest.index("")]


def nodes_of(plan: IsolationPlan, nodes: Iterable[Node]) -> IsolationPlan:
    return replace(plan, cluster=replace(plan.cluster, nodes=tuple(nodes)))


def beside(unschedulable: bool = False, taint: Taint | None = None, **labels: str) -> IsolationPlan:
    """Return the shop with one node more, which is in no ring."""
    shop, spare = view_plans.shop(), view_plans.node("spare")
    spare = replace(spare, unschedulable=unschedulable, taints=(taint,) if taint else (), labels=FrozenMap(labels))
    return nodes_of(shop, (*shop.cluster.nodes, spare))


def tainted() -> IsolationPlan:
    """Return the shop with the taints that its rings ask for in place."""
    shop = view_plans.shop()
    ring_of = {name: ring.name for ring in shop.rings for name in ring.nodes}
    return nodes_of(shop, (ring_node(node, ring_of[node.name], shop.policy.nodes) for node in shop.cluster.nodes))


def shop_with(*add_ons: str) -> IsolationPlan:
    return view_plans.with_add_ons(view_plans.shop(), *add_ons)


@pytest.mark.parametrize(
    ("plan", "heading", "example"),
    [
        pytest.param(view_plans.shop(), DECIDE, ", like CoreDNS,", id="every node is in a ring, and CoreDNS is not planned"),
        pytest.param(shop_with("metrics-server"), DECIDE, ", like CoreDNS,", id="metrics-server alone is planned"),
        pytest.param(shop_with("coredns"), RISK, ", like metrics-server,", id="CoreDNS is planned, and metrics-server is not"),
        pytest.param(shop_with("rke2-coredns-rke2-coredns", "rke2-metrics-server"), RISK, "", id="both are planned by RKE2"),
        pytest.param(shop_with("kube-dns", "metrics-server"), RISK, "", id="both are planned"),
        pytest.param(tainted(), RISK, ", like CoreDNS,", id="the taints are in place already"),
        pytest.param(beside(), "", "", id="a node is in no ring and gets no taint"),
        pytest.param(beside(unschedulable=True), DECIDE, ", like CoreDNS,", id="that node is cordoned"),
        pytest.param(beside(taint=Taint("gpu", "", "NoSchedule")), DECIDE, ", like CoreDNS,", id="that node has a taint"),
        pytest.param(beside(taint=Taint("gpu", "", "PreferNoSchedule")), "", "", id="that node has a taint that only prefers"),
        pytest.param(
            beside(taint=Taint(CONTROL, "", "NoSchedule"), **{CONTROL: ""}), "", "", id="that node is of the control plane"
        ),
        pytest.param(view_plans.infeasible_shop(), "", "", id="nothing is changed"),
    ],
)
def test_that_no_node_is_left_to_other_pods_is_a_decision_where_it_strands_coredns(plan, heading, example):
    said = {where: [line for line in under(where, plan) if SAID in line] for where in (DECIDE, RISK)}
    assert [where for where, lines in said.items() if lines] == ([heading] if heading else [])
    assert all(f"{SAID}{example} find no node." in line for lines in said.values() for line in lines)
    assert (DECIDE in summary(plan, Paper(400))) == (heading == DECIDE)


@pytest.mark.parametrize(
    ("group", "some"),
    [pytest.param("web", "one group", id="nodes are in groups"), pytest.param("", "some nodes", id="nodes stand alone")],
)
def test_it_is_said_what_to_do_before_the_taint(group, some):
    shop = view_plans.shop()
    labels = {GROUP: group} if group else {}
    (line,) = under(DECIDE, nodes_of(shop, (replace(n, labels=FrozenMap({**n.labels, **labels})) for n in shop.cluster.nodes)))
    assert line.endswith(f"Before apply.sh taint, put kube-system into the input, or keep {some} out.")


@pytest.mark.parametrize(
    ("key", "has_daemons", "daemons"),
    [
        pytest.param(GROUP, False, "on EKS aws-node and kube-proxy", id="EKS"),
        pytest.param("alpha.eksctl.io/nodegroup-name", False, "on EKS aws-node and kube-proxy", id="eksctl"),
        pytest.param("cloud.google.com/gke-nodepool", False, "on GKE fluentbit-gke and pdcsi-node", id="GKE"),
        pytest.param("kubernetes.azure.com/agentpool", False, "on AKS kube-proxy and cloud-node-manager", id="AKS"),
        pytest.param("kops.k8s.io/instancegroup", False, "", id="a provider of which that is not known"),
        pytest.param(GROUP, True, "", id="the input has a DaemonSet"),
    ],
)
def test_that_daemons_of_a_provider_are_not_counted_is_said(key, has_daemons, daemons):
    plan = view_plans.shop()
    work = tuple(workload for workload in plan.cluster.workloads if has_daemons or workload.id.kind != "DaemonSet")
    nodes = tuple(replace(node, labels=FrozenMap({**node.labels, key: "web"})) for node in plan.cluster.nodes)
    made = replace(plan, cluster=replace(plan.cluster, nodes=nodes, workloads=work), shared=())
    said = f"  - No DaemonSet is in the input; {daemons} run on every node: rings have less room than this says."
    assert [line for line in under(RISK, made) if "No DaemonSet" in line] == ([said] if daemons else [])
