"""Pod templates inside custom resources: those to which paths of the policy lead, and all others, which hide pods."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from models.field_path import ANY, Step, path_of, steps_of
from planner.read.documents.document import Document
from planner.read.documents.field import Notebook, Spot
from planner.read.documents.identity import DEFAULT_NAMESPACE
from planner.read.documents.remarks import hides, statement
from planner.read.schema import pod_schema
from planner.read.schema.known_kinds import full_kind, group_of
from planner.read.workloads.pod_count.job_pods import Count

_REPLICAS = "replicas"
_SIGNS = ("podTemplate", "http01")
"""Fields of what makes pods of containers that its operator knows: many operators' own, and cert-manager's solver."""


@dataclass(frozen=True, slots=True)
class Place:
    """What is at the end of a path, and the maps on the way to it with their own paths, the nearest first."""

    path: str
    value: Any
    around: tuple[tuple[str, dict[str, Any]], ...] = ()


def places(tree: dict[str, Any], path: str) -> list[Place]:
    """Follow a path; it leads to several places through [*], which stands for every item or key, and to none where it ends."""
    return list(_follow(tree, steps_of(path), (), ()))


def _follow(
    value: Any, wanted: Sequence[Step], steps: tuple[Step, ...], around: tuple[tuple[str, dict[str, Any]], ...]
) -> Iterator[Place]:
    if not wanted:
        yield Place(path_of(steps), value, around)
        return
    nearer = ((path_of(steps), value), *around) if isinstance(value, dict) else around
    for step, inner in _inside(value):
        if wanted[0] in (ANY, step):
            yield from _follow(inner, wanted[1:], (*steps, step), nearer)


def _inside(value: Any) -> Iterator[tuple[Step, Any]]:
    """Yield what a map or a list holds; a key that no path can name is as good as not there, and what it holds is hidden."""
    if isinstance(value, list):
        yield from enumerate(value)
    elif isinstance(value, dict):
        yield from ((key, inner) for key, inner in value.items() if isinstance(key, str) and "]" not in key and key != ANY)


def is_complete(tree: dict[str, Any], path: str) -> bool:
    """Say whether a path leads to something, or into a list or a map that has nothing in it."""
    steps = steps_of(path)
    if places(tree, path):
        return True
    ways = [index for index, step in enumerate(steps) if step == ANY]
    return any(place.value in ([], {}) for index in ways for place in _follow(tree, steps[:index], (), ()))


def hidden_paths(tree: dict[str, Any], planned: Collection[str] = ()) -> list[str]:
    """Return the paths of all pod specs in an object but the planned ones: whatever holds a list of containers with images."""
    known = {tuple(map(str, steps_of(path))) for path in planned}
    return [path_of(steps) for steps in _with_containers(tree, ()) if tuple(map(str, steps)) not in known]


def may_make_pods(value: Any) -> bool:
    """Say whether anywhere in an object are containers with images, or what makes pods whose containers others know."""
    if isinstance(value, list):
        return any(map(may_make_pods, value))
    return isinstance(value, dict) and (
        _has_containers(value)
        or any(isinstance(value.get(sign), dict) for sign in _SIGNS)
        or any(map(may_make_pods, value.values()))
    )


def _has_containers(value: dict[str, Any]) -> bool:
    containers = value.get("containers")
    return isinstance(containers, list) and any(isinstance(container, dict) and "image" in container for container in containers)


def _with_containers(value: Any, steps: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
    if isinstance(value, dict):
        if _has_containers(value):
            yield steps
        for key, inner in value.items():
            yield from _with_containers(inner, (*steps, str(key)))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _with_containers(inner, (*steps, index))


def state_hidden(document: Document, meta: pod_schema.Meta | None, notebook: Notebook, planned: Collection[str] = ()) -> None:
    """Name the pod specs inside an object that are not planned; `planned` are the paths of those that are."""
    paths, meta = hidden_paths(document.tree(), planned), meta or pod_schema.Meta()
    if paths:
        kind = full_kind((group_of(document.api_version), document.kind))
        name = f"{kind}/{meta.namespace or DEFAULT_NAMESPACE}/{meta.name or ''}"
        case = "pod template" if len(paths) == 1 else "pod templates"
        notebook.statements.append(statement(name, document.where, hides(case, paths=tuple(paths))))


def count(spot: Spot, place: Place) -> Count:
    """Count the pods of a template inside a custom resource: by the replicas that stand nearest to it."""
    around, holder = next((near for near in place.around if near[1].get(_REPLICAS) is not None), ("", {}))
    replicas = holder.get(_REPLICAS)
    if replicas is None:
        return 1, "spec.replicas is not given: counted as 1"
    path = f"{around}.{_REPLICAS}".lstrip(".")
    pods = spot.at(path).convert(replicas, int)
    if pods is None:
        return 0, ""
    if pods < 0:
        spot.at(path).fault(f"{pods} is negative", "write 0 or more")
    return max(0, pods), "" if path == f"spec.{_REPLICAS}" else f"{path}: {pods}"
