"""Everything that was read about one cluster."""

from dataclasses import dataclass, replace

from models.disclosure import DisclosureCode
from models.frozen_map import FrozenMap
from models.kubernetes.labels import Labels, LabelSelector
from models.kubernetes.node import Node, NodeShape
from models.kubernetes.pod import Pod
from models.kubernetes.storage import Claim, StorageClass, Volume
from models.kubernetes.workload import Workload
from models.source import NOWHERE, Source


@dataclass(frozen=True, slots=True)
class DisruptionBudget:
    """A PodDisruptionBudget as written: at most one of the two amounts is set ("1", "50%")."""

    namespace: str
    name: str
    selector: LabelSelector | None = None
    min_available: str = ""
    max_unavailable: str = ""


@dataclass(frozen=True, slots=True)
class Resident:
    """A pod that stays where it is: a static pod, or one that no workload in the input explains and nothing may move."""

    name: str
    node: str
    pod: Pod
    where: Source = NOWHERE


@dataclass(frozen=True, slots=True)
class Statement:
    """Something the plan does not guarantee: about whom, what, where it was read, and of which kind it is."""

    subject: str
    message: str
    where: Source = NOWHERE
    code: DisclosureCode = DisclosureCode.NOT_MODELLED


@dataclass(frozen=True, slots=True)
class AdmissionHook:
    """What may refuse pods, or what makes them, or change pods as they are made: `kind` and `name` of a policy, or of webhooks.

    `digest` is that of the spec of a policy which is not bound with exceptions, and empty for all else.
    """

    kind: str
    name: str
    changes: bool = False
    digest: str = ""
    where: Source = NOWHERE


@dataclass(frozen=True, slots=True)
class Cluster:
    """Nodes and workloads, each sorted by name, and the objects that bear on placement.

    `claims` are keyed "namespace/name". `unread` lists every document that was not understood but may hide pods, and every
    field the reader saw that the model cannot express. `shapes` are nodes that could be bought; those that a plan buys are
    among its `nodes`. `kubernetes` is the minor version of the cluster ("1.36"), empty where nothing says it. What a cluster that
    is `live` lacks is not there, if its kind could be listed. Pods that nothing patches `may_move_by_hand` where there is no plan
    that keeps all of them where they run. `hooks` are asked as pods are admitted. `denying` are the
    ValidatingAdmissionPolicies that a cluster told, and that a binding puts in force without exception: name -> digest of the
    spec.
    """

    nodes: tuple[Node, ...] = ()
    workloads: tuple[Workload, ...] = ()
    namespaces: FrozenMap[Labels] = FrozenMap()
    claims: FrozenMap[Claim] = FrozenMap()
    volumes: FrozenMap[Volume] = FrozenMap()
    storage_classes: FrozenMap[StorageClass] = FrozenMap()
    budgets: tuple[DisruptionBudget, ...] = ()
    residents: tuple[Resident, ...] = ()
    unread: tuple[Statement, ...] = ()
    shapes: tuple[NodeShape, ...] = ()
    kubernetes: str = ""
    live: bool = False
    may_move_by_hand: bool = False
    denying: FrozenMap[str] = FrozenMap()
    hooks: tuple[AdmissionHook, ...] = ()


def placeless(cluster: Cluster) -> Cluster:
    """Return the cluster without the files and lines where things were read: those differ from machine to machine."""
    return replace(
        cluster,
        nodes=tuple(replace(node, where=NOWHERE) for node in cluster.nodes),
        workloads=tuple(replace(workload, where=NOWHERE) for workload in cluster.workloads),
        residents=tuple(replace(resident, where=NOWHERE) for resident in cluster.residents),
        shapes=tuple(replace(shape, where=NOWHERE) for shape in cluster.shapes),
        hooks=tuple(replace(hook, where=NOWHERE) for hook in cluster.hooks),
        unread=tuple(
            # What is said of a whole file has the file's name for its subject.
            replace(statement, subject="" if statement.subject == statement.where.file else statement.subject, where=NOWHERE)
            for statement in cluster.unread
        ),
    )
