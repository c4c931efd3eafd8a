"""The command line from outside: exit codes, one message per fault, nothing written, the same bytes every time."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.forks import Forks

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "samples" / "quickstart"
NODE = """apiVersion: v1
kind: Node
metadata: {name: n1, labels: {kubernetes.io/hostname: n1}}
status: {allocatable: {cpu: "4", memory: 8Gi, pods: "110"}}
"""
POLICY = """apiVersion: ringfence.dev/v1alpha1
kind: TrustPolicy
metadata: {name: t}
spec:
  levels: [high, low]
  untagged: low
"""
WORKLOAD = """apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 1
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: main
          image: web:1
          resources: {requests: {cpu: 100m}}
  selector: {matchLabels: {app: web}}
"""


@pytest.fixture
def plan(tmp_path, ringfence):
    """Run `plan` on three files, each of which a test may replace."""

    def run(*more, workloads=WORKLOAD, nodes=NODE, policy=POLICY, stdin=None):
        for name, content in (("w.yaml", workloads), ("n.yaml", nodes), ("t.yaml", policy)):
            (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        given = ("plan", "w.yaml", "--nodes", "n.yaml", "--policy", "t.yaml", "-o", "plan.yaml", *more)
        return ringfence(*given, cwd=tmp_path, stdin=stdin)

    return run


def deep(levels):
    return "apiVersion: v1\nkind: ConfigMap\ndata: " + "{a: " * levels + "1" + "}" * levels + "\n"


def bomb():
    lines = ["apiVersion: v1", "kind: ConfigMap", "a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 10)}]" for at in range(1, 9)]
    return "\n".join(lines) + "\n"


def requests(quantity):
    return WORKLOAD.replace("cpu: 100m", f"cpu: {quantity}")


NOES = [
    ("broken YAML", {"workloads": WORKLOAD.replace("replicas: 1", "replicas: [1")}, ("w.yaml:6", "broken YAML")),
    ("an unknown level", {"workloads": WORKLOAD.replace("app: web", "ringfence.dev/trust-level: hihg")}, ("w.yaml:", "hihg")),
    ("an unknown field of the policy", {"policy": POLICY + "  asign: []\n"}, ("t.yaml:7", "did you mean 'assign'")),
    ("an unknown level in the policy", {"policy": POLICY.replace("untagged: low", "untagged: lo")}, ("t.yaml:6", "lo")),
    ("1K is no quantity", {"workloads": requests("1K")}, ("w.yaml:12", "1k")),
    ("1 Gi is no quantity", {"workloads": requests("1 Gi")}, ("w.yaml:12", "1 Gi")),
    ("an endless exponent", {"workloads": requests("1e999999999")}, ("w.yaml:12", "1e999999999")),
    ("200 levels deep", {"workloads": WORKLOAD + "---\n" + deep(200)}, ("w.yaml:", "deep")),
    ("a billion laughs", {"workloads": WORKLOAD + "---\n" + bomb()}, ("w.yaml:", "alias")),
    ("binary junk", {"workloads": bytes(range(256)) * 40}, ("w.yaml", "")),
    (
        "a scalar of 20 MB",
        {"workloads": WORKLOAD + "---\nkind: ConfigMap\napiVersion: v1\na: " + "x" * 20_000_000},
        ("w.yaml:", ""),
    ),
    ("two workloads of one name", {"workloads": WORKLOAD + "---\n" + WORKLOAD}, ("w.yaml:", "second time")),
    ("a node without allocatable", {"nodes": NODE.replace("status:", "spec: {} #")}, ("n.yaml:1", "allocatable")),
    (
        "a kind of workload that is none",
        {"workloads": WORKLOAD.replace("kind: Deployment", "kind: Deploymet")},
        ("w.yaml:2", "apps/v1 has no kind Deploymet", "did you mean Deployment?"),
    ),
    (
        "a kind in small letters",
        {"workloads": WORKLOAD.replace("kind: Deployment", "kind: deployment")},
        ("w.yaml:2", "did you mean Deployment?"),
    ),
    ("a kind of node that is none", {"nodes": NODE.replace("kind: Node", "kind: Nod")}, ("n.yaml", "did you mean Node?")),
    (
        "a kind that is like none",
        {"workloads": WORKLOAD.replace("kind: Deployment", "kind: Fleet")},
        ("w.yaml:2", "its kinds are ControllerRevision, DaemonSet"),
    ),
    ("no node", {"nodes": WORKLOAD.replace("name: web,", "name: other,")}, ("", "kubectl get nodes")),
    ("no workload", {"workloads": "{apiVersion: v1, kind: Secret}"}, ("", "Deployments")),
    ("a node among the manifests", {"workloads": f"{WORKLOAD}---\n{NODE}"}, ("w.yaml:16: kind", "--nodes w.yaml")),
    ("an empty file", {"workloads": ""}, ("w.yaml", "name a file that holds Kubernetes objects")),
    ("an empty policy", {"policy": ""}, ("t.yaml", "name a file that holds the TrustPolicy")),
    ("a misspelt field", {"workloads": WORKLOAD.replace("replicas", "replicsa")}, ("w.yaml:5: spec.replicsa", "'replicas'?")),
    ("a group that cannot be", {"workloads": WORKLOAD.replace("apps/v1", "app/v1")}, ("w.yaml:1", "did you mean apps/v1?")),
    ("a key twice in a workload", {"workloads": WORKLOAD + "  replicas: 2\n"}, ("w.yaml:14: replicas", "second time")),
    ("a key twice in a policy", {"policy": POLICY + "  untagged: high\n"}, ("t.yaml:7: untagged", "second time")),
    ("true for a quantity", {"workloads": requests("true")}, ("w.yaml:12", "write a number")),
]


@pytest.mark.parametrize(("given", "words"), [row[1:] for row in NOES], ids=[row[0] for row in NOES])
def test_bad_input_is_one_clear_message_and_nothing_is_written(plan, tmp_path, given, words):
    done = plan(**given)
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
    assert all(word in line for word in words), line
    assert "; " in line, "it says what to do"
    assert not (tmp_path / "plan.yaml").exists()


def test_all_faults_of_all_files_come_together(plan):
    done = plan(workloads=requests("1K"), nodes=NODE.replace("status:", "spec: {} #"), policy=POLICY + "  asign: []\n")
    assert [line.split(":")[1].strip() for line in done.stderr.splitlines()] == ["n.yaml", "t.yaml", "w.yaml"]


def test_an_unknown_level_is_said_beside_a_quantity_that_is_none(plan):
    wrong = requests("1K").replace("app: web", "ringfence.dev/trust-level: hihg")
    done = plan(workloads=wrong)
    assert sorted(word for line in done.stderr.splitlines() for word in ("hihg", "1k") if word in line) == ["1k", "hihg"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param("v1.35.4", "its default profile of Kubernetes 1.35 was", id="a known version is followed"),
        pytest.param("1.99", "of Kubernetes 1.37, the nearest known to 1.99, was", id="the nearest to one that is not known"),
    ],
)
def test_a_version_of_kubernetes_may_be_said(plan, given, said):
    done = plan("--kubernetes-version", given, "--verbose")
    assert done.returncode == 0
    assert said in " ".join(done.stdout.split())


def test_what_is_no_version_is_refused(plan, tmp_path):
    done = plan("--kubernetes-version", "latest")
    assert done.returncode == 2
    assert "'latest' is no version of Kubernetes: write it as 1.36." in done.stderr
    assert not (tmp_path / "plan.yaml").exists()


@pytest.mark.parametrize(("given", "said"), [("1.20", "of 1.34"), ("9.99", "of 1.37"), ("1.34", ""), ("v1.37.2", "")])
def test_of_a_version_that_is_not_known_there_is_a_warning(plan, given, said):
    done = plan("--kubernetes-version", given)
    assert done.returncode == 0
    warning = f"warning: Kubernetes {given} is not known: the rules {said} are followed\n"
    assert done.stderr.startswith(warning) if said else "warning" not in done.stderr


@pytest.mark.parametrize("option", ["--time-limit", "--gap", "--timeout"])
@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "-3", "x"])
def test_what_is_no_number_to_count_with_is_refused(plan, tmp_path, option, value):
    done = plan(f"{option}={value}")
    assert done.returncode == 2
    assert f"Invalid value for '{option}'" in done.stderr
    assert not (tmp_path / "plan.yaml").exists()


@pytest.mark.parametrize("given", ["--time-limit=60", "--gap=0", "--gap=0.5", "--timeout=0.5"])
def test_what_is_a_number_is_taken(plan, given):
    assert plan(given).returncode == 0


def test_patches_are_a_folder_and_no_stream(plan, tmp_path, ringfence):
    plan()
    done = ringfence("patch", "plan.yaml", "-o", "-", cwd=tmp_path)
    assert done.returncode == 2
    assert "patch writes a folder of files: name one with -o DIR" in done.stderr
    assert not (tmp_path / "-").exists()


@pytest.mark.parametrize("path", ["missing.yaml", "empty", "dangling.yaml"])
def test_what_cannot_be_read_is_named(plan, tmp_path, path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "dangling.yaml").symlink_to("nowhere")
    done = plan(path)
    assert done.returncode == 2
    assert path in done.stderr
    assert "Traceback" not in done.stderr


def test_closed_stdin_is_named(tmp_path, plan):
    plan()
    command = f"exec {sys.executable} {ROOT / 'cli.py'} plan - --nodes n.yaml --policy t.yaml <&-"
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "stdin is closed" in done.stderr


def test_infeasible_is_an_answer(plan, tmp_path, ringfence):
    done = plan(workloads=requests("9"))
    assert done.returncode == 1
    assert "1 Insufficient cpu" in done.stdout
    refused = ringfence("patch", "plan.yaml", "-o", "out", cwd=tmp_path)
    assert refused.returncode == 1
    assert "nothing was written" in refused.stderr
    assert not (tmp_path / "out").exists()


def test_the_plan_may_go_to_stdout_and_manifests_come_from_stdin(tmp_path, plan, ringfence):
    plan()
    done = ringfence("plan", "-", "--nodes", "n.yaml", "--policy", "t.yaml", "-o", "-", cwd=tmp_path, stdin=WORKLOAD)
    made = yaml.safe_load(done.stdout)
    assert (made["kind"], made["verdict"]) == ("IsolationPlan", "feasible")
    assert "FEASIBLE" in done.stderr


def test_options_have_environment_variables(tmp_path, plan):
    plan()
    environment = {
        **os.environ,
        "RINGFENCE_PLAN_NODES": "n.yaml",
        "RINGFENCE_PLAN_POLICY": "t.yaml",
        "RINGFENCE_PLAN_OUT": "e.yaml",
    }
    command = [sys.executable, str(ROOT / "cli.py"), "plan", "w.yaml"]
    assert subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False).returncode == 0
    assert (tmp_path / "e.yaml").exists()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
def test_an_answer_that_cannot_be_written_is_no_verdict(tmp_path, plan):
    plan()
    with open("/dev/full", "w") as full:
        command = [sys.executable, str(ROOT / "cli.py"), "plan", "w.yaml", "--nodes", "n.yaml", "--policy", "t.yaml"]
        done = subprocess.run(command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_the_same_input_gives_the_same_bytes(tmp_path):
    def run(seed, out):
        given = ["plan", "samples/quickstart/workloads.yaml", "--nodes", "samples/quickstart/nodes.yaml"]
        calls = [[*given, "--policy", "samples/quickstart/trust.yaml", "-o", f"{out}/plan.yaml"]]
        calls += [["graph", f"{out}/plan.yaml", "-o", f"{out}/g.{kind}"] for kind in ("svg", "html", "mmd", "dot", "graphml")]
        calls += [["patch", f"{out}/plan.yaml", "-o", f"{out}/patch"]]
        out.mkdir()
        with Forks(PYTHONHASHSEED=seed) as forks:
            assert [forks.run(*call).returncode for call in calls] == [0] * len(calls)
        return {p.relative_to(out): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(out.rglob("*")) if p.is_file()}

    assert run("1", tmp_path / "a") == run("4242", tmp_path / "b")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("verdict: feasible", "verdict: infeasible", 1),
        ("verdict: feasible", "surprise: 1\nverdict: feasible", 2),
        ("objective:", "objective: {name: cost}\nother:", 2),
        ("kind: IsolationPlan", "kind: ConfigMap", 2),
        ("    gap: 0", "    gap: 1", 2),
    ],
)
def test_a_plan_that_was_edited_is_refused(plan, tmp_path, ringfence, old, new, code):
    plan()
    made = tmp_path / "plan.yaml"
    text = made.read_text()
    assert old in text
    made.write_text(text.replace(old, new, 1))
    done = ringfence("verify", "plan.yaml", cwd=tmp_path)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    if code == 1:
        assert done.stdout.endswith("the plan is not what it says: infeasible; 2 errors, 0 warnings\n"), "and promises an order"
