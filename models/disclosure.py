"""What a plan may say that it does not guarantee, kind by kind: logic asks for the code, people read the sentence."""

from dataclasses import dataclass
from enum import StrEnum

from models.frozen_map import FrozenMap
from models.source import NOWHERE, Source


class DisclosureCode(StrEnum):
    """The kind of a statement; its value stands in the plan."""

    NOT_MODELLED = "not-modelled"
    HIDES_PODS = "hides-pods"
    BY_HAND = "by-hand"
    TIME_LIMIT = "time-limit"
    SCHEDULER_UNTRIED = "scheduler-untried"
    SCHEDULER_TRIED = "scheduler-tried"
    FURTHER_ROLLOUTS = "further-rollouts"
    ROLLOUTS_COUNTED = "rollouts-counted"
    ROLLOUTS_LEFT_OUT = "rollouts-left-out"
    AUTOSCALERS_NOW = "autoscalers-now"
    CRON_JOBS_ONCE = "cron-jobs-once"
    REQUESTS_MISSING = "requests-missing"
    LEVEL_DEFAULTED = "level-defaulted"
    LEVEL_DEMOTED = "level-demoted"
    LEVEL_UNUSED = "level-unused"
    RULE_UNMATCHED = "rule-unmatched"
    EXCLUDE_UNMATCHED = "exclude-unmatched"
    INCLUDE_UNMATCHED = "include-unmatched"
    NODE_LABEL_MISSING = "node-label-missing"
    DEVICES_BY_CLASS = "devices-by-class"
    DAEMONSETS_FIRST = "daemonsets-first"
    DAEMONSETS_KEPT_OFF = "daemonsets-kept-off"
    OTHER_SCHEDULER = "other-scheduler"
    SCHEDULING_GATES = "scheduling-gates"
    RUNTIME_CLASS_RING = "runtime-class-ring"
    NODES_MISSING = "nodes-missing"
    SHARING_SPLIT = "sharing-split"
    SHAPE_TOO_SMALL = "shape-too-small"
    LEVELS_MIX_TODAY = "levels-mix-today"
    RUNNING_UNKNOWN = "running-unknown"
    RING_ABANDONED = "ring-abandoned"
    LOSS_MEANING = "loss-meaning"
    LOSSES_SIMULATED = "losses-simulated"
    LOSSES_UNSIMULATED = "losses-unsimulated"
    PODS_TIED = "pods-tied"
    ZONE_MISSING = "zone-missing"
    DRAIN_BLOCKED = "drain-blocked"
    SPREAD_COUNTS_LOST_NODES = "spread-counts-lost-nodes"
    EVICTED_BY_TAINT = "evicted-by-taint"
    DATA_ON_NODE = "data-on-node"
    VOLUMES_COUNTED = "volumes-counted"
    VOLUMES_UNCOUNTED = "volumes-uncounted"
    VOLUMES_STAY = "volumes-stay"
    CLAIM_MISSING = "claim-missing"
    CLAIM_UNKNOWN = "claim-unknown"
    CLAIMS_UNREAD = "claims-unread"
    CLAIM_WITHOUT_CLASS = "claim-without-class"
    CLAIM_BOUND_FIRST = "claim-bound-first"
    CLAIM_SHARED = "claim-shared"
    STORAGE_CLASS_UNKNOWN = "storage-class-unknown"
    VOLUME_UNKNOWN = "volume-unknown"
    VOLUME_BY_NAME = "volume-by-name"
    VOLUME_MISSING = "volume-missing"
    VOLUME_TAKEN = "volume-taken"
    NO_ADMISSION = "no-admission"
    ADMISSION = "admission"
    KUBELET_LABEL = "kubelet-label"
    GROUP_LABEL = "group-label"
    GROUP_RAISES = "group-raises"
    GROUPS_JOINED = "groups-joined"
    LEVEL_UNCLAIMED = "level-unclaimed"
    LEVEL_OPEN = "level-open"
    TENANT_OPEN = "tenant-open"
    EVERYWHERE_OPEN = "everywhere-open"
    IMAGES_DECIDE = "images-decide"
    IMAGES_EVADED = "images-evaded"
    NAMESPACES_DECIDE = "namespaces-decide"
    NODE_NAME = "node-name"
    TOLERATES_EVERY_RING = "tolerates-every-ring"
    STATIC_POD = "static-pod"
    STATIC_POD_LEVEL = "static-pod-level"
    NODE_WITHOUT_RING = "node-without-ring"
    SHARED_RESIDENTS = "shared-residents"


Parameter = str | int | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Something the plan does not guarantee, as data: of which kind, about whom, and what its sentence names."""

    code: DisclosureCode
    subject: str
    parameters: FrozenMap[Parameter] = FrozenMap()
    where: Source = NOWHERE

    @classmethod
    def of(cls, code: DisclosureCode, subject: str, where: Source = NOWHERE, /, **parameters: Parameter) -> "Disclosure":
        """Make one with these parameters."""
        return cls(code, subject, FrozenMap(parameters), where)
