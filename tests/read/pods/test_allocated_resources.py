"""Pods that are bound: what their node is charged for them, after a resize in place too."""

import json

import msgspec
import pytest

from models.kubernetes.cluster import Statement
from models.kubernetes.pod import Pod
from models.kubernetes.version import NEWEST
from models.serialise import decode, encode
from planner.read.documents.field import Notebook, Spot
from planner.read.pods.allocated_resources import beyond, charge_of, requests_of, status_that_counts
from planner.read.schema import pod_schema as wire
from planner.read.schema.workload_schema import PodStatus
from planner.rules.plugins import noderesources
from tests.read.cluster_reader import NODE, SELECTOR, cluster_of, controller, deployment, faults_of, pod, thing

INFEASIBLE = {"type": "PodResizePending", "status": "True", "reason": "Infeasible"}
DEFERRED = {**INFEASIBLE, "reason": "Deferred"}
ALWAYS = {"restartPolicy": "Always"}


def one(requests=None, name="c", **more):
    """Write a container that requests `requests`: a string is cpu."""
    return {"name": name, **({"resources": {"requests": amounts(requests)}} if requests else {}), **more}


def status(allocated=None, actual=None, name="c"):
    """Write a container's status."""
    told = {"name": name}
    return told | ({"allocatedResources": amounts(allocated)} if allocated else {}) | resources(actual)


def resources(requests):
    return {"resources": {"requests": amounts(requests)}} if requests else {}


def amounts(given):
    return {"cpu": given} if isinstance(given, str) else given


def taken(spec, found, version=NEWEST):
    """Return what a pod of this spec and this status is charged."""
    notebook = Notebook()
    made = requests_of(msgspec.convert(spec, wire.PodSpec))
    assert made is not None
    result = charge_of(Spot(notebook), made, msgspec.convert(found, PodStatus), version)
    assert not notebook.faults
    return dict(result)


# Of 1.35.4's component-helpers, resource/helpers.go determineContainerReqs.
BEFORE_1_37 = [
    (
        "one container grows while the other shrinks: the largest of each",
        {"containers": [one("2", "a"), one("1", "b")]},
        {"containerStatuses": [status("1", "1", "a"), status("1", "2", "b")]},
        4000,
        3000,
    ),
    (
        "infeasible: what it has, whatever is wanted",
        {"containers": [one("6")]},
        {"conditions": [INFEASIBLE], "containerStatuses": [status("4", "2")]},
        4000,
        4000,
    ),
    (
        "what is allocated alone, of a container that is not said to run, does not count",
        {"containers": [one("1")]},
        {"containerStatuses": [status(allocated="3")]},
        1000,
        3000,
    ),
    (
        "what the pod as a whole is said to have does not count",
        {"containers": [one("1")], "resources": {"requests": amounts("2")}},
        {"allocatedResources": amounts("5"), "resources": {"requests": amounts("5")}},
        2000,
        5000,
    ),
]


@pytest.mark.parametrize(
    ("spec", "found", "before", "since"), [row[1:] for row in BEFORE_1_37], ids=[row[0] for row in BEFORE_1_37]
)
def test_before_1_37_the_containers_and_not_the_totals_were_compared(spec, found, before, since):
    assert taken(spec, found, (1, 36)) == {"cpu": before}
    assert taken(spec, found) == taken(spec, found, (1, 37)) == {"cpu": since}


# Of component-helpers' resource/helpers_test.go: TestPodResourceRequests, TestAggregateContainerRequestsAndLimits and
# TestPodRequestsAndLimitsVerticalScalingWrappers, as far as they are about requests and use the status.
UPSTREAM = [
    ("resized, infeasible",
     {"containers": [one("4")]}, {"conditions": [INFEASIBLE], "containerStatuses": [status(actual="2")]}, {"cpu": 2000}),
    ("resized, infeasible and in progress",
     {"containers": [one("6")]}, {"conditions": [INFEASIBLE], "containerStatuses": [status("4", "2")]}, {"cpu": 4000}),
    ("resized, no resize status", {"containers": [one("4")]}, {"containerStatuses": [status(actual="2")]}, {"cpu": 4000}),
    ("per-resource maximum of the three",
     {"containers": [one({"cpu": "30m", "memory": "20M", "ephemeral-storage": "10G"})]},
     {"containerStatuses": [status({"cpu": "20m", "memory": "10M", "ephemeral-storage": "30G"},
                                   {"cpu": "10m", "memory": "30M", "ephemeral-storage": "20G"})]},
     {"cpu": 30, "memory": 30_000_000, "ephemeral-storage": 30_000_000_000}),
    ("sidecar, infeasible",
     {"initContainers": [one("4", **ALWAYS)]},
     {"conditions": [INFEASIBLE], "initContainerStatuses": [status(actual="2")]}, {"cpu": 2000}),
    ("sidecar, no resize status",
     {"initContainers": [one("4", **ALWAYS)]}, {"initContainerStatuses": [status(actual="2")]}, {"cpu": 4000}),
    ("the largest of the sums, not the sum of the largest",
     {"containers": [one("1", "c1"), one("2", "c2")]},
     {"containerStatuses": [status("2", name="c1"), status("1", name="c2")]}, {"cpu": 3000}),
    ("no requests, but a status with some", {"containers": [one()]}, {"containerStatuses": [status(actual="2")]}, {"cpu": 2000}),
    ("a sidecar without requests, but a status with some",
     {"initContainers": [one(**ALWAYS)]}, {"initContainerStatuses": [status(actual="2")]}, {"cpu": 2000}),
    ("the pod's own status replaces the sum over containers",
     {"containers": [one("1")]}, {"allocatedResources": {"cpu": "4"}, "resources": {"requests": {"cpu": "3"}}}, {"cpu": 4000}),
    ("but not without allocatedResources",
     {"containers": [one("1")]},
     {"containerStatuses": [status("6", "5")], "resources": {"requests": {"cpu": "9"}}}, {"cpu": 6000}),
    ("and not without resources",
     {"containers": [one("1")]}, {"containerStatuses": [status("6", "5")], "allocatedResources": {"cpu": "9"}}, {"cpu": 6000}),
    ("pod-level requests with a status",
     {"resources": {"requests": {"cpu": "2"}}, "containers": [one("1")]},
     {"allocatedResources": {"cpu": "3"}, "resources": {"requests": {"cpu": "3.5"}}}, {"cpu": 3500}),
    ("pod-level requests, infeasible",
     {"resources": {"requests": {"cpu": "10"}}, "containers": [one("1")]},
     {"conditions": [INFEASIBLE], "allocatedResources": {"cpu": "3"}, "resources": {"requests": {"cpu": "4"}}}, {"cpu": 4000}),
]  # fmt: skip

TWO = {"containers": [one("2000m", "c1"), one("1000m", "c2")]}
TWO_STATUSES = [status("1", "1", "c1"), status("1", "2", "c2")]
OWN = [
    ("desired 3, allocated 2, actual 3: the largest total", TWO, {"containerStatuses": TWO_STATUSES}, {"cpu": 3000}),
    ("the same, infeasible", TWO, {"conditions": [INFEASIBLE], "containerStatuses": TWO_STATUSES}, {"cpu": 3000}),
    ("infeasible: what is desired does not count",
     {"containers": [one("9")]}, {"conditions": [INFEASIBLE], "containerStatuses": [status("1", "2")]}, {"cpu": 2000}),
    ("deferred: what is desired counts",
     {"containers": [one("9")]}, {"conditions": [DEFERRED], "containerStatuses": [status("1", "2")]}, {"cpu": 9000}),
    ("another condition of that reason is no resize",
     {"containers": [one("9")]},
     {"conditions": [{**INFEASIBLE, "type": "Ready"}], "containerStatuses": [status("1", "2")]}, {"cpu": 9000}),
    ("the first of two such conditions decides",
     {"containers": [one("9")]},
     {"conditions": [DEFERRED, INFEASIBLE], "containerStatuses": [status("1", "2")]}, {"cpu": 9000}),
    ("infeasible, a container without status: nothing is known of it",
     {"containers": [one("9", "c1"), one("5", "c2")]},
     {"conditions": [INFEASIBLE], "containerStatuses": [status("1", name="c1")]}, {"cpu": 1000}),
    ("overhead comes on top",
     {"overhead": {"cpu": "50m", "memory": "1Mi"}, "containers": [one("1")]},
     {"containerStatuses": [status("2", "2")]}, {"cpu": 2050, "memory": 1 << 20}),
    ("the phases are told apart in each total",
     {"initContainers": [one("1", "side", **ALWAYS), one("5", "init")], "containers": [one("1")]},
     {"initContainerStatuses": [status("3", "3", "side")], "containerStatuses": [status("1", "1")]}, {"cpu": 8000}),
    ("a pod-level status of a pod without pod-level requests keeps what it does not name",
     {"containers": [one({"cpu": "1", "nvidia.com/gpu": "1"}, resources={
         "requests": {"cpu": "1", "nvidia.com/gpu": "1"}, "limits": {"nvidia.com/gpu": "1"}})]},
     {"allocatedResources": {"cpu": "2"}, "resources": {"requests": {"cpu": "2"}}}, {"cpu": 2000, "nvidia.com/gpu": 1}),
    ("pod-level requests with allocatedResources alone stay as they are",
     {"resources": {"requests": {"cpu": "2"}}, "containers": [one("1")]}, {"allocatedResources": {"cpu": "3"}}, {"cpu": 2000}),
    ("no status at all", TWO, {}, {"cpu": 3000}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("spec", "found", "expected"), [row[1:] for row in UPSTREAM + OWN], ids=[row[0] for row in UPSTREAM + OWN]
)
def test_a_bound_pod_is_charged_as_kube_scheduler_charges_it(spec, found, expected):
    assert taken(spec, found) == expected


TELLING = [
    ("nothing about resources", one("1"), {"conditions": [{"type": "Ready"}], "containerStatuses": [{"name": "c"}]}, False),
    ("what the spec says", one("1"), {"containerStatuses": [status("1", "1")]}, False),
    ("less", one("1"), {"containerStatuses": [status("900m")]}, True),
    ("less at work", one("1"), {"containerStatuses": [status("1", "900m")]}, True),
    ("something the spec does not say", one(), {"containerStatuses": [status("1", "1")]}, True),
    ("a sidecar of another size", one("1"), {"initContainerStatuses": [status("2", name="side")]}, True),
    ("another container", one("1"), {"containerStatuses": [status("1", name="d")]}, True),
    ("a resize that waits", one("1"), {"conditions": [DEFERRED], "containerStatuses": [status("1", "1")]}, True),
    ("the whole pod's amounts", one("1"), {"allocatedResources": {"cpu": "1"}}, True),
    ("what the whole pod runs with", one("1"), {"resources": {"requests": {"cpu": "1"}}}, True),
    ("no requests, as the spec", one(), {"containerStatuses": [{"name": "c", "resources": {}}]}, False),
]


@pytest.mark.parametrize(("container", "found", "is_kept"), [row[1:] for row in TELLING], ids=[row[0] for row in TELLING])
def test_only_a_status_that_tells_more_than_the_spec_is_kept(container, found, is_kept):
    spec = msgspec.convert({"containers": [container], "initContainers": [one("1", "side", **ALWAYS)]}, wire.PodSpec)
    status = msgspec.convert({"phase": "Running", **found}, PodStatus)
    kept = status_that_counts(status, spec)
    assert (kept is not None) is is_kept
    pod = requests_of(spec)
    assert charge_of(Spot(Notebook()), pod, kept) == charge_of(Spot(Notebook()), pod, status)


BEYOND = [
    ("less of everything", {"cpu": 100}, {"cpu": 200, "memory": 5}, ""),
    ("more of one", {"cpu": 1000, "memory": 5}, {"cpu": 250, "memory": 5}, "cpu 1, not 250m"),
    ("something new", {"memory": 3 << 20}, {}, "memory 3Mi, not 0"),
    ("bytes and devices", {"memory": (1 << 30) + 1, "nvidia.com/gpu": 1024}, {"memory": 1 << 30},
     "memory 1073741825, not 1Gi, nvidia.com/gpu 1024, not 0"),
]  # fmt: skip


@pytest.mark.parametrize(("more", "less", "words"), [row[1:] for row in BEYOND], ids=[row[0] for row in BEYOND])
def test_what_goes_beyond_is_said_in_kubernetes_quantities(more, less, words):
    assert beyond(more, less) == words


def live(name, requests, told, **options):
    """Write a pod that runs on node-a, with a status."""
    text = pod(name, "node-a", **options)
    spec, found = json.dumps([one(requests)]), json.dumps({"phase": "Running", **told})
    return text.replace("containers: [{name: c, image: 'i:1'}]", f"containers: {spec}").replace(
        "status: {phase: Running}", f"status: {found}"
    )


MIRROR = ", annotations: {kubernetes.io/config.mirror: x}"


def residents(requests, told):
    text = live("etcd-node-a", requests, told, meta=MIRROR)
    (found,) = cluster_of(text, deployment(f"containers: {json.dumps([one()])}")).residents
    return found.pod


def test_a_static_pod_takes_what_its_node_gives_it():
    resized = residents("1", {"containerStatuses": [status("2", "3")]})
    assert noderesources.requests(resized) == {"cpu": 3000}
    assert resized.containers[0].requests == {"cpu": 1000}


def test_a_static_pod_whose_resize_is_infeasible_takes_what_it_has():
    told = {"conditions": [INFEASIBLE], "containerStatuses": [status("2", "2")]}
    assert noderesources.requests(residents("9", told)) == {"cpu": 2000}


def test_a_static_pod_that_has_what_it_asks_for_is_read_as_before():
    assert residents("1", {"containerStatuses": [status("1", "1")]}) == residents("1", {})
    assert residents("1", {}).charged is None


@pytest.mark.parametrize(("kubelet", "cpu"), [("v1.36.0", 4000), ("v1.37.0", 3000)])
def test_the_newest_kubelet_decides_how_a_resized_pod_is_charged(kubelet, cpu):
    told = {"containerStatuses": [status("1", "1", "a"), status("1", "2", "b")]}
    text = live("etcd-node-a", "2", told, meta=MIRROR).replace(
        '[{"name": "c"', "[" + json.dumps(one("1", "b")) + ', {"name": "a"'
    )
    nodes = NODE.replace("status: {", f"status: {{nodeInfo: {{kubeletVersion: {kubelet}}}, ")
    (found,) = cluster_of(text, deployment(f"containers: {json.dumps([one()])}"), nodes=nodes).residents
    assert noderesources.requests(found.pod) == {"cpu": cpu}


def test_what_a_node_gives_must_be_an_amount():
    text = live("etcd-node-a", "1", {"containerStatuses": [status({"cpu": "1 core"})]}, meta=MIRROR)
    (fault,) = faults_of(text, deployment(f"containers: {json.dumps([one()])}"))
    assert fault[1] == "status.containerStatuses[0].allocatedResources.cpu"


OWNED = ("apps/v1", "ReplicaSet", "web-x")
SAID = "more than the template asks for ({}), as after a resize in place, a change at admission or an older template: "
SAID += "planned by the template"


def statements(*texts):
    """Return what is said of Deployment web, whose template asks for 500m."""
    template = f"{{metadata: {{labels: {{app: web}}}}, spec: {json.dumps({'containers': [one('500m')]})}}}"
    web = thing("Deployment", "web", f"template: {template}, {SELECTOR}")
    found = cluster_of(web, controller("ReplicaSet", "web-x", owner=("apps/v1", "Deployment", "web")), *texts)
    (workload,) = [each for each in found.workloads if each.id.name == "web"]
    assert noderesources.requests(workload.template) == {"cpu": 500}
    return [each for each in found.unread if each.subject == "Deployment/shop/web"]


RESIZED = [
    ("its spec was resized", live("web-1", "1", {}, owner=OWNED), "pod web-1 takes", "cpu 1, not 500m"),
    ("a smaller spec is not in effect yet", live("web-1", "500m", {"containerStatuses": [status("600m", "600m")]}, owner=OWNED),
     "pod web-1 takes", "cpu 600m, not 500m"),
    ("it asks for what the template asks for", live("web-1", "500m", {}, owner=OWNED), "", ""),
    ("it asks for less", live("web-1", "100m", {"containerStatuses": [status("100m", "100m")]}, owner=OWNED), "", ""),
    ("more is wanted, and infeasible",
     live("web-1", "9", {"conditions": [INFEASIBLE], "containerStatuses": [status("500m", "500m")]}, owner=OWNED), "", ""),
    ("it does not run yet", pod("web-1", "", owner=OWNED).replace("{name: c,", "{name: c, resources: {requests: {cpu: 9}},"),
     "", ""),
    ("it belongs to another", live("web-1", "9", {}), "", ""),
    ("its spec cannot be read, and need not be", live("web-1", {"cpu": "much"}, {}, owner=OWNED), "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "who", "what"), [row[1:] for row in RESIZED], ids=[row[0] for row in RESIZED])
def test_a_pod_that_takes_more_than_its_template_asks_for_is_named(text, who, what):
    assert [each.message for each in statements(text)] == ([f"{who} {SAID.format(what)}"] if who else [])


def test_of_several_such_pods_the_first_is_shown_with_file_and_line():
    texts = [live(f"web-{at}", f"{9 - at}", {}, owner=OWNED) for at in (3, 1, 2)]
    (found,) = statements(*texts, live("web-0", "500m", {}, owner=OWNED))
    assert found == Statement(found.subject, f"3 of its pods take {SAID.format('web-1: cpu 8, not 500m')}", found.where)
    assert found.where.line == statements(texts[0], texts[1])[0].where.line > 1


def test_a_pod_of_its_own_is_planned_by_its_spec_and_says_so():
    found = cluster_of(live("solo", "1", {"containerStatuses": [status("2", "2")]}))
    assert noderesources.requests(found.workloads[0].template) == {"cpu": 1000}
    (said,) = [each for each in found.unread if each.subject == "Pod/shop/solo"]
    assert (
        said.message == "takes more than its spec asks for (cpu 2, not 1), as while it is resized in place: planned by its spec"
    )


def test_pods_are_compared_with_the_topmost_owner():
    replica_set = controller("ReplicaSet", "web-7d4b9c6f5", owner=("apps/v1", "Deployment", "web"))
    (found,) = statements(replica_set, live("web-7d4b9c6f5-x", "1", {}, owner=("apps/v1", "ReplicaSet", "web-7d4b9c6f5")))
    assert "cpu 1, not 500m" in found.message


def test_a_plan_keeps_what_a_resident_is_charged():
    found = residents("1", {"containerStatuses": [status("2", "3")]})
    assert decode(Pod, encode(found)) == found
    assert "charged" not in encode(residents("1", {}))
