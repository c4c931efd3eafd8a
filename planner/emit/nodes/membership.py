"""What must change on nodes that are owned: their ring's label and taint, and what was there before."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from models.answer.plan import IsolationPlan
from models.kubernetes.labels import Labels, LabelSelector, Requirement
from models.kubernetes.node import Node
from models.trust import PolicyNodes

NO_SCHEDULE = "NoSchedule"


@dataclass(frozen=True, slots=True)
class Change:
    """A node, the ring it gets ("" for none), and today's values: the label's, and those of the ring's taints by effect.

    `label` is None where the node does not have it. The node `leaves` rings whose pods may stay on it; or it `follows` its pods
    into a ring of another name, as there is none any more of the name that they had.
    """

    node: str
    ring: str
    label: str | None
    taints: tuple[tuple[str, str], ...]
    leaves: tuple[str, ...] = ()
    follows: bool = False
    cordoned: bool = False

    @property
    def moves(self) -> bool:
        """Say whether it goes from one ring to another, or out of one whose pods may stay on it."""
        return bool(self.leaves) or self.follows

    @property
    def labels_differ(self) -> bool:
        """Say whether the label must change."""
        return self.label != (self.ring or None)

    @property
    def missing(self) -> bool:
        """Say whether the ring's taint is not there yet."""
        return bool(self.ring) and (NO_SCHEDULE, self.ring) not in self.taints

    @property
    def stale(self) -> tuple[tuple[str, str], ...]:
        """Return the taints under the ring's key that must go; an older NoSchedule is overwritten where there is a ring."""
        return tuple((effect, value) for effect, value in self.taints if not self.ring or effect != NO_SCHEDULE)


def changes(plan: IsolationPlan) -> tuple[Change, ...]:
    """Return what must change, by ring and name; nodes that the policy excludes or that are bought are left alone."""
    keys = plan.policy.nodes
    ring_of = {name: ring.name for ring in plan.rings for name in ring.nodes}
    candidates = (
        _change(plan, node, ring_of.get(node.name, ""))
        for node in plan.cluster.nodes
        if not node.shape and (node.name in ring_of or not _is_left_alone(node, keys))
    )
    needed = (change for change in candidates if change.labels_differ or change.missing or change.stale)
    return tuple(sorted(needed, key=lambda change: (not change.ring, change.ring, change.node)))


def _is_left_alone(node: Node, keys: PolicyNodes) -> bool:
    if keys.exclude and _selects(keys.exclude, node.labels):
        return True
    return node.is_control_plane and not (keys.include and _selects(keys.include, node.labels))


def _change(plan: IsolationPlan, node: Node, ring: str) -> Change:
    keys = plan.policy.nodes
    taints = sorted((taint.effect, taint.value) for taint in node.taints if taint.key == keys.taint_key)
    label = node.labels.get(keys.label_key)
    others = sorted({name for name in (label, *(value for _, value in taints)) if name} - {ring})
    follows = bool(ring and others) and _whose_pods(plan, node.name, others) == {ring}
    return Change(node.name, ring, label, tuple(taints), () if follows else tuple(others), follows, node.unschedulable)


def _whose_pods(plan: IsolationPlan, node: str, today: Collection[str]) -> set[str]:
    """Return the rings to be of the pods that run on a node; where none is known to, of those that select its ring of today.

    That is nobody's where that ring is still there, or no workload of the input selects it.
    """
    members, key = plan.trust.members, plan.policy.nodes.label_key
    workloads = [workload for workload in plan.cluster.workloads if not workload.is_daemon and str(workload.id) in members]
    here = {members[str(workload.id)].ring for workload in workloads if node in workload.running}
    return here or {members[str(workload.id)].ring for workload in workloads if workload.template.node_selector.get(key) in today}


def _selects(selector: LabelSelector, labels: Labels) -> bool:
    pairs = all(labels.get(key) == value for key, value in selector.match_labels.items())
    return pairs and all(any(_answers(expression, labels)) for expression in selector.match_expressions)


def _answers(requirement: Requirement, labels: Labels) -> Iterator[bool]:
    value = labels.get(requirement.key)
    yield requirement.operator == "In" and value in requirement.values
    yield requirement.operator == "NotIn" and value not in requirement.values
    yield requirement.operator == "Exists" and value is not None
    yield requirement.operator == "DoesNotExist" and value is None
