"""Random storage for volumes that are still to be made: how much of it a driver says there is, and from which nodes."""

from random import Random

from models.kubernetes.version import parsed
from tests.cluster.build import chosen
from tests.cluster.case_claims import Claims
from tests.cluster.case_drivers import GROUP
from tests.cluster.case_volumes import DRIVER, NO_PROVISIONER
from tests.cluster.case_wishes import HOSTNAME, OFTEN, SELDOM, SOMETIMES, Case, Object

ABSENT = "absent"
AMOUNTS = ("0", "1Gi", "1073741823", "1073741825", "1500M", "1499999999500m", "1499999999", "2Gi", "2147483647", "5Gi")
"""Around what claims ask for: 1Gi, 1500M and 2Gi."""
SCORED = parsed(chosen().kubernetes) >= (1, 37)
"""Since then kube-scheduler ends where it weighs nodes by a capacity that is not given beside a maximumVolumeSize."""


class Capacities:
    """Has a driver of the case's own make volumes, and tell of storage; its luck is its own, so that other cases stay."""

    def __init__(self, made: Case, seed: int) -> None:
        self.random, self.made = Random(f"capacities {seed}"), made
        self.seed, self.driver = seed, f"{made.name}.{DRIVER}"
        self.topology = {f"{made.name}.test/zone": ("z1", "z2", "z3"), f"{made.name}.test/rack": ("r1", "r2")}

    def add(self) -> None:
        """Choose whether it matters, and what there is."""
        there = [each for each in self.made.objects if each["kind"] in ("StorageClass", "PersistentVolumeClaim")]
        classes = [each for each in there if each["kind"] == "StorageClass"]
        if classes and self.chance(0.7):
            self.change(classes[0])
        elif not there and self.chance(0.2):
            self.begin()
        else:
            return
        if self.chance(0.8) or not there:
            Claims(self.made, self.seed).simplify()
        self.count()
        own, other = f"{self.made.name}-class", f"{self.made.name}-other"
        self.made.objects += [self.capacity(at, own) for at in range(self.random.choice((0, 1, 1, 2, 3)))]
        # Where nobody tells of any storage at all, nobody is kept off nodes here.
        self.made.objects.append({**self.capacity(9, other), "nodeTopology": {}, "capacity": "1Ti"})

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def change(self, given: Object) -> None:
        """Have the class make volumes, and make them everywhere."""
        if self.chance(0.8):
            given["provisioner"] = self.driver
        if given["provisioner"] != NO_PROVISIONER and self.chance(OFTEN):
            given.pop("allowedTopologies", None)

    def begin(self) -> None:
        """Give a case without volumes claims that nothing but storage is there for."""
        name = f"{self.made.name}-class"
        given = {"apiVersion": GROUP, "kind": "StorageClass", "metadata": {"name": name}, "provisioner": self.driver}
        self.made.objects.append({**given, "volumeBindingMode": "WaitForFirstConsumer"})
        for at, size in enumerate(self.random.sample(("1Gi", "2Gi", "1500M"), self.random.randint(1, 2))):
            spec = {"accessModes": ["ReadWriteOnce"], "storageClassName": name}
            spec |= {"resources": {"requests": {"storage": size}}}
            metadata = {"namespace": self.made.name, "name": f"later-{at}"}
            self.made.objects.append({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": spec})

    def count(self) -> None:
        """Have the driver count storage, or not."""
        there = [each for each in self.made.objects if each["kind"] == "CSIDriver"]
        mine = [each for each in there if each["metadata"]["name"] == self.driver]
        if not mine:
            mine = [{"apiVersion": GROUP, "kind": "CSIDriver", "metadata": {"name": self.driver}, "spec": {}}]
            self.made.objects += mine
        for each in mine:
            said = self.random.choice((*[True] * 9, False, None, ABSENT))
            each["spec"] |= {} if said == ABSENT else {"storageCapacity": said}

    def capacity(self, at: int, storage_class: str) -> Object:
        metadata = {"namespace": self.made.name, "name": f"{self.made.name}-room{at}"}
        made: Object = {"apiVersion": GROUP, "kind": "CSIStorageCapacity", "metadata": metadata}
        made |= {"storageClassName": storage_class, "nodeTopology": self.nodes()}
        made["capacity"] = None if self.chance(SELDOM) else self.random.choice(AMOUNTS)
        if self.chance(SOMETIMES) and not (SCORED and made["capacity"] is None):
            made["maximumVolumeSize"] = self.random.choice((*AMOUNTS, "-1Gi"))
        return {field: value for field, value in made.items() if value is not None}

    def nodes(self) -> Object | None:
        """Choose what selects nodes: nothing, everything, labels, or what is said of them."""
        way = self.random.choice(("absent", "all", "labels", "labels", "name", "expressions", "both"))
        if way == "absent":
            return None if self.chance(OFTEN) else {}
        found: Object = {}
        if way in ("labels", "both"):
            keys = self.random.sample(sorted(self.topology), self.random.choice((1, 1, 2)))
            found["matchLabels"] = {key: self.random.choice(self.topology[key]) for key in keys}
        if way == "name":
            found["matchLabels"] = {HOSTNAME: self.random.choice(self.made.nodes)["metadata"]["name"]}
        if way in ("expressions", "both"):
            found["matchExpressions"] = [self.expression() for _ in range(self.random.choice((1, 1, 2)))]
        return found

    def expression(self) -> Object:
        key = self.random.choice(sorted(self.topology))
        operator = self.random.choice(("In", "NotIn", "Exists", "DoesNotExist"))
        if operator in ("Exists", "DoesNotExist"):
            return {"key": key, "operator": operator}
        return {"key": key, "operator": operator, "values": self.random.sample(self.topology[key], self.random.randint(1, 2))}
