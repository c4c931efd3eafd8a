"""Reads manifests of teams beside a List of what a cluster told: which of the two says a thing decides what it is worth."""

import json

import yaml

from planner.read import read_cluster
from tests.read.cluster_reader import NODE


def told_cluster(folder, manifests=(), told=(), policy=None, nodes=NODE):
    """Read them; `told` become items of a List, each with a uid, as all that a cluster stores has one."""
    texts = {"work": "\n---\n".join(manifests), "nodes": nodes, "told": _listed(told)}
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    work, there, runs = (str(folder / f"{name}.yaml") for name in texts)
    return read_cluster([work] if manifests else [runs], [there, runs] if manifests and told else [there], policy)


def _listed(told):
    items = [yaml.safe_load(text) for text in told]
    for at, item in enumerate(items):
        item["metadata"].setdefault("uid", f"uid-{at}")
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
