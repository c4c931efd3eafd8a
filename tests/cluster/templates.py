"""Random pod templates, sound ones and ones with something wrong in one place, for the API server and us to judge."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.cluster.cases import CASE, Object, case

Spoil = Callable[[Object, Random], None]


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
        what = random.choice(sorted(SPOILS))
        SPOILS[what](spec, random)
    return Template(made.name, pod, tuple(made.objects), tuple(made.namespaces), what)


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
    "a host address that is none": lambda spec, random: _port(spec, random, hostPort=80, hostIP="localhost"),
    "a host port that is not the container's with hostNetwork": _host_port_differs,
    "a node selector that is no label": lambda spec, random: spec.update(nodeSelector={"a": "b c"}),
    "a pod-level request below its containers": lambda spec, random: spec.update(
        resources={"requests": {"cpu": "1m"}}, containers=[{"name": "a", "image": "i", "resources": {"requests": {"cpu": "1"}}}]
    ),
    "a pod-level resource that only containers have": lambda spec, random: spec.update(
        resources={"limits": {"test.dev/widget": "1"}}
    ),
}
"""What is wrong, and how to make it so."""
