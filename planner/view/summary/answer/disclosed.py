"""What a plan does not guarantee, in short: like with like, a line for each kind."""

from collections.abc import Iterable, Iterator, Mapping

from models.disclosure import DisclosureCode
from models.kubernetes.cluster import Statement
from planner.view.format import listed

MOST_SUBJECTS = 3
_ONE_EACH: Mapping[DisclosureCode, tuple[str, str]] = {
    DisclosureCode.RUNTIME_CLASS_RING: (
        "workload has a RuntimeClass that selects another ring",
        "workloads have a RuntimeClass that selects another ring",
    ),
    DisclosureCode.NODE_LABEL_MISSING: (
        "workload asks for a node label that no node has",
        "workloads ask for node labels that no node has",
    ),
    DisclosureCode.VOLUME_MISSING: (
        "workload asks for a volume that nobody provides",
        "workloads ask for volumes that nobody provides",
    ),
    DisclosureCode.CLAIM_MISSING: ("workload names a claim that does not exist", "workloads name claims that do not exist"),
    DisclosureCode.DATA_ON_NODE: (
        "workload keeps data on its node, and may restart elsewhere without it",
        "workloads keep data on their nodes, and may restart elsewhere without it",
    ),
    DisclosureCode.NOT_MODELLED: ("object asks for what is not modelled", "objects ask for what is not modelled"),
    DisclosureCode.CLAIM_UNKNOWN: (
        "workload has claims that are not in the input",
        "workloads have claims that are not in the input",
    ),
    DisclosureCode.CLAIMS_UNREAD: (
        "workload runs with claims that are not in the input",
        "workloads run with claims that are not in the input",
    ),
    DisclosureCode.STORAGE_CLASS_UNKNOWN: (
        "workload claims an unknown storage class",
        "workloads claim unknown storage classes",
    ),
    DisclosureCode.VOLUME_UNKNOWN: (
        "workload uses a volume that is not in the input",
        "workloads use volumes that are not in the input",
    ),
    DisclosureCode.VOLUME_BY_NAME: (
        "workload asks for a volume by name: that it serves one claim only is not modelled",
        "workloads ask for volumes by name: that each serves one claim only is not modelled",
    ),
    DisclosureCode.CLAIM_WITHOUT_CLASS: (
        "workload asks for a volume without a storage class: where that is, is not modelled",
        "workloads ask for volumes without a storage class: where these are is not modelled",
    ),
    DisclosureCode.VOLUME_TAKEN: (
        "workload takes a volume that is there: that it serves one claim only is not modelled",
        "workloads take volumes that are there: that each serves one claim only is not modelled",
    ),
    DisclosureCode.CLAIM_BOUND_FIRST: (
        "workload's claim is bound before its pod has a node",
        "workloads' claims are bound before their pods have nodes",
    ),
    DisclosureCode.CLAIM_SHARED: (
        "workload's pods share a claim: its volume will be where the first pod goes",
        "workloads' pods share claims: their volumes will be where the first pods go",
    ),
    DisclosureCode.OTHER_SCHEDULER: (
        "workload names another scheduler: it is planned by the rules of kube-scheduler",
        "workloads name another scheduler: they are planned by the rules of kube-scheduler",
    ),
    DisclosureCode.SCHEDULING_GATES: (
        "workload is held by scheduling gates, and counted",
        "workloads are held by scheduling gates, and counted",
    ),
    DisclosureCode.NODES_MISSING: (
        "workload runs on nodes that the inventory lacks",
        "workloads run on nodes that the inventory lacks",
    ),
    DisclosureCode.EVICTED_BY_TAINT: (
        "workload tolerates a NoExecute taint for some time only",
        "workloads tolerate NoExecute taints for some time only",
    ),
    DisclosureCode.DRAIN_BLOCKED: (
        "budget lets no pod go: a drain of its nodes does not end",
        "budgets let no pod go: a drain of their nodes does not end",
    ),
    DisclosureCode.SHARING_SPLIT: (
        "pair of levels or tenants may share and does not",
        "pairs of levels or tenants may share and do not",
    ),
    DisclosureCode.SHAPE_TOO_SMALL: (
        "shape is too small for what runs on every node",
        "shapes are too small for what runs on every node",
    ),
    DisclosureCode.RING_ABANDONED: (
        "ring has nodes today, and no workload of the input",
        "rings have nodes today, and no workload of the input",
    ),
    DisclosureCode.PODS_TIED: (
        "ring has pods that only one node or zone takes: no plan saves these",
        "rings have pods that only one node or zone takes: no plan saves these",
    ),
    DisclosureCode.NODE_NAME: (
        "workload names its node, and no taint keeps it off",
        "workloads name their nodes, and no taint keeps them off",
    ),
    DisclosureCode.TOLERATES_EVERY_RING: (
        "workload tolerates the taint of every ring: only its node selector keeps it in its own",
        "workloads tolerate the taint of every ring: only their node selectors keep them in their own",
    ),
    DisclosureCode.STATIC_POD: (
        "static pod stays on its node, whatever the ring",
        "static pods stay on their nodes, whatever the ring",
    ),
    DisclosureCode.STATIC_POD_LEVEL: ("static pod says a level of its own", "static pods say a level of their own"),
    DisclosureCode.NODE_WITHOUT_RING: (
        "node is in no ring and gets no taint: levels may mix on it",
        "nodes are in no ring and get no taint: levels may mix on them",
    ),
    DisclosureCode.GROUP_RAISES: (
        "group takes nodes to a more trusted ring that are of it by their own word; see --verbose",
        "groups take nodes to a more trusted ring that are of them by their own word; see --verbose",
    ),
    DisclosureCode.GROUPS_JOINED: (
        "group is joined by nodes that carry labels of several; see --verbose",
        "groups are joined by nodes that carry labels of several; see --verbose",
    ),
    DisclosureCode.LEVEL_UNCLAIMED: (
        "level has no claim, and workloads gave it to themselves",
        "levels have no claim, and workloads gave them to themselves",
    ),
    DisclosureCode.LEVEL_OPEN: (
        "rule of the policy lets a workload raise its own level",
        "rules of the policy let workloads raise their own level",
    ),
    DisclosureCode.TENANT_OPEN: (
        "tenant is taken by what a workload says of itself",
        "tenants are taken by what workloads say of themselves",
    ),
    DisclosureCode.EVERYWHERE_OPEN: (
        "rule of the policy lets any DaemonSet enter every ring",
        "rules of the policy let any DaemonSet enter every ring",
    ),
    DisclosureCode.IMAGES_EVADED: (
        "rule of the policy is evaded by one more image",
        "rules of the policy are evaded by one more image",
    ),
    DisclosureCode.RULE_UNMATCHED: ("rule of the policy matches no workload", "rules of the policy match no workload"),
    DisclosureCode.LEVEL_UNUSED: ("level has no workload", "levels have no workload"),
}
"""What is said of one object and of several, which are then named."""
_OF_ALL: Mapping[DisclosureCode, str] = {
    DisclosureCode.LEVELS_MIX_TODAY: "Levels share nodes today, until pods of other rings have gone from them.",
    DisclosureCode.TIME_LIMIT: "Time was up: what each ring can lose was not looked at.",
    DisclosureCode.LOSSES_UNSIMULATED: "Time was up: losses were packed again, and not simulated.",
    DisclosureCode.RUNNING_UNKNOWN: "Nodes change their ring, and which pods run there is not in the input.",
    DisclosureCode.ZONE_MISSING: "Some nodes carry no zone label, so no loss of a zone takes them.",
    DisclosureCode.FURTHER_ROLLOUTS: "Rollouts after the first were simulated too; see --verbose.",
    DisclosureCode.SPREAD_COUNTS_LOST_NODES: "Some spread constraints count dead nodes: pods may wait for these.",
    DisclosureCode.VOLUMES_STAY: "New volumes stay at their node or zone: pods that come again may find no room there.",
    DisclosureCode.VOLUMES_UNCOUNTED: "How many volumes a node may attach is not in the input.",
    DisclosureCode.DAEMONSETS_FIRST: "DaemonSets are planned as coming first; on a full node their pods stay pending.",
    DisclosureCode.DAEMONSETS_KEPT_OFF: "DaemonSets make pods also where volumes or affinity keep them pending.",
    DisclosureCode.REQUESTS_MISSING: "Some workloads request neither cpu nor memory, and count as weightless.",
    DisclosureCode.LEVEL_DEFAULTED: "Some workloads carry no level, and get the one of spec.untagged.",
    DisclosureCode.LEVEL_DEMOTED: "Some workloads do not meet what their level requires, and fall to a lower one.",
    DisclosureCode.AUTOSCALERS_NOW: "Pods that autoscalers add are not counted, as the policy says.",
    DisclosureCode.CRON_JOBS_ONCE: "Runs of CronJobs that overlap are not counted, as the policy says.",
    DisclosureCode.ROLLOUTS_LEFT_OUT: "Pods that a rollout adds are not counted, as the policy says.",
    DisclosureCode.DEVICES_BY_CLASS: "Devices are counted by class; claims from outside of the plan are not seen.",
    DisclosureCode.EXCLUDE_UNMATCHED: "nodes.exclude of the policy matches no node.",
    DisclosureCode.INCLUDE_UNMATCHED: "nodes.include of the policy matches no node of the control plane.",
    DisclosureCode.KUBELET_LABEL: ("A kubelet may write the ring's label on its own node; node groups take no safer key."),
    DisclosureCode.GROUP_LABEL: "A kubelet may say of which node group its own node is.",
    DisclosureCode.ADMISSION: "Admission policies keep strangers out, as long as nobody edits them.",
    DisclosureCode.NO_ADMISSION: "Until policy/ is applied, whoever creates pods may enter any ring.",
    DisclosureCode.NAMESPACES_DECIDE: "Namespaces say the level of some workloads; no patch guards their labels.",
    DisclosureCode.IMAGES_DECIDE: "Images decide levels, and patches guard those of containers only.",
    DisclosureCode.SCHEDULER_UNTRIED: "kube-scheduler was not simulated: it may leave pods of a full ring pending.",
}
"""What is said once, whoever it is about."""
_ELSEWHERE = {
    DisclosureCode.HIDES_PODS,
    DisclosureCode.BY_HAND,
    DisclosureCode.SCHEDULER_TRIED,
    DisclosureCode.ROLLOUTS_COUNTED,
    DisclosureCode.VOLUMES_COUNTED,
    DisclosureCode.LOSS_MEANING,
    DisclosureCode.SHARED_RESIDENTS,
    DisclosureCode.LOSSES_SIMULATED,
}
"""What other parts of the summary say, or what is true of every such plan."""


def briefly(statements: Iterable[Statement]) -> Iterator[str]:
    """Yield a line for each kind of statement, with who it is about where that differs."""
    about: dict[DisclosureCode, dict[str, None]] = {}
    for statement in statements:
        about.setdefault(statement.code, {})[statement.subject] = None
    for code in (*_ONE_EACH, *_OF_ALL):
        if code in about and code not in _ELSEWHERE:
            yield _OF_ALL[code] if code in _OF_ALL else _counted(code, tuple(about[code]))


def _counted(code: DisclosureCode, subjects: tuple[str, ...]) -> str:
    singular, plural = _ONE_EACH[code]
    return f"{len(subjects):,} {singular if len(subjects) == 1 else plural}: {listed(subjects, MOST_SUBJECTS)}"


def meaning(code: DisclosureCode) -> str:
    """Say what a code means, whoever it is about; empty for what other parts of the summary say."""
    if code in _OF_ALL:
        return _OF_ALL[code].removesuffix(".")
    words = _ONE_EACH.get(code, ("", ""))[1]
    return words[:1].upper() + words[1:]


def untold() -> set[DisclosureCode]:
    """Return the kinds that this page knows no words for."""
    return set(DisclosureCode) - {*_ONE_EACH, *_OF_ALL, *_ELSEWHERE}
