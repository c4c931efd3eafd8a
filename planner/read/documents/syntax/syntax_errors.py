"""Broken text in words: what a parser says becomes a fault with file, line and what to do."""

import os
from typing import Any

import yaml

from models.source import Source
from planner.errors import Fault
from planner.read.documents.files import STDIN, Input
from planner.read.documents.location import too_deep
from planner.read.documents.syntax.yaml_split import Cutter

_RENDER = "render the templates first (helm template, kustomize build) and read their output"
_FIXES = {
    "mapping values are not allowed in this context": "check the indentation, or quote the value that holds a colon",
    "found character that cannot start any token": "indent with spaces, not tabs; quote values that start with @, ` or %",
    "could not find expected ':'": "check the indentation; a key needs a colon and a blank after it",
    "did not find expected key": "check the indentation, and that every quote is closed",
    "found unexpected end of stream": "close the quote",
    "found unknown escape character": "write the character without its backslash, as YAML has no such escape (kubectl takes \\')",
    "found unexpected ':'": "quote the value that ends with a colon",
    "did not find expected node content": "close the bracket, or write the value",
    "did not find expected <document start>": "start every document with a line ---",
    "block sequence entries are not allowed in this context": "start the list on its own line",
}


def about_yaml(error: yaml.YAMLError, source: Input, cutter: Cutter) -> Fault:
    """Say what is wrong with the YAML document that the cutter gives; what is never closed is told where it opens."""
    if isinstance(error, yaml.reader.ReaderError):
        return _about_bytes(error, source, cutter.offset, cutter.line)
    mark: Any = getattr(error, "problem_mark", None)
    opened: Any = getattr(error, "context_mark", None)
    if opened and (mark is None or cutter.line + mark.line >= cutter.last_line):
        mark = opened
    problem = getattr(error, "problem", None) or str(error)
    line = cutter.line + (mark.line if mark else 0)
    if "nesting depth" in problem:
        return too_deep(Source(source.name, line)).fault
    fix = _FIXES.get(problem, "check the indentation and the quotes here and in the lines above")
    # A template breaks YAML in many ways and has one remedy.
    if b"{{" in source.again(cutter.offset, 1 << 16):
        fix = _RENDER
    # libyaml marks the end of a text in the line below its last one.
    return Fault(Source(source.name, min(line, max(cutter.line, cutter.last_line - 1))), "", f"broken YAML: {problem}", fix)


def _about_bytes(error: Any, source: Input, offset: int, first_line: int) -> Fault:
    line = first_line + source.again(offset, error.position).count(b"\n")
    return Fault(Source(source.name, line), "", f"not text: {error.reason}", "save it as UTF-8 text")


def about_binary(source: Input, head: bytes) -> Fault | None:
    """Recognise what is no UTF-8 text from its first bytes: UTF-16, archives, anything with zero bytes."""
    where = Source(source.name, 1)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Fault(where, "", "encoded as UTF-16", "save it as UTF-8 (PowerShell: | Out-File -Encoding utf8)")
    if head.startswith(b"\x1f\x8b"):
        return Fault(where, "", "compressed with gzip", "decompress it first")
    if b"\0" in head:
        line = 1 + head[: head.index(b"\0")].count(b"\n")
        return Fault(Source(source.name, line), "", "binary, not text", "name YAML or JSON files only")
    return None


def about_nothing(path: str, wanted: str) -> Fault:
    """Say that a path leads to no document at all, where one of what is wanted should be."""
    if path == "-":
        return Fault(Source(STDIN), "", "stdin is empty", "pipe documents into it, or name files instead of -")
    if os.path.isdir(path):
        reason = "no document in any .yaml, .yml or .json file of this folder"
        return Fault(Source(path), "", reason, "name the folder that holds the manifests")
    reason = "empty" if os.path.getsize(path) == 0 else "no document in it, only comments or separators"
    return Fault(Source(path), "", reason, f"name a file that holds {wanted}")


def about_identity(where: Source, body: Any) -> Fault:
    """Say that something named explicitly is no Kubernetes object."""
    if not isinstance(body, dict):
        what, fix = "a single value", "write apiVersion, kind and metadata"
        if isinstance(body, list):
            what, fix = "a list", "write one object per document, or a List with items"
        return Fault(where, "", f"must be a map with apiVersion and kind, not {what}", fix)
    absent = [name for name in ("apiVersion", "kind") if not isinstance(body.get(name), str) or not body[name]]
    return Fault(where, " and ".join(absent), "missing: not a Kubernetes object", "add it, or leave the document out")
