"""What a random pod wants of the nodes it may go to, and of the pods there; every operator and option turns up now and then."""

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
OFTEN, SOMETIMES, SELDOM, HARDLY = 0.5, 0.25, 0.1, 0.03
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


@dataclass(slots=True)
class Case:
    """Objects to create before the pod, in groups that may be created in any order, and the pod itself."""

    name: str
    namespaces: list[Object] = field(default_factory=list)
    objects: list[Object] = field(default_factory=list)
    nodes: list[Object] = field(default_factory=list)
    residents: list[Object] = field(default_factory=list)
    pod: Object = field(default_factory=dict)


class Wishes:
    """Chooses selectors, affinities, tolerations and spreads, of keys and labels that are the case's own."""

    def __init__(self, seed: int) -> None:
        self.seed, self.random = seed, Random(f"case {seed}")
        self.name = f"c{seed}"
        self.zone, self.rack = f"{self.name}.test/zone", f"{self.name}.test/rack"
        self.made = Case(self.name)
        self.claims: list[str] = []
        self.kept: set[str] = set()
        self.is_limited = False

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def where_to(self) -> Object:
        found: Object = {}
        if self.chance(0.15):
            found["nodeSelector"] = {self.random.choice((ARCH, ZONE)): self.random.choice(("amd64", f"{self.name}-z1"))}
        if self.chance(0.4):
            found["affinity"] = {**found.get("affinity", {}), "nodeAffinity": {REQUIRED: {"nodeSelectorTerms": self.terms()}}}
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
            return {"key": GENERATION, "operator": operator, "values": [self.random.choice(("1", "4", "5", "7", "010"))]}
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
        form = self.random.choice(("own", "own", "own", "names", "selector", "all", "any", "both"))
        if form in ("names", "both"):
            found["namespaces"] = [self.random.choice((self.name, f"{self.name}-other"))]
        if form in ("selector", "both"):
            found["namespaceSelector"] = {"matchLabels": {"team": self.random.choice((f"a-{self.name}", f"b-{self.name}"))}}
        if form == "any" and found["topologyKey"] != HOSTNAME:
            found["namespaceSelector"] = {}  # pods of other cases are on no node that has the key
        elif form in ("all", "any"):
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
