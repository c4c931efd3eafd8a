"""What a pod could do to its node, and to the cluster, if somebody took it over."""

from planner.check.estate.access import Grant
from planner.check.estate.estate import Estate
from planner.check.estate.rights import MAKERS, WRITES
from planner.check.estate.template import Template
from planner.read.documents.tree import Tree

_TAKING = frozenset(("ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE", "SYS_RAWIO", "DAC_READ_SEARCH", "BPF"))
_TELLING = ("/etc", "/var/lib/kubelet", "/var/run", "/run", "/root", "/home", "/proc", "/var/lib/etcd", "/var/lib/containerd")
"""Folders of a node that let a reader become somebody else: keys, tokens, sockets of the container runtime."""
_HARMLESS = ("/etc/localtime", "/etc/os-release", "/etc/machine-id", "/proc/sys", "/etc/ssl", "/etc/pki", "/run/xtables.lock")
_READ = ("get", "list", "watch")
_POWERS = (
    (_READ, "", "secrets", "read secrets"),
    *((WRITES, group, resource, "make pods") for group, resource in MAKERS),
    (("create", "get"), "", "pods/exec", "run commands in pods"),
    (("create", "get"), "", "nodes/proxy", "reach kubelets"),
    (("impersonate",), "", "users", "impersonate users"),
    (("impersonate",), "", "groups", "impersonate groups"),
    (("create",), "", "serviceaccounts/token", "make tokens"),
    (("escalate",), "rbac.authorization.k8s.io", "clusterroles", "escalate roles"),
    (("bind",), "rbac.authorization.k8s.io", "clusterroles", "bind roles"),
    (WRITES, "admissionregistration.k8s.io", "mutatingwebhookconfigurations", "change admission"),
)
_NODES = ((("update", "patch"), "", "nodes"), (("update", "patch"), "", "nodes/status"), (("delete",), "", "nodes"))


def host_powers(template: Template) -> tuple[str, ...]:
    """Say what in the pod spec gives its pods the node they run on."""
    powers = [f"{name}" for name in ("hostPID", "hostIPC") if template.spec.get(name) is True]
    if template.spec.get("hostUsers") is not False:
        for _, container in template.containers:
            powers += _of_container(template, container)
    for _, path, is_writable in template.host_paths:
        if is_writable or _tells(path):
            powers.append(f"hostPath {path}{'' if is_writable else ' (read only)'}")
    return tuple(dict.fromkeys(powers))


def _of_container(template: Template, container: Tree) -> list[str]:
    powers = ["a privileged container"] if template.security(container, "privileged") is True else []
    added = {name.removeprefix("CAP_") for name in template.capabilities(container)}
    return powers + [f"capability {name}" for name in sorted(added & _TAKING)]


def _tells(path: str) -> bool:
    """Say whether reading the folder is enough to become somebody else."""
    plain = "/" + path.strip("/")
    if plain.startswith(_HARMLESS):
        return False
    return plain == "/" or any(plain == folder or plain.startswith(f"{folder}/") for folder in _TELLING)


def account_powers(estate: Estate, template: Template) -> tuple[str, ...]:
    """Say what the service account of its pods may do in every namespace that makes it worth stealing."""
    if not estate.mounts_token(template):
        return ()
    grants = _wide(estate, template)
    if any(grant.is_everything for grant in grants):
        return ("do everything",)
    told = (words for verbs, group, resource, words in _POWERS if _any(grants, verbs, group, resource))
    return tuple(dict.fromkeys(told))


def edits_nodes(estate: Estate, template: Template) -> bool:
    """Say whether the service account of its pods may change every node; not where it may do everything."""
    grants = [grant for grant in _wide(estate, template) if not grant.is_everything]
    return estate.mounts_token(template) and any(_any(grants, *right) for right in _NODES)


def _wide(estate: Estate, template: Template) -> list[Grant]:
    return [
        grant
        for grant in estate.access.of_account(template.account, template.item.is_placed)
        if not grant.namespace and not grant.names
    ]


def _any(grants: list[Grant], verbs: tuple[str, ...], group: str, resource: str) -> bool:
    return any(grant.allows(verb, group, resource) for grant in grants for verb in verbs)
