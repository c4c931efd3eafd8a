"""Which of the stages of a plan a cluster has reached, and what it lacks of each: what the check.sh of each folder looks at."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from models.answer.plan import IsolationPlan
from planner.admission.digest import digest
from planner.admission.document import DENY, Policy
from planner.admission.policies import policies
from planner.check.estate.estate import Estate
from planner.check.estate.gates import ADMISSION
from planner.check.estate.item import Item
from planner.check.estate.template import Template
from planner.check.report import Stage
from planner.emit.nodes.membership import NO_SCHEDULE
from planner.emit.stages import lines
from planner.emit.stages.folders import ABOUT
from planner.read.documents.tree import branch, entries, text, texts
from planner.rules.ring_membership import ring_taint

_BINDING = "ValidatingAdmissionPolicyBinding"
_UPDATED = {"DaemonSet": "updatedNumberScheduled"}
_READY = {"DaemonSet": "numberAvailable", "StatefulSet": "readyReplicas"}


def stages(estate: Estate) -> tuple[Stage, ...]:
    """Return every stage with what is lacking; nothing without a plan, or where no cluster told its nodes."""
    nodes = {item.name: item for item in _told(estate.of_kind("", "Node"))}
    if estate.plan is None or not nodes:
        return ()
    cluster = _Cluster(estate, estate.plan, nodes)
    lacks = (
        (*cluster.labels(), *cluster.bindings()),
        cluster.workloads(),
        cluster.taints(NO_SCHEDULE),
        cluster.policies(),
        cluster.taints(lines.NO_EXECUTE),
    )
    return tuple(Stage(name, tuple(lacking)) for name, lacking in zip(ABOUT, lacks, strict=True))


def is_closed(estate: Estate) -> bool:
    """Say whether a cluster told that the policies of the plan are in force, word for word."""
    if estate.plan is None:
        return False
    cluster = _Cluster(estate, estate.plan, {})
    return not any((*cluster.bindings(), *cluster.policies()))


def _told(items: Iterable[Item]) -> Iterator[Item]:
    """Yield those that a cluster told, or that are believed as if it had: a manifest may not be applied yet."""
    return (item for item in items if item.is_stored or item.document.is_inventory)


class _Cluster:
    """What was read of a cluster, beside the plan that it is to follow."""

    def __init__(self, estate: Estate, plan: IsolationPlan, nodes: Mapping[str, Item]) -> None:
        self._estate, self._plan, self._nodes = estate, plan, nodes
        self._absent = "is not there" if estate.is_live else "is not in what the cluster told"
        self._wanted = policies(plan.policy, plan.trust, plan.cluster, plan.rings)
        bindings = _told(estate.of_kind(ADMISSION, _BINDING))
        self._bindings = {item.name: item for item in bindings if text(item.tree, "spec", "policyName") == item.name}
        self._policies = {item.name: item for item in _told(estate.of_kind(ADMISSION, Policy.kind))}

    def labels(self) -> Iterator[str]:
        """Yield the nodes that lack the label of their ring."""
        key = self._plan.policy.nodes.label_key
        for node, ring in lines.ring_nodes(self._plan):
            labels = self._nodes[node].labels if node in self._nodes else {}
            yield from self._of_node(node, f"label {key}", ring, labels.get(key, ""))

    def taints(self, effect: str) -> Iterator[str]:
        """Yield the nodes that lack the taint of their ring; of those that joined since, the one that a pool gives them."""
        key = self._plan.policy.nodes.taint_key
        joined = self._joined() if effect == NO_SCHEDULE else ()
        for node, ring in (*lines.ring_nodes(self._plan), *joined):
            taints = entries(self._nodes[node].tree, "spec", "taints") if node in self._nodes else []
            values = [f"{text(taint, 'value')}:{text(taint, 'effect')}" for taint in taints if text(taint, "key") == key]
            yield from self._of_node(node, f"taint {key}", f"{ring}:{effect}", *values)

    def _joined(self) -> Iterator[tuple[str, str]]:
        """Yield the nodes that the plan does not know and that have the label of a ring, whose pods they take."""
        key, known = self._plan.policy.nodes.label_key, {node for node, _ in lines.ring_nodes(self._plan)}
        rings = {ring.name for ring in self._plan.rings}
        others = ((name, item.labels.get(key, "")) for name, item in self._nodes.items() if name not in known)
        return ((name, ring) for name, ring in sorted(others) if ring in rings)

    def _of_node(self, node: str, what: str, wanted: str, *values: str) -> Iterator[str]:
        if node not in self._nodes:
            yield f"node {node} {self._absent}"
        elif wanted not in values:
            yield f"node {node}: {what} is {' '.join(values)!r}, and should be {wanted!r}"

    def bindings(self) -> Iterator[str]:
        """Yield the policies that are not there, or that nothing binds."""
        for policy in self._wanted:
            for kind, items in ((Policy.kind, self._policies), (_BINDING, self._bindings)):
                if policy.name not in items:
                    yield f"{kind} {policy.name} {self._absent}"

    def policies(self) -> Iterator[str]:
        """Yield the policies that do not deny, and those that say something else than the plan."""
        for policy in self._wanted:
            binding, item = self._bindings.get(policy.name), self._policies.get(policy.name)
            spec = binding.spec() if binding else {}
            actions = texts(spec, "validationActions")
            if DENY[0] not in actions:
                yield f"{_BINDING} {policy.name}: validationActions is {' '.join(actions)!r}, and should be {DENY[0]!r}"
            elif spec.keys() - {"policyName", "validationActions"}:
                yield f"{_BINDING} {policy.name} makes exceptions, and should make none"
            if item and digest(item.spec()) != digest(policy.spec()):
                yield f"{Policy.kind} {policy.name} is not what the plan's folder says"

    def workloads(self) -> Iterator[str]:
        """Yield the workloads whose pods ask for no ring of theirs, or are not all of the template that does."""
        told = [template for template in self._estate.templates if any(_told([template.item]))]
        templates = {name: template for template in told for name in _names(template)}
        everywhere = ((workload, "") for workload in lines.residents(self._plan))
        for workload, ring in (*lines.in_rings(self._plan), *everywhere):
            template = templates.get(str(workload.id))
            if template is None:
                yield f"{workload.id} {self._absent}"
            else:
                yield from (f"{workload.id}: {what}" for what in self._of_template(template, ring))

    def _of_template(self, template: Template, ring: str) -> Iterator[str]:
        """Say what it lacks of its ring, or as a shared resident, which has none, of all of them."""
        keys, rings = self._plan.policy.nodes, (ring,) if ring else [known.name for known in self._plan.rings]
        terms = [any(_asks(entry, keys.label_key, ring) for entry in term) for term in template.terms]
        if ring and template.node_selector.get(keys.label_key) != ring and not (terms and all(terms)):
            yield f"does not select ring {ring}"
        elif not all(template.tolerates(ring_taint(name, keys)) for name in rings):
            yield f"does not tolerate the taint of {f'ring {ring}' if ring else 'every ring'}"
        elif template.item.is_stored:
            yield from _rolling(template.item)


def _names(template: Template) -> tuple[str, str]:
    return template.subject, f"{template.subject}:{template.path.removesuffix('.spec')}"


def _asks(requirement: Any, key: str, ring: str) -> bool:
    return (requirement.key, requirement.operator, requirement.values) == (key, "In", (ring,))


def _rolling(item: Item) -> Iterator[str]:
    """Say that a rollout is not complete, as kubectl rollout status does."""
    if item.kind not in lines.ROLLS_OUT:
        return
    status = branch(item.tree, "status")
    wanted = _number(status, "desiredNumberScheduled", 0) if item.kind == "DaemonSet" else _number(item.spec(), "replicas", 1)
    wanted -= _number(item.spec("updateStrategy", "rollingUpdate"), "partition", 0) if item.kind == "StatefulSet" else 0
    updated = _number(status, _UPDATED.get(item.kind, "updatedReplicas"), 0)
    ready = _number(status, _READY.get(item.kind, "availableReplicas"), 0)
    if _number(status, "observedGeneration", 0) < _number(branch(item.tree, "metadata"), "generation", 0):
        yield "its controller has not seen the patch yet"
    elif min(updated, ready) < wanted or (item.kind == "Deployment" and _number(status, "replicas", 0) > updated):
        yield f"is not rolled out: {updated} of {wanted} pods are patched, {ready} ready"


def _number(tree: Mapping[str, Any], name: str, default: int) -> int:
    value = tree.get(name)
    return value if isinstance(value, int) else default
