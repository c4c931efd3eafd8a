"""A workload: one object in a manifest that makes pods."""

from dataclasses import dataclass

from models.frozen_map import EMPTY, EMPTY_COUNTS, FrozenMap
from models.kubernetes.confinement import Confinement
from models.kubernetes.labels import Labels, Toleration
from models.kubernetes.pod import Pod
from models.source import NOWHERE, Source


@dataclass(frozen=True, slots=True, order=True)
class WorkloadId:
    """The name of a workload, unique within a cluster; `group` is the API group of a custom resource, else empty.

    `template` is the path of its pod template where objects of its kind may have several: each of these is a workload.
    """

    kind: str
    namespace: str
    name: str
    group: str = ""
    template: str = ""

    @property
    def full_kind(self) -> str:
        """Write the kind as kubectl tells kinds of one name apart: KIND, or KIND.GROUP of a custom resource."""
        return f"{self.kind}.{self.group}" if self.group else self.kind

    def __str__(self) -> str:
        """Write it as KIND/NAMESPACE/NAME, or KIND.GROUP/NAMESPACE/NAME; with :TEMPLATE where that is not all."""
        return f"{self.object_name}:{self.template}" if self.template else self.object_name

    @property
    def object_name(self) -> str:
        """Write the name of the object, which may hold more workloads."""
        return f"{self.full_kind}/{self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True)
class Raw:
    """A JSON value kept exactly as the manifest has it (canonical JSON text), for patches that guard against drift."""

    json: str


@dataclass(frozen=True, slots=True)
class Written:
    """The placement fields of the pod template as written, before the API server's defaults; None where absent.

    `init_containers` are there only where they are written as an empty list, which is no absence to a patch.
    """

    tolerations: Raw | None = None
    node_selector: Raw | None = None
    affinity: Raw | None = None
    topology_spread_constraints: Raw | None = None
    init_containers: Raw | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """What the RuntimeClass of the pods adds to what is written of them."""

    node_selector: Labels = EMPTY
    tolerations: tuple[Toleration, ...] = ()


NOTHING_ADDED = Added()


@dataclass(frozen=True, slots=True)
class Workload:
    """What makes pods: how many, from which template, and where they run today.

    `pods` is the number to plan for (0 for a DaemonSet, which has one on every node it reaches). `template_path` leads to
    the pod template in the object ("spec.template"), `spec_path` to the pod spec ("spec.template.spec"; a bare Pod has ""
    and "spec"). `running` counts today's pods per node. `claim_templates` are a StatefulSet's volumeClaimTemplates,
    and `start_ordinal` is the number of its first pod. `counted` says in words where `pods` came from, where that is not simply
    spec.replicas ("3 replicas and 1 more during a rollout (maxSurge 25%)"). `surge` of the `pods` are there during a rollout
    only, and `away` more may be missing then (maxUnavailable); where it `ends_first` all have gone before new ones come
    (Recreate), where it is `whole` all new ones run before an old one ends (blue and green). `later` of the pods come only when
    an autoscaler asks for more, or a CronJob's hour does. `run_labels` are those of the Jobs that a CronJob makes. What only a
    running cluster has is changed `by_hand`: no manifest gives it, so nothing patches it. `made_by` names what makes it where
    that is not in the input.
    `absent` are the paths of metadata and labels that the object does not have: who guards a label must know where it ends.
    One that is `stored` a cluster told: its metadata may hold labels that the API server added to what its manifest says.
    The placement of the `template` is what is `written`, what is `added` to it, and what the API server gives by default.
    `confinement`, and which labels of its pods are `held` by its selector, are known where the policy may demote what is confined
    too little.
    """

    id: WorkloadId
    api_version: str
    template: Pod
    pods: int = 1
    labels: Labels = EMPTY
    spec_path: str = "spec.template.spec"
    template_path: str = "spec.template"
    written: Written = Written()
    claim_templates: tuple[str, ...] = ()
    running: FrozenMap[int] = EMPTY_COUNTS
    counted: str = ""
    where: Source = NOWHERE
    surge: int = 0
    later: int = 0
    start_ordinal: int = 0
    away: int = 1
    ends_first: bool = False
    whole: bool = False
    run_labels: Labels = EMPTY
    by_hand: bool = False
    made_by: str = ""
    absent: tuple[str, ...] = ()
    stored: bool = False
    added: Added = NOTHING_ADDED
    confinement: Confinement | None = None
    held: tuple[str, ...] = ()

    @property
    def steady(self) -> int:
        """Count the pods that its controller keeps while nothing is rolled out."""
        return self.pods - self.surge

    @property
    def first(self) -> int:
        """Count the pods that are there once it has been applied."""
        return self.steady - self.later

    @property
    def is_daemon(self) -> bool:
        """Say whether it has one pod on every node it reaches."""
        return self.id.kind == "DaemonSet"
