"""Plans that were edited at random, and everything that reads a plan: no edit may bring anything but a fault or an answer.

`mutations` changes a plan in one place or a few: keys and items go, come twice, change places, and values become others that a
reader may stumble over. Every mutant is made from the seed alone.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from io import BytesIO
from random import Random
from typing import Any

import yaml

from planner import formats, pipeline
from planner.emit import patch as patches
from planner.errors import BadInput
from planner.paper import Paper
from planner.verify import verify

Tree = dict[str, Any]
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2, 7, 10**6, 10**9, 2**31, 2**53, 2**63 - 1, 2**63, 2**64, 10**30, 10**400, -(2**63),
    0.5, -0.0, float("inf"), float("nan"), 1e308, "", " ", "x", "-", ".", "..", "../..", "/", "//", "a/b/c", "*", "**", "[", "#",
    "@", "x@y#1", "0", "-1", "1e999", "9" * 5000, "9" * 20, "x" * 300, "\x1b[31m", "\u202e", "\0", "\ud800", "é", "a\nb", "50%",
    "\u0663", "v1.\u0663", "In", "Gt", "Exists", "DoNotSchedule", "NoExecute", "node", "zone", "feasible", "infeasible",
    "undecided", "require", "exact", "DaemonSet", "StatefulSet", "Pod", "Job", "node.kubernetes.io/unschedulable",
    "kubernetes.io/hostname", [], {}, [[]], [{}], ["x"], {"x": "y"}, {"": ""}, [None], {"x": None}, [1, 2, 3],
)  # fmt: skip
"""Values that a reader may stumble over, whatever it expects."""


def mutations(tree: Tree, luck: Random) -> Iterator[Tree]:
    """Yield one mutant of a plan after the other, without end; the plan stays as it is."""
    while True:
        mutant = deepcopy(tree)
        for _ in range(luck.choice((1, 1, 1, 1, 2, 3))):
            change(mutant, luck)
        yield mutant


def change(tree: Any, luck: Random, more: tuple[Callable[[Any, Any, Any, Random], None], ...] = ()) -> None:
    """Change one place of a map or list, all places being equally likely, in one of the usual ways or of `more`."""
    if places := list(_places(tree)):
        way = luck.choice((_drop, _odd, _odd, _odd, _near, _near, _again, _swap, _elsewhere, _rename, *more))
        way(tree, *luck.choice(places), luck)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every (map, key) and (list, position) there is."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in list(pairs):
        yield value, key
        yield from _places(item)


def _drop(_: Tree, holder: Any, key: Any, __: Random) -> None:
    del holder[key]


def _odd(_: Tree, holder: Any, key: Any, luck: Random) -> None:
    holder[key] = deepcopy(luck.choice(ODD))


def _near(_: Tree, holder: Any, key: Any, luck: Random) -> None:
    """Put a value of the same type that is close by."""
    value = holder[key]
    if isinstance(value, bool):
        holder[key] = not value
    elif isinstance(value, int | float):
        holder[key] = luck.choice((value + 1, value - 1, -value, value * 2, value * 1000, value * 10**9))
    elif isinstance(value, str) and value:
        at = luck.randrange(len(value))
        holder[key] = luck.choice((value[:at] + value[at + 1 :], value[:at] + "x" + value[at:], value.upper(), value + value))
    elif isinstance(value, list):
        luck.shuffle(value)


def _again(_: Tree, holder: Any, key: Any, luck: Random) -> None:
    """Have a thing twice: an item in its list, or a value under a second key."""
    if isinstance(holder, list):
        holder.insert(luck.randrange(len(holder) + 1), deepcopy(holder[key]))
    else:
        holder[f"{key}x"] = deepcopy(holder[key])


def _swap(_: Tree, holder: Any, key: Any, luck: Random) -> None:
    """Change places with a neighbour."""
    other = luck.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
    holder[key], holder[other] = holder[other], holder[key]


def _elsewhere(tree: Tree, holder: Any, key: Any, luck: Random) -> None:
    """Put what stands elsewhere in the plan, where such a thing is also under this key if there is one."""
    alike = [where for where in _places(tree) if where[1] == key] if isinstance(holder, dict) else []
    from_holder, from_key = luck.choice(alike or list(_places(tree)))
    holder[key] = deepcopy(from_holder[from_key])


def _rename(_: Tree, holder: Any, key: Any, luck: Random) -> None:
    if isinstance(holder, dict):
        value = holder.pop(key)
        name = luck.choice((f"{key}x", "", str(key)[1:], str(key).upper(), "a.b/c", "x@y#1", "[0]", "__class__"))
        holder[name] = value


def read_by_all(text: bytes) -> str:
    """Let every command read a plan; return whether it was "refused", "denied" by `verify`, or "taken".

    Whatever is raised that is no bad input is raised on.
    """
    try:
        plan = pipeline.load("-", BytesIO(text))
    except BadInput:
        return "refused"
    found = verify(plan)
    for reader in (_patched, _explained, _drawn, _reviewed):
        with suppress(BadInput):
            reader(plan)
    if any(one.severity == "error" for one in found):
        return "denied"
    pipeline.verify(plan)
    return "taken"


def _patched(plan: Any) -> None:
    patches.patches(plan)
    patches.unneeded(plan)
    patches.unknown(plan)
    pipeline.unwritten(plan)


def _explained(plan: Any) -> None:
    formats.explain(plan, "", "table", Paper(120))
    formats.explain(plan, "", "json", Paper(120))
    for name in (*(str(one.id) for one in plan.cluster.workloads[:2]), *(one.name for one in plan.cluster.nodes[-2:])):
        formats.explain(plan, name, "markdown", Paper(120))


def _drawn(plan: Any) -> None:
    for kind in ("svg", "html", "mmd", "dot", "graphml"):
        formats.graph(plan, kind)


def _reviewed(plan: Any) -> None:
    review = pipeline.review(plan, lambda _: None, quick=True, before=[("before", plan)], name="plan")
    for kind in ("table", "html", "md", "json", "csv"):
        formats.review(review, kind, Paper(120))


def written(tree: Any) -> bytes:
    """Write a mutant as YAML, whatever is in it; as JSON where there is half a character, which only that can write."""
    try:
        return yaml.dump(tree, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True).encode()
    except UnicodeEncodeError:
        return json.dumps(tree).encode() + b"\n"
