"""What nothing patches is listed with what to do about it: once for each owner, and not where there is nothing left to do."""

import json
from dataclasses import replace
from shlex import split

import pytest

from models.answer.plan import RingPlan
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels, Toleration
from models.kubernetes.pod import Pod
from models.kubernetes.workload import Raw, Workload, WorkloadId, Written
from models.trust import Match, PolicyNodes, TrustPolicy
from planner.settle.disclosures import by_hand
from planner.trust import trust

NODES = PolicyNodes("x/ring", "x/taint")
POLICY = TrustPolicy("p", ("a", "b"), everywhere=(Match("DaemonSet", ("kube-system",)),), nodes=NODES)
LEVEL = POLICY.labels.level
DONE = {"node_selector": Labels({"x/ring": "a"}), "tolerations": (Toleration("x/taint", "Equal", "a"),)}


def work(kind, name="w", level="a", runs=(), made_by="", namespace="shop", tolerates="", **pod):
    """Return a workload that nothing patches."""
    path = {"Pod": "spec", "CronJob": "spec.jobTemplate.spec.template.spec"}.get(kind, "spec.template.spec")
    template = Pod(namespace, Labels({LEVEL: level} if level else {}), **pod)
    found = Workload(WorkloadId(kind, namespace, name), "apps/v1", template, spec_path=path, made_by=made_by)
    found = replace(found, written=Written(tolerations=Raw(tolerates) if tolerates else None))
    return replace(found, by_hand=True, running=FrozenMap(dict.fromkeys(runs, 1)))


def statements(*workloads):
    """Return what is to be done in a cluster of two rings with a node each."""
    cluster = Cluster(workloads=(*workloads, replace(work("Deployment", "other", "b"), by_hand=False)))
    rings = (RingPlan("a", ("a",), ("n-a",)), RingPlan("b", ("b",), ("n-b",)))
    return by_hand.statements(cluster, POLICY, trust(POLICY, cluster), rings)


def patch_of(message):
    """Return the namespace, the kind, the name and the patch of the command in a message."""
    words = split(message[message.index("kubectl ") :])
    return (words[2], words[4], words[5], json.loads(words[-1]))


SILENT = {
    "what a manifest gives": replace(work("Deployment"), by_hand=False),
    "a Pod that has its ring": work("Pod", runs=["n-a"], **DONE),
    "a controller that has its ring": work("StatefulSet", **DONE),
    "a DaemonSet of every ring that tolerates everything": work(
        "DaemonSet", level="", namespace="kube-system", tolerations=(Toleration("", "Exists"),)
    ),
}


@pytest.mark.parametrize("workload", SILENT.values(), ids=SILENT)
def test_nothing_is_to_be_done_about(workload):
    assert statements(workload) == ()


@pytest.mark.parametrize("missing", DONE)
def test_a_half_of_it_is_not_enough(missing):
    given = {key: value for key, value in DONE.items() if key != missing}
    assert [one.subject for one in statements(work("Pod", **given))] == ["Pod/shop/w"]


SELECTS, OURS = {"nodeSelector": {"x/ring": "a"}}, {"key": "x/taint", "operator": "Equal", "value": "a"}
PATCHED = {
    "a Deployment": (work("Deployment"), "deployment", {**SELECTS, "tolerations": [OURS]}),
    "one that tolerates more": (
        work("StatefulSet", tolerates='[{"key":"gpu","operator":"Exists"}]'),
        "statefulset",
        {**SELECTS, "tolerations": [{"key": "gpu", "operator": "Exists"}, OURS]},
    ),
    "one that tolerates enough": (work("Deployment", tolerations=DONE["tolerations"]), "deployment", SELECTS),
}


@pytest.mark.parametrize(("workload", "kind", "spec"), PATCHED.values(), ids=PATCHED)
def test_the_command_that_patches(workload, kind, spec):
    (one,) = statements(workload)
    assert one.message.startswith("is in no manifest, so nothing patches it: of ring a")
    assert patch_of(one.message) == ("shop", kind, "w", {"spec": {"template": {"spec": spec}}})


def test_a_cron_job_is_patched_where_its_template_is():
    (one,) = statements(work("CronJob"))
    assert set(patch_of(one.message)[3]["spec"]["jobTemplate"]["spec"]["template"]["spec"]) == {"nodeSelector", "tolerations"}


def test_a_template_in_a_list_is_reached_by_its_number_and_keeps_what_it_selects():
    listed = replace(work("Fleet", node_selector=Labels({"disk": "ssd"})), spec_path="spec.groups[1].template.spec")
    (one,) = statements(listed)
    assert patch_of(one.message)[3] == [
        {"op": "add", "path": "/spec/groups/1/template/spec/nodeSelector", "value": {"disk": "ssd", "x/ring": "a"}},
        {"op": "add", "path": "/spec/groups/1/template/spec/tolerations", "value": [OURS]},
    ]


def test_a_daemon_set_of_every_ring_is_let_past_their_taint():
    (one,) = statements(work("DaemonSet", level="", namespace="kube-system"))
    spec = {"tolerations": [{"key": "x/taint", "operator": "Exists"}]}
    assert patch_of(one.message) == ("kube-system", "daemonset", "w", {"spec": {"template": {"spec": spec}}})


@pytest.mark.parametrize("kind", ["Pod", "Job"])
def test_what_cannot_be_patched_is_made_anew_or_ends(kind):
    (one,) = statements(work(kind))
    assert f"a {kind} cannot be given nodeSelector x/ring=a and a toleration of x/taint=a while it exists" in one.message
    assert "kubectl" not in one.message


def test_what_one_owner_makes_is_said_once():
    pods = [work("Pod", f"kafka-{at}", runs=["n-a"], made_by="Kafka.k.io/shop/events") for at in range(3)]
    (one,) = statements(*pods)
    assert one.subject == "Kafka.k.io/shop/events"
    assert one.message == (
        "makes Pod/shop/kafka-0 and 2 more, and is in no manifest, so nothing patches it: of ring a, counted where it runs "
        "(n-a); give its pods nodeSelector x/ring=a and a toleration of x/taint=a where it says what they are"
    )


MIXING = {
    "a Pod": (work("Pod", runs=["n-b"]), "LEVELS MIX on n-b (ring b)", "kubectl -n shop delete pod w;"),
    "a Pod that has all that a patch would give": (
        work("Pod", runs=["n-b"], **DONE),
        "LEVELS MIX on n-b (ring b)",
        "delete pod w",
    ),
    "a StatefulSet": (work("StatefulSet", runs=["n-a", "n-b"]), "LEVELS MIX on n-b (ring b)", "once it selects its ring"),
    "a DaemonSet of one ring": (work("DaemonSet", runs=["n-a", "n-b"]), "LEVELS MIX on n-b (ring b)", "once it selects its ring"),
}


@pytest.mark.parametrize(("workload", "where", "how"), MIXING.values(), ids=MIXING)
def test_that_levels_mix_until_somebody_acts_is_said_of(workload, where, how):
    (one,) = statements(workload)
    assert f"{where} until its pods there are deleted, which neither a patch nor a taint does" in one.message
    assert how in one.message


def test_names_from_the_cluster_are_quoted_in_commands():
    (one,) = statements(work("Deployment", "x; rm -rf .", runs=["n-a"]))
    assert patch_of(one.message)[2] == "x; rm -rf ."
