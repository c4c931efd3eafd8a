"""Random pods: those that are there, and the one whose nodes are asked for."""

from tests.cluster.case_volumes import Volumes
from tests.cluster.case_wishes import ARCH, CASE, GPU, HARDLY, HUGE, OFTEN, REQUIRED, SELDOM, SOMETIMES, WIDGET, Object


class Pods(Volumes):
    """Chooses pods with containers, requests, ports, and what they want."""

    def resident(self, at: int) -> Object:
        namespace = self.random.choice(self.made.namespaces)["metadata"]["name"]
        spec = self.spec(joint=0.2, namespace=namespace)
        spec["nodeName"] = self.random.choice(self.made.nodes)["metadata"]["name"]
        for taken in ("nodeSelector", "topologySpreadConstraints"):
            spec.pop(taken, None)
        if self.is_limited:
            spec["volumes"] = [_claiming(name) for name in self.held(at)] if namespace == self.name else []
        return self.wrapped(f"resident-{at}", namespace, spec)

    def incoming(self) -> Object:
        if self.claims and self.chance(OFTEN):
            return self.only_volumes()
        spec = self.spec(joint=0.4, namespace=self.name)
        spec.update(self.where_to())
        own = {"key": CASE, "operator": "Equal", "value": self.name, "effect": "NoSchedule"}
        spec["tolerations"] = [own, *self.tolerations()]
        if any(not each.get("key") for each in spec["tolerations"]):
            spec["nodeSelector"] = {**spec.get("nodeSelector", {}), CASE: self.name}
        if self.chance(HARDLY):
            spec["schedulingGates"] = [{"name": "test.dev/hold"}]
        if self.chance(HARDLY):
            spec["schedulerName"] = "another"
        return self.wrapped("incoming", self.name, spec)

    def only_volumes(self) -> Object:
        """Return a pod to which nothing matters but where its volumes are, and how many pods a node takes."""
        container = {"name": "main", "image": "registry.test/image:1", "resources": {"requests": {"cpu": "0", "memory": "0"}}}
        spec = {"containers": [container], "tolerations": [{"operator": "Exists"}], "nodeSelector": {CASE: self.name}}
        return self.wrapped("incoming", self.name, {**spec, "volumes": [_claiming(name) for name in self.claims]})

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
            affinity["podAffinity"] = {REQUIRED: [self.affinity_term() for _ in range(self.random.choice((1, 1, 2)))]}
        if self.chance(joint):
            affinity["podAntiAffinity"] = {REQUIRED: [self.affinity_term() for _ in range(self.random.choice((1, 1, 2)))]}
        if affinity:
            spec["affinity"] = affinity
        if self.chance(joint):
            spec["topologySpreadConstraints"] = self.spreads()
        if self.claims and namespace == self.name and self.chance(OFTEN):
            names = self.random.sample(self.claims, self.random.randint(1, len(self.claims)))
            spec["volumes"] = [_claiming(name) for name in names]
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


def _claiming(name: str) -> Object:
    return {"name": f"v-{name}", "persistentVolumeClaim": {"claimName": name}}


def _without_repeats(ports: list[Object]) -> None:
    """Leave out ports that the API server would refuse as duplicates."""
    seen = set()
    for port in list(ports):
        mark = (port["containerPort"], port.get("protocol", "TCP"))
        if mark in seen:
            ports.remove(port)
        seen.add(mark)
