"""Argo Rollouts that run the pod template of a Deployment instead of one of their own."""

from collections.abc import Iterable
from dataclasses import dataclass

from models.source import Source
from planner.read.documents.document import Document
from planner.read.documents.field import Notebook, Spot, spot_of
from planner.read.documents.identity import DEFAULT_NAMESPACE, Key
from planner.read.schema import pod_schema, workload_schema
from planner.read.schema.known_kinds import full_kind, group_of
from planner.read.workloads.ownership.owners import Owners
from planner.read.workloads.rollout_strategy import Rollout, of_argo_rollout


@dataclass(frozen=True, slots=True)
class WorkloadRef:
    """A Rollout with a workloadRef: the Deployment that it points at, and how many pods it runs."""

    key: Key
    target: Key
    pods: int
    where: Source
    rollout: Rollout


def read_workload_ref(document: Document, notebook: Notebook) -> WorkloadRef | None:
    """Read the workloadRef of a Rollout; None where it has a template of its own."""
    given = document.decode(workload_schema.Custom)
    reference = given.spec.workload_ref if given.spec else None
    if reference is None or given.spec is None:
        return None
    meta = given.metadata or pod_schema.Meta()
    namespace = meta.namespace or DEFAULT_NAMESPACE
    return WorkloadRef(
        (group_of(document.api_version), document.kind, namespace, meta.name or ""),
        (group_of(reference.api_version or "apps/v1"), reference.kind or "Deployment", namespace, reference.name or ""),
        1 if given.spec.replicas is None else max(0, given.spec.replicas),
        document.where,
        read_argo_rollout(spot_of(document, notebook), given),
    )


def read_argo_rollout(spot: Spot, given: workload_schema.Custom) -> Rollout:
    """Read the strategy of a Rollout."""
    there, written = spot.at("spec.strategy"), given.spec.strategy if given.spec else None
    return of_argo_rollout(there, None if written is None else there.convert(written, workload_schema.ArgoStrategy))


def count_at_targets(references: Iterable[WorkloadRef], owners: Owners, notebook: Notebook) -> None:
    """Count the pods of each Rollout at the Deployment whose template it runs, and say so."""
    for reference in sorted(references, key=lambda reference: reference.key):
        group, kind, namespace, name = reference.key
        target = f"{reference.target[1]}/{reference.target[2]}/{reference.target[3]}"
        source = owners.find(reference.target)
        message = f"runs the pod template of {target} (workloadRef): planned and patched there"
        if source is None:
            message = f"runs the pod template of {target} (workloadRef), which is not in the input: its pods are not planned"
        elif reference.pods > source.pods:
            source.pods, source.counted = reference.pods, f"{kind} {namespace}/{name}: {reference.pods} replicas"
            source.rollout = reference.rollout
        Spot(notebook, reference.where).state(f"{full_kind((group, kind))}/{namespace}/{name}", message)
