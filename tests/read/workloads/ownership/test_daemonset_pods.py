"""DaemonSets that nobody gives are known by the pods of a running cluster, and what nothing patches is marked."""

import pytest

from models.kubernetes.labels import Toleration
from models.trust import Match, TrustPolicy
from planner.read import read_cluster
from planner.read.cluster.build import Cluster
from planner.rules import daemonset
from planner.rules.plugins import noderesources
from planner.trust import trust
from tests.read.cluster_reader import NODE, controller, cron_job, job, names, pod
from tests.read.told import told_cluster

OWNER = ("apps/v1", "DaemonSet", "agent")
ADDED = [
    *(("node.kubernetes.io/" + key, "NoExecute") for key in ("not-ready", "unreachable")),
    *(
        ("node.kubernetes.io/" + key, "NoSchedule")
        for key in ("disk-pressure", "memory-pressure", "pid-pressure", "unschedulable")
    ),
]
CONTROLLERS = ", ".join(f"{{key: {key}, operator: Exists, effect: {effect}}}" for key, effect in ADDED)
HERE = "{matchFields: [{key: metadata.name, operator: In, values: [%s]}]}"
PINNED = ", affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [%s]}%s}%s}"
LABELS = ", labels: {app: agent, controller-revision-hash: h%s, pod-template-generation: '1'}"


def agent(node, cpu="100m", own="", more="", revision="1", near=""):
    """Write a pod of the DaemonSet, as its controller has made it for a node."""
    tolerations = f", tolerations: [{', '.join(filter(None, (own, CONTROLLERS)))}]"
    spec = f"{tolerations}{PINNED % (HERE % node, near, '')}, nodeSelector: {{kubernetes.io/os: linux}}{more}"
    text = pod(f"agent-{node}", node, OWNER, meta=LABELS % revision, spec=spec)
    return text.replace("image: 'i:1'", f"image: 'i:1', resources: {{requests: {{cpu: {cpu}}}}}")


def inferred(tmp_path, *pods) -> Cluster:
    return told_cluster(tmp_path, [controller("Deployment")], pods)


def test_a_daemon_set_is_known_by_its_pods(tmp_path):
    cluster = inferred(tmp_path, agent("n1"), agent("n2"), agent("n3"))
    assert names(cluster) == ["DaemonSet/shop/agent", "Deployment/shop/web"]
    found = cluster.workloads[0]
    assert found.is_daemon
    assert found.by_hand
    assert (dict(found.running), found.pods) == ({"n1": 1, "n2": 1, "n3": 1}, 0)
    assert found.template.node_affinity is None
    assert dict(found.template.labels) == {"app": "agent"}
    assert dict(found.template.node_selector) == {"kubernetes.io/os": "linux"}
    (message,) = [one.message for one in cluster.unread if "agent" in one.message]
    assert message.startswith("DaemonSet/shop/agent is not read itself: taken from 3 pods, ")


def test_what_its_controller_adds_is_taken_away_and_added_again(tmp_path):
    brief = "{key: node.kubernetes.io/not-ready, operator: Exists, tolerationSeconds: 5, effect: NoExecute}"
    own = f"{{key: dedicated, operator: Exists}}, {brief}"
    found = inferred(tmp_path, agent("n1", own=own)).workloads[0].template
    written = [one for one in found.tolerations if one.toleration_seconds != 300]
    assert written == [
        Toleration("dedicated", "Exists"),
        Toleration("node.kubernetes.io/not-ready", "Exists", "", "NoExecute", 5),
    ]
    made = daemonset.daemon_pod(found).tolerations
    assert {(key, effect) for key, effect in ADDED} <= {(one.key, one.effect) for one in made}


def test_what_is_preferred_of_nodes_and_asked_of_pods_stays(tmp_path):
    wanted = "{matchExpressions: [{key: a, operator: Exists}]}"
    wish = f", preferredDuringSchedulingIgnoredDuringExecution: [{{weight: 3, preference: {wanted}}}]"
    found = inferred(tmp_path, agent("n1", near=wish)).workloads[0].template
    assert found.node_affinity is None
    assert [one.weight for one in found.preferred_node_affinity] == [3]


def test_of_pods_that_differ_the_most_that_any_requests_counts_and_the_most_usual_template(tmp_path):
    memory = ", priority: 7"
    cluster = inferred(
        tmp_path,
        agent("n1", "300m", revision="2"),
        agent("n2", own="{key: gpu, operator: Exists}", more=memory),
        agent("n3", own="{key: gpu, operator: Exists}", more=memory),
    )
    found = cluster.workloads[0].template
    assert noderesources.requests(found)["cpu"] == 300
    assert found.priority == 7
    assert "gpu" not in {one.key for one in found.tolerations}, "a toleration that a pod lacks is not believed of the others"


def test_everywhere_reaches_it_once(tmp_path):
    policy = TrustPolicy("p", ("a",), untagged="a", everywhere=(Match("DaemonSet", ("shop",)),))
    members = trust(policy, inferred(tmp_path, agent("n1"), agent("n2"))).members
    assert {name: one.everywhere for name, one in members.items()} == {"DaemonSet/shop/agent": True, "Deployment/shop/web": False}


def test_one_that_is_in_the_input_is_not_made_up(tmp_path):
    given = controller("DaemonSet", "agent", more=", selector: {matchLabels: {app: agent}}").replace("{app: web}", "{app: agent}")
    (found,) = told_cluster(tmp_path, [given], [agent("n1"), agent("n2")]).workloads
    assert (dict(found.running), found.by_hand) == ({"n1": 1, "n2": 1}, False)


def test_a_manifest_makes_up_none(tmp_path):
    cluster = told_cluster(tmp_path, [controller("Deployment"), pod("lie", "", OWNER, phase="")])
    assert names(cluster) == ["Deployment/shop/web", "Pod/shop/lie"]


RUNS, LONE = pod("web-0", "n1", ("example.com/v1", "Web", "w")), pod("lone", "n1")
KINDS = {
    "a Deployment": controller("Deployment", "x"),
    "a StatefulSet": controller("StatefulSet", "x"),
    "a DaemonSet": controller("DaemonSet", "x"),
    "a ReplicaSet": controller("ReplicaSet", "x"),
    "a CronJob": cron_job(name="x"),
    "a Job": job("x"),
}


@pytest.mark.parametrize("told", KINDS.values(), ids=KINDS)
def test_what_an_export_holds_stands_for_the_manifests_where_there_are_none(tmp_path, told):
    assert [one.by_hand for one in told_cluster(tmp_path, [], [told]).workloads] == [False]
    mixed = {one.id.name: one.by_hand for one in told_cluster(tmp_path, [controller("Deployment")], [told]).workloads}
    assert mixed == {"web": False, "x": True}


BY_HAND = {
    "a Pod that runs": (LONE, "Pod/shop/lone", ""),
    "a Pod that an operator makes": (RUNS, "Pod/shop/web-0", "Web.example.com/shop/w"),
    "a StatefulSet that an operator makes": (
        controller("StatefulSet", owner=("example.com/v1", "Web", "w")),
        "StatefulSet/shop/web",
        "Web.example.com/shop/w",
    ),
    "a Pod whose ReplicaSet and Deployment are not there": (
        pod("dns-5d4-x", "n1", ("apps/v1", "ReplicaSet", "dns-5d4"), meta=", labels: {pod-template-hash: 5d4}"),
        "Pod/shop/dns-5d4-x",
        "Deployment/shop/dns",
    ),
    "a ReplicaSet whose Deployment is not there": (
        controller("ReplicaSet", "dns-5d4", owner=("apps/v1", "Deployment", "dns")),
        "ReplicaSet/shop/dns-5d4",
        "Deployment/shop/dns",
    ),
}


@pytest.mark.parametrize("manifests", [[], [controller("Deployment", "given")]], ids=["without manifests", "beside manifests"])
@pytest.mark.parametrize(("text", "name", "owner"), BY_HAND.values(), ids=BY_HAND)
def test_what_nothing_patches_is_marked_with_what_makes_it(tmp_path, text, name, owner, manifests):
    (found,) = [one for one in told_cluster(tmp_path, manifests, [text]).workloads if str(one.id) == name]
    assert (found.by_hand, found.made_by) == (True, owner)


def test_a_manifest_is_never_left_to_hands(tmp_path):
    cluster = told_cluster(tmp_path, [pod("lone", "", phase="")])
    assert [one.by_hand for one in cluster.workloads] == [False]


def test_a_manifest_is_never_left_to_hands_though_the_inventory_names_its_file(tmp_path):
    (tmp_path / "work.yaml").write_text(pod("lone", "", phase=""), encoding="utf-8")
    (tmp_path / "nodes.yaml").write_text(NODE, encoding="utf-8")
    work, there = str(tmp_path / "work.yaml"), str(tmp_path / "nodes.yaml")
    assert [one.by_hand for one in read_cluster([work], [there, work], None).workloads] == [False]
