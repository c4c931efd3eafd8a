"""Argo Rollouts that run the pod template of a Deployment instead of one of their own."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from models.disclosure import Disclosure
from models.kubernetes.cluster import Statement
from models.source import Source
from planner.read.documents.document import Document
from planner.read.documents.field import Notebook, Spot, spot_of
from planner.read.documents.identity import DEFAULT_NAMESPACE, Key
from planner.read.documents.remarks import hides, remark, statement
from planner.read.schema import pod_schema, workload_schema
from planner.read.schema.known_kinds import full_kind, group_of
from planner.read.workloads.ownership.owners import Owners
from planner.read.workloads.pod_count.rollout_strategy import Rollout, of_argo_rollout, together
from planner.read.workloads.pod_source import PodSource

_SCALES_DOWN = ("onsuccess", "progressively")


@dataclass(frozen=True, slots=True)
class WorkloadRef:
    """A Rollout with a workloadRef: the Deployment that it points at and may scale down, and how many pods it runs."""

    key: Key
    target: Key
    pods: int
    where: Source
    rollout: Rollout
    scales_down: bool = False

    @property
    def target_name(self) -> str:
        """Name what it points at."""
        return "/".join(self.target[1:])

    def statement(self, told: Callable[..., Disclosure]) -> Statement:
        """Say that the Rollout runs the template of another, which is planned, or hides its pods."""
        subject = "/".join((full_kind(self.key[:2]), *self.key[2:]))
        return statement(subject, self.where, told("workloadRef", target=self.target_name))


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
        reference.scale_down in _SCALES_DOWN,
    )


def read_argo_rollout(spot: Spot, given: workload_schema.Custom) -> Rollout:
    """Read the strategy of a Rollout."""
    there, written = spot.at("spec.strategy"), given.spec.strategy if given.spec else None
    return of_argo_rollout(there, None if written is None else there.convert(written, workload_schema.ArgoStrategy))


def count_at_targets(references: Iterable[WorkloadRef], owners: Owners, notebook: Notebook) -> list[tuple[Key, Statement]]:
    """Count the pods of all Rollouts at the Deployment whose template they run; return what is said of those without any."""
    borrowers: dict[Key, list[WorkloadRef]] = {}
    for reference in sorted(references, key=lambda reference: reference.key):
        borrowers.setdefault(reference.target, []).append(reference)
    hidden = []
    for target, borrowing in borrowers.items():
        source = owners.find(target)
        if source is None:
            hidden += [(reference.key, reference.statement(hides)) for reference in borrowing]
        else:
            _add_up(source, borrowing)
            notebook.statements += (reference.statement(remark) for reference in borrowing)
    return hidden


def _add_up(source: PodSource, borrowing: Sequence[WorkloadRef]) -> None:
    """Count all pods of one template: those of the Deployment stay, unless a Rollout scales it down, and until it has.

    Source: docs/migrating.md of Argo Rollouts; without scaleDown it is "never".
    """
    shares = [(reference.key, reference.pods, reference.rollout) for reference in borrowing if reference.pods]
    borrowed = sum(pods for _, pods, _ in shares)
    if any(reference.scales_down for reference in borrowing):
        # The Deployment's pods go as the Rollouts' come, so the larger number counts.
        if borrowed <= source.pods:
            return
    elif source.pods:
        shares.insert(0, (source.key, source.pods, source.rollout or Rollout(0, 0)))
    if not borrowed:
        return
    source.shares = {key: (pods, rollout) for key, pods, rollout in shares}
    source.pods, source.rollout = sum(pods for _, pods, _ in shares), together(source.shares.values())
    source.counted = ", ".join(f"{key[1]} {key[2]}/{key[3]}: {pods} replica{'s' * (pods != 1)}" for key, pods, _ in shares)
