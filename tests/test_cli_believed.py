"""The command line where one team's manifests lie: each lie is without effect, and named, or refused."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Run

LEVEL = "ringfence.dev/trust-level"
RING = "ringfence.node-restriction.kubernetes.io/ring"
POLICY = """apiVersion: ringfence.dev/v1alpha1
kind: TrustPolicy
metadata: {name: t}
spec:
  levels: [restricted, untrusted]
  claims: [{level: restricted, namespaces: [payments]}]
"""
NODES = "---\n".join(
    f"{{apiVersion: v1, kind: Node, metadata: {{name: n{at}, labels: {{kubernetes.io/hostname: n{at}}}}}, "
    "status: {allocatable: {cpu: '4', memory: 8Gi, pods: '10'}}}\n"
    for at in (1, 2, 3)
)
SPEC = "{containers: [{name: c, image: 'i:1', resources: {requests: {cpu: 100m, memory: 64Mi}}}]}"
WILD = SPEC.replace("containers", f"tolerations: [{{operator: Exists}}], nodeSelector: {{{RING}: restricted}}, containers")


def deployment(name: str, namespace: str, level: str, spec: str = SPEC) -> str:
    template = f"{{metadata: {{labels: {{app: {name}, {LEVEL}: {level}}}}}, spec: {spec}}}"
    return (
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}, namespace: {namespace}}}\n"
        f"spec: {{selector: {{matchLabels: {{app: {name}}}}}, template: {template}}}\n"
    )


def pod(spec: str, more: str = "", rest: str = "") -> str:
    meta = f"{{name: evil, namespace: partner, labels: {{{LEVEL}: untrusted}}{more}}}"
    return f"apiVersion: v1\nkind: Pod\nmetadata: {meta}\nspec: {spec}\n{rest}"


EVIL = deployment("evil", "partner", "untrusted", WILD)
JOB = (
    f"apiVersion: batch/v1\nkind: Job\nmetadata: {{name: evil, namespace: partner, labels: {{{LEVEL}: untrusted}}}}\n"
    f"spec: {{template: {{spec: {WILD[:-1]}, restartPolicy: Never}}}}}}\n"
)
DONE = "status: {conditions: [{type: Complete, status: 'True'}]}\n"


@pytest.fixture
def plan(tmp_path: Path, ringfence: Run) -> Any:
    """Run `plan` on manifests of two honest teams and files of a third; return how that ended, and the plan."""

    def run(files: dict[str, str], *more: str) -> tuple[Any, dict[str, Any]]:
        honest = f"{deployment('pay', 'payments', 'restricted')}---\n{deployment('plug', 'partner', 'untrusted')}"
        for name, text in {"m/a.yaml": honest, "nodes.yaml": NODES, "trust.yaml": POLICY, **files}.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        given = ("plan", "m", "--nodes", "nodes.yaml", "--policy", "trust.yaml", "--packing", "exact", "-o", "plan.yaml", *more)
        done = ringfence(*given, cwd=tmp_path)
        made = tmp_path / "plan.yaml"
        return done, yaml.safe_load(made.read_text()) if made.exists() else {}

    return run


def named(plan: dict[str, Any], field: str) -> dict[str, str]:
    return {one["subject"]: one["message"] for one in plan.get(field, ())}


PLANNED = [
    pytest.param({"m/partner/.evil.yaml": EVIL}, "Deployment", id="03 a workload in a dotfile"),
    pytest.param({"m/.partner/evil.yaml": EVIL}, "Deployment", id="03 a workload in a dot-folder"),
    pytest.param(
        {"m/partner/kustomization.yaml": "# Written by ringfence\nresources: [evil.yaml]\n", "m/partner/evil.yaml": EVIL},
        "Deployment",
        id="04 a folder that says that ringfence wrote it",
    ),
    pytest.param({"m/partner/evil.yaml": f"# Written by ringfence\n{EVIL}"}, "Deployment", id="04 a file that says so"),
    pytest.param({"m/evil.yaml": pod(WILD, rest="status: {phase: Succeeded}\n")}, "Pod", id="05 a pod that has succeeded"),
    pytest.param({"m/evil.yaml": JOB + DONE}, "Job", id="05 a Job that is complete"),
]


@pytest.mark.parametrize(("files", "kind"), PLANNED)
def test_what_hides_is_planned_and_can_be_seen_to_tolerate_every_ring(files: dict[str, str], kind: str, plan: Any) -> None:
    done, made = plan(files)
    assert done.returncode == 0, done.stderr
    assert {"kind": kind, "namespace": "partner", "name": "evil"} in [each["workload"] for each in made["placements"]]
    assert "tolerates the taint of every ring" in named(made, "unenforced")[f"{kind}/partner/evil"]
    if "status" in str(files):
        assert "only a cluster can know that, so it is not believed" in named(made, "notModelled")["status"]


def test_05b_a_uid_does_not_hide_the_node_that_a_pod_names(plan: Any) -> None:
    done, made = plan({"m/evil.yaml": pod(SPEC.replace("{con", "{nodeName: n1, con", 1), ", uid: x")})
    assert done.returncode == 0, done.stderr
    assert named(made, "unenforced")["Pod/partner/evil"].startswith("spec.nodeName n1: bypasses kube-scheduler")
    assert "Pod/partner/evil in m/evil.yaml:1" in named(made, "notModelled")["metadata.uid"]


def test_05b_a_uid_does_not_switch_validation_off(plan: Any) -> None:
    done, made = plan({"m/evil.yaml": pod(SPEC.replace("{con", "{tolerashuns: [], con", 1), ", uid: x")})
    assert (done.returncode, made) == (2, {})
    assert "m/evil.yaml:4: spec.tolerashuns: unknown field" in done.stderr


GHOSTS = [
    pytest.param(NODES.partition("---")[0].replace("n1", "ghost"), "kind: Node ghost among", id="09 a node"),
    pytest.param(
        "{apiVersion: ringfence.dev/v1alpha1, kind: NodeShape, metadata: {name: free}, spec: {price: 0}}",
        "kind: NodeShape free among",
        id="09 a shape that costs nothing",
    ),
    pytest.param(
        "{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: top}, value: 9, globalDefault: true}",
        "kind: PriorityClass top among",
        id="09 a priority above all others",
    ),
    pytest.param(
        f"{{apiVersion: v1, kind: Namespace, metadata: {{name: partner, labels: {{{LEVEL}: restricted}}}}}}",
        f"metadata.labels[{LEVEL}]: Namespace partner says this among",
        id="09 a namespace that gives its pods a level",
    ),
]


@pytest.mark.parametrize(("text", "said"), GHOSTS)
def test_inventory_in_manifests_is_refused_once_with_what_to_do(text: str, said: str, plan: Any) -> None:
    done, made = plan({"m/ghost.yaml": text})
    assert (done.returncode, made) == (2, {})
    (fault,) = done.stderr.splitlines()
    assert fault.startswith(f"error: m/ghost.yaml:1: {said} the manifests, which any team may write: only --nodes says")
    assert fault.endswith("name it there as well: --nodes m/ghost.yaml")


def test_a_file_of_the_platform_among_the_manifests_is_named_with_nodes_too(plan: Any) -> None:
    space = f"{{apiVersion: v1, kind: Namespace, metadata: {{name: shop, labels: {{{LEVEL}: untrusted}}}}}}\n"
    web = deployment("web", "shop", "untrusted").replace(f", {LEVEL}: untrusted", "")
    files = {"m/platform/spaces.yaml": space, "m/web.yaml": web}
    assert plan(files)[0].returncode == 2
    done, made = plan(files, "--nodes", "m/platform")
    assert done.returncode == 0, done.stderr
    assert {each["workload"]["name"]: each["ring"] for each in made["placements"]}["web"] == "untrusted"
