"""A tenant comes: its manifests are read as the plan's own were, and planned with them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from models.answer.plan import IsolationPlan
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.source import Source
from planner.errors import BadInput, Fault
from planner.review.what_if.base import PlannedFrom


@dataclass(frozen=True, slots=True)
class Onboard:
    """The workloads of a file come, with the namespaces, claims, budgets and nodes that it holds."""

    file: str
    coming: Cluster

    @property
    def name(self) -> str:
        """Say what is changed."""
        return f"{self.file} comes"

    def change(self, _: IsolationPlan, given: PlannedFrom) -> PlannedFrom:
        """Put both together; what is there already cannot come."""
        there, coming = given.cluster, self.coming
        known = {name for name, _ in _named(there)}
        twice = [(name, where) for name, where in _named(coming) if name in known]
        if twice:
            fix = "leave it out, or give it another name"
            raise BadInput([Fault(where, name, "is in the plan already", fix) for name, where in twice])
        return replace(given, cluster=_together(there, coming))


def _named(cluster: Cluster) -> Iterator[tuple[str, Source]]:
    """Yield the names of nodes and workloads, and where each was read."""
    yield from ((node.name, node.where) for node in cluster.nodes)
    yield from ((str(workload.id), workload.where) for workload in cluster.workloads)


def _together(there: Cluster, coming: Cluster) -> Cluster:
    return replace(
        there,
        nodes=tuple(sorted((*there.nodes, *coming.nodes), key=lambda node: node.name)),
        workloads=tuple(sorted((*there.workloads, *coming.workloads), key=lambda workload: workload.id)),
        namespaces=FrozenMap({**there.namespaces, **coming.namespaces}),
        claims=FrozenMap({**there.claims, **coming.claims}),
        volumes=FrozenMap({**there.volumes, **coming.volumes}),
        storage_classes=FrozenMap({**there.storage_classes, **coming.storage_classes}),
        budgets=(*there.budgets, *coming.budgets),
        unread=(*there.unread, *coming.unread),
    )


def read_tenant(file: str, plan: IsolationPlan) -> Onboard:
    """Read the manifests of who comes; what they say of namespaces and classes is believed, as the operator's own is."""
    from planner import read

    return Onboard(file, read.read_cluster((file,), (file,), plan.policy, kubernetes=plan.cluster.kubernetes, whole=False))
