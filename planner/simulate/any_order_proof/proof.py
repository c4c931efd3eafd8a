"""Looks for pods that the others could keep out, class by class."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models.kubernetes.pod import SYSTEM_CRITICAL
from models.kubernetes.resources import ATTACHED, DEVICES, DISKS
from planner.simulate.any_order_proof.lp_dual_bound import cannot_block, shares
from planner.simulate.any_order_proof.ring_arrays import Arena
from planner.simulate.any_order_proof.subset_sums import NEVER, Sums
from planner.simulate.arrays import Flags, Numbers
from planner.simulate.tuning import ProofTuning

_FINE = 1 << 42
"""A fact of whole numbers: amounts are counted in units of which no node has more than this: times ONE they stay below 2**63."""
LASTING = (ATTACHED, DEVICES, DISKS)
"""How the resources begin that preemption does not free."""


@dataclass(frozen=True, slots=True)
class Exposed:
    """A pod that the others may keep out: by which resources (none: it has no room even without them), and of where.

    `number` is that of its class or DaemonSet. `node` is set for a DaemonSet's pod, else `nodes` counts those that take it.
    """

    name: str
    resources: tuple[str, ...]
    number: int
    nodes: int = 0
    node: str = ""


class Proof:
    """Answers for a ring with given numbers of nodes by shape."""

    def __init__(self, arena: Arena, tuning: ProofTuning) -> None:
        self.arena, self.tuning = arena, tuning
        self._most = arena.shapes.free.max(axis=0, initial=0).tolist()
        self._sums = self._sums_of(arena.classes.pods)
        units = (max(sums.step, top // _FINE + 1) for sums, top in zip(self._sums, self._most, strict=True))
        self._unit = np.array(list(units), np.int64)

    def _sums_of(self, pods: Numbers) -> list[Sums]:
        columns = self.arena.classes.request.T
        return [Sums(column, pods, top, self.tuning) for column, top in zip(columns, self._most, strict=True)]

    def exposures(self, nodes: Numbers) -> Iterator[Exposed]:
        """Yield who is not proven to find a place: pods by falling size, then daemons by name."""
        yield from self.exposed_pods(nodes)
        for number in range(len(self.arena.daemons.names)):
            exposed = self.daemon(number, nodes)
            if exposed:
                yield exposed

    def exposed_pods(self, nodes: Numbers) -> Iterator[Exposed]:
        """Yield the classes that are not proven to find a place, by falling size.

        Where one class is proven, so is a smaller one that may go wherever it may: could the smaller one be kept out, then a pod
        of the larger one could be too, with a pod of the smaller one in its place.
        """
        classes = self.arena.classes
        opened = classes.open & (nodes > 0)
        proven: list[int] = []
        for number in self._largest_first():
            larger = np.all((classes.request[proven] >= classes.request[number]) | ~classes.asked[number], axis=1)
            if np.any(larger & ~np.any(opened[proven] & ~opened[number], axis=1)):
                continue
            exposed = self.pod(number, nodes)
            if exposed:
                yield exposed
            else:
                proven.append(number)

    def _largest_first(self) -> list[int]:
        request = self.arena.classes.request
        size = (request / request.max(axis=0, initial=1)).max(axis=1, initial=0)
        return [int(number) for number in np.argsort(-size, kind="stable")]

    def pod(self, number: int, nodes: Numbers) -> Exposed | None:
        """Say how the others could keep a pod of this class out; nothing where it is proven that they cannot."""
        classes, shapes = self.arena.classes, self.arena.shapes
        room = shapes.free - shapes.daemons - classes.request[number]
        fits = (nodes > 0) & classes.open[number] & ~np.any(classes.asked[number] & (room < 0), axis=1)
        where = np.flatnonzero(fits)
        if not len(where):
            return Exposed(classes.names[number], (), number)
        pods = np.where(classes.open[:, where].any(axis=1), classes.pods, 0)
        # The one that arrives does not keep itself out.
        pods[number] -= 1
        need = self._need(self._sums, room[where], where, classes.asked[number])
        if self._safe(need, where, pods, nodes):
            return None
        # All sums of all pods were taken for the ring's, once; those of just the pods that can be there are fewer.
        need = self._need(self._sums_of(pods), room[where], where, classes.asked[number])
        if self._safe(need, where, pods, nodes):
            return None
        return Exposed(classes.names[number], self._lacking_resources(need), number, nodes=int(nodes[where].sum()))

    def _safe(self, need: Numbers, where: Numbers, pods: Numbers, nodes: Numbers) -> bool:
        share = shares(self.arena.classes.request, self.arena.classes.open[:, where], need, self._unit)
        return cannot_block(share, pods, nodes[where], self.tuning.steps)

    def daemon(self, number: int, nodes: Numbers) -> Exposed | None:
        """Say on which node a DaemonSet's pod may be kept out; nothing where it is proven that it may not."""
        for shape in np.flatnonzero((nodes > 0) & self.arena.daemons.open[number]).tolist():
            exposed = self.guard(number, shape)
            if exposed:
                return exposed
        return None

    def guard(self, number: int, shape: int) -> Exposed | None:
        """Answer for a DaemonSet's pod on the nodes of one shape."""
        classes, daemons, shapes = self.arena.classes, self.arena.daemons, self.arena.shapes
        # What this pod itself requests is among what the daemons take.
        room = shapes.free[shape] - shapes.daemons[shape]
        name, node = daemons.names[number], shapes.examples[shape]
        if np.any(daemons.asked[number] & (room < 0)):
            return Exposed(name, (), number, node=node)
        pods = np.where(classes.open[:, shape] & self._stays(number), classes.pods, 0)
        where = np.array([shape])
        need = self._need(self._sums_of(pods), room[None, :], where, daemons.asked[number])
        # One node, however many are like it: a DaemonSet's pod may go to no other.
        if self._safe(need, where, pods, np.ones(len(shapes.free), np.int64)):
            return None
        return Exposed(name, self._lacking_resources(need), number, node=node)

    def _stays(self, number: int) -> Flags:
        """Say which classes a daemon cannot evict: all, unless it preempts, and whoever it may evict is made again.

        What a pod leaves on its node when it goes is no use to it: devices, volumes and disks are not free before it is gone.
        """
        priority, classes = int(self.arena.daemons.priority[number]), self.arena.classes
        residents = self.arena.resident_priority
        above = classes.priority >= priority
        keeps = residents is not None and residents < priority
        lasting = any(
            name.startswith(LASTING)
            for name, wants in zip(self.arena.resources, self.arena.daemons.asked[number], strict=True)
            if wants
        )
        if priority < SYSTEM_CRITICAL or keeps or lasting or not (above | classes.returns).all():
            return np.ones_like(above)
        return above

    def _need(self, sums: list[Sums], room: Numbers, where: Numbers, asked: Flags) -> Numbers:
        """Return the least load that blocks, by shape and resource; NEVER where the node cannot hold it or nobody asks."""
        need = np.stack([amounts.above(room[:, column]) for column, amounts in enumerate(sums)], axis=1)
        return np.where(asked & (need <= self.arena.shapes.free[where]), need, NEVER)

    def _lacking_resources(self, need: Numbers) -> tuple[str, ...]:
        return tuple(name for column, name in enumerate(self.arena.resources) if np.any(need[:, column] != NEVER))
