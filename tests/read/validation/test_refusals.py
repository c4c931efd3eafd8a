"""What the API server's validation refuses in a pod template is a fault at the exact field."""

import pytest

from tests.read.cluster_reader import containers, deployment, faults_of, limits, only, requests


def required(inner):
    return f"affinity: {{nodeAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: {inner}}}}}, {containers('')}"


def expression(inner):
    return required(f"{{nodeSelectorTerms: [{{matchExpressions: [{inner}]}}]}}")


def pod_term(inner):
    return f"affinity: {{podAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: [{{{inner}}}]}}}}, {containers('')}"


def spread(*inner):
    return f"topologySpreadConstraints: [{', '.join(f'{{{each}}}' for each in inner)}], {containers('')}"


def toleration(inner):
    return f"tolerations: [{{{inner}}}], {containers('')}"


BARE = "maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule"
SPREAD = f"{BARE}, labelSelector: {{}}"

REFUSED = {
    "no containers": ("containers: []", "containers", "at least one container"),
    "a negative quantity": (containers(requests(cpu="-1")), "containers[0].resources.requests.cpu", "-1 is negative"),
    "a quantity with a wrong suffix": (containers(requests(memory="1K")), "containers[0].resources.requests.memory", "suffix K"),
    "a request above the limit": (
        containers("resources: {requests: {cpu: 2}, limits: {cpu: 1}}"),
        "containers[0].resources.requests.cpu",
        "larger than the limit",
    ),
    "half a GPU": (
        containers(limits(**{"nvidia.com/gpu": "500m"})),
        "containers[0].resources.limits[nvidia.com/gpu]",
        "not a whole number",
    ),
    "an extended resource without a limit": (
        containers(requests(**{"nvidia.com/gpu": "1"})),
        "containers[0].resources.requests[nvidia.com/gpu]",
        "cannot be overcommitted",
    ),
    "huge pages below their limit": (
        containers("resources: {requests: {memory: 1Mi, hugepages-2Mi: 2Mi}, limits: {hugepages-2Mi: 4Mi}}"),
        "containers[0].resources.requests.hugepages-2Mi",
        "must equal the limit",
    ),
    "a resource that nobody knows": (
        containers(requests(gpu="1")),
        "containers[0].resources.requests.gpu",
        "no resource that a container",
    ),
    "a pod-level request below the containers'": (
        f"resources: {{requests: {{cpu: 1}}}}, {containers(requests(cpu='600m'), requests(cpu='600m'))}",
        "resources.requests.cpu",
        "less than the containers request together",
    ),
    "a pod-level limit below what the containers request": (
        f"resources: {{limits: {{cpu: 1}}}}, {containers(requests(cpu='600m'), requests(cpu='600m'))}",
        "resources.requests.cpu",
        "more than the pod's limit",
    ),
    "a pod-level request above its limit": (
        f"resources: {{requests: {{cpu: 2}}, limits: {{cpu: 1}}}}, {containers('')}",
        "resources.requests.cpu",
        "larger than the limit",
    ),
    "a pod-level limit below a container's": (
        f"resources: {{limits: {{cpu: 1}}}}, {containers('resources: {requests: {cpu: 1m}, limits: {cpu: 2}}')}",
        "containers[0].resources.limits.cpu",
        "larger than the pod's limit",
    ),
    "pod-level huge pages below the containers' together": (
        "resources: {limits: {hugepages-2Mi: 2Mi, memory: 1Mi}}, "
        + containers(*["resources: {requests: {memory: 1}, limits: {memory: 9, hugepages-2Mi: 2Mi}}"] * 2),
        "resources.limits.hugepages-2Mi",
        "less than the containers' limits together",
    ),
    "half a huge page": (
        containers("resources: {requests: {cpu: 1}, limits: {hugepages-2Mi: 3Mi}}"),
        "containers[0].resources.limits.hugepages-2Mi",
        "not a whole number of pages",
    ),
    "half a huge page of a whole pod": (
        f"resources: {{limits: {{hugepages-2Mi: 3Mi}}}}, {containers('')}",
        "resources.limits.hugepages-2Mi",
        "not a whole number of pages",
    ),
    "huge pages of no size": (
        containers("resources: {requests: {cpu: 1}, limits: {hugepages-big: 2Mi}}"),
        "containers[0].resources.limits.hugepages-big",
        "no size of huge pages",
    ),
    "a pod-level GPU": (
        f"resources: {{limits: {{nvidia.com/gpu: 1}}}}, {containers('')}",
        "resources.limits[nvidia.com/gpu]",
        "whole pod",
    ),
    "a host port taken twice": (
        containers("ports: [{containerPort: 1, hostPort: 80}]", "ports: [{containerPort: 2, hostPort: 80}]"),
        "containers[1].ports[0].hostPort",
        "80/TCP is taken twice",
    ),
    "a host port that is taken by a later port": (
        containers("ports: [{containerPort: 1, hostPort: 80}]", "ports: [{containerPort: 3}, {containerPort: 2, hostPort: 80}]"),
        "containers[1].ports[1].hostPort",
        "80/TCP is taken twice",
    ),
    "container port 0": (containers("ports: [{hostPort: 80}]"), "containers[0].ports[0].containerPort", "0 is no port"),
    "host port 65536": (
        containers("ports: [{containerPort: 1, hostPort: 65536}]"),
        "containers[0].ports[0].hostPort",
        "65536 is no port",
    ),
    "protocol HTTP": (containers("ports: [{containerPort: 1, protocol: HTTP}]"), "containers[0].ports[0].protocol", "'HTTP'"),
    "huge pages alone": (
        containers("resources: {limits: {hugepages-2Mi: 2Mi}}"),
        "containers[0].resources",
        "asks for huge pages alone",
    ),
    "a namespace in affinity that is none": (
        "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
        f"[{{topologyKey: zone, labelSelector: {{}}, namespaces: [A_b]}}]}}}}, {containers('')}",
        "affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].namespaces[0]",
        "'A_b' is no namespace",
    ),
    "another host port with hostNetwork": (
        f"hostNetwork: true, {containers('ports: [{containerPort: 1, hostPort: 2}]')}",
        "containers[0].ports[0].hostPort",
        "must equal containerPort",
    ),
    "a toleration with operator Gt": (toleration("key: a, operator: Gt, value: '1'"), "tolerations[0].operator", "Gt is refused"),
    "a toleration of a key that is none": (
        toleration("key: 'a b', operator: Exists"),
        "tolerations[0].key",
        "'a b' is no taint key",
    ),
    "a toleration with operator In": (toleration("key: a, operator: In"), "tolerations[0].operator", "'In' is no operator"),
    "a toleration without a key that is Equal": (toleration("value: a"), "tolerations[0].operator", "must be Exists"),
    "a toleration that Exists with a value": (
        toleration("key: a, operator: Exists, value: b"),
        "tolerations[0].operator",
        "takes no value",
    ),
    "a toleration of an unknown effect": (
        toleration("key: a, effect: NoRun"),
        "tolerations[0].effect",
        "'NoRun' is no taint effect",
    ),
    "tolerationSeconds with NoSchedule": (
        toleration("key: a, effect: NoSchedule, tolerationSeconds: 1"),
        "tolerations[0].effect",
        "must be NoExecute",
    ),
    "no node selector term": (
        required("{nodeSelectorTerms: []}"),
        "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms",
        "at least one term",
    ),
    "a node expression with operator Equals": (expression("{key: a, operator: Equals}"), ".operator", "'Equals' is no operator"),
    "In without values": (expression("{key: a, operator: In}"), ".values", "must not be empty"),
    "Exists with values": (expression("{key: a, operator: Exists, values: [b]}"), ".values", "must be empty"),
    "Gt with two values": (expression("{key: a, operator: Gt, values: ['1', '2']}"), ".values", "exactly one"),
    "a key that is none": (expression("{key: 'a b', operator: Exists}"), ".key", "'a b' is no label key"),
    "a node field that is none": (
        required("{nodeSelectorTerms: [{matchFields: [{key: metadata.uid, operator: In, values: [a]}]}]}"),
        "matchFields[0].key",
        "metadata.name",
    ),
    "two node names in one expression": (
        required("{nodeSelectorTerms: [{matchFields: [{key: metadata.name, operator: In, values: [a, b]}]}]}"),
        "matchFields[0].values",
        "exactly one value",
    ),
    "an affinity term without topology key": (pod_term("labelSelector: {}"), "[0].topologyKey", "is missing"),
    "an affinity term with a topology key that is none": (
        pod_term("labelSelector: {}, topologyKey: 'a b'"),
        "[0].topologyKey",
        "'a b' is no label key",
    ),
    "label keys without a selector": (
        pod_term("topologyKey: zone, matchLabelKeys: [a]"),
        "[0].matchLabelKeys",
        "without a labelSelector",
    ),
    "mismatched label keys without a selector": (
        pod_term("topologyKey: zone, mismatchLabelKeys: [a]"),
        "[0].mismatchLabelKeys",
        "without a labelSelector",
    ),
    "label keys of a spread without a selector": (
        spread(f"{BARE}, matchLabelKeys: [a]"),
        "topologySpreadConstraints[0].matchLabelKeys",
        "without a labelSelector",
    ),
    "a label key that is none": (
        pod_term("topologyKey: zone, labelSelector: {}, mismatchLabelKeys: [a, 'a b']"),
        "[0].mismatchLabelKeys[1]",
        "'a b' is no label key",
    ),
    "a label key both ways": (
        pod_term("topologyKey: zone, labelSelector: {}, matchLabelKeys: [a], mismatchLabelKeys: [a]"),
        "[0].matchLabelKeys[0]",
        "also in mismatchLabelKeys",
    ),
    "a label key of a spread that its selector pairs": (
        spread(f"{BARE}, labelSelector: {{matchLabels: {{app: web}}}}, matchLabelKeys: [b, app]"),
        "topologySpreadConstraints[0].matchLabelKeys[1]",
        "app is also in the labelSelector",
    ),
    "a label key of a spread that is in an expression": (
        spread(f"{BARE}, labelSelector: {{matchExpressions: [{{key: app, operator: Exists}}]}}, matchLabelKeys: [app]"),
        "topologySpreadConstraints[0].matchLabelKeys[0]",
        "app is also in the labelSelector",
    ),
    "a label key of an affinity term that its selector pairs": (
        pod_term("topologyKey: zone, labelSelector: {matchLabels: {app: web}}, matchLabelKeys: [app]"),
        "[0].matchLabelKeys[0]",
        "app is also in the labelSelector",
    ),
    "a label key that the pod has not, and the selector twice": (
        spread(
            f"{BARE}, matchLabelKeys: [a], labelSelector: "
            "{matchLabels: {a: b}, matchExpressions: [{key: a, operator: Exists}]}"
        ),
        "topologySpreadConstraints[0].matchLabelKeys[0]",
        "a is also in the labelSelector",
    ),
    "a label key twice": (
        spread(f"{SPREAD}, matchLabelKeys: [app, app]"),
        "topologySpreadConstraints[0].matchLabelKeys[1]",
        "or here twice",
    ),
    "a label selector with Gt": (
        pod_term("topologyKey: zone, labelSelector: {matchExpressions: [{key: a, operator: Gt, values: ['1']}]}"),
        ".operator",
        "'Gt' is no operator",
    ),
    "maxSkew 0": (spread(SPREAD.replace("1", "0")), "topologySpreadConstraints[0].maxSkew", "1 or more"),
    "a spread without topology key": (spread(SPREAD.replace("topologyKey: zone, ", "")), "[0].topologyKey", "is missing"),
    "a spread that does not say what to do": (
        spread("maxSkew: 1, topologyKey: zone"),
        "[0].whenUnsatisfiable",
        "DoNotSchedule or ScheduleAnyway",
    ),
    "minDomains with ScheduleAnyway": (
        spread("maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, minDomains: 2"),
        "[0].minDomains",
        "with DoNotSchedule only",
    ),
    "minDomains 0": (spread(f"{SPREAD}, minDomains: 0"), "[0].minDomains", "1 or more"),
    "two equal spread constraints": (spread(SPREAD, SPREAD), "topologySpreadConstraints[1]", "a second constraint for zone"),
    "an unknown node policy": (spread(f"{SPREAD}, nodeTaintsPolicy: Maybe"), "[0].nodeTaintsPolicy", "'Maybe' is not a choice"),
    "a priority class that is not there": (
        f"priorityClassName: gold, {containers('')}",
        "priorityClassName",
        "no PriorityClass gold",
    ),
    "a priority without a class": (f"priority: 1000, {containers('')}", "priority", "not the 0 that its PriorityClass gives"),
    "a priority that is not its class's": (
        f"priority: 1, priorityClassName: system-node-critical, {containers('')}",
        "priority",
        "not the 2000001000",
    ),
    "a pod that says itself that it preempts nobody": (
        f"preemptionPolicy: Never, {containers('')}",
        "preemptionPolicy",
        "not the PreemptLowerPriority",
    ),
    "a runtime class that is not there": (
        f"runtimeClassName: kata, {containers('')}",
        "runtimeClassName",
        "no RuntimeClass kata",
    ),
    "overhead without a runtime class": (f"overhead: {{cpu: 1}}, {containers('')}", "overhead", "not what the RuntimeClass says"),
    "a node selector value that is none": (
        f"nodeSelector: {{a: 'b c'}}, {containers('')}",
        "nodeSelector.a",
        "'b c' is no label value",
    ),
    "a node selector that is a list": (f"nodeSelector: [a], {containers('')}", "nodeSelector", "must be a map, not a list"),
    "a toleration that is a string": (f"tolerations: [{{key: a}}, x], {containers('')}", "tolerations[1]", "must be a map"),
    "an affinity with a number for a string": (pod_term("topologyKey: 5"), "[0].topologyKey", "must be a string, not 5"),
}


@pytest.mark.parametrize(("spec", "field", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_the_api_server_refuses_is_a_fault(spec, field, reason):
    found = faults_of(deployment(spec))
    assert len(found) == 1, found
    line, path, text = found[0]
    assert path.startswith("spec.template.spec.")
    assert path.endswith(field)
    assert reason in text
    assert text.rpartition("; ")[2], "it does not say what to do"
    assert line == 8


TAKEN = {
    "a topology key of a spread that no node can have": spread(f"{SPREAD.replace('zone', 'a b')}"),
    "a label key that the pod has not, and the selector once": spread(
        f"{BARE}, matchLabelKeys: [a], labelSelector: {{matchLabels: {{a: b}}}}"
    ),
    "a mismatched label key that the selector has": pod_term(
        "topologyKey: zone, labelSelector: {matchLabels: {app: web}}, mismatchLabelKeys: [app]"
    ),
    "the priority of its class": f"priority: 2000001000, priorityClassName: system-node-critical, {containers('')}",
    "the priority of no class": f"priority: 0, preemptionPolicy: PreemptLowerPriority, {containers('')}",
    "a pod-level limit that its containers reach": (
        f"resources: {{limits: {{cpu: 1}}}}, {containers('resources: {limits: {cpu: 1}}', '')}"
    ),
    "an init container's limit above the pod's": (
        f"resources: {{limits: {{cpu: 1}}}}, {containers('')}, "
        "initContainers: [{name: i, image: i, resources: {requests: {cpu: 1}, limits: {cpu: 2}}}]"
    ),
    "two huge pages": containers("resources: {requests: {cpu: 1}, limits: {hugepages-2Mi: 4Mi}}"),
}


@pytest.mark.parametrize("spec", TAKEN.values(), ids=TAKEN)
def test_what_the_api_server_takes_is_no_fault(spec):
    assert only(deployment(spec)).id.name == "web"


def test_the_same_fault_in_two_workloads_is_said_of_both():
    """Equal pod specs are read once, but whoever mends one must hear of the other."""
    one = deployment(containers("resources: {requests: {memory: 1K}}"))
    found = faults_of(one, one.replace("name: web", "name: other"))
    assert len(found) == 2, found
