"""Folders of nodes that pods mount by way of a claim: a hostPath PersistentVolume is one under another name."""

import re
from collections.abc import Iterator
from functools import lru_cache

from planner.check.estate.estate import Estate
from planner.check.estate.template import Template
from planner.read.documents.tree import entries, text


def claimed_folders(estate: Estate, template: Template) -> Iterator[str]:
    """Yield the folders of nodes that its pods mount through claims, as far as their volumes were read."""
    folders = _folders(estate).get(template.namespace)
    wanted = re.compile("|".join(_claims(template))) if folders else None
    yield from (path for name, path in (folders or {}).items() if wanted and wanted.fullmatch(name))


def _claims(template: Template) -> Iterator[str]:
    """Yield expressions for the names of the claims of its pods."""
    for volume in entries(template.spec, "volumes"):
        if name := text(volume, "persistentVolumeClaim", "claimName"):
            yield re.escape(name)
        if volume.get("ephemeral") and template.is_bare:
            yield re.escape(f"{template.item.name}-{text(volume, 'name')}")
    if template.item.kind == "StatefulSet":
        for claim in entries(template.item.spec(), "volumeClaimTemplates"):
            yield re.escape(f"{text(claim, 'metadata', 'name')}-{template.item.name}-") + r"\d+"


@lru_cache(maxsize=1)
def _folders(estate: Estate) -> dict[str, dict[str, str]]:
    """Return the folder behind each claim that is bound to a hostPath volume, by namespace and name."""
    folders: dict[str, dict[str, str]] = {}
    paths: dict[str, str] = {}
    for volume in estate.of_kind("", "PersistentVolume"):
        if path := text(volume.spec("hostPath"), "path"):
            paths[volume.name] = path
            owner = volume.spec("claimRef")
            if name := text(owner, "name"):
                folders.setdefault(text(owner, "namespace"), {})[name] = path
    for claim in estate.of_kind("", "PersistentVolumeClaim"):
        if path := paths.get(text(claim.spec(), "volumeName"), ""):
            folders.setdefault(claim.namespace, {})[claim.name] = path
    return folders
