"""Two rings on nodes that say whose home they are, planned as packings: who may be where is all that is asked for."""

from pathlib import Path
from typing import Any

from models.answer.plan import IsolationPlan
from planner import pipeline
from tests.shop_that_buys import Document, node, quiet, workload, write


def made(folder: Path, workloads: list[Document], inventory: list[Document], /, **policy: Any) -> IsolationPlan:
    """Plan them."""
    return pipeline.plan(write(folder, workloads, inventory, **policy), quiet, exact=True)


def at(home: str, name: str, cpu: str = "4", **spec: Any) -> Document:
    """Write a node that says which home it is."""
    found = node(name, cpu)
    found["metadata"]["labels"]["home"] = home
    return {**found, "spec": spec}


def only(name: str, level: str, cpu: str, replicas: int, home: str, **pod: Any) -> Document:
    """Write a workload that goes nowhere but to one home."""
    return workload(name, level, cpu, replicas, nodeSelector={"home": home}, **pod)


API, PLUGIN = workload("api", "restricted", "1", 2), workload("plugin", "untrusted", "3", 2)
API_AT_HOME, PLUGIN_AT_HOME = only("api", "restricted", "1", 2, "r"), only("plugin", "untrusted", "3", 2, "u")
NODES = [at("r", "r-1"), at("u", "u-1"), at("u", "u-2")]
