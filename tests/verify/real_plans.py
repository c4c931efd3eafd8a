"""Real plans to lie about, made by the pipeline from small inputs: between them they say everything that a plan can say."""

import json
from pathlib import Path
from typing import Any

from models.answer.plan import IsolationPlan
from planner import pipeline

Document = dict[str, Any]
LEVEL, OURS = "ringfence.dev/trust-level", "ringfence.dev/v1alpha1"
ZONE, TYPE = "topology.kubernetes.io/zone", "node.kubernetes.io/instance-type"
HOST, OS = "kubernetes.io/hostname", "kubernetes.io/os"


def container(cpu: str, **fields: Any) -> Document:
    return {"name": "main", "image": "web:1", "resources": {"requests": {"cpu": cpu, "memory": "64Mi"}}, **fields}


def work(
    kind: str, name: str, level: str, cpu: str = "500m", replicas: int = 1, /, spec: Document | None = None, **pod: Any
) -> Document:
    """Write a workload; `spec` is more of its own, what else there is belongs to its pods."""
    labels = {"app": name, **({LEVEL: level} if level else {})}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container(cpu)], **pod}}
    inner: Document = {"selector": {"matchLabels": {"app": name}}, "template": template, **(spec or {})}
    if kind != "DaemonSet":
        inner["replicas"] = replicas
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name, "namespace": "shop"}, "spec": inner}


def node(name: str, cpu: str = "4", zone: str = "a", taints: Any = (), **labels: str) -> Document:
    metadata = {"name": name, "labels": {HOST: name, ZONE: zone, **labels}}
    status = {"allocatable": {"cpu": cpu, "memory": "16Gi", "pods": "58"}, "nodeInfo": {"kubeletVersion": "v1.36.2"}}
    return {"apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": {"taints": list(taints)}, "status": status}


def shape(name: str, cpu: str, price: float, **spec: Any) -> Document:
    room = {"cpu": cpu, "memory": "16Gi", "pods": "58"}
    given = {"allocatable": room, "zones": ["a", "b"], "price": price, **spec}
    return {"apiVersion": OURS, "kind": "NodeShape", "metadata": {"name": name}, "spec": given}


def planned(
    folder: Path, workloads: list[Document], inventory: list[Document], /, exact: bool = False, **spec: Any
) -> IsolationPlan:
    """Plan for documents in files."""
    for name, items in (("workloads", workloads), ("nodes", inventory)):
        (folder / f"{name}.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    policy = {
        "apiVersion": OURS,
        "kind": "TrustPolicy",
        "metadata": {"name": folder.name},
        "spec": {"levels": ["a", "b"], **spec},
    }
    (folder / "trust.json").write_text(json.dumps(policy))
    files = [str(folder / f"{name}.json") for name in ("workloads", "nodes", "trust")]
    return pipeline.plan(pipeline.Inputs((files[0],), (files[1],), files[2]), lambda _: None, exact=exact)


def in_(key: str, *values: str) -> Document:
    return {"matchExpressions": [{"key": key, "operator": "In", "values": list(values)}]}


def near(name: str, key: str = ZONE) -> Document:
    return {"topologyKey": key, "labelSelector": {"matchLabels": {"app": name}}}


PREFERRED, REQUIRED = "preferredDuringSchedulingIgnoredDuringExecution", "requiredDuringSchedulingIgnoredDuringExecution"
NOT_THERE = {"key": "metadata.name", "operator": "NotIn", "values": ["n9"]}
AFFINITY = {
    "nodeAffinity": {
        REQUIRED: {"nodeSelectorTerms": [{**in_(TYPE, "m5", "c5"), "matchFields": [NOT_THERE]}]},
        PREFERRED: [{"weight": 5, "preference": in_(ZONE, "a")}],
    },
    "podAffinity": {PREFERRED: [{"weight": 5, "podAffinityTerm": near("db")}]},
    "podAntiAffinity": {
        REQUIRED: [{**near("web", HOST), "namespaces": ["shop"]}],
        PREFERRED: [{"weight": 7, "podAffinityTerm": {**near("api"), "namespaceSelector": {"matchLabels": {"team": "x"}}}}],
    },
}  # fmt: skip
SPREAD = {
    "maxSkew": 1,
    "topologyKey": ZONE,
    "whenUnsatisfiable": "DoNotSchedule",
    "minDomains": 2,
    "nodeTaintsPolicy": "Honor",
    "nodeAffinityPolicy": "Ignore",
    "labelSelector": {"matchExpressions": [{"key": "app", "operator": "In", "values": ["api"]}]},
}
CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
WEB = work(
    "Deployment", "web", "b", "500m", 2, affinity=AFFINITY, tolerations=[{"key": "spot", "operator": "Equal", "value": "x"}]
)
API = work(
    "Deployment", "api", "a", "250m", 2, topologySpreadConstraints=[SPREAD], nodeSelector={TYPE: "m5"}, runtimeClassName="sand",
    initContainers=[container("100m", name="side", restartPolicy="Always")], priorityClassName="polite",
)  # fmt: skip
DB = work(
    "StatefulSet", "db", "a", "100m", 2,
    spec={"volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {**CLAIM, "storageClassName": "fast"}}],
          "ordinals": {"start": 1}},
    affinity={"podAffinity": {REQUIRED: [near("api", TYPE)]}},
    volumes=[{"name": "old", "persistentVolumeClaim": {"claimName": "old"}}],
)  # fmt: skip
AGENT = work("DaemonSet", "agent", "", "50m", tolerations=[{"operator": "Exists"}])
LOGS = work("DaemonSet", "logs", "b", "50m")
JOB = {"metadata": {"labels": {"run": "x"}}, "spec": {"template": {**work("Job", "night", "")["spec"]["template"]}}}
JOB["spec"]["template"]["spec"] = {"containers": [container("100m")], "restartPolicy": "Never", "hostNetwork": True}
NIGHT = {
    "apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "night", "namespace": "shop", "labels": {LEVEL: "b"}},
    "spec": {"schedule": "0 1 * * *", "concurrencyPolicy": "Forbid", "jobTemplate": JOB},
}  # fmt: skip
GATE = {
    "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "gate", "namespace": "shop", "labels": {LEVEL: "b"}},
    "spec": {"containers": [container("100m", ports=[{"containerPort": 80, "hostPort": 80}])], "schedulerName": "other",
             "schedulingGates": [{"name": "wait"}]},
}  # fmt: skip
ROLLOUT = {**work("Deployment", "roll", "b", "100m"), "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout"}
SCALER = {
    "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "web", "namespace": "shop"},
    "spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
             "minReplicas": 1, "maxReplicas": 2},
}  # fmt: skip
BUDGETS = [
    {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": name, "namespace": "shop"},
     "spec": {field: amount, "selector": {"matchLabels": {"app": name}}}}
    for name, field, amount in (("web", "maxUnavailable", 1), ("api", "minAvailable", "50%"))
]  # fmt: skip
KUBELET = {
    "apiVersion": "v1", "kind": "Pod", "status": {"phase": "Running"},
    "metadata": {"name": "proxy-n0", "namespace": "kube-system", "uid": "1", "labels": {"app": "proxy"},
                 "annotations": {"kubernetes.io/config.mirror": "x"},
                 "ownerReferences": [{"apiVersion": "v1", "kind": "Node", "name": "n0", "uid": "2", "controller": True}]},
    "spec": {"nodeName": "n0", "containers": [container("50m")]},
}  # fmt: skip
STORAGE: list[Document] = [
    {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "fast"}, "provisioner": "csi.example",
     "volumeBindingMode": "WaitForFirstConsumer",
     "allowedTopologies": [{"matchLabelExpressions": [{"key": ZONE, "values": ["a", "b"]}]}]},
    {"apiVersion": "storage.k8s.io/v1", "kind": "CSIDriver", "metadata": {"name": "csi.example"},
     "spec": {"storageCapacity": True}},
    {"apiVersion": "storage.k8s.io/v1", "kind": "CSIStorageCapacity", "metadata": {"name": "r", "namespace": "csi"},
     "storageClassName": "fast", "capacity": "100Gi", "maximumVolumeSize": "10Gi", "nodeTopology": {"matchLabels": {TYPE: "m5"}}},
    {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "old", "namespace": "shop"},
     "spec": {**CLAIM, "storageClassName": "", "volumeName": "pv", "selector": {"matchLabels": {"disk": "x"}}}},
    {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "pv", "labels": {"disk": "x"}},
     "spec": {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "claimRef": {"namespace": "shop", "name": "old"},
              "csi": {"driver": "csi.example", "volumeHandle": "h"},
              "nodeAffinity": {"required": {"nodeSelectorTerms": [in_(TYPE, "m5")]}}}},
]  # fmt: skip
INVENTORY = [
    *(node(f"n{at}", "4", "ab"[at % 2], **{TYPE: "m5", OS: "linux"}) for at in range(4)),
    node("n4", "2", "a", [{"key": "spot", "value": "x", "effect": "NoSchedule"}], **{TYPE: "c5", "x/ring": "gone"}),
    node("master", "2", "b", role="master"),
    {"apiVersion": "node.k8s.io/v1", "kind": "RuntimeClass", "metadata": {"name": "sand"}, "handler": "sand",
     "overhead": {"podFixed": {"cpu": "10m"}},
     "scheduling": {"nodeSelector": {OS: "linux"}, "tolerations": [{"key": "sand", "operator": "Exists"}]}},
    {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": "polite"}, "value": 7,
     "preemptionPolicy": "Never"},
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": {"team": "x"}}},
]  # fmt: skip
EVERYTHING: Document = {
    "everywhere": [{"kind": "DaemonSet", "names": ["agent"]}],
    "nodes": {"labelKey": "x/ring", "exclude": {"matchLabels": {"role": "master"}}},
    "podTemplates": {"argoproj.io/v1alpha1/Rollout": "spec.template"},
    "assign": [{"level": "b", "match": {"images": ["nobody/**"], "labels": {"matchLabels": {"x": "y"}}}, "tenant": ""}],
    "claims": [{"level": "a", "namespaces": ["shop"]}],
    "labels": {"level": LEVEL, "tenant": "x/tenant"},
}
TWO = [node("large-1", **{TYPE: "large"}), node("large-2", **{TYPE: "large"}), node("small", "2", **{TYPE: "small"})]
LITTLE_AND_BIG = [work("Deployment", "little", "a", "1", 2), work("Deployment", "big", "a", "4", 2)]
STILL: Document = {"demand": {"surge": False}}


def rich(folder: Path) -> IsolationPlan:
    """Plan for one of everything."""
    workloads = [WEB, API, DB, AGENT, LOGS, NIGHT, GATE, ROLLOUT, SCALER, *BUDGETS]
    return planned(folder, workloads, [*INVENTORY, *STORAGE, KUBELET], **EVERYTHING)


def refused(folder: Path) -> IsolationPlan:
    """Plan what does not fit: too much cpu and a node that is asked for and not there, which more nodes repair, ring by ring."""
    workloads = [work("Deployment", "api", "a", "3", 3), work("Deployment", "web", "b", "8"), work("Deployment", "sms", "b", "1")]
    return planned(folder, workloads, [node("n1"), node("n2"), node("n3", "2", "b")])


def bought(folder: Path) -> IsolationPlan:
    """Plan for nodes that are to be bought beside one that is owned and costs something."""
    shapes = [
        shape("small", "4100m", 0.2, labels={"disk": "fast"}),
        shape("big", "8100m", 0.38, max=3, taints=[{"key": "spot", "value": "x", "effect": "PreferNoSchedule"}]),
    ]
    owned = node("n1")
    owned["metadata"]["annotations"] = {"ringfence.dev/price": "0.1"}
    workloads = [work("Deployment", "api", "a", "1500m", 2), work("Deployment", "web", "b", "1", 5), AGENT]
    return planned(folder, workloads, [*shapes, owned], everywhere=EVERYTHING["everywhere"])


def surviving(folder: Path) -> IsolationPlan:
    """Plan for rings that survive the loss of a node, and lose a zone to which pods are tied."""
    tied = work("Deployment", "tied", "a", "500m", 1, nodeSelector={ZONE: "b"})
    nodes = [node(f"n{at}", "4", "ab"[at == 3]) for at in range(4)]
    return planned(folder, [work("Deployment", "api", "a", "1", 3), tied], nodes, survive={"nodes": 1}, **STILL)


def packed(folder: Path) -> IsolationPlan:
    """Plan a packing that promises no more."""
    return planned(folder, LITTLE_AND_BIG, TWO, exact=True, **STILL)


def led(folder: Path) -> IsolationPlan:
    """Plan with guides."""
    return planned(folder, LITTLE_AND_BIG, TWO, guide="require", **STILL)


def stuck(folder: Path) -> IsolationPlan:
    """Plan a packing that kube-scheduler misses."""
    return planned(folder, LITTLE_AND_BIG, TWO, guide="none", **STILL)


def roomy(folder: Path) -> IsolationPlan:
    """Plan with a spare node that is reserved."""
    workloads = [
        work("Deployment", "big", "a", "3"),
        work("Deployment", "mid", "a", "2", 2),
        work("Deployment", "other", "b", "4"),
    ]
    return planned(folder, workloads, [node(f"n{at}") for at in range(4)], **STILL)


GROUP = "eks.amazonaws.com/nodegroup"
TWO_LEVELS = [work("Deployment", "api", "a", "3", 2), work("Deployment", "web", "b", "3", 1)]


def divided(folder: Path) -> IsolationPlan:
    """Plan with a new group, of a node of the only one."""
    nodes = [node(f"n{at}", **{GROUP: "general"}) for at in range(3)]
    return planned(folder, TWO_LEVELS, nodes, nodes={"groups": {"split": "allow"}}, **STILL)


def grown(folder: Path) -> IsolationPlan:
    """Plan on groups of which one grows from one node and one from none, each in a ring."""
    nodes = [node("n1", **{GROUP: "small"})]
    room = {"cpu": "4", "memory": "16Gi", "pods": "58"}
    groups = {"small": {"min": 1, "max": 6}, "new": {"max": 6, "by": GROUP, "allocatable": room, "zones": ["a", "b"]}}
    nodes += [
        {"apiVersion": OURS, "kind": "NodeGroup", "metadata": {"name": name}, "spec": spec} for name, spec in groups.items()
    ]
    return planned(folder, TWO_LEVELS, nodes, True, **STILL)


def whole(folder: Path) -> IsolationPlan:
    """Plan with a group that would have to be divided, and stays whole, beside a node of the control plane."""
    nodes = [node(f"n{at}", **{GROUP: "general"}) for at in range(3)]
    master = node("master", **{"node-role.kubernetes.io/control-plane": ""})
    return planned(folder, TWO_LEVELS, [*nodes, master], **STILL)


def chosen(folder: Path) -> IsolationPlan:
    """Plan rings that were chosen: two groups may share, in rings of few nodes."""
    workloads = [work("Deployment", "api", "a", "3"), work("Deployment", "web", "b", "3")]
    rules = {"ringNodes": [{"max": 2}], "mayShare": [["a", "b"]], "separateTenants": ["b"]}
    for one in workloads:
        one["spec"]["template"]["metadata"]["labels"]["ringfence.dev/tenant"] = "blue"
    return planned(folder, workloads, [node("n1"), node("n2", "6")], **rules, **STILL)


ASSURANCE = {
    **{"level": "a", "podSecurity": "restricted", "runAsNonRoot": True, "seccomp": True, "userNamespaces": True},
    **{"noHostPath": True, "images": ["docker.io/**"], "digests": True, "runtimeClasses": ["gvisor"]},
    **{"kubelet": "1.36", "kernel": "6.8", "uniform": True},
}
ADMISSION = {"admins": ["platform-team"], "schedulers": ["volcano"], "provisioners": ["karpenter"]}


def hook(kind: str) -> Document:
    """Write an admission policy of somebody else."""
    rule = {"apiGroups": [""], "operations": ["CREATE"], "resources": ["pods"]}
    spec = {"matchConstraints": {"resourceRules": [rule]}}
    return {"apiVersion": "admissionregistration.k8s.io/v1", "kind": kind, "metadata": {"name": "hook"}, "spec": spec}


def impossible(folder: Path) -> IsolationPlan:
    """Plan more rings than there may be, where policies may change and refuse pods."""
    workloads = [work("Deployment", "api", "a"), work("Deployment", "web", "b")]
    hooks = [hook("MutatingAdmissionPolicy"), hook("ValidatingAdmissionPolicy")]
    rules = {"maxRings": 1, "admission": ADMISSION, "requires": [ASSURANCE]}
    return planned(folder, workloads, [node("n1"), node("n2"), *hooks], **rules, **STILL)


HARD = {
    **{"runAsNonRoot": True, "allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    **{"seccompProfile": {"type": "RuntimeDefault"}, "appArmorProfile": {"type": "RuntimeDefault"}},
    "seLinuxOptions": {"level": "s0:c1,c2"},
}
SANDBOX = {"apiVersion": "node.k8s.io/v1", "kind": "RuntimeClass", "metadata": {"name": "gvisor"}, "handler": "runsc"}


def demoted(folder: Path) -> IsolationPlan:
    """Plan with one workload that is all that its level requires, and one that falls."""
    hard = work("Deployment", "hard", "a", hostUsers=False, runtimeClassName="gvisor")
    hard["spec"]["template"]["spec"]["containers"][0]["securityContext"] = HARD
    asked = {**ASSURANCE, "appArmor": True, "seLinux": True, "demote": True, "images": ["**"], "digests": False}
    workloads = [hard, work("Deployment", "soft", "a")]
    review = {"maxRequested": {"cpu": "85%"}, "minFreePods": {"medium": 1}}
    return planned(folder, workloads, [node("n1"), node("n2"), SANDBOX], requires=[asked], review=review, **STILL)


MAKERS = (rich, refused, bought, surviving, packed, led, stuck, roomy, chosen, impossible, divided, whole, grown, demoted)
