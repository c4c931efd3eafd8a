"""Objects that make pods, as they were read: what a Workload will be once owners, autoscalers and admission are known."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from models.disclosure import Disclosure
from models.frozen_map import EMPTY, FrozenMap
from models.kubernetes.confinement import Confinement
from models.kubernetes.labels import LabelSelector
from models.kubernetes.storage import Claim
from models.kubernetes.workload import Raw, WorkloadId, Written
from models.source import Source
from planner.read.documents.document import Document
from planner.read.documents.field import Notebook, Spot
from planner.read.documents.identity import Key
from planner.read.pods.allocated_resources import status_that_counts
from planner.read.schema import pod_schema
from planner.read.schema.known_kinds import group_of
from planner.read.schema.workload_schema import PodStatus
from planner.read.storage.data_on_node import without_far_mounts
from planner.read.values.selectors import CONTROLLER, selector_of
from planner.read.workloads.pod_count.rollout_strategy import Rollout

_PLACED = ("tolerations", "node_selector", "affinity", "topology_spread_constraints")


@dataclass(slots=True)
class PodSource:
    """One object that makes pods.

    spec, alike: the pods' spec, shared with all pod sources of equal specs; `alike` tells those.
    document: kept by the first of them only, to find lines: 50,000 pods must not keep 50,000 documents in memory.
    run_labels: the labels of the Jobs that a CronJob makes.
    pods, counted, later: how many pods there are, in words why, and how many of them are not there at first.
    shares: where Rollouts run its template, how many pods each has, and the Deployment itself, and how it rolls them out.
    uid, owner, owner_uid: what a cluster told, never what a manifest claims.
    node: where a Pod runs, if it is one that does.
    is_stored, is_live: a cluster told it; it is a Pod that has passed its admission.
    is_inferred: a DaemonSet that is known by its pods only.
    by_hand, made_by: nothing patches it, as no manifest gave it; what makes it where that is not planned itself.
    running, bound: how many of its pods run on which node, and those pods.
    status: what the node of a running pod says that it gives to it.
    added: the keys of labels that its controller gives to pods, and whose values nobody knows beforehand.
    start_ordinal: the number of a StatefulSet's first pod.
    doubts: what is to be said of it where it is planned.
    is_frail: it is a Job that may fail for good by the loss of one node.
    selector: how it knows pods that it may take over, as written.
    account: the ServiceAccount of its pods.
    absent: the paths of metadata and labels that the object lacks.
    confinement: how its containers are confined, where the policy may ask.
    """

    id: WorkloadId
    api_version: str
    spec: pod_schema.PodSpec
    alike: bytes
    where: Source
    document: Document | None = None
    labels: FrozenMap[str] = EMPTY
    run_labels: FrozenMap[str] = EMPTY
    template_labels: FrozenMap[str] = EMPTY
    template_path: str = "spec.template"
    pods: int = 1
    counted: str = ""
    rollout: Rollout | None = None
    claim_templates: tuple[Claim, ...] = ()
    uid: str = ""
    owner: Key | None = None
    owner_uid: str = ""
    node: str = ""
    is_stored: bool = False
    is_inferred: bool = False
    by_hand: bool = False
    made_by: str = ""
    is_live: bool = False
    is_static: bool = False
    running: dict[str, int] = field(default_factory=dict)
    bound: list["PodSource"] = field(default_factory=list)
    status: PodStatus | None = None
    later: int = 0
    shares: dict[Key, tuple[int, Rollout]] = field(default_factory=dict)
    added: frozenset[str] = frozenset()
    start_ordinal: int = 0
    doubts: tuple[Disclosure, ...] = ()
    is_frail: bool = False
    selector: Any = None
    account: str = ""
    absent: tuple[str, ...] = ()
    confinement: Confinement | None = None

    @property
    def held(self) -> tuple[str, ...]:
        """Name the labels that its pods must keep, as its selector cannot change; asked where the policy may lower one."""
        if self.confinement is None or self.selector is None or self.id.kind == CONTROLLER:
            return ()
        selector = selector_of(Spot(Notebook()), self.id.kind, self.selector) or LabelSelector()
        return tuple(sorted({*selector.match_labels, *(expression.key for expression in selector.match_expressions)}))

    @property
    def key(self) -> Key:
        """Return the name that owner references and autoscalers know it by."""
        return (group_of(self.api_version), self.id.kind, self.id.namespace, self.id.name)

    @property
    def spec_path(self) -> str:
        """Return the path of the pod spec in the object."""
        return f"{self.template_path}.spec" if self.template_path else "spec"

    @property
    def labels_path(self) -> str:
        """Return the path of the pods' labels in the object."""
        return f"{self.template_path}.metadata.labels" if self.template_path else "metadata.labels"

    def beside(self, key: Key) -> int:
        """Count its pods that are not those of the object of that name, where several run its template."""
        return sum(pods for name, (pods, _) in self.shares.items() if name != key)

    def spot(self, notebook: Notebook) -> Spot:
        """Start at the top of its document."""
        return Spot(notebook, self.where, self.document)

    @property
    def written(self) -> Written:
        """Return the placement fields exactly as written."""
        none = Raw("[]") if self.spec.init_containers == [] else None
        return replace(Written(*(_raw(getattr(self.spec, name)) for name in _PLACED)), init_containers=none)


def _raw(value: Any) -> Raw | None:
    if value is None:
        return None
    return Raw(json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False))


class SharedSpecs:
    """Equal pod specs, equal labels and equal statuses, each kept once."""

    def __init__(self) -> None:
        self._specs: dict[bytes, pod_schema.PodSpec] = {}
        self._labels: dict[bytes, FrozenMap[str]] = {b"{}": EMPTY}
        self._statuses: dict[bytes, PodStatus] = {}

    def spec(self, given: pod_schema.PodSpec) -> tuple[pod_schema.PodSpec, bytes, bool]:
        """Return the spec to keep, what tells equal ones, and whether it is the first of its kind."""
        without_far_mounts(given)
        # What has no field that is read (secrets, tokens) bears on no placement, and admission names some of it at random.
        given.volumes = [volume for volume in given.volumes or () if volume != pod_schema.Volume(volume.name)] or None
        alike = msgspec.json.encode(given, order="deterministic")
        kept = self._specs.setdefault(alike, given)
        return kept, alike, kept is given

    def labels(self, given: Mapping[str, str] | None) -> FrozenMap[str]:
        """Return the labels to keep."""
        if not given:
            return EMPTY
        alike = msgspec.json.encode(given, order="deterministic")
        kept = self._labels.get(alike)
        if kept is None:
            kept = self._labels[alike] = FrozenMap(given)
        return kept

    def status(self, given: PodStatus, spec: pod_schema.PodSpec) -> PodStatus | None:
        """Return the status to keep; None where it does not bear on what the pod is charged."""
        told = status_that_counts(given, spec)
        return None if told is None else self._statuses.setdefault(msgspec.json.encode(told, order="deterministic"), told)


def without_body(document: Document) -> Document:
    """Keep of a document what is needed to find lines in it: YAML is read again from its file."""
    return replace(document, body={}, mended=None) if isinstance(document.body, dict) else document
