"""Something wrong, or worth knowing, about a plan."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from models.frozen_map import FrozenMap
from models.source import NOWHERE, Source

ERROR = "error"
WARNING = "warning"
INFO = "info"


class FindingCode(StrEnum):
    """Which check a finding is of."""

    AGAINST_FILE = "against-file"
    AGAINST_NODE = "against-node"
    AGAINST_OBJECT = "against-object"
    AGAINST_POLICY = "against-policy"
    AGAINST_RUNNING = "against-running"
    AGAINST_UNREAD = "against-unread"
    AGAINST_WORKLOAD = "against-workload"
    ANY_ORDER = "any-order"
    BOUGHT_COUNT = "bought-count"
    BOUGHT_IDLE = "bought-idle"
    BOUGHT_NAMES = "bought-names"
    BOUGHT_TOO_MANY = "bought-too-many"
    BOUND_UNPROVEN = "bound-unproven"
    BUDGET_AMOUNT = "budget-amount"
    BY_HAND_MISSING = "by-hand-missing"
    BY_HAND_UNTRUE = "by-hand-untrue"
    CERTIFICATE_BROKEN = "certificate-broken"
    CERTIFICATE_SHORT = "certificate-short"
    CHOICE_BASELESS = "choice-baseless"
    CHOICE_GOAL = "choice-goal"
    CHOICE_REASON = "choice-reason"
    CONFLICT_BASELESS = "conflict-baseless"
    CONFLICT_MEMBER = "conflict-member"
    CONFLICT_MISSING = "conflict-missing"
    CONFLICT_PLACED = "conflict-placed"
    CONFLICT_SMALLEST = "conflict-smallest"
    CONFLICT_UNTRUE = "conflict-untrue"
    COUNTED_UNTRUE = "counted-untrue"
    DAEMON_NODES = "daemon-nodes"
    DAEMON_PENDING = "daemon-pending"
    DOES_NOT_SURVIVE = "does-not-survive"
    EVERYWHERE_TAGGED = "everywhere-tagged"
    EXCLUDED_IN_RING = "excluded-in-ring"
    GOALS_MISSING = "goals-missing"
    GOALS_ORDER = "goals-order"
    GOAL_BOUND = "goal-bound"
    GOAL_COST = "goal-cost"
    GOAL_DATA = "goal-data"
    GOAL_HEADROOM = "goal-headroom"
    GOAL_MOVES = "goal-moves"
    GOAL_RELABELS = "goal-relabels"
    GOAL_SENSE = "goal-sense"
    GOAL_UNKNOWN = "goal-unknown"
    GOAL_UNPLACED = "goal-unplaced"
    GRADE_MISSING = "grade-missing"
    GRADE_UNTRUE = "grade-untrue"
    GROUPS_DIFFER = "groups-differ"
    GROUP_NOWHERE = "group-nowhere"
    GROUP_TWICE = "group-twice"
    GROUP_UNKNOWN = "group-unknown"
    GUIDE_UNTRUE = "guide-untrue"
    INPUTS_REFUSED = "inputs-refused"
    INPUT_MISNAMED = "input-misnamed"
    INPUT_TWICE = "input-twice"
    LABELS_ABSENT = "labels-absent"
    LEVEL_MISSING = "level-missing"
    LEVEL_NOT_CLAIMED = "level-not-claimed"
    LEVEL_UNKNOWN = "level-unknown"
    LEVEL_UNMET = "level-unmet"
    LOSSES_MISSING = "losses-missing"
    LOSSES_UNTRUE = "losses-untrue"
    MEMBERSHIP_BECAUSE = "membership-because"
    MEMBERSHIP_BELIEVED = "membership-believed"
    MEMBERSHIP_DEMOTED = "membership-demoted"
    MEMBERSHIP_EVERYWHERE = "membership-everywhere"
    MEMBERSHIP_GROUP = "membership-group"
    MEMBERSHIP_MISSING = "membership-missing"
    MEMBERSHIP_RING = "membership-ring"
    MEMBERSHIP_RULE = "membership-rule"
    MEMBERSHIP_UNKNOWN = "membership-unknown"
    NEW_GROUP_UNTRUE = "new-group-untrue"
    NODE_AFFINITY = "node-affinity"
    NODE_EXCLUDED = "node-excluded"
    NODE_GROUP_GROWTH = "node-group-growth"
    NODE_GROUP_SPLIT = "node-group-split"
    NODE_MIXES = "node-mixes"
    NODE_NAME = "node-name"
    NODE_PORTS = "node-ports"
    NODE_RESOURCES = "node-resources"
    NODE_TWICE = "node-twice"
    NODE_UNKNOWN = "node-unknown"
    NODE_UNSCHEDULABLE = "node-unschedulable"
    NOT_MODELLED_MISSING = "not-modelled-missing"
    NOT_MODELLED_UNTRUE = "not-modelled-untrue"
    NOT_SIMULATED = "not-simulated"
    NOT_SOLVED_AGAIN = "not-solved-again"
    PACKING_COST = "packing-cost"
    PACKING_UNKNOWN = "packing-unknown"
    PLACEMENT_GROUP = "placement-group"
    PLACEMENT_NODE_UNKNOWN = "placement-node-unknown"
    PLACEMENT_OUTSIDE_RING = "placement-outside-ring"
    PLACEMENT_RING = "placement-ring"
    PLACEMENT_SUM = "placement-sum"
    PLACEMENT_TWICE = "placement-twice"
    PLAN_NAME = "plan-name"
    PODS_MISCOUNTED = "pods-miscounted"
    POD_AFFINITY = "pod-affinity"
    POD_ANTI_AFFINITY = "pod-anti-affinity"
    POD_TOPOLOGY_SPREAD = "pod-topology-spread"
    POOL_NAME = "pool-name"
    PROMISE = "promise"
    PROMISE_BASELESS = "promise-baseless"
    PROMISE_MISSING = "promise-missing"
    READ_WRITE_ONCE_POD = "read-write-once-pod"
    REMEDY_UNTRUE = "remedy-untrue"
    REPAIR_UNTRUE = "repair-untrue"
    RESERVE_UNTRUE = "reserve-untrue"
    RINGS_DIFFER = "rings-differ"
    RING_LIMIT = "ring-limit"
    RING_MIXES = "ring-mixes"
    RING_NAME = "ring-name"
    RING_TWICE = "ring-twice"
    SEPARATION_BOUND = "separation-bound"
    SEPARATION_UNTRUE = "separation-untrue"
    SHAPE_DIFFERS = "shape-differs"
    SHAPE_UNKNOWN = "shape-unknown"
    SHAPE_ZONE = "shape-zone"
    SHARED_MISSING = "shared-missing"
    SHARED_NODES = "shared-nodes"
    SHARED_REQUESTS = "shared-requests"
    SHARED_RINGS = "shared-rings"
    SHARED_UNTRUE = "shared-untrue"
    SHARING_DIFFERS = "sharing-differs"
    SHORTAGE_UNTRUE = "shortage-untrue"
    STATEFUL_VOLUMES = "stateful-volumes"
    STATIC_POD_DOUBTED = "static-pod-doubted"
    STATIC_POD_LIFTS = "static-pod-lifts"
    STATIC_POD_MIXES = "static-pod-mixes"
    TAGS_DISAGREE = "tags-disagree"
    TAINT_TOLERATION = "taint-toleration"
    TEMPLATE_DIFFERS = "template-differs"
    TENANT_MISSING = "tenant-missing"
    TRUST_DIFFERS = "trust-differs"
    UNENFORCED_MISSING = "unenforced-missing"
    UNENFORCED_UNTRUE = "unenforced-untrue"
    UNPLACED_ALONE = "unplaced-alone"
    UNPLACED_COUNT = "unplaced-count"
    UNPLACED_FITS = "unplaced-fits"
    UNPLACED_REASONS = "unplaced-reasons"
    VERDICT = "verdict"
    VOLUME_BINDING = "volume-binding"
    VOLUME_ZONE = "volume-zone"
    WORKLOAD_CONTRADICTS = "workload-contradicts"
    WORKLOAD_DROPPED = "workload-dropped"
    WORKLOAD_UNKNOWN = "workload-unknown"
    WRITTEN_ELSEWHERE = "written-elsewhere"
    WRITTEN_OTHERWISE = "written-otherwise"


class Difference(NamedTuple):
    """A field that is another: what the plan has there, and what is there now; None where there is nothing."""

    path: str
    said: str | None
    now: str | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One observation, as data: which check it is of, whom it is about, and what its sentence names.

    A parameter is anything that can be compared and hashed; of several sentences the parameter `case` says which.
    """

    code: FindingCode
    severity: str
    subject: str
    parameters: FrozenMap[Any] = FrozenMap()
    where: Source = NOWHERE

    @classmethod
    # By position alone, so that a parameter may have any name, as subject and code.
    def of(cls, code: FindingCode, severity: str, subject: object, where: Source = NOWHERE, /, **parameters: Any) -> "Finding":
        """Make one with these parameters."""
        return cls(code, severity, str(subject), FrozenMap(parameters), where)

    @property
    def case(self) -> str:
        """Return which of the sentences of its code it is; empty where there is one."""
        return str(self.parameters.get("case", ""))
