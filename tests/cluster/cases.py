"""Random cases for one question: which nodes take this pod? They reach the rules of the Filter phase and every option in them.

And what is decided before: scheduling gates, and whose pod it is. Not spec.nodeName, which asks kube-scheduler nothing; nor
claims that a controller binds before their pod is scheduled, but those that it never binds.

Cases share a cluster, so each has a namespace, nodes and labels of its own: its nodes bear a taint that only its own pods
tolerate, and the topology keys and labels it chooses from are its own.
"""

from tests.cluster.build import chosen
from tests.cluster.case_capacities import Capacities
from tests.cluster.case_claims import Claims
from tests.cluster.case_devices import Devices
from tests.cluster.case_disks import Disks
from tests.cluster.case_drivers import Drivers
from tests.cluster.case_pods import Pods
from tests.cluster.case_wishes import (
    ARCH,
    CASE,
    GENERATION,
    GPU,
    HOSTNAME,
    HUGE,
    OFTEN,
    SELDOM,
    SOMETIMES,
    TAINT_EFFECTS,
    WIDGET,
    ZONE,
    Case,
    Object,
)

KUBELET = f"v{chosen().kubernetes}"

__all__ = ["CASE", "Case", "Object", "case"]


def case(seed: int) -> Case:
    """Return the case of this number: the same one every time."""
    return _Maker(seed).case()


class _Maker(Pods):
    """Chooses everything of one case."""

    def case(self) -> Case:
        made = self.made
        made.namespaces = [_namespace(self.name, {CASE: self.name, "team": f"a-{self.name}"})]
        if self.chance(SOMETIMES):
            made.namespaces.append(_namespace(f"{self.name}-other", {CASE: self.name, "team": f"b-{self.name}"}))
        made.nodes = [self.node(at) for at in range(self.random.randint(1, 6))]
        if self.chance(0.35):
            self.volumes()
        if self.chance(SELDOM):
            made.objects.append(self.limit_range())
        made.residents = [self.resident(at) for at in range(self.random.randint(0, 7))]
        made.pod = self.incoming()
        Claims(made, self.seed).add()
        Devices(made, self.seed).add()
        Disks(made, self.seed).add()
        Drivers(made, self.seed).add()
        Capacities(made, self.seed).add()
        return made

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
            "status": {"allocatable": self.room(), "capacity": {}, "nodeInfo": {"kubeletVersion": KUBELET}},
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


def _namespace(name: str, labels: dict[str, str]) -> Object:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
