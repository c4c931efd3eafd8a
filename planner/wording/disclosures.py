"""What a plan says that it does not guarantee: for each code its sentence, with a place for each parameter.

Names are listed, the first few of them; `:all` lists every one. Of several sentences the parameter `case` says which.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from models.disclosure import Disclosure, DisclosureCode
from models.kubernetes.cluster import Statement
from planner.wording import unread
from planner.wording.template import Parameters, Sentence, filled, pattern

_UNPATCHED = "is in no manifest, so nothing patches it"
_ENDING = "pods that are being deleted keep their room until they are gone, which is not counted"
_UNPLACED = "where its volume will be is not known"
_SELF_SERVICE = "names no namespaces, and kind, name, labels and images are written by whoever writes a workload"
_UNTOLD = (
    "keeps {data} on {nodes}, of which nothing tells kube-scheduler; the plan leaves these pods there as far as it can, but "
    "pods that are made anew, as when the patches roll out, may start without it on another node of their ring"
)
_BY_ITS_WORD = (
    "takes {nodes:all} from ring {today} to ring {ring}, which is more trusted, and only the kubelet there says that the node "
    "is of this group"
)
_STORAGE = {
    "": "",
    "unmeasured": (
        "how much storage there is for new ones is known of no driver: those that say it (CSIDriver storageCapacity, kubectl get "
        "csidrivers,csistoragecapacities -A -o yaml) keep pods off nodes without it"
    ),
    "measured": (
        "a node has storage for a new one where its driver said so last (CSIStorageCapacity), which kube-scheduler asks for each "
        "claim by itself: that they use it up together is not modelled"
    ),
}
_STORAGE["granted"] = (
    f"{_STORAGE['measured']}; nodes that are bought are taken to have enough where no CSIStorageCapacity selects them"
)


def _with_storage(text: str) -> Mapping[str, str]:
    return {case: f"{text}; {storage}" for case, storage in _STORAGE.items() if case}


def _drain_blocked(given: Parameters) -> str:
    """Say why a budget lets no pod go, and whom that keeps waiting."""
    why = (
        "its controller cannot count the pods of a {kind}, which has no scale, as {amount} needs; so it " if given["kind"] else ""
    )
    whom = "does not allow its only pod" if given["pods"] == 1 else "allows none of its {pods} pods"
    near = ", and pods of {near}, which must be near them, may be pending meanwhile" if given["near"] else ""
    return f"{why}{whom} to be evicted {{when}}: a drain of their nodes does not end{near}"


def _losses_simulated(given: Parameters) -> str:
    more = "; {packed} more were packed again only" if given["packed"] else ""
    return (
        "of {count} losses {proven} are proven to leave no pod pending in any order, and {simulated} were simulated, from "
        f"several states and in several orders{more}: another state or order may leave pods pending"
    )


def _by_hand(given: Parameters) -> str:
    """Say who makes what, where levels mix until somebody deletes pods, and how to give it what a patch would."""
    several = " and {more} more" if given["more"] else ""
    who = f"makes {{first}}{several}, and {_UNPATCHED}" if given["made_by"] else _UNPATCHED
    if not given["ring"]:
        return f"{who}: it is to run on nodes of every ring, and lacks what lets it: {_what_to_do(given)}"
    counted = ", counted where it runs ({on})" if given["on"] else ""
    once = "" if given["are_named"] else ", once it selects its ring"
    mixing = "LEVELS MIX on {mixed} until its pods there are deleted, which neither a patch nor a taint does: {deletions}" + once
    return "; ".join((f"{who}: of ring {{ring}}{counted}", *([mixing] if given["mixed"] else []), _what_to_do(given)))


def _what_to_do(given: Parameters) -> str:
    """Say how to give it what a patch would: by a command where its template can be patched, else in words."""
    wanted = "a toleration of {taint} (operator Exists)"
    if given["ring"]:
        wanted = "nodeSelector {key}={ring} and a toleration of {taint}={ring}"
    if given["made_by"]:
        return f"give its pods {wanted} where it says what they are"
    if given["is_recreated"]:
        return f"a {{kind}} cannot be given {wanted} while it exists: create it anew with these, or let it end"
    return "{command}"


Template = Sentence | Mapping[str, str]
TEMPLATES: Mapping[DisclosureCode, Template] = {
    DisclosureCode.NOT_MODELLED: unread.NOT_MODELLED,
    DisclosureCode.HIDES_PODS: unread.HIDES_PODS,
    DisclosureCode.BY_HAND: _by_hand,
    DisclosureCode.TIME_LIMIT: {
        "losses": "there was no time left to look at what each ring can lose",
        "places": "there was no time left to look at what each ring can lose, nor at why pods have no place",
    },
    DisclosureCode.SCHEDULER_UNTRIED: (
        "the plan proves that a packing exists; kube-scheduler binds pods one by one in the order they come, and may leave "
        "some pending in a ring that is nearly full"
    ),
    DisclosureCode.ROLLOUTS_COUNTED: (
        "counted are the pods that one rollout of each Deployment or Argo Rollout adds (maxSurge), as far as it needs them; "
        f"what the controllers of other custom resources add is not known, and {_ENDING}"
    ),
    DisclosureCode.ROLLOUTS_LEFT_OUT: (
        f"pods that a rollout adds for a while (maxSurge) are not counted, as the policy says (demand.surge); {_ENDING}"
    ),
    DisclosureCode.AUTOSCALERS_NOW: (
        "workloads are counted at what they run now, as the policy says (demand.hpa): pods that a "
        "HorizontalPodAutoscaler adds may find no place"
    ),
    DisclosureCode.CRON_JOBS_ONCE: (
        "one run of each is counted, as the policy says (demand.cronJobs): runs that overlap may find no place"
    ),
    DisclosureCode.REQUESTS_MISSING: (
        "{workloads} request neither cpu nor memory: they take only a pod slot each in every sum here"
    ),
    DisclosureCode.LEVEL_DEFAULTED: "{workloads} carry no level and are {level} by spec.untagged of the policy",
    DisclosureCode.LEVEL_DEMOTED: "{workloads} do not meet what it requires, and are planned as {level}",
    DisclosureCode.LEVEL_UNUSED: "no workload has it; if one should, look at its label and at the policy's rules",
    DisclosureCode.RULE_UNMATCHED: (
        "no workload matches this rule for level {level}; if one should, look at its kind, names and labels"
    ),
    DisclosureCode.EXCLUDE_UNMATCHED: "no node has such labels, so none is left alone; if one should be, look at its labels",
    DisclosureCode.INCLUDE_UNMATCHED: (
        "no node of the control plane has such labels, so none is planned; if one should be, look at its labels"
    ),
    DisclosureCode.NODE_LABEL_MISSING: {
        "nodes": "asks for {labels:all}, which no node carries: none takes its pods; if one should, look at its labels",
        "shapes": (
            "asks for {labels:all}, which no node and no NodeShape carries: none takes its pods; "
            "if one should, look at its labels"
        ),
    },
    DisclosureCode.DEVICES_BY_CLASS: (
        "devices are counted, class by class: those that claims outside of the plan hold, like one that several pods share, "
        "are not seen"
    ),
    DisclosureCode.DAEMONSETS_FIRST: (
        "{workloads} are planned as coming first; on a node that is full before that "
        "their pods stay pending, unless their priority class is system-node-critical"
    ),
    DisclosureCode.DAEMONSETS_KEPT_OFF: (
        "{workloads}: pods are made also on nodes that are out of reach of their volumes, or lack a "
        "label which their spread or affinity asks for; there they stay pending, and are not counted"
    ),
    DisclosureCode.OTHER_SCHEDULER: "schedulerName {scheduler}: planned by the rules of kube-scheduler's default profile",
    DisclosureCode.SCHEDULING_GATES: "held by scheduling gates ({gates:all}): counted as if they were open",
    DisclosureCode.RUNTIME_CLASS_RING: (
        "its RuntimeClass selects {key}={value}: the API server will refuse its pods in ring {ring}"
    ),
    DisclosureCode.NODES_MISSING: "pods run on {nodes}, which the inventory lacks: they are planned as new ones",
    DisclosureCode.SHARING_SPLIT: {
        "chosen": "may share a node but are in two rings: of all ways to share this one was chosen",
        "partners": "may share a node but are in two rings: their other partners do not trust each other",
    },
    DisclosureCode.SHAPE_TOO_SMALL: "is not bought: {workload}, which runs on nodes of every ring, does not fit on it",
    DisclosureCode.LEVELS_MIX_TODAY: (
        "pods of another ring than theirs run on {nodes}: levels share these nodes until all of them have "
        "gone, and that a rollout finds room beside them meanwhile is not modelled; one that sticks goes on once such pods "
        "are deleted"
    ),
    DisclosureCode.RUNNING_UNKNOWN: (
        "{nodes} change their ring, and which pods run there is not in the input: how many have to move is "
        "not known (kubectl get pods -A -o yaml tells)"
    ),
    DisclosureCode.RING_ABANDONED: (
        "{nodes} are in it today, and no workload of the input is: they leave it, and what else "
        "belongs there, like the next run of a Job that has finished, will find no node"
    ),
    DisclosureCode.LOSS_MEANING: (
        "a lost node is one whose Node object is gone: until then its pods of StatefulSets stay Terminating and are not made "
        "again; one ring at a time loses its nodes, all other pods stay, and packing does not count on preemption"
    ),
    DisclosureCode.LOSSES_SIMULATED: _losses_simulated,
    DisclosureCode.LOSSES_UNSIMULATED: (
        "there was no time left to simulate losses: they were packed again only, and kube-scheduler may leave more pending"
    ),
    DisclosureCode.PODS_TIED: (
        "{workloads:all}: pods that no other {domain} lets in would be pending after the loss of their {domain}"
    ),
    DisclosureCode.ZONE_MISSING: {
        "all": "no zone is lost with {nodes:all}: without a label {label}",
        "some": "no zone is lost with {nodes:all}, {more} more: without a label {label}",
    },
    DisclosureCode.DRAIN_BLOCKED: _drain_blocked,
    DisclosureCode.SPREAD_COUNTS_LOST_NODES: (
        "{workloads}: their DoNotSchedule constraints (nodeTaintsPolicy Ignore) count a node that is "
        "cordoned, or has died and is not yet deleted, as an empty place; its pods may be pending until it is gone or back"
    ),
    DisclosureCode.EVICTED_BY_TAINT: (
        "tolerates a NoExecute taint of {nodes} for some time only (tolerationSeconds): its pods are "
        "evicted there when that is over, and others may be bound there, again and again"
    ),
    DisclosureCode.DATA_ON_NODE: {
        "folders": f"{_UNTOLD}; give the pods node affinity to their nodes, or move it into volumes that have some",
        "volumes": (f"{_UNTOLD}; give the volumes node affinity (spec.nodeAffinity) to these nodes before anything rolls out"),
    },
    DisclosureCode.VOLUMES_COUNTED: _with_storage(
        "a volume that several pods use is counted for each of them against what a node may attach (CSINode), and one that is "
        "still attached for a pod that is gone is not seen"
    ),
    DisclosureCode.VOLUMES_UNCOUNTED: _with_storage(
        "how many volumes a node may attach is not in the input (kubectl get csinodes -o yaml has it)"
    ),
    DisclosureCode.VOLUMES_STAY: (
        "{workloads}: their volumes are made where their pods run first, and stay in reach of that node or zone only, as their "
        "driver has it; that pods which come again, as after a loss or a rollout, may find no node there is not modelled"
    ),
    DisclosureCode.CLAIM_MISSING: "{kind} {claims:all} does not exist: pods that name it stay pending until it is made",
    DisclosureCode.CLAIM_UNKNOWN: f"{{kind}} {{claims:all}} is not in the input: {_UNPLACED}",
    DisclosureCode.CLAIMS_UNREAD: (
        "{kind} {template}: the claims of {unread} of its {running} running pods are not in the input (kubectl get pvc,pv -A "
        "-o yaml has them): where their volumes are is not known"
    ),
    DisclosureCode.CLAIM_WITHOUT_CLASS: (
        "{kind} {claims:all} asks for a volume without a storage class: that each serves one claim only, and where that is, is "
        "not modelled"
    ),
    DisclosureCode.CLAIM_BOUND_FIRST: (
        f"{{kind}} {{claims:all}} is bound before its pod is scheduled (storage class {{storage_class}}): {_UNPLACED}"
    ),
    DisclosureCode.CLAIM_SHARED: (
        "{kind} {claims:all} is shared by {pods} pods: that its volume will be where the first of them goes is not modelled"
    ),
    DisclosureCode.STORAGE_CLASS_UNKNOWN: {
        "named": (
            "{kind} {claims:all} is not bound, and of storage class {storage_class}, which is not in the input: "
            f"{_UNPLACED}"
        ),
        "default": f"{{kind}} {{claims:all}} is not bound, and of a storage class that is not in the input: {_UNPLACED}",
    },
    DisclosureCode.VOLUME_UNKNOWN: "{kind} {claims:all} is bound to volume {volume}, which is not in the input",
    DisclosureCode.VOLUME_BY_NAME: (
        "{kind} {claims:all} asks for volume {volume} by name, which serves one claim only: that is not modelled"
    ),
    DisclosureCode.VOLUME_MISSING: (
        '{kind} {claims:all} asks for a volume without a storage class (storageClassName ""), and none is in the input: without '
        "one its pods stay pending"
    ),
    DisclosureCode.VOLUME_TAKEN: (
        "{kind} {claims:all} takes a volume of storage class {storage_class} that is there: that each serves one claim only is "
        "not modelled"
    ),
    DisclosureCode.NO_ADMISSION: (
        "open until the admission policies are applied that ringfence patch writes to policy/: a toleration is self-service "
        "and spec.nodeName asks nobody, so whoever may create pods may enter any ring"
    ),
    DisclosureCode.ADMISSION: (
        "admission policies keep strangers out, as long as nobody changes them, their bindings, or shared residents; whom "
        "the trust policy names under admission they let through"
    ),
    DisclosureCode.KUBELET_LABEL: {
        "open": "the kubelet may write this label on its own node; use a key under {prefix}",
        "refused": (
            "the kubelet may write this label on its own node, until the policies of policy/ are in force, and then as its node "
            "joins; {providers} takes no key under {prefix}"
        ),
        "joining": "the kubelet may write this label as its node joins; {providers} takes no key under {prefix}",
    },
    DisclosureCode.GROUP_LABEL: {
        "open": (
            "the kubelet may write {keys:all} on its own node, and so say of which group it is, until the policies of policy/ "
            "are in force, and then as its node joins"
        ),
        "joining": "the kubelet may write {keys:all} as its node joins, and so say of which group it is",
        "own": "the kubelet writes {keys:all} on its own node, and so says of which group it is; no policy keeps it from that",
    },
    DisclosureCode.GROUP_RAISES: {
        "provider": f"{_BY_ITS_WORD}: compare with {{command}}, or take the node out of the group ({{key}}) and plan again",
        "unknown": (
            f"{_BY_ITS_WORD}: compare with what whoever makes the group knows, or take the node out of the group ({{key}}) and "
            "plan again"
        ),
    },
    DisclosureCode.GROUPS_JOINED: (
        "{groups:all} are of one ring together, for what says a node's group says several of {nodes:all}: where that is "
        "wrong, take it off the node and plan again"
    ),
    DisclosureCode.LEVEL_UNCLAIMED: {
        "one": "1 workload gave it to itself: no claim in the policy limits who may carry this level",
        "several": "{count} workloads gave it to themselves: no claim in the policy limits who may carry this level",
    },
    DisclosureCode.LEVEL_OPEN: {
        "rule": f"{_SELF_SERVICE}: any can become {{level}}; name namespaces, or claim the level",
        "untagged": "who leaves the label away becomes {level}, unless a rule says otherwise; claim the level, or refuse",
    },
    DisclosureCode.TENANT_OPEN: {
        "one": (
            "1 workload says so itself ({namespaces}): claims limit levels, not tenants, so any of the level can take it; "
            "label Namespaces with their tenants"
        ),
        "several": (
            "{count} workloads say so themselves ({namespaces}): claims limit levels, not tenants, so any of the level can take "
            "it; label Namespaces with their tenants"
        ),
        "rule": f"{_SELF_SERVICE}: any of {{level}} can become tenant {{tenant}}; name namespaces",
    },
    DisclosureCode.EVERYWHERE_OPEN: f"{_SELF_SERVICE}: any DaemonSet can enter every ring",
    DisclosureCode.IMAGES_DECIDE: (
        "decide levels by {rules}, and patches guard those of containers that they lift: "
        "what changes other images, or image volumes, keeps its ring until it is planned again"
    ),
    DisclosureCode.IMAGES_EVADED: (
        "asks that all images fit, so one more image evades it and a later rule lifts; anyImage asks for one"
    ),
    DisclosureCode.NAMESPACES_DECIDE: {
        "one": "say the level of 1 workload ({namespaces}): no patch guards their labels, so plan again when one changes",
        "several": (
            "say the level of {count} workloads ({namespaces}): no patch guards their labels, so plan again when one changes"
        ),
    },
    DisclosureCode.NODE_NAME: "spec.nodeName {node}: bypasses kube-scheduler and every NoSchedule taint",
    DisclosureCode.TOLERATES_EVERY_RING: (
        "tolerates the taint of every ring: only the node selector that the patch adds keeps it in its own"
    ),
    DisclosureCode.STATIC_POD: (
        "a static pod: it stays on node {node} whatever ring that gets, and no policy at admission stops it"
    ),
    DisclosureCode.STATIC_POD_LEVEL: {
        "doubted": ("a static pod that says {doubt}: not believed, and node {node} gets no ring until it is mended or removed"),
        "in its ring": (
            "a static pod that says {group}: only node {node} says so, which gets ring {ring} or none, and no better one"
        ),
        "in none": (
            "a static pod that says {group}: only node {node} says so, which therefore gets no ring; if it is right, give "
            "the node the label {key} of that group's ring yourself and plan again"
        ),
    },
    DisclosureCode.NODE_WITHOUT_RING: "is in no ring and gets no taint: pods that the patches do not reach may mix on it",
    DisclosureCode.SHARED_RESIDENTS: "run on nodes of every ring: whoever takes one over reaches all of them",
}


def said(disclosure: Disclosure) -> Statement:
    """Return the sentence of a disclosure, with whom it is about."""
    template, given = TEMPLATES[disclosure.code], disclosure.parameters
    if isinstance(template, Mapping):
        template = template[str(given["case"])]
    return Statement(disclosure.subject, filled(template, given), disclosure.where, disclosure.code)


def is_any_of(statement: Statement, code: DisclosureCode, cases: Iterable[str]) -> bool:
    """Say whether a statement is one of these sentences of its code, whatever it names."""
    return statement.code is code and any(known.fullmatch(statement.message) for known in _known(code, tuple(cases)))


@cache
def _known(code: DisclosureCode, cases: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    texts = TEMPLATES[code]
    return tuple(re.compile(pattern(texts[case]), re.DOTALL) for case in cases if isinstance(texts, Mapping))


def parameters_of(statement: Statement) -> dict[str, str] | None:
    """Return what the sentence of a statement names, by the parameters of its code; None where it is no such sentence."""
    template = TEMPLATES.get(statement.code)
    for text in template.values() if isinstance(template, Mapping) else [template] if isinstance(template, str) else []:
        if match := re.fullmatch(pattern(text), statement.message, re.DOTALL):
            return match.groupdict()
    return None


def all_said(disclosures: Iterable[Disclosure | Statement]) -> tuple[Statement, ...]:
    """Return the sentences of disclosures; what the reader of the inputs wrote down stays as it is."""
    return tuple(said(disclosure) if isinstance(disclosure, Disclosure) else disclosure for disclosure in disclosures)
