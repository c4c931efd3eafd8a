"""Reads manifests of teams beside a List of what a cluster told: which of the two says a thing decides what it is worth."""

from planner.read import read_cluster
from tests.read.cluster_reader import NODE


def told_cluster(folder, manifests=(), told=(), policy=None, nodes=NODE):
    """Read them; `told` are written in flow style, as items of a List."""
    texts = {"work": "\n---\n".join(manifests), "nodes": nodes, "told": _listed(told)}
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    work, there, runs = (str(folder / f"{name}.yaml") for name in texts)
    return read_cluster([work] if manifests else [runs], [there, runs] if manifests and told else [there], policy)


def _listed(told):
    return f"{{apiVersion: v1, kind: List, items: [{', '.join(told)}]}}"
