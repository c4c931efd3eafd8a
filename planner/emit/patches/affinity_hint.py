"""Leads kube-scheduler to the nodes that the plan has in mind: one more expression in every required term, or one preference."""

from typing import Any

from models.answer.plan import Guide
from models.kubernetes.workload import Raw
from planner.emit.patches.operations import Operation, add, guard, pointer, value_of

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
# The most there is: weights are held against those of the pod's other terms alone.
WEIGHT = 100


def lead(spec: str, affinity: Raw | None, guide: Guide, guarded: bool) -> list[Operation]:
    """Return what adds the guide to the pod spec at `spec`; `guarded` says that a guard on its affinity is there already."""
    wanted = {"key": guide.key, "operator": "In", "values": list(guide.values)}
    path, written = f"{spec}/affinity", value_of(affinity)
    operations = _require(path, written, wanted) if guide.required else _prefer(path, written, wanted)
    return [guard(path, affinity), *operations] if operations and not guarded else operations


def _require(path: str, written: Any, wanted: Any) -> list[Operation]:
    terms = (_at(written, "nodeAffinity", REQUIRED) or {}).get("nodeSelectorTerms") or []
    inner = path + pointer("nodeAffinity", REQUIRED, "nodeSelectorTerms")
    if not terms:
        return [_put(path, written, ("nodeAffinity", REQUIRED), {"nodeSelectorTerms": [{"matchExpressions": [wanted]}]})]
    return [
        add(f"{inner}/{index}/matchExpressions/-", wanted)
        if term.get("matchExpressions")
        else add(f"{inner}/{index}/matchExpressions", [wanted])
        for index, term in enumerate(terms)
        # An empty term matches no node; with an expression in it, it would match some.
        if (term.get("matchExpressions") or term.get("matchFields")) and wanted not in (term.get("matchExpressions") or ())
    ]


def _prefer(path: str, written: Any, wanted: Any) -> list[Operation]:
    there = _at(written, "nodeAffinity", PREFERRED) or []
    if any(wanted in ((term.get("preference") or {}).get("matchExpressions") or ()) for term in there):
        return []
    mine = {"weight": WEIGHT, "preference": {"matchExpressions": [wanted]}}
    if there:
        return [add(path + pointer("nodeAffinity", PREFERRED, "-"), mine)]
    return [_put(path, written, ("nodeAffinity", PREFERRED), [mine])]


def _at(written: Any, *keys: str) -> Any:
    for key in keys:
        written = (written or {}).get(key)
    return written


def _put(path: str, written: Any, keys: tuple[str, ...], value: Any) -> Operation:
    """Add a value at the end of the path, with all the maps on the way that are not there."""
    if written is None:
        for key in reversed(keys):
            value = {key: value}
        return add(path, value)
    first, *rest = keys
    if not rest:
        return add(path + pointer(first), value)
    return _put(path + pointer(first), written.get(first), tuple(rest), value)
