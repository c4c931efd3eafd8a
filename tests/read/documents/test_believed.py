"""What may be believed of whom: a cluster's word and the operator's own files, but not what a manifest says of itself."""

import io
import json
from operator import attrgetter

import pytest

from planner.errors import BadInput
from planner.read.cluster.build import Intake
from planner.read.documents.document import Loading
from tests.read.cluster_reader import (
    NODE,
    cluster_of,
    cluster_of_manifests,
    container,
    controller,
    deployment,
    hpa,
    job,
    pod,
    said,
    thing,
)

WEB = deployment(f"containers: [{container()}]", name="other")
DELETED = ", deletionTimestamp: '2026-01-02T03:04:05Z'"
DONE = ", status: {conditions: [{type: Complete, status: 'True'}]}"
NOT_BELIEVED = "only a cluster can know that, so it is not believed"


def read(text, **options):
    return cluster_of_manifests(text, WEB, **options)


def refused(*texts, nodes=NODE):
    with pytest.raises(BadInput) as caught:
        cluster_of_manifests(*texts, nodes=nodes)
    return [(fault.where.line, fault.field, f"{fault.reason}; {fault.fix}") for fault in caught.value.faults]


HIDING = [
    pytest.param(pod("evil", phase="Succeeded"), {"metadata.uid", "status"}, id="a pod that says that it has succeeded"),
    pytest.param(pod("evil", phase="Failed"), {"metadata.uid", "status"}, id="a pod that says that it has failed"),
    pytest.param(pod("evil", phase="", meta=DELETED), {"metadata.deletionTimestamp"}, id="a pod that says it is being deleted"),
    pytest.param(job("evil", rest=DONE), {"status"}, id="a Job that says that it is complete"),
    pytest.param(job("evil", rest=DONE.replace("Complete", "Failed")), {"status"}, id="a Job that says that it has failed"),
]


@pytest.mark.parametrize(("text", "claims"), HIDING)
def test_what_says_that_it_has_ended_is_planned_and_the_claim_is_named(text, claims):
    cluster = read(text)
    assert [workload.id.name for workload in cluster.workloads] == ["other", "evil"]
    assert [workload.pods for workload in cluster.workloads if workload.id.name == "evil"] == [1]
    named = said(cluster)
    assert {subject for subject, message in named.items() if NOT_BELIEVED in message} == claims
    assert all("shop/evil in stdin:1" in named[claim] for claim in claims)


@pytest.mark.parametrize(("text", "_claims"), HIDING)
def test_what_a_cluster_says_has_ended_is_left_out_and_named(text, _claims):
    cluster = cluster_of(text, WEB)
    assert [workload.id.name for workload in cluster.workloads] == ["other"]
    assert "1 (shop/evil)" in said(cluster)["left out"]


def test_thousands_that_have_ended_are_named_in_one_statement_each():
    ended = [pod(f"p{number:04}", phase="Succeeded") for number in range(1200)]
    deleted = [pod(f"d{number}", meta=DELETED) for number in range(5)]
    cluster = cluster_of(*ended, *deleted, *(job(f"j{number}", rest=DONE) for number in range(2)), WEB)
    assert [statement.message for statement in cluster.unread if statement.subject == "left out"] == [
        "Jobs that have ended (condition Complete or Failed): 2 (shop/j0, shop/j1)",
        "pods that are being deleted, whose room is counted as free: 5 (shop/d0, shop/d1, shop/d2 and 2 more)",
        "pods that have ended (phase Succeeded or Failed): 1,200 (shop/p0000, shop/p0001, shop/p0002 and 1,197 more)",
    ]


def test_a_claim_that_many_manifests_make_is_named_once_with_the_first_places():
    cluster = cluster_of_manifests(*(pod(f"p{number}", phase="Succeeded") for number in range(5)))
    assert said(cluster)["status"] == (
        "5 of the manifests say it (Pod/shop/p0 in stdin:1, Pod/shop/p1 in stdin:3, Pod/shop/p2 in stdin:5 and 2 more): "
        f"{NOT_BELIEVED}; give what kubectl get wrote with --nodes, or as the List that it writes"
    )


def test_the_node_of_a_pod_counts_as_written_whatever_the_pod_says_of_itself():
    (evil,) = (one for one in read(pod("evil", node="node-a", phase="", meta=", uid: u")).workloads if one.id.name == "evil")
    assert (evil.template.node_name, dict(evil.running)) == ("node-a", {})
    (told,) = (one for one in cluster_of(pod("evil", node="node-a"), WEB).workloads if one.id.name == "evil")
    assert (told.template.node_name, dict(told.running)) == ("", {"node-a": 1})


CANNOT_BE = [
    pytest.param(controller("Deployment", more=", replikas: 2", meta=", uid: x"), "spec.replikas", id="an unknown field"),
    pytest.param(controller("Deployment", meta=", uid: x, labels: {a b: c}"), "metadata.labels.a b", id="metadata"),
    pytest.param(
        controller("Deployment", meta=", uid: x, annotations: {ringfence.dev/trust-level: a}"),
        "metadata.annotations[ringfence.dev/trust-level]",
        id="a tag that nobody reads",
    ),
    pytest.param(pod("evil", spec=", priority: 7"), "spec.priority", id="a priority without its class"),
    pytest.param(pod("evil", spec=", runtimeClassName: gone"), "spec.runtimeClassName", id="a runtime that is not there"),
    pytest.param(pod("evil", spec=", restartPolicy: Any"), "spec.restartPolicy", id="a pod spec"),
    pytest.param(pod("evil", phase="Running", spec=", volumes: [{name: A_B}]"), "spec.volumes[0].name", id="a volume"),
]


@pytest.mark.parametrize(("text", "field"), CANNOT_BE)
def test_a_uid_does_not_keep_a_manifest_from_being_looked_at(text, field):
    assert field in [path for _, path, _ in refused(text)]
    assert cluster_of(text).workloads


@pytest.mark.parametrize("status", ["{}", "null", "{conditions: []}"])
@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])
def test_a_status_that_nobody_reads_is_not_spoken_of(kind, status):
    cluster = cluster_of_manifests(controller(kind, rest=f", status: {status}"))
    assert not [message for message in said(cluster).values() if NOT_BELIEVED in message]


def test_pods_that_a_job_says_it_has_done_with_are_still_to_come():
    text = job("evil", more=", completions: 3, parallelism: 3, backoffLimit: 3", rest=", status: {succeeded: 2, failed: 2}")
    pods = {workload.id.name: workload.pods for workload in read(text).workloads}
    assert pods["evil"] == 3
    assert {one.id.name: one.pods for one in cluster_of(text, WEB).workloads}["evil"] == 1


def test_an_autoscaler_that_says_it_has_scaled_to_zero_is_not_believed():
    scaled = hpa(5)[:-1] + ", status: {conditions: [{type: ScaledToZero, status: 'True'}]}}"
    idle = controller("Deployment", more=", replicas: 0")
    (web,) = cluster_of_manifests(scaled, idle).workloads
    (told,) = cluster_of(scaled, idle).workloads
    assert (web.pods, told.pods > 0) == (0, True)


ASKED = "accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}"
VOLUME = (
    f"{{apiVersion: v1, kind: PersistentVolume, metadata: {{name: pv, uid: u{DELETED}}}, status: {{phase: Bound}}, "
    "spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], nfs: {server: s, path: /}}}"
)


def claim(meta="", status="", spec=ASKED, owner=None):
    return thing("PersistentVolumeClaim", "a-c", spec, "v1", owner, meta, status)


def test_what_has_become_of_a_volume_is_told_by_clusters_only():
    state = attrgetter("bound", "deleting", "available")
    assert state(cluster_of(VOLUME, WEB).volumes["pv"]) == (True, True, False)
    assert state(read(VOLUME).volumes["pv"]) == (False, False, True)


def test_what_has_become_of_a_claim_is_told_by_clusters_only():
    bound = ", annotations: {pv.kubernetes.io/bind-completed: 'yes'}"
    text = claim(f", uid: u{DELETED}{bound}", ", status: {phase: Lost}", f"volumeName: pv, {ASKED}")
    state = attrgetter("uid", "bound", "lost", "deleting", "volume")
    assert state(cluster_of(text, WEB).claims["shop/a-c"]) == ("u", True, True, True, "pv")
    assert state(read(text).claims["shop/a-c"]) == ("", False, False, False, "pv")


def test_for_whom_a_claim_was_made_is_told_by_clusters_only():
    ephemeral = f", volumes: [{{name: c, ephemeral: {{volumeClaimTemplate: {{spec: {{{ASKED}}}}}}}}}]"
    both = pod("a", phase="", spec=ephemeral), claim(owner=("v1", "Pod", "a"))
    assert "was not made for the pod" in said(cluster_of_manifests(*both))["Pod/shop/a"]
    assert "was not made for the pod" not in str(said(cluster_of(*both)))


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet"])
def test_a_controller_that_says_it_is_being_deleted_is_planned_as_any_other(kind):
    cluster = cluster_of_manifests(controller(kind, meta=DELETED))
    assert "is being deleted" not in str(said(cluster))
    assert "is being deleted" in str(said(cluster_of(controller(kind, meta=DELETED))))


def test_what_hides_pods_is_named_though_a_manifest_says_that_it_made_them():
    kafka = "{apiVersion: kafka.strimzi.io/v1beta2, kind: Kafka, metadata: {name: log, namespace: shop}, spec: {}}"
    owner = ("kafka.strimzi.io/v1beta2", "Kafka", "log")
    written, told = pod("a", node="node-a", owner=owner, phase="", meta=", uid: u"), pod("a", node="node-a", owner=owner)
    assert "hides pods" in str(cluster_of_manifests(kafka, written).unread)
    assert "hides pods" not in str(cluster_of(kafka, told).unread)


# Lists, streams and folders: who is taken for a cluster

RAN = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "ran", "namespace": "shop", "uid": "u"},
    "spec": {"containers": [{"name": "c", "image": "i"}]},
    "status": {"phase": "Succeeded"},
}
OTHER = {**RAN, "metadata": {"name": "b", "uid": "v"}}
WRITTEN = {**RAN, "metadata": {"name": "written", "namespace": "shop"}}


def listed(*items, kind="List"):
    return json.dumps({"apiVersion": "v1", "kind": kind, "items": list(items)})


def loaded(*paths, nodes=(), text=""):
    loading, intake = Loading(paths, io.BytesIO(text.encode()), nodes=nodes), Intake(None)
    stored = {}
    for document in loading:
        stored[document.tree()["metadata"]["name"]] = document.is_stored, document.is_inventory
        intake.add(document)
    return stored, [str(fault) for fault in loading.faults], loading.ignored


STREAMS = [
    pytest.param([listed(RAN)], {"ran": True}, False, id="a List that kubectl wrote"),
    pytest.param([listed(RAN, kind="PodList")], {"ran": True}, False, id="a list of pods that a client wrote"),
    pytest.param([listed(RAN), listed(OTHER)], {"ran": True, "b": True}, False, id="several"),
    pytest.param([listed(json.loads(listed(RAN)))], {"ran": True}, False, id="one in another"),
    pytest.param([listed(WRITTEN)], {"written": False}, False, id="a List that an author wrote, whose items have no uid"),
    pytest.param([json.dumps(RAN)], {"ran": False}, False, id="an object that is in no List"),
    pytest.param([listed(WRITTEN), json.dumps(WRITTEN | {"metadata": {"name": "b"}})], {"written": False, "b": False}, False,
                 id="an author's List beside an author's manifest"),
    pytest.param([listed(RAN), json.dumps(WRITTEN)], None, True, id="a manifest after a List of a cluster"),
    pytest.param([json.dumps(WRITTEN), listed(RAN)], None, True, id="a manifest before a List of a cluster"),
    pytest.param([listed(RAN), listed(WRITTEN)], None, True, id="an author's List after one of a cluster"),
    pytest.param([listed(WRITTEN, RAN)], None, True, id="both in one List"),
    pytest.param([listed({**RAN, "metadata": {**RAN["metadata"], "uid": ""}})], {"ran": False}, False, id="a uid that is empty"),
]  # fmt: skip


@pytest.mark.parametrize("ending", ["json", "yaml"])
@pytest.mark.parametrize(("documents", "stored", "is_refused"), STREAMS)
def test_who_is_taken_for_a_cluster(documents, stored, is_refused, ending, tmp_path):
    separator = "\n---\n" if ending == "yaml" else "\n"
    text = separator.join(documents)
    if ending == "yaml":
        text = "# not JSON\n---\n" + text
    file = tmp_path / f"a.{ending}"
    file.write_text(text)
    for paths, given in (([str(file)], ""), (["-"], text)):
        found, faults, _ = loaded(*paths, text=given)
        assert len(faults) == is_refused
        assert all("keep what kubectl get wrote in a file of its own, or name it with --nodes" in fault for fault in faults)
        if stored is not None:
            assert found == {name: (is_stored, False) for name, is_stored in stored.items()}
    found, faults, _ = loaded(nodes=[str(file)])
    assert (set(found.values()), faults) == ({(True, True)}, [])


def test_a_list_that_is_believed_without_being_named_with_nodes_is_named(tmp_path):
    file = tmp_path / "export.json"
    file.write_text(listed(RAN))
    (statement,) = loaded(str(file))[2]
    assert (statement.subject, statement.message[:28]) == (str(file), "is a List of 1 with a uid: i")
    assert loaded(nodes=[str(file)])[2] == []


def test_a_list_in_a_folder_that_is_searched_is_anybodys(tmp_path):
    (tmp_path / "a.json").write_text(listed(RAN))
    assert loaded(str(tmp_path))[0] == {"ran": (False, False)}
    assert loaded(nodes=[str(tmp_path)])[0] == {"ran": (True, True)}


EXPORT = {**RAN, "spec": {**RAN["spec"], "nodeName": "n1"}}
MORE = {**EXPORT, "metadata": {**EXPORT["metadata"], "name": "more"}}
LOOKS = "{} among the manifests with uid, nodeName and status, which only a cluster gives: this looks like what kubectl get wrote"
EXPORTS = [
    pytest.param([EXPORT], LOOKS.format("a Pod"), id="a pod that has run"),
    pytest.param([EXPORT, MORE, MORE], LOOKS.format("3 Pods"), id="several, once for the file"),
    pytest.param([WRITTEN, EXPORT], LOOKS.format("a Pod"), id="one beside a manifest"),
    pytest.param([{**EXPORT, "spec": RAN["spec"]}], "", id="a pod that names no node"),
    pytest.param([{**EXPORT, "status": {}}], "", id="a pod with an empty status, as tools write it"),
    pytest.param([{**EXPORT, "metadata": WRITTEN["metadata"]}], "", id="a pod that nobody has stored"),
    pytest.param([{**EXPORT, "metadata": "u", "spec": [], "status": 1}], "", id="a pod of other types"),
    pytest.param([{**EXPORT, "kind": "Job"}], "", id="another kind"),
]


@pytest.mark.parametrize("separator", ["\n", "\n---\n"], ids=["JSON", "YAML"])
@pytest.mark.parametrize(("documents", "reason"), EXPORTS)
def test_pods_that_look_exported_and_are_in_no_list_are_refused_once(documents, reason, separator, tmp_path):
    file = tmp_path / "pods.yaml"
    file.write_text(("# pods\n---\n" if "---" in separator else "") + separator.join(map(json.dumps, documents)))
    loading = Loading([str(file)])
    left = [document.tree() for document in loading]
    assert [fault.reason for fault in loading.faults] == [reason] * bool(reason)
    assert all("name the file with --nodes" in fault.fix for fault in loading.faults)
    assert left == [one for one in documents if not reason or one is WRITTEN]
    believed = Loading([], nodes=[str(file)])
    assert [document.is_stored for document in believed] == [True] * len(documents)
    assert believed.faults == []


def test_pods_of_a_list_that_is_anybodys_are_refused_too(tmp_path):
    (tmp_path / "a.json").write_text(listed(EXPORT, MORE))
    found, faults, _ = loaded(str(tmp_path))
    assert (found, len(faults)) == ({}, 1)
    assert LOOKS.format("2 Pods") in faults[0]


@pytest.mark.parametrize(
    ("workloads", "nodes"),
    [
        pytest.param(["a.yaml"], ["a.yaml"], id="the same file"),
        pytest.param(["."], ["a.yaml"], id="a file of a folder that is searched"),
        pytest.param(["a.yaml"], ["."], id="a folder with a file that is named"),
        pytest.param(["."], ["."], id="the same folder"),
        pytest.param(["-"], ["-"], id="stdin"),
        pytest.param(["link.yaml"], ["a.yaml"], id="a link to the file"),
    ],
)
def test_what_both_name_is_read_once_and_is_the_operators_own(workloads, nodes, tmp_path):
    (tmp_path / "a.yaml").write_text(json.dumps(RAN))
    (tmp_path / "link.yaml").symlink_to("a.yaml")
    places = [[one if one == "-" else str(tmp_path / one) for one in given] for given in (workloads, nodes)]
    found, faults, _ = loaded(*places[0], nodes=places[1], text=json.dumps(RAN))
    assert (found, faults) == ({"ran": (True, True)}, [])


def test_beside_a_file_that_the_operator_names_its_folder_is_anybodys(tmp_path):
    (tmp_path / "a.yaml").write_text(json.dumps(RAN))
    (tmp_path / "b.yaml").write_text(json.dumps(OTHER))
    assert loaded(str(tmp_path), nodes=[str(tmp_path / "a.yaml")])[0] == {"ran": (True, True), "b": (False, False)}


# What the inventory alone says

INVENTORY = [
    pytest.param(NODE.replace("node-a", "ghost"), "Node ghost", id="a node"),
    pytest.param("{apiVersion: ringfence.dev/v1alpha1, kind: NodeShape, metadata: {name: big}}", "NodeShape big", id="a shape"),
    pytest.param("{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: top}, value: 9}", "PriorityClass top",
                 id="a priority class"),
    pytest.param("{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: vm}, handler: vm}", "RuntimeClass vm",
                 id="a runtime class, which adds tolerations to pods"),
    pytest.param("{apiVersion: storage.k8s.io/v1, kind: CSINode, metadata: {name: node-a}, spec: {drivers: []}}",
                 "CSINode node-a", id="what a node takes of volumes"),
    pytest.param("{apiVersion: storage.k8s.io/v1, kind: CSIStorageCapacity, metadata: {name: c}, storageClassName: fast}",
                 "CSIStorageCapacity c", id="how much storage there is"),
    pytest.param("{apiVersion: resource.k8s.io/v1, kind: ResourceSlice, metadata: {name: s}, spec: {driver: d, nodeName: node-a, "
                 "pool: {name: p, generation: 1, resourceSliceCount: 1}}}", "ResourceSlice s", id="devices of a node"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name"), INVENTORY)
def test_inventory_among_the_manifests_is_refused_at_its_place(text, name):
    faults = refused(f"# a comment\n{text.strip()}", WEB)
    assert [path for _, path, _ in faults] == ["kind"]
    ((line, _, reason),) = faults
    assert line in (2, 3)
    assert reason == (
        f"{name} among the manifests, which any team may write: only --nodes says which there are; "
        "if the file is the platform's own, name it there as well: --nodes -"
    )


@pytest.mark.parametrize(("text", "name"), INVENTORY)
def test_inventory_in_a_list_that_only_workloads_name_is_refused_too(text, name):
    items = text.replace("\n", "\n  ").strip() if text[0] != "{" else text
    stored = items.replace("metadata: {", "metadata: {uid: u, ")
    faults = refused(f"apiVersion: v1\nkind: List\nitems:\n- {stored}")
    assert name in faults[0][2]


def test_many_of_a_kind_in_one_file_are_refused_together_where_the_first_is():
    ghosts = "---\n".join(NODE.replace("node-a", f"ghost-{number}") for number in range(3))
    shape = "---\n{apiVersion: ringfence.dev/v1alpha1, kind: NodeShape, metadata: {name: big}}\n"
    (first, _, nodes), (_, _, shapes) = refused(f"{ghosts}{shape}", WEB)
    assert first < 4
    assert nodes.startswith("3 objects of kind Node (ghost-0 and 2 more) among the manifests, which any team may write: only")
    assert shapes.startswith("NodeShape big among the manifests")


LEVEL = "ringfence.dev/trust-level"
SPACE = "{{apiVersion: v1, kind: Namespace, metadata: {{name: shop, {}}}}}"
PLAIN = [
    pytest.param("{apiVersion: v1, kind: Namespace, metadata: {name: shop}}", id="that has nothing but a name"),
    pytest.param(SPACE.format("labels: {kubernetes.io/metadata.name: shop}"), id="with the label that API servers give"),
    pytest.param(SPACE.format("annotations: {note: x}"), id="with an annotation that nobody reads"),
    pytest.param(SPACE.format("labels: {}"), id="with no labels"),
]


@pytest.mark.parametrize("text", PLAIN)
def test_a_namespace_among_the_manifests_says_nothing(text):
    assert read(text).unread == read("").unread


@pytest.mark.parametrize(
    ("text", "field"),
    [
        pytest.param(
            SPACE.format(f"labels: {{{LEVEL}: restricted}}"),
            f"metadata.labels[{LEVEL}]",
            id="a level",
        ),
        pytest.param(
            SPACE.format("labels: {team: a, tier: b}"), "metadata.labels.team", id="any label, as selectors may ask for it"
        ),
        pytest.param(
            SPACE.format("annotations: {scheduler.alpha.kubernetes.io/node-selector: a=b}"),
            "metadata.annotations[scheduler.alpha.kubernetes.io/node-selector]",
            id="an annotation that is read",
        ),
    ],
)
def test_a_namespace_among_the_manifests_that_says_something_is_refused_once(text, field):
    ((line, path, reason),) = refused(text, WEB)
    assert (line, path) == (1, field)
    assert reason.startswith("Namespace shop says this among the manifests, which any team may write: only --nodes says")
    assert cluster_of(text, WEB).namespaces["shop"]


TOP = "{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: top}, value: 9}"
TEAM = SPACE.format("labels: {team: a}")


def test_what_the_inventory_says_too_is_no_news():
    more = TEAM.replace("team: a", "team: a, b: c")
    cluster = cluster_of_manifests(TEAM, TOP, WEB, nodes=f"{NODE}---\n{more}\n---\n{TOP}")
    assert dict(cluster.namespaces["shop"]) == {"kubernetes.io/metadata.name": "shop", "team": "a", "b": "c"}


def test_what_differs_from_the_inventory_is_refused():
    others = TEAM.replace("team: a", "team: b"), TOP.replace("9", "10")
    found = refused(*others, WEB, nodes=f"{NODE}---\n{TEAM}\n---\n{TOP}")
    assert [path for _, path, _ in found] == ["metadata.labels.team", "kind"]


def test_a_class_that_is_refused_is_not_missed_by_those_who_name_it():
    named = controller("Deployment").replace("containers:", "priorityClassName: top, containers:")
    assert [path for _, path, _ in refused(TOP, named)] == ["kind"]


def test_without_nodes_the_fault_says_where_they_are_looked_for():
    (fault,) = refused(WEB, nodes="{apiVersion: v1, kind: Secret}")
    assert fault[2].startswith("there is no node in what --nodes names; name a file there")
