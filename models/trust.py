"""Who trusts whom: the policy as the user writes it, and the groups and rings that follow from it."""

from dataclasses import dataclass

from models.frozen_map import FrozenMap
from models.kubernetes.labels import LabelSelector
from models.source import NOWHERE, Source

LEVEL_LABEL = "ringfence.dev/trust-level"
TENANT_LABEL = "ringfence.dev/tenant"


@dataclass(frozen=True, slots=True)
class PolicyLabels:
    """The label keys under which workloads and namespaces say their level and their tenant."""

    level: str = LEVEL_LABEL
    tenant: str = TENANT_LABEL


@dataclass(frozen=True, slots=True)
class Match:
    """Which workloads are meant: every field that is given must match; patterns as in file names ("vault-*").

    `kind` is KIND, or KIND.GROUP to mean that of one API group alone. `images` must fit every image that a pod brings, of init
    and ephemeral containers and image volumes too; of `any_image` it is enough that one does.
    """

    kind: str = ""
    namespaces: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    labels: LabelSelector | None = None
    any_image: tuple[str, ...] = ()

    @property
    def asks_for_images(self) -> bool:
        """Say whether it looks at images."""
        return bool(self.images or self.any_image)


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who may carry a level: workloads of these namespaces."""

    level: str
    namespaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assurance:
    """What workloads of a level, and nodes of its ring, must be like; nothing is asked of what is left out.

    `pod_security` is a Pod Security Standard, `images` are patterns of which each image must fit one. `kubelet` and `kernel` are
    versions that no node may be older than; a ring whose nodes are to be `uniform` has one operating system image. Where it may
    `demote`, workloads that do not meet it fall to the next level that they may have and do meet.
    """

    level: str
    demote: bool = False
    pod_security: str = ""
    run_as_non_root: bool = False
    seccomp: bool = False
    app_armor: bool = False
    se_linux: bool = False
    user_namespaces: bool = False
    no_host_path: bool = False
    images: tuple[str, ...] = ()
    digests: bool = False
    runtime_classes: tuple[str, ...] = ()
    kubelet: str = ""
    kernel: str = ""
    uniform: bool = False

    @property
    def asks_workloads(self) -> bool:
        """Say whether it asks anything of workloads, and not of nodes alone."""
        flags = (self.run_as_non_root, self.seccomp, self.app_armor, self.se_linux, self.user_namespaces, self.no_host_path)
        return any((self.pod_security, self.images, self.digests, self.runtime_classes, *flags))


@dataclass(frozen=True, slots=True)
class Assignment:
    """The level (and tenant) of workloads that carry no tag."""

    level: str
    match: Match = Match()
    tenant: str = ""


KUBELET_PROOF = "node-restriction.kubernetes.io/"


@dataclass(frozen=True, slots=True)
class NodeGroups:
    """How nodes are grouped: `by` the value of a label, or by the labels of the providers that are known where it is empty.

    Where `split` is "never" all nodes of a group are of one ring; "allow" makes a part of a group a new group where that is
    needed.
    """

    by: str = ""
    split: str = "never"


@dataclass(frozen=True, slots=True)
class PolicyNodes:
    """How rings are written on nodes, and which nodes the plan leaves alone.

    It leaves alone those of the control plane too, unless `include` selects them.
    """

    label_key: str = "ringfence.node-restriction.kubernetes.io/ring"
    # Not under node-restriction.kubernetes.io like the labels: NodeRestriction lets no kubelet change its taints at all.
    taint_key: str = "ringfence.dev/ring"
    exclude: LabelSelector | None = None
    pool_key: str = "ringfence.node-restriction.kubernetes.io/pool"
    include: LabelSelector | None = None
    groups: NodeGroups = NodeGroups()

    @property
    def is_kubelet_proof(self) -> bool:
        """Say whether NodeRestriction keeps kubelets from the label of rings."""
        prefix = self.label_key.rpartition("/")[0] + "/"
        return prefix == KUBELET_PROOF or prefix.endswith("." + KUBELET_PROOF)


@dataclass(frozen=True, slots=True)
class Survive:
    """How many of its nodes, and how many of its zones, each ring may lose at once and still hold its pods: 0 or 1."""

    nodes: int = 0
    zones: int = 0


@dataclass(frozen=True, slots=True)
class RingNodes:
    """How many nodes a ring has, at least and at most: every ring, or the one that holds any of the `groups` named.

    A group is named as in `mayShare`. A ring to which several of these speak obeys them all.
    """

    min: int = 0
    max: int | None = None
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Demand:
    """How many pods of a workload to plan for.

    `surge` counts the pods that a rollout adds for a while. `hpa` counts an autoscaled workload at its maximum ("max") or
    at what it runs today ("now"). `cron_jobs` counts the runs that may overlap ("overlap") or a single one ("one").
    """

    surge: bool = True
    hpa: str = "max"
    cron_jobs: str = "overlap"


@dataclass(frozen=True, slots=True)
class Admission:
    """Whom the admission policies let do what they refuse to others: names of users, or of groups of users.

    `admins` may do all of it by hand, `schedulers` bind pods, and `provisioners` give nodes their ring. Where nobody is named
    (None), that is Karpenter if it makes nodes of the plan, and nobody otherwise.
    """

    # kubeadm's admin.conf is of the second group since 1.29, and no longer of the first.
    admins: tuple[str, ...] = ("system:masters", "kubeadm:cluster-admins")
    schedulers: tuple[str, ...] = ("system:kube-scheduler",)
    provisioners: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What a review takes for a no: of every ring, so much of a resource requested at most, and so many more pods at least.

    Shares are written "85%", pods by their standard size.
    """

    max_requested: FrozenMap[str] = FrozenMap()
    min_free_pods: FrozenMap[int] = FrozenMap()


@dataclass(frozen=True, slots=True)
class TrustPolicy:
    """The user's statement of trust; field names are those of the TrustPolicy document's spec.

    `pod_templates` maps "apiVersion/kind" of a custom resource to the path of the pod template in it, or to several. `guide` is
    the strongest node affinity that may lead kube-scheduler to the plan: none, prefer or require.
    """

    name: str
    levels: tuple[str, ...]
    labels: PolicyLabels = PolicyLabels()
    claims: tuple[Claimant, ...] = ()
    assign: tuple[Assignment, ...] = ()
    untagged: str = "refuse"
    separate_tenants: tuple[str, ...] = ()
    may_share: tuple[tuple[str, ...], ...] = ()
    everywhere: tuple[Match, ...] = ()
    nodes: PolicyNodes = PolicyNodes()
    pod_templates: FrozenMap[str | tuple[str, ...]] = FrozenMap()
    survive: Survive = Survive()
    demand: Demand = Demand()
    guide: str = "prefer"
    max_rings: int | None = None
    ring_nodes: tuple[RingNodes, ...] = ()
    admission: Admission = Admission()
    requires: tuple[Assurance, ...] = ()
    review: Thresholds = Thresholds()
    where: Source = NOWHERE

    def template_paths(self, name: str) -> tuple[str, ...]:
        """Return the paths of pod templates in objects of "apiVersion/kind"; [*] in one stands for every item, or key."""
        paths = self.pod_templates.get(name, ())
        return (paths,) if isinstance(paths, str) else paths


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """Workloads that carry the same level and, where the policy separates them, the same tenant."""

    level: str
    tenant: str = ""

    @property
    def name(self) -> str:
        """Write it as LEVEL or LEVEL/TENANT."""
        return f"{self.level}/{self.tenant}" if self.tenant else self.level


@dataclass(frozen=True, slots=True)
class Ring:
    """Groups that all may share a node; `name` is a valid label value."""

    name: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Membership:
    """What a workload is: a member of a group in a ring, or a shared resident of every ring (both empty).

    `because` says in words where the level came from ("label ringfence.dev/trust-level on the pod template").
    `believed` is true where nobody but the workload itself says that it may carry the level. `rule` is the number of the rule
    under spec.assign that gave the level, or of the entry under spec.everywhere that let it in. `demoted` is the level that it
    was given and does not meet, if it fell from one.
    """

    group: str = ""
    ring: str = ""
    everywhere: bool = False
    because: str = ""
    believed: bool = False
    rule: int | None = None
    demoted: str = ""


@dataclass(frozen=True, slots=True)
class Trust:
    """The policy applied to a cluster: its groups, its rings, and the membership of every workload.

    `members` is keyed by str(WorkloadId). `sharing` lists the pairs of groups that trust each other.
    """

    groups: tuple[Group, ...]
    rings: tuple[Ring, ...]
    members: FrozenMap[Membership]
    sharing: tuple[tuple[str, str], ...] = ()
