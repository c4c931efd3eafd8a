"""Inputs that were changed at random, and what reads and plans them: none may bring anything but faults or an answer.

An input is a folder like those of samples/: workloads, nodes and a policy. `mutant` changes one of the three in a place or a few,
as a tree or as text; it is made from the seed alone.
"""

import json
from collections import Counter
from copy import deepcopy
from functools import cache
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import yaml

from planner import formats, pipeline, read
from planner.errors import BadInput, Fault
from planner.paper import Paper
from planner.trust import trust
from planner.words import visible
from tests.fuzz.plans import change, read_by_all, written
from tests.fuzz.text import damaged

SEEDS = Path(__file__).resolve().parent / "seeds"
SAMPLES = SEEDS.parents[2] / "samples"
FOLDERS = (
    *(SEEDS / name for name in ("kinds", "kinds", "kinds", "storage", "storage", "stored", "stored")),
    *(SAMPLES / name for name in ("buying", "infeasible", "may-share", "quickstart", "sharing", "tenants")),
)
"""Folders to begin with; those that have more in them come up more often."""
PARTS = ("workloads", "nodes", "trust")
AMOUNTS = (
    "1e999", "-1e999", "1e-999", "1Ei", "9e18Ki", "9223372036854775807", "9223372036854775808", "-1", "-0", "+1", ".5", "5.",
    "1E", "1E3", "1e3", "0.0000000001", "1n", "1u", "1m", "0.5m", "100k", "1Ki", "5MiB", "1 Gi", "1,5", "", "Mi", "--1", "1e3Ki",
    "\u0661", 0, -1, 0.1, 1e30, 10**19, 10**400, True, "0" * 400 + "1", "1" * 400,
)  # fmt: skip
"""Quantities, and what looks like one."""
_SECONDS = 0.5
_PLANNED = 8
"""One in so many inputs that could be read is planned, too."""
_PODS, _NODES = 40, 12
"""So large is at most what is planned, so that thousands can be."""
WHOLE = ("workloads", "nodes")
"""Fields of faults that have no place of their own, as it is the whole input that lacks them."""

Mutant = dict[str, bytes]
"""The three parts, written."""


@cache
def _texts(folder: Path) -> Mutant:
    return {part: (folder / f"{part}.yaml").read_bytes() for part in PARTS}


@cache
def _trees(folder: Path) -> dict[str, list[Any]]:
    return {part: list(yaml.load_all(text, yaml.CSafeLoader)) for part, text in _texts(folder).items()}


def mutant(luck: Random) -> Mutant:
    """Change one part of a folder, as a tree, as text, or both."""
    folder = luck.choice(FOLDERS)
    part = luck.choice((*("workloads",) * 6, "nodes", "nodes", "trust", "trust"))
    tree, how = deepcopy(_trees(folder)[part]), luck.random()
    for _ in range(luck.choice((1, 1, 1, 1, 2, 3)) if how < 0.7 else 0):
        change(tree, luck, (_amount, _amount, _wrap, _deepen))
    text = _as_text(tree, luck)
    return {**_texts(folder), part: damaged(text, luck) if how > 0.65 else text}


def _amount(_: Any, holder: Any, key: Any, luck: Random) -> None:
    holder[key] = luck.choice(AMOUNTS)


def _wrap(_: Any, holder: Any, key: Any, luck: Random) -> None:
    """Have a list or a map where there was none, or the other way round."""
    value = holder[key]
    if isinstance(value, list):
        holder[key] = luck.choice((dict(enumerate(value)), value[0] if value else None, [value]))
    elif isinstance(value, dict):
        holder[key] = luck.choice(([value], list(value), list(value.values())))
    else:
        holder[key] = luck.choice(([value], {"value": value}, str(value)))


def _deepen(_: Any, holder: Any, key: Any, luck: Random) -> None:
    for _ in range(luck.choice((2, 20, 100))):
        holder[key] = luck.choice(([holder[key]], {"spec": holder[key]}))


def _as_text(documents: list[Any], luck: Random) -> bytes:
    """Write documents one after the other or as a List, in YAML or JSON."""
    listed = {"apiVersion": "v1", "kind": "List", "items": documents}
    form = luck.randrange(10)
    if form < 6:
        return b"---\n".join(map(written, documents))
    if form == 6:
        return written(listed)
    indent = luck.choice((None, 1))
    return "\n".join(json.dumps(each, indent=indent) for each in (documents if form == 7 else [listed])).encode()


def tried(files: Mutant, folder: Path, luck: Random) -> Counter[str]:
    """Read what was written below `folder`, and plan some of what can be read; say what became of it.

    Whatever is raised that is no bad input is raised on.
    """
    inputs = _laid(files, folder, luck)
    try:
        policy = read.read_policy(inputs.policy, inputs.stdin)
        cluster = read.read_cluster(inputs.workloads, inputs.nodes, policy, inputs.stdin)
        trust(policy, cluster)
    except BadInput as error:
        _look_at(error.faults)
        return Counter(["refused"])
    pods = sum(workload.pods for workload in cluster.workloads)
    if luck.randrange(_PLANNED) or pods > _PODS or len(cluster.nodes) > _NODES:
        return Counter(["read"])
    if inputs.stdin:
        inputs.stdin.seek(0)
    return Counter(["read", _planned(inputs)])


def _laid(files: Mutant, folder: Path, luck: Random) -> pipeline.Inputs:
    """Write the parts as files, and name the workloads as a file, as a folder or as stdin."""
    for part, text in files.items():
        path = folder / ("below" if part == "workloads" else "") / f"{part}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text)
    below = str(folder / "below")
    workloads = luck.choice((below, "-", *(f"{below}/workloads.yaml",) * 4))
    stdin = BytesIO(files["workloads"]) if workloads == "-" else None
    return pipeline.Inputs((workloads,), (str(folder / "nodes.yaml"),), str(folder / "trust.yaml"), stdin)


def _look_at(faults: tuple[Fault, ...]) -> None:
    """See that there are faults, and that each says where and why in words that can be shown."""
    assert faults, "refused without a fault"
    for fault in faults:
        assert fault.where.file or fault.field in WHOLE, f"a fault without a place: {fault!r}"
        assert fault.reason.strip(), f"a fault without a reason: {fault!r}"
        visible(str(fault)).encode()


def _planned(inputs: pipeline.Inputs) -> str:
    """Plan, and let every command have the plan; it must be read again, and hold."""
    try:
        plan = pipeline.plan(inputs, lambda _: None, _SECONDS, exact=True)
    except BadInput as error:
        _look_at(error.faults)
        return "refused once planned"
    for kind in ("table", "markdown", "json", "yaml"):
        formats.summary(plan, kind, Paper(120))
    became = read_by_all(pipeline.plan_text(plan).encode())
    assert became == "taken", f"the plan that was made is {became}"
    return plan.verdict
