"""The Pod Security Standards, as far as a pod spec shows them: the version of Kubernetes 1.37, which `latest` means there.

Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/, staging/src/k8s.io/pod-security-admission/policy.
"""

from collections.abc import Iterator

from planner.read.confinement.pod_tree import PodTree
from planner.read.documents.tree import Tree, branch, entries, text, texts

BASELINE, RESTRICTED = "baseline", "restricted"
_CAPABILITIES = frozenset(
    (
        *("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE"),
        *("SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"),
    )
)
_VOLUMES = frozenset(
    (
        *("configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"),
        *("image", "name", "hostPath"),
    )
)
"""What a volume may be of the restricted standard, its name, and what baseline refuses anyway."""
_SYSCTLS = frozenset(
    (
        *("kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_local_reserved_ports"),
        *("net.ipv4.ip_unprivileged_port_start", "net.ipv4.ping_group_range", "net.ipv4.tcp_fin_timeout"),
        *("net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_keepalive_time"),
        *("net.ipv4.tcp_notsent_lowat", "net.ipv4.tcp_rmem", "net.ipv4.tcp_slow_start_after_idle"),
        *("net.ipv4.tcp_syncookies", "net.ipv4.tcp_wmem"),
    )
)
PROFILES = ("RuntimeDefault", "Localhost")
SELINUX_TYPES = ("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t")
APPARMOR = "container.apparmor.security.beta.kubernetes.io/"
"""The prefix of annotations by which the AppArmor profile of a container was named before there was a field."""
_PROBES, _HOOKS = ("livenessProbe", "readinessProbe", "startupProbe"), ("postStart", "preStop")


def violations(template: PodTree, standard: str) -> Iterator[str]:
    """Yield what in a pod spec the standard forbids."""
    yield from _of_pod(template)
    for who, context in _contexts(template):
        yield from (f"{what} in {who}" for what in _of_context(context))
    # Where root in the pod is nobody on its node, the standards ask less since 1.35.
    is_masked = standard == RESTRICTED or template.spec.get("hostUsers") is not False
    for _, container in template.containers:
        yield from (f"{what} in container {text(container, 'name')}" for what in _of_container(container, is_masked))
    if standard == RESTRICTED:
        yield from _restricted(template)


def _contexts(template: PodTree) -> Iterator[tuple[str, Tree]]:
    """Yield the security contexts of the pod and of its containers, and whose they are."""
    yield "the pod", branch(template.spec, "securityContext")
    for _, container in template.containers:
        yield f"container {text(container, 'name')}", branch(container, "securityContext")


def _of_pod(template: PodTree) -> Iterator[str]:
    yield from (f"{name}: true" for name in ("hostNetwork", "hostPID", "hostIPC") if template.spec.get(name) is True)
    yield from (f"hostPath {path}" for _, path, _ in template.host_paths)
    names = (text(entry, "name") for entry in entries(template.spec, "securityContext", "sysctls"))
    yield from (f"sysctl {name}" for name in names if name not in _SYSCTLS)
    for key, value in sorted(template.annotations.items()):
        if key.startswith(APPARMOR) and value not in ("", "runtime/default") and not value.startswith("localhost/"):
            yield f"AppArmor profile {value} in container {key.removeprefix(APPARMOR)}"


def _of_context(context: Tree) -> Iterator[str]:
    """Yield what a security context may not say, be it the pod's or a container's."""
    if branch(context, "windowsOptions").get("hostProcess") is True:
        yield "windowsOptions.hostProcess: true"
    options = branch(context, "seLinuxOptions")
    if text(options, "type") not in SELINUX_TYPES:
        yield f"SELinux type {text(options, 'type')}"
    yield from (f"SELinux {name} {text(options, name)}" for name in ("user", "role") if text(options, name))
    for name in ("appArmorProfile", "seccompProfile"):
        kind = text(context, name, "type")
        if kind and kind not in PROFILES:
            yield f"{name} {kind}"


def _of_container(container: Tree, is_masked: bool) -> Iterator[str]:
    context = branch(container, "securityContext")
    if context.get("privileged") is True:
        yield "privileged: true"
    added = set(texts(context, "capabilities", "add"))
    yield from (f"capability {name}" for name in sorted(added - _CAPABILITIES))
    yield from (f"hostPort {port['hostPort']}" for port in entries(container, "ports") if port.get("hostPort"))
    if is_masked and text(context, "procMount") not in ("", "Default"):
        yield f"procMount {text(context, 'procMount')}"
    yield from _of_handlers(container)


def _of_handlers(container: Tree) -> Iterator[str]:
    """Yield the hosts that the kubelet is to ask in the name of the container, from the network of the node."""
    handlers = {name: branch(container, name) for name in _PROBES}
    handlers |= {name: branch(container, "lifecycle", name) for name in _HOOKS}
    for name, handler in handlers.items():
        for kind in ("httpGet", "tcpSocket"):
            if host := text(handler, kind, "host"):
                yield f"{name} host {host}"


def _restricted(template: PodTree) -> Iterator[str]:
    volumes = entries(template.spec, "volumes")
    kinds = {kind for volume in volumes for kind, source in volume.items() if source is not None}
    yield from (f"volume of type {kind}" for kind in sorted(kinds - _VOLUMES))
    if template.spec.get("hostUsers") is not False:
        yield from _as_root(template)
    # Windows has neither seccomp nor capabilities, and API servers refuse these fields there.
    if text(template.spec, "os", "name") != "windows":
        for _, container in template.containers:
            yield from (f"{what} in container {text(container, 'name')}" for what in _of_linux(template, container))


def _as_root(template: PodTree) -> Iterator[str]:
    for who, context in _contexts(template):
        if context.get("runAsUser") == 0:
            yield f"runAsUser: 0 in {who}"
        if context.get("runAsNonRoot") is False:
            yield f"runAsNonRoot is not true in {who}"
    for _, container in template.containers:
        if template.security(container, "runAsNonRoot") is not True:
            yield f"runAsNonRoot is not true in container {text(container, 'name')}"


def _of_linux(template: PodTree, container: Tree) -> Iterator[str]:
    context = branch(container, "securityContext")
    if context.get("allowPrivilegeEscalation") is not False:
        yield "allowPrivilegeEscalation is not false"
    if not seccomp(template, container):
        yield "no seccompProfile"
    dropped, added = texts(context, "capabilities", "drop"), set(texts(context, "capabilities", "add"))
    if "ALL" not in dropped or added - {"NET_BIND_SERVICE"}:
        yield "capabilities are not dropped (ALL)"


def seccomp(template: PodTree, container: Tree) -> str:
    """Return the type of a container's seccomp profile; empty where neither it nor its pod names one."""
    own = text(container, "securityContext", "seccompProfile", "type")
    return own or text(template.spec, "securityContext", "seccompProfile", "type")
