"""`verify --against` on the command line: exit codes, what is told, what is asked for; and `patch`, which looks first."""

import pytest
import yaml

from tests.test_cli import NODE, POLICY, WORKLOAD

FILES = {"w.yaml": WORKLOAD, "n.yaml": NODE, "t.yaml": POLICY}
ALL = ("--against", "w.yaml", "--nodes", "n.yaml", "--policy", "t.yaml")


@pytest.fixture
def made(tmp_path, ringfence):
    """Plan three files, and write others in their places."""
    for name, content in FILES.items():
        (tmp_path / name).write_text(content)
    done = ringfence("plan", "w.yaml", "--nodes", "n.yaml", "--policy", "t.yaml", "-o", "plan.yaml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr

    def verify(*options, stdin=None, **changes):
        for name, content in changes.items():
            (tmp_path / f"{name}.yaml").write_text(content)
        return ringfence("verify", "plan.yaml", *options, cwd=tmp_path, stdin=stdin)

    return verify


def told(done):
    return [line.partition(": ")[2] for line in done.stdout.splitlines() if ": against-" in line]


def test_a_plan_names_its_inputs_with_their_digests(made, tmp_path):
    plan = yaml.safe_load((tmp_path / "plan.yaml").read_text())
    assert [(one["role"], one["name"]) for one in plan["inputs"]["digests"]] == [
        ("nodes", "n.yaml"),
        ("policy", "t.yaml"),
        ("workloads", "w.yaml"),
    ]
    assert all(one["digest"].startswith("sha256:") for one in plan["inputs"]["digests"])


def test_the_same_inputs_again_differ_in_nothing(made):
    done = made(*ALL)
    assert (done.returncode, told(done)) == (0, [])


def test_the_same_elsewhere_differs_in_nothing(made, tmp_path):
    (tmp_path / "ci").mkdir()
    for name, content in FILES.items():
        (tmp_path / "ci" / name).write_text(content)
    done = made("--against", "ci/w.yaml", "--nodes", "ci/n.yaml", "--policy", "ci/t.yaml")
    assert (done.returncode, told(done)) == (0, [])


SYSTEM = """---
apiVersion: v1
kind: Node
metadata: {name: system, labels: {pool: system}}
status: {allocatable: {cpu: "4", memory: 8Gi, pods: "110"}}
---
apiVersion: v1
kind: Pod
metadata: {name: dns, namespace: kube-system, uid: dns-1}
spec: {nodeName: system, containers: [{name: dns, image: dns}]}
status: {phase: Running}
"""


LEVELS = """  assign: [{level: low, match: {namespaces: [shop]}}]
  nodes: {exclude: {matchLabels: {pool: system}}}
"""


def test_a_pod_that_stays_on_a_node_that_is_left_alone_is_named_and_differs_in_nothing(tmp_path, ringfence):
    (tmp_path / "w.yaml").write_text(WORKLOAD)
    (tmp_path / "n.yaml").write_text(NODE.rstrip("\n") + "\n" + SYSTEM)
    (tmp_path / "t.yaml").write_text(POLICY.replace("  untagged: low\n", LEVELS))
    done = ringfence("plan", "w.yaml", "--nodes", "n.yaml", "--policy", "t.yaml", "-o", "plan.yaml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    plan = yaml.safe_load((tmp_path / "plan.yaml").read_text())
    assert "Pod/kube-system/dns" in next(one["message"] for one in plan["notModelled"] if one["subject"] == "nodes.exclude")
    done = ringfence("verify", "plan.yaml", *ALL, cwd=tmp_path)
    assert (done.returncode, told(done)) == (0, []), done.stdout


@pytest.mark.parametrize(
    ("field", "place"),
    [
        pytest.param("workloads", "w.yaml:7", id="another line"),
        pytest.param("workloads", "x/other.yaml:1", id="another file"),
        pytest.param("nodes", "n.yaml:7", id="a node at another line"),
    ],
)
def test_a_place_that_the_plan_invents_is_an_error_where_the_files_are_the_same(made, tmp_path, field, place):
    plan = yaml.safe_load((tmp_path / "plan.yaml").read_text())
    (first, *_) = plan["inputs"]["cluster"][field]
    first["where"] = place
    (tmp_path / "plan.yaml").write_text(yaml.safe_dump(plan, sort_keys=False))
    done = made(*ALL)
    assert done.returncode == 1
    assert f"the plan says that it stands at {place}, and it stands at" in done.stdout
    assert "it stands at" not in made(*ALL, w=f"# a comment\n{WORKLOAD}").stdout


def test_a_comment_is_a_note(made):
    done = made(*ALL, w=f"# a comment\n{WORKLOAD}")
    assert done.returncode == 0
    assert told(done) == ["against-file: w.yaml: its bytes are not those that the plan was made from (workloads)"]


def test_what_would_be_judged_anew_is_an_error(made):
    done = made(*ALL, w=WORKLOAD.replace("cpu: 100m", "cpu: 200m"), t=POLICY + "  maxRings: 2\n")
    assert done.returncode == 1
    assert told(done)[:2] == [
        "against-policy: TrustPolicy t: maxRings not given -> 2",
        "against-workload: Deployment/shop/web: template.containers[0].requests.cpu 100 -> 200",
    ]
    assert "t: the plan is what it says, but not for these inputs: feasible; 2 errors" in done.stdout


@pytest.mark.parametrize(
    ("options", "checks"),
    [
        pytest.param(("--policy", "t.yaml"), {"against-policy"}, id="the policy alone"),
        pytest.param(("--nodes", "n.yaml"), {"against-node"}, id="the nodes alone"),
        pytest.param((), set(), id="nothing"),
    ],
)
def test_only_what_is_named_is_compared(made, options, checks):
    changes = {
        "w": WORKLOAD.replace("replicas: 1", "replicas: 2"),
        "n": NODE.replace('"4"', '"5"'),
        "t": POLICY + "  maxRings: 2\n",
    }
    done = made(*options, **changes)
    assert done.returncode == (1 if checks else 0)
    assert {line.partition(":")[0] for line in told(done)} - {"against-file"} == checks


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param(("--against", "w.yaml"), "Give --nodes beside --against", id="manifests without nodes"),
        pytest.param(("--against", "w.yaml", "--context", "x"), "not both", id="manifests and a live cluster"),
        pytest.param(("--nodes", "-", "--policy", "-"), "Name - once", id="stdin twice"),
        pytest.param(("--policy", "missing.yaml"), "missing.yaml: cannot be read", id="a policy that is not there"),
        pytest.param((*ALL[:2], "--nodes", "w.yaml"), "error: ", id="nodes that are none"),
    ],
)
def test_what_cannot_be_read_again_is_bad_input(made, options, said):
    done = made(*options)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_manifests_may_come_from_stdin(made):
    done = made("--against", "-", "--nodes", "n.yaml", stdin=WORKLOAD.replace("replicas: 1", "replicas: 2"))
    assert done.returncode == 1
    assert any("against-workload: Deployment/shop/web: pods 1 -> " in line or "counted " in line for line in told(done))


def test_patch_writes_nothing_of_a_plan_that_puts_a_workload_into_another_ring(made, tmp_path, ringfence):
    plan = yaml.safe_load((tmp_path / "plan.yaml").read_text())
    plan["inputs"]["trust"]["members"]["Deployment/shop/web"]["group"] = "high"
    (tmp_path / "plan.yaml").write_text(yaml.safe_dump(plan))
    done = ringfence("patch", "plan.yaml", "-o", "out", cwd=tmp_path)
    assert done.returncode == 1
    assert "error: membership-group: Deployment/shop/web: " in done.stderr
    assert "nothing was written; all that is wrong: ringfence verify plan.yaml" in done.stderr
    assert not (tmp_path / "out").exists()
