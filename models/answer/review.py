"""The capacity review of a plan: what is taken and free, which nodes could go, what isolation costs, who pays, and what if."""

from dataclasses import dataclass

from models.answer.plan import Outlook
from models.answer.review_usage import UsageReview
from models.answer.tax import Sharing, Tax
from models.answer.usage import Usage
from models.frozen_map import EMPTY_COUNTS, FrozenMap
from models.kubernetes.resources import Resources


@dataclass(frozen=True, slots=True)
class Amount(Usage):
    """One resource of some nodes: what their pods request, and what the nodes have.

    Of what is requested, `daemons` is for what runs on nodes of every ring, and for static pods. Of what is free, `stranded` is
    on nodes that take not one more pod of any workload of their ring, nor the smallest standard pod.
    """

    requested: int = 0
    allocatable: int = 0
    daemons: int = 0
    stranded: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """Some nodes of a ring: all of them, or those of a zone, of an instance type or of a node group."""

    name: str
    nodes: int
    pods: int
    amounts: FrozenMap[Amount]

    @property
    def scarcest(self) -> str:
        """Return the resource of which the largest part is taken; the first by name of equals."""
        return max(sorted(self.amounts), key=lambda name: self.amounts[name].share, default="")

    @property
    def fill(self) -> float:
        """Return the part of the scarcest resource that is taken."""
        return self.amounts[self.scarcest].share if self.amounts else 0.0


@dataclass(frozen=True, slots=True)
class More:
    """How many more pods of one kind a ring takes, bound one at a time beside those that the plan has.

    There may be more where it says `or_more`, and None where it was beyond the work that a review may do. Where there is no room
    for one, `why` is what kube-scheduler would say of most nodes.
    """

    name: str
    requests: Resources
    pods: int | None
    or_more: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Largest:
    """The largest pod that still fits on one node of a ring, by one resource or by `cpu and memory` together."""

    by: str
    node: str
    requests: Resources


@dataclass(frozen=True, slots=True)
class NodeReview:
    """One node as the plan leaves it: where it is, what it is, who is on it, and whether it `could_go`."""

    name: str
    ring: str
    zone: str
    type: str
    group: str
    standing: str
    bought: bool
    price: int
    amounts: FrozenMap[Amount]
    pods: FrozenMap[int]
    daemons: tuple[str, ...]
    could_go: bool = False


@dataclass(frozen=True, slots=True)
class Keeper:
    """What keeps a node in its ring, or what is in the way of draining one that could go.

    `kind` is room, volume, rule, budget, pod, data, survive, ring size, node group size, kube-scheduler or unknown; `who` is a
    workload, a budget, the ring, a node group or the policy.
    """

    node: str
    kind: str
    who: str
    why: str


@dataclass(frozen=True, slots=True)
class Removable:
    """Of a ring's `nodes` its pods need at most `fewest` by packing, and at least `bound` in any way.

    Those in `could_go` are not needed: the review's plan `without` them says whether kube-scheduler does with the others, which
    are more than the fewest where it takes more. `keepers` say for each other node what keeps it, `before` what has to be done
    before one that could go is drained. It is not `solved` where no answer was found.
    """

    ring: str
    nodes: int
    fewest: int
    bound: int
    could_go: tuple[str, ...] = ()
    saves: int = 0
    keepers: tuple[Keeper, ...] = ()
    before: tuple[Keeper, ...] = ()
    solved: bool = True


@dataclass(frozen=True, slots=True)
class Growth:
    """By how many per cent all workloads of a ring can grow on the nodes that it has, by packing.

    It was not asked for more where it says `or_more`. It is `proven` where one per cent more is proven not to fit.
    """

    percent: int
    or_more: bool = False
    proven: bool = False


@dataclass(frozen=True, slots=True)
class Runway:
    """For how many whole months a ring holds its pods on the nodes that it has, by packing, if they grow at a `rate` per month.

    The rate is in hundredths of a per cent. Growth is compound. How far the ring can grow is what `Growth` says.
    """

    rate: int
    months: int
    or_more: bool = False


@dataclass(frozen=True, slots=True)
class GroupReview:
    """A trust group, of workloads that trust each other: its ring, the groups that it may share nodes with, and what is in it."""

    name: str
    level: str
    tenant: str
    ring: str
    may_share: tuple[str, ...]
    workloads: tuple[str, ...]
    pods: int


@dataclass(frozen=True, slots=True)
class Resident:
    """A workload on nodes of several rings, which joins what they keep apart."""

    name: str
    rings: tuple[str, ...]
    nodes: int
    host_network: bool


@dataclass(frozen=True, slots=True)
class Charge:
    """What a namespace takes of one ring: its own requests, its share of what is idle there, and of what daemons take.

    Own, idle and daemons add up to what the ring's nodes have. `nodes` are thousandths of a node, `cost` millionths per hour.
    The namespace is empty for a ring in which no pod requests anything.
    """

    ring: str
    tenant: str
    namespace: str
    pods: int
    own: Resources
    idle: Resources
    daemons: Resources
    nodes: int
    cost: int


@dataclass(frozen=True, slots=True)
class RingFill:
    """How much of the scarcer of cpu and memory is requested in a ring."""

    ring: str
    resource: str
    thousandths: int


@dataclass(frozen=True, slots=True)
class Scenario:
    """A full plan of a changed input, beside the one that is reviewed: what was changed, and what became of it.

    `nodes` are those that rings have, `cost` is in millionths per hour (None where nothing has a price). `pending` pods stay
    pending at most as kube-scheduler binds them, and `short` are the rings that lack room, by the pods that have no place there.
    `losses` say what the loss of a node or of a zone does to each ring then.

    `relabelled` counts the nodes that get another ring, by node group and by ring: "general-a from partner to internal". `as_is`
    says whether the rings hold their pods on the nodes that they have now, less those that are gone: None where it is not known.
    `saves` says what the change saves of what the plan needs. `fullest` says how full each ring is if all pods have a place.
    """

    change: str
    verdict: str
    holds: bool
    nodes: int
    bought: int
    pods: int
    unplaced: int
    pending: int
    cost: int | None
    short: FrozenMap[int] = FrozenMap()
    repair: str = ""
    losses: tuple[Outlook, ...] = ()
    relabelled: FrozenMap[int] = EMPTY_COUNTS
    as_is: bool | None = None
    saves: str = ""
    fullest: tuple[RingFill, ...] = ()


@dataclass(frozen=True, slots=True)
class RingReview:
    """One ring: `status` is short, tight or fine, and `because` says why.

    `beyond` says beyond which thresholds of the policy it is, and how far. `homeless` are the pods without a place by workload;
    they are `unplaced` in all.
    """

    name: str
    levels: tuple[str, ...]
    groups: tuple[str, ...]
    status: str
    because: str
    whole: Part
    zones: tuple[Part, ...]
    types: tuple[Part, ...]
    node_groups: tuple[Part, ...]
    largest: tuple[Largest, ...]
    more: tuple[More, ...]
    standard: tuple[More, ...]
    losses: tuple[Outlook, ...] = ()
    unplaced: int = 0
    homeless: FrozenMap[int] = EMPTY_COUNTS
    cost: int = 0
    removable: Removable | None = None
    growth: Growth | None = None
    beyond: tuple[str, ...] = ()
    runway: Runway | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """What one of several plans comes to; `fill` is that of its `fullest` ring, in thousandths, and `cost` in millionths."""

    name: str
    verdict: str
    rings: int
    nodes: int
    pods: int
    unplaced: int
    fullest: str
    fill: int
    cost: int | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed `since` the plan before: workloads and nodes that came and went, nodes of another ring, pods that move.

    Groups that are `now_together` share a ring, and those that are `now_apart` do so no more. `cost` is the difference, in
    millionths per hour.
    """

    since: str
    came: tuple[str, ...]
    went: tuple[str, ...]
    nodes_came: tuple[str, ...]
    nodes_went: tuple[str, ...]
    nodes_moved: FrozenMap[int]
    pods_moved: int
    now_together: tuple[str, ...]
    now_apart: tuple[str, ...]
    cost: int | None


@dataclass(frozen=True, slots=True)
class Limit:
    """Something that the review does not cover, or that no plan can: what it is, and what it means."""

    subject: str
    message: str


@dataclass(frozen=True, slots=True)
class Review:
    """The review of a plan; `levels` are those of its policy, and `priced` says whether any of its nodes has a price.

    One that is `quick` asks the solver nothing. `usage` is there if somebody has measured it. `without` is a full plan without
    the nodes that could go, so that kube-scheduler has its say, too. `add_ons` says what leaves CoreDNS and its like without a
    node, and what to do; it is empty where they have one.
    """

    name: str
    verdict: str
    headline: str
    holds: bool
    levels: tuple[str, ...]
    priced: bool
    rings: tuple[RingReview, ...]
    nodes: tuple[NodeReview, ...]
    charges: tuple[Charge, ...]
    tax: Tax | None = None
    without: Scenario | None = None
    quick: bool = False
    scenarios: tuple[Scenario, ...] = ()
    trend: tuple[Past, ...] = ()
    difference: Difference | None = None
    limits: tuple[Limit, ...] = ()
    groups: tuple[GroupReview, ...] = ()
    residents: tuple[Resident, ...] = ()
    sharing: Sharing | None = None
    usage: UsageReview | None = None
    add_ons: str = ""
