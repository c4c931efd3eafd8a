"""Random pod templates, sound ones and ones with something wrong in one place, for the API server and us to judge."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

from tests.cluster.cases import CASE, Object, case

Spoil = Callable[[Object, Random], object]
BOUNDED, RARELY = 0.1, 0.05


@dataclass(frozen=True, slots=True)
class Template:
    """A pod as it would be made from the template, in a namespace with what admission looks at there."""

    name: str
    pod: Object
    objects: tuple[Object, ...]
    namespaces: tuple[Object, ...]
    spoiled: str = ""


def template(seed: int, spoiled: bool = False) -> Template:
    """Return the template of this number: the same one every time."""
    made = case(seed)
    random = Random(f"template {seed}")
    pod = made.pod
    spec = pod["spec"]
    spec["tolerations"] = [each for each in spec["tolerations"] if each.get("key") != CASE]
    if random.random() < 0.2:
        spec["priorityClassName"] = random.choice(("system-cluster-critical", "system-node-critical"))
    what = ""
    if spoiled:
        what = sorted(SPOILS)[seed % len(SPOILS)]
    elif random.random() < RARELY:
        what = random.choice(sorted({**SPOILS, **ODDITIES}))
    if what:
        {**SPOILS, **ODDITIES}[what](spec, random)
    elif random.random() < BOUNDED:
        _bound(made.name, made.objects, random)
    return Template(made.name, pod, tuple(_without_healing(made.objects) if what else made.objects), tuple(made.namespaces), what)


def _without_healing(objects: list[Object]) -> list[Object]:
    """Leave LimitRanges out: what they give may mend a pod, though not the template that it is made from."""
    return [each for each in objects if each["kind"] != "LimitRange"]


def _bound(namespace: str, objects: list[Object], random: Random) -> None:
    """Bound containers or pods by a LimitRange; a namespace has one, for which of two goes first is left to chance."""
    ranges = [each for each in objects if each["kind"] == "LimitRange"]
    if not ranges:
        metadata = {"namespace": namespace, "name": "bounds"}
        ranges.append({"apiVersion": "v1", "kind": "LimitRange", "metadata": metadata, "spec": {"limits": []}})
        objects += ranges
    limits = ranges[0]["spec"]["limits"]
    if random.random() < 0.5:
        limits += [] if limits else [{"type": "Container"}]
        found = {"min": {"cpu": random.choice(("1m", "100m"))}, "max": {"cpu": random.choice(("1", "2"))}}
        ratio = {"memory": random.choice(("2", "8.5"))}
    else:
        limits.append({"type": "Pod"})
        found = {"min": {"memory": random.choice(("1Mi", "256Mi"))}, "max": {"cpu": random.choice(("2", "4"))}}
        ratio = {random.choice(("memory", "ephemeral-storage")): "4"}
    names = random.sample(("min", "max", "maxLimitRequestRatio"), random.randint(1, 2))
    limits[-1].update({name: value for name, value in {**found, "maxLimitRequestRatio": ratio}.items() if name in names})


def _container(spec: Object, random: Random) -> Object:
    return random.choice(spec["containers"])


def _resources(spec: Object, random: Random, kind: str = "requests") -> dict[str, Any]:
    return _container(spec, random).setdefault("resources", {}).setdefault(kind, {})


def _affinity(spec: Object, kind: str) -> Object:
    return spec.setdefault("affinity", {}).setdefault(kind, {})


_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def _node_term(spec: Object, expression: Object) -> None:
    _affinity(spec, "nodeAffinity")[_REQUIRED] = {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}


def _pod_term(spec: Object, term: Object) -> None:
    _affinity(spec, "podAntiAffinity")[_REQUIRED] = [term]


def _spread(spec: Object, **changes: Any) -> None:
    whole = {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {}, **changes}
    spec["topologySpreadConstraints"] = [whole]


def _toleration(spec: Object, **fields: Any) -> None:
    spec["tolerations"] = [*spec["tolerations"], fields]


def _more_than_limit(spec: Object, random: Random) -> None:
    resources = _container(spec, random)["resources"] = {"requests": {"cpu": "3"}, "limits": {"cpu": "2"}}
    resources["requests"].setdefault("memory", "1Mi")


def _port(spec: Object, random: Random, **fields: Any) -> None:
    _container(spec, random)["ports"] = [{"containerPort": 80, **fields}]


def _host_port_differs(spec: Object, random: Random) -> None:
    spec["hostNetwork"] = True
    for each in (*spec["containers"], *spec.get("initContainers", ())):
        each.pop("ports", None)
    _port(spec, random, hostPort=81)


def _two_equal_ports(spec: Object, random: Random) -> None:
    _container(spec, random)["ports"] = [{"containerPort": 80, "hostPort": 8080}, {"containerPort": 81, "hostPort": 8080}]


def _only(spec: Object, *resources: Object) -> None:
    """Have containers that ask for nothing but this."""
    spec["initContainers"] = []
    spec["containers"] = [{"name": f"c{at}", "image": "i", "resources": one} for at, one in enumerate(resources)]


def _gates(spec: Object, *names: str) -> None:
    spec["schedulingGates"] = [{"name": name} for name in names]


def _claims(spec: Object, *claims: Object) -> None:
    spec["resourceClaims"] = list(claims)


def _volumes(spec: Object, *volumes: Object) -> None:
    spec["volumes"] = list(volumes)


def _ephemeral(spec: Object, **claim: Any) -> None:
    _volumes(spec, {"name": "a", "emptyDir": {}}, {"name": "v", "ephemeral": {"volumeClaimTemplate": {"spec": claim}}})


def _no_class(spec: Object, **fields: Any) -> None:
    spec.pop("priorityClassName", None)
    spec.update(fields)


def _same_name(spec: Object, kind: str) -> None:
    first, asked = spec["containers"][0], {"requests": {"cpu": "1m"}}
    spec[kind] = [*spec.get(kind, ()), {"name": first["name"], "image": "i", "resources": asked}]


_PAIR = {"matchLabels": {"app": "a"}}
_EXISTS = {"matchExpressions": [{"key": "app", "operator": "Exists"}]}
_MODES, _SIZE = ["ReadWriteOnce"], {"requests": {"storage": "1Gi"}}
_GPU = {"name": "gpu", "resourceClaimName": "card"}
_PAGES = {"requests": {"memory": "1Mi"}, "limits": {"memory": "1Gi", "hugepages-2Mi": "2Mi"}}


def _hold(volume: Object, spec: Object, _: Random) -> None:
    """Have one volume, which nobody mounts."""
    _volumes(spec, {"name": "v", **volume})


ODD_VOLUMES: Object = {
    "a volume of two kinds": {"emptyDir": {}, "hostPath": {"path": "/x"}},
    "a disk of EBS without its name": {"awsElasticBlockStore": {"partition": 1}},
    "a path of a node that is not said": {"hostPath": {}},
    "a path of a node of an unknown type": {"hostPath": {"path": "/a", "type": "Folder"}},
    "a target of iSCSI without its name": {"iscsi": {"targetPortal": "h:1", "lun": 1}},
    "an image of Ceph without its name": {"rbd": {}},
    "a claim without its name": {"persistentVolumeClaim": {}},
}
ODDITIES: dict[str, Spoil] = {
    "a host address that is none": lambda spec, random: _port(spec, random, hostPort=80, hostIP="localhost"),
    "an empty directory of an unknown medium": lambda spec, random: _volumes(spec, {"name": "v", "emptyDir": {"medium": "Tape"}}),
    "a volume of no kind": lambda spec, random: _volumes(spec, {"name": "v"}),
    "a topology key of a spread that no node can have": lambda spec, random: _spread(spec, topologyKey="a b"),
    "a label key that the pod has not": lambda spec, random: _spread(
        spec, labelSelector={"matchLabels": {"absent": "a"}}, matchLabelKeys=["absent"]
    ),
    "a mismatched label key that the selector has": lambda spec, random: _pod_term(
        spec, {"labelSelector": _PAIR, "topologyKey": "zone", "mismatchLabelKeys": ["app"]}
    ),
    "the priority of no class": lambda spec, random: _no_class(spec, priority=0, preemptionPolicy="PreemptLowerPriority"),
    "an init container's limit above the pod's": lambda spec, random: spec.update(
        resources={"limits": {"cpu": "1"}},
        containers=[{"name": "a", "image": "i"}],
        initContainers=[{"name": "b", "image": "i", "resources": {"requests": {"cpu": "1m"}, "limits": {"cpu": "2"}}}],
    ),
    "an ephemeral volume": lambda spec, random: _ephemeral(spec, accessModes=_MODES, resources=_SIZE),
}
"""What looks wrong, and is taken."""

SPOILS: dict[str, Spoil] = {
    "a negative request": lambda spec, random: _resources(spec, random).update(cpu="-1"),
    "a request above its limit": _more_than_limit,
    "a fraction of an extended resource": lambda spec, random: _resources(spec, random, "limits").update(
        {"test.dev/widget": "500m"}
    ),
    "a bare unknown resource": lambda spec, random: _resources(spec, random).update(widget="1"),
    "an extended resource whose request is not its limit": lambda spec, random: _container(spec, random).update(
        resources={"requests": {"test.dev/widget": "1"}, "limits": {"test.dev/widget": "2"}}
    ),
    "huge pages without cpu or memory": lambda spec, random: spec.update(
        containers=[{"name": "a", "image": "i", "resources": {"limits": {"hugepages-2Mi": "2Mi"}}}], initContainers=[]
    ),
    "an unknown operator in node affinity": lambda spec, random: _node_term(
        spec, {"key": "a", "operator": "Equals", "values": ["1"]}
    ),
    "In without values": lambda spec, random: _node_term(spec, {"key": "a", "operator": "In"}),
    "Exists with values": lambda spec, random: _node_term(spec, {"key": "a", "operator": "Exists", "values": ["1"]}),
    "Gt with two values": lambda spec, random: _node_term(spec, {"key": "a", "operator": "Gt", "values": ["1", "2"]}),
    "a key of node affinity that is no label key": lambda spec, random: _node_term(spec, {"key": "a b", "operator": "Exists"}),
    "node affinity without terms": lambda spec, random: _affinity(spec, "nodeAffinity").update(
        {_REQUIRED: {"nodeSelectorTerms": []}}
    ),
    "a term over a field that is not the name": lambda spec, random: _affinity(spec, "nodeAffinity").update(
        {_REQUIRED: {"nodeSelectorTerms": [{"matchFields": [{"key": "metadata.uid", "operator": "In", "values": ["1"]}]}]}}
    ),
    "anti-affinity without topology key": lambda spec, random: _pod_term(spec, {"labelSelector": {}, "topologyKey": ""}),
    "an unknown operator in a label selector": lambda spec, random: _pod_term(
        spec, {"labelSelector": {"matchExpressions": [{"key": "a", "operator": "Gt", "values": ["1"]}]}, "topologyKey": "zone"}
    ),
    "a namespace that is no name": lambda spec, random: _pod_term(
        spec, {"labelSelector": {}, "topologyKey": "zone", "namespaces": ["A_b"]}
    ),
    "maxSkew 0": lambda spec, random: _spread(spec, maxSkew=0),
    "a spread that is neither": lambda spec, random: _spread(spec, whenUnsatisfiable="Never"),
    "minDomains 0": lambda spec, random: _spread(spec, minDomains=0),
    "minDomains where anyway": lambda spec, random: _spread(spec, whenUnsatisfiable="ScheduleAnyway", minDomains=2),
    "an unknown node affinity policy": lambda spec, random: _spread(spec, nodeAffinityPolicy="Maybe"),
    "a toleration with an unknown operator": lambda spec, random: _toleration(spec, key="a", operator="In", value="b"),
    "a toleration with an unknown effect": lambda spec, random: _toleration(spec, key="a", operator="Exists", effect="Never"),
    "Exists with a value": lambda spec, random: _toleration(spec, key="a", operator="Exists", value="b"),
    "no key and no Exists": lambda spec, random: _toleration(spec, value="b"),
    "seconds without NoExecute": lambda spec, random: _toleration(
        spec, key="a", operator="Exists", effect="NoSchedule", tolerationSeconds=5
    ),
    "a toleration's key that is no key": lambda spec, random: _toleration(spec, key="a b", operator="Exists"),
    "port 0": lambda spec, random: _port(spec, random, containerPort=0),
    "port 65536": lambda spec, random: _port(spec, random, hostPort=65536),
    "an unknown protocol": lambda spec, random: _port(spec, random, protocol="HTTP"),
    "a host port that is not the container's with hostNetwork": _host_port_differs,
    "a node selector that is no label": lambda spec, random: spec.update(nodeSelector={"a": "b c"}),
    "a pod-level request below its containers": lambda spec, random: spec.update(
        resources={"requests": {"cpu": "1m"}}, containers=[{"name": "a", "image": "i", "resources": {"requests": {"cpu": "1"}}}]
    ),
    "a pod-level limit below a container's": lambda spec, random: (
        _only(spec, {"requests": {"cpu": "1m"}, "limits": {"cpu": "2"}}),
        spec.update(resources={"limits": {"cpu": "1"}}),
    ),
    "a pod-level limit below what its containers request": lambda spec, random: (
        _only(spec, {"requests": {"cpu": "600m"}}, {"requests": {"cpu": "600m"}}),
        spec.update(resources={"limits": {"cpu": "1"}}),
    ),
    "a pod-level request above its limit": lambda spec, random: spec.update(
        resources={"requests": {"memory": "90Gi"}, "limits": {"memory": "80Gi"}}
    ),
    "pod-level huge pages below the containers' together": lambda spec, random: (
        _only(spec, _PAGES, _PAGES),
        spec.update(resources={"limits": {"memory": "4Gi", "hugepages-2Mi": "2Mi"}}),
    ),
    "half a huge page": lambda spec, random: _only(spec, {"limits": {"cpu": "1", "hugepages-2Mi": "3Mi"}}),
    "huge pages of no size": lambda spec, random: _only(spec, {"limits": {"cpu": "1", "hugepages-big": "2Mi"}}),
    "half a huge page of a whole pod": lambda spec, random: spec.update(
        resources={"limits": {"memory": "90Gi", "hugepages-2Mi": "3Mi"}}
    ),
    "a priority without a class": lambda spec, random: _no_class(spec, priority=1000),
    "a preemption policy without a class": lambda spec, random: _no_class(spec, preemptionPolicy="Never"),
    "a label key of a spread that the selector pairs": lambda spec, random: _spread(
        spec, labelSelector=_PAIR, matchLabelKeys=["tier", "app"]
    ),
    "a label key of a spread in an expression": lambda spec, random: _spread(spec, labelSelector=_EXISTS, matchLabelKeys=["app"]),
    "a label key twice": lambda spec, random: _spread(spec, matchLabelKeys=["app", "app"]),
    "a label key of a spread without a selector": lambda spec, random: _spread(spec, labelSelector=None, matchLabelKeys=["app"]),
    "a label key of affinity that the selector pairs": lambda spec, random: _pod_term(
        spec, {"labelSelector": _PAIR, "topologyKey": "zone", "matchLabelKeys": ["app"]}
    ),
    "a mismatched label key without a selector": lambda spec, random: _pod_term(
        spec, {"topologyKey": "zone", "mismatchLabelKeys": ["app"]}
    ),
    "a label key both ways": lambda spec, random: _pod_term(
        spec, {"labelSelector": {}, "topologyKey": "zone", "matchLabelKeys": ["app"], "mismatchLabelKeys": ["app"]}
    ),
    "a label key that is none": lambda spec, random: _pod_term(
        spec, {"labelSelector": {}, "topologyKey": "zone", "matchLabelKeys": ["a b"]}
    ),
    "a topology key of affinity that is none": lambda spec, random: _pod_term(spec, {"labelSelector": {}, "topologyKey": "a b"}),
    "a gate twice": lambda spec, random: _gates(spec, "hold", "hold"),
    "a gate whose name is none": lambda spec, random: _gates(spec, "a b"),
    "a gate before a node that is chosen": lambda spec, random: (_gates(spec, "hold"), spec.update(nodeName="n")),
    "devices from nowhere": lambda spec, random: _claims(spec, {"name": "gpu"}),
    "devices from two places": lambda spec, random: _claims(spec, {**_GPU, "resourceClaimTemplateName": "t"}),
    "devices twice": lambda spec, random: _claims(spec, _GPU, _GPU),
    "two volumes of one name": lambda spec, random: _volumes(
        spec, {"name": "a", "emptyDir": {}}, {"name": "b", "emptyDir": {}}, {"name": "a", "configMap": {"name": "c"}}
    ),
    "a volume without a name": lambda spec, random: _volumes(spec, {"emptyDir": {}}),
    "an ephemeral volume of no size": lambda spec, random: _ephemeral(spec, accessModes=_MODES),
    "an ephemeral volume of size 0": lambda spec, random: _ephemeral(
        spec, accessModes=_MODES, resources={"requests": {"storage": "0"}}
    ),
    "an ephemeral volume without access modes": lambda spec, random: _ephemeral(spec, resources=_SIZE),
    "an ephemeral volume that is claimed with nothing": lambda spec, random: _volumes(spec, {"name": "v", "ephemeral": {}}),
    "a container without a name": lambda spec, random: _container(spec, random).pop("name"),
    "a container whose name is none": lambda spec, random: _container(spec, random).update(name="A_b"),
    "two containers of one name": lambda spec, random: _same_name(spec, "containers"),
    "an init container with a container's name": lambda spec, random: _same_name(spec, "initContainers"),
    "a pod that restarts sometimes": lambda spec, random: spec.update(restartPolicy="Sometimes"),
    "a node whose name is none": lambda spec, random: spec.update(nodeName="A_b"),
    **{what: partial(_hold, volume) for what, volume in ODD_VOLUMES.items()},
    "a pod-level resource that only containers have": lambda spec, random: spec.update(
        resources={"limits": {"test.dev/widget": "1"}}
    ),
}
"""What is wrong, and how to make it so."""
