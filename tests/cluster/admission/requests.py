"""What somebody asks of the API server, and who: the rows of the tables of what a policy must refuse, and what it must admit."""

from dataclasses import dataclass, field
from typing import Any

Object = dict[str, Any]

LABEL, TAINT = "ringfence.node-restriction.kubernetes.io/ring", "ringfence.dev/ring"
LEVEL, TENANT = "ringfence.dev/trust-level", "ringfence.dev/tenant"
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
POST, MERGE, APPLY = "POST", "MERGE", "APPLY"


@dataclass(frozen=True, slots=True)
class Who:
    """A user as the API server knows him."""

    name: str
    groups: tuple[str, ...] = ()


def account(namespace: str, name: str) -> Who:
    """Return a ServiceAccount as a user."""
    who = f"system:serviceaccount:{namespace}:{name}"
    return Who(who, ("system:serviceaccounts", f"system:serviceaccounts:{namespace}"))


def controller(name: str) -> Who:
    """Return one of kube-controller-manager's controllers as a user."""
    return account("kube-system", f"{name}-controller")


DEVELOPER = Who("dora", ("developers",))
ADMIN = Who("ada", ("system:masters",))
PLATFORM = Who("paul", ("platform-team",))
KUBELET = Who("system:node:joining", ("system:nodes",))
SCHEDULER = Who("system:kube-scheduler")
REPLICASETS, DAEMONSETS, JOBS = controller("replicaset"), controller("daemon-set"), controller("job")


@dataclass(frozen=True, slots=True)
class Request:
    """One thing that somebody asks: to create a thing, or to change one that has been there since before the policy.

    `verb` is POST to create `thing`, APPLY to create it by server-side apply, MERGE to change it by the merge patch `change`.
    `sub` is a subresource; of a POST with one, `change` is the body.
    """

    who: Who
    thing: Object
    verb: str = POST
    change: Any = None
    sub: str = ""


Table = dict[str, Request]


def create(thing: Object, who: Who = DEVELOPER) -> Request:
    """Ask for a new object."""
    return Request(who, thing)


def change(thing: Object, patch: Object, who: Who = DEVELOPER, sub: str = "") -> Request:
    """Ask for a change of an object that is there."""
    return Request(who, thing, MERGE, patch, sub)


# Objects


def metadata(name: str, namespace: str = "", **more: Any) -> Object:
    return {"name": name, **({"namespace": namespace} if namespace else {}), **more}


def pod_spec(**spec: Any) -> Object:
    return {"containers": [{"name": "main", "image": "example.com/app"}], **spec}


def pod(namespace: str, labels: dict[str, str] | None = None, meta: Object | None = None, **spec: Any) -> Object:
    """Make a pod; its name is given to it by the table's reader."""
    about = metadata("row", namespace, labels={"app": "row", **(labels or {})}, **(meta or {}))
    return {"apiVersion": "v1", "kind": "Pod", "metadata": about, "spec": pod_spec(**spec)}


KINDS = {
    "Deployment": "apps/v1",
    "StatefulSet": "apps/v1",
    "DaemonSet": "apps/v1",
    "ReplicaSet": "apps/v1",
    "ReplicationController": "v1",
    "Job": "batch/v1",
    "CronJob": "batch/v1",
}


def owner(
    kind: str, namespace: str, labels: dict[str, str] | None = None, own: dict[str, str] | None = None, **spec: Any
) -> Object:
    """Make a workload of a kind whose pods have this spec; `labels` are those of its template, `own` its own."""
    app = {"app": "row"}
    template: Object = {"metadata": {"labels": {**app, **(labels or {})}}, "spec": pod_spec(**spec)}
    inner: Object = {"template": template}
    if kind in ("Job", "CronJob"):
        template["spec"]["restartPolicy"] = "Never"
    else:
        inner["selector"] = app if kind == "ReplicationController" else {"matchLabels": app}
    if kind == "CronJob":
        inner = {"schedule": "0 3 * * *", "jobTemplate": {"spec": inner}}
    about = metadata("row", namespace, labels=own or {})
    return {"apiVersion": KINDS[kind], "kind": kind, "metadata": about, "spec": inner}


def within(kind: str, template: Object) -> Object:
    """Return the merge patch of a workload that changes its template so."""
    inner: Object = {"template": template}
    return {"spec": {"jobTemplate": {"spec": inner}} if kind == "CronJob" else inner}


def namespace(name: str, **labels: str) -> Object:
    """Make a Namespace with these labels, a level's or a tenant's."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata(name, labels=tagged(**labels))}


def tagged(level: str = "", tenant: str = "") -> dict[str, str]:
    """Return the labels that say a level and a tenant."""
    return {key: value for key, value in ((LEVEL, level), (TENANT, tenant)) if value}


def node(ring: str = "", *taints: Object, **labels: str) -> Object:
    """Make a Node with the label of a ring, or none."""
    about = metadata("row", labels={"kubernetes.io/hostname": "row", **labels, **({LABEL: ring} if ring else {})})
    return {"apiVersion": "v1", "kind": "Node", "metadata": about, "spec": {"taints": list(taints)} if taints else {}}


def taint(ring: str, effect: str = "NoSchedule") -> Object:
    return {"key": TAINT, "value": ring, "effect": effect}


# Parts of pod specs

EVERYTHING = [{"operator": "Exists"}]


BY_DEFAULT: list[Object] = [
    {"key": f"node.kubernetes.io/{state}", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}
    for state in ("not-ready", "unreachable")
]
"""What the API server adds to a pod, and no change may leave out."""


def tolerating(ring: str) -> list[Object]:
    """Return the toleration that a patch writes."""
    return [{"key": TAINT, "operator": "Equal", "value": ring}]


def member(ring: str) -> Object:
    """Return what a patch writes into the spec of a ring's pod."""
    return {"nodeSelector": {LABEL: ring}, "tolerations": tolerating(ring)}


def required(*terms: Object) -> Object:
    """Return an affinity that asks for one of these terms."""
    return {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": list(terms)}}}


def term(operator: str, *values: str, key: str = LABEL) -> Object:
    """Return a term of one expression."""
    return {"matchExpressions": [{"key": key, "operator": operator, **({"values": list(values)} if values else {})}]}


def owned_by(kind: str, name: str, is_controller: bool = True) -> Object:
    """Return metadata that says whose a pod is."""
    version = KINDS[kind]
    return {"ownerReferences": [{"apiVersion": version, "kind": kind, "name": name, "uid": "0-0", "controller": is_controller}]}


@dataclass(slots=True)
class Naming:
    """Gives every thing of a table a name of its own, so that all can be there at once."""

    taken: dict[str, str] = field(default_factory=dict)

    def name(self, sentence: str, thing: Object) -> Object:
        """Return the thing under a name that only this row has, where its name is left to us."""
        if thing["metadata"].get("name") != "row":
            return thing
        name = self.taken.setdefault(sentence, f"row-{len(self.taken)}")
        return {**thing, "metadata": {**thing["metadata"], "name": name}}
