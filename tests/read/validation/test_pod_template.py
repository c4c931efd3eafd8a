"""What validation refuses in the fields of a pod that do not bear on where it runs, and in how they go together."""

import pytest

from tests.read.cluster_reader import (
    SELECTOR,
    TEMPLATE,
    cluster_of,
    container,
    containers,
    controller,
    cron_job,
    deployment,
    faults_of,
    job,
    names,
    pod,
    thing,
)

ONE = containers("")
GPU = "name: g, resourceClaimName: g"
PROBE = "exec: {command: [x]}"
FIRST = "containers[0]"


def variable(inner):
    return containers(f"env: [{{name: A, {inner}}}]")


def source(inner):
    return variable(f"valueFrom: {{{inner}}}")


def field(path):
    return f'fieldRef: {{fieldPath: "{path}"}}'


def volume(inner):
    return f"volumes: [{{name: v, {inner}}}], {ONE}"


def files(inner):
    return volume(f"downwardAPI: {{items: [{{path: a, {inner}}}]}}")


def projected(inner):
    return volume(f"projected: {{sources: [{{{inner}}}]}}")


def mounted(*mounts, more=""):
    found = ", ".join(f"{{name: v, {each}}}" for each in mounts)
    return f"volumes: [{{name: v, emptyDir: {{}}}}], {containers(f'volumeMounts: [{found}]{more}')}"


def devices(*found, what="persistentVolumeClaim: {claimName: c}"):
    inner = ", ".join(f"{{{each}}}" for each in found)
    return f"volumes: [{{name: v, {what}}}], {containers(f'volumeDevices: [{inner}]')}"


def guarded(inner):
    return containers(f"securityContext: {{{inner}}}")


def started(inner, restart=""):
    return f"{ONE}, initContainers: [{container(f'{inner}{restart}', 'i')}]"


REFUSED = {
    "an image with blanks at its ends, of which no pod is made": (
        "containers: [{name: c, image: ' i'}]",
        f"{FIRST}.image",
        "' i' is no image; remove the blanks",
    ),
    "an image that is pulled sometimes": (
        containers("imagePullPolicy: Sometimes"),
        f"{FIRST}.imagePullPolicy",
        "'Sometimes' is not a choice; write Always, IfNotPresent or Never",
    ),
    "an argument that is a number": (containers("args: [--port, 80]"), f"{FIRST}.args[1]", "must be a string, not 80"),
    "a variable that is a number": (variable("value: 80"), f"{FIRST}.env[0].value", "must be a string, not 80; put it in quotes"),
    "a variable without a name": (containers("env: [{value: x}]"), f"{FIRST}.env[0].name", "is missing"),
    "a variable whose name is empty": (containers("env: [{name: '', value: x}]"), f"{FIRST}.env[0].name", "is missing"),
    "a variable with two values": (
        variable(f"value: x, valueFrom: {{{field('metadata.name')}}}"),
        f"{FIRST}.env[0].valueFrom",
        "is given beside value; keep one of the two",
    ),
    "a variable from nowhere": (source(""), f"{FIRST}.env[0].valueFrom", "says none of what it may be; write fieldRef,"),
    "a variable from two places": (
        source(f"secretKeyRef: {{name: s, key: k}}, {field('metadata.name')}"),
        f"{FIRST}.env[0].valueFrom.secretKeyRef",
        "is given beside fieldRef",
    ),
    "a variable of a field that is none": (
        source(field("metadata.foo")),
        f"{FIRST}.env[0].valueFrom.fieldRef.fieldPath",
        "'metadata.foo' is no field",
    ),
    "a variable of all labels": (source(field("metadata.labels")), f"{FIRST}.env[0].valueFrom.fieldRef.fieldPath", "is no field"),
    "a variable of a secret without its key": (
        source("secretKeyRef: {name: s}"),
        f"{FIRST}.env[0].valueFrom.secretKeyRef.key",
        "is missing",
    ),
    "variables from nowhere": (containers("envFrom: [{prefix: A}]"), f"{FIRST}.envFrom[0]", "says none"),
    "a port whose name is none": (
        containers("ports: [{containerPort: 80, name: UPPER}]"),
        f"{FIRST}.ports[0].name",
        "'UPPER' is no name of a port; write at most 15",
    ),
    "two ports of one name": (
        containers("ports: [{containerPort: 80, name: a}, {containerPort: 81, name: a}]"),
        f"{FIRST}.ports[1].name",
        "a is there twice",
    ),
    "a probe of nothing": (containers("livenessProbe: {}"), f"{FIRST}.livenessProbe", "says none of what it may be"),
    "a probe of two things": (
        containers(f"readinessProbe: {{tcpSocket: {{port: 80}}, {PROBE}}}"),
        f"{FIRST}.readinessProbe.tcpSocket",
        "is given beside exec",
    ),
    "a probe of port 0": (
        containers("livenessProbe: {httpGet: {port: 0}}"),
        f"{FIRST}.livenessProbe.httpGet.port",
        "0 is not allowed here; write a whole number, 1 to 65535",
    ),
    "a probe of a port whose name is none": (
        containers("livenessProbe: {httpGet: {port: '80'}}"),
        f"{FIRST}.livenessProbe.httpGet.port",
        "'80' is no name of a port",
    ),
    "a probe before its time": (
        containers(f"startupProbe: {{{PROBE}, periodSeconds: -1}}"),
        f"{FIRST}.startupProbe.periodSeconds",
        "-1 is not allowed here; write a whole number, 0 or more",
    ),
    "a life that is proven three times": (
        containers(f"livenessProbe: {{{PROBE}, successThreshold: 3}}"),
        f"{FIRST}.livenessProbe.successThreshold",
        "must be 1, not 3",
    ),
    "readiness that ends something": (
        containers(f"readinessProbe: {{{PROBE}, terminationGracePeriodSeconds: 3}}"),
        f"{FIRST}.readinessProbe.terminationGracePeriodSeconds",
        "is not for readiness",
    ),
    "an init container that is probed": (
        started(f"livenessProbe: {{{PROBE}}}"),
        "initContainers[0].livenessProbe",
        "is for init containers that restart always only",
    ),
    "a life that starts with nothing": (containers("lifecycle: {postStart: {}}"), f"{FIRST}.lifecycle.postStart", "says none"),
    "a sleep that outlasts the pod": (
        containers("lifecycle: {preStop: {sleep: {seconds: 31}}}"),
        f"{FIRST}.lifecycle.preStop.sleep.seconds",
        "31 is not within the terminationGracePeriodSeconds, 30",
    ),
    "a resource that is resized in two ways": (
        containers(
            "resizePolicy: [{resourceName: cpu, restartPolicy: NotRequired}, {resourceName: cpu, restartPolicy: NotRequired}]"
        ),
        f"{FIRST}.resizePolicy[1]",
        "cpu is there twice",
    ),
    "devices that the pod has not": (
        containers("resources: {claims: [{name: nope}]}"),
        f"{FIRST}.resources.claims[0]",
        "there is no claim nope",
    ),
    "devices that are claimed whole and in part": (
        f"resourceClaims: [{{{GPU}}}], {containers('resources: {claims: [{name: g, request: r}, {name: g}]}')}",
        f"{FIRST}.resources.claims[1]",
        "g is there twice",
    ),
    "a privileged container without privileges": (
        guarded("privileged: true, allowPrivilegeEscalation: false"),
        f"{FIRST}.securityContext.allowPrivilegeEscalation",
        "is false beside privileged: true",
    ),
    "a user below 0": (guarded("runAsUser: -1"), f"{FIRST}.securityContext.runAsUser", "-1 is not allowed here"),
    "a user that is a word": (guarded("runAsUser: root"), f"{FIRST}.securityContext.runAsUser", "must be a whole number, not"),
    "a profile of the node without a path": (
        guarded("seccompProfile: {type: Localhost}"),
        f"{FIRST}.securityContext.seccompProfile.localhostProfile",
        "is missing, as type is Localhost",
    ),
    "a profile with a path for nothing": (
        f"securityContext: {{appArmorProfile: {{type: Unconfined, localhostProfile: a}}}}, {ONE}",
        "securityContext.appArmorProfile.localhostProfile",
        "goes with type: Localhost only",
    ),
    "a mount of no volume": (
        containers("volumeMounts: [{name: nope, mountPath: /x}]"),
        f"{FIRST}.volumeMounts[0].name",
        "there is no volume nope",
    ),
    "two mounts in one place": (
        mounted("mountPath: /x", "mountPath: /x"),
        f"{FIRST}.volumeMounts[1].mountPath",
        "/x is there twice",
    ),
    "a mount without a place": (mounted("readOnly: true"), f"{FIRST}.volumeMounts[0].mountPath", "is missing"),
    "a mount out of its way": (
        mounted("mountPath: /x, subPath: a/../b"),
        f"{FIRST}.volumeMounts[0].subPath",
        "is no path within",
    ),
    "a mount by two paths": (
        mounted("mountPath: /x, subPath: a, subPathExpr: b"),
        f"{FIRST}.volumeMounts[0].subPathExpr",
        "is given beside subPath",
    ),
    "a mount that spreads without privileges": (
        mounted("mountPath: /x, mountPropagation: Bidirectional"),
        f"{FIRST}.volumeMounts[0].mountPropagation",
        "Bidirectional is for privileged containers only",
    ),
    "a mount that is read only below, but not itself": (
        mounted("mountPath: /x, recursiveReadOnly: Enabled"),
        f"{FIRST}.volumeMounts[0].recursiveReadOnly",
        "goes with readOnly: true only",
    ),
    "a device of no volume": (
        containers("volumeDevices: [{name: nope, devicePath: /dev/x}]"),
        f"{FIRST}.volumeDevices[0].name",
        "there is no volume nope",
    ),
    "a device that is no claim": (
        devices("name: v, devicePath: /dev/x", what="emptyDir: {}"),
        f"{FIRST}.volumeDevices[0].name",
        "v is no claim",
    ),
    "a device with users of its own": (
        f"hostUsers: false, {devices('name: v, devicePath: /dev/x')}",
        f"{FIRST}.volumeDevices",
        "are given beside hostUsers: false",
    ),
    "a volume of two kinds": (volume("hostPath: {path: /x}, emptyDir: {}"), "volumes[0].hostPath", "is given beside emptyDir"),
    "a path of a node that is not said": (volume("hostPath: {}"), "volumes[0].hostPath.path", "is missing; write path"),
    "a path of a node of an unknown type": (volume("hostPath: {path: /x, type: Folder}"), "volumes[0].hostPath.type", "'Folder'"),
    "a claim without its name": (volume("persistentVolumeClaim: {}"), "volumes[0].persistentVolumeClaim.claimName", "is missing"),
    "a secret whose name is empty": (volume("secret: {secretName: ''}"), "volumes[0].secret.secretName", "is missing"),
    "a mode that is decimal": (
        volume("configMap: {name: c, defaultMode: 755}"),
        "volumes[0].configMap.defaultMode",
        "755 is not allowed here; write a whole number, 0 to 0777",
    ),
    "an empty directory of less than nothing": (
        volume("emptyDir: {sizeLimit: -1Gi}"),
        "volumes[0].emptyDir.sizeLimit",
        "-1Gi is negative",
    ),
    "an empty directory of no size": (
        volume("emptyDir: {sizeLimit: 1GB}"),
        "volumes[0].emptyDir.sizeLimit",
        "'1GB' is no quantity",
    ),
    "a file of a field that files cannot have": (
        files(field("status.podIP")),
        "volumes[0].downwardAPI.items[0].fieldRef.fieldPath",
        "is no field that can be had here",
    ),
    "a file that says nothing": (files("mode: 0400"), "volumes[0].downwardAPI.items[0]", "says none of what it may be"),
    "a token for a minute": (
        projected("serviceAccountToken: {path: t, expirationSeconds: 60}"),
        "volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds",
        "60 is not allowed here",
    ),
    "two sources in one": (
        projected("configMap: {name: c}, secret: {name: s}"),
        "volumes[0].projected.sources[0].configMap",
        "is given beside secret",
    ),
    "a Deployment with a deadline": (f"activeDeadlineSeconds: 100, {ONE}", "activeDeadlineSeconds", "is not allowed here"),
    "an unknown policy of DNS": (f"dnsPolicy: Cluster, {ONE}", "dnsPolicy", "'Cluster' is not a choice"),
    "no name servers where none are given": (f"dnsPolicy: None, {ONE}", "dnsConfig", "has no nameservers"),
    "a host name that is none": (f"hostname: A_b, {ONE}", "hostname", "'A_b' is no name"),
    "a node whose name is none": (f"nodeName: A b, {ONE}", "nodeName", "'A b' is no name; write at most 253"),
    "a container that is for debugging": (
        f"ephemeralContainers: [{container(name='e')}], {ONE}",
        "ephemeralContainers",
        "are for pods that run",
    ),
    "a gate whose name is none": (f"readinessGates: [{{conditionType: a b}}], {ONE}", "readinessGates[0].conditionType", "'a b'"),
    "an address that is none": (f"hostAliases: [{{ip: x, hostnames: [a]}}], {ONE}", "hostAliases[0].ip", "'x' is no IP address"),
    "an unknown operating system": (f"os: {{name: beos}}, {ONE}", "os.name", "'beos' is not a choice; write linux or windows"),
    "a user of Linux on Windows": (
        f"os: {{name: windows}}, securityContext: {{runAsUser: 1}}, {ONE}",
        "securityContext.runAsUser",
        "is not for pods of windows",
    ),
    "processes of the node and of the pod": (
        f"hostPID: true, shareProcessNamespace: true, {ONE}",
        "shareProcessNamespace",
        "is true beside hostPID: true",
    ),
    "processes of the node with users of its own": (
        f"hostPID: true, hostUsers: false, {ONE}",
        "hostPID",
        "is true beside hostUsers: false",
    ),
    "a sysctl that is none": (
        f"securityContext: {{sysctls: [{{name: a b, value: x}}]}}, {ONE}",
        "securityContext.sysctls[0].name",
        "'a b' is no name of a sysctl",
    ),
    "a group below 0": (
        f"securityContext: {{supplementalGroups: [1, -1]}}, {ONE}",
        "securityContext.supplementalGroups[1]",
        "-1 is not allowed here",
    ),
}


@pytest.mark.parametrize(("spec", "path", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_validation_refuses_in_a_template_is_a_fault(spec, path, reason):
    ((line, found, text),) = faults_of(deployment(spec))
    assert (line, found) == (8, f"spec.template.spec.{path}")
    assert reason in text
    assert text.rpartition("; ")[2], "it does not say what to do"


TAKEN = {
    "an image that is written later": "containers: [{name: c}]",
    "a volume of no kind, which is an empty directory": f"volumes: [{{name: v}}], {ONE}",
    "an argument that is null, which is empty": "containers: [{name: c, image: 'i:1', args: [a, ~]}]",
    "what is null": volume("emptyDir: {}, hostPath: null"),
    "an empty directory of an unknown medium": volume("emptyDir: {medium: Tape}"),
    "a mode in octal": volume("secret: {secretName: s, defaultMode: 0777}"),
    "a path of a node of any type": volume("hostPath: {path: /x, type: ''}"),
    "mounts in two places": mounted("mountPath: /x", "mountPath: /y, subPath: a..b/c"),
    "a mount that spreads": mounted(
        "mountPath: /x, mountPropagation: Bidirectional", more=", securityContext: {privileged: true}"
    ),
    "a device": devices("name: v, devicePath: /dev/x"),
    "a variable that is empty": variable("value: ''"),
    "a variable of a label": source(field("metadata.labels['a.b/c']")),
    "a variable of huge pages": source("resourceFieldRef: {resource: limits.hugepages-2Mi}"),
    "a variable whose name has a blank": containers("env: [{name: a b}]"),
    "a file of all labels": files(field("metadata.labels")),
    "a probe of a port by its name": containers("livenessProbe: {httpGet: {port: http-2}, successThreshold: 1}"),
    "readiness that is proven three times": containers(f"readinessProbe: {{{PROBE}, successThreshold: 3}}"),
    "a sidecar that is probed": started(f"livenessProbe: {{{PROBE}}}", ", restartPolicy: Always"),
    "a sleep within the time to end": (
        f"terminationGracePeriodSeconds: 60, {containers('lifecycle: {preStop: {sleep: {seconds: 60}}}')}"
    ),
    "less than no time to end": f"terminationGracePeriodSeconds: -5, {ONE}",
    "name servers that are given": f"dnsPolicy: None, dnsConfig: {{nameservers: [10.0.0.010], searches: [., _a.b.]}}, {ONE}",
    "IPv6": f"hostAliases: [{{ip: '2001:0db8::1', hostnames: [a.b]}}], {ONE}",
    "devices in two parts": (
        f"resourceClaims: [{{name: g, resourceClaimName: g}}], "
        f"{containers('resources: {claims: [{name: g, request: r}, {name: g, request: s}]}')}"
    ),
    "a pod of Windows": f"os: {{name: windows}}, hostPID: false, securityContext: {{sysctls: []}}, {ONE}",
    "a scheduler of any name": f"schedulerName: A B, {ONE}",
}


@pytest.mark.parametrize("spec", TAKEN.values(), ids=TAKEN)
def test_what_validation_takes_in_a_template_is_no_fault(spec):
    assert names(cluster_of(deployment(spec))) == ["Deployment/shop/web"]


def test_all_that_is_wrong_is_said_at_once():
    spec = "hostname: A_b, " + containers("imagePullPolicy: No, env: [{value: 1}]", "livenessProbe: {}")
    assert {path.removeprefix("spec.template.spec.") for _, path, _ in faults_of(deployment(spec))} == {
        "hostname",
        "containers[0].imagePullPolicy",
        "containers[0].env[0].name",
        "containers[0].env[0].value",
        "containers[1].livenessProbe",
    }


MOUNT = "volumeMounts: [{name: data, mountPath: /x}]"
MOUNTING = TEMPLATE.replace("image: 'i:1'", f"image: 'i:1', {MOUNT}")
CLAIM = "accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}"
CLAIMING = f", volumeClaimTemplates: [{{metadata: {{name: data}}, spec: {{{CLAIM}}}}}]"


def test_a_stateful_set_mounts_what_it_claims():
    assert cluster_of(thing("StatefulSet", spec=f"{SELECTOR}, template: {MOUNTING}{CLAIMING}")).workloads
    ((_, path, _),) = faults_of(thing("StatefulSet", spec=f"{SELECTOR}, template: {MOUNTING}"))
    assert path == "spec.template.spec.containers[0].volumeMounts[0].name"


@pytest.mark.parametrize(
    "text",
    [
        job().replace("containers:", "activeDeadlineSeconds: 9, containers:"),
        pod("web", phase="", spec=", activeDeadlineSeconds: 9"),
    ],
)
def test_what_ends_may_have_a_deadline(text):
    assert cluster_of(text).workloads


def test_the_template_of_a_cron_job_is_looked_at_where_it_is():
    ((_, path, _),) = faults_of(cron_job().replace("containers:", "hostname: A_b, containers:"))
    assert path == "spec.jobTemplate.spec.template.spec.hostname"


def test_a_pod_is_looked_at_like_a_template():
    ((_, path, _),) = faults_of(pod("web", phase="", spec=", hostname: A_b"))
    assert path == "spec.hostname"


@pytest.mark.parametrize(("key", "is_sound"), [("a b", False), ("-a/b", False), ("a.b/c", True), ("A.b/C", True)])
def test_keys_of_annotations_are_those_of_labels_in_small_letters(key, is_sound):
    text = controller("Deployment").replace(
        "metadata: {labels: {app", f"metadata: {{annotations: {{'{key}': x}}, labels: {{app", 1
    )
    if is_sound:
        assert cluster_of(text).workloads
    else:
        ((_, path, reason),) = faults_of(text)
        assert path.startswith("spec.template.metadata.annotations")
        assert f"{key!r} is no key of an annotation" in reason


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"])
def test_what_an_api_server_has_stored_it_has_looked_at(kind):
    text = controller(kind, meta=", uid: u").replace("containers:", "hostname: A_b, containers:")
    assert cluster_of(text).workloads


def test_a_pod_that_lives_is_not_looked_at():
    assert cluster_of(pod("lives", spec=", hostname: A_b")).workloads


def test_a_misspelt_field_is_not_missed_as_well():
    ((_, path, reason),) = faults_of(deployment(mounted("mountPth: /x")))
    assert path.endswith("volumeMounts[0].mountPth")
    assert "did you mean 'mountPath'?" in reason


def test_a_custom_resource_is_left_to_its_controller():
    template = TEMPLATE.replace("containers:", "hostname: A_b, containers:")
    rollout = thing("Rollout", spec=f"replicas: 1, template: {template}", api_version="argoproj.io/v1alpha1")
    assert names(cluster_of(rollout)) == ["Rollout.argoproj.io/shop/web"]
