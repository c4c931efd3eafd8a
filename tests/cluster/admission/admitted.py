"""What the policies must let through: what the plan wants, what controllers and kubelets do, and what was there before."""

from tests.cluster.admission.bypasses import BOUND, GATED, IN_A_RING, MIRROR, OLD, PENDING
from tests.cluster.admission.requests import (
    ADMIN,
    BY_DEFAULT,
    DAEMONSETS,
    DEVELOPER,
    EVERYTHING,
    JOBS,
    KINDS,
    KUBELET,
    LABEL,
    LEVEL,
    PLATFORM,
    POST,
    REPLICASETS,
    SCHEDULER,
    TAINT,
    Object,
    Request,
    Table,
    Who,
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

KARPENTER = account("kube-system", "karpenter")
EVICTION: Object = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "evicted", "namespace": "default"}}
EVICTED = {**OLD, "metadata": {"name": "evicted", "namespace": "default"}}
DEBUGGER: Object = {"spec": {"ephemeralContainers": [{"name": "d", "image": "d"}]}}
READY: Object = {"status": {"conditions": [{"type": "Ready", "status": "True"}]}}
BY_DAEMONSETS: list[Object] = [
    {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute"},
    {"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute"},
    {"key": "node.kubernetes.io/disk-pressure", "operator": "Exists", "effect": "NoSchedule"},
    {"key": "node.kubernetes.io/unschedulable", "operator": "Exists", "effect": "NoSchedule"},
]
"""What the DaemonSet controller adds."""
ON_ITS_NODE: Object = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["node-restricted"]}]}
STATIC: list[Object] = [{"operator": "Exists", "effect": "NoExecute"}]
"""What the kubelet adds to static pods."""
OPERATOR = {"nodeSelector": {LABEL: "restricted"}, "tolerations": EVERYTHING}
HOMES = {"payments": "restricted", "storefront": "internal", "partner-a": "untrusted.a", "partner-b": "untrusted.b"}

PODS: Table = {
    **{f"a pod of {space} is in its ring": create(pod(space, **member(ring)), REPLICASETS) for space, ring in HOMES.items()},
    "a bare pod is in its namespace's ring": create(pod("payments", **member("restricted"))),
    "a pod says its level": create(pod("payments", tagged("restricted"), **member("restricted"))),
    "a tenant's pod says its tenant": create(pod("partner-a", tagged("untrusted", "a"), **member("untrusted.a"))),
    "a pod of a namespace with two rings is in the better one": create(pod("shop", tagged("internal"), **member("internal"))),
    "a pod of a namespace with two rings is in the lesser one": create(
        pod("shop", tagged("untrusted", "a"), **member("untrusted.a"))
    ),
    "a Job's pod is in its ring": create(pod("payments", **member("restricted")), JOBS),
    "a pod of a claimed namespace, which no plan has seen, is in the ring": create(pod("vault-1", **member("restricted"))),
    "a pod of a claimed namespace is in no ring": create(pod("vault-1")),
    "a pod requires its ring by affinity": create(
        pod("payments", tolerations=tolerating("restricted"), affinity=required(term("In", "restricted")))
    ),
    "a pod requires its ring in each of two terms": create(
        pod("payments", tolerations=tolerating("restricted"), affinity=required(*2 * [term("In", "restricted")]))
    ),
    "a pod that tolerates everything selects its ring": create(pod("payments", **OPERATOR)),
    "a pod of a ring waits behind a gate": create(pod("payments", **member("restricted"), **GATED)),
    "a pod of no ring": create(pod("default")),
    "a pod of no ring has null lists": create(pod("default", tolerations=None, nodeSelector=None, affinity=None)),
    "a pod of no ring tolerates the control plane": create(
        pod("default", tolerations=[{"key": "node-role.kubernetes.io/control-plane", "operator": "Exists"}])
    ),
    "a pod of no ring tolerates what would evict it": create(pod("default", tolerations=STATIC)),
    "a pod of no ring selects a zone": create(pod("default", nodeSelector={"topology.kubernetes.io/zone": "a"})),
    "a pod of no ring requires to be in none": create(pod("default", affinity=required(term("DoesNotExist")))),
    "a pod of no ring is of the level that everybody may carry": create(pod("default", tagged("untrusted"))),
    "a pod of kube-system is in no ring": create(pod("kube-system")),
    "an administrator debugs a node": create(pod("default", nodeName="node-restricted", tolerations=EVERYTHING), ADMIN),
    "the platform team debugs a node": create(pod("default", nodeName="node-restricted", tolerations=EVERYTHING), PLATFORM),
}

RESIDENTS: Table = {
    "a DaemonSet's pod in its ring": create(
        pod(
            "payments",
            meta=owned_by("DaemonSet", "probe"),
            nodeSelector={LABEL: "restricted"},
            tolerations=[*tolerating("restricted"), *BY_DAEMONSETS],
            affinity=required(ON_ITS_NODE),
        ),
        DAEMONSETS,
    ),
    "a shared resident's pod": create(
        pod(
            "logging",
            meta=owned_by("DaemonSet", "fluent-bit"),
            tolerations=[{"key": TAINT, "operator": "Exists"}, *BY_DAEMONSETS],
            affinity=required(ON_ITS_NODE),
        ),
        DAEMONSETS,
    ),
    "an agent of kube-system that tolerates everything": create(
        pod("kube-system", meta=owned_by("DaemonSet", "kube-proxy"), tolerations=EVERYTHING, affinity=required(ON_ITS_NODE)),
        DAEMONSETS,
    ),
    "an agent's pod where controllers share one identity": create(
        pod("kube-system", meta=owned_by("DaemonSet", "kube-proxy"), tolerations=EVERYTHING),
        Who("system:kube-controller-manager"),
    ),
    "a shared resident's DaemonSet": create(
        {
            **owner("DaemonSet", "logging", tolerations=[{"key": TAINT, "operator": "Exists"}]),
            "metadata": {"name": "fluent-new", "namespace": "logging"},
        }
    ),
    "an agent's DaemonSet in kube-system": create(owner("DaemonSet", "kube-system", tolerations=EVERYTHING)),
    "a static pod's mirror": create(pod("kube-system", meta=MIRROR, nodeName="joining", tolerations=STATIC), KUBELET),
    "a static pod's mirror that tolerates everything": create(
        pod("default", meta=MIRROR, nodeName="joining", tolerations=EVERYTHING), KUBELET
    ),
    "a static pod's mirror in a ring's namespace": create(
        pod("payments", tagged("restricted"), meta=MIRROR, nodeName="joining", tolerations=STATIC), KUBELET
    ),
}

CHANGES: Table = {
    "an old pod that tolerates everything gets a label": change(
        OLD, {"metadata": {"labels": {"pod-template-hash": "1"}}}, REPLICASETS
    ),
    "an old pod loses its finalizers": change(
        pod("default", meta={"finalizers": ["example.com/wait"]}, tolerations=EVERYTHING),
        {"metadata": {"finalizers": None}},
        controller("generic-garbage-collector"),
    ),
    "an old pod of a ring's namespace without one is adopted": change(
        pod("payments"), {"metadata": owned_by("ReplicaSet", "adopter")}, REPLICASETS
    ),
    "an old pod's image changes": change(OLD, {"spec": {"containers": [{"name": "main", "image": "example.com/other"}]}}),
    "a kubelet reports what an old pod does": change(OLD, READY, KUBELET, "status"),
    "an old pod is evicted": Request(DEVELOPER, EVICTED, POST, EVICTION, sub="eviction"),
    "a pod of a ring gets a toleration of everything, as it selects its ring": change(
        pod("payments", **member("restricted")), {"spec": {"tolerations": [*tolerating("restricted"), *BY_DEFAULT, *EVERYTHING]}}
    ),
    "a pod of a ring gets one more toleration": change(
        pod("payments", **member("restricted")),
        {"spec": {"tolerations": [*tolerating("restricted"), *BY_DEFAULT, {"key": "gpu", "operator": "Exists"}]}},
    ),
    "a pod of a ring leaves its gate": change(
        pod("payments", **member("restricted"), **GATED), {"spec": {"schedulingGates": []}}, account("kueue", "kueue")
    ),
    "a debugger enters a pod of a ring": change(pod("payments", **member("restricted")), DEBUGGER, sub="ephemeralcontainers"),
    "a debugger enters a pod of no ring": change(pod("default"), DEBUGGER, sub="ephemeralcontainers"),
    "an administrator debugs an old pod": change(OLD, DEBUGGER, ADMIN, "ephemeralcontainers"),
    "a pod's level stays as its labels change": change(
        pod("payments", tagged("restricted"), **member("restricted")), {"metadata": {"labels": {"x": "y"}}}
    ),
    "a pod loses its level": change(pod("default", tagged("untrusted")), {"metadata": {"labels": {LEVEL: None}}}),
}

TEMPLATES: Table = {
    **{f"a {kind} of a ring": create(owner(kind, "payments", **member("restricted"))) for kind in KINDS},
    **{
        f"a {kind} of a ring says its level": create(
            owner(kind, "payments", tagged("restricted"), tagged("restricted"), **member("restricted"))
        )
        for kind in KINDS
    },
    **{f"a {kind} of no ring": create(owner(kind, "default")) for kind in KINDS},
    **{
        f"an old {kind} that tolerates everything gets an annotation": change(
            owner(kind, "default", tolerations=EVERYTHING), {"metadata": {"annotations": {"x": "y"}}}
        )
        for kind in KINDS
    },
    **{
        f"an old {kind} that tolerates everything is scaled": change(
            owner(kind, "default", tolerations=EVERYTHING), {"spec": {"replicas": 0}}, controller("horizontal-pod-autoscaler")
        )
        for kind in ("Deployment", "StatefulSet", "ReplicaSet", "ReplicationController")
    },
    "an old Deployment is scaled through its scale": change(
        owner("Deployment", "payments"), {"spec": {"replicas": 0}}, sub="scale"
    ),
    "an old Deployment that tolerates everything is mended": change(
        owner("Deployment", "payments", tolerations=EVERYTHING),
        within("Deployment", {"spec": {"nodeSelector": {LABEL: "restricted"}}}),
    ),
    "an old Job goes on": change(owner("Job", "payments"), {"spec": {"suspend": True}}),
    "an old CronJob is suspended": change(owner("CronJob", "payments"), {"spec": {"suspend": True}}),
    "a controller reports what an old StatefulSet does": change(
        owner("StatefulSet", "payments"), {"status": {"replicas": 0}}, controller("statefulset"), "status"
    ),
    "a Deployment makes a ReplicaSet": create(owner("ReplicaSet", "payments", **member("restricted")), controller("deployment")),
    "a CronJob makes a Job": create(owner("Job", "payments", **member("restricted")), controller("cronjob")),
    "a CronJob of a ring makes Jobs that say their level": create(
        owner("CronJob", "payments", tagged("restricted"), **member("restricted"))
    ),
}

NAMESPACES: Table = {
    "a new namespace": create(namespace("row")),
    "a new namespace of the level that everybody may carry": create(namespace("row", level="untrusted")),
    "a new namespace of a level that a claim gives it": create(namespace("vault-2", level="restricted")),
    "a namespace gets the level that a claim gives it": change(
        namespace("storefront"), {"metadata": {"labels": {LEVEL: "internal"}}}
    ),
    "a namespace of a level gets another label": change(namespace("partner-b"), {"metadata": {"labels": {"x": "y"}}}),
    "a namespace gets a level from the platform team": change(
        namespace("row"), {"metadata": {"labels": {LEVEL: "internal"}}}, PLATFORM
    ),
    "a namespace with a level from before gets an annotation": change(
        namespace("row", level="restricted"), {"metadata": {"annotations": {"x": "y"}}}
    ),
}

BINDINGS: Table = {
    "kube-scheduler binds a pod": Request(SCHEDULER, PENDING, POST, BOUND, sub="binding"),
    "an administrator binds a pod": Request(ADMIN, PENDING, POST, BOUND, sub="binding"),
}

RING: Object = {"metadata": {"labels": {LABEL: "untrusted.a"}}, "spec": {"taints": [taint("untrusted.a")]}}
NOT_READY: Object = {"key": "node.kubernetes.io/not-ready", "effect": "NoExecute"}

NODES: Table = {
    "a node joins": create(node(), KUBELET),
    "a node joins with a ring's taint, which keeps strangers out from the first moment": create(
        node("", taint("untrusted.a")), KUBELET
    ),
    "a kubelet reports its status": change(IN_A_RING, READY, KUBELET, "status"),
    "a kubelet labels itself otherwise": change(IN_A_RING, {"metadata": {"labels": {"x": "y"}}}, KUBELET),
    "a controller taints a node that is not ready": change(
        IN_A_RING, {"spec": {"taints": [taint("untrusted.a"), NOT_READY]}}, controller("node")
    ),
    "a controller taints a node before the ring's taint": change(
        IN_A_RING, {"spec": {"taints": [NOT_READY, taint("untrusted.a")]}}, controller("node")
    ),
    "a developer cordons a node": change(IN_A_RING, {"spec": {"unschedulable": True}}),
    "an administrator gives a node a ring": change(node(), RING, ADMIN),
    "the platform team gives a node a ring": change(node(), RING, PLATFORM),
    "the platform team takes a node out of a ring": change(
        IN_A_RING, {"metadata": {"labels": {LABEL: None}}, "spec": {"taints": None}}, PLATFORM
    ),
    "Karpenter gives a node a ring": change(node("", taint("untrusted.a")), RING, KARPENTER),
}

ADMITTED: Table = {**PODS, **RESIDENTS, **CHANGES, **TEMPLATES, **NAMESPACES, **BINDINGS, **NODES}
