"""What a level may require of its pods by a Pod Security Standard: every control of both, at its border."""

import json

import pytest

from planner.check import check
from planner.check.request import Request
from planner.inputs import Inputs

POLICY = """
apiVersion: ringfence.dev/v1alpha1
kind: TrustPolicy
metadata: {{name: t}}
spec: {{levels: [a], untagged: a, requires: [{{level: a, podSecurity: {}}}]}}
"""
CONFINED = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
POD = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
APPARMOR = "container.apparmor.security.beta.kubernetes.io/c"


def pod(context=None, container=None, extra=None, own=None, annotations=None):
    """A pod that meets the restricted standard but for what is given: of its context, spec and container, and that's context."""
    main = {"name": "c", "image": "x:1", "securityContext": {**CONFINED, **(own or {})}, **(container or {})}
    spec = {"containers": [main], "securityContext": {**POD, **(context or {})}, **(extra or {})}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p", "namespace": "shop", "annotations": annotations or {}},
        "spec": spec,
    }


def beside(kind, **own):
    """A pod that has a second container of this kind, with this security context."""
    second = {"name": "s", "image": "x:1", "securityContext": {**CONFINED, **own}}
    return pod(extra={kind: [second]})


def probe(name, handler):
    return pod(container={name: handler})


def adds(*names):
    return pod(own={"capabilities": {"drop": ["ALL"], "add": list(names)}})


BOTH, ONLY_BASELINE, NEITHER = {"baseline", "restricted"}, {"baseline"}, set()
GET = {"port": 80}
CONTROLS = {
    "a pod that is confined": (pod(), BOTH),
    "HostProcess of the pod": (pod({"windowsOptions": {"hostProcess": True}}), NEITHER),
    "HostProcess of a container": (pod(own={"windowsOptions": {"hostProcess": True}}), NEITHER),
    "no HostProcess, said aloud": (pod({"windowsOptions": {"hostProcess": False}}), BOTH),
    "the network of the node": (pod(extra={"hostNetwork": True}), NEITHER),
    "the processes of the node": (pod(extra={"hostPID": True}), NEITHER),
    "the IPC of the node": (pod(extra={"hostIPC": True}), NEITHER),
    "no namespace of the node, said aloud": (pod(extra={"hostNetwork": False, "hostPID": False, "hostIPC": False}), BOTH),
    "a privileged container": (pod(own={"privileged": True}), NEITHER),
    "a privileged init container": (beside("initContainers", privileged=True), NEITHER),
    "a privileged ephemeral container": (beside("ephemeralContainers", privileged=True), NEITHER),
    "an init container that is confined": (beside("initContainers"), BOTH),
    "a container that is not privileged, said aloud": (pod(own={"privileged": False}), BOTH),
    "a capability that every container has": (adds("CHOWN"), ONLY_BASELINE),
    "the capability to bind ports": (adds("NET_BIND_SERVICE"), BOTH),
    "the capability to send raw packets": (adds("NET_RAW"), NEITHER),
    "a capability by the name of the kernel": (adds("CAP_CHOWN"), NEITHER),
    "all capabilities": (adds("ALL"), NEITHER),
    "a folder of the node": (pod(extra={"volumes": [{"name": "v", "hostPath": {"path": "/data"}}]}), NEITHER),
    "a port of the node": (pod(container={"ports": [{"containerPort": 80, "hostPort": 80}]}), NEITHER),
    "a port of the container": (pod(container={"ports": [{"containerPort": 80, "hostPort": 0}]}), BOTH),
    "a liveness probe of another host": (probe("livenessProbe", {"httpGet": {**GET, "host": "169.254.169.254"}}), NEITHER),
    "a readiness probe of another host": (probe("readinessProbe", {"tcpSocket": {**GET, "host": "127.0.0.1"}}), NEITHER),
    "a startup probe of another host": (probe("startupProbe", {"httpGet": {**GET, "host": "x"}}), NEITHER),
    "a hook before the end that asks another host": (
        probe("lifecycle", {"preStop": {"httpGet": {**GET, "host": "x"}}}),
        NEITHER,
    ),
    "a hook after the start that asks another host": (
        probe("lifecycle", {"postStart": {"tcpSocket": {**GET, "host": "x"}}}),
        NEITHER,
    ),
    "a probe of the container itself": (probe("livenessProbe", {"httpGet": {**GET, "host": ""}}), BOTH),
    "a probe with a Host header": (
        probe("livenessProbe", {"httpGet": {**GET, "httpHeaders": [{"name": "Host", "value": "x"}]}}),
        BOTH,
    ),
    "no AppArmor for the pod": (pod({"appArmorProfile": {"type": "Unconfined"}}), NEITHER),
    "no AppArmor for a container": (pod(own={"appArmorProfile": {"type": "Unconfined"}}), NEITHER),
    "the AppArmor profile of the runtime": (pod({"appArmorProfile": {"type": "RuntimeDefault"}}), BOTH),
    "an AppArmor profile of the node": (
        pod(own={"appArmorProfile": {"type": "Localhost", "localhostProfile": "p"}}),
        BOTH,
    ),
    "no AppArmor, by annotation": (pod(annotations={APPARMOR: "unconfined"}), NEITHER),
    "the AppArmor profile of the runtime, by annotation": (pod(annotations={APPARMOR: "runtime/default"}), BOTH),
    "an AppArmor profile of the node, by annotation": (pod(annotations={APPARMOR: "localhost/p"}), BOTH),
    "an SELinux type that is not confined": (pod({"seLinuxOptions": {"type": "spc_t"}}), NEITHER),
    "such an SELinux type of a container": (pod(own={"seLinuxOptions": {"type": "spc_t"}}), NEITHER),
    "an SELinux type of containers": (pod({"seLinuxOptions": {"type": "container_t"}}), BOTH),
    "an SELinux type of inits": (pod({"seLinuxOptions": {"type": "container_init_t"}}), BOTH),
    "an SELinux type of virtual machines": (pod({"seLinuxOptions": {"type": "container_kvm_t"}}), BOTH),
    "an SELinux type of container engines": (pod({"seLinuxOptions": {"type": "container_engine_t"}}), BOTH),
    "an SELinux user": (pod({"seLinuxOptions": {"user": "system_u"}}), NEITHER),
    "an SELinux role": (pod(own={"seLinuxOptions": {"role": "system_r"}}), NEITHER),
    "an SELinux level": (pod({"seLinuxOptions": {"level": "s0:c1,c2"}}), BOTH),
    "an unmasked /proc": (pod(own={"procMount": "Unmasked"}), NEITHER),
    "an unmasked /proc in a user namespace": (pod(own={"procMount": "Unmasked"}, extra={"hostUsers": False}), ONLY_BASELINE),
    "a masked /proc": (pod(own={"procMount": "Default"}), BOTH),
    "no seccomp for the pod": (pod({"seccompProfile": {"type": "Unconfined"}}), NEITHER),
    "no seccomp for a container": (pod(own={"seccompProfile": {"type": "Unconfined"}}), NEITHER),
    "no seccomp for a pod whose container has it": (
        pod({"seccompProfile": {"type": "Unconfined"}}, own={"seccompProfile": {"type": "RuntimeDefault"}}),
        NEITHER,
    ),
    "a seccomp profile of the node": (
        pod({"seccompProfile": {"type": "Localhost", "localhostProfile": "p"}}),
        BOTH,
    ),
    "nothing said of seccomp": (pod({"seccompProfile": None}), ONLY_BASELINE),
    "nothing said of seccomp on Windows": (pod({"seccompProfile": None}, extra={"os": {"name": "windows"}}), BOTH),
    "a sysctl of the whole node": (pod({"sysctls": [{"name": "kernel.msgmax", "value": "1"}]}), NEITHER),
    "a sysctl with slashes": (pod({"sysctls": [{"name": "net/ipv4/tcp_rmem", "value": "1"}]}), NEITHER),
    "sysctls of the pod": (
        pod({"sysctls": [{"name": "net.ipv4.tcp_rmem", "value": "1"}, {"name": "kernel.shm_rmid_forced", "value": "1"}]}),
        BOTH,
    ),
    "a volume of a file server": (
        pod(extra={"volumes": [{"name": "v", "nfs": {"server": "x", "path": "/"}}]}),
        ONLY_BASELINE,
    ),
    "a volume of an image": (pod(extra={"volumes": [{"name": "v", "image": {"reference": "x:1"}}]}), BOTH),
    "a volume of the pod": (pod(extra={"volumes": [{"name": "v", "emptyDir": {}, "nfs": None}]}), BOTH),
    "privileges that may be raised": (pod(own={"allowPrivilegeEscalation": True}), ONLY_BASELINE),
    "nothing said of raising privileges": (pod(own={"allowPrivilegeEscalation": None}), ONLY_BASELINE),
    "nothing said of raising privileges on Windows": (
        pod(own={"allowPrivilegeEscalation": None}, extra={"os": {"name": "windows"}}),
        BOTH,
    ),
    "nothing said of root": (pod({"runAsNonRoot": None}), ONLY_BASELINE),
    "a container that says null of root, its pod not": (pod(own={"runAsNonRoot": None}), BOTH),
    "a container that may be root": (pod(own={"runAsNonRoot": False}), ONLY_BASELINE),
    "a pod that may be root, its container not": (pod({"runAsNonRoot": False}, own={"runAsNonRoot": True}), ONLY_BASELINE),
    "a container that may be root in a user namespace": (pod({"runAsNonRoot": False}, extra={"hostUsers": False}), BOTH),
    "a pod as root": (pod({"runAsUser": 0}), ONLY_BASELINE),
    "a pod as root, its container not": (pod({"runAsUser": 0}, own={"runAsUser": 1000}), ONLY_BASELINE),
    "a container as root": (pod(own={"runAsUser": 0}), ONLY_BASELINE),
    "a container as root in a user namespace": (pod(own={"runAsUser": 0}, extra={"hostUsers": False}), BOTH),
    "a container as somebody": (pod(own={"runAsUser": 1000}), BOTH),
    "capabilities that are not dropped": (pod(own={"capabilities": {}}), ONLY_BASELINE),
    "capabilities of which some are dropped": (pod(own={"capabilities": {"drop": ["NET_RAW"]}}), ONLY_BASELINE),
    "capabilities that are not dropped on Windows": (pod(own={"capabilities": {}}, extra={"os": {"name": "windows"}}), BOTH),
}


@pytest.mark.parametrize("control", CONTROLS)
def test_a_standard_refuses_what_the_api_server_would(control, tmp_path):
    tree, meets = CONTROLS[control]
    (tmp_path / "w.json").write_text(json.dumps(tree))
    met = set()
    for standard in ("baseline", "restricted"):
        (tmp_path / "t.yaml").write_text(POLICY.format(standard))
        inputs = Inputs((str(tmp_path / "w.json"),), (), str(tmp_path / "t.yaml"))
        if "level-unmet" not in [finding.id for finding in check(Request(inputs)).findings]:
            met.add(standard)
    assert met == meets
