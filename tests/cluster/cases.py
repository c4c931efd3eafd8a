"""Random cases for one question: which nodes take this pod? They reach every rule of the Filter phase and every option in it.

Cases share a cluster, so each has a namespace, nodes and labels of its own: its nodes bear a taint that only its own pods
tolerate, and the topology keys and labels it chooses from are its own.
"""

from dataclasses import dataclass, field
from random import Random
from typing import Any

Object = dict[str, Any]
CASE = "case.test/id"
HOSTNAME = "kubernetes.io/hostname"
ZONE = "topology.kubernetes.io/zone"
ARCH = "kubernetes.io/arch"
GENERATION = "test.dev/generation"
GPU = "nvidia.com/gpu"
WIDGET = "test.dev/widget"
HUGE = "hugepages-2Mi"
TAINT_EFFECTS = ("NoSchedule", "NoExecute", "PreferNoSchedule")
OFTEN, SOMETIMES, SELDOM = 0.5, 0.25, 0.1


@dataclass(slots=True)
class Case:
    """Objects to create before the pod, in groups that may be created in any order, and the pod itself."""

    name: str
    namespaces: list[Object] = field(default_factory=list)
    objects: list[Object] = field(default_factory=list)
    nodes: list[Object] = field(default_factory=list)
    residents: list[Object] = field(default_factory=list)
    pod: Object = field(default_factory=dict)


def case(seed: int) -> Case:
    """Return the case of this number: the same one every time."""
    return _Maker(seed).case()


class _Maker:
    """Chooses everything of one case."""

    def __init__(self, seed: int) -> None:
        self.random = Random(f"case {seed}")
        self.name = f"c{seed}"
        self.zone, self.rack = f"{self.name}.test/zone", f"{self.name}.test/rack"
        self.made = Case(self.name)
        self.claims: list[str] = []

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def case(self) -> Case:
        made = self.made
        made.namespaces = [_namespace(self.name, {CASE: self.name, "team": f"a-{self.name}"})]
        if self.chance(SOMETIMES):
            made.namespaces.append(_namespace(f"{self.name}-other", {CASE: self.name, "team": f"b-{self.name}"}))
        made.nodes = [self.node(at) for at in range(self.random.randint(1, 6))]
        if self.chance(SOMETIMES):
            self.volumes()
        if self.chance(SELDOM):
            made.objects.append(self.limit_range())
        made.residents = [self.resident(at) for at in range(self.random.randint(0, 7))]
        made.pod = self.incoming()
        return made

    # Nodes

    def node(self, at: int) -> Object:
        name = f"{self.name}-n{at}"
        labels = {CASE: self.name}
        if self.chance(0.9):
            labels[HOSTNAME] = name if self.chance(0.95) else f"{self.name}-n0"
        if self.chance(0.85):
            labels[self.zone] = self.random.choice(("z1", "z2", "z3"))
        if self.chance(OFTEN):
            labels[self.rack] = self.random.choice(("r1", "r2"))
        if self.chance(OFTEN):
            labels[ZONE] = self.random.choice((f"{self.name}-z1", f"{self.name}-z2"))
        if self.chance(OFTEN):
            labels[ARCH] = self.random.choice(("amd64", "arm64"))
        if self.chance(OFTEN):
            labels[GENERATION] = self.random.choice(("1", "4", "7", "010", "99999999999999999999", "four", ""))
        taints = [{"key": CASE, "value": self.name, "effect": "NoSchedule"}]
        if self.chance(0.35):
            keys = self.random.sample(("dedicated", "gpu", "node.kubernetes.io/unreachable"), self.random.randint(1, 2))
            taints += [self.taint(key) for key in keys]
        spec: Object = {"taints": taints}
        if self.chance(SELDOM):
            spec["unschedulable"] = True
        return {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": name, "labels": labels},
            "spec": spec,
            "status": {"allocatable": self.room(), "capacity": {}, "nodeInfo": {"kubeletVersion": "v1.37.2"}},
        }

    def taint(self, key: str) -> Object:
        value = self.random.choice(("", "a", "b"))
        return {"key": key, "effect": self.random.choice(TAINT_EFFECTS), **({"value": value} if value else {})}

    def room(self) -> dict[str, str]:
        found = {
            "cpu": self.random.choice(("1", "2", "2500m", "4")),
            "memory": self.random.choice(("1Gi", "2Gi", "3000M", "4Gi")),
            "pods": self.random.choice(("0", "1", "3", "5", "110")),
        }
        if self.chance(OFTEN):
            found["ephemeral-storage"] = self.random.choice(("1Gi", "10Gi"))
        if self.chance(SOMETIMES):
            found[GPU] = self.random.choice(("0", "1", "2"))
        if self.chance(SOMETIMES):
            found[WIDGET] = self.random.choice(("1", "3"))
        if self.chance(SOMETIMES):
            found[HUGE] = self.random.choice(("4Mi", "8Mi"))
        return found

    # Volumes

    def volumes(self) -> None:
        for at in range(self.random.randint(1, 2)):
            claim, volume = f"data-{at}", f"{self.name}-pv{at}"
            modes = [self.random.choice(("ReadWriteOnce", "ReadWriteOncePod", "ReadOnlyMany"))]
            self.made.objects += [self.volume(volume, claim, modes), self.claim(claim, volume, modes)]
            self.claims.append(claim)

    def volume(self, name: str, claim: str, modes: list[str]) -> Object:
        labels = {}
        if self.chance(SOMETIMES):
            labels[ZONE] = self.random.choice((f"{self.name}-z1", f"{self.name}-z1__{self.name}-z2", f"{self.name}-z9"))
        spec: Object = {
            "capacity": {"storage": "1Gi"},
            "accessModes": modes,
            "storageClassName": "",
            "csi": {"driver": "csi.test.dev", "volumeHandle": name},
            "claimRef": {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "namespace": self.name, "name": claim},
        }
        if self.chance(OFTEN):
            spec["nodeAffinity"] = {"required": {"nodeSelectorTerms": self.terms(fields=False)}}
        return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name, "labels": labels}, "spec": spec}

    def claim(self, name: str, volume: str, modes: list[str]) -> Object:
        return {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"namespace": self.name, "name": name, "annotations": {"pv.kubernetes.io/bind-completed": "yes"}},
            "spec": {
                "accessModes": modes,
                "storageClassName": "",
                "volumeName": volume,
                "resources": {"requests": {"storage": "1Gi"}},
            },
            "status": {"phase": "Bound", "accessModes": modes, "capacity": {"storage": "1Gi"}},
        }

    def limit_range(self) -> Object:
        limits = {"type": "Container", "defaultRequest": {"cpu": self.random.choice(("100m", "700m")), "memory": "64Mi"}}
        if self.chance(OFTEN):
            limits["default"] = {"cpu": "1", "memory": "512Mi"}
        return {
            "apiVersion": "v1",
            "kind": "LimitRange",
            "metadata": {"namespace": self.name, "name": "defaults"},
            "spec": {"limits": [limits]},
        }

    # Pods

    def resident(self, at: int) -> Object:
        namespace = self.random.choice(self.made.namespaces)["metadata"]["name"]
        spec = self.spec(joint=0.2, namespace=namespace)
        spec["nodeName"] = self.random.choice(self.made.nodes)["metadata"]["name"]
        for taken in ("nodeSelector", "topologySpreadConstraints"):
            spec.pop(taken, None)
        return self.wrapped(f"resident-{at}", namespace, spec)

    def incoming(self) -> Object:
        spec = self.spec(joint=0.4, namespace=self.name)
        spec.update(self.where_to())
        own = {"key": CASE, "operator": "Equal", "value": self.name, "effect": "NoSchedule"}
        spec["tolerations"] = [own, *self.tolerations()]
        if any(not each.get("key") for each in spec["tolerations"]):
            spec["nodeSelector"] = {**spec.get("nodeSelector", {}), CASE: self.name}
        return self.wrapped("incoming", self.name, spec)

    def wrapped(self, name: str, namespace: str, spec: Object) -> Object:
        labels = {
            "app": self.app(),
            "tier": self.random.choice(("front", "back")),
            "pod-template-hash": self.random.choice(("x", "y")),
        }
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"namespace": namespace, "name": name, "labels": labels},
            "spec": spec,
        }

    def app(self) -> str:
        return self.random.choice((f"a-{self.name}", f"b-{self.name}"))

    def spec(self, joint: float, namespace: str) -> Object:
        spec: Object = {"containers": [self.container(f"main-{at}") for at in range(self.random.randint(1, 2))]}
        if self.chance(SOMETIMES):
            spec["initContainers"] = [self.init(at) for at in range(self.random.randint(1, 3))]
        if self.chance(SELDOM):
            self.pod_level(spec)
        if self.chance(0.15):
            self.host_network(spec)
        if self.chance(SELDOM):
            spec["runtimeClassName"] = self.runtime()
        affinity: Object = {}
        if self.chance(joint):
            affinity["podAffinity"] = {_REQUIRED: [self.affinity_term() for _ in range(self.random.choice((1, 1, 2)))]}
        if self.chance(joint):
            affinity["podAntiAffinity"] = {_REQUIRED: [self.affinity_term() for _ in range(self.random.choice((1, 1, 2)))]}
        if affinity:
            spec["affinity"] = affinity
        if self.chance(joint):
            spec["topologySpreadConstraints"] = self.spreads()
        if self.claims and namespace == self.name and self.chance(OFTEN):
            names = self.random.sample(self.claims, self.random.randint(1, len(self.claims)))
            spec["volumes"] = [{"name": f"v-{name}", "persistentVolumeClaim": {"claimName": name}} for name in names]
        return spec

    def container(self, name: str) -> Object:
        found: Object = {"name": name, "image": "registry.test/image:1"}
        resources = self.resources()
        if resources:
            found["resources"] = resources
        if self.chance(SOMETIMES):
            found["ports"] = [self.port() for _ in range(self.random.choice((1, 1, 2)))]
            _without_repeats(found["ports"])
        return found

    def init(self, at: int) -> Object:
        found = self.container(f"init-{at}")
        if self.chance(OFTEN):
            found["restartPolicy"] = "Always"
        return found

    def port(self) -> Object:
        found: Object = {"containerPort": self.random.choice((80, 8080, 9090))}
        if self.chance(0.7):
            found["hostPort"] = found["containerPort"]
        if self.chance(SOMETIMES):
            found["protocol"] = self.random.choice(("UDP", "SCTP", "TCP"))
        if self.chance(SOMETIMES):
            found["hostIP"] = self.random.choice(("127.0.0.1", "10.0.0.1", "0.0.0.0", "::1"))  # noqa: S104
        return found

    def resources(self) -> Object:
        requests: dict[str, str] = {}
        limits: dict[str, str] = {}
        if self.chance(0.7):
            requests["cpu"] = self.random.choice(("0", "1m", "100m", "500m", "1", "1500m", "0.25", "1e0"))
        if self.chance(0.6):
            requests["memory"] = self.random.choice(("0", "1", "64Mi", "512Mi", "1Gi", "1.5Gi", "700M", "1e9"))
        if self.chance(SELDOM):
            requests["ephemeral-storage"] = self.random.choice(("512Mi", "2Gi"))
        for name, amounts in ((GPU, ("1", "2")), (WIDGET, ("0", "2")), (HUGE, ("2Mi", "4Mi"))):
            if self.chance(SELDOM):
                limits[name] = self.random.choice(amounts)
                if name == HUGE:
                    requests.setdefault("memory", "64Mi")
        if self.chance(SOMETIMES):
            limits["cpu"] = "2"
        if self.chance(SOMETIMES):
            limits["memory"] = "2Gi"
        return {key: value for key, value in (("requests", requests), ("limits", limits)) if value}

    def pod_level(self, spec: Object) -> None:
        """Ask for more than the containers do in sum, as validation wants it."""
        spec["resources"] = self.random.choice(
            (
                {"requests": {"cpu": "9"}},
                {"requests": {"cpu": "9", "memory": "9Gi"}},
                {"limits": {"memory": "20Gi"}},
                {"limits": {"cpu": "20"}},
            )
        )

    def host_network(self, spec: Object) -> None:
        spec["hostNetwork"] = True
        for each in (*spec["containers"], *spec.get("initContainers", ())):
            for port in each.get("ports", ()):
                port.pop("hostPort", None)
            _without_repeats(each.get("ports", []))

    def runtime(self) -> str:
        name = f"{self.name}-runtime"
        if not any(each["kind"] == "RuntimeClass" for each in self.made.objects):
            made: Object = {
                "apiVersion": "node.k8s.io/v1",
                "kind": "RuntimeClass",
                "metadata": {"name": name},
                "handler": "runc",
                "overhead": {"podFixed": {"cpu": "250m", "memory": "120Mi"}},
            }
            if self.chance(OFTEN):
                made["scheduling"] = {
                    "nodeSelector": {ARCH: "amd64"},
                    "tolerations": [{"key": "gpu", "operator": "Exists"}],
                }
            self.made.objects.append(made)
        return name

    def where_to(self) -> Object:
        found: Object = {}
        if self.chance(0.15):
            found["nodeSelector"] = {self.random.choice((ARCH, ZONE)): self.random.choice(("amd64", f"{self.name}-z1"))}
        if self.chance(0.4):
            found["affinity"] = {**found.get("affinity", {}), "nodeAffinity": {_REQUIRED: {"nodeSelectorTerms": self.terms()}}}
        return found

    def terms(self, fields: bool = True) -> list[Object]:
        return [self.term(fields) for _ in range(self.random.choice((1, 1, 2, 3)))]

    def term(self, fields: bool) -> Object:
        expressions = [self.expression() for _ in range(self.random.choice((1, 1, 2)))]
        if not fields or self.chance(0.85):
            return {"matchExpressions": expressions}
        name = self.random.choice(self.made.nodes)["metadata"]["name"]
        named = {"matchFields": [{"key": "metadata.name", "operator": self.random.choice(("In", "NotIn")), "values": [name]}]}
        return {**named, "matchExpressions": expressions} if self.chance(SOMETIMES) else named

    def expression(self) -> Object:
        operator = self.random.choice(("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"))
        if operator in ("Gt", "Lt"):
            return {"key": GENERATION, "operator": operator, "values": [self.random.choice(("3", "5", "010"))]}
        key = self.random.choice((self.zone, self.rack, ARCH, GENERATION))
        if operator in ("Exists", "DoesNotExist"):
            return {"key": key, "operator": operator}
        values = {self.zone: ("z1", "z2", "z3"), self.rack: ("r1", "r2"), ARCH: ("amd64", "arm64"), GENERATION: ("1", "4", "")}[
            key
        ]
        return {"key": key, "operator": operator, "values": self.random.sample(values, self.random.randint(1, 2))}

    def tolerations(self) -> list[Object]:
        return [self.toleration() for _ in range(self.random.choice((0, 0, 1, 1, 2)))]

    def toleration(self) -> Object:
        found: Object = {
            "key": self.random.choice(("dedicated", "gpu", "node.kubernetes.io/unreachable", "node.kubernetes.io/unschedulable"))
        }
        form = self.random.choice(("Equal", "Exists", "none", "none", "everything"))
        if form == "everything":
            found = {"operator": "Exists"}
        elif form == "Exists":
            found["operator"] = "Exists"
        else:
            found.update({"operator": "Equal"} if form == "Equal" else {})
            value = self.random.choice(("", "a", "b"))
            found.update({"value": value} if value else {})
        if self.chance(0.6):
            found["effect"] = self.random.choice(TAINT_EFFECTS)
        if found.get("effect") == "NoExecute" and self.chance(OFTEN):
            found["tolerationSeconds"] = 60
        return found

    def topology(self) -> str:
        return self.random.choice((self.zone, self.zone, self.rack, HOSTNAME))

    def selector(self) -> Object | None:
        form = self.random.choice(("labels", "labels", "expressions", "both", "empty", "none"))
        labels = {"app": self.app()}
        expressions = [
            self.random.choice(
                (
                    {"key": "tier", "operator": "In", "values": ["front"]},
                    {"key": "tier", "operator": "NotIn", "values": ["back"]},
                    {"key": "app", "operator": "Exists"},
                    {"key": "absent", "operator": "DoesNotExist"},
                )
            )
        ]
        return {
            "labels": {"matchLabels": labels},
            "expressions": {"matchExpressions": expressions},
            "both": {"matchLabels": labels, "matchExpressions": expressions},
            "empty": {},
            "none": None,
        }[form]

    def affinity_term(self) -> Object:
        found: Object = {"topologyKey": self.topology()}
        selector = self.selector()
        if selector is not None:
            found["labelSelector"] = selector
            if self.chance(SELDOM):
                found[self.random.choice(("matchLabelKeys", "mismatchLabelKeys"))] = ["pod-template-hash"]
        form = self.random.choice(("own", "own", "own", "names", "selector", "all", "both"))
        if form in ("names", "both"):
            found["namespaces"] = [self.random.choice((self.name, f"{self.name}-other"))]
        if form in ("selector", "both"):
            found["namespaceSelector"] = {"matchLabels": {"team": self.random.choice((f"a-{self.name}", f"b-{self.name}"))}}
        if form == "all":
            # Not {}: that would reach the pods of other cases.
            found["namespaceSelector"] = {"matchLabels": {CASE: self.name}}
        return found

    def spreads(self) -> list[Object]:
        keys = self.random.sample((self.zone, self.rack, HOSTNAME), self.random.choice((1, 1, 2)))
        return [self.spread(key) for key in keys]

    def spread(self, key: str) -> Object:
        found: Object = {
            "maxSkew": self.random.choice((1, 1, 2)),
            "topologyKey": key,
            "whenUnsatisfiable": self.random.choice(("DoNotSchedule", "DoNotSchedule", "DoNotSchedule", "ScheduleAnyway")),
        }
        selector = self.selector()
        if selector is not None:
            found["labelSelector"] = selector
            if self.chance(SELDOM):
                found["matchLabelKeys"] = ["pod-template-hash"]
        if found["whenUnsatisfiable"] == "DoNotSchedule" and self.chance(SOMETIMES):
            found["minDomains"] = self.random.choice((1, 2, 4))
        if self.chance(0.3):
            found["nodeAffinityPolicy"] = self.random.choice(("Honor", "Ignore"))
        if self.chance(0.3):
            found["nodeTaintsPolicy"] = self.random.choice(("Honor", "Ignore"))
        return found


_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def _namespace(name: str, labels: dict[str, str]) -> Object:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def _without_repeats(ports: list[Object]) -> None:
    """Leave out ports that the API server would refuse as duplicates."""
    seen = set()
    for port in list(ports):
        mark = (port["containerPort"], port.get("protocol", "TCP"))
        if mark in seen:
            ports.remove(port)
        seen.add(mark)
