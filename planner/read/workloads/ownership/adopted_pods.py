"""Pods that nothing owns, and a controller selects: it takes them over, and counts them as its own.

Source: pkg/controller/controller_ref_manager.go ClaimPods, pkg/controller/statefulset/stateful_set_utils.go isMemberOf.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from planner.read.documents.field import Notebook, Spot
from planner.read.documents.remarks import remark
from planner.read.values.selectors import matches, selector_of
from planner.read.workloads.pod_source import PodSource

ADOPTERS = ("DaemonSet", "Job", "ReplicaSet", "ReplicationController", "StatefulSet")
"""Kinds that take Pods over; a Deployment does so by its ReplicaSets only, which ask for a label that it makes up."""


def state_adopted(sources: Iterable[PodSource], notebook: Notebook) -> None:
    """Name the Pods that are taken over, and by whom."""
    alone: dict[tuple[str, ...], list[PodSource]] = {}
    for source in sources:
        if source.id.full_kind == "Pod" and source.owner is None and not source.is_static:
            # Without a label, too, for selectors that begin with none.
            for pair in ((), *source.template_labels.items()):
                alone.setdefault((source.id.namespace, *pair), []).append(source)
    for source in sources:
        if source.id.full_kind in ADOPTERS and source.selector is not None and (source.id.namespace,) in alone:
            for pod in _selected_by(source, alone):
                pod.spot(notebook).state(str(pod.id), remark("adopted", owner=str(source.id)))


def _selected_by(source: PodSource, alone: Mapping[tuple[str, ...], Sequence[PodSource]]) -> Iterator[PodSource]:
    """Yield the Pods that it selects, among those of its namespace that have the first label that it asks for.

    What is wrong with the selector has been said.
    """
    selector = selector_of(Spot(Notebook()), source.id.full_kind, source.selector)
    if selector is None:
        return
    pair = next(iter(selector.match_labels.items()), ())
    for pod in alone.get((source.id.namespace, *pair), ()):
        if matches(selector, pod.template_labels) and (source.id.full_kind != "StatefulSet" or _is_numbered(source, pod)):
            yield pod


def _is_numbered(source: PodSource, pod: PodSource) -> bool:
    name, _, number = pod.id.name.rpartition("-")
    return name == source.id.name and number.isdecimal()
