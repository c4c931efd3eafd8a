"""What a plan does not guarantee, and who could still break it: said, never dropped."""

import json
from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from models.answer.plan import RingPlan
from models.disclosure import DisclosureCode
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
from planner.settle.disclosures import current_state, data_on_node, drains, no_execute, self_service, unmatched_selectors, volumes
from planner.settle.disclosures.uncounted_pods import uncounted
from planner.trust.members import UNTAGGED
from planner.trust.ring_label import USUAL, refusing_providers
from planner.words import some


def not_modelled(cluster: Cluster, policy: TrustPolicy, trust: Trust, rings: tuple[RingPlan, ...]) -> tuple[Statement, ...]:
    """List what the inputs ask for that the plan does not guarantee."""
    names = frozenset(node.name for node in cluster.nodes)
    return (
        *_always(),
        *uncounted(policy.demand),
        *_untagged(policy, trust),
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
        *strangers.statements(cluster, policy, trust),
        *(statement for workload in cluster.workloads for statement in _of_workload(workload)),
        *(statement for workload in cluster.workloads for statement in _elsewhere(workload, names)),
        *(statement for workload in cluster.workloads for statement in _contradicted(workload, policy, trust)),
        *_split_sharing(trust, rings),
        *current_state.statements(cluster, policy, trust, rings),
    )


def late(is_all: bool) -> Iterator[Statement]:
    """Say what there was no time for: what each ring can lose, and, where that `is_all`, why pods have no place."""
    more = ", nor at why pods have no place" if is_all else ""
    message = f"there was no time left to look at what each ring can lose{more}"
    yield Statement("time limit", message, code=DisclosureCode.TIME_LIMIT)


def _always() -> Iterator[Statement]:
    yield Statement(
        "kube-scheduler",
        "the plan proves that a packing exists; kube-scheduler binds pods one by one in the order they come, and may leave "
        "some pending in a ring that is nearly full",
        code=DisclosureCode.SCHEDULER_UNTRIED,
    )


def _weightless(cluster: Cluster) -> Iterator[Statement]:
    """Name the workloads that kube-scheduler, and so the plan, takes for weightless."""
    weightless = [w for w in cluster.workloads if not any(noderesources.requests(w.template).get(name) for name in (CPU, MEMORY))]
    if weightless:
        names = some([str(workload.id) for workload in weightless])
        message = f"{names} request neither cpu nor memory: they take only a pod slot each in every sum here"
        yield Statement("requests", message, code=DisclosureCode.REQUESTS_MISSING)


def _untagged(policy: TrustPolicy, trust: Trust) -> Iterator[Statement]:
    """Name the workloads that nobody gave a level, and the levels that nobody has: often a tag that was misspelt."""
    names = sorted(name for name, member in trust.members.items() if member.because == UNTAGGED)
    if names:
        message = f"{some(names)} carry no level and are {policy.untagged} by spec.untagged of the policy"
        yield Statement("untagged", message, code=DisclosureCode.LEVEL_DEFAULTED)
    used = {group.level for group in trust.groups}
    for level in policy.levels:
        if level not in used:
            message = "no workload has it; if one should, look at its label and at the policy's rules"
            yield Statement(f"level {level}", message, code=DisclosureCode.LEVEL_UNUSED)


def _counted_devices(cluster: Cluster) -> Iterator[Statement]:
    """Say what counting devices leaves out, wherever any pod is given some."""
    if any(dynamicresources.is_devices(name) for workload in cluster.workloads for name in workload.template.attached):
        message = (
            "devices are counted, class by class: those that claims outside of the plan hold, like one that several pods share, "
            "are not seen"
        )
        yield Statement("devices", message, code=DisclosureCode.DEVICES_BY_CLASS)


def _late_daemons(cluster: Cluster) -> Iterator[Statement]:
    """Name the DaemonSets whose pods are lost where they come last: those of system classes evict others instead."""
    names = [
        str(workload.id) for workload in cluster.workloads if workload.is_daemon and workload.template.priority < SYSTEM_CRITICAL
    ]
    if names:
        message = (
            f"{some(names)} are planned as coming first; on a node that is full before that "
            "their pods stay pending, unless their priority class is system-node-critical"
        )
        yield Statement("DaemonSets", message, code=DisclosureCode.DAEMONSETS_FIRST)


def _daemons_kept_off(cluster: Cluster) -> Iterator[Statement]:
    """Name the DaemonSets whose controller makes pods where more than taints, selectors and room keeps them off.

    Source: pkg/controller/daemon/daemon_controller.go, NodeShouldRunDaemonPod.
    """
    names = [str(workload.id) for workload in cluster.workloads if workload.is_daemon and _may_be_kept_off(workload)]
    if names:
        message = (
            f"{some(names)}: pods are made also on nodes that are out of reach of their volumes, or lack a "
            "label which their spread or affinity asks for; there they stay pending, and are not counted"
        )
        yield Statement("DaemonSets", message, code=DisclosureCode.DAEMONSETS_KEPT_OFF)


def _may_be_kept_off(workload: Workload) -> bool:
    pod = workload.template
    return bool(pod.claims or pod.new_claims or pod.pod_affinity or podtopologyspread.hard(pod))


def _of_workload(workload: Workload) -> Iterator[Statement]:
    pod, name = workload.template, str(workload.id)
    if pod.scheduler_name != "default-scheduler":
        message = f"schedulerName {pod.scheduler_name}: planned by the rules of kube-scheduler's default profile"
        yield Statement(name, message, workload.where, DisclosureCode.OTHER_SCHEDULER)
    if pod.scheduling_gates:
        message = f"held by scheduling gates ({', '.join(pod.scheduling_gates)}): counted as if they were open"
        yield Statement(name, message, workload.where, DisclosureCode.SCHEDULING_GATES)


def _contradicted(workload: Workload, policy: TrustPolicy, trust: Trust) -> Iterator[Statement]:
    """Name a workload whose RuntimeClass selects nodes of another ring: no patch of the workload can change that."""
    key, ring_name = policy.nodes.label_key, trust.members[str(workload.id)].ring
    selected, written = workload.template.node_selector.get(key), workload.written.node_selector
    by_itself = written is not None and key in json.loads(written.json)
    if ring_name and selected not in (None, ring_name) and not by_itself:
        message = f"its RuntimeClass selects {key}={selected}: the API server will refuse its pods in ring {ring_name}"
        yield Statement(str(workload.id), message, workload.where, DisclosureCode.RUNTIME_CLASS_RING)


def _elsewhere(workload: Workload, known: frozenset[str]) -> Iterator[Statement]:
    """Name nodes on which pods run, and which the inventory lacks."""
    gone = sorted(name for name in workload.running if name not in known)
    if gone:
        message = f"pods run on {some(gone)}, which the inventory lacks: they are planned as new ones"
        yield Statement(str(workload.id), message, workload.where, DisclosureCode.NODES_MISSING)


def _split_sharing(trust: Trust, rings: tuple[RingPlan, ...]) -> Iterator[Statement]:
    ring_of = {group: ring for ring in rings for group in ring.groups}
    for first, second in trust.sharing:
        if ring_of[first] != ring_of[second]:
            both = combinations(sorted((*ring_of[first].groups, *ring_of[second].groups)), 2)
            alike = all(pair in trust.sharing for pair in both)
            why = "of all ways to share this one was chosen" if alike else "their other partners do not trust each other"
            message = f"may share a node but are in two rings: {why}"
            yield Statement(f"{first}, {second}", message, code=DisclosureCode.SHARING_SPLIT)


def unenforced(cluster: Cluster, policy: TrustPolicy, trust: Trust, idle: tuple[str, ...]) -> tuple[Statement, ...]:
    """List who could break the plan once it is applied."""
    is_shut = are_in_force(policy, trust, cluster)
    return (
        _door(is_shut),
        *_weak_label(cluster, policy, is_shut),
        *_believed(trust),
        *self_service.statements(cluster, policy, trust),
        *(statement for workload in cluster.workloads for statement in _bypasses(workload, policy, trust, is_shut)),
        *_outside(trust, idle),
        *_static(cluster, policy, trust),
    )


def _door(is_shut: bool) -> Statement:
    """Say what keeps strangers out, or that nothing does."""
    if is_shut:
        message = (
            "admission policies keep strangers out, as long as nobody changes them, their bindings, or shared residents; whom "
            "the trust policy names under admission they let through"
        )
        return Statement("every ring", message, code=DisclosureCode.ADMISSION)
    message = (
        "open until the admission policies are applied that ringfence patch writes to policy/: a toleration is self-service "
        "and spec.nodeName asks nobody, so whoever may create pods may enter any ring"
    )
    return Statement("every ring", message, code=DisclosureCode.NO_ADMISSION)


def _weak_label(cluster: Cluster, policy: TrustPolicy, is_shut: bool) -> Iterator[Statement]:
    """Say where kubelets may write the ring's label, and who refuses a key that they could not write."""
    key, refusing = policy.nodes.label_key, refusing_providers(cluster, policy.nodes, USUAL)
    if policy.nodes.is_kubelet_proof or (is_shut and not refusing):
        return
    better = f"use a key under {KUBELET_PROOF}"
    if refusing:
        names = " and ".join(provider.name for provider in refusing)
        better = (
            f"{names} refuses keys under {KUBELET_PROOF}; the policies of policy/ leave it that as its node joins, and no more"
        )
    when = "as its node joins" if is_shut else "on its own node"
    yield Statement(f"node label {key}", f"the kubelet may write this label {when}; {better}", code=DisclosureCode.KUBELET_LABEL)


def _believed(trust: Trust) -> Iterator[Statement]:
    counts = Counter(member.group for member in trust.members.values() if member.believed)
    for group, count in sorted(counts.items()):
        who = "1 workload says so itself" if count == 1 else f"{count} workloads say so themselves"
        message = f"{who}: no claim in the policy limits who may carry this level"
        yield Statement(f"group {group}", message, code=DisclosureCode.LEVEL_UNCLAIMED)


def _bypasses(workload: Workload, policy: TrustPolicy, trust: Trust, is_shut: bool) -> Iterator[Statement]:
    pod, member = workload.template, trust.members[str(workload.id)]
    if pod.node_name:
        message = f"spec.nodeName {pod.node_name}: bypasses kube-scheduler and every NoSchedule taint"
        yield Statement(str(workload.id), message, workload.where, DisclosureCode.NODE_NAME)
    foreign = Taint(policy.nodes.taint_key, "any other ring", "NoSchedule")
    if member.ring and not is_shut and any(tainttoleration.tolerates(toleration, foreign) for toleration in pod.tolerations):
        message = "tolerates the taint of every ring: only the node selector that the patch adds keeps it in its own"
        yield Statement(str(workload.id), message, workload.where, DisclosureCode.TOLERATES_EVERY_RING)


def _static(cluster: Cluster, policy: TrustPolicy, trust: Trust) -> Iterator[Statement]:
    """Name the static pods: files on a node, which stay there whatever ring it gets, and what comes of a level that one says."""
    planned = {node.name: node for node in cluster.nodes if not ring.is_excluded(node, policy.nodes)}
    told = static_pods.by_node(cluster, policy)
    for resident in cluster.residents:
        name, subject = resident.node, f"Pod/{resident.pod.namespace}/{resident.name}"
        saying = static_pods.said(resident, policy)
        if name in planned and saying is None:
            message = f"a static pod: it stays on node {name} whatever ring that gets, and no policy at admission stops it"
            yield Statement(subject, message, resident.where, DisclosureCode.STATIC_POD)
        elif name in planned and saying is not None:
            home = static_pods.ring_of(planned[name], told[name], trust.rings, policy)
            message = _of_level(saying, home, policy.nodes.label_key)
            yield Statement(subject, message, resident.where, DisclosureCode.STATIC_POD_LEVEL)


def _of_level(saying: static_pods.Said, home: str, key: str) -> str:
    """Say what a static pod's level does to its node, and what to do where it takes the node out of every ring."""
    node = saying.resident.node
    if saying.doubt:
        return f"a static pod that says {saying.doubt}: not believed, and node {node} gets no ring until it is mended or removed"
    if home:
        return (
            f"a static pod that says {saying.group}: only node {node} says so, which gets ring {home} or none, and no better one"
        )
    return (
        f"a static pod that says {saying.group}: only node {node} says so, which therefore gets no ring; if it is right, give "
        f"the node the label {key} of that group's ring yourself and plan again"
    )


def _outside(trust: Trust, idle: tuple[str, ...]) -> Iterator[Statement]:
    for name in idle:
        message = "is in no ring and gets no taint: pods that the patches do not reach may mix on it"
        yield Statement(f"node {name}", message, code=DisclosureCode.NODE_WITHOUT_RING)
    if any(member.everywhere for member in trust.members.values()):
        message = "run on nodes of every ring: whoever takes one over reaches all of them"
        yield Statement("shared residents", message, code=DisclosureCode.SHARED_RESIDENTS)
