"""A workload that is not what its level requires falls to a lower level, where the policy says so; all commands agree on it."""

import json

import pytest
import yaml

POLICY = """
apiVersion: ringfence.dev/v1alpha1
kind: TrustPolicy
metadata: {name: shop}
spec:
  levels: [restricted, internal, untrusted]
"""
HARD = {"runAsNonRoot": True, "allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
HARD |= {"seccompProfile": {"type": "RuntimeDefault"}}
NODES = "".join(
    f"---\napiVersion: v1\nkind: Node\nmetadata: {{name: n{number}}}\n"
    'status: {allocatable: {cpu: "4", memory: 8Gi, pods: "20"}}\n'
    for number in range(3)
)
ANNOTATION = "container.apparmor.security.beta.kubernetes.io/main"


def web(context=None, level="restricted", annotations=None, containers=(), claim="", **spec):
    """A Deployment whose template says its level."""
    main = {"name": "main", "image": "registry.example/web:1", "securityContext": {**HARD, **(context or {})}}
    main["resources"] = {"requests": {"cpu": "100m", "memory": "64Mi"}}
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": claim}}] if claim else []
    labels = {"app": "web", **({"ringfence.dev/trust-level": level} if level else {})}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": labels, "annotations": annotations or {}},
                "spec": {"containers": [main, *containers], "volumes": volumes, **spec},
            },
        },
    }


RESTRICTED = {"level": "restricted", "demote": True}
SHOP_ONLY = {"level": "internal", "namespaces": ["other"]}
FOLDER = """
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: v}
spec: {hostPath: {path: /srv}, claimRef: {namespace: shop, name: data}, capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce]}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: shop}
spec: {volumeName: v, storageClassName: "", resources: {requests: {storage: 1Gi}}, accessModes: [ReadWriteOnce]}
"""


@pytest.fixture
def shop(tmp_path, ringfence):
    """Write a policy with these fields, and a workload; return how to run a command on them."""

    def written(workload, nodes="", **policy):
        given = yaml.safe_load(POLICY)
        given["spec"] |= policy
        (tmp_path / "trust.yaml").write_text(yaml.safe_dump(given))
        (tmp_path / "nodes.yaml").write_text(NODES + nodes)
        (tmp_path / "web.yaml").write_text(yaml.safe_dump(workload))
        files = (tmp_path / "web.yaml", "--nodes", tmp_path / "nodes.yaml", "--policy", tmp_path / "trust.yaml")

        def run(command, *words):
            if command == "plan":
                return ringfence("plan", *files, "-o", tmp_path / "plan.yaml", *words)
            given = files if command == "check" else (tmp_path / "plan.yaml",)
            return ringfence(command, *given, *words)

        return run

    return written


@pytest.fixture
def planned(shop, tmp_path):
    """Return the level that a workload is planned with, that from which it fell, and what was said where there is no plan."""

    def run(workload, nodes="", **policy):
        ask = shop(workload, nodes, **policy)
        done = ask("plan")
        if done.returncode == 2:
            return "", "", done.stderr
        assert ask("verify").returncode == 0, ask("verify").stdout
        (told,) = yaml.safe_load((tmp_path / "plan.yaml").read_text())["inputs"]["trust"]["members"].values()
        assert told["ring"] == told["group"]
        return told["group"], told.get("demoted", ""), ""

    return run


def loose(**context):
    return web({"allowPrivilegeEscalation": True, **context})


FALLS = {
    "it meets what is asked": (web(), {"podSecurity": "restricted", "runAsNonRoot": True, "seccomp": True}, "restricted"),
    "nothing says that it may fall": (loose(), {"podSecurity": "restricted", "demote": False}, "restricted"),
    "a container may gain privileges": (loose(), {"podSecurity": "restricted"}, "internal"),
    "baseline asks less": (loose(), {"podSecurity": "baseline"}, "restricted"),
    "a second container is loose": (web(containers=[{"name": "b", "image": "x"}]), {"seccomp": True}, "internal"),
    "a debugger that was added is loose": (
        web(initContainers=[{"name": "b", "image": "x", "securityContext": {"privileged": True}}]),
        *({"seccomp": True}, "internal"),
    ),
    "AppArmor by the container's field": (web({"appArmorProfile": {"type": "RuntimeDefault"}}), {"appArmor": True}, "restricted"),
    "AppArmor by the pod's field": (
        web(securityContext={"appArmorProfile": {"type": "RuntimeDefault"}}),
        *({"appArmor": True}, "restricted"),
    ),
    "AppArmor by the old annotation": (web(annotations={ANNOTATION: "runtime/default"}), {"appArmor": True}, "restricted"),
    "AppArmor by an annotation that confines nothing": (
        web(annotations={ANNOTATION: "unconfined"}, securityContext={"appArmorProfile": {"type": "RuntimeDefault"}}),
        *({"appArmor": True}, "internal"),
    ),
    "AppArmor by an annotation of another container": (
        web(annotations={ANNOTATION + "2": "runtime/default"}),
        *({"appArmor": True}, "internal"),
    ),
    "AppArmor that is not named": (web(), {"appArmor": True}, "internal"),
    "AppArmor of a privileged container": (
        web({"appArmorProfile": {"type": "RuntimeDefault"}, "privileged": True, "allowPrivilegeEscalation": True}),
        *({"appArmor": True}, "internal"),
    ),
    "SELinux by the container's options": (web({"seLinuxOptions": {"level": "s0:c1,c2"}}), {"seLinux": True}, "restricted"),
    "SELinux by the pod's options": (
        web(securityContext={"seLinuxOptions": {"type": "container_t"}}),
        {"seLinux": True},
        "restricted",
    ),
    "SELinux of a type that confines nothing": (web({"seLinuxOptions": {"type": "spc_t"}}), {"seLinux": True}, "internal"),
    "SELinux that is not named": (web(), {"seLinux": True}, "internal"),
    "a user namespace": (web(hostUsers=False), {"userNamespaces": True}, "restricted"),
    "no user namespace": (web(), {"userNamespaces": True}, "internal"),
    "an image of another registry": (web(), {"images": ["other.example/**"]}, "internal"),
    "an image of its registry": (web(), {"images": ["registry.example/**"]}, "restricted"),
    "an image without digest": (web(), {"digests": True}, "internal"),
    "no RuntimeClass": (web(), {"runtimeClasses": ["gvisor"]}, "internal"),
    "a folder of the node": (web(volumes=[{"name": "v", "hostPath": {"path": "/etc"}}]), {"noHostPath": True}, "internal"),
    "no folder of the node": (web(), {"noHostPath": True}, "restricted"),
}


@pytest.mark.parametrize("case", FALLS)
def test_a_workload_has_the_level_that_it_meets(case, planned):
    workload, asked, level = FALLS[case]
    fell = "" if level == "restricted" else "restricted"
    assert planned(workload, requires=[{**RESTRICTED, **asked}]) == (level, fell, "")


def test_a_folder_of_the_node_by_a_claim_counts_too(planned):
    asked = [{**RESTRICTED, "noHostPath": True}]
    assert planned(web(claim="data"), FOLDER, requires=asked)[:2] == ("internal", "restricted")


def stateful():
    """A StatefulSet in place of the Deployment, whose pods claim what they keep."""
    claim = {"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": ""}}
    claim["spec"]["resources"] = {"requests": {"storage": "1Gi"}}
    given = web()
    return {**given, "kind": "StatefulSet", "spec": {**given["spec"], "serviceName": "web", "volumeClaimTemplates": [claim]}}


@pytest.mark.parametrize("says", ["the volume names its claim", "the claim names its volume"])
def test_so_does_one_by_a_claim_of_a_stateful_set(says, planned):
    folder = FOLDER.replace("name: data,", "name: data-web-0,").replace("name: data}", "name: data-web-0}")
    other = "claimRef: {namespace: shop, name: data-web-0}, " if says == "the claim names its volume" else "volumeName: v, "
    assert other in folder
    asked = [{**RESTRICTED, "noHostPath": True}]
    assert planned(stateful(), folder.replace(other, ""), requires=asked)[:2] == ("internal", "restricted")


def test_a_level_that_a_claim_keeps_for_others_takes_nobody_who_falls(planned):
    asked = [{**RESTRICTED, "podSecurity": "restricted"}]
    assert planned(loose(), requires=asked, claims=[SHOP_ONLY])[:2] == ("untrusted", "restricted")


def test_a_lower_level_that_it_does_not_meet_takes_it_neither(planned):
    asked = [{**RESTRICTED, "podSecurity": "restricted"}, {"level": "internal", "appArmor": True}]
    assert planned(loose(), requires=asked)[:2] == ("untrusted", "restricted")


def test_who_meets_no_level_is_refused_with_one_error(planned, shop):
    asked = [{**RESTRICTED, "podSecurity": "restricted"}, {"level": "untrusted", "runtimeClasses": ["gvisor"]}]
    _, _, said = planned(loose(), requires=asked, claims=[SHOP_ONLY])
    told = "Deployment/shop/web does not meet what level 'restricted' requires (podSecurity restricted), and meets no lower level"
    assert said.count("error") == 1
    assert told in " ".join(said.split())
    done = shop(loose(), requires=asked, claims=[SHOP_ONLY])("check", "-O", "json")
    (finding,) = [each for each in json.loads(done.stdout)["findings"] if each["id"] == "level-unmet"]
    assert (done.returncode, finding["severity"]) == (1, "error")


def test_the_fall_is_said_by_plan_and_check_and_its_patch_lowers_the_label(shop, tmp_path):
    ask = shop(loose(), requires=[{**RESTRICTED, "podSecurity": "restricted"}])
    ask("plan")
    plan = yaml.safe_load((tmp_path / "plan.yaml").read_text())
    (said,) = [each for each in plan["notModelled"] if each["code"] == "level-demoted"]
    assert (said["subject"], said["message"].split(" do not")[0]) == ("level restricted", "Deployment/shop/web")
    ask("patch", "-o", tmp_path / "patch")
    (patch,) = (tmp_path / "patch" / "workloads" / "shop").glob("deployment-web.yaml")
    label = "/spec/template/metadata/labels/ringfence.dev~1trust-level"
    operations = [each for each in yaml.safe_load(patch.read_text()) if each["path"] == label]
    assert [(each["op"], each["value"]) for each in operations] == [("test", "restricted"), ("replace", "internal")]
    findings = json.loads(ask("check", "-O", "json").stdout)["findings"]
    (finding,) = [each for each in findings if each["id"] == "level-unmet"]
    assert finding["severity"] == "warning"
    assert finding["message"].startswith("is given restricted, does not meet what that requires, and so is internal: ")


SELECTORS = [
    pytest.param({"matchLabels": {"app": "web", "ringfence.dev/trust-level": "restricted"}}, id="by the label"),
    pytest.param(
        {"matchExpressions": [{"key": "ringfence.dev/trust-level", "operator": "In", "values": ["restricted"]}]},
        id="by an expression",
    ),
]


@pytest.mark.parametrize("selector", SELECTORS)
def test_who_selects_its_pods_by_their_level_cannot_fall(selector, planned):
    asked = [{**RESTRICTED, "podSecurity": "restricted"}]
    workload, mended = loose(), web()
    for each in (workload, mended):
        each["spec"]["selector"] = selector
    said = " ".join(planned(workload, requires=asked)[2].split())
    assert "and its selector holds on to the label of that level; mend what is named, or take the label out" in said
    assert planned(mended, requires=asked) == ("restricted", "", "")


NAMESPACE = """
---
apiVersion: v1
kind: Namespace
metadata: {{name: shop, labels: {{ringfence.dev/trust-level: {}}}}}
"""
DISAGREE = {
    "it says the level that its patch gave it": ("restricted", "internal", True, "internal"),
    "it says a lower one still": ("restricted", "untrusted", True, "untrusted"),
    "its Namespace's level demotes nobody": ("restricted", "internal", False, ""),
    "it says a higher one than its Namespace": ("internal", "restricted", True, ""),
}


@pytest.mark.parametrize("case", DISAGREE)
def test_a_patched_workload_may_say_a_lower_level_than_a_namespace_that_demotes(case, planned):
    space, own, demotes, level = DISAGREE[case]
    asked = [{"level": "restricted", "podSecurity": "restricted", "demote": demotes}]
    told, fell, said = planned(web(level=own), NAMESPACE.format(space), requires=asked)
    assert (told, fell) == (level, "")
    assert ("tags disagree" in said) is (not level)


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        pytest.param(("demoted: restricted\n", "demoted: internal\n"), "membership-demoted", id="it says to fall from elsewhere"),
        pytest.param(("standard: baseline\n", "standard: restricted\n"), "membership-group", id="it says to meet its level"),
    ],
)
def test_an_edited_plan_is_found_out(edit, code, shop, tmp_path):
    ask = shop(loose(), requires=[{**RESTRICTED, "podSecurity": "restricted"}])
    ask("plan")
    text = (tmp_path / "plan.yaml").read_text()
    assert edit[0] in text
    (tmp_path / "plan.yaml").write_text(text.replace(*edit))
    done = ask("verify")
    assert (done.returncode, code in done.stdout) == (1, True), done.stdout


def test_what_changed_since_is_found_in_the_inputs(shop, tmp_path):
    ask = shop(web(), requires=[{**RESTRICTED, "podSecurity": "restricted"}])
    ask("plan")
    (tmp_path / "web.yaml").write_text(yaml.safe_dump(loose()))
    done = ask("verify", "--against", tmp_path / "web.yaml", "--nodes", tmp_path / "nodes.yaml")
    assert done.returncode == 1
    assert "confinement" in done.stdout
