"""A cluster as it runs today beside two Deployments in Git: what Git has is patched and builds, the rest is counted and said."""

import json
from copy import deepcopy
from functools import partial

import pytest
import yaml

LEVEL, KEY = "ringfence.dev/trust-level", "ringfence.node-restriction.kubernetes.io/ring"
POLICY = """
apiVersion: ringfence.dev/v1alpha1
kind: TrustPolicy
metadata: {name: grown}
spec:
  levels: [restricted, internal, untrusted]
  everywhere: [{kind: DaemonSet, namespaces: [kube-system]}]
  assign: [{level: internal, match: {namespaces: [web]}}]
"""


def node(name):
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name}},
        "status": {"allocatable": {"cpu": "2", "memory": "4Gi", "pods": "20"}},
    }


def spec(cpu="500m", **more):
    return {"containers": [{"name": "main", "image": "app:1", "resources": {"requests": {"cpu": cpu, "memory": "64Mi"}}}], **more}


def deployment(namespace, name, replicas, level):
    labels = {"app": name, LEVEL: level}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"namespace": namespace, "name": name},
        "spec": {
            "replicas": replicas,
            "strategy": {"type": "Recreate"},
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": labels}, "spec": spec()},
        },
    }


def pod(namespace, name, where, owner=None, labels=None, **more):
    metadata = {"namespace": namespace, "name": name, "uid": f"uid-{name}", "labels": labels or {}}
    if owner:
        api_version, kind, whose = owner
        metadata["ownerReferences"] = [
            {"apiVersion": api_version, "kind": kind, "name": whose, "uid": f"uid-{whose}", "controller": True}
        ]
    body = spec(more.pop("cpu", "500m"), nodeName=where, **more)
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": body, "status": {"phase": "Running"}}


def of_daemon_set(name, where, **more):
    pinned = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [where]}]}
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [pinned]}}}
    owner, labels = ("apps/v1", "DaemonSet", name), {"k8s-app": name, "controller-revision-hash": "1"}
    return pod("kube-system", f"{name}-{where}", where, owner, labels, affinity=affinity, cpu="100m", **more)


GIT = [deployment("pay", "api", 2, "restricted"), deployment("web", "shop", 2, "internal")]
NODES = [node(f"n{at}") for at in range(1, 5)]
OF_API, OF_SHOP = ("apps/v1", "ReplicaSet", "api-5d4"), ("apps/v1", "ReplicaSet", "shop-7c6")
OPERATED = pod(
    "data", "kafka-0", "n4", ("core.strimzi.io/v1beta2", "StrimziPodSet", "kafka"), {LEVEL: "restricted", "app": "kafka"}, cpu="1"
)
DAEMONS = [
    *(of_daemon_set("cni", f"n{at}", tolerations=[{"operator": "Exists"}]) for at in range(1, 5)),
    *(of_daemon_set("logs", f"n{at}") for at in range(1, 5)),
]
RUNNING = [
    pod("pay", "api-5d4-a", "n1", OF_API, {"app": "api", LEVEL: "restricted", "pod-template-hash": "5d4"}),
    pod("pay", "api-5d4-b", "n2", OF_API, {"app": "api", LEVEL: "restricted"}),
    pod("web", "shop-7c6-a", "n3", OF_SHOP, {"app": "shop", LEVEL: "internal"}),
    pod("web", "shop-7c6-b", "n4", OF_SHOP, {"app": "shop", LEVEL: "internal"}),
    pod("web", "netshoot", "n3", labels={"run": "netshoot"}, cpu="50m"),
    OPERATED,
    *DAEMONS,
]


@pytest.fixture
def run(ringfence, tmp_path):
    """Plan with what runs, and return exit code, plan and what was said."""
    return partial(planned, ringfence, tmp_path)


def planned(ringfence, folder, running=(), git=GIT, nodes=NODES, policy=POLICY):
    told = [{"apiVersion": "v1", "kind": "List", "items": list(running)}]
    for name, documents in (("git", git), ("nodes", nodes), ("pods", told)):
        (folder / f"{name}.yaml").write_text("---\n".join(map(yaml.safe_dump, documents)))
    (folder / "trust.yaml").write_text(policy)
    files = "git.yaml", "--nodes", "nodes.yaml", "--nodes", "pods.yaml", "--policy", "trust.yaml", "-o", "plan.yaml"
    done = ringfence("plan", *files, cwd=folder)
    plan = folder / "plan.yaml"
    return done.returncode, yaml.safe_load(plan.read_text()) if plan.exists() else {}, done.stdout + done.stderr


@pytest.fixture
def grown(run, tmp_path):
    code, plan, said = run(RUNNING)
    assert code == 0, said
    return tmp_path, plan, said


def by_hand(plan):
    return {one["subject"]: one["message"] for one in plan.get("byHand", ())}


def test_all_that_runs_is_counted_where_it_runs(grown):
    _, plan, _ = grown
    on = {"/".join((one["workload"]["kind"], one["workload"]["name"])): one["on"] for one in plan["placements"]}
    assert on["Pod/netshoot"] == {"n3": 1}
    assert on["Pod/kafka-0"] == {"n4": 1}
    rings = {name: ring["name"] for ring in plan["rings"] for name in ring["nodes"]}
    assert (rings["n3"], rings["n4"]) == ("internal", "restricted")
    assert {one["workload"]["name"]: one["nodes"] for one in plan["shared"]} == {"cni": 4, "logs": 4}


def test_what_is_to_be_done_by_hand_is_said_once_for_each_that_is_to_be_changed(grown):
    _, plan, said = grown
    found = by_hand(plan)
    assert set(found) == {"Pod/web/netshoot", "StrimziPodSet.core.strimzi.io/data/kafka", "DaemonSet/kube-system/logs"}
    assert found["StrimziPodSet.core.strimzi.io/data/kafka"].startswith("makes Pod/data/kafka-0, and is in no manifest")
    assert "create it anew with these, or let it end" in found["Pod/web/netshoot"]
    patch = found["DaemonSet/kube-system/logs"].partition("--type merge -p '")[2].rpartition("'")[0]
    assert json.loads(patch)["spec"]["template"]["spec"] == {"tolerations": [{"key": "ringfence.dev/ring", "operator": "Exists"}]}
    text = " ".join(said.split())
    assert "To be done by hand: 3 4 workloads run in the cluster and are in no manifest" in text
    assert "LEVELS MIX" not in text


def test_the_plan_is_verified(grown, ringfence):
    done = ringfence("verify", grown[0] / "plan.yaml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_only_what_git_has_is_patched(grown, ringfence):
    folder, _, _ = grown
    assert ringfence("patch", folder / "plan.yaml", "-o", folder / "out").returncode == 0
    patched = sorted(str(path.relative_to(folder / "out/workloads")) for path in (folder / "out/workloads").rglob("*-*.yaml"))
    assert patched == ["pay/deployment-api.yaml", "web/deployment-shop.yaml"]
    anchors = "".join(path.read_text() for path in (folder / "out/workloads").rglob("anchors.yaml"))
    assert anchors.count("kind:") == 2
    assert "#   Pod/web/netshoot\n" in (folder / "out/kustomization.yaml").read_text()


@pytest.mark.kubectl
def test_the_component_builds_against_what_git_has(grown, ringfence, kubectl):
    folder, _, _ = grown
    assert ringfence("patch", folder / "plan.yaml", "-o", folder / "overlay/ringfence").returncode == 0
    base = folder / "overlay"
    (base / "git.yaml").write_text((folder / "git.yaml").read_text())
    (base / "kustomization.yaml").write_text("resources: [git.yaml]\ncomponents: [ringfence]\n")
    done = kubectl("kustomize", base)
    assert done.returncode == 0, done.stderr
    built = {one["metadata"]["name"]: one for one in yaml.safe_load_all(done.stdout)}
    assert {name: one["spec"]["template"]["spec"]["nodeSelector"] for name, one in built.items()} == {
        "api": {KEY: "restricted"},
        "shop": {KEY: "internal"},
    }


@pytest.mark.kubectl
def test_the_commands_for_hands_are_ones_that_kubectl_takes(grown, kubectl):
    _, plan, _ = grown
    patch = by_hand(plan)["DaemonSet/kube-system/logs"].partition("--type merge -p '")[2].rpartition("'")[0]
    template = {"metadata": {"labels": {"a": "b"}}, "spec": spec()}
    logs = {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "logs"}, "spec": {"template": template}}
    done = kubectl("patch", "--local", "-f", "-", "--type", "merge", "-p", patch, "-o", "yaml", stdin=yaml.safe_dump(logs))
    assert done.returncode == 0, done.stderr
    assert yaml.safe_load(done.stdout)["spec"]["template"]["spec"]["tolerations"][0]["operator"] == "Exists"


def test_planning_again_once_it_is_done_says_nothing_of_it(run):
    home = {"nodeSelector": {KEY: "internal"}, "tolerations": [{"key": "ringfence.dev/ring", "value": "internal"}]}
    done = pod("web", "netshoot", "n3", labels={"run": "netshoot"}, cpu="50m", **home)
    cni = [one for one in DAEMONS if one["metadata"]["name"].startswith("cni")]
    _, plan, said = run([*RUNNING[:4], done, *cni])
    assert plan["verdict"] == "feasible", said
    assert by_hand(plan) == {}


def test_pods_that_must_go_are_named_loudly(run):
    """Two Pods of two levels share each node: one of them has to go by hand whatever ring the node gets."""
    lone = [pod("web", f"shell-{at}", f"n{at}", labels={LEVEL: "internal"}, cpu="1") for at in (1, 2)]
    others = [pod("pay", f"key-{at}", f"n{at}", labels={LEVEL: "restricted"}, cpu="500m") for at in (1, 2)]
    code, plan, said = run([*lone, *others], nodes=NODES[:2], git=GIT[:1])
    assert code == 0, said
    found = [message for message in by_hand(plan).values() if "LEVELS MIX on" in message]
    assert len(found) == 2
    assert all("until its pods there are deleted, which neither a patch nor a taint does: kubectl -n" in one for one in found)


def test_a_plan_without_them_where_they_are_is_better_than_none(run, ringfence, tmp_path):
    """Each of two nodes has a Pod of internal, and restricted needs one: keeping both allows no plan."""
    lone = [pod("web", f"shell-{at}", f"n{at}", labels={LEVEL: "internal"}, cpu="500m") for at in (1, 2)]
    code, plan, said = run(lone, nodes=NODES[:2], git=GIT[:1])
    assert code == 0, said
    assert plan["inputs"]["cluster"]["mayMoveByHand"] is True
    (message,) = [one for one in by_hand(plan).values() if "LEVELS MIX on" in one]
    assert "delete pod shell-" in message
    assert ringfence("verify", tmp_path / "plan.yaml").returncode == 0


def test_levels_that_are_missing_are_said_once_for_each_owner(run):
    many = [pod("data", f"kafka-{at}", "n1", ("core.strimzi.io/v1beta2", "StrimziPodSet", "kafka")) for at in range(9)]
    code, _, said = run(many)
    assert (code, said.count("carries no level")) == (2, 1)
    assert "so it is with 8 more that StrimziPodSet.core.strimzi.io/data/kafka makes" in said


def test_one_of_a_daemon_set_is_said_once_too(run):
    code, _, said = run(DAEMONS, policy=POLICY.replace("kube-system", "elsewhere"))
    assert code == 2
    assert [said.count(f"DaemonSet/kube-system/{name} carries no level") for name in ("cni", "logs")] == [1, 1]


def test_one_of_a_single_ring_mixes_until_it_selects_it(run):
    policy = POLICY.replace("kube-system", "elsewhere")
    policy = policy.replace("assign: [", "assign: [{level: internal, match: {kind: DaemonSet}}, ")
    code, plan, said = run([*RUNNING[:4], *DAEMONS], policy=policy)
    assert code == 0, said
    message = by_hand(plan)["DaemonSet/kube-system/logs"]
    assert "LEVELS MIX on n1 (ring restricted)" in message or "LEVELS MIX on n2 (ring restricted)" in message
    assert f'"nodeSelector":{{"{KEY}":"internal"}}' in message


EVIL = {
    "Deployment": (deployment("pay", "evil", 3, "untrusted"), ("apps/v1", "Deployment", "api")),
    "Job": (
        {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {"namespace": "pay", "name": "evil"},
            "spec": {"template": {"metadata": {"labels": {LEVEL: "untrusted"}}, "spec": spec(restartPolicy="Never")}},
        },
        ("batch/v1", "CronJob", "api"),
    ),
}
CLAIMS = "claims: [{level: restricted, namespaces: [pay]}, {level: untrusted, namespaces: [partner]}]"
CLAIMED = POLICY.replace("  assign", f"  {CLAIMS}\n  assign")


@pytest.mark.parametrize(("evil", "owner"), EVIL.values(), ids=EVIL)
def test_a_manifest_that_names_an_owner_does_not_vanish_with_its_tolerations(run, evil, owner):
    evil = deepcopy(evil)
    api_version, kind, name = owner
    evil["metadata"]["ownerReferences"] = [
        {"apiVersion": api_version, "kind": kind, "name": name, "uid": "11111111-1111-1111-1111-111111111111", "controller": True}
    ]
    evil["spec"]["template"]["spec"]["tolerations"] = [{"operator": "Exists"}]
    code, plan, said = run(git=[*GIT, evil])
    assert code == 0, said
    assert "evil" in [one["workload"]["name"] for one in plan["placements"]]
    named = [one["subject"] for one in plan["unenforced"] if "tolerates the taint of every ring" in one["message"]]
    assert named == [f"{evil['kind']}/pay/evil"]
    code, _, said = run(git=[*GIT, evil], policy=CLAIMED)
    assert (code, "says level 'untrusted', which only namespaces partner may carry" in said) == (2, True)


def static(namespace, where, level, marked=True):
    found = pod(namespace, f"evil-{where}", where, ("v1", "Node", where), {LEVEL: level}, cpu="100m")
    if marked:
        found["metadata"]["annotations"] = {"kubernetes.io/config.mirror": "x"}
    return found


def test_a_pod_in_git_that_passes_for_a_static_one_must_have_a_claim(run):
    evil = static("partner", "n1", "restricted")
    code, _, said = run(git=[*GIT, evil], policy=CLAIMED)
    assert (code, "a Pod among the manifests with uid, nodeName and status" in said) == (2, True)
    del evil["status"]
    code, _, said = run(git=[*GIT, evil], policy=CLAIMED)
    assert (code, "Pod/partner/evil-n1 says level 'restricted', which only namespaces pay may carry" in said) == (2, True)


def test_a_taken_kubelet_neither_lifts_its_node_nor_stops_the_plan(run, ringfence, tmp_path):
    lies = [static("partner", "n1", "restricted"), static("pay", "n2", "restricted"), static("web", "n3", "unheard-of")]
    code, plan, said = run(lies, nodes=[*NODES, node("n5")], policy=CLAIMED)
    assert code == 0, said
    assert {name for ring in plan["rings"] for name in ring["nodes"]}.isdisjoint({"n1", "n2", "n3"})
    named = {one["subject"]: one["message"] for one in plan["unenforced"] if "static pod" in one["message"]}
    assert set(named) == {"Pod/partner/evil-n1", "Pod/pay/evil-n2", "Pod/web/evil-n3"}
    assert "which only namespaces pay may carry: not believed" in named["Pod/partner/evil-n1"]
    assert "which therefore gets no ring" in named["Pod/pay/evil-n2"]
    assert "which the policy does not know: not believed" in named["Pod/web/evil-n3"]
    assert ringfence("verify", tmp_path / "plan.yaml").returncode == 0
