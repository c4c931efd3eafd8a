"""What the containers of a pod are confined by, as its spec says: the most that is true of each of them.

Source: pkg/security/apparmor/helpers.go, pkg/registry/core/pod/strategy.go applyAppArmorVersionSkew,
https://kubernetes.io/docs/tutorials/security/seccomp/ (privileged containers always run unconfined).
"""

from models.kubernetes.confinement import Confinement
from planner.read.confinement.pod_security import APPARMOR, BASELINE, PROFILES, RESTRICTED, SELINUX_TYPES, seccomp, violations
from planner.read.confinement.pod_tree import PodTree
from planner.read.documents.tree import Tree, branch, text

_NAMED = ("runtime/default", "localhost/")


def confinement(template: PodTree) -> Confinement:
    """Return what a level may ask of the pods, beside their images."""
    containers = [container for _, container in template.containers]
    if not containers:
        return Confinement()
    return Confinement(
        standard=next((name for name in (RESTRICTED, BASELINE) if not any(violations(template, name))), ""),
        runtime_class=text(template.spec, "runtimeClassName"),
        run_as_non_root=all(is_non_root(template, container) for container in containers),
        seccomp=all(has_seccomp(template, container) for container in containers),
        app_armor=all(has_app_armor(template, container) for container in containers),
        se_linux=all(has_se_linux(template, container) for container in containers),
        user_namespace=template.spec.get("hostUsers") is False,
        no_host_path=not template.host_paths,
    )


def is_non_root(template: PodTree, container: Tree) -> bool:
    """Say whether the kubelet sees to it that the container does not run as root."""
    return template.security(container, "runAsNonRoot") is True and template.security(container, "runAsUser") != 0


def has_seccomp(template: PodTree, container: Tree) -> bool:
    """Say whether the container has a seccomp profile that confines it."""
    return seccomp(template, container) in PROFILES and not _is_privileged(container)


def has_app_armor(template: PodTree, container: Tree) -> bool:
    """Say whether the container names an AppArmor profile that confines it.

    Its own field goes before its annotation, and that before the field of the pod.
    """
    field = text(container, "securityContext", "appArmorProfile", "type")
    noted = template.annotations.get(APPARMOR + text(container, "name"), "")
    profile = field or text(template.spec, "securityContext", "appArmorProfile", "type")
    is_named = noted.startswith(_NAMED) if noted and not field else profile in PROFILES
    return is_named and not _is_privileged(container)


def has_se_linux(template: PodTree, container: Tree) -> bool:
    """Say whether the container names SELinux options that confine it."""
    options = template.security(container, "seLinuxOptions")
    given = options if isinstance(options, dict) else {}
    confines = text(given, "type") in SELINUX_TYPES and not text(given, "user") and not text(given, "role")
    return bool(given) and confines and not _is_privileged(container)


def _is_privileged(container: Tree) -> bool:
    return branch(container, "securityContext").get("privileged") is True
