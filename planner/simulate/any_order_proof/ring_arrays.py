"""A ring in numbers: nodes merged into shapes, pods into classes, so that what is asked does not grow with their number."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.kubernetes.node import Node
from models.kubernetes.resources import PODS
from planner.rules.placement.cluster_state import World
from planner.rules.plugins import noderesources
from planner.simulate.any_order_proof.eligibility import Doors
from planner.simulate.any_order_proof.ring_pods import Crowd, Member
from planner.simulate.arrays import Flags, Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Classes:
    """Pods that are alike: `request[k, r]` is what one takes, `asked[k, r]` whether it can lack it; there are `pods[k]`.

    `open[k, s]` says whether one may be on a node of shape s that holds nothing but residents. Those of which `returns` is
    false are not made again once evicted.
    """

    names: tuple[str, ...]
    request: Numbers
    asked: Flags
    open: Flags
    pods: Numbers
    priority: Numbers
    returns: Flags


@dataclass(frozen=True, slots=True, eq=False)
class Shapes:
    """Nodes that are alike: `free[s, r]` is what residents leave of one, `daemons[s, r]` what its daemons take together.

    `served[s]` are the indices of those daemons. `shape_of` is each node's shape, `examples` the first node of each.
    """

    shape_of: Numbers
    examples: tuple[str, ...]
    free: Numbers
    daemons: Numbers
    served: tuple[tuple[int, ...], ...]

    def counts(self) -> Numbers:
        """Return how many nodes there are of each shape."""
        return np.bincount(self.shape_of, minlength=len(self.examples)).astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Arena:
    """A ring: pods that arrive anywhere (`classes`), and those that arrive each on a node of its own (`daemons`).

    For daemons, `pods` is 1 and `open` says which shapes of node they reach, with room or without. `resident_priority` is
    the lowest of any resident's, None where there are none.
    """

    resources: tuple[str, ...]
    shapes: Shapes
    classes: Classes
    daemons: Classes
    resident_priority: int | None


def arena(arriving: Crowd) -> Arena:
    """Write a ring down in numbers."""
    doors = Doors(arriving)
    resources = _resources(arriving.members)
    daemons = _classes([member for member in arriving.members if member.daemon], doors, resources, merge=False)
    classes = _classes([member for member in arriving.members if not member.daemon], doors, resources, merge=True)
    gates = np.concatenate([daemons.open, classes.open])
    shapes, kinds = _shapes(arriving, doors, gates, daemons, resources)
    # A daemon gets no such test: one that has no room on a node of its own is what the proof has to say of it.
    fits = ~np.any(classes.asked[:, None, :] & (classes.request[:, None, :] > shapes.free[None, :, :]), axis=2)
    priorities = [kind.pod.priority for site in arriving.world.sites.values() for kind in site.residents]
    return Arena(
        resources,
        shapes,
        _at_shapes(classes, classes.open[:, kinds] & fits),
        _at_shapes(daemons, daemons.open[:, kinds]),
        min(priorities, default=None),
    )


def _resources(members: Sequence[Member]) -> tuple[str, ...]:
    """Return what any pod of the ring may lack, the pod slots first."""
    names = {name for member in members for name in noderesources.asked(noderesources.requests(member.pod))}
    return (PODS, *sorted(names))


def _classes(members: Sequence[Member], doors: Doors, resources: tuple[str, ...], merge: bool) -> Classes:
    """Merge the members that differ in nothing; `open` is by type of node for now."""
    first: dict[Hashable, int] = {}
    pods: list[int] = []
    kept: list[Member] = []
    for number, member in enumerate(members):
        pod = member.pod
        # Daemons stay apart: what they take of a node is added up one by one.
        key = (noderesources.requests(pod), doors.open_to(pod), pod.priority, member.returns) if merge else number
        place = first.setdefault(key, len(kept))
        if place == len(kept):
            kept.append(member)
            pods.append(0)
        pods[place] += member.count
    return Classes(
        names=tuple(member.name for member in kept),
        request=_table([_requests_of(member, resources) for member in kept], len(resources)),
        asked=np.array([_lacking(member, resources) for member in kept], np.bool_).reshape(len(kept), len(resources)),
        open=np.array([doors.open_to(member.pod) for member in kept], np.bool_).reshape(len(kept), len(doors.examples)),
        pods=np.array(pods, np.int64),
        priority=np.array([member.pod.priority for member in kept], np.int64),
        returns=np.array([member.returns for member in kept], np.bool_),
    )


def _lacking(member: Member, resources: Sequence[str]) -> list[bool]:
    able = {PODS, *noderesources.asked(noderesources.requests(member.pod))}
    return [name in able for name in resources]


def _requests_of(member: Member, resources: Sequence[str]) -> list[int]:
    request = noderesources.requests(member.pod)
    return [1 if name == PODS else request.get(name, 0) for name in resources]


def _table(rows: Sequence[Sequence[int]], width: int) -> Numbers:
    return np.array(rows, np.int64).reshape(len(rows), width)


def _at_shapes(classes: Classes, opened: Flags) -> Classes:
    return replace(classes, open=opened)


def _shapes(
    arriving: Crowd, doors: Doors, gates: Flags, daemons: Classes, resources: tuple[str, ...]
) -> tuple[Shapes, list[int]]:
    """Merge the nodes that have the same room and let the same pods in; return also the type of each shape."""
    columns = [column.tobytes() for column in gates.T]
    numbers: dict[Hashable, int] = {}
    first: list[tuple[Node, int, list[int]]] = []
    shape_of = []
    for node, kind in zip(arriving.nodes, doors.type_of, strict=True):
        free = _free(node, arriving.world, resources)
        shape = numbers.setdefault((columns[kind], tuple(free)), len(first))
        if shape == len(first):
            first.append((node, kind, free))
        shape_of.append(shape)
    kinds = [kind for _, kind, _ in first]
    served = daemons.open[:, kinds]
    shapes = Shapes(
        shape_of=np.array(shape_of, np.int64),
        examples=tuple(node.name for node, _, _ in first),
        free=_table([free for _, _, free in first], len(resources)),
        daemons=served.T.astype(np.int64) @ daemons.request,
        served=tuple(tuple(int(daemon) for daemon in np.flatnonzero(served[:, shape])) for shape in range(len(first))),
    )
    return shapes, kinds


def _free(node: Node, world: World, resources: Sequence[str]) -> list[int]:
    free = world.sites[node.name].free
    return [free.get(name, 0) for name in resources]
