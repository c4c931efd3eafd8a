"""What a tenant writes to get out of his ring, through the command line: refused, named, or caught by the build."""

from pathlib import Path

import pytest
import yaml

from tests.emit.emit_plans import write
from tests.test_cli import NODE

LEVEL = "ringfence.dev/trust-level"
LEVELS = "levels: [restricted, internal, untrusted]"
CLAIMS = """claims:
    - {level: restricted, namespaces: [payments]}
    - {level: internal, namespaces: [shop]}
    - {level: untrusted, namespaces: ["partner*"]}
  everywhere:
    - {kind: DaemonSet, namespaces: [kube-system]}"""
SPEC = "{containers: [{name: c, image: 'registry.example/x:1', resources: {requests: {cpu: 10m}}}]}"


def policy(more: str) -> str:
    head = "apiVersion: ringfence.dev/v1alpha1\nkind: TrustPolicy\nmetadata: {name: red}\n"
    return f"{head}spec:\n  {LEVELS}\n  {more}\n"


def app(name: str, namespace: str, level: str = "", kind: str = "Deployment", labels: str = "", spec: str = SPEC) -> str:
    tag = f", {LEVEL}: {level}" if level else ""
    replicas = "replicas: 1, strategy: {type: Recreate}, " if kind == "Deployment" else ""
    template = f"{{metadata: {{labels: {{app: {name}{tag}{labels}}}}}, spec: {spec}}}"
    return (
        f"{{apiVersion: apps/v1, kind: {kind}, metadata: {{name: {name}, namespace: {namespace}}}, "
        f"spec: {{{replicas}selector: {{matchLabels: {{app: {name}}}}}, template: {template}}}}}"
    )


HONEST = (app("pay", "payments", "restricted"), app("web", "shop", "internal"), app("plug", "partner", "untrusted"))


@pytest.fixture
def run(ringfence, tmp_path):
    """Plan manifests in a folder of their own, on four nodes."""

    def plan(trust: str, *manifests: str):
        write(tmp_path / "m" / "all.yaml", "\n---\n".join((*HONEST, *manifests)))
        write(tmp_path / "nodes.yaml", "---\n".join(NODE.replace("n1", f"n{at}") for at in range(1, 5)))
        write(tmp_path / "trust.yaml", policy(trust))
        given = ("--nodes", "nodes.yaml", "--policy", "trust.yaml", "--packing", "exact", "-o", "plan.yaml")
        return ringfence("plan", "m", *given, cwd=tmp_path)

    return plan


def planned(folder: Path) -> dict:
    return yaml.safe_load((folder / "plan.yaml").read_text())


WORKERS = f"[{{replicas: 5, template: {{spec: {SPEC[:-1]}, tolerations: [{{operator: Exists}}]}}}}}}]"
RAY = (
    f"{{apiVersion: ray.io/v1, kind: RayCluster, metadata: {{name: ray, namespace: partner, labels: {{{LEVEL}: untrusted}}}}, "
    f"spec: {{headGroupSpec: {{template: {{spec: {SPEC}}}}}, workerGroupSpecs: {WORKERS}}}}}"
)
HEAD, WORKER = "spec.headGroupSpec.template", "spec.workerGroupSpecs[*].template"


def test_a_second_pod_template_is_named_where_no_path_leads_to_it(run, tmp_path):
    assert run(f"{CLAIMS}\n  podTemplates: {{ray.io/v1/RayCluster: {HEAD}}}", RAY).returncode == 0
    found = {one["subject"]: one for one in planned(tmp_path)["notModelled"]}["RayCluster.ray.io/partner/ray"]
    assert found["message"].startswith("hides pods: ")
    assert "spec.workerGroupSpecs[0].template.spec" in found["message"]
    assert found["code"] == "hides-pods"


@pytest.mark.kubectl
def test_a_second_pod_template_is_planned_and_patched_where_a_path_leads_to_it(run, ringfence, kubectl, tmp_path):
    assert run(f"{CLAIMS}\n  podTemplates: {{ray.io/v1/RayCluster: [{HEAD}, '{WORKER}']}}", RAY).returncode == 0
    names = [one["workload"].get("template") for one in planned(tmp_path)["placements"] if one["workload"]["name"] == "ray"]
    assert names == [HEAD, WORKER.replace("*", "0")]
    assert ringfence("verify", "plan.yaml", cwd=tmp_path).returncode == 0
    assert ringfence("explain", "plan.yaml", f"RayCluster/partner/ray:{names[1]}", cwd=tmp_path).returncode == 0
    asked = ringfence("explain", "plan.yaml", "RayCluster/partner/ray", cwd=tmp_path)
    assert (asked.returncode, names[0] in asked.stderr, names[1] in asked.stderr) == (2, True, True)
    assert ringfence("patch", "plan.yaml", "-o", "ringfence", cwd=tmp_path).returncode == 0
    built = build(kubectl, tmp_path)
    (ray,) = [one for one in yaml.safe_load_all(built.stdout) if one["kind"] == "RayCluster"]
    specs = (ray["spec"]["headGroupSpec"]["template"]["spec"], ray["spec"]["workerGroupSpecs"][0]["template"]["spec"])
    assert [list(spec["nodeSelector"].values()) for spec in specs] == [["untrusted"], ["untrusted"]]
    assert ray["metadata"]["annotations"] == {"ringfence.dev/ring": "untrusted"}


def build(kubectl, folder: Path):
    """Build the manifests with the patches that were made of them."""
    write(folder / "m" / "kustomization.yaml", "resources: [all.yaml]\n")
    write(folder / "overlay" / "kustomization.yaml", "resources: [../m]\ncomponents: [../ringfence]\n")
    return kubectl("kustomize", folder / "overlay")


ASSIGN = "assign: [{level: restricted, match: {labels: {matchLabels: {tier: pay}}}}]"
BY_IMAGE = 'assign: [{level: internal, match: {images: ["registry.corp/**"]}}]'


def test_a_label_that_a_rule_asks_for_lifts_nobody_whom_no_claim_knows(run, tmp_path):
    done = run(f"{CLAIMS}\n  {ASSIGN}", app("evil", "partner", labels=", tier: pay"))
    assert done.returncode == 2
    assert "Deployment/partner/evil: spec.assign[0] of the policy gives it level 'restricted', which only" in done.stderr
    assert not (tmp_path / "plan.yaml").exists()


def test_a_rule_that_lifts_whoever_asks_is_named_where_nothing_is_claimed(run, tmp_path):
    assert run(ASSIGN, app("evil", "partner", labels=", tier: pay")).returncode == 0
    assert "assign[0]" in [one["subject"] for one in planned(tmp_path)["unenforced"]]


def test_one_image_of_an_init_container_lifts_nobody(run):
    spec = SPEC[:-1] + ", initContainers: [{name: i, image: 'registry.corp/pause:1'}]}"
    done = run(f"{CLAIMS}\n  {BY_IMAGE}", app("evil", "shop", spec=spec))
    assert done.returncode == 2
    assert "Deployment/shop/evil carries no level" in done.stderr
    assert run(f"{CLAIMS}\n  {BY_IMAGE.replace('images', 'anyImage')}", app("evil", "shop", spec=spec)).returncode == 0


def test_a_daemonset_that_says_a_level_is_not_let_into_every_ring(run, tmp_path):
    trust = CLAIMS.replace("namespaces: [kube-system]", "names: [fluent-bit]")
    done = run(trust, app("fluent-bit", "partner", "untrusted", kind="DaemonSet"))
    assert done.returncode == 2
    assert "DaemonSet/partner/fluent-bit says level 'untrusted' on the pod template, and spec.everywhere[0]" in done.stderr
    assert "trust.yaml:1" in done.stderr
    assert not (tmp_path / "plan.yaml").exists()


@pytest.mark.kubectl
@pytest.mark.parametrize("level", [pytest.param("untrusted", id="another level"), pytest.param("", id="no level")])
def test_what_was_tagged_anew_after_the_plan_does_not_build_into_its_old_ring(run, ringfence, kubectl, tmp_path, level):
    assert run(CLAIMS).returncode == 0
    assert ringfence("patch", "plan.yaml", "-o", "ringfence", cwd=tmp_path).returncode == 0
    assert build(kubectl, tmp_path).returncode == 0
    again = (HONEST[0], app("web", "shop", level), HONEST[2])
    write(tmp_path / "m" / "all.yaml", "\n---\n".join(again))
    done = build(kubectl, tmp_path)
    assert done.returncode != 0
    assert "ringfence.dev~1trust-level" in done.stderr
