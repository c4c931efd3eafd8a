"""Which stage of a plan a cluster has reached: a made-up cluster goes through all five, and lacks one thing at a time."""

import copy
import json

import pytest
import yaml

from planner import pipeline
from planner.emit.stages.folders import ABOUT, staged
from tests.conftest import ROOT

SAMPLE = ROOT / "samples" / "quickstart"
PLAN = SAMPLE / "expected" / "plan.yaml"
LOADED = pipeline.load(str(PLAN))
KEYS = LOADED.policy.nodes
RING_OF = {node: ring.name for ring in LOADED.rings for node in ring.nodes}
FOLDERS = tuple(ABOUT)


def written(file):
    return [document for document in yaml.safe_load_all((SAMPLE / file).read_text()) if document]


def taint(node, *effects):
    ring = RING_OF[node["metadata"]["name"]]
    node["spec"] = {"taints": [{"key": KEYS.taint_key, "value": ring, "effect": effect} for effect in effects]}


def patched(workload):
    """A workload as its patch leaves it, rolled out."""
    meta, spec = workload["metadata"], workload["spec"]
    template = spec["jobTemplate"]["spec"]["template"] if "jobTemplate" in spec else spec["template"]
    member = LOADED.trust.members[f"{workload['kind']}/{meta['namespace']}/{meta['name']}"]
    if member.ring:
        template["spec"]["nodeSelector"] = {KEYS.label_key: member.ring}
        template["spec"]["tolerations"] = [{"key": KEYS.taint_key, "value": member.ring}]
    elif member.everywhere:
        template["spec"]["tolerations"].append({"key": KEYS.taint_key, "operator": "Exists"})
    count = spec.get("replicas", 1)
    names = ("updatedReplicas", "readyReplicas", "availableReplicas", "replicas")
    of_daemons = ("desiredNumberScheduled", "updatedNumberScheduled", "numberAvailable")
    workload["status"] = {"observedGeneration": 2, **dict.fromkeys(of_daemons, 3), **dict.fromkeys(names, count)}
    meta["generation"] = 2


def policies(folder):
    files = staged(LOADED)
    texts = [text for path, text in files.items() if path.startswith(f"{folder}/policy/") and "kustomization" not in path]
    return [document for text in texts for document in yaml.safe_load_all(text)]


def cluster(stage):
    """The objects of a cluster that has reached a stage: 0 none, 5 all."""
    nodes, workloads = written("nodes.yaml"), [each for each in written("workloads.yaml") if "template" in json.dumps(each)]
    for node in (each for each in nodes if each["kind"] == "Node" and stage and each["metadata"]["name"] in RING_OF):
        node["metadata"]["labels"][KEYS.label_key] = RING_OF[node["metadata"]["name"]]
        taint(node, *(("NoSchedule",) if stage > 2 else ()), *(("NoExecute",) if stage > 4 else ()))
    for workload in workloads if stage > 1 else ():
        patched(workload)
    bound = policies(FOLDERS[3 if stage > 3 else 0]) if stage else []
    return [*nodes, *workloads, *bound]


@pytest.fixture
def stages(tmp_path, ringfence):
    """Return what a cluster lacks of each stage, as check reads what `kubectl get -o yaml` wrote of it."""

    def run(objects, form="json"):
        for number, each in enumerate(objects):
            each["metadata"] |= {"uid": f"uid-{number}", "creationTimestamp": "2026-01-01T00:00:00Z"}
        (tmp_path / "cluster.yaml").write_text(yaml.safe_dump({"apiVersion": "v1", "kind": "List", "items": objects}))
        done = ringfence(
            "check", "--nodes", tmp_path, "--plan", PLAN, "-O", "json" if form == "ids" else form, "--fail-on", "never"
        )
        assert done.returncode == 0, done.stderr
        if form == "ids":
            return {each["id"] for each in json.loads(done.stdout)["findings"]}
        return {each["name"]: each["lacks"] for each in json.loads(done.stdout)["stages"]} if form == "json" else done.stdout

    return run


@pytest.mark.parametrize("number", range(6))
def test_a_cluster_goes_through_the_stages(number, stages):
    lacking = stages(cluster(number))
    assert [not lacking[folder] for folder in FOLDERS] == [place < number for place in range(5)], lacking


def named(objects, kind, name=""):
    return next(each for each in objects if each["kind"] == kind and name in each["metadata"]["name"])


def drop(kind, name=""):
    return lambda objects: objects.remove(named(objects, kind, name))


def relabelled(objects):
    named(objects, "Node", "node-1a")["metadata"]["labels"][KEYS.label_key] = "internal"


def untolerated(objects):
    named(objects, "Deployment", "web")["spec"]["template"]["spec"]["tolerations"] = []


def shut_out(objects):
    named(objects, "DaemonSet", "fluent-bit")["spec"]["template"]["spec"]["tolerations"] = []


def in_one_ring_alone(objects):
    tolerations = [{"key": KEYS.taint_key, "operator": "Equal", "value": "internal"}]
    named(objects, "DaemonSet", "fluent-bit")["spec"]["template"]["spec"]["tolerations"] = tolerations


def half_rolled_out(objects):
    named(objects, "DaemonSet", "fluent-bit")["status"]["updatedNumberScheduled"] = 1


def half_selected(objects):
    spec = named(objects, "Deployment", "web")["spec"]["template"]["spec"]
    del spec["nodeSelector"]
    wanted = {"key": KEYS.label_key, "operator": "In", "values": ["internal"]}
    terms = [{"matchExpressions": [wanted]}, {"matchExpressions": [{"key": "gpu", "operator": "Exists"}]}]
    spec["affinity"] = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}}


def rolling(objects):
    named(objects, "Deployment", "web")["status"]["updatedReplicas"] = 1


def unseen(objects):
    named(objects, "StatefulSet")["metadata"]["generation"] = 3


def softly_tainted(objects):
    taint(named(objects, "Node", "node-1a"), "PreferNoSchedule", "NoExecute")


def joined_without_taint(objects):
    node = copy.deepcopy(named(objects, "Node", "node-1a"))
    node["metadata"]["name"] = node["metadata"]["labels"]["kubernetes.io/hostname"] = "node-new"
    objects.append({**node, "spec": {}})


def auditing(objects):
    named(objects, "ValidatingAdmissionPolicyBinding", "pods")["spec"]["validationActions"] = ["Audit"]


def excepting(objects):
    spec = named(objects, "ValidatingAdmissionPolicyBinding", "pods")["spec"]
    spec["matchResources"] = {"namespaceSelector": {"matchLabels": {"guarded": "yes"}}}


def rebound(objects):
    named(objects, "ValidatingAdmissionPolicyBinding", "pods")["spec"]["policyName"] = "ringfence-nodes"


def misshapen(objects):
    named(objects, "ValidatingAdmissionPolicyBinding", "pods")["spec"]["validationActions"] = 7


def edited(objects):
    named(objects, "ValidatingAdmissionPolicy", "pods")["spec"]["failurePolicy"] = "Ignore"


LACKING = {
    "a node has the label of another ring": (relabelled, "1-labels", "node-1a: label"),
    "a policy is not bound": (drop("ValidatingAdmissionPolicyBinding", "pods"), "1-labels", "is not in what the cluster told"),
    "a bound policy is gone": (drop("ValidatingAdmissionPolicy", "pods"), "1-labels", "is not in what the cluster told"),
    "a node is gone": (drop("Node", "node-1a"), "1-labels", "node node-1a is not in what the cluster told"),
    "a workload is gone": (drop("Deployment", "web"), "2-workloads", "web is not in what the cluster told"),
    "a workload tolerates nothing": (untolerated, "2-workloads", "does not tolerate the taint of ring internal"),
    "a shared resident tolerates no ring": (shut_out, "2-workloads", "fluent-bit: does not tolerate the taint of every ring"),
    "a shared resident tolerates one ring": (in_one_ring_alone, "2-workloads", "does not tolerate the taint of every ring"),
    "a shared resident is half rolled out": (half_rolled_out, "2-workloads", "fluent-bit: is not rolled out: 1 of 3"),
    "one of two terms selects no ring": (half_selected, "2-workloads", "does not select ring internal"),
    "a rollout is half done": (rolling, "2-workloads", "is not rolled out: 1 of"),
    "a rollout has not begun": (unseen, "2-workloads", "has not seen the patch"),
    "a taint that only prefers": (softly_tainted, "3-taints", "node-1a: taint"),
    "a node that joined has the label of a ring alone": (joined_without_taint, "3-taints", "node-new: taint"),
    "a policy that only audits": (auditing, "4-policies", "validationActions is 'Audit'"),
    "a binding that makes exceptions": (excepting, "4-policies", "makes exceptions"),
    "a binding of another policy": (rebound, "1-labels", "ValidatingAdmissionPolicyBinding ringfence-pods is not in"),
    "actions that are no list": (misshapen, "4-policies", "validationActions is ''"),
    "a policy that somebody edited": (edited, "4-policies", "is not what the plan's folder says"),
}


@pytest.mark.parametrize("case", LACKING)
def test_what_is_lacking_is_named_and_ends_the_stages_before_it(case, stages):
    spoil, folder, said = LACKING[case]
    objects = cluster(5)
    spoil(objects)
    lacking = stages(objects)
    assert next(name for name in FOLDERS if lacking[name]) == folder
    assert any(said in lack for lack in lacking[folder]), lacking[folder]


def test_people_read_what_the_next_stage_lacks(stages):
    told = stages(cluster(2), "table")
    assert "reached: 2-workloads; next: 3-taints, which lacks 8\n  node node-1c: taint ringfence.dev/ring is '', and " in told
    assert "\nreached: 5-eviction\n" in stages(cluster(5), "table")


@pytest.mark.parametrize(("stage", "is_open"), [(0, True), (3, True), (4, False)])
def test_rings_are_called_open_until_the_policies_refuse(stage, is_open, stages):
    assert ("no-admission" in stages(cluster(stage), "ids")) is is_open


def test_manifests_and_a_plan_alone_are_no_cluster(ringfence):
    for given in ((SAMPLE / "workloads.yaml",), ()):
        done = ringfence("check", *given, "--plan", PLAN, "-O", "json", "--fail-on", "never")
        assert json.loads(done.stdout)["stages"] == []


def test_another_binding_that_only_warns_changes_nothing(stages):
    objects = cluster(5)
    other = copy.deepcopy(named(objects, "ValidatingAdmissionPolicyBinding", "pods"))
    other["metadata"]["name"], other["spec"]["validationActions"] = "z-other", ["Warn"]
    assert not any(stages([*objects, other]).values())


def test_defaults_that_the_api_server_writes_change_no_policy(stages):
    objects = copy.deepcopy(cluster(4))
    for policy in (each for each in objects if each["kind"] == "ValidatingAdmissionPolicy"):
        policy["spec"]["matchConstraints"] |= {"matchPolicy": "Equivalent", "namespaceSelector": {}, "objectSelector": {}}
        for rule in policy["spec"]["matchConstraints"]["resourceRules"]:
            rule["scope"] = "*"
    assert stages(objects)["4-policies"] == []
