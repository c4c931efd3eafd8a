"""What may stand in the place of a file that is to be written: an older one of its kind, and nothing of anyone else."""

import os
from pathlib import Path

from models.source import Source
from planner.emit.folder import is_special
from planner.emit.plan import API_VERSION
from planner.errors import BadInput, Fault

PLAN = "plan"
_BEGINS: dict[str, bytes | tuple[bytes, ...]] = {
    "svg": b"<svg",
    "png": b"\x89PNG",
    "html": b"<!doctype html>",
    "mmd": b"%% ",
    "dot": b"graph ",
    "graphml": b"<?xml",
    "md": b"## Capacity of ",
    "json": b'{\n  "apiVersion": "ringfence.dev/',
    "csv": (b"ring,", b"node,", b"change,"),
    "yaml": b"# CapacityBuffers of ",
}
_REVIEWS = ("md", "json", "csv", "yaml")


def spare(path: str, kind: str) -> None:
    """Refuse a path that holds something else than what is to be written there, a plan, a picture or a review of this kind.

    So no manifest is written over, by whatever name or link it was read. Pipes and devices hold nothing.
    """
    if os.path.isdir(path):
        raise BadInput([Fault(Source(path), "", "is a folder, and a file is to be written", "name a file in it")])
    if not os.path.exists(path) or is_special(path):
        return
    try:
        is_ours = _is_like(Path(path).read_bytes(), kind)
    except OSError:
        is_ours = False
    if not is_ours:
        article = "a plan" if kind == PLAN else f"a {'review' if kind in _REVIEWS else 'picture'} (.{kind})"
        reason = f"is there already, and is not {article}: it would be lost"
        raise BadInput([Fault(Source(path), "", reason, "name another file, or remove it")])


def _is_like(content: bytes, kind: str) -> bool:
    """Say whether it is one document of its kind, and that alone; what is empty may be filled."""
    if not content.strip():
        return True
    if kind != PLAN:
        return content.startswith(_BEGINS[kind])
    first, *more = (text for text in content.split(b"\n---") if text.strip())
    lines = [line for line in first.splitlines() if line.strip() and not line.startswith((b"#", b"---"))]
    return not more and lines[:2] == [f"apiVersion: {API_VERSION}".encode(), b"kind: IsolationPlan"]
