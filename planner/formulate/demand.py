"""How many pods of a class are worth counting: as many as its nodes could ever hold, and some that then have no place.

One line of a manifest asks for two thousand million pods. Whoever looks for places need not know that there are so many: beyond
what all nodes hold each of them stays without one, whatever the plan. So what is counted are sums that 64 bits hold.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from models.kubernetes.node import Node
from models.solver.indexed_problem import Batch
from models.solver.problem import PodClass
from planner.errors import BadInput, Fault

Columns = Sequence[tuple[int, ...]]
MANY_PODS, MUCH = 10**5, 2**53
"""Classes of fewer pods that ask for less together are counted as they are: more than a cluster is tested with, and 8 PiB."""
MORE_NODES = 1_000
"""More nodes than a repair may add: what is repaired then is what is counted, and not what was asked for."""
MOST = 2**62
"""What all nodes may have, and all pods may ask for, of one resource in its smallest unit: half of what 64 bits hold."""
FIX = "look for a number with too many digits"


@dataclass(frozen=True, slots=True)
class CountedClass:
    """A class with as many of its pods as are worth counting: `beyond` are left out, of which no plan places `never` so many."""

    pod_class: PodClass
    beyond: int = 0
    never: int = 0


def count_pods(pod_class: PodClass, columns: Columns, copies: Sequence[int], owned: int) -> CountedClass:
    """Count pods; `copies` are the nodes that each candidate stands for, of which the first `owned` are there.

    For pods that not even all nodes hold that can be bought none is.
    """
    largest = max(pod_class.requests, default=0)
    if pod_class.daemon or (pod_class.count <= MANY_PODS and pod_class.count * largest <= MUCH):
        return CountedClass(pod_class)
    fits = {candidate: _fits(pod_class.requests, columns[candidate]) for candidate in pod_class.candidates}
    held = sum(pods * copies[number] for number, pods in fits.items())
    most = _with_more(held, fits.values())
    if pod_class.count <= most:
        return CountedClass(pod_class)
    there = {number: pods for number, pods in fits.items() if number < owned}
    if len(there) < len(fits):
        most = _with_more(sum(there.values()), there.values())
    parts = tuple(min(part, most) for part in pod_class.parts)
    asked, beyond = pod_class.count, pod_class.count - most
    return CountedClass(replace(pod_class, count=most, parts=parts, candidates=tuple(there)), beyond, min(beyond, asked - held))


def _with_more(held: int, fits: Iterable[int]) -> int:
    # one more than all that could be held, so that somebody is left without a place
    return 1 + held + MORE_NODES * max(fits, default=0)


def _fits(requests: tuple[int, ...], column: tuple[int, ...]) -> int:
    return min((have // asked for asked, have in zip(requests, column, strict=True) if asked), default=0)


def check(
    resources: Sequence[str],
    nodes: Sequence[tuple[Node, tuple[int, ...]]],
    classes: Sequence[tuple[Sequence[Batch], PodClass]],
) -> None:
    """Refuse nodes that have, or pods that ask for, more of a resource together than can be counted."""
    faults = [fault for k, name in enumerate(resources) for fault in (*_too_much(name, k, nodes), *_too_many(name, k, classes))]
    if faults:
        raise BadInput(faults)


def _too_much(name: str, k: int, nodes: Sequence[tuple[Node, tuple[int, ...]]]) -> Iterator[Fault]:
    if sum(column[k] for _, column in nodes) > MOST:
        node, _ = max(nodes, key=lambda pair: pair[1][k])
        reason = f"the nodes have more {name} together than can be counted, node {node.name} most of it"
        yield Fault(node.where, f"status.allocatable.{name}", reason, FIX)


def _too_many(name: str, k: int, classes: Sequence[tuple[Sequence[Batch], PodClass]]) -> Iterator[Fault]:
    if sum(c.requests[k] * c.count for _, c in classes) > MOST:
        batches, _ = max(classes, key=lambda pair: pair[1].requests[k] * pair[1].count)
        workload = max(batches, key=lambda batch: batch.count).workload
        reason = f"the pods ask for more {name} together than can be counted, those of {workload.id} for most of it"
        yield Fault(workload.where, f"requests.{name}", reason, FIX)
