"""The ways around the rings, written down before the policies were: each is to be refused, with the policies' own words.

payments is of ring restricted, storefront of internal, partner-a and partner-b are tenants of untrusted with a ring each, and
shop has workloads of internal and of untrusted/a. vault-1 may carry restricted by a claim. default and strangers are in no ring.
DaemonSets of kube-system, and those of logging that are called fluent-*, run everywhere.
"""

from tests.cluster.admission.requests import (
    APPLY,
    BY_DEFAULT,
    DAEMONSETS,
    DEVELOPER,
    EVERYTHING,
    JOBS,
    KINDS,
    KUBELET,
    LABEL,
    LEVEL,
    POST,
    PREFERRED,
    REPLICASETS,
    TAINT,
    TENANT,
    Object,
    Request,
    Table,
    account,
    change,
    controller,
    create,
    member,
    namespace,
    node,
    owned_by,
    owner,
    pod,
    required,
    tagged,
    taint,
    term,
    tolerating,
    within,
)

GATED = {"schedulingGates": [{"name": "example.com/wait"}]}
ON_THE_NODE = {"kubernetes.io/hostname": "node-restricted"}
MIRROR = {"annotations": {"kubernetes.io/config.mirror": "0123"}}
BY_FIELD = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["node-restricted"]}]}
UNTAINTER = account("agents", "untainter")


def _tolerates(*tolerations: Object) -> Request:
    return create(pod("default", tolerations=list(tolerations)))


def _wanders(*terms: Object, space: str = "partner-a") -> Request:
    """Ask for a pod that tolerates every ring and has a required affinity alone."""
    return create(pod(space, tolerations=EVERYTHING, affinity=required(*terms)))


def _preferring() -> Object:
    preference = {"weight": 100, "preference": term("In", "untrusted.a")}
    return {"nodeAffinity": {PREFERRED: [preference]}}


TOLERATIONS: Table = {
    "a stranger tolerates everything": _tolerates({"operator": "Exists"}),
    "a stranger tolerates everything, by an empty key": _tolerates({"key": "", "operator": "Exists"}),
    "a stranger tolerates every NoSchedule taint": _tolerates({"operator": "Exists", "effect": "NoSchedule"}),
    "a stranger tolerates every taint of the rings' key": _tolerates({"key": TAINT, "operator": "Exists"}),
    "a stranger tolerates the rings' key for NoSchedule": _tolerates(
        {"key": TAINT, "operator": "Exists", "effect": "NoSchedule"}
    ),
    "a stranger tolerates a ring by its name": _tolerates({"key": TAINT, "operator": "Equal", "value": "restricted"}),
    "a stranger tolerates a ring and leaves the operator out": _tolerates({"key": TAINT, "value": "restricted"}),
    "a stranger tolerates a ring with an empty effect": _tolerates({"key": TAINT, "value": "restricted", "effect": ""}),
    "a stranger tolerates a ring for NoSchedule": _tolerates({"key": TAINT, "value": "restricted", "effect": "NoSchedule"}),
    "a stranger tolerates a ring that comes later": _tolerates({"key": TAINT, "value": "tomorrow"}),
    "a stranger tolerates a ring behind another toleration": _tolerates({"key": "gpu", "operator": "Exists"}, *EVERYTHING),
    "a stranger tolerates rings whose number is greater": _tolerates({"key": TAINT, "operator": "Gt", "value": "0"}),
    "a stranger tolerates rings whose number is less": _tolerates({"key": TAINT, "operator": "Lt", "value": "9"}),
    "a stranger names no name, only the beginning of one": create(
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"generateName": "row-", "namespace": "default"},
            "spec": pod("default", tolerations=EVERYTHING)["spec"],
        }
    ),
    "a stranger comes by server-side apply": Request(DEVELOPER, pod("default", tolerations=EVERYTHING), APPLY),
    "a stranger brings another scheduler": create(pod("default", tolerations=EVERYTHING, schedulerName="mine")),
    "a stranger waits behind a gate": create(pod("default", tolerations=EVERYTHING, **GATED)),
    "a stranger's namespace is called almost like one of a ring": create(pod("payments-2", **member("restricted"))),
    "a stranger's namespace ends like a claimed one": create(pod("my-vault-1", **member("restricted"))),
}

SELECTORS: Table = {
    "a pod of a ring tolerates it and selects nothing": create(pod("payments", tolerations=tolerating("restricted"))),
    "a pod of a ring tolerates every ring and selects none": create(pod("partner-a", tolerations=EVERYTHING)),
    "a pod of a ring tolerates another": create(pod("partner-a", tolerations=tolerating("restricted"))),
    "a pod of a ring tolerates its own and another": create(
        pod("partner-a", tolerations=[*tolerating("untrusted.a"), *tolerating("restricted")])
    ),
    "a pod of a ring is written as one of another": create(pod("partner-a", **member("restricted"))),
    "a pod of a more trusted ring is written as one of a lesser": create(pod("payments", **member("untrusted.a"))),
    "a pod tolerates its own ring and selects another": create(
        pod("partner-a", tolerations=tolerating("untrusted.a"), nodeSelector={LABEL: "restricted"})
    ),
    "a tenant is written as another of the same level": create(pod("partner-a", **member("untrusted.b"))),
    "a pod selects a ring by name and tolerates nothing yet": create(pod("default", nodeSelector={LABEL: "restricted"})),
    "a pod requires a ring and tolerates nothing yet": create(pod("default", affinity=required(term("In", "restricted")))),
    "a wildcard prefers its ring": create(pod("partner-a", tolerations=EVERYTHING, affinity=_preferring())),
    "a wildcard requires its ring or another": _wanders(term("In", "untrusted.a", "restricted")),
    "a wildcard requires its ring in one term and anything in the next": _wanders(
        term("In", "untrusted.a"), term("Exists", key="kubernetes.io/hostname")
    ),
    "a wildcard requires its ring in one term and another in the next": _wanders(
        term("In", "untrusted.a"), term("In", "restricted")
    ),
    "a wildcard requires a node by name": _wanders(BY_FIELD),
    "a wildcard requires any ring but one": _wanders(term("NotIn", "internal")),
    "a wildcard requires any ring": _wanders(term("Exists")),
    "a wildcard requires no ring": _wanders(term("DoesNotExist")),
    "a wildcard requires a number for a ring": _wanders(term("Gt", "0")),
    "a wildcard's only term is empty": _wanders({}),
    "a wildcard selects a ring's node by its host name": create(
        pod("partner-a", tolerations=EVERYTHING, nodeSelector=ON_THE_NODE)
    ),
    "a pod selects its own ring and requires another": create(
        pod("partner-a", nodeSelector={LABEL: "untrusted.a"}, tolerations=EVERYTHING, affinity=required(term("In", "restricted")))
    ),
    "a pod of a ring's namespace has neither toleration nor selector": create(pod("payments")),
    "a pod of a ring's namespace has null lists": create(pod("payments", tolerations=None, nodeSelector=None, affinity=None)),
    "a pod of a ring's namespace has empty lists": create(pod("payments", tolerations=[], nodeSelector={}, affinity={})),
    "a pod of a ring's namespace selects an empty name": create(pod("payments", nodeSelector={LABEL: ""})),
    "a namespace with two rings: a pod of the lesser level selects the better ring": create(
        pod("shop", tagged("untrusted", "a"), **member("internal"))
    ),
    "a namespace with two rings: a pod of the better level selects the lesser ring": create(
        pod("shop", tagged("internal"), **member("untrusted.a"))
    ),
    "a namespace with two rings: a pod says no level and selects the better ring": create(pod("shop", **member("internal"))),
    "a namespace with two rings: a pod says no level and selects the lesser ring": create(pod("shop", **member("untrusted.a"))),
    "a namespace with two rings: a pod loses its level": change(
        pod("shop", tagged("untrusted", "a"), **member("untrusted.a")), {"metadata": {"labels": {LEVEL: None}}}
    ),
    "a namespace with two rings: a pod requires both": create(
        pod("shop", tolerations=EVERYTHING, affinity=required(term("In", "untrusted.a", "restricted")))
    ),
}

NODE_NAMES: Table = {
    "a pod names its node and tolerates nothing": create(pod("default", nodeName="node-restricted")),
    "a pod names its node and tolerates everything": create(pod("default", nodeName="node-restricted", tolerations=EVERYTHING)),
    "a pod of a ring names its node": create(pod("payments", nodeName="node-restricted", **member("restricted"))),
    "a controller's pod names its node": create(pod("default", nodeName="node-restricted"), REPLICASETS),
    "a pod says that it mirrors a static one": create(pod("default", nodeName="node-restricted", meta=MIRROR)),
    "a kubelet mirrors a pod on another node": create(pod("default", nodeName="node-restricted", meta=MIRROR), KUBELET),
    "a kubelet makes a pod that mirrors nothing": create(pod("default", nodeName="joining"), KUBELET),
    "a kubelet makes a pod that mirrors nothing and tolerates everything": create(
        pod("default", tolerations=EVERYTHING), KUBELET
    ),
}

RESIDENTS: Table = {
    "a pod in a shared resident's namespace tolerates everything": create(pod("logging", tolerations=EVERYTHING)),
    "a pod in kube-system tolerates everything": create(pod("kube-system", tolerations=EVERYTHING)),
    "a pod says that a shared resident owns it": create(
        pod("logging", meta=owned_by("DaemonSet", "fluent-bit"), tolerations=EVERYTHING)
    ),
    "a pod says that a DaemonSet of kube-system owns it": create(
        pod("kube-system", meta=owned_by("DaemonSet", "kube-proxy"), tolerations=EVERYTHING)
    ),
    "a DaemonSet's pod is of none that runs everywhere": create(
        pod("logging", meta=owned_by("DaemonSet", "shipper"), tolerations=EVERYTHING), DAEMONSETS
    ),
    "a DaemonSet's pod is of a resident's name in another namespace": create(
        pod("default", meta=owned_by("DaemonSet", "fluent-bit"), tolerations=EVERYTHING), DAEMONSETS
    ),
    "a DaemonSet's pod is of one that owns it without controlling it": create(
        pod("logging", meta=owned_by("DaemonSet", "fluent-bit", is_controller=False), tolerations=EVERYTHING), DAEMONSETS
    ),
    "a ReplicaSet of a resident's name makes a pod": create(
        pod("logging", meta=owned_by("ReplicaSet", "fluent-bit"), tolerations=EVERYTHING), REPLICASETS
    ),
    "a Deployment has a resident's name": create(
        {
            **owner("Deployment", "logging", tolerations=EVERYTHING),
            "metadata": {"name": "fluent-deployment", "namespace": "logging"},
        }
    ),
    "a DaemonSet beside the residents tolerates everything": create(owner("DaemonSet", "logging", tolerations=EVERYTHING)),
    "a controller makes a pod that tolerates everything": create(pod("default", tolerations=EVERYTHING), REPLICASETS),
    "a Job's pod tolerates everything": create(pod("default", tolerations=EVERYTHING), JOBS),
}

OLD = pod("default", tolerations=EVERYTHING)
"""A pod from before the policy, which would not come in today."""

PODS_CHANGED: Table = {
    "a running pod gets a toleration of everything": change(
        pod("default"), {"spec": {"tolerations": [*BY_DEFAULT, *EVERYTHING]}}
    ),
    "a running pod gets a ring's toleration": change(
        pod("default"), {"spec": {"tolerations": [*BY_DEFAULT, *tolerating("restricted")]}}
    ),
    "a running pod of a ring gets the toleration of another, and no selector": change(
        pod("payments"), {"spec": {"tolerations": [*BY_DEFAULT, *tolerating("internal")]}}
    ),
    "a running pod says first that a resident owns it, and then tolerates": change(
        pod("logging", meta=owned_by("DaemonSet", "fluent-bit")), {"spec": {"tolerations": [*BY_DEFAULT, *EVERYTHING]}}
    ),
    "a pod behind a gate selects a ring": change(pod("default", **GATED), {"spec": {"nodeSelector": {LABEL: "restricted"}}}),
    "a pod behind a gate requires a ring": change(
        pod("default", **GATED), {"spec": {"affinity": required(term("In", "restricted"))}}
    ),
    "a pod's level changes": change(pod("shop", tagged("untrusted", "a")), {"metadata": {"labels": {LEVEL: "restricted"}}}),
    "a pod gets a level": change(pod("default"), {"metadata": {"labels": {LEVEL: "restricted"}}}),
    "a pod gets a level through its status": change(
        pod("default"), {"metadata": {"labels": {LEVEL: "restricted"}}}, sub="status"
    ),
    "a pod of the lesser ring gets the better level": change(
        pod("shop", tagged("untrusted", "a"), **member("untrusted.a")), {"metadata": {"labels": {LEVEL: "internal"}}}
    ),
    "a pod's tenant changes": change(pod("partner-a", tagged("untrusted", "a")), {"metadata": {"labels": {TENANT: "b"}}}),
    "a debugger enters a pod that tolerates everything": change(
        OLD, {"spec": {"ephemeralContainers": [{"name": "d", "image": "d"}]}}, sub="ephemeralcontainers"
    ),
    "a debugger enters a pod of another ring than its namespace's": change(
        pod("partner-a", **member("restricted")),
        {"spec": {"ephemeralContainers": [{"name": "d", "image": "d"}]}},
        sub="ephemeralcontainers",
    ),
}

TEMPLATES: Table = {
    **{f"a {kind} tolerates everything": create(owner(kind, "default", tolerations=EVERYTHING)) for kind in KINDS},
    **{f"a {kind} tolerates a ring": create(owner(kind, "default", tolerations=tolerating("restricted"))) for kind in KINDS},
    **{f"a {kind} is written as of another ring": create(owner(kind, "partner-a", **member("restricted"))) for kind in KINDS},
    **{f"a {kind} names its node": create(owner(kind, "default", nodeName="node-restricted")) for kind in KINDS},
    **{f"a {kind} of a ring's namespace has no ring": create(owner(kind, "payments")) for kind in KINDS},
    **{f"a {kind}'s pods carry a level": create(owner(kind, "partner-a", tagged("restricted"))) for kind in KINDS},
    **{f"a {kind} carries a level": create(owner(kind, "partner-a", own=tagged("restricted"))) for kind in KINDS},
    **{
        f"a {kind} that is there gets a toleration of everything": change(
            owner(kind, "default"), within(kind, {"spec": {"tolerations": EVERYTHING}})
        )
        for kind in KINDS
        if kind != "Job"
    },
    **{
        f"a {kind} that is there gets a level": change(owner(kind, "default"), {"metadata": {"labels": {LEVEL: "restricted"}}})
        for kind in KINDS
    },
    "a suspended Job that is there gets a toleration of everything": change(
        {**owner("Job", "default"), "spec": {**owner("Job", "default")["spec"], "suspend": True}},
        within("Job", {"spec": {"tolerations": EVERYTHING}}),
    ),
    "a StatefulSet gets a level through its status": change(
        owner("StatefulSet", "default"), {"metadata": {"labels": {LEVEL: "restricted"}}}, sub="status"
    ),
    "a Job gets a level through its status": change(
        owner("Job", "default"), {"metadata": {"labels": {LEVEL: "restricted"}}}, sub="status"
    ),
    "a CronJob's Jobs carry a level": create(
        {
            **owner("CronJob", "default"),
            "spec": {
                **owner("CronJob", "default")["spec"],
                "jobTemplate": {
                    "metadata": {"labels": tagged("restricted")},
                    "spec": owner("CronJob", "default")["spec"]["jobTemplate"]["spec"],
                },
            },
        }
    ),
    "a Deployment's pods carry a level that nobody knows": create(owner("Deployment", "default", tagged("supreme"))),
    "a Deployment's pods carry another tenant": create(owner("Deployment", "partner-a", tagged("untrusted", "b"))),
    "a Deployment of the lesser level selects the better ring": create(
        owner("Deployment", "shop", tagged("untrusted", "a"), **member("internal"))
    ),
}

RAISED: Object = {"metadata": {"labels": {LEVEL: "restricted"}}}
FINALIZED: Object = {**namespace("strangers", level="restricted"), "spec": {"finalizers": ["kubernetes"]}}

NAMESPACES: Table = {
    "a new namespace carries a level that a claim keeps": create(namespace("row", level="restricted")),
    "a new namespace carries a level that nobody knows": create(namespace("row", level="supreme")),
    "a new namespace carries a tenant": create(namespace("row", level="untrusted", tenant="a")),
    "a namespace gets a level that a claim keeps": change(namespace("row"), RAISED),
    "a namespace changes its level": change(namespace("partner-b"), RAISED),
    "a namespace changes its level for another of a plan": change(namespace("storefront"), RAISED),
    "a namespace gets a level through its status": change(namespace("row"), RAISED, sub="status"),
    "a namespace gets a level through its finalizers": Request(
        DEVELOPER, namespace("strangers"), POST, FINALIZED, sub="finalize"
    ),
    "a namespace changes its tenant": change(namespace("partner-a"), {"metadata": {"labels": {TENANT: "b"}}}),
    "a namespace's own account gives it a level": change(namespace("row"), RAISED, account("row", "default")),
}


def _binding(who: str, thing: Object) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Binding",
        "metadata": {"name": who, "namespace": thing["metadata"]["namespace"]},
        "target": {"apiVersion": "v1", "kind": "Node", "name": "node-restricted"},
    }


PENDING = {**pod("default", schedulerName="nobody"), "metadata": {"name": "pending", "namespace": "default"}}
BOUND = _binding("pending", PENDING)

BINDINGS: Table = {
    "a developer binds a pod": Request(DEVELOPER, PENDING, POST, BOUND, sub="binding"),
    "a developer binds a pod by a Binding": create(BOUND),
    "a namespace's account binds a pod": Request(account("default", "default"), PENDING, POST, BOUND, sub="binding"),
    "a scheduler that nobody named binds a pod": Request(account("volcano", "volcano"), PENDING, POST, BOUND, sub="binding"),
    "a kubelet binds a pod": Request(KUBELET, PENDING, POST, BOUND, sub="binding"),
    "a controller binds a pod by a Binding": create(BOUND, REPLICASETS),
}

IN_A_RING = node("untrusted.a", taint("untrusted.a"))
UNTAINTED: Object = {"spec": {"taints": None}}
BETTER: Object = {"metadata": {"labels": {LABEL: "restricted"}}}

NODES: Table = {
    "a kubelet joins with a ring's label": create(node("restricted"), KUBELET),
    "a kubelet joins with a ring's label and taint": create(node("restricted", taint("restricted")), KUBELET),
    "a kubelet gives itself a ring": change(node(), BETTER, KUBELET),
    "a kubelet gives itself a ring through its status": change(node(), BETTER, KUBELET, "status"),
    "a kubelet changes its ring": change(IN_A_RING, BETTER, KUBELET),
    "a kubelet changes its ring through its status": change(IN_A_RING, BETTER, KUBELET, "status"),
    "a kubelet leaves its ring": change(IN_A_RING, {"metadata": {"labels": {LABEL: None}}}, KUBELET),
    "a kubelet takes its ring's taint away": change(IN_A_RING, UNTAINTED, KUBELET),
    "a kubelet taints itself for a ring": change(node(), {"spec": {"taints": [taint("restricted")]}}, KUBELET),
    "a kubelet changes its taint's value": change(IN_A_RING, {"spec": {"taints": [taint("restricted")]}}, KUBELET),
    "a developer joins a node with a ring's label": create(node("restricted")),
    "a developer joins a node with a ring's taint": create(node("", taint("restricted"))),
    "a developer gives a node a ring": change(node(), BETTER),
    "a developer gives a node a ring through its status": change(node(), BETTER, sub="status"),
    "a developer takes a ring's taint away": change(IN_A_RING, UNTAINTED),
    "a developer empties the taints of a node": change(IN_A_RING, {"spec": {"taints": []}}),
    "a developer replaces a ring's taint by his own": change(
        IN_A_RING, {"spec": {"taints": [{"key": "mine", "effect": "NoSchedule"}]}}
    ),
    "a developer softens a ring's taint": change(IN_A_RING, {"spec": {"taints": [taint("untrusted.a", "PreferNoSchedule")]}}),
    "a developer adds a second taint of the rings": change(
        IN_A_RING, {"spec": {"taints": [taint("untrusted.a"), taint("restricted", "NoExecute")]}}
    ),
    "an agent on every node takes taints away": change(IN_A_RING, UNTAINTED, UNTAINTER),
    "a controller takes taints away": change(IN_A_RING, UNTAINTED, controller("node")),
}

BYPASSES: Table = {
    **TOLERATIONS,
    **SELECTORS,
    **NODE_NAMES,
    **RESIDENTS,
    **PODS_CHANGED,
    **TEMPLATES,
    **NAMESPACES,
    **BINDINGS,
    **NODES,
}
