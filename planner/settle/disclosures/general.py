"""What a plan does not guarantee, and who could still break it: said, never dropped."""

import json
from collections.abc import Iterator
from itertools import combinations

from models.answer.plan import RingPlan
from models.disclosure import Disclosure, DisclosureCode
from models.kubernetes.cluster import Cluster, Statement
from models.kubernetes.labels import Taint
from models.kubernetes.pod import SYSTEM_CRITICAL
from models.kubernetes.resources import CPU, MEMORY
from models.kubernetes.workload import Workload
from models.trust import KUBELET_PROOF, Trust, TrustPolicy
from planner.admission import strangers
from planner.admission.policies import are_in_force
from planner.rules import ring_membership as ring
from planner.rules import static_pods
from planner.rules.plugins import dynamicresources, noderesources, podtopologyspread, tainttoleration
from planner.settle.disclosures import (
    current_state,
    data_on_node,
    drains,
    no_execute,
    node_groups,
    self_service,
    unmatched_selectors,
    volumes,
)
from planner.settle.disclosures.uncounted_pods import uncounted
from planner.trust.members import UNTAGGED
from planner.trust.ring_label import USUAL, refusing_providers
from planner.wording.disclosures import all_said, said


def not_modelled(cluster: Cluster, policy: TrustPolicy, trust: Trust, rings: tuple[RingPlan, ...]) -> tuple[Statement, ...]:
    """List what the inputs ask for that the plan does not guarantee."""
    names = frozenset(node.name for node in cluster.nodes)
    return all_said(
        (
            *_always(),
            *uncounted(policy.demand),
            *_untagged(policy, trust),
            *_demoted(trust),
            *unmatched_selectors.statements(cluster, policy),
            *_weightless(cluster),
            *volumes.statements(cluster),
            *data_on_node.statements(cluster),
            *_counted_devices(cluster),
            *_late_daemons(cluster),
            *_daemons_kept_off(cluster),
            *drains.statements(cluster),
            *no_execute.statements(cluster, policy, trust, rings),
            *cluster.unread,
            *strangers.statements(cluster, policy, trust, rings),
            *(statement for workload in cluster.workloads for statement in _of_workload(workload)),
            *(statement for workload in cluster.workloads for statement in _elsewhere(workload, names)),
            *(statement for workload in cluster.workloads for statement in _contradicted(workload, policy, trust)),
            *_split_sharing(trust, rings),
            *current_state.statements(cluster, policy, trust, rings),
        )
    )


def late(is_all: bool) -> Iterator[Statement]:
    """Say what there was no time for: what each ring can lose, and, where that `is_all`, why pods have no place."""
    yield said(Disclosure.of(DisclosureCode.TIME_LIMIT, "time limit", case="places" if is_all else "losses"))


def _always() -> Iterator[Disclosure]:
    yield Disclosure.of(DisclosureCode.SCHEDULER_UNTRIED, "kube-scheduler")


def _weightless(cluster: Cluster) -> Iterator[Disclosure]:
    """Name the workloads that kube-scheduler, and so the plan, takes for weightless."""
    weightless = [w for w in cluster.workloads if not any(noderesources.requests(w.template).get(name) for name in (CPU, MEMORY))]
    if weightless:
        names = tuple(str(workload.id) for workload in weightless)
        yield Disclosure.of(DisclosureCode.REQUESTS_MISSING, "requests", workloads=names)


def _untagged(policy: TrustPolicy, trust: Trust) -> Iterator[Disclosure]:
    """Name the workloads that nobody gave a level, and the levels that nobody has: often a tag that was misspelt."""
    names = sorted(name for name, member in trust.members.items() if member.because == UNTAGGED)
    if names:
        yield Disclosure.of(DisclosureCode.LEVEL_DEFAULTED, "untagged", workloads=tuple(names), level=policy.untagged)
    used = {group.level for group in trust.groups}
    for level in policy.levels:
        if level not in used:
            yield Disclosure.of(DisclosureCode.LEVEL_UNUSED, f"level {level}")


def _demoted(trust: Trust) -> Iterator[Disclosure]:
    """Name the workloads that are not what their level requires, and fell to a lower one."""
    falls: dict[tuple[str, str], list[str]] = {}
    for name, member in trust.members.items():
        if member.demoted:
            falls.setdefault((member.demoted, member.group.partition("/")[0]), []).append(name)
    for (given, level), names in sorted(falls.items()):
        yield Disclosure.of(DisclosureCode.LEVEL_DEMOTED, f"level {given}", workloads=tuple(sorted(names)), level=level)


def _counted_devices(cluster: Cluster) -> Iterator[Disclosure]:
    """Say what counting devices leaves out, wherever any pod is given some."""
    if any(dynamicresources.is_devices(name) for workload in cluster.workloads for name in workload.template.attached):
        yield Disclosure.of(DisclosureCode.DEVICES_BY_CLASS, "devices")


def _late_daemons(cluster: Cluster) -> Iterator[Disclosure]:
    """Name the DaemonSets whose pods are lost where they come last: those of system classes evict others instead."""
    names = [
        str(workload.id) for workload in cluster.workloads if workload.is_daemon and workload.template.priority < SYSTEM_CRITICAL
    ]
    if names:
        yield Disclosure.of(DisclosureCode.DAEMONSETS_FIRST, "DaemonSets", workloads=tuple(names))


def _daemons_kept_off(cluster: Cluster) -> Iterator[Disclosure]:
    """Name the DaemonSets whose controller makes pods where more than taints, selectors and room keeps them off.

    Source: pkg/controller/daemon/daemon_controller.go, NodeShouldRunDaemonPod.
    """
    names = [str(workload.id) for workload in cluster.workloads if workload.is_daemon and _may_be_kept_off(workload)]
    if names:
        yield Disclosure.of(DisclosureCode.DAEMONSETS_KEPT_OFF, "DaemonSets", workloads=tuple(names))


def _may_be_kept_off(workload: Workload) -> bool:
    pod = workload.template
    return bool(pod.claims or pod.new_claims or pod.pod_affinity or podtopologyspread.hard(pod))


def _of_workload(workload: Workload) -> Iterator[Disclosure]:
    pod, name = workload.template, str(workload.id)
    if pod.scheduler_name != "default-scheduler":
        yield Disclosure.of(DisclosureCode.OTHER_SCHEDULER, name, workload.where, scheduler=pod.scheduler_name)
    if pod.scheduling_gates:
        yield Disclosure.of(DisclosureCode.SCHEDULING_GATES, name, workload.where, gates=tuple(pod.scheduling_gates))


def _contradicted(workload: Workload, policy: TrustPolicy, trust: Trust) -> Iterator[Disclosure]:
    """Name a workload whose RuntimeClass selects nodes of another ring: no patch of the workload can change that."""
    key, ring_name = policy.nodes.label_key, trust.members[str(workload.id)].ring
    selected, written = workload.template.node_selector.get(key), workload.written.node_selector
    by_itself = written is not None and key in json.loads(written.json)
    if ring_name and selected not in (None, ring_name) and not by_itself:
        given = {"key": key, "value": str(selected), "ring": ring_name}
        yield Disclosure.of(DisclosureCode.RUNTIME_CLASS_RING, str(workload.id), workload.where, **given)


def _elsewhere(workload: Workload, known: frozenset[str]) -> Iterator[Disclosure]:
    """Name nodes on which pods run, and which the inventory lacks."""
    gone = sorted(name for name in workload.running if name not in known)
    if gone:
        yield Disclosure.of(DisclosureCode.NODES_MISSING, str(workload.id), workload.where, nodes=tuple(gone))


def _split_sharing(trust: Trust, rings: tuple[RingPlan, ...]) -> Iterator[Disclosure]:
    ring_of = {group: ring for ring in rings for group in ring.groups}
    for first, second in trust.sharing:
        if ring_of[first] != ring_of[second]:
            both = combinations(sorted((*ring_of[first].groups, *ring_of[second].groups)), 2)
            alike = all(pair in trust.sharing for pair in both)
            case = "chosen" if alike else "partners"
            yield Disclosure.of(DisclosureCode.SHARING_SPLIT, f"{first}, {second}", case=case)


def unenforced(
    cluster: Cluster, policy: TrustPolicy, trust: Trust, rings: tuple[RingPlan, ...], idle: tuple[str, ...]
) -> tuple[Statement, ...]:
    """List who could break the plan once it is applied."""
    is_shut = are_in_force(policy, trust, cluster, rings)
    return all_said(
        (
            _door(is_shut),
            *_weak_label(cluster, policy, is_shut),
            *node_groups.statements(cluster, policy, trust, rings, is_shut),
            *self_service.statements(cluster, policy, trust),
            *(statement for workload in cluster.workloads for statement in _bypasses(workload, policy, trust, is_shut)),
            *_outside(trust, idle),
            *_static(cluster, policy, trust),
        )
    )


def _door(is_shut: bool) -> Disclosure:
    """Say what keeps strangers out, or that nothing does."""
    return Disclosure.of(DisclosureCode.ADMISSION if is_shut else DisclosureCode.NO_ADMISSION, "every ring")


def _weak_label(cluster: Cluster, policy: TrustPolicy, is_shut: bool) -> Iterator[Disclosure]:
    """Say where kubelets may write the ring's label, and who refuses a key that they could not write."""
    refusing = refusing_providers(cluster.nodes, policy.nodes, USUAL)
    if policy.nodes.is_kubelet_proof or (is_shut and not refusing):
        return
    subject, names = f"node label {policy.nodes.label_key}", tuple(provider.name for provider in refusing)
    case = "joining" if is_shut else "refused" if refusing else "open"
    yield Disclosure.of(DisclosureCode.KUBELET_LABEL, subject, prefix=KUBELET_PROOF, case=case, providers=names)


def _bypasses(workload: Workload, policy: TrustPolicy, trust: Trust, is_shut: bool) -> Iterator[Disclosure]:
    pod, member = workload.template, trust.members[str(workload.id)]
    if pod.node_name:
        yield Disclosure.of(DisclosureCode.NODE_NAME, str(workload.id), workload.where, node=pod.node_name)
    # No ring can be called so, as values of labels have no blanks: only who tolerates any value tolerates this.
    foreign = Taint(policy.nodes.taint_key, "any other ring", "NoSchedule")
    if member.ring and not is_shut and any(tainttoleration.tolerates(toleration, foreign) for toleration in pod.tolerations):
        yield Disclosure.of(DisclosureCode.TOLERATES_EVERY_RING, str(workload.id), workload.where)


def _static(cluster: Cluster, policy: TrustPolicy, trust: Trust) -> Iterator[Disclosure]:
    """Name the static pods: files on a node, which stay there whatever ring it gets, and what comes of a level that one says."""
    planned = {node.name: node for node in cluster.nodes if not ring.is_excluded(node, policy.nodes)}
    told = static_pods.by_node(cluster, policy)
    for resident in cluster.residents:
        name, subject = resident.node, f"Pod/{resident.pod.namespace}/{resident.name}"
        saying = static_pods.said(resident, policy)
        if name in planned and saying is None:
            yield Disclosure.of(DisclosureCode.STATIC_POD, subject, resident.where, node=name)
        elif name in planned and saying is not None:
            home = static_pods.ring_of(planned[name], told[name], trust.rings, policy)
            given = {"node": name, "doubt": saying.doubt, "group": saying.group, "ring": home, "key": policy.nodes.label_key}
            case = "doubted" if saying.doubt else "in its ring" if home else "in none"
            yield Disclosure.of(DisclosureCode.STATIC_POD_LEVEL, subject, resident.where, case=case, **given)


def _outside(trust: Trust, idle: tuple[str, ...]) -> Iterator[Disclosure]:
    for name in idle:
        yield Disclosure.of(DisclosureCode.NODE_WITHOUT_RING, f"node {name}")
    if any(member.everywhere for member in trust.members.values()):
        yield Disclosure.of(DisclosureCode.SHARED_RESIDENTS, "shared residents")
