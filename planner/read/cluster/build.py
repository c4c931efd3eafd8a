"""Documents -> Cluster: every document is read, owners are followed, and everything is sorted by name."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import reduce

from models.frozen_map import FrozenMap
from models.kubernetes import version
from models.kubernetes.cluster import Cluster, Statement
from models.kubernetes.node import Node, NodeShape
from models.kubernetes.resources import NOTHING, Resources, add, largest
from models.kubernetes.workload import Workload
from models.source import Source
from models.trust import Demand, Survive, TrustPolicy
from planner.errors import BadInput, Fault
from planner.read.cluster import kustomizations
from planner.read.cluster.misplaced_tags import MisplacedTags
from planner.read.cluster.nodes import read_node
from planner.read.cluster.objects import ClusterObjects
from planner.read.cluster.unbelieved_fields import UnbelievedFields
from planner.read.cluster.unsupported_kinds import UnsupportedObject, statements_about_hidden, unsupported_object
from planner.read.documents.did_you_mean import nearest
from planner.read.documents.document import Document
from planner.read.documents.field import Notebook, Spot, spot_of
from planner.read.documents.inventory_only import in_manifests, is_foreign
from planner.read.documents.syntax.type_errors import TypeMismatch
from planner.read.groups.node_group import read_group
from planner.read.groups.providers import read_provider_groups
from planner.read.groups.shapes import grown_shapes
from planner.read.groups.written import WrittenGroup
from planner.read.own_kinds.node_shape import read_shape
from planner.read.pods import controller_labels
from planner.read.pods.inline_disks import whole, without_idle
from planner.read.schema.known_kinds import (
    GROUP,
    NAME_LABEL,
    NODE,
    RETIRED,
    ROLLOUT,
    SERVED,
    SHAPE,
    Kind,
    group_of,
    meant_version,
    siblings,
)
from planner.read.schema.workload_schema import AnyObject
from planner.read.validation import unknown_fields
from planner.read.values.declared_features import only_needed
from planner.read.workloads import blocked_rollouts
from planner.read.workloads.argo_rollout import WorkloadRef, count_at_targets, read_workload_ref
from planner.read.workloads.build import WorkloadBuilder, repeated_names, scale
from planner.read.workloads.controllers import ControllerReader
from planner.read.workloads.custom_resources import read_custom_resource
from planner.read.workloads.ownership.adopted_pods import state_adopted
from planner.read.workloads.ownership.daemonset_pods import infer_daemon_sets
from planner.read.workloads.ownership.owners import Owners, choose_planned, without_doubles
from planner.read.workloads.pod_source import PodSource
from planner.read.workloads.pod_source_builder import PodSourceBuilder
from planner.read.workloads.pod_templates import state_hidden

NAMESPACE = ("", "Namespace")
_NO_NODES = "name a file there that kubectl get nodes -o yaml has written, or that holds NodeShapes or NodeGroups"
_NO_WORKLOADS = "name files, folders or a cluster with Deployments, StatefulSets, Pods and the like"


class Intake:
    """Takes in documents one by one, in any order, and makes a Cluster of them in the end."""

    def __init__(self, policy: TrustPolicy | None, kubernetes: str = "", live: bool = False) -> None:
        """Start with nothing; the policy tells where custom resources keep their pod templates.

        `kubernetes` is the version of the cluster, if somebody says it; else that of the newest kubelet counts. `live` says that
        all there is of most kinds comes from a running cluster.
        """
        self.notebook = Notebook()
        self._kubernetes = kubernetes
        self._live = live
        named = {name: policy.template_paths(name) for name in policy.pod_templates} if policy else {}
        self._templates: Mapping[str, tuple[str, ...]] = {ROLLOUT: ("spec.template",), **named}
        self._demand = policy.demand if policy else Demand()
        self._survives = policy is not None and policy.survive != Survive()
        self._tags = MisplacedTags(policy)
        self._unbelieved = UnbelievedFields()
        self._builder = PodSourceBuilder(self.notebook, policy is not None and any(entry.demote for entry in policy.requires))
        self._controllers = ControllerReader(self.notebook, self._demand, self._builder)
        self._objects = ClusterObjects(self.notebook)
        self._sources: list[PodSource] = []
        self._nodes: list[Node] = []
        self._shapes: list[NodeShape] = []
        self._groups: list[WrittenGroup] = []
        self._groups_by = policy.nodes.groups.by if policy else ""
        self._unsupported: list[UnsupportedObject] = []
        self._references: list[WorkloadRef] = []
        self._mended: set[Source] = set()
        self._listed: list[kustomizations.Listed] = []

    def add(self, document: Document) -> None:
        """Take in one document; whatever is wrong with it goes into the notebook."""
        try:
            self._add((group_of(document.api_version), document.kind), document)
        except TypeMismatch as bad:
            # A mended document comes here again, and what was put into it is no second fault.
            self.notebook.faults.extend(fault for fault in bad.faults if not document.is_stand_in(fault.field))
            if bad.mended is not None:
                self._mended.add(document.where)
                self.add(replace(document, mended=bad.mended, stand_ins=(*document.stand_ins, *bad.fields)))
        except BadInput as bad:
            self.notebook.faults.extend(bad.faults)

    def _add(self, kind: Kind, document: Document) -> None:
        paths = self._templates.get(f"{document.api_version}/{document.kind}")
        if kind in (NODE, SHAPE, GROUP):
            self._machine(kind, document)
        elif kind in SERVED or kind in RETIRED:
            self._keep(self._built_in(kind, document))
        elif paths is not None:
            self._custom(document, paths)
        elif kind[0] == kustomizations.GROUP:
            self._listed += kustomizations.read_overlay(document, self.notebook)
        else:
            self._other(kind, document)
        self._unbelieved.note(kind, document)
        if kind == NAMESPACE or kind in SERVED:
            self._tags.check(document, self.notebook)

    def _machine(self, kind: Kind, document: Document) -> None:
        """Take in what says which nodes there are, or may be."""
        if is_foreign(document):
            in_manifests(spot_of(document, self.notebook), document.kind, document.decode(AnyObject).metadata)
        elif kind == NODE:
            unknown_fields.check(document, self.notebook)
            self._nodes.append(read_node(document, self.notebook))
        elif kind == SHAPE:
            self._shapes.append(read_shape(document, self.notebook))
        else:
            self._groups.append(read_group(document, self.notebook))

    def _other(self, kind: Kind, document: Document) -> None:
        known, meant = siblings(kind), meant_version(kind)
        groups = read_provider_groups(kind, document, self.notebook) if document.is_inventory else None
        if groups is not None:
            self._groups += groups
        elif meant:
            reason = f"{document.api_version} is no API that has {document.kind}s"
            spot_of(document, self.notebook).at("apiVersion").fault(reason, f"did you mean {meant}?")
        elif known:
            self._misspelt(document, known)
        elif not self._objects.add(kind, document):
            unsupported = unsupported_object(kind, document)
            if unsupported:
                self._unsupported.append(unsupported)

    def _misspelt(self, document: Document, known: Sequence[str]) -> None:
        near = nearest(document.kind, known)
        fix = f"did you mean {near}?" if near else f"its kinds are {', '.join(known)}"
        spot_of(document, self.notebook).at("kind").fault(f"{document.api_version} has no kind {document.kind}", fix)

    def _built_in(self, kind: Kind, document: Document) -> PodSource | None:
        served = SERVED.get(kind) or RETIRED[kind]
        if document.api_version != served:
            reason = f"no API server serves {document.kind} as {document.api_version} any more"
            spot_of(document, self.notebook).at("apiVersion").fault(reason, f"write apiVersion: {served}")
            return None
        if not unknown_fields.check(document, self.notebook):
            self._mended.add(document.where)
        return self._controllers.read(kind, document)

    def _custom(self, document: Document, paths: Sequence[str]) -> None:
        is_rollout = f"{document.api_version}/{document.kind}" == ROLLOUT
        reference = read_workload_ref(document, self.notebook) if is_rollout else None
        sources = [] if reference else read_custom_resource(document, paths, self._builder, self.notebook)
        if reference:
            self._references.append(reference)
            state_hidden(document, document.decode(AnyObject).metadata, self.notebook)
        self._sources += sources
        self._tags.check(document, self.notebook, [source.template_path for source in sources])

    def _keep(self, source: PodSource | None) -> None:
        if source is not None:
            self._sources.append(source)

    def cluster(
        self, ignored: Iterable[Statement] = (), is_read: Callable[[str], bool] | None = None, whole: bool = True
    ) -> Cluster:
        """Make the cluster, or raise BadInput with every fault of every document; the `whole` has nodes and workloads.

        `is_read` says whether a file or folder that a kustomization names was read; without it none is asked for.
        """
        if is_read:
            kustomizations.check_listed(self._listed, is_read)
        sources = self._sources_to_plan()
        kubernetes = self._kubernetes or version.newest(self._nodes)
        builder = self._workload_builder(version.known(kubernetes))
        workloads = sorted((builder.build(source) for source in sources), key=lambda workload: workload.id)
        self._state(sources, builder, controller_labels.keys_copied_from(self._nodes, self._shapes, version.known(kubernetes)))
        residents = [builder.resident(source) for source in self._sources if source.is_static]
        # After faults there may be no workload left because all were refused, which would be the same fault twice.
        if whole and not self.notebook.faults:
            self._check_not_empty(bool(workloads))
        if self.notebook.faults:
            sound = tuple(workload for workload in workloads if workload.where not in self._mended)
            # What is sound goes along, so that its unknown levels are told in the same run.
            raise BadInput(self.notebook.faults, Cluster(workloads=sound, namespaces=FrozenMap(self._namespaces())))
        # Anybody may write an owner into a manifest, and so have what hides pods passed over.
        owners = [source.owner for source in sources if source.owner and source.is_stored]
        hiding = statements_about_hidden(self._unsupported, owners)
        cluster = self._with_machines(without_idle(workloads, residents))
        return replace(
            cluster,
            residents=tuple(sorted(residents, key=lambda resident: (resident.pod.namespace, resident.name, resident.node))),
            unread=tuple(sorted({*ignored, *hiding, *self.notebook.statements}, key=_order)),
            kubernetes=kubernetes,
            live=self._live,
        )

    def _sources_to_plan(self) -> list[PodSource]:
        """Return what is planned, once it is known what owns, refers to and scales what.

        DaemonSets are inferred before owners are looked for, as they are the owners of the pods that name them; autoscalers come
        after the references of Rollouts, which say how many pods there are to scale.
        """
        self._sources = without_doubles(self._sources)
        self._check_names()
        self._shapes += grown_shapes(self._groups, self._nodes, self._shapes, self._groups_by)
        self._sources += infer_daemon_sets(self._sources, self.notebook)
        owners = Owners(self._sources, {reference.key: reference.target for reference in self._references})
        hidden = count_at_targets(self._references, owners, self.notebook)
        self._unsupported += [UnsupportedObject(key, statement) for key, statement in hidden]
        scale(self._objects.autoscalers, owners, self.notebook, self._demand)
        return choose_planned(self._sources, owners, self.notebook)

    def _workload_builder(self, kubernetes: version.Version) -> WorkloadBuilder:
        """Return what builds workloads, as soon as all volumes and devices are known that pods may ask for."""
        storage, devices = self._objects.storage, self._objects.devices
        storage.learn(self._nodes, self._shapes, kubernetes)
        storage.measure()
        # After `learn`, as it takes back what that wants of nodes where the input has no CSINode.
        self._objects.state_drivers(bool(self._nodes))
        devices.learn(self._shapes)
        return WorkloadBuilder(self._objects.admission, self.notebook, self._demand, storage, kubernetes, devices)

    def _with_machines(self, workloads: Sequence[Workload]) -> Cluster:
        """Return the workloads with all else that was read; nodes and shapes have room for what these ask for, and no more."""
        storage, devices = self._objects.storage, self._objects.devices
        most = reduce(largest, (workload.template.attached for workload in workloads), NOTHING)
        nodes = [replace(node, allocatable=add((self._room(node, most), devices.room(node.name)))) for node in self._nodes]
        shapes = [replace(shape, allocatable=self._room(shape, most)) for shape in self._shapes]
        return Cluster(
            nodes=tuple(sorted(nodes, key=lambda node: node.name)),
            workloads=tuple(workloads),
            namespaces=FrozenMap(self._namespaces()),
            claims=FrozenMap(storage.claims),
            storage_classes=FrozenMap(storage.classes),
            volumes=FrozenMap(storage.volumes),
            budgets=tuple(sorted(self._objects.budgets, key=lambda budget: (budget.namespace, budget.name))),
            shapes=tuple(sorted(shapes, key=lambda shape: shape.name)),
            denying=FrozenMap(self._objects.hooks.denying),
            hooks=self._objects.hooks.all,
        )

    def _state(self, sources: Sequence[PodSource], builder: WorkloadBuilder, copied: frozenset[str]) -> None:
        """Say what is not modelled of all that was read together; `copied` are the labels that pods get from their nodes."""
        builder.state_unknown(self._objects.namespaces, copied)
        self._objects.state_selecting(copied)
        self._objects.state_namespaces({source.id.namespace for source in sources})
        state_adopted(self._sources, self.notebook)
        self._controllers.state_ended()
        self._unbelieved.state(self.notebook)
        if not self._live:
            blocked_rollouts.state_accounts(sources, self._objects.accounts, self.notebook)
        if self._survives:
            blocked_rollouts.state_lost(sources, self.notebook)

    def _room(self, machine: Node | NodeShape, most: Resources) -> Resources:
        """Return what a node or shape has of all that pods ask for; `most` is what one takes at most beside its containers."""
        return add((only_needed(self._objects.storage.room(machine, most), most), whole(most)))

    def _namespaces(self) -> dict[str, FrozenMap[str]]:
        """Return the labels of every namespace; those that are not in the input have the one that the API server gives."""
        used = {source.id.namespace for source in self._sources}
        return {**{name: FrozenMap({NAME_LABEL: name}) for name in used}, **self._objects.namespaces}

    def _check_names(self) -> None:
        for source, first in repeated_names(self._sources):
            how = "with the same pod spec" if source.alike == first.alike else "with another pod spec"
            reason = f"{source.id} is here a second time, {how}: the first is in {first.where}"
            source.spot(self.notebook).fault(reason, "keep one of the two")
        self._check_twice("node", self._nodes)
        self._check_twice("NodeShape", self._shapes)

    def _check_twice(self, what: str, machines: Sequence[Node | NodeShape]) -> None:
        seen: dict[str, Node | NodeShape] = {}
        for machine in machines:
            earlier = seen.setdefault(machine.name, machine)
            if earlier is not machine:
                reason = f"{what} {machine.name} is here a second time: the first is in {earlier.where}"
                Spot(self.notebook, machine.where).fault(reason, "keep one of the two")

    def _check_not_empty(self, has_workloads: bool) -> None:
        if not self._nodes and not self._shapes:
            self.notebook.faults.append(
                Fault(Spot(self.notebook).where, "nodes", "there is no node in what --nodes names", _NO_NODES)
            )
        if not has_workloads:
            self.notebook.faults.append(
                Fault(Spot(self.notebook).where, "workloads", "there is no workload in the input", _NO_WORKLOADS)
            )


def _order(statement: Statement) -> tuple[str, str, str, int]:
    return statement.subject, statement.message, statement.where.file, statement.where.line
