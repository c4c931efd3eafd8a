"""Pods that nothing owns, and a controller selects: it takes them over, and counts them as its own.

Source: pkg/controller/controller_ref_manager.go ClaimPods, pkg/controller/statefulset/stateful_set_utils.go isMemberOf.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from planner.read.documents.field import Notebook, Spot
from planner.read.values.selectors import matches, selector_of
from planner.read.workloads.pod_source import Maker

ADOPTERS = ("DaemonSet", "Job", "ReplicaSet", "ReplicationController", "StatefulSet")
"""Kinds that take Pods over; a Deployment does so by its ReplicaSets only, which ask for a label that it makes up."""
_ADOPTED = (
    "is selected by {}, which takes it over and counts it as one of its own pods: it is planned beside them and by its own "
    "level, whatever theirs is, and may be ended as one too many"
)


def state_adopted(makers: Iterable[Maker], notebook: Notebook) -> None:
    """Name the Pods that are taken over, and by whom."""
    alone: dict[tuple[str, ...], list[Maker]] = {}
    for maker in makers:
        if maker.id.full_kind == "Pod" and maker.owner is None and not maker.is_static:
            for pair in ((), *maker.template_labels.items()):
                alone.setdefault((maker.id.namespace, *pair), []).append(maker)
    for maker in makers:
        if maker.id.full_kind in ADOPTERS and maker.selector is not None and (maker.id.namespace,) in alone:
            for pod in _meant(maker, alone):
                pod.spot(notebook).state(str(pod.id), _ADOPTED.format(maker.id))


def _meant(maker: Maker, alone: Mapping[tuple[str, ...], Sequence[Maker]]) -> Iterator[Maker]:
    """Yield the Pods that it selects, among those of its namespace that have the first label that it asks for.

    What is wrong with the selector has been said.
    """
    selector = selector_of(Spot(Notebook()), maker.id.full_kind, maker.selector)
    if selector is None:
        return
    pair = next(iter(selector.match_labels.items()), ())
    for pod in alone.get((maker.id.namespace, *pair), ()):
        if matches(selector, pod.template_labels) and (maker.id.full_kind != "StatefulSet" or _is_numbered(maker, pod)):
            yield pod


def _is_numbered(maker: Maker, pod: Maker) -> bool:
    name, _, number = pod.id.name.rpartition("-")
    return name == maker.id.name and number.isdecimal()
