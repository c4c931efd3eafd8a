"""Files, folders, a live cluster or a plan -> an Estate."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Statement
from models.trust import Membership, Trust, TrustPolicy
from planner import read
from planner.check.estate.estate import Estate, LevelFault
from planner.check.estate.item import Item
from planner.errors import BadInput, Fault
from planner.read.cluster.build import Intake
from planner.read.cluster.nodes import read_node
from planner.read.documents.document import Document, Loading, collector_at_rest
from planner.read.documents.field import Notebook
from planner.read.documents.inventory_only import is_foreign
from planner.read.live.documents import Live
from planner.read.live.resources import Listed
from planner.read.schema.known_kinds import GROUP, NODE, PLAN, SHAPE, Kind, group_of
from planner.trust import arranged
from planner.trust.left_alone import without_left_alone
from planner.trust.members import member
from planner.trust.rings import relation, rings

if TYPE_CHECKING:
    from models.answer.plan import IsolationPlan
    from models.kubernetes.node import Node
    from planner.inputs import Inputs

_RBAC = "rbac.authorization.k8s.io/v1"
RIGHTS = (
    Listed("v1", "ServiceAccount", "serviceaccounts"),
    Listed(_RBAC, "ClusterRole", "clusterroles"),
    Listed(_RBAC, "ClusterRoleBinding", "clusterrolebindings"),
    Listed(_RBAC, "Role", "roles"),
    Listed(_RBAC, "RoleBinding", "rolebindings"),
)
"""What a plan needs not know, and who asks who may do what does."""
PLACING: tuple[Kind, ...] = (
    ("admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding"),
    ("agents.x-k8s.io", "Sandbox"),
    ("extensions.agents.x-k8s.io", "SandboxTemplate"),
    ("extensions.agents.x-k8s.io", "SandboxWarmPool"),
    ("karpenter.sh", "NodePool"),
    ("kueue.x-k8s.io", "ResourceFlavor"),
    ("kyverno.io", "ClusterPolicy"),
    ("kyverno.io", "Policy"),
    ("policies.kyverno.io", "MutatingPolicy"),
    ("policies.kyverno.io", "ValidatingPolicy"),
)
"""Custom resources that bear on who gets where, for clusters that have them."""


@dataclass(slots=True)
class _Harvest:
    """What is kept of the documents as they pass."""

    policy: TrustPolicy | None
    is_live: bool
    items: list[Item] = field(default_factory=list)
    nodes: "list[Node]" = field(default_factory=list)
    notebook: Notebook = field(default_factory=Notebook)
    intake: Intake | None = None

    def __post_init__(self) -> None:
        if self.policy:
            self.intake = Intake(self.policy, live=self.is_live)

    def take(self, document: Document) -> None:
        """Keep an object; with a policy read it as a plan does, too. A plan is no manifest, though it has templates in it."""
        kind = group_of(document.api_version), document.kind
        if kind == PLAN:
            return
        try:
            self.items.append(Item(document, document.tree()))
            if kind == NODE and document.is_inventory and not self.intake:
                self.nodes.append(read_node(document, self.notebook))
        except BadInput as bad:
            self.notebook.faults.extend(bad.faults)
        if self.intake and kind not in _EXTRA and not (kind in (NODE, SHAPE, GROUP) and is_foreign(document)):
            # Nothing is planned here, so classes of pods may come with the manifests; not so machines and namespaces' labels.
            self.intake.add(replace(document, is_inventory=True) if is_foreign(document) else document)

    def estate(self, ignored: "list[Statement]") -> Estate:
        """Return all of it, or raise BadInput with everything wrong with it."""
        if self.intake:
            self.intake.notebook.faults += self.notebook.faults
            cluster = self.intake.cluster(ignored, whole=False)
            cluster = without_left_alone(self.policy, cluster) if self.policy else cluster
            told = Estate(self.items, cluster.nodes, self.policy, cluster, is_live=self.is_live, unread=cluster.unread)
            return _with_levels(told)
        if self.notebook.faults:
            raise BadInput(self.notebook.faults)
        nodes = sorted(self.nodes, key=lambda node: node.name)
        return Estate(self.items, nodes, is_live=self.is_live, unread=tuple(ignored))


_EXTRA = frozenset((group_of(listed.api_version), listed.kind) for listed in RIGHTS) | {*PLACING}


def read_estate(inputs: "Inputs", plan: "IsolationPlan | None" = None) -> Estate:
    """Read what is named, or raise BadInput with everything wrong with it; a plan brings policy, nodes and levels of its own."""
    policy = plan.policy if plan else read.read_policy(inputs.policy, inputs.stdin) if inputs.policy else None
    harvest = _Harvest(None if plan else policy, inputs.live)
    if inputs.live:
        estate = _live(inputs, policy, harvest)
    elif inputs.workloads or inputs.nodes:
        estate = _files(inputs, harvest)
    else:
        estate = Estate()
    if plan is None:
        return estate
    today = [node for node in plan.cluster.nodes if not node.shape]
    return replace(estate, policy=policy, cluster=plan.cluster, trust=plan.trust, plan=plan, today=estate.today or today)


def _files(inputs: "Inputs", harvest: _Harvest) -> Estate:
    loading = Loading(inputs.workloads, inputs.stdin, nodes=inputs.nodes)
    with collector_at_rest():
        for document in loading:
            harvest.take(document)
            if harvest.notebook.faults.are_endless:
                break
    harvest.notebook.faults += loading.faults
    return harvest.estate(loading.ignored)


def _live(inputs: "Inputs", policy: TrustPolicy | None, harvest: _Harvest) -> Estate:
    live = Live(inputs.context, inputs.kubeconfig, policy, inputs.timeout, inputs.most, RIGHTS, PLACING)
    with live.secrets.struck():
        for document in live:
            harvest.take(document)
        return harvest.estate(live.unread)


def _with_levels(estate: Estate) -> Estate:
    """Return the estate with every workload's level; what has none, or one that it may not have, is kept as a fault."""
    policy, cluster = estate.policy, estate.cluster
    if policy is None:
        return estate
    members, groups, refused = dict[str, Membership](), set(), list[LevelFault]()
    for workload in cluster.workloads:
        faults: list[Fault] = []
        group, membership = member(workload, policy, cluster, faults)
        members[str(workload.id)] = membership
        groups |= {group} if group else set()
        refused += (LevelFault(workload, fault) for fault in faults)
    ordered = tuple(sorted(groups))
    trusted = Trust(ordered, (), FrozenMap(members), relation(ordered, policy))
    sets = [ring.groups for ring in rings([group.name for group in ordered], trusted.sharing)]
    return replace(estate, trust=arranged(trusted, sets), refused=tuple(refused))


def notes(estate: Estate) -> Iterator[str]:
    """Yield what a live cluster did not tell: rules that ask for it found nothing."""
    for statement in estate.unread if estate.is_live else ():
        yield f"{statement.subject}: {statement.message}"
