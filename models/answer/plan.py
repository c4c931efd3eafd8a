"""The answer: which ring each node belongs to, where each workload goes, and what remains open."""

from dataclasses import dataclass

from models.answer.grade import Grade, Remedy
from models.answer.order_result import OrderResult, Reason
from models.disclosure import DisclosureCode
from models.frozen_map import EMPTY_COUNTS, FrozenMap
from models.kubernetes.cluster import Cluster, Statement
from models.kubernetes.node_group import KARPENTER
from models.kubernetes.resources import NOTHING, Resources
from models.kubernetes.workload import WorkloadId
from models.solver.certificate import Certificate
from models.solver.outcome import FEASIBLE, Goal
from models.trust import Trust, TrustPolicy


@dataclass(frozen=True, slots=True)
class Buy:
    """Nodes to buy: `count` of one shape in one zone, and of one pool of the ring where it has such."""

    shape: str
    zone: str
    count: int
    pool: str = ""


@dataclass(frozen=True, slots=True)
class RingPlan:
    """A ring, its groups and the nodes it gets, owned and bought, all sorted by name; `buy` sums up the bought ones.

    `grade` says how sure it is that its pods find room, `any_order` what is known of the order in which they arrive.
    `because` says why it is not proven, or whose pods stay pending.
    """

    name: str
    groups: tuple[str, ...]
    nodes: tuple[str, ...] = ()
    any_order: OrderResult | None = None
    because: Reason | None = None
    buy: tuple[Buy, ...] = ()
    grade: Grade | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the pods of one workload go: node name -> number of pods, and why they are so many where that is not plain."""

    workload: WorkloadId
    group: str
    ring: str
    pods: int
    on: FrozenMap[int]
    counted: str = ""


UNTRIED = "there was no time to look why"
"""What is said of pods without a place in kube-scheduler's stead, where time was up."""


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Pods that found no place, in kube-scheduler's own words; `reasons` counts nodes per reason.

    `alone` is what it would say if all nodes were in the workload's ring and empty, and one of each shape and zone to be had
    were there, where it still would say no.
    """

    workload: WorkloadId
    pods: int
    message: str
    reasons: FrozenMap[int] = FrozenMap()
    alone: str = ""


@dataclass(frozen=True, slots=True)
class SharedResident:
    """A workload that runs on nodes of every ring, and so joins what the rings keep apart."""

    workload: WorkloadId
    rings: tuple[str, ...]
    nodes: int
    requests: Resources = NOTHING


@dataclass(frozen=True, slots=True)
class Shortage:
    """What a ring lacks of one resource: what all its pods ask for, against what its nodes have in sum."""

    ring: str
    resource: str
    needed: int
    available: int


@dataclass(frozen=True, slots=True)
class Repair:
    """The smallest addition found with which all can be packed, or all of `ring` if given: `count` more nodes like `node`."""

    node: str
    count: int
    ring: str = ""


@dataclass(frozen=True, slots=True)
class NewGroup:
    """Nodes of a node group, by the label `key`, that make a group of their own in another ring than the others of theirs."""

    name: str
    group: str
    key: str
    ring: str
    nodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupGrowth:
    """A node group, told by `key`, that is to have `after` nodes in a ring, in place of the `before` that run."""

    group: str
    key: str
    ring: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Separation:
    """What isolation costs: the fewest nodes that hold the pods with rings and without, each with a proven lower bound."""

    nodes_with: int
    nodes_with_bound: int
    nodes_without: int
    nodes_without_bound: int


@dataclass(frozen=True, slots=True)
class Lost:
    """A node, or a zone, without which pods of a ring would be pending: how many, per workload.

    `tied` are those that nothing planned could change: no other node lets them in. Both are what the best packing leaves.
    `left` is what kube-scheduler leaves in the worst of the ways that were simulated (empty where that is no more than the best
    packing does), `order` says in which order the pods come again then.
    """

    name: str
    pending: FrozenMap[int] = EMPTY_COUNTS
    tied: FrozenMap[int] = EMPTY_COUNTS
    left: FrozenMap[int] = EMPTY_COUNTS
    order: str = ""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What becomes of a ring's pods when it loses one node, or one zone (`of` says which).

    Of `count` possible losses `tried` were looked at; after `failing` of these, pods that are not tied would be pending, and
    after `tying` of these some that are. `worst` lists those with most pods pending.

    That is about packing. Of kube-scheduler: after `proven` losses it leaves no pod pending whatever the order in which they
    come again; `simulated` losses were played through, and after `stuck` of these it left more than the best packing does.
    """

    ring: str
    of: str
    count: int
    tried: int
    failing: int = 0
    tying: int = 0
    worst: tuple[Lost, ...] = ()
    proven: int = 0
    simulated: int = 0
    stuck: int = 0

    @property
    def most_pending(self) -> int:
        """Return how many pods kube-scheduler leaves pending at most of those that the plan could do something about."""
        return max((sum(lost.left.values()) - sum(lost.tied.values()) for lost in self.worst if lost.left), default=0)


@dataclass(frozen=True, slots=True)
class Guide:
    """Node affinity that leads kube-scheduler to the plan: a workload's pods on nodes whose label `key` is one of `values`."""

    workload: WorkloadId
    key: str
    values: tuple[str, ...]
    required: bool = False


@dataclass(frozen=True, slots=True)
class Reserve:
    """Room that the plan leaves in a ring for so many more pods like a workload's, since kube-scheduler wastes some."""

    ring: str
    workload: WorkloadId
    pods: int


@dataclass(frozen=True, slots=True)
class Choice:
    """How the rings were chosen, where the policy leaves a choice: so many ways to divide the groups were `planned`.

    `goal` is what the ways were compared by once all pods have a place, with a bound that holds for every way; `whole` says
    that each way that was not planned is proven to be no better. `reason` says why no way is allowed, `apart` are groups of
    which no two may share that prove it, if there are such.
    """

    planned: int = 0
    goal: Goal | None = None
    whole: bool = False
    reason: str = ""
    apart: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Input:
    """What was read, and a digest of it: for a file that of its bytes, for a live cluster that of what was read of it.

    `role` is workloads, nodes, policy or cluster; `name` is the file as it was named, or found in a folder, "-" for stdin, and
    the name of a cluster.
    """

    role: str
    name: str
    digest: str


@dataclass(frozen=True, slots=True)
class IsolationPlan:
    """A plan that needs nothing else: patch, verify and graph read only this.

    `pods_moved` and the like are in `goals`. `not_modelled` is what the inputs ask for that this plan does not guarantee,
    `unenforced` is who could still break it. `conflict` are workloads that already contradict each other: any of them can be
    left out and the others placed if it is `conflict_smallest`, else that was not shown.

    `packing` is "exact" where the plan promises a packing only, not that kube-scheduler finds it; else `guides` and `reserves`
    are what makes kube-scheduler find room in every order that was tried, and `packing_goals` what the exact packing had reached.
    `grade` says how sure it is that no pod stays pending, of all rings together; where that is at risk, `remedies` were tried.

    Where nodes are bought, or owned ones have a price, `certificate` proves the bound of the cost, for these rings. `choice`
    says how they were chosen. `by_hand` is what somebody has to do, as nothing patches what no manifest gives. `digests` are
    those of all that the plan was made from, sorted by role and name. `new_groups` are parts of node groups that become groups of
    their own; where whole groups do not hold all pods, those that would do. `growth` are the groups that are to be larger.
    """

    name: str
    verdict: str
    policy: TrustPolicy
    cluster: Cluster
    trust: Trust
    goals: tuple[Goal, ...] = ()
    rings: tuple[RingPlan, ...] = ()
    placements: tuple[Placement, ...] = ()
    shared: tuple[SharedResident, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()
    shortages: tuple[Shortage, ...] = ()
    conflict: tuple[WorkloadId, ...] = ()
    repairs: tuple[Repair, ...] = ()
    separation: Separation | None = None
    not_modelled: tuple[Statement, ...] = ()
    unenforced: tuple[Statement, ...] = ()
    losses: tuple[Outlook, ...] = ()
    conflict_smallest: bool = False
    packing: str = ""
    guides: tuple[Guide, ...] = ()
    reserves: tuple[Reserve, ...] = ()
    packing_goals: tuple[Goal, ...] = ()
    certificate: Certificate | None = None
    choice: Choice | None = None
    by_hand: tuple[Statement, ...] = ()
    digests: tuple[Input, ...] = ()
    grade: Grade | None = None
    remedies: tuple[Remedy, ...] = ()
    new_groups: tuple[NewGroup, ...] = ()
    growth: tuple[GroupGrowth, ...] = ()

    @property
    def is_held_back(self) -> bool:
        """Say whether node groups are to be made, or to grow, before nodes and workloads get a ring.

        Karpenter makes nodes as pods ask for them, and not before.
        """
        return bool(self.new_groups or any(growth.key not in KARPENTER.keys for growth in self.growth))

    @property
    def is_at_risk(self) -> bool:
        """Say whether all pods have a place, and kube-scheduler leaves some pending in a scenario, or after a loss to survive."""
        return self.verdict == FEASIBLE and self.grade is not None and self.grade.is_at_risk

    @property
    def is_kept(self) -> bool:
        """Say whether all pods have a place, and kube-scheduler leaves none pending, as far as it was asked."""
        return self.verdict == FEASIBLE and not self.is_at_risk

    @property
    def most_pending(self) -> int:
        """Return how many pods stay pending at most: in a scenario, or after a loss that must be survived."""
        if not self.is_at_risk or self.grade is None:
            return 0
        return max(self.grade.pending, *(loss.most_pending for loss in self.losses_at_risk()), 0)

    def losses_at_risk(self, ring: str = "") -> tuple[Outlook, ...]:
        """Return the losses, of one ring or of all, that must be survived and after which only kube-scheduler leaves pods."""
        wanted = {"node": self.policy.survive.nodes, "zone": self.policy.survive.zones}
        return tuple(loss for loss in self.losses if loss.stuck and wanted[loss.of] and ring in ("", loss.ring))

    @property
    def hidden(self) -> tuple[str, ...]:
        """Name the objects that make pods which are not planned."""
        return tuple(
            sorted({statement.subject for statement in self.not_modelled if statement.code is DisclosureCode.HIDES_PODS})
        )
