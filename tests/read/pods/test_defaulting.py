"""Pod templates become the pods that the API server would make of them, or faults where it would refuse them."""

import pytest

from models.frozen_map import FrozenMap
from models.kubernetes.labels import LabelSelector, NodeSelectorTerm, Requirement, Toleration
from models.kubernetes.pod import HostPort, PodAffinityTerm, PreferredNodeTerm, PreferredPodTerm
from planner.rules.plugins import noderesources
from tests.read.cluster_reader import (
    cluster_of,
    container,
    containers,
    controller,
    deployment,
    faults_of,
    limits,
    only,
    pod,
    requests,
)

MI = 1 << 20
LIMIT_RANGE = """
apiVersion: v1
kind: LimitRange
metadata: {name: NAME, namespace: shop}
spec: {limits: [{type: Container, LIMITS}]}
"""


def limit_range(text, name="limits"):
    return LIMIT_RANGE.replace("LIMITS", text).replace("NAME", name)


def init_containers(*inner):
    return containers(*inner).replace("containers", "initContainers", 1).replace("{name: c", "{name: i")


def request(workload):
    return dict(noderesources.requests(workload.template))


def test_example_1_containers_init_containers_and_overhead():
    runtime = (
        "{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: kata}, handler: kata, "
        "overhead: {podFixed: {cpu: 50m, memory: 32Mi}}}"
    )
    inner = containers(requests(cpu="500m", memory="256Mi"), requests(cpu="250m", memory="128Mi"))
    outer = init_containers(requests(cpu="1000m", memory="64Mi"), requests(cpu="200m", memory="1Gi"))
    found = request(only(runtime, deployment(f"runtimeClassName: kata, {inner}, {outer}")))
    assert (found["cpu"], found["memory"]) == (1050, 1056 * MI)


@pytest.mark.parametrize(
    ("order", "cpu"),
    [
        pytest.param(("600m", "300m side", "800m", "200m side"), 1100, id="a large init container after a sidecar"),
        pytest.param(("800m", "300m side", "600m", "200m side"), 900, id="the large init container first"),
    ],
)
def test_example_2_the_order_of_sidecars_and_init_containers(order, cpu):
    texts = [requests(cpu=each.split()[0]) + (", restartPolicy: Always" if "side" in each else "") for each in order]
    outer = init_containers(*texts)
    assert request(only(deployment(f"{containers(requests(cpu='400m'))}, {outer}")))["cpu"] == cpu


@pytest.mark.parametrize(
    ("own", "cpu"),
    [
        pytest.param("resources: {requests: {cpu: 1}}", 1000, id="a pod-level request replaces the sum"),
        pytest.param("resources: {limits: {memory: 1Gi}}", 300, id="a pod-level limit makes the sums pod-level requests"),
    ],
)
def test_example_3_pod_level_resources(own, cpu):
    gpu = "resources: {requests: {memory: 100Mi}, limits: {nvidia.com/gpu: 1}}"
    found = request(only(deployment(f"{own}, {containers(requests(cpu='300m', memory='200Mi'), gpu)}")))
    assert found == {"cpu": cpu, "memory": 300 * MI, "nvidia.com/gpu": 1}


@pytest.mark.parametrize(
    ("initial", "cpu"),
    [
        pytest.param(["600m", "300m side", "800m", "200m side"], 1100, id="the peak of example 2"),
        pytest.param(["800m", "300m side", "600m", "200m side"], 900, id="the sum of example 2"),
        pytest.param(["500m side"], 900, id="a sidecar counts once"),
    ],
)
def test_pod_level_defaults_count_sidecars_and_init_containers(initial, cpu):
    texts = [requests(cpu=each.split()[0]) + (", restartPolicy: Always" if "side" in each else "") for each in initial]
    outer = init_containers(*texts)
    own = f"resources: {{limits: {{cpu: 4}}}}, {containers(requests(cpu='400m'))}, {outer}"
    assert dict(only(deployment(own)).template.requests) == {"cpu": cpu}


def test_example_3_the_pod_limit_counts_where_no_container_asks():
    found = only(deployment(f"resources: {{limits: {{cpu: 2, memory: 1Gi}}}}, {containers(requests(cpu='300m'))}"))
    assert dict(found.template.requests) == {"cpu": 300, "memory": 1024 * MI}


def test_example_4_limits_come_before_the_limit_range():
    inner = containers("resources: {limits: {cpu: 2, memory: 1Gi}, requests: {cpu: 100m}}", "")
    found = only(limit_range("defaultRequest: {cpu: 200m, memory: 256Mi}"), deployment(inner))
    assert request(found) == {"cpu": 300, "memory": 1280 * MI}


def test_pod_level_defaults_see_what_the_limit_range_gave_the_containers():
    """Seen on a real API server: since 1.37 the pod's own requests are filled in last."""
    inner = containers(requests(cpu="100m"), "") + ", resources: {limits: {memory: 1Gi}}"
    found = only(limit_range("defaultRequest: {cpu: 200m}"), deployment(inner))
    assert request(found) == {"cpu": 300, "memory": 1024 * MI}


def test_example_6_containers_without_requests():
    runtime = (
        "{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: r}, handler: r, "
        "overhead: {podFixed: {cpu: 250m, memory: 120Mi}}}"
    )
    assert request(only(runtime, deployment(f"runtimeClassName: r, {containers('', '')}"))) == {"cpu": 250, "memory": 120 * MI}
    assert request(only(deployment(containers("", "")))) == {}


@pytest.mark.parametrize(
    ("ranges", "cpu"),
    [
        pytest.param(["default: {cpu: 300m}"], 300, id="a default limit is the default request, too"),
        pytest.param(["max: {cpu: 400m}"], 400, id="the maximum is the default limit and so the default request"),
        pytest.param(["min: {cpu: 50m}"], 50, id="the minimum is the default request"),
        pytest.param(["min: {cpu: 50m}, max: {cpu: 400m}"], 400, id="the maximum comes before the minimum"),
        pytest.param(["defaultRequest: {cpu: 60m}, default: {cpu: 300m}"], 60, id="a default request comes before all"),
        pytest.param(
            ["defaultRequest: {cpu: 60m}", "defaultRequest: {cpu: 70m}"], 60, id="of two LimitRanges the first by name counts"
        ),
    ],
)
def test_a_limit_range_fills_what_containers_do_not_say(ranges, cpu):
    texts = [limit_range(text, f"limits-{at}") for at, text in enumerate(ranges)]
    assert request(only(*reversed(texts), deployment(containers("")))) == {"cpu": cpu}


def test_a_limit_range_gives_to_its_own_namespace_and_to_containers_only():
    other = limit_range("default: {cpu: 1}").replace("shop", "other")
    pods = limit_range("max: {cpu: 1}").replace("Container", "Pod")
    assert request(only(other, pods, deployment(containers("")))) == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "default: {cpu: 50m}",
            "the request is larger than the limit of cpu, which a LimitRange sets",
            id="too small a default limit",
        ),
        pytest.param(
            "max: {cpu: 50m}", "LimitRange limits allows less cpu than a container's limit", id="a maximum below the limit"
        ),
        pytest.param(
            "min: {cpu: 500m}", "LimitRange limits asks for more cpu than a container requests", id="a minimum above the request"
        ),
    ],
)
def test_pods_that_a_limit_range_would_refuse_are_stated(text, message):
    own = "resources: {requests: {cpu: 100m}}" if text.startswith("default") else "resources: {limits: {cpu: 100m}}"
    said = cluster_of(limit_range(text), deployment(containers(own))).unread
    assert [each.message for each in said] == [f"the API server will refuse its pods: {message}"]


TWICE = "allows a limit of cpu up to 2 times the request, and {}'s is more or either is missing"
BOTH = "resources: {{requests: {{cpu: {}}}, limits: {{cpu: {}}}}}"
HALF = containers(BOTH.format("250m", "500m"), BOTH.format("250m", "500m"))
START = f"initContainers: [{container(BOTH.format('100m', '100m') + ', restartPolicy: Always', 's')}, "
START += f"{container(BOTH.format(1, 1), 'i')}], "
BOUNDED = {
    "a pod's maximum below its limits together": ("Pod", "max: {cpu: 900m}", HALF, "allows less cpu than the pod's limit"),
    "a pod's maximum that its limits reach together": ("Pod", "max: {cpu: 1}", HALF, ""),
    "a pod's maximum where no container has a limit": (
        "Pod",
        "max: {cpu: 1}",
        containers(requests(cpu="100m")),
        "allows less cpu than the pod's limit",
    ),
    "a pod's maximum that only its requests exceed": (
        "Pod",
        "max: {cpu: 1}",
        containers(requests(cpu=2), limits(cpu="10m")),
        "allows less cpu than the pod requests",
    ),
    "a pod's maximum that an init container beside a sidecar exceeds": (
        "Pod",
        "max: {cpu: 1}",
        START + HALF,
        "allows less cpu than the pod's limit",
    ),
    "a pod's maximum that init containers and sidecars reach": ("Pod", "max: {cpu: 1100m}", START + HALF, ""),
    "a pod's minimum above its requests together": (
        "Pod",
        "min: {cpu: 600m}",
        HALF,
        "asks for more cpu than the pod requests",
    ),
    "a pod's minimum that its requests reach together": ("Pod", "min: {cpu: 500m}", HALF, ""),
    "a pod's minimum of nothing where nothing is requested": (
        "Pod",
        "min: {memory: 0}",
        HALF,
        "asks for more memory than the pod requests",
    ),
    "a pod's minimum above what limits there are": (
        "Pod",
        "min: {cpu: 1}",
        containers(requests(cpu=2), limits(cpu="10m")),
        "asks for more cpu than the pod's limit",
    ),
    "what the whole pod says goes before its containers": (
        "Pod",
        "max: {cpu: 2}",
        f"{BOTH.format(1, 3)}, {HALF}",
        "allows less cpu than the pod's limit",
    ),
    "a pod whose limit is its request by default": (
        "Pod",
        "max: {cpu: 1}",
        f"resources: {{requests: {{cpu: 2}}}}, {HALF}",
        "allows less cpu than the pod's limit",
    ),
    "a ratio that a pod keeps": ("Pod", "maxLimitRequestRatio: {cpu: 2}", HALF, ""),
    "a ratio that a pod does not keep": (
        "Pod",
        "maxLimitRequestRatio: {cpu: 2}",
        containers(BOTH.format("250m", "501m"), BOTH.format("250m", "500m")),
        TWICE.format("the pod"),
    ),
    "a ratio that a container keeps": ("Container", "maxLimitRequestRatio: {cpu: 2}", HALF, ""),
    "a ratio that one container does not keep": (
        "Container",
        "maxLimitRequestRatio: {cpu: 2}",
        containers(BOTH.format("250m", "501m"), BOTH.format("250m", "250m")),
        TWICE.format("a container"),
    ),
    "a ratio of less than two": ("Container", "maxLimitRequestRatio: {cpu: 1500m}", containers(BOTH.format(2, 3)), ""),
    "a ratio without a limit": (
        "Container",
        "maxLimitRequestRatio: {cpu: 2}",
        containers(requests(cpu=1)),
        TWICE.format("a container"),
    ),
    "a ratio to nothing": (
        "Container",
        "maxLimitRequestRatio: {cpu: 2}",
        containers(BOTH.format(0, 1)),
        TWICE.format("a container"),
    ),
    "what claims may ask for": ("PersistentVolumeClaim", "max: {storage: 1Gi}", HALF, ""),
}


@pytest.mark.parametrize(("kind", "text", "spec", "reason"), BOUNDED.values(), ids=BOUNDED)
def test_what_limit_ranges_bound_is_each_container_or_the_pod_as_a_whole(kind, text, spec, reason):
    said = cluster_of(limit_range(text).replace("Container", kind, 1), deployment(spec)).unread
    wanted = [f"the API server will refuse its pods: LimitRange limits {reason}"] if reason else []
    assert [each.message for each in said] == wanted


def test_of_two_limit_ranges_each_bounds():
    wide = limit_range("max: {cpu: 4}", "wide")
    said = cluster_of(limit_range("max: {cpu: 400m}"), wide, deployment(HALF)).unread
    reason = "the API server will refuse its pods: LimitRange limits allows less cpu than a container's limit"
    assert [each.message for each in said] == [reason]


def test_a_pod_that_lives_has_passed_its_limit_ranges():
    small = limit_range("max: {cpu: 1m}").replace("Container", "Pod")
    assert not cluster_of(small, pod("lives", node="node-a")).unread


def test_pod_level_requests_that_a_limit_range_overtakes_are_stated():
    own = f"resources: {{requests: {{cpu: 100m}}}}, {containers('')}"
    said = cluster_of(limit_range("defaultRequest: {cpu: 200m}"), deployment(own)).unread
    assert ["is less than the containers request together" in each.message for each in said] == [True]


def test_pod_level_limits_that_a_limit_range_overtakes_are_stated():
    own = f"resources: {{limits: {{cpu: 100m}}}}, {containers(requests(cpu='50m'))}"
    said = cluster_of(limit_range("default: {cpu: 200m}"), deployment(own)).unread
    assert [each.message for each in said] == [
        "the API server will refuse its pods: a container's limit of cpu is larger than the pod's limit"
    ]


RUNTIME = """
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: {name: gvisor}
handler: runsc
overhead: {podFixed: {cpu: 10m}}
scheduling: {nodeSelector: {runtime: gvisor}, tolerations: [{key: gvisor, operator: Exists}]}
"""


STAY = tuple(
    Toleration(f"node.kubernetes.io/{what}", "Exists", effect="NoExecute", toleration_seconds=300)
    for what in ("not-ready", "unreachable")
)
STAYING = {
    "a pod that says nothing stays five minutes on a failing node": ("", STAY),
    "what it says of one failure is not said again": (
        "{key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 5}",
        STAY[1:],
    ),
    "an effect left out covers NoExecute": ("{key: node.kubernetes.io/unreachable, operator: Exists}", STAY[:1]),
    "another effect does not": ("{key: node.kubernetes.io/unreachable, operator: Exists, effect: NoSchedule}", STAY),
    "a value does not matter, only the key": ("{key: node.kubernetes.io/unreachable, value: a, effect: NoExecute}", STAY[:1]),
    "who tolerates everything says enough": ("{operator: Exists}", ()),
}


@pytest.mark.parametrize(("written", "added"), STAYING.values(), ids=STAYING)
def test_tolerations_that_admission_adds(written, added):
    """Without them a pod would be kept off nodes that kube-scheduler gives it (seen on a real one)."""
    pod = only(deployment(f"tolerations: [{written}], {containers('')}")).template
    assert pod.tolerations[1 if written else 0 :] == added


def test_a_runtime_class_adds_overhead_selector_and_tolerations_once():
    own = f"runtimeClassName: gvisor, nodeSelector: {{disk: ssd}}, tolerations: [{{key: a, operator: Exists}}], {containers('')}"
    pod = only(RUNTIME, deployment(own)).template
    assert dict(pod.overhead) == {"cpu": 10}
    assert dict(pod.node_selector) == {"disk": "ssd", "runtime": "gvisor"}
    assert pod.tolerations == (Toleration("a", "Exists"), Toleration("gvisor", "Exists"), *STAY)
    again = own.replace("{key: a,", "{key: gvisor,")
    assert only(RUNTIME, deployment(again)).template.tolerations == (Toleration("gvisor", "Exists"), *STAY)


def test_a_port_without_address_and_one_at_0_0_0_0_are_two_to_the_api_server():
    """Seen on a real one: it takes a pod that asks for both, and kube-scheduler does not compare a pod with itself."""
    pod = only(
        deployment(
            containers(
                "ports: [{containerPort: 80, hostPort: 80}]", "ports: [{containerPort: 80, hostPort: 80, hostIP: 0.0.0.0}]"
            )
        )
    ).template
    assert [port for one in pod.containers for port in one.host_ports] == [HostPort(80), HostPort(80)]


def test_host_network_takes_every_container_port_on_the_node():
    ports = "ports: [{containerPort: 80}, {containerPort: 53, hostPort: 53, protocol: UDP, hostIP: 10.0.0.1}]"
    pod = only(deployment(f"hostNetwork: true, {containers(ports)}")).template
    assert pod.containers[0].host_ports == (HostPort(80), HostPort(53, "UDP", "10.0.0.1"))
    assert pod.host_network


def test_without_host_network_only_host_ports_are_taken():
    pod = only(deployment(containers("ports: [{containerPort: 80}, {containerPort: 81, hostPort: 8081}]"))).template
    assert pod.containers[0].host_ports == (HostPort(8081),)


@pytest.mark.parametrize(
    ("name", "priority"),
    [
        pytest.param("", 7, id="no class means the global default, of several the lowest"),
        pytest.param("priorityClassName: high, ", 1000, id="a class of the input"),
        pytest.param("priorityClassName: system-cluster-critical, ", 2000000000, id="the first built-in class"),
        pytest.param("priorityClassName: system-node-critical, ", 2000001000, id="the second built-in class"),
    ],
)
def test_priority_comes_from_the_class(name, priority):
    classes = [
        f"{{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {{name: {name}}}, "
        f"value: {value}, globalDefault: {default}}}"
        for name, value, default in (("high", 1000, "false"), ("low", 7, "true"), ("mid", 9, "true"))
    ]
    assert only(*classes, deployment(f"{name}{containers('')}")).template.priority == priority


@pytest.mark.parametrize(
    ("name", "preempts"),
    [
        pytest.param("", False, id="no class means the global default"),
        pytest.param("priorityClassName: polite, ", False, id="a class that never preempts"),
        pytest.param("priorityClassName: rude, ", True, id="a class that says nothing of it"),
        pytest.param("priorityClassName: system-node-critical, ", True, id="a built-in class"),
    ],
)
def test_whether_others_are_put_out_comes_from_the_class(name, preempts):
    classes = [
        f"{{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {{name: {name}}}, value: {value}{more}}}"
        for name, value, more in (
            ("polite", 7, ", preemptionPolicy: Never, globalDefault: true"),
            ("other", 8, ", globalDefault: true"),
            ("rude", 7, ""),
        )
    ]
    assert only(*classes, deployment(f"{name}{containers('')}")).template.preempts is preempts


TERM = "{topologyKey: zone, labelSelector: {matchLabels: {app: web}}MORE}"


@pytest.mark.parametrize(
    ("more", "expressions"),
    [
        pytest.param("", (), id="nothing to merge"),
        pytest.param(
            ", matchLabelKeys: [pod-template-hash, absent]", (Requirement("pod-template-hash", "In", ("1",)),), id="own value In"
        ),
        pytest.param(", mismatchLabelKeys: [tenant]", (Requirement("tenant", "NotIn", ("t",)),), id="own value NotIn"),
    ],
)
def test_label_keys_are_merged_into_affinity_selectors(more, expressions):
    term = TERM.replace("MORE", more)
    own = f"affinity: {{podAntiAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: [{term}]}}}}, {containers('')}"
    pod = only(deployment(own, labels="{app: web, pod-template-hash: '1', tenant: t}")).template
    assert pod.pod_anti_affinity[0].label_selector == LabelSelector({"app": "web"}, expressions)


def test_label_keys_that_the_api_server_has_merged_are_not_merged_twice():
    term = "{topologyKey: zone, labelSelector: {matchExpressions: [{key: v, operator: In, values: ['1']}]}, matchLabelKeys: [v]}"
    own = f", affinity: {{podAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: [{term}]}}}}"
    found = only(pod("lives", meta=", labels: {v: '1'}", spec=own)).template
    assert found.pod_affinity[0].label_selector.match_expressions == (Requirement("v", "In", ("1",)),)


def test_label_keys_are_merged_into_spread_constraints():
    spread = (
        "{maxSkew: 2, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, minDomains: 3, labelSelector: {}, matchLabelKeys: [v]}"
    )
    pod = only(deployment(f"topologySpreadConstraints: [{spread}], {containers('')}", labels="{v: '1'}")).template
    (constraint,) = pod.topology_spread_constraints
    assert constraint.label_selector == LabelSelector(match_expressions=(Requirement("v", "In", ("1",)),))
    assert (constraint.max_skew, constraint.min_domains) == (2, 3)
    assert (constraint.node_affinity_policy, constraint.node_taints_policy) == ("Honor", "Ignore")


def test_preferred_terms_are_kept_with_their_weights():
    affinity = (
        "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 7, preference: {matchExpressions: "
        "[{key: disk, operator: In, values: [ssd]}]}}]}, podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: "
        "[{weight: 100, podAffinityTerm: {topologyKey: zone, labelSelector: {matchLabels: {app: web}}, matchLabelKeys: [v]}}]}}, "
    )
    pod = only(deployment(affinity + containers(""), labels="{v: '1'}")).template
    wanted = NodeSelectorTerm((Requirement("disk", "In", ("ssd",)),))
    near = LabelSelector(FrozenMap({"app": "web"}), (Requirement("v", "In", ("1",)),))
    assert pod.preferred_node_affinity == (PreferredNodeTerm(7, wanted),)
    assert pod.preferred_pod_affinity == ()
    assert pod.preferred_pod_anti_affinity == (PreferredPodTerm(100, PodAffinityTerm("zone", near)),)
    assert (pod.node_affinity, pod.pod_anti_affinity) == (None, ())


@pytest.mark.parametrize("weight", ["", "weight: 0, ", "weight: 101, "])
def test_a_weight_outside_1_to_100_is_a_fault(weight: str):
    terms = f"preferredDuringSchedulingIgnoredDuringExecution: [{{{weight}preference: {{}}}}]"
    affinity = f"affinity: {{nodeAffinity: {{{terms}}}}}, "
    ((_, field, reason),) = faults_of(deployment(affinity + containers("")))
    assert field.endswith("preferredDuringSchedulingIgnoredDuringExecution[0].weight")
    assert reason.startswith("must be 1 to 100")


def test_null_lists_and_maps_are_as_good_as_none():
    own = (
        "tolerations: null, affinity: {nodeAffinity: null}, nodeSelector: null, volumes: null, initContainers: null, "
        + containers("resources: {requests: null}, ports: null")
    )
    pod = only(deployment(own, labels="null", more="selector: {matchExpressions: [{key: app, operator: DoesNotExist}]}")).template
    assert (pod.tolerations, pod.node_affinity, dict(pod.node_selector), dict(pod.labels)) == (STAY, None, {}, {})


def test_a_selector_that_contradicts_the_runtime_class_is_a_fault():
    own = f"runtimeClassName: gvisor, nodeSelector: {{runtime: kata}}, {containers('')}"
    ((_, field, reason),) = faults_of(RUNTIME, deployment(own))
    assert field == "spec.template.spec.nodeSelector.runtime"
    assert "'kata' contradicts the RuntimeClass, which selects 'gvisor'" in reason


def test_labels_that_are_none_are_faults():
    ((_, field, reason),) = faults_of(
        deployment(containers(""), labels="{app: 'a b'}", more="selector: {matchExpressions: [{key: app, operator: Exists}]}")
    )
    assert (field, reason[:24]) == ("spec.template.metadata.labels.app", "'a b' is no label value;")


def test_all_faults_of_all_documents_are_gathered():
    first = deployment(f"priorityClassName: gold, tolerations: [{{key: a, operator: Lt}}], {containers(requests(cpu='1K'))}")
    second = deployment("containers: []", name="other")
    assert len(faults_of(first, second)) == 4


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        pytest.param(
            "resourceClaims: [{name: gpu, resourceClaimName: g}], ",
            "resourceClaims gpu: which nodes have such devices is not modelled",
            id="devices",
        ),
        pytest.param(
            "hostNetwork: true, hostUsers: false, ", "hostNetwork without hostUsers: API servers whose gate", id="users"
        ),
        pytest.param("schedulingGroup: {podGroupName: g}, ", "belongs to a group of pods that are to start together", id="gangs"),
        pytest.param("volumes: [{name: d, gcePersistentDisk: {pdName: x}}], ", "volume d is a disk without a claim", id="disks"),
        pytest.param(
            "volumes: [{name: v, emptyDir: {}}], "
            "initContainers: [{name: i, image: i, volumeMounts: [{name: v, mountPath: /v, bindMountOptions: [noexec]}]}], ",
            "bindMountOptions: which nodes declare that feature",
            id="mount options",
        ),
        pytest.param(
            "volumes: [{name: d, azureDisk: {diskName: x, diskURI: u}}], ", "volume d is a disk without a claim", id="Azure's"
        ),
        pytest.param(
            "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1}]}}, ",
            "preferred terms of nodeAffinity are wishes",
            id="preferences",
        ),
    ],
)
def test_what_the_nouns_cannot_say_is_stated(spec, message):
    (said,) = cluster_of(deployment(f"{spec}{containers('')}")).unread
    assert said.subject == "Deployment/shop/web"
    assert said.message.startswith(message)
    assert said.where.line == 1


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        pytest.param("requests: {memory: 1024m}", ["memory 1024m"], id="thousandths of a byte"),
        pytest.param("requests: {memory: 1024m}, limits: {memory: 1024m}", ["memory 1024m"], id="the same twice is said once"),
        pytest.param("limits: {ephemeral-storage: 0.5}", ["ephemeral-storage 0.5"], id="half a byte"),
        pytest.param("requests: {memory: 1024000m}", [], id="thousandths that come out even"),
        pytest.param("requests: {memory: 0.5Gi, cpu: 100m}", [], id="half of a Gi, and cores"),
        pytest.param("requests: {memory: 1.1k}", [], id="1,100 bytes"),
    ],
)
def test_parts_of_bytes_are_named_as_api_servers_warn_of_them(resources, expected):
    """`1024m` is 1.024 bytes: who writes that means 1024Mi."""
    found = cluster_of(deployment(containers(f"resources: {{{resources}}}"))).unread
    assert [one.message.split(": ")[1].split(" is not ")[0] for one in found] == expected


def test_null_in_a_map_of_texts_is_an_empty_text_as_for_the_api_server():
    found = only(controller("Deployment").replace("spec: {containers", "spec: {nodeSelector: {disk: }, containers"))
    assert found.template.node_selector == {"disk": ""}
