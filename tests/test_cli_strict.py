"""What makes pods that are not planned: the headline counts it, and `--strict` makes a no of it."""

import json
import os

import pytest
import yaml

from tests.test_cli import NODE, POLICY, WORKLOAD

KAFKA = """---
apiVersion: kafka.strimzi.io/v1
kind: Kafka
metadata: {name: events, namespace: data}
spec: {kafka: {replicas: 3}}
"""
LEDGER = """---
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: ledger, namespace: data}
spec: {instances: 3}
"""
MONITOR = """---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: web, namespace: shop}
"""
BUT = "but 2 custom resources make pods that are not planned"


@pytest.fixture
def plan(tmp_path, ringfence):
    """Plan these manifests, with these options, into plan.yaml."""

    def run(workloads, *more):
        for name, content in (("w.yaml", workloads), ("n.yaml", NODE), ("t.yaml", POLICY)):
            (tmp_path / name).write_text(content)
        return ringfence("plan", "w.yaml", "--nodes", "n.yaml", "--policy", "t.yaml", "-o", "plan.yaml", *more, cwd=tmp_path)

    return run


@pytest.mark.parametrize(
    ("workloads", "options", "code"),
    [
        pytest.param(WORKLOAD + KAFKA + LEDGER, (), 0, id="operators leave pods out, which is said"),
        pytest.param(WORKLOAD + KAFKA + LEDGER, ("--strict",), 1, id="operators leave pods out, which is a no"),
        pytest.param(WORKLOAD + MONITOR, ("--strict",), 0, id="what makes no pods is let pass"),
        pytest.param(WORKLOAD.replace("100m", "100"), ("--strict",), 1, id="a no stays a no"),
    ],
)
def test_operators(plan, tmp_path, workloads, options, code):
    done = plan(workloads, *options)
    assert done.returncode == code, done.stderr
    assert (tmp_path / "plan.yaml").exists()
    assert (BUT in done.stdout.splitlines()[0]) is (KAFKA in workloads)
    if code and KAFKA in workloads:
        assert "--strict: feasible, but" in done.stderr
        assert "Cluster.postgresql.cnpg.io/data/ledger, Kafka.kafka.strimzi.io/data/events" in done.stderr
        assert "next: ringfence patch" not in done.stderr


def test_programs_verify_and_patch_say_it_as_well(plan, ringfence, tmp_path):
    told = json.loads(plan(WORKLOAD + KAFKA + LEDGER, "-O", "json").stdout)
    assert (told["verdict"], told["headline"]) == ("feasible", f"feasible, {BUT}")
    assert len(told["hidden"]) == 2
    checked = ringfence("verify", "plan.yaml", cwd=tmp_path)
    assert (checked.returncode, checked.stdout.splitlines()[-1].count(f"feasible, {BUT}")) == (0, 1)
    assert BUT in ringfence("patch", "plan.yaml", "-o", "out", cwd=tmp_path).stderr


def test_a_plan_whose_hidden_pods_were_struck_out_does_not_hold(plan, ringfence, tmp_path):
    plan(WORKLOAD + KAFKA)
    made = yaml.safe_load((tmp_path / "plan.yaml").read_text())
    for one in made["notModelled"]:
        one.pop("code", None)
    (tmp_path / "plan.yaml").write_text(yaml.safe_dump(made))
    checked = ringfence("verify", "plan.yaml", cwd=tmp_path)
    assert checked.returncode == 1
    assert "not-modelled-missing: Kafka.kafka.strimzi.io/data/events" in checked.stdout


def test_the_environment_asks_for_it_as_well(plan, monkeypatch):
    monkeypatch.setitem(os.environ, "RINGFENCE_PLAN_STRICT", "1")
    assert plan(WORKLOAD + KAFKA).returncode == 1


def test_a_curve_is_no_plan_to_be_strict_about(plan, ringfence, tmp_path):
    plan(WORKLOAD)
    done = ringfence("plan", "w.yaml", "--nodes", "n.yaml", "--policy", "t.yaml", "--tradeoff", "--strict", cwd=tmp_path)
    assert done.returncode == 2
    assert "--strict" in done.stderr


def test_half_an_overlay_is_bad_input(plan, ringfence, tmp_path):
    plan(WORKLOAD)
    for folder, text in (("over", "resources: [../base]\n"), ("base", "resources: [b.yaml]\n")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "kustomization.yaml").write_text(text)
    (tmp_path / "base" / "b.yaml").write_text(WORKLOAD)
    given = ("--nodes", "n.yaml", "--policy", "t.yaml", "-o", "half.yaml")
    done = ringfence("plan", "over", "w.yaml", *given, cwd=tmp_path)
    assert (done.returncode, (tmp_path / "half.yaml").exists()) == (2, False)
    assert "over/kustomization.yaml:1: resources[0]: this kustomization builds ../base along" in done.stderr
    assert "kubectl kustomize over | ringfence plan - " in done.stderr
