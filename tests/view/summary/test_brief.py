"""The short summary: one screen, in the order in which people ask, and no name cut."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from models.answer.plan import GroupGrowth, IsolationPlan, NewGroup
from models.disclosure import DisclosureCode
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Statement
from models.kubernetes.labels import LabelSelector, Requirement, Taint
from models.trust import NodeGroups, PolicyNodes, TrustPolicy
from planner import pipeline
from planner.emit.nodes import membership
from planner.emit.patch import patches
from planner.paper import Paper
from planner.view.summary.answer import changes, disclosed, node_groups
from planner.view.summary.front import summary, summary_markdown
from tests.shop_that_buys import node, quiet, shape, workload, write
from tests.view import view_plans

SAMPLES = Path(__file__).resolve().parents[3] / "samples"
LEVELS = ["payments", "internal", "partner", "batch", "untrusted"]
TYPE, GROUP = "node.kubernetes.io/instance-type", "eks.amazonaws.com/nodegroup"


CONTROL = "node-role.kubernetes.io/control-plane"
SELECTS = LabelSelector(match_expressions=(Requirement(CONTROL, "Exists"),))


def sample(name: str) -> IsolationPlan:
    return pipeline.load(str(SAMPLES / name / "expected" / "plan.yaml"), None)


def claiming(name: str, level: str) -> dict[str, object]:
    """Write a StatefulSet whose volumes are of a class that nobody knows."""
    made = workload(name, level, "2", 3, kind="StatefulSet")
    template = {
        "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }
    return {**made, "spec": {**made["spec"], "serviceName": name, "volumeClaimTemplates": [template]}}


def large(level: int) -> list[dict[str, object]]:
    kind = LEVELS[level]
    plain = [workload(f"service-{level}-{at}", kind, "1500m", 6) for at in range(4)]
    return [*plain, *(claiming(f"store-{level}-{at}", kind) for at in range(2))]


@pytest.fixture(scope="module")
def fleet(tmp_path_factory) -> IsolationPlan:
    """Plan 60 nodes and 30 workloads of 5 levels."""
    nodes = [node(f"ip-10-0-{at}-17.eu-west-1.compute.internal", "8", f"eu-1{'abc'[at % 3]}") for at in range(60)]
    for at, one in enumerate(nodes):
        one["metadata"]["labels"] |= {
            TYPE: ("m6i.large", "m6i.xlarge")[at % 2],
            GROUP: f"{('general', 'burst')[at % 2]}-{at // 12}",
        }
    work = [each for level in range(5) for each in large(level)]
    inputs = write(tmp_path_factory.mktemp("fleet"), work, nodes, levels=LEVELS, everywhere=[])
    return pipeline.plan(inputs, quiet)


HEADINGS = ["Decide first", "What changes", "Nodes of each ring", "Load of each ring", "What it costs", "What may go wrong"]
NO = ["No place for", "What is short", "These cannot all be placed"]


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        pytest.param(lambda: sample("node-groups"), HEADINGS[1:], id="a yes that leaves nothing to decide"),
        pytest.param(lambda: sample("buying"), HEADINGS, id="nodes to buy are a decision"),
        pytest.param(view_plans.infeasible_shop, [*NO, *HEADINGS[2:]], id="a no says why before all, and changes nothing"),
    ],
)
def test_the_summary_answers_in_the_order_in_which_people_ask(plan, expected):
    lines = summary(plan(), Paper(200)).splitlines()
    found = [heading for line in lines for heading in (*HEADINGS, *NO) if line.startswith(heading)]
    assert found == expected
    assert ("No decision is open." in lines[:3]) == (expected == HEADINGS[1:])


@pytest.mark.parametrize("width", [80, 120])
def test_the_quickstart_fits_on_a_screen(width):
    plan, paper = sample("quickstart"), Paper(width, may_overhang=True)
    assert len(summary(view_plans.with_add_ons(plan, "coredns", "metrics-server"), paper).splitlines()) <= 45
    assert len(summary(plan, paper).splitlines()) <= 45, "with a decision on top"


@pytest.mark.parametrize("width", [80, 120])
def test_sixty_nodes_in_five_rings_fit_on_a_large_screen(fleet, width):
    assert len(fleet.rings) == 5
    lines = summary(view_plans.with_add_ons(fleet, "coredns"), Paper(width, may_overhang=True)).splitlines()
    assert "Decide first" not in lines
    assert len(lines) <= 70


def test_what_the_plan_is_not_sure_of_is_said_once_for_all_that_are_alike(fleet):
    text = summary(fleet, Paper(300))
    assert "10 workloads claim unknown storage classes: " in text
    assert "StatefulSet/shop/store-0-0, StatefulSet/shop/store-0-1, StatefulSet/shop/store-1-0 and 7 more" in text


@pytest.mark.parametrize("is_verbose", [False, True], ids=["in short", "in full"])
def test_no_name_is_cut_where_nobody_sees_how_wide_lines_are(fleet, is_verbose):
    narrow, wide = (summary(fleet, Paper(width, may_overhang=True), is_verbose) for width in (80, 2000))
    names = [one.name for one in fleet.cluster.nodes] + [str(one.id) for one in fleet.cluster.workloads]
    assert all(narrow.count(name) == wide.count(name) for name in names)


def test_solver_words_stand_in_the_full_summary_only(fleet):
    words = ("Goals, in their order", "\u2030", "Bound", "gap")
    assert not any(word in summary(fleet, Paper(120)) for word in words)
    assert "Goals, in their order" in summary(fleet, Paper(120), is_verbose=True)
    folded = summary_markdown(fleet)
    assert folded.index("<details><summary>Details") < folded.index("Goals, in their order") < folded.index("</details>")


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        pytest.param([{}], "1 node", id="no label"),
        pytest.param([{TYPE: "m6i.large"}] * 2, "2 m6i.large", id="an instance type"),
        pytest.param([{GROUP: "general"}] * 2, "general 2 nodes", id="a node group"),
        pytest.param([{GROUP: "general", TYPE: "m6i.large"}], "general 1 × m6i.large", id="both"),
        pytest.param([{"cloud.google.com/gke-nodepool": "web"}], "web 1 node", id="a pool of GKE"),
        pytest.param([{"kubernetes.azure.com/agentpool": "web"}], "web 1 node", id="a pool of AKS"),
        pytest.param([{"karpenter.sh/nodepool": "web"}], "web 1 node", id="a NodePool of Karpenter"),
        pytest.param([{GROUP: "web", TYPE: kind} for kind in "aab"], "web 2 × a, 1 × b", id="a group of two types"),
        pytest.param([{GROUP: "web", TYPE: "a"}, {TYPE: "a"}], "web 1 × a; 1 a", id="a group, and a node that stands alone"),
        pytest.param(
            [{GROUP: "web", TYPE: "a", node_groups.ZONE: f"eu-1{zone}"} for zone in "bac"],
            "web 3 × a in eu-1a b c",
            id="a group in zones of one region",
        ),
        pytest.param(
            [{GROUP: "web", TYPE: "a", node_groups.ZONE: f"eu-1{zone}"} for zone in "abcde"],
            "web 5 × a in 5 zones",
            id="a group in many zones",
        ),
        pytest.param(
            [{TYPE: "m6i.large", node_groups.ZONE: zone} for zone in ("eu-1a", "eu-1a", "eu-1b")],
            "2 m6i.large in eu-1a, 1 in eu-1b",
            id="zones",
        ),
        pytest.param([{TYPE: kind} for kind in "fedcba"], "1 a; 1 b; 1 c; 1 d; and 2 more kinds", id="many kinds"),
    ],
)
def test_nodes_are_told_by_group_instance_type_and_zone(labels, said):
    bare = view_plans.node("n", zone="")
    nodes = [replace(bare, labels=FrozenMap(each)) for each in labels]
    assert node_groups.described(nodes) == said


def grouped(key: str, groups: dict[str, str], **changes: object) -> IsolationPlan:
    """Return the shop with its nodes in groups, of which a label of this key tells."""
    plan = view_plans.shop()
    labelled = tuple(
        replace(one, labels=FrozenMap({**one.labels, key: groups[one.name]})) if one.name in groups else one
        for one in plan.cluster.nodes
    )
    return replace(plan, cluster=replace(plan.cluster, nodes=labelled), **changes)


def divided(verdict: str = "feasible", *news: NewGroup) -> IsolationPlan:
    """Return the shop with the new groups that are given."""
    groups = {f"node-{number}": "small" for number in (3, 4, 5)} | {"node-6": "web", "node-7": "web"}
    return grouped(GROUP, groups, verdict=verdict, new_groups=news)


FIRST = NewGroup("small-restricted", "small", GROUP, "restricted", ("node-3",))
SECOND = NewGroup("web-internal", "web", GROUP, "internal", ("node-6",))
ONE, TWO = "small-restricted of 1 of the 3 nodes of small", "web-internal of 1 of the 2 nodes of web"
THEN = "Then export the nodes and plan again."


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        pytest.param(view_plans.shop(), "", id="nodes without a group make no new one"),
        pytest.param(divided(), "", id="whole groups make no new one"),
        pytest.param(divided("feasible", FIRST), f"Make 1 new node group: {ONE}. {THEN}", id="one new group"),
        pytest.param(divided("feasible", FIRST, SECOND), f"Make 2 new node groups: {ONE}, {TWO}. {THEN}", id="two new groups"),
    ],
)
def test_a_new_node_group_is_a_decision(plan, said):
    lines = [line.strip() for line in summary(view_plans.with_add_ons(plan, "coredns"), Paper(300)).splitlines()]
    assert ([f"- {said}"] if said else []) == [line for line in lines if "new node group" in line]
    assert ("No decision is open." in lines) == (not said)


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        pytest.param(divided("infeasible", FIRST), f"with this new group: {ONE}", id="one new group"),
        pytest.param(divided("infeasible", FIRST, SECOND), f"with these 2 new groups: {ONE}, {TWO}", id="two new groups"),
    ],
)
def test_it_is_said_which_new_groups_would_do_where_whole_ones_do_not(plan, said):
    lines = summary(plan, Paper(300)).splitlines()
    assert lines[1] == f"It can be packed {said}. nodes.groups.split: allow in the policy plans it so."


@pytest.mark.parametrize(
    ("key", "then"),
    [(GROUP, "Then export the nodes and plan again."), ("karpenter.sh/nodepool", "Karpenter makes them as pods ask for them.")],
)
def test_growth_of_a_group_is_a_decision(key, then):
    growth = GroupGrowth("small", key, "restricted", 12, 15)
    lines = [line.strip() for line in summary(grouped(key, {}, growth=(growth,)), Paper(300)).splitlines()]
    assert f"- small grows from 12 to 15 nodes. {then}" in lines
    assert "No decision is open." not in lines


def test_it_is_said_which_label_tells_groups_and_which_will_tell_rings():
    plan = grouped(GROUP, {"node-1": "a", "node-2": "a"})
    said = f"Node groups are those of EKS (eks.amazonaws.com/nodegroup); the label of a ring is {KEY}."
    assert said in [line.strip() for line in summary(plan, Paper(300)).splitlines()]
    named = replace(plan, policy=replace(plan.policy, nodes=replace(plan.policy.nodes, groups=NodeGroups("zone"))))
    assert "Node groups" not in summary(named, Paper(300))


def test_names_stand_where_a_node_stands_alone():
    names = {f"node-{number}": "small" for number in range(1, 9)}
    assert "Names" not in summary(grouped(GROUP, names), Paper(300))
    del names["node-8"]
    text = summary(grouped(GROUP, names), Paper(300))
    assert "node-8" in text
    assert "node-7" not in text


@pytest.mark.parametrize(
    ("labels", "policy", "said"),
    [
        pytest.param({}, {}, [], id="nobody is left alone"),
        pytest.param(
            {CONTROL: ""}, {}, ["Left alone, as the control plane runs there: node-8."], id="a node of the control plane"
        ),
        pytest.param({CONTROL: ""}, {"include": SELECTS}, [], id="one that the policy includes"),
        pytest.param({CONTROL: ""}, {"exclude": SELECTS}, ["Left alone by nodes.exclude: node-8."], id="one that it excludes"),
    ],
)
def test_it_is_said_which_nodes_are_left_alone_and_why(labels, policy, said):
    plan = view_plans.shop()
    nodes = tuple(
        replace(each, labels=FrozenMap({**each.labels, **labels})) if each.name == "node-8" else each
        for each in plan.cluster.nodes
    )
    changed = replace(
        plan,
        cluster=replace(plan.cluster, nodes=nodes),
        policy=replace(plan.policy, nodes=replace(plan.policy.nodes, **policy)),
    )
    lines = [line.strip() for line in summary(changed, Paper(300)).splitlines()]
    assert [line for line in lines if line.startswith("Left alone")] == said


KEY, TAINT = TrustPolicy("shop", ()).nodes.label_key, TrustPolicy("shop", ()).nodes.taint_key


def in_place(labels: int, taints: int) -> IsolationPlan:
    """Return the shop of which so many nodes have their label, and so many their taint."""
    plan = view_plans.shop()
    ring_of = {name: ring.name for ring in plan.rings for name in ring.nodes}
    nodes = []
    for at, one in enumerate(plan.cluster.nodes):
        ring = ring_of[one.name]
        labelled = replace(one, labels=FrozenMap({**one.labels, KEY: ring})) if at < labels else one
        nodes.append(replace(labelled, taints=(Taint(TAINT, ring, "NoSchedule"),)) if at < taints else labelled)
    return replace(plan, cluster=replace(plan.cluster, nodes=tuple(nodes)))


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        pytest.param(in_place(0, 0), "8 nodes get the label and taint of a ring.", id="nodes have neither"),
        pytest.param(in_place(6, 6), "2 nodes get the label and taint of a ring.", id="some have both"),
        pytest.param(in_place(8, 0), "8 nodes get the taint of a ring; their labels are in place.", id="all have labels"),
        pytest.param(in_place(8, 7), "1 node gets the taint of a ring; its label is in place.", id="a taint is missing"),
        pytest.param(in_place(0, 8), "8 nodes get the label of a ring; their taints are in place.", id="all have taints"),
        pytest.param(in_place(3, 0), "8 nodes get the label of a ring (5 of them), or the taint (8).", id="some have labels"),
        pytest.param(in_place(8, 8), "No owned node gets another label or taint.", id="all have both"),
    ],
)
def test_nodes_are_said_to_get_what_they_lack(plan, said):
    assert next(changes.lines(plan)) == said


HOW = "To see which must move: kubectl get pods -A -o yaml > pods.yaml, then add --nodes pods.yaml."


def only(number: int, pods: int = 6, surge: int = 0) -> IsolationPlan:
    """Return the shop with so many of its workloads, each of so many pods, of which some are there in rollouts only."""
    plan = view_plans.shop()
    work = tuple(replace(one, pods=pods, surge=surge) for one in plan.cluster.workloads if one.id.name == "api")[:number]
    placed = tuple(replace(one, pods=pods) for one in plan.placements if one.workload.name == "api")
    return replace(plan, cluster=replace(plan.cluster, workloads=work), placements=placed)


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        pytest.param(only(0), "No pod restarts.", id="no workload is patched"),
        pytest.param(only(1, 1), f"About 1 pod restarts when patched. {HOW}", id="one pod"),
        pytest.param(only(1), f"About 6 pods restart when patched. {HOW}", id="all pods of a workload"),
        pytest.param(only(1, 6, 2), f"About 4 pods restart when patched. {HOW}", id="but those of rollouts"),
        pytest.param(view_plans.shop(), f"About 31 pods and 16 of DaemonSets restart when patched. {HOW}", id="of every ring"),
    ],
)
def test_how_many_pods_restart_is_estimated_where_nobody_told_which_run(plan, said):
    assert list(changes.lines(plan))[2] == said


@pytest.mark.parametrize("name", ["quickstart", "brownfield", "buying", "may-share", "node-groups", "sharing", "tenants"])
def test_no_more_pods_restart_than_are_placed(name):
    plan = sample(name)
    verdict, changed = summary(plan, Paper(200)).partition("\n")[0], changes.changes_of(plan)
    placed = re.search(r"([\d,]+) pods? placed", verdict)
    assert placed is None or changed.restarted <= int(placed[1].replace(",", ""))
    assert changed.everywhere <= sum(resident.nodes for resident in plan.shared)


def test_nodes_that_the_policy_leaves_alone_are_named():
    plan = view_plans.shop()
    left = PolicyNodes(exclude=LabelSelector(FrozenMap({"home": "system"})))
    nodes = (*plan.cluster.nodes, view_plans.node("spare", home="system"))
    text = summary(replace(plan, policy=replace(plan.policy, nodes=left), cluster=replace(plan.cluster, nodes=nodes)), Paper(200))
    assert "Left alone by nodes.exclude: spare." in text
    assert "Every node gets a taint" not in text


@pytest.mark.parametrize(
    ("packing", "verdict", "opening", "heading"),
    [
        pytest.param("", "feasible", "FEASIBLE shop: ", "## \u2705 shop: feasible", id="kube-scheduler was tried"),
        pytest.param(
            "exact",
            "feasible",
            "FEASIBLE AS A PACKING shop: ",
            "## \u26a0\ufe0f shop: feasible as a packing",
            id="a packing that kube-scheduler was not tried on",
        ),
        pytest.param("exact", "undecided", "UNDECIDED shop: ", "## \u2754 shop: undecided", id="a packing that is no plan"),
    ],
)
def test_a_packing_is_not_called_feasible_without_more(packing, verdict, opening, heading):
    plan = replace(view_plans.shop(), packing=packing, verdict=verdict)
    assert summary(plan).startswith(opening)
    assert summary_markdown(plan).splitlines()[0] == heading


def test_every_row_to_buy_is_shown(tmp_path):
    shapes = [shape(f"s{at}", "4", 1, zones=[f"z-{at}"], max=1) for at in range(10)]
    work = [workload("web", "restricted", "3", 10)]
    plan = pipeline.plan(write(tmp_path, work, shapes, everywhere=[]), quiet, exact=True)
    text = summary(plan, Paper(120))
    assert all(f" s{at} " in text for at in range(10))
    assert "more in the plan" not in text


@pytest.mark.parametrize("name", ["quickstart", "brownfield", "buying", "may-share", "sharing", "tenants"])
def test_what_is_said_to_change_is_what_the_patches_change(name):
    plan = sample(name)
    changed, files = changes.changes_of(plan), patches(plan)
    assert changed.nodes == len(membership.changes(plan))
    patched = [
        path
        for path, text in files.items()
        if path.startswith("workloads/")
        and not path.endswith(("kustomization.yaml", "anchors.yaml"))
        and "these are guards, and change nothing" not in text
    ]
    assert changed.workloads == len(patched)


def test_every_kind_of_statement_has_words():
    assert disclosed.untold() == set()


@pytest.mark.parametrize("code", DisclosureCode)
def test_each_kind_of_statement_is_a_line_at_most(code):
    said = list(
        disclosed.briefly([Statement("a", "x", code=code), Statement("b", "y", code=code), Statement("a", "z", code=code)])
    )
    assert len(said) <= 1
    assert all(len(line.split()) <= 25 for line in said)


@pytest.mark.parametrize(
    ("zones", "said"),
    [
        pytest.param({}, "", id="nodes without zones, and several of them"),
        pytest.param({"node-1": "z-a"}, "", id="one zone in all, and nodes without any"),
        pytest.param(dict(zip((f"node-{n}" for n in range(1, 9)), "abcabcab", strict=True)), "", id="rings in several zones"),
        pytest.param(
            dict(zip((f"node-{n}" for n in range(1, 9)), "aaabcbcb", strict=True)),
            "Ring restricted is in one zone (a); survive in the policy asks for more.",
            id="a ring in one zone",
        ),
    ],
)
def test_a_ring_in_a_single_zone_is_said_in_the_first_lines(zones, said):
    plan = view_plans.shop()
    labels = {node.name: FrozenMap({**node.labels, node_groups.ZONE: zones.get(node.name, "")}) for node in plan.cluster.nodes}
    nodes = tuple(replace(node, labels=labels[node.name]) for node in plan.cluster.nodes)
    lines = summary(replace(plan, cluster=replace(plan.cluster, nodes=nodes)), Paper(300)).splitlines()
    assert [line for line in lines[:4] if "one zone" in line] == ([said] if said else [])


def test_a_ring_of_a_single_node_is_said_in_the_first_lines():
    lines = summary(sample("tenants"), Paper(300)).splitlines()
    assert lines[1] == "Ring internal has one node (node-5); survive in the policy asks for more."
