"""What every folder of policies has: a file for each policy, and one that applies them all."""

from collections.abc import Iterable, Sequence

from planner import MARK
from planner.admission.document import Document, MutatingPolicy, Policy
from planner.emit import yaml

Written = Sequence[tuple[Policy | MutatingPolicy, list[Document]]]
"""Policies, and the documents that say them."""


def texts(written: Written, origin: str) -> dict[str, str]:
    """Return name -> content of a file for each policy; `origin` says by which version and from what."""
    return {
        f"{policy.name.removeprefix('ringfence-')}.yaml": f"{MARK} {origin}.\n# {policy.about}\n{_text(documents)}"
        for policy, documents in written
    }


def applied(folder: str, head: str, written: Written, origin: str) -> dict[str, str]:
    """Return path -> content of the files of a folder and of its kustomization, which says in comments how to use it."""
    there = texts(written, origin)
    if not there:
        return {}
    top = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": sorted(there)}
    files = {"kustomization.yaml": f"{MARK} {origin}.\n{head}{yaml.dump(top)}", **there}
    return {f"{folder}/{name}": content for name, content in files.items()}


def _text(documents: Iterable[Document]) -> str:
    return "---\n".join(map(yaml.dump, documents))
