"""Which version of Kubernetes the control plane runs, as far as anything read tells it."""

import re

from models.source import Source
from planner.check.estate.estate import Estate
from planner.check.estate.template import Template
from planner.read.documents.tree import text, texts

Version = tuple[int, int, int]
_FORM = re.compile(r"v?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?")
_SERVER = "kube-apiserver"


def parsed(word: str) -> Version | None:
    """Read v1.33.4 as three numbers."""
    match = _FORM.match(word)
    return (int(match[1]), int(match[2]), int(match[3] or 0)) if match else None


def shown(version: Version) -> str:
    """Write a version as 1.33.4."""
    return ".".join(map(str, version))


def api_servers(estate: Estate) -> list[Template]:
    """Return the pods of API servers that were read."""
    named = (template for template in (*estate.templates, *estate.running) if _container(template))
    return list({template.item.subject: template for template in named}.values())


def control_plane(estate: Estate) -> tuple[Version, str, Source] | None:
    """Return the oldest version that an API server may be of, whose that is, and where it stands.

    A kubelet is never newer than its API server, so the newest kubelet tells no more than that.
    """
    servers = []
    for template in api_servers(estate):
        version = parsed(text(_container(template) or {}, "image").rpartition(":")[2])
        if version:
            servers.append((version, template.subject, template.item.where()))
    kubelets = [(version, f"Node/{node.name}", node.where) for node in estate.today if (version := parsed(node.kubelet_version))]
    return min(servers) if servers else max(kubelets, default=None)


def flags(template: Template) -> dict[str, str]:
    """Return the flags of an API server's command line."""
    container = _container(template) or {}
    words = (*texts(container, "command"), *texts(container, "args"))
    return {name: value for name, _, value in (word.lstrip("-").partition("=") for word in words if word.startswith("--"))}


def _container(template: Template) -> dict[str, object] | None:
    return next((container for _, container in template.containers if text(container, "name") == _SERVER), None)
