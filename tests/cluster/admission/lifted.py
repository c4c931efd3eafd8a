"""What becomes of pods without a ring, written down before the policies that give them one: whom these lift, and whom never.

The plan is that of the bypasses. vault-3 is a namespace that no plan has seen, and that says restricted, as a claim lets it.
"""

from dataclasses import dataclass
from typing import Any

from tests.cluster.admission.admitted import BY_DAEMONSETS, HOMES, OPERATOR
from tests.cluster.admission.bypasses import GATED, MIRROR
from tests.cluster.admission.requests import (
    DAEMONSETS,
    DEVELOPER,
    EVERYTHING,
    JOBS,
    KINDS,
    KUBELET,
    LABEL,
    REPLICASETS,
    TAINT,
    Object,
    Who,
    account,
    member,
    owned_by,
    owner,
    pod,
    required,
    tagged,
    term,
    tolerating,
)

REFUSED = "refused"
LEFT = ""
"""Admitted, without any ring."""
ZONE = {"topology.kubernetes.io/zone": "a"}
GPU: Object = {"key": "gpu", "operator": "Exists", "effect": "NoSchedule"}
STRIMZI = account("payments", "strimzi-cluster-operator")
LIFTED_KINDS = [kind for kind in KINDS if kind not in ("ReplicaSet", "ReplicationController")]


@dataclass(frozen=True, slots=True)
class Row:
    """Who makes what, the ring in which it ends, and what its pod spec has then beside the ring."""

    thing: Object
    ring: str
    who: Who = DEVELOPER
    keeps: Any = None


Rows = dict[str, Row]

LIFTED: Rows = {
    **{f"kubectl run in {space}": Row(pod(space), ring) for space, ring in HOMES.items()},
    "a Job's pod": Row(pod("payments"), "restricted", JOBS),
    "an operator's pod": Row(pod("payments"), "restricted", STRIMZI),
    "a ReplicaSet's pod": Row(pod("payments", meta=owned_by("ReplicaSet", "old")), "restricted", REPLICASETS),
    "a pod that says the level of its namespace": Row(pod("payments", tagged("restricted")), "restricted"),
    "a pod that says its tenant": Row(pod("partner-a", tagged("untrusted", "a")), "untrusted.a"),
    "a namespace with two rings: a pod that says the better level": Row(pod("shop", tagged("internal")), "internal"),
    "a namespace with two rings: a pod that says the lesser level": Row(pod("shop", tagged("untrusted", "a")), "untrusted.a"),
    "a pod of a claimed namespace that says its level": Row(pod("vault-1", tagged("restricted")), "restricted"),
    "a pod of a claimed namespace that says its level for it": Row(pod("vault-3"), "restricted"),
    "a pod that selects a zone": Row(pod("payments", nodeSelector=ZONE), "restricted", keeps={"nodeSelector": ZONE}),
    "a pod that tolerates something else": Row(pod("payments", tolerations=[GPU]), "restricted", keeps={"tolerations": [GPU]}),
    "a pod that selects its ring alone": Row(pod("payments", nodeSelector={LABEL: "restricted"}), "restricted"),
    "a pod that tolerates its ring alone": Row(pod("payments", tolerations=tolerating("restricted")), "restricted"),
    "a pod that tolerates its ring for one effect": Row(
        pod("payments", tolerations=[{**tolerating("restricted")[0], "effect": "NoSchedule"}]), "restricted"
    ),
    "a pod that tolerates everything": Row(
        pod("payments", tolerations=EVERYTHING), "restricted", keeps={"tolerations": EVERYTHING}
    ),
    "a pod that requires its ring by affinity": Row(pod("payments", affinity=required(term("In", "restricted"))), "restricted"),
    "a pod that has a ring": Row(pod("payments", **member("restricted")), "restricted"),
    "a pod that has a ring and tolerates everything": Row(pod("payments", **OPERATOR), "restricted"),
    "a pod behind a gate": Row(pod("payments", **GATED), "restricted"),
    "a pod with null lists": Row(pod("payments", tolerations=None, nodeSelector=None, affinity=None), "restricted"),
    "a pod with empty lists": Row(pod("payments", tolerations=[], nodeSelector={}, affinity={}), "restricted"),
    **{f"a {kind} of a ring's namespace": Row(owner(kind, "payments"), "restricted") for kind in LIFTED_KINDS},
    **{f"a {kind} that an operator makes": Row(owner(kind, "payments"), "restricted", STRIMZI) for kind in LIFTED_KINDS},
    **{
        f"a namespace with two rings: a {kind} whose pods say the lesser level": Row(
            owner(kind, "shop", tagged("untrusted", "a")), "untrusted.a"
        )
        for kind in LIFTED_KINDS
    },
    **{f"a {kind} that has a ring": Row(owner(kind, "payments", **member("restricted")), "restricted") for kind in KINDS},
}

ALONE: Rows = {
    "a pod of no ring": Row(pod("default"), LEFT),
    "a pod of no ring that says the level that everybody may": Row(pod("default", tagged("untrusted")), LEFT),
    "a pod of kube-system": Row(pod("kube-system"), LEFT),
    "a pod of a claimed namespace that says nothing": Row(pod("vault-1"), LEFT),
    "a shared resident's pod": Row(
        pod(
            "logging",
            meta=owned_by("DaemonSet", "fluent-bit"),
            tolerations=[{"key": TAINT, "operator": "Exists"}, *BY_DAEMONSETS],
        ),
        LEFT,
        DAEMONSETS,
    ),
    "a static pod's mirror in a ring's namespace": Row(
        pod("payments", meta=MIRROR, nodeName="joining", tolerations=[{"operator": "Exists", "effect": "NoExecute"}]),
        LEFT,
        KUBELET,
    ),
    **{f"a {kind} of no ring": Row(owner(kind, "default"), LEFT) for kind in KINDS},
    "a shared resident": Row(
        {**owner("DaemonSet", "logging"), "metadata": {"name": "fluent-second", "namespace": "logging"}}, LEFT
    ),
}

NEVER: Rows = {
    "a pod says a lesser level than its namespace's": Row(pod("payments", tagged("untrusted")), REFUSED),
    "a pod says a better level than its namespace's": Row(pod("partner-a", tagged("restricted")), REFUSED),
    "a pod says another tenant": Row(pod("partner-a", tagged("untrusted", "b")), REFUSED),
    "a stranger says a level": Row(pod("default", tagged("restricted")), REFUSED),
    "a stranger tolerates everything": Row(pod("default", tolerations=EVERYTHING), REFUSED),
    "a stranger selects a ring": Row(pod("default", nodeSelector={LABEL: "restricted"}), REFUSED),
    "a pod selects another ring": Row(pod("partner-a", nodeSelector={LABEL: "restricted"}), REFUSED),
    "a pod requires another ring": Row(pod("partner-a", affinity=required(term("In", "restricted"))), REFUSED),
    "a pod names its node": Row(pod("payments", nodeName="node-restricted"), REFUSED),
    "a namespace with two rings: a pod says no level": Row(pod("shop"), REFUSED),
    "a namespace with two rings: a pod says a third level": Row(pod("shop", tagged("restricted")), REFUSED),
    "a namespace is called almost like one of a ring": Row(pod("payments-2", tagged("restricted")), REFUSED),
    "a namespace ends like a claimed one": Row(pod("my-vault-1", tagged("restricted")), REFUSED),
    "a pod in a shared resident's namespace tolerates everything": Row(pod("logging", tolerations=EVERYTHING), REFUSED),
    "a pod of a DaemonSet without a ring": Row(pod("payments", meta=owned_by("DaemonSet", "probe")), REFUSED, DAEMONSETS),
    "a bare ReplicaSet, whose owner would not know it again": Row(owner("ReplicaSet", "payments"), REFUSED),
    **{f"a {kind} says a better level": Row(owner(kind, "partner-a", tagged("restricted")), REFUSED) for kind in KINDS},
    **{f"a {kind} names its node": Row(owner(kind, "payments", nodeName="node-restricted"), REFUSED) for kind in KINDS},
}

ROWS: Rows = {**LIFTED, **ALONE, **NEVER}
