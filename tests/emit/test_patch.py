import copy
from dataclasses import replace

import pytest
import yaml

from models.frozen_map import FrozenMap
from models.trust import Membership, PolicyNodes
from planner.emit.patch import patches
from planner.emit.patches.workload import operations
from tests.emit.emit_plans import (
    ADDED,
    EVERY,
    GPU,
    IN_RING,
    LABEL,
    NOTHING,
    REQUIRED,
    RING,
    SSD,
    TAINT,
    ZONE,
    expressions,
    identity,
    lay_out,
    manifest,
    parse,
    plan,
    pod_spec,
    required,
    spread,
    workload,
)

pytestmark = pytest.mark.kubectl

STALE = {"key": TAINT, "operator": "Equal", "value": "internal"}
PINNED = {"key": "metadata.name", "operator": "In", "values": ["node-a"]}
KINDS = (
    *("Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job", "CronJob"),
    *("PodTemplate", "Rollout"),
)


@pytest.fixture
def build(kubectl, tmp_path):
    """Build the base with the patches of a plan and return what comes out, by identity."""

    def run(base, made, component=".", with_group=False):
        done = kubectl("kustomize", lay_out(tmp_path, base, patches(made), component))
        assert done.returncode == 0, done.stderr
        key = (lambda document: document["apiVersion"]) if with_group else identity
        return {key(document): document for document in parse(done.stdout)}

    return run


def expected(document, **changes):
    """Return the document with `changes` in its pod spec, and the annotation that anchors it."""
    after = copy.deepcopy(document)
    pod_spec(after).update(changes)
    after["metadata"]["annotations"] = {TAINT: RING}
    return after


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_patched_where_its_pod_spec_is(build, kind):
    before = manifest(kind, tolerations=[GPU], nodeSelector={"disk": "ssd"})
    after = build([before], plan([before]))
    wanted = expected(before, tolerations=[GPU, ADDED], nodeSelector={"disk": "ssd", LABEL: RING})
    assert after == {identity(before): wanted}


CHANGES = [
    ("nothing: both are added", {}, {"tolerations": [ADDED], "nodeSelector": {LABEL: RING}}),
    ("null and empty fields count as absent", {"tolerations": None, "nodeSelector": None},
     {"tolerations": [ADDED], "nodeSelector": {LABEL: RING}}),
    ("an empty list and an empty map are filled", {"tolerations": [], "nodeSelector": {}},
     {"tolerations": [ADDED], "nodeSelector": {LABEL: RING}}),
    ("tolerations keep their order and their repeats", {"tolerations": [GPU, STALE, GPU]},
     {"tolerations": [GPU, STALE, GPU, ADDED], "nodeSelector": {LABEL: RING}}),
    ("a toleration of the ring is enough", {"tolerations": [ADDED]}, {"nodeSelector": {LABEL: RING}}),
    ("so is one without an operator", {"tolerations": [{"key": TAINT, "value": RING}]}, {"nodeSelector": {LABEL: RING}}),
    ("so is one for NoSchedule", {"tolerations": [{**ADDED, "effect": "NoSchedule"}]}, {"nodeSelector": {LABEL: RING}}),
    ("so is one that tolerates everything", {"tolerations": [{"operator": "Exists"}]}, {"nodeSelector": {LABEL: RING}}),
    ("so is one of the key", {"tolerations": [EVERY]}, {"nodeSelector": {LABEL: RING}}),
    ("one for NoExecute is not enough", {"tolerations": [{**ADDED, "effect": "NoExecute"}]},
     {"tolerations": [{**ADDED, "effect": "NoExecute"}, ADDED], "nodeSelector": {LABEL: RING}}),
    ("nor is one with the key alone, which asks for an empty value", {"tolerations": [{"key": TAINT}]},
     {"tolerations": [{"key": TAINT}, ADDED], "nodeSelector": {LABEL: RING}}),
    ("nor is one that compares numbers", {"tolerations": [{"key": TAINT, "operator": "Gt", "value": RING}]},
     {"tolerations": [{"key": TAINT, "operator": "Gt", "value": RING}, ADDED], "nodeSelector": {LABEL: RING}}),
    ("a selector of the ring is enough", {"nodeSelector": {LABEL: RING}}, {"tolerations": [ADDED]}),
    ("a selector of another ring is replaced", {"nodeSelector": {"disk": "ssd", LABEL: "internal"}},
     {"tolerations": [ADDED], "nodeSelector": {"disk": "ssd", LABEL: RING}}),
    ("terms that all require the ring are enough", {"affinity": required(expressions(SSD, IN_RING), expressions(IN_RING))},
     {"tolerations": [ADDED]}),
    ("an empty term matches nothing and is no way around", {"affinity": required({}, expressions(IN_RING))},
     {"tolerations": [ADDED]}),
    ("one term that does not require the ring is a way around", {"affinity": required(expressions(IN_RING), expressions(SSD))},
     {"tolerations": [ADDED], "nodeSelector": {LABEL: RING}}),
    ("so is one that allows another ring too",
     {"affinity": required(expressions({**IN_RING, "values": [RING, "internal"]}))},
     {"tolerations": [ADDED], "nodeSelector": {LABEL: RING}}),
    ("so is one that names a node", {"affinity": required({"matchFields": [PINNED]}, expressions(IN_RING))},
     {"tolerations": [ADDED], "nodeSelector": {LABEL: RING}}),
    ("empty terms alone are left alone", {"affinity": required({})}, {"tolerations": [ADDED], "nodeSelector": {LABEL: RING}}),
    ("a term of another ring is corrected, and then enough",
     {"affinity": required(expressions(SSD, {**IN_RING, "values": ["internal"]}))},
     {"tolerations": [ADDED], "affinity": required(expressions(SSD, IN_RING))}),
    ("a term that excludes the ring is corrected, its neighbours are kept",
     {"affinity": required(expressions(SSD), expressions({"key": LABEL, "operator": "NotIn", "values": [RING]}, SSD))},
     {"tolerations": [ADDED], "nodeSelector": {LABEL: RING},
      "affinity": required(expressions(SSD), expressions(IN_RING, SSD))}),
    ("a term that is content with the ring is kept",
     {"affinity": required(expressions({"key": LABEL, "operator": "NotIn", "values": ["internal"]}),
                           expressions({"key": LABEL, "operator": "Exists"}))},
     {"tolerations": [ADDED], "nodeSelector": {LABEL: RING}}),
]  # fmt: skip


@pytest.mark.parametrize(("before", "changes"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_a_workload_keeps_what_it_has_and_gains_what_it_lacks(build, before, changes):
    document = manifest(**before)
    after = build([document], plan([document]))[identity(document)]
    wanted = expected(document, **changes)
    for field in [name for name, value in pod_spec(wanted).items() if value is None]:
        del pod_spec(wanted)[field]
    assert after == wanted
    assert "these are guards, and change nothing" in patches(plan([after]))["workloads/shop/deployment-web.yaml"]


def satisfied(term, labels):
    """Say whether a node's labels satisfy a term made of In expressions; fields are taken to match."""
    found = term.get("matchExpressions", [])
    if not found and not term.get("matchFields"):
        return False
    return all(labels.get(one["key"]) in one["values"] for one in found)


def test_no_term_is_a_way_out_of_the_ring(build):
    terms = [expressions(SSD), {"matchFields": [PINNED]}, {}, expressions(SSD, ZONE)]
    before = manifest(affinity=required(*terms), nodeSelector={"disk": "ssd"})
    spec = pod_spec(build([before], plan([before]))[identity(before)])
    assert spec["affinity"] == required(*terms)
    for ring in (RING, "internal", None):
        labels = {"disk": "ssd", "zone": "a", **({LABEL: ring} if ring else {})}
        selected = all(labels.get(key) == value for key, value in spec["nodeSelector"].items())
        found = spec["affinity"]["nodeAffinity"][REQUIRED]["nodeSelectorTerms"]
        assert [selected and satisfied(term, labels) for term in found] == [ring == RING, ring == RING, False, ring == RING]


SPREADS = [
    ("the default honours the ring's selector", spread(), None),
    ("affinity ignored: taints must be honoured", spread(nodeAffinityPolicy="Ignore"), "Honor"),
    ("also where taints are ignored by name", spread(nodeAffinityPolicy="Ignore", nodeTaintsPolicy="Ignore"), "Honor"),
    ("honoured already", spread(nodeAffinityPolicy="Ignore", nodeTaintsPolicy="Honor"), None),
    ("a soft constraint blocks nobody", spread(nodeAffinityPolicy="Ignore", whenUnsatisfiable="ScheduleAnyway"), None),
]


@pytest.mark.parametrize(("constraint", "policy"), [row[1:] for row in SPREADS], ids=[row[0] for row in SPREADS])
def test_a_spread_constraint_does_not_count_other_rings(build, constraint, policy):
    first = spread(topologyKey="host")
    document = manifest(topologySpreadConstraints=[first, constraint])
    after = build([document], plan([document]))[identity(document)]
    wanted = [first, constraint if policy is None else {**constraint, "nodeTaintsPolicy": policy}]
    assert pod_spec(after)["topologySpreadConstraints"] == wanted
    path = "/spec/template/spec/topologySpreadConstraints"
    found = operations(workload(document), Membership("group", RING), PolicyNodes())
    assert sum(one["path"].startswith(path) for one in found) == (0 if policy is None else 2)


RESIDENTS = [
    ("is let past every ring's taint", [GPU], [GPU, EVERY]),
    ("is guarded alone if it tolerates everything", [{"operator": "Exists"}], [{"operator": "Exists"}]),
    ("is guarded alone if it tolerates every NoSchedule", [{"operator": "Exists", "effect": "NoSchedule"}],
     [{"operator": "Exists", "effect": "NoSchedule"}]),
    ("one ring is not every ring", [ADDED], [ADDED, EVERY]),
    ("NoExecute is not NoSchedule", [{"operator": "Exists", "effect": "NoExecute"}],
     [{"operator": "Exists", "effect": "NoExecute"}, EVERY]),
]  # fmt: skip


@pytest.mark.parametrize(("before", "wanted"), [row[1:] for row in RESIDENTS], ids=[row[0] for row in RESIDENTS])
def test_a_shared_resident(build, before, wanted):
    document = manifest("DaemonSet", "agent", "kube-system", tolerations=before)
    after = build([document], plan([document], {"DaemonSet/kube-system/agent": "*"}))[identity(document)]
    assert after["metadata"]["annotations"] == {TAINT: "*"}
    assert pod_spec(after) == {**pod_spec(document), "tolerations": wanted}


@pytest.mark.parametrize(
    ("tolerations", "is_patched"),
    [
        pytest.param([{"operator": "Exists"}], False, id="that lacks nothing needs not be in Git"),
        pytest.param([GPU], True, id="that lacks a toleration has to be in Git"),
    ],
)
def test_a_shared_resident_that_a_cluster_tells_of(tolerations, is_patched):
    made = plan([manifest("DaemonSet", tolerations=tolerations)], {"DaemonSet/shop/web": "*"})
    (agent,) = made.cluster.workloads
    told = replace(made, cluster=replace(made.cluster, workloads=(replace(agent, stored=True),)))
    assert ("workloads/shop/daemonset-web.yaml" in patches(told)) is is_patched


@pytest.mark.parametrize(
    ("fields", "is_patched"),
    [
        pytest.param(
            {"tolerations": [ADDED], "nodeSelector": {LABEL: RING}}, False, id="that carries its ring, by whatever means"
        ),
        pytest.param({"tolerations": [ADDED]}, True, id="that lacks the ring's label has to be in Git"),
    ],
)
def test_a_workload_that_a_cluster_tells_of(fields, is_patched):
    made = plan([manifest(**fields)])
    (web,) = made.cluster.workloads
    told = replace(made, cluster=replace(made.cluster, workloads=(replace(web, stored=True),)))
    assert ("workloads/shop/deployment-web.yaml" in patches(made)) is True
    assert ("workloads/shop/deployment-web.yaml" in patches(told)) is is_patched


def test_a_dot_in_a_name_stands_for_itself(build):
    dotted, near = manifest(name="web.1"), manifest(name="webx1")
    after = build([dotted, near], plan([dotted, near], {"Deployment/shop/webx1": ""}))
    assert after[identity(near)] == near
    assert pod_spec(after[identity(dotted)])["nodeSelector"] == {LABEL: RING}


def test_a_resource_of_another_group_is_not_touched(build):
    rollout = manifest("Rollout")
    namesake = {**rollout, "apiVersion": "example.dev/v1alpha1"}
    assert len(patches(plan([rollout]))) > len(NOTHING)
    found = build([rollout, namesake], plan([rollout]), with_group=True)
    assert found["example.dev/v1alpha1"] == namesake
    assert pod_spec(found["argoproj.io/v1alpha1"])["nodeSelector"] == {LABEL: RING}


NAMESAKES = [
    ("a Deployment of Kubernetes and one of another group", "Deployment", "apps/v1", "example.com/v1"),
    ("a Pod of the core group, which has no name, and another", "Pod", "v1", "example.com/v1"),
    ("two custom resources", "Deployment", "example.com/v1", "example.com.eu/v1"),
    ("groups of which one is a pattern of the other", "Deployment", "a.b/v1", "axb/v1"),
]


@pytest.mark.parametrize(("kind", "first", "second"), [row[1:] for row in NAMESAKES], ids=[row[0] for row in NAMESAKES])
def test_workloads_of_one_kind_and_name_in_two_groups_are_told_apart(build, kind, first, second):
    one, two = ({**manifest(kind), "apiVersion": version} for version in (first, second))
    rings = {str(identity(one)): "red", str(identity(two)): "blue"}
    made = plan([one, two], rings)
    assert len([path for path in patches(made) if path.startswith("workloads/")]) == 4, "a file is overwritten"
    after = build([one, two], made)
    assert {str(name): pod_spec(document)["nodeSelector"] for name, document in after.items()} == {
        name: {LABEL: ring} for name, ring in rings.items()
    }


def test_only_the_one_that_is_in_a_ring_is_patched(build):
    one, two = ({**manifest("Pod"), "apiVersion": version} for version in ("v1", "example.com/v1"))
    after = build([one, two], plan([one, two], {str(identity(two)): ""}))
    assert after[identity(two)] == two
    assert pod_spec(after[identity(one)])["nodeSelector"] == {LABEL: RING}


def test_kinds_that_differ_in_capital_letters_alone_have_files_of_their_own():
    kinds = [{**manifest(kind), "apiVersion": "example.com/v1"} for kind in ("CloneSet", "Cloneset")]
    found = patches(plan(kinds))
    mine = [path for path in found if "cloneset" in path]
    assert len(mine) == 2
    assert all(path.removeprefix("workloads/shop/") in found["workloads/shop/kustomization.yaml"] for path in mine)


def test_a_file_says_of_which_group_its_workload_is():
    found = patches(plan([{**manifest(), "apiVersion": "example.com/v1"}, manifest()]))
    assert "Deployment shop/web runs" in found["workloads/shop/deployment-web.yaml"]
    assert "Deployment.example.com shop/web runs" in found["workloads/shop/deployment.example.com_web.yaml"]


def test_a_note_about_a_kind_of_kubernetes_is_not_made_on_another():
    found = patches(plan([{**manifest("Job"), "apiVersion": "example.com/v1"}, manifest("Job")]))
    assert "delete it and create it anew" in found["workloads/shop/job-web.yaml"]
    assert "delete it" not in found["workloads/shop/job.example.com_web.yaml"]


def test_a_workload_without_a_namespace_is_in_default(build):
    document = manifest(namespace=None)
    after = build([document], plan([document]))[identity(document)]
    assert pod_spec(after)["nodeSelector"] == {LABEL: RING}
    assert "namespace" not in after["metadata"]


def test_workloads_of_one_name_are_told_apart(build):
    found = [manifest(), manifest("StatefulSet"), manifest(namespace="bank"), manifest("Rollout")]
    rings = {str(identity(document)): f"ring-{at}" for at, document in enumerate(found)}
    after = build(found, plan(found, rings))
    assert {str(name): pod_spec(document)["nodeSelector"][LABEL] for name, document in after.items()} == rings


def test_a_namespace_can_be_used_alone(build):
    found = [manifest(), manifest(namespace="bank")]
    after = build(found[:1], plan(found), component="workloads/shop")
    assert pod_spec(after[identity(found[0])])["nodeSelector"] == {LABEL: RING}


@pytest.mark.parametrize("kind", ["Deployment", "Job"])
def test_what_carries_its_ring_is_anchored_and_guarded_alone(build, kind):
    done = manifest(kind, tolerations=[ADDED], nodeSelector={LABEL: RING})
    assert build([done], plan([done])) == {identity(done): expected(done)}
    text = patches(plan([done]))[f"workloads/shop/{kind.lower()}-web.yaml"]
    assert {one["op"] for one in yaml.safe_load(text)} == {"test"}
    assert "these are guards, and change nothing" in text
    assert "create it anew" not in text


def test_nothing_to_do_is_said_and_still_builds(build):
    outside = manifest(name="outside")
    made = plan([outside], {"Deployment/shop/outside": ""})
    assert build([outside], made) == {identity(outside): outside}
    files = patches(made)
    assert {path for path in files if not path.startswith("policy/")} == NOTHING
    assert "Nothing to patch" in files["kustomization.yaml"]


def test_a_workload_without_membership_is_left_alone():
    made = plan([manifest()])
    strangers = replace(made, trust=replace(made.trust, members=FrozenMap()))
    assert not any(path.startswith("workloads/") for path in patches(strangers))


def test_a_pod_that_tolerates_every_ring_counts_by_its_affinity(build):
    constraint = spread(nodeAffinityPolicy="Ignore")
    document = manifest(tolerations=[{"operator": "Exists"}], topologySpreadConstraints=[constraint])
    after = build([document], plan([document]))[identity(document)]
    assert pod_spec(after)["topologySpreadConstraints"] == [{**constraint, "nodeAffinityPolicy": "Honor"}]
