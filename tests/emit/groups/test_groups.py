"""Each provider gets label and taint in its own spelling, and new groups whole."""

import re
import subprocess
from dataclasses import replace
from itertools import pairwise

import pytest
import yaml

from models.answer.plan import IsolationPlan, NewGroup
from models.kubernetes.labels import LabelSelector, Requirement, Taint
from models.kubernetes.node_group import CLUSTER_API, OPENSHIFT
from models.trust import Admission, NodeGroups
from planner.emit.patch import patches
from planner.emit.stages.folders import staged
from planner.handover import readme
from tests.emit.emit_plans import LABEL, RING, TAINT, node, plan
from tests.view.view_plans import with_add_ons

EKS, GKE, AKS, KARPENTER = (
    "eks.amazonaws.com/nodegroup",
    "cloud.google.com/gke-nodepool",
    "kubernetes.azure.com/agentpool",
    "karpenter.sh/nodepool",
)
GPU = Taint("nvidia.com/gpu", "yes", "NoExecute")
PASSING = Taint("node.kubernetes.io/unreachable", "", "NoSchedule")
WHERE = {"node.kubernetes.io/instance-type": "m5.large", "topology.kubernetes.io/region": "eu-1"}


def grouped(key: str, annotated: str = "", split: bool = False) -> IsolationPlan:
    """Return a plan of four nodes of a group in one ring; where it is split, of two of them a new group in another is made."""
    labels = {**WHERE, **({key: "web"} if key else {})}
    zones = dict(zip("abcd", "xyxy", strict=True))
    nodes = tuple(
        replace(node(name, None, GPU, *([PASSING] if name == "a" else []), **labels), made_by=annotated) for name in zones
    )
    nodes = tuple(
        replace(each, labels=type(each.labels)({**each.labels, "topology.kubernetes.io/zone": f"eu-1{zones[each.name]}"}))
        for each in nodes
    )
    rings = {RING: ("a", "b"), "internal": ("c", "d")} if split else {RING: ("a", "b", "c", "d")}
    new = (NewGroup(f"web-{RING}", "web", key, RING, ("a", "b")),) if split else ()
    return replace(plan([], nodes=nodes, ring_nodes=rings), new_groups=new)


def documents(files: dict[str, str], name: str) -> list[dict]:
    return list(yaml.safe_load_all(files[f"groups/{name}"]))


CORE = [
    {"key": "nvidia.com/gpu", "value": "yes", "effect": "NoExecute"},
    {"key": TAINT, "value": RING, "effect": "NoSchedule"},
]
UPPER = [{**CORE[0], "effect": "NO_EXECUTE"}, {**CORE[1], "effect": "NO_SCHEDULE"}]
SPELLED = ["nvidia.com/gpu=yes:NoExecute", f"{TAINT}={RING}:NoSchedule"]


@pytest.mark.parametrize(
    ("key", "annotated", "name", "path", "labels", "taints"),
    [
        (EKS, "", "eksctl.yaml", "managedNodeGroups.0", "labels", {"taints": CORE}),
        ("alpha.eksctl.io/nodegroup-name", "", "eksctl.yaml", "nodeGroups.0", "labels", {"taints": CORE}),
        (GKE, "", "gke.yaml", "spec.nodeConfig", "labels", {"taint": UPPER}),
        (AKS, "", "aks.yaml", "spec", "nodeLabels", {"nodeTaints": SPELLED}),
        (KARPENTER, "", "karpenter.yaml", "spec.template.metadata", "labels", {}),
        (KARPENTER, "", "karpenter.yaml", "spec.template.spec", "", {"taints": CORE}),
        ("kops.k8s.io/instancegroup", "", "kops.yaml", "spec", "nodeLabels", {"taints": SPELLED}),
        ("", f"web {CLUSTER_API}", "cluster-api.yaml", "spec.template.metadata", "labels", {}),
        ("", f"web {OPENSHIFT}", "openshift.yaml", "spec.template.spec", "", {"taints": CORE}),
    ],
)
def test_label_and_taint_stand_where_the_provider_reads_them(key, annotated, name, path, labels, taints):
    (document,) = documents(patches(grouped(key, annotated)), name)
    part = document
    for step in path.split("."):
        part = part[int(step)] if step.isdecimal() else part[step]
    assert not labels or part[labels] == {LABEL: RING}
    assert {field: part[field] for field in taints} == taints


def test_a_taint_that_passes_with_a_condition_is_not_made_to_last():
    assert not any("unreachable" in text for path, text in patches(grouped(EKS)).items() if path.startswith("groups/"))


@pytest.mark.parametrize("key", [EKS, GKE, AKS])
def test_terraform_has_the_equals_signs_of_neighbours_in_one_column(key):
    (text,) = [text for path, text in patches(grouped(key, split=True)).items() if path.endswith(".tf")]
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    for one, other in pairwise(lines):
        columns = [re.search(r" = (?!\{)", line) for line in (one, other)]
        if all(columns):
            assert columns[0].start() == columns[1].start(), (one, other)
    assert text.count("{") == text.count("}")
    assert not any(line.endswith(" ") or "\t" in line for line in lines)


def test_what_stands_in_a_name_begins_no_template_of_terraform():
    made = grouped(EKS)
    odd = tuple(replace(each, labels=type(each.labels)({**each.labels, EKS: 'a"${b}'})) for each in made.cluster.nodes)
    text = patches(replace(made, cluster=replace(made.cluster, nodes=odd)))["groups/eks.tf"]
    assert r'"a\"$${b}" = {' in text


@pytest.mark.parametrize(
    ("key", "name", "wanted"),
    [
        (EKS, "eksctl.yaml", {"name": f"web-{RING}", "instanceTypes": ["m5.large"], "desiredCapacity": 2}),
        (GKE, "gke.yaml", {"nodeCount": 1, "nodeLocations": ["eu-1x", "eu-1y"]}),
        (AKS, "aks.yaml", {"azureName": "webrestrrest", "count": 2, "vmSize": "m5.large"}),
        (KARPENTER, "karpenter.yaml", {"limits": {"nodes": "2"}}),
    ],
)
def test_a_new_group_is_written_whole_and_the_old_one_has_to_wait(key, name, wanted):
    files = patches(grouped(key, split=True))
    made = documents(files, name)
    (part,) = made[0]["managedNodeGroups"] if name == "eksctl.yaml" else [each["spec"] for each in made]
    assert wanted.items() <= part.items()
    assert f"# New: web-{RING}, with 2 nodes that web then has no more." in files[f"groups/{name}"].splitlines()


@pytest.mark.parametrize("key", [EKS, GKE, AKS, KARPENTER, "shop.example/pool"])
@pytest.mark.parametrize("stages", [False, True])
def test_until_a_new_group_is_there_nothing_gives_a_node_a_ring(key, stages):
    """A selector of the old group, like its provider's label, would reach the nodes that are to be of another ring."""
    divided = grouped(key, split=True)
    divided = replace(divided, policy=replace(divided.policy, nodes=replace(divided.policy.nodes, groups=NodeGroups(key))))
    files = staged(divided) if stages else patches(divided)
    steps = {path: text for path, text in files.items() if path.endswith("apply.sh")}
    assert len(steps) == (5 if stages else 1)
    for path, text in steps.items():
        done = subprocess.run(["sh"], input=text, capture_output=True, text=True, check=False, env={"KUBECTL": "echo"})
        assert (done.returncode, done.stdout) == (1, ""), path
        assert f"make node group web-{RING} for ring {RING}, with 2 nodes like those of web" in done.stderr
    assert not [path for path, text in files.items() if "groups/" in path and "internal" in text]


@pytest.mark.parametrize("stages", [False, True])
def test_the_guide_begins_with_the_new_group_and_names_no_step_beyond_the_next_plan(stages):
    text = readme(grouped(EKS, split=True), stages)
    numbered = [line for line in text.splitlines() if re.match(r"\d\. ", line)]
    assert numbered[:3] == [
        f"1. Make node group web-{RING} for ring {RING}, with 2 nodes like those of web",
        "2. Drain and remove 2 nodes of web",
        "3. Export the nodes and plan again: the steps that give nodes and workloads their ring come with that plan",
    ]
    assert text.index("## First") < text.index("## The rings")
    assert not [line for line in numbered if "apply" in line]


TERRAFORM = {EKS: "eks.tf", GKE: "gke.tf", AKS: "aks.tf"}
MERGED = {
    **{EKS: ("eksctl.yaml", ""), GKE: ("gke.yaml", ""), AKS: ("aks.yaml", ""), KARPENTER: ("karpenter.yaml", "")},
    "kops.k8s.io/instancegroup": ("kops.yaml", ""),
    **{CLUSTER_API: ("cluster-api.yaml", f"web {CLUSTER_API}"), OPENSHIFT: ("openshift.yaml", f"web {OPENSHIFT}")},
}


@pytest.mark.parametrize("key", TERRAFORM)
def test_terraform_has_taints_apart_from_labels(key):
    text = patches(grouped(key))[f"groups/{TERRAFORM[key]}"]
    labels, taints = text.split("locals {")[1:]
    assert (TAINT in labels.replace(LABEL, ""), "NO_SCHEDULE" in labels, "NoSchedule" in labels) == (False, False, False)
    assert labels.endswith("# Not before every rollout of the patches is complete:\n")
    assert LABEL not in taints.replace(TAINT, "")


@pytest.mark.parametrize("key", MERGED)
def test_taints_beside_labels_say_that_they_come_later(key):
    name, annotated = MERGED[key]
    later = "# Delete these taints until every rollout of the patches is complete.\n"
    text = patches(grouped("" if annotated else key, annotated))[f"groups/{name}"]
    assert re.findall(rf"^ *{later} *(?:taint|taints|nodeTaints):$", text, re.MULTILINE)
    assert text.count(later) == 1
    assert later not in patches(grouped(key, split=True)).get(f"groups/{name}", "")


def test_groups_get_the_label_before_the_nodes_that_run_and_the_taint_after_them():
    lines = readme(grouped(EKS)).splitlines()
    steps = lines[lines.index("## The steps") :]
    order = ("the label into the node groups", "apply.sh label", "workload patches", "apply.sh taint", "the taint into the")
    places = [next(number for number, line in enumerate(steps) if words in line and line[:1].isdigit()) for words in order]
    assert places == sorted(places)


def test_the_guide_to_stages_says_when_label_and_taint_go_into_groups_and_out():
    files = staged(grouped(EKS))
    assert [path for path in files if "/groups/" in path] == ["1-labels/groups/eks.tf", "1-labels/groups/eksctl.yaml"]
    lines = readme(grouped(EKS), stages=True).splitlines()
    for step in (
        "1. `sh 1-labels/apply.sh`: .* The label goes into the node groups, too, .*: `groups/` of this folder has it.",
        "3. `sh 3-taints/apply.sh`: .* Then the taint goes into the node groups, .*: `1-labels/groups/` has it.",
        "3. `sh 3-taints/undo.sh`, after the taint is out of the node groups",
        "5. `sh 1-labels/undo.sh`, then the label out of the node groups",
    ):
        assert [line for line in lines if re.fullmatch(step, line)], step
    alone = readme(plan([], nodes=(node("a"),), ring_nodes={RING: ("a",)}), stages=True)
    assert "into the node groups" not in alone
    assert "out of the node groups" not in alone


RISK = "- Every node gets a taint: pods not in the input, like CoreDNS, find no node."
ADMINS, PROVISIONERS = (
    "name your admins under `admission.admins`",
    "You named nobody under `admission.provisioners` of the policy: EKS itself will be refused when it labels nodes.",
)


@pytest.mark.parametrize(
    ("key", "admission", "said"),
    [
        pytest.param(EKS, Admission(), {ADMINS, PROVISIONERS}, id="nobody is named"),
        pytest.param(EKS, Admission(admins=("ops",)), {PROVISIONERS}, id="admins are named"),
        pytest.param(EKS, Admission(provisioners=("eks:node-manager",)), {ADMINS}, id="who labels nodes is named"),
        pytest.param(KARPENTER, Admission(), {ADMINS}, id="Karpenter is named anyhow"),
        pytest.param("", Admission(), {ADMINS}, id="nobody makes groups"),
    ],
)
def test_the_guide_says_who_is_to_be_named_before_policies_are_in_force(key, admission, said):
    made = grouped(key)
    text = readme(replace(made, policy=replace(made.policy, admission=admission)))
    assert {words for words in (ADMINS, PROVISIONERS) if words in text} == said


def test_the_guide_says_what_each_ring_gets_and_that_no_node_is_left_to_others():
    text = readme(grouped(EKS))
    assert RISK in text.splitlines()
    assert f"| {RING} | 4 | web 4 × m5.large in eu-1x y |" in text
    spare = replace(grouped(EKS), cluster=replace(grouped(EKS).cluster, nodes=(*grouped(EKS).cluster.nodes, node("spare"))))
    assert RISK not in readme(spare)


@pytest.mark.parametrize("stages", [False, True], ids=["in one folder", "in stages"])
def test_the_step_of_the_taint_says_what_comes_first_where_add_ons_find_no_node(stages):
    step, first = "3-taints/apply.sh" if stages else "apply.sh taint", "**Not yet: pods not in the input, like CoreDNS, would"
    stranding = grouped(EKS)
    stranding = replace(
        stranding, cluster=replace(stranding.cluster, nodes=tuple(replace(n, taints=()) for n in stranding.cluster.nodes))
    )
    for made, is_said in ((stranding, True), (with_add_ons(stranding, "coredns"), False), (grouped(EKS), False)):
        (line,) = (line for line in readme(made, stages).splitlines() if line[:1].isdigit() and f"{step}`" in line)
        assert (first in line and "keep one group out first" in line) == is_said


def test_terraform_of_eks_asks_for_subnets_in_the_zones_of_a_new_group():
    text = patches(grouped(EKS, split=True))["groups/eks.tf"]
    assert '  subnet_ids      = [for zone in ["eu-1x", "eu-1y"] : var.subnet_ids[zone]]\n' in text


def test_nodes_that_stand_alone_have_no_file_of_groups():
    assert not [path for path in patches(plan([], nodes=(node("a"),), ring_nodes={RING: ("a",)})) if path.startswith("groups/")]


OUT = LabelSelector(match_expressions=(Requirement("out", "Exists"),))
WEB, OTHER = {EKS: "web"}, {EKS: "other"}


def two_groups(*nodes, ring_nodes=None, **more) -> IsolationPlan:
    """Return a plan of some nodes of the group web, and of one of another group that is in a ring whole."""
    rings = ring_nodes or {RING: ("a",)}
    every = tuple(replace(each, labels=type(each.labels)({**WHERE, **each.labels})) for each in (*nodes, node("z", **OTHER)))
    return plan([], nodes=every, ring_nodes={**rings, "other": ("z",)}, **more)


LEFT_OUT = [
    pytest.param(
        two_groups(node("a", **WEB), node("b", **WEB, out=""), exclude=OUT),
        "b is in no ring",
        id="an excluded node",
    ),
    pytest.param(
        two_groups(node("a", **WEB), node("b", **WEB, **{"node-role.kubernetes.io/control-plane": ""})),
        "b is in no ring",
        id="a node of the control plane",
    ),
    pytest.param(
        two_groups(node("a", **WEB), node("b", **WEB), node("c", **WEB)), "b, c are in no ring", id="nodes that no ring needs"
    ),
    pytest.param(
        two_groups(node("a", **WEB), node("b", **WEB), ring_nodes={RING: ("a",), "internal": ("b",)}),
        "its nodes are in different rings: internal, restricted",
        id="a group that another label divides",
    ),
    pytest.param(
        two_groups(node("a", **WEB), node("b", "internal", **WEB), ring_nodes={RING: ("a", "b")}),
        "b must be emptied first: once that is done, export the nodes and plan again",
        id="a node that runs pods of another ring",
    ),
]


@pytest.mark.parametrize(("made", "why"), LEFT_OUT)
def test_no_provider_is_asked_for_a_ring_that_not_all_nodes_of_a_group_are_to_have_at_once(made, why):
    files = {path: text for path, text in patches(made).items() if path.startswith("groups/")}
    assert [each["name"] for each in documents(files, "eksctl.yaml")[0]["managedNodeGroups"]] == ["other"]
    told = f"web, as {why}. The scripts give its nodes their ring; a node that replaces one of them joins with no ring."
    for text in files.values():
        assert "--nodegroup-name web" not in text
        assert "web = {" not in text
        assert f"# Left out: {told}" in text.splitlines()
    for stages in (False, True):
        assert f"- {told}" in readme(made, stages).splitlines()


def test_a_readme_names_what_is_left_out_where_no_file_does():
    made = two_groups(node("a", **WEB), node("b", **WEB))
    alone = replace(made, cluster=replace(made.cluster, nodes=made.cluster.nodes[:2]), rings=made.rings[:1])
    assert not [path for path in patches(alone) if path.startswith("groups/")]
    assert "- web, as b is in no ring." in readme(alone)


def test_nothing_is_said_of_a_group_that_is_in_no_ring():
    made = two_groups(node("a"), node("b", **WEB))
    assert "eft out" not in patches(made)["groups/eks.tf"] + readme(made)


def divided(key, news, taints=(), names=("web",)):
    """Return a plan of groups with two nodes each, of which new groups take the second, by the names that are given."""
    nodes = tuple(node(f"{name}-{end}", None, *taints, **WHERE, **{key: name}) for name in names for end in "ab")
    rings = {"internal": tuple(f"{name}-a" for name in names), RING: tuple(f"{name}-b" for name in names)}
    made = tuple(NewGroup(new, name, key, RING, (f"{name}-b",)) for new, name in zip(news, names, strict=False))
    return replace(plan([], nodes=nodes, ring_nodes=rings), new_groups=made)


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (("generalpool-a", "generalpool-b"), ["generalprest", "generalpres2"]),
        (("generalpool", "generalprest"), ["generalpres2", "generalpres3"]),
        (("a-b", "a_b"), ["abrestricted", "abrestricte2"]),
    ],
)
def test_new_pools_of_aks_have_names_of_their_own_though_they_are_short(names, wanted):
    files = patches(divided(AKS, [f"{name}-{RING}" for name in names], names=names))
    assert [each["spec"]["azureName"] for each in documents(files, "aks.yaml")] == wanted
    assert re.findall(r'^  name +(?:=) "(.+)"$', files["groups/aks.tf"], re.MULTILINE) == wanted


@pytest.mark.parametrize("key", [EKS, GKE, AKS])
def test_resources_of_terraform_have_names_of_their_own(key):
    (text,) = [text for path, text in patches(divided(key, ["a-b", "a_b"], names=("x", "y"))).items() if path.endswith(".tf")]
    assert re.findall(r'^resource "\w+" "(\w+)"', text, re.MULTILINE) == ["a_b", "a_b_2"]


@pytest.mark.parametrize(("key", "new"), [(EKS, False), (EKS, True), (GKE, False), (GKE, True)])
def test_two_taints_of_one_key_are_both_kept(key, new):
    taints = Taint("dedicated", "x", "NoSchedule"), Taint("dedicated", "x", "NoExecute")
    made = divided(key, ["x-new"] if new else [], taints)
    rings = made.rings if new else (replace(made.rings[0], nodes=("web-a", "web-b")),)
    (text,) = [text for path, text in patches(replace(made, rings=rings)).items() if path.endswith(".tf")]
    assert [text.count(f'effect = "{effect}"') for effect in ("NO_SCHEDULE", "NO_EXECUTE")] == [2, 1]
    assert text.count('key    = "dedicated"') == 2
    assert new or re.findall(r"^      (dedicated\w*) = ", text, re.MULTILINE) == ["dedicated", "dedicated_2"]
