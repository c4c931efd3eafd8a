"""The Pod Security Standards, as far as a pod spec shows them.

Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/, staging/src/k8s.io/pod-security-admission/policy.
"""

from collections.abc import Iterator

from planner.check.estate.template import Template
from planner.check.estate.tree import Tree, branch, entries, text, texts

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
        *("image", "name"),
    )
)
_PROFILES = ("RuntimeDefault", "Localhost")


def violations(template: Template, standard: str) -> Iterator[str]:
    """Yield what in a pod spec the standard forbids."""
    yield from (f"{name}: true" for name in ("hostNetwork", "hostPID", "hostIPC") if template.spec.get(name) is True)
    yield from (f"hostPath {path}" for _, path, _ in template.host_paths)
    for _, container in template.containers:
        yield from (f"{what} in container {text(container, 'name')}" for what in _baseline(template, container))
    if standard == RESTRICTED:
        yield from _restricted(template)


def _baseline(template: Template, container: Tree) -> Iterator[str]:
    if template.security(container, "privileged") is True:
        yield "privileged: true"
    added = {name.removeprefix("CAP_") for name in template.capabilities(container)}
    yield from (f"capability {name}" for name in sorted(added - _CAPABILITIES))
    yield from (f"hostPort {port['hostPort']}" for port in entries(container, "ports") if port.get("hostPort"))
    if text(container, "securityContext", "procMount") not in ("", "Default"):
        yield "procMount"
    if seccomp(template, container) == "Unconfined":
        yield "seccompProfile Unconfined"


def _restricted(template: Template) -> Iterator[str]:
    kinds = {kind for volume in entries(template.spec, "volumes") for kind in volume}
    yield from (f"volume of type {kind}" for kind in sorted(kinds - _VOLUMES - {"hostPath"}))
    for _, container in template.containers:
        name = text(container, "name")
        context = branch(container, "securityContext")
        if context.get("allowPrivilegeEscalation") is not False:
            yield f"allowPrivilegeEscalation is not false in container {name}"
        if not is_non_root(template, container):
            yield f"runAsNonRoot is not true in container {name}"
        if seccomp(template, container) not in _PROFILES:
            yield f"no seccompProfile in container {name}"
        dropped, added = texts(context, "capabilities", "drop"), set(template.capabilities(container))
        if "ALL" not in dropped or added - {"NET_BIND_SERVICE"}:
            yield f"capabilities are not dropped (ALL) in container {name}"


def seccomp(template: Template, container: Tree) -> str:
    """Return the type of a container's seccomp profile; empty where neither it nor its pod names one."""
    own = text(container, "securityContext", "seccompProfile", "type")
    return own or text(template.spec, "securityContext", "seccompProfile", "type")


def has_seccomp(template: Template, container: Tree) -> bool:
    """Say whether the container has a profile that confines it."""
    return seccomp(template, container) in _PROFILES


def is_non_root(template: Template, container: Tree) -> bool:
    """Say whether the kubelet sees to it that the container does not run as root."""
    return template.security(container, "runAsNonRoot") is True and template.security(container, "runAsUser") != 0
