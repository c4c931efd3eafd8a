"""What one line of YAML may cost: bounds of memory and of work, which the system keeps, on the command line from outside.

An ordinary plan takes 100 MiB. The bounds are many times what these take, and a part of what they took.
"""

import resource
import subprocess

import pytest
import yaml

from tests.forks import Forks

HUGE = 2**31 - 1
MEMORY, WORK = 1_500_000_000, 60
POLICY = """apiVersion: ringfence.dev/v1alpha1
kind: TrustPolicy
metadata: {name: t}
spec: {levels: [high, low], untagged: low}
"""
SHAPE = """---
apiVersion: ringfence.dev/v1alpha1
kind: NodeShape
metadata: {name: m5.large}
spec: {allocatable: {cpu: 1930m, memory: 7Gi, pods: "29"}, zones: [a], price: 0.1}
"""
CONTAINER = {"name": "c", "image": "x", "resources": {"requests": {"cpu": "500m", "memory": "256Mi"}}}
ZONES = {"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "DoNotSchedule"}
HOSTS = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchExpressions": [{"key": "app", "operator": "Exists"}]}}
CLAIM = {"metadata": {"name": "d"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}


def template(name, **spec):
    return {"metadata": {"labels": {"app": name}}, "spec": {"containers": [CONTAINER], **spec}}


def workload(kind, name, replicas, more=None, **spec):
    asked = {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": template(name, **spec), **(more or {})}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name, "namespace": "shop"}, "spec": asked}


def job(name):
    spec = {"parallelism": HUGE, "completions": HUGE, "template": template(name, restartPolicy="Never")}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name, "namespace": "shop"}, "spec": spec}


def cron_job(name):
    made = {"schedule": "* * * * *", "jobTemplate": {"spec": {**job(name)["spec"], "activeDeadlineSeconds": 10**9}}}
    return {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": name, "namespace": "shop"}, "spec": made}


def autoscaler(name):
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
    meta = {"name": name, "namespace": "shop"}
    spec = {"maxReplicas": HUGE, "scaleTargetRef": target}
    return {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": meta, "spec": spec}


def node(at):
    labels = {"kubernetes.io/hostname": f"n{at}", "topology.kubernetes.io/zone": "abc"[at % 3]}
    room = {"cpu": "8", "memory": "32Gi", "pods": "110"}
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": f"n{at}", "labels": labels}, "status": {"allocatable": room}}


def bounded():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (WORK, WORK))


@pytest.fixture(scope="module")
def run():
    """Run a command within the bounds, in a process that was forked from one that has them."""
    with Forks(bounded) as forks:

        def answer(*arguments):
            done = forks.run(*arguments)
            return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

        yield answer


@pytest.fixture
def planned(run, tmp_path):
    def plan(workloads, nodes, *options, more=""):
        (tmp_path / "policy.yaml").write_text(POLICY)
        (tmp_path / "workloads.yaml").write_text(yaml.safe_dump_all(workloads))
        (tmp_path / "nodes.yaml").write_text(yaml.safe_dump_all(nodes) + more)
        given = (tmp_path / "workloads.yaml", "--nodes", tmp_path / "nodes.yaml", "--policy", tmp_path / "policy.yaml")
        return run("plan", *given, "-o", tmp_path / "plan.yaml", *options)

    return plan


ENDLESS = {
    "a StatefulSet with a claim template": [
        workload("StatefulSet", "x", HUGE, {"serviceName": "x", "volumeClaimTemplates": [CLAIM]})
    ],
    "a Deployment": [workload("Deployment", "x", HUGE)],
    "a Deployment that is spread over zones": [
        workload("Deployment", "x", HUGE, topologySpreadConstraints=[{**ZONES, "labelSelector": {"matchLabels": {"app": "x"}}}])
    ],
    "a Job": [job("x")],
    "a CronJob whose runs overlap": [cron_job("x")],
    "an autoscaler": [workload("Deployment", "x", 2), autoscaler("x")],
}


@pytest.mark.parametrize("more", ["", SHAPE], ids=["on owned nodes", "where nodes can be bought"])
@pytest.mark.parametrize("asked", ENDLESS.values(), ids=ENDLESS)
def test_no_cluster_holds_two_thousand_million_pods(planned, run, tmp_path, asked, more):
    made = planned([workload("Deployment", "pay", 1), *asked], [node(at) for at in range(6)], more=more)
    assert (made.returncode, made.stdout.startswith("INFEASIBLE")) == (1, True), made.stderr[-500:]
    assert "pod slots" in made.stdout
    checked = run("verify", tmp_path / "plan.yaml")
    assert (checked.returncode, "0 errors" in checked.stdout) == (1, True), checked.stdout[-500:]


def test_a_limit_of_time_holds_for_workloads_that_all_keep_apart(planned, tmp_path):
    apart = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [HOSTS]}}
    asked = [workload("Deployment", f"x{at}", 1, affinity=apart) for at in range(500)]
    made = planned(asked, [node(at) for at in range(600)], "--time-limit", "5")
    assert made.returncode in (1, 3), made.stderr[-500:]
    assert (tmp_path / "plan.yaml").exists()


def test_of_thousands_of_faults_so_many_are_shown_and_the_others_counted(planned):
    spec = {"containers": [{"name": f"c{at}", "image": "x", "foo": 1} for at in range(4_000)]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "namespace": "b"}, "spec": spec}
    made = planned([pod], [node(0)])
    lines = made.stderr.splitlines()
    assert made.returncode == 2
    assert sum(line.startswith("error: ") for line in lines) == 200
    assert lines[-1] == "… and 3,800 more"
