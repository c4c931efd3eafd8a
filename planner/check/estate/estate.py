"""All that was read, in the ways in which rules ask for it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from models.answer.plan import IsolationPlan
from models.kubernetes.cluster import Cluster, Statement
from models.kubernetes.labels import Labels
from models.kubernetes.node import Node
from models.kubernetes.workload import Workload
from models.trust import Membership, Trust, TrustPolicy
from planner.check.estate.item import Item
from planner.check.estate.template import Template
from planner.errors import Fault
from planner.read.documents.identity import DEFAULT_NAMESPACE
from planner.read.documents.tree import branch
from planner.read.schema.known_kinds import SERVED, Kind
from planner.read.workloads.pod_templates import hidden_paths, may_make_pods, places

if TYPE_CHECKING:
    from planner.check.estate.access import Access

_TEMPLATES = {"Pod": "", "PodTemplate": "template", "CronJob": "spec.jobTemplate.spec.template"}
_USUAL = "spec.template"
_DEFINITION = ("apiextensions.k8s.io", "CustomResourceDefinition")


@dataclass(frozen=True, slots=True)
class LevelFault:
    """A workload whose level the policy refuses, and why."""

    workload: Workload
    fault: Fault


@dataclass(eq=False)
class Estate:
    """Objects, nodes and policy. What was not given is not there: without a policy nobody has a level.

    `cluster` and `trust` are of a policy or a plan; where both are given those of the plan. `today` are the nodes as they are.
    `unread` is what was there and could not be read.
    """

    items: Sequence[Item] = ()
    today: Sequence[Node] = ()
    policy: TrustPolicy | None = None
    cluster: Cluster = field(default_factory=Cluster)
    trust: Trust | None = None
    plan: IsolationPlan | None = None
    is_live: bool = False
    refused: tuple[LevelFault, ...] = ()
    unread: tuple[Statement, ...] = ()

    @cached_property
    def _by_kind(self) -> dict[Kind, list[Item]]:
        kinds: dict[Kind, list[Item]] = defaultdict(list)
        for item in self.items:
            kinds[item.group, item.kind].append(item)
        return kinds

    def of_kind(self, group: str, *kinds: str) -> Iterator[Item]:
        """Yield the objects of these kinds in their order."""
        for kind in kinds:
            yield from self._by_kind.get((group, kind), ())

    def of_group(self, *groups: str) -> Iterator[Item]:
        """Yield the objects of these API groups."""
        return (item for item in self.items if item.group in groups)

    @cached_property
    def templates(self) -> tuple[Template, ...]:
        """Return every pod template, every bare pod, and of pods whose controller is not in the input the first."""
        return tuple(template for item in self._makers() for template in _templates(item))

    def _makers(self) -> Iterator[Item]:
        told = set(self._by_subject)
        for item in self.items:
            if item.owner not in told:
                told |= {item.owner} - {""}
                yield item

    @cached_property
    def _by_subject(self) -> dict[str, Item]:
        return {item.subject: item for item in self.items}

    def maker(self, item: Item) -> str:
        """Return the name of what made an object in the end, a Deployment for its pod, or that by which the policy knows it."""
        first = item
        while item.owner and item.owner in self._by_subject:
            item = self._by_subject[item.owner]
        name = item.owner or item.subject
        return first.subject if self.membership(name) is None and self.membership(first.subject) else name

    @cached_property
    def running(self) -> tuple[Template, ...]:
        """Return the pods that a cluster has bound to nodes."""
        pods = (template for item in self.of_kind("", "Pod") for template in _templates(item))
        return tuple(pod for pod in pods if pod.runs)

    @cached_property
    def daemons(self) -> tuple[Template, ...]:
        """Return the templates of DaemonSets."""
        return tuple(template for template in self.templates if template.is_daemon)

    @cached_property
    def access(self) -> "Access":
        """Return who may do what, as far as roles and bindings were read."""
        from planner.check.estate.access import Access

        return Access(self)

    @cached_property
    def namespaces(self) -> dict[str, Labels]:
        """Return the labels of the namespaces that were read."""
        return {item.name: Labels(item.labels) for item in self.of_kind("", "Namespace")}

    def membership(self, subject: str) -> Membership | None:
        """Return what the policy makes of a workload: its level and ring; None where no policy or plan says it."""
        return self.trust.members.get(subject) if self.trust else None

    def ring_of(self, template: Template) -> str:
        """Return the ring of a template's workload; empty where it has none, or none is known."""
        membership = self.member(template)
        return membership.ring if membership else ""

    def member(self, template: Template) -> Membership | None:
        """Return what the policy makes of a template's workload; objects that have several templates are several workloads."""
        several = f"{template.subject}:{template.path.removesuffix('.spec')}"
        return self.membership(template.subject) or self.membership(several)

    def level_of(self, template: Template) -> str:
        """Return the level of a template's workload; empty where it has none, or none is known."""
        membership = self.member(template)
        return membership.group.partition("/")[0] if membership else ""

    def is_shared(self, template: Template) -> bool:
        """Say whether the policy lets it into every ring."""
        membership = self.member(template)
        return membership is not None and membership.everywhere

    def is_shared_id(self, subject: str) -> bool:
        """Say whether the policy lets the workload of this name into every ring."""
        membership = self.membership(subject)
        return membership is not None and membership.everywhere

    def holders(self, account: tuple[str, str]) -> Iterator[Template]:
        """Yield the templates whose pods run as this service account, also those that leave their namespace open."""
        yield from self._by_account.get(account, ())
        for template in self._by_account.get((DEFAULT_NAMESPACE, account[1]), ()):
            if not template.item.is_placed and account[0] != DEFAULT_NAMESPACE:
                yield template

    @cached_property
    def _by_account(self) -> dict[tuple[str, str], list[Template]]:
        accounts: dict[tuple[str, str], list[Template]] = defaultdict(list)
        for template in self.templates:
            accounts[template.account].append(template)
        return accounts

    @cached_property
    def _accounts(self) -> dict[tuple[str, str], Item]:
        return {(item.namespace, item.name): item for item in self.of_kind("", "ServiceAccount")}

    def mounts_token(self, template: Template) -> bool:
        """Say whether its pods get the token of their service account."""
        own = template.spec.get("automountServiceAccountToken")
        account = self._accounts.get(template.account)
        given = own if isinstance(own, bool) else account.tree.get("automountServiceAccountToken") if account else None
        return given is not False


def _templates(item: Item) -> Iterator[Template]:
    if (item.group, item.kind) in SERVED:
        path = _TEMPLATES.get(item.kind, _USUAL)
        around = branch(item.tree, *path.split(".")) if path else item.tree
        if branch(around, "spec"):
            yield Template(branch(around, "spec"), around, item, f"{path}.spec" if path else "spec")
    elif (item.group, item.kind) != _DEFINITION and may_make_pods(item.tree):
        for path in hidden_paths(item.tree):
            for place in places(item.tree, path):
                yield Template(place.value, place.around[0][1] if place.around else {}, item, path)
