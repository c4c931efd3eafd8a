"""Random CSI drivers: which attaches the volumes of a case, which nodes have it, and whether pods are kept off the others.

Some nodes say themselves how many volumes they take, which kube-scheduler does not read, but only what their CSINode says.
"""

from random import Random

from tests.cluster.case_volumes import DRIVER
from tests.cluster.case_wishes import OFTEN, SELDOM, SOMETIMES, Case, Object

GROUP = "storage.k8s.io/v1"
BUILT_IN = {
    "awsElasticBlockStore": ("volumeID", "kubernetes.io/aws-ebs", "ebs.csi.aws.com"),
    "vsphereVolume": ("volumePath", "kubernetes.io/vsphere-volume", "csi.vsphere.vmware.com"),
}
"""Volumes that Kubernetes once had built in: what names one, their provisioner, and their driver; vSphere's are not counted."""
EBS = "awsElasticBlockStore"
ABSENT = "absent"


class Drivers:
    """Gives volumes a driver of the case's own, or one that all cases share; its luck is its own, so that other cases stay."""

    def __init__(self, made: Case, seed: int) -> None:
        self.random, self.made = Random(f"drivers {seed}"), made
        pods = (made.pod, *made.residents)
        self.has_disk = any(EBS in volume for pod in pods for volume in pod["spec"].get("volumes", ()))
        self.own = Random(f"nodes' own limits {seed}")

    def add(self) -> None:
        """Choose whose the volumes are, if there are any."""
        self.choose()
        for node in self.made.nodes if self.kinds("PersistentVolume", "StorageClass") else ():
            self.say_limits(node)

    def say_limits(self, node: Object) -> None:
        """Have the node say how many volumes of some drivers it takes, with no regard to its CSINode."""
        drivers = {one["name"] for each in self.kinds("CSINode") for one in each["spec"]["drivers"]}
        for driver in sorted({*drivers, DRIVER, f"{self.made.name}.{DRIVER}"}):
            if self.own.random() < SOMETIMES:
                for field in ("capacity", "allocatable"):
                    node["status"][field][f"attachable-volumes-csi-{driver}"] = str(self.own.choice((0, 0, 1, 2, 25)))

    def choose(self) -> None:
        if self.kinds("PersistentVolume", "StorageClass") and not self.chance(SOMETIMES):
            kind = self.random.choice(("csi", "csi", "csi", *BUILT_IN))
            # Of two drivers that a node lacks kube-scheduler says either.
            self.attach(EBS if self.has_disk else kind)

    def kinds(self, *names: str) -> list[Object]:
        return [each for each in self.made.objects if each["kind"] in names]

    def attach(self, kind: str) -> None:
        own = f"{self.made.name}.{DRIVER}"
        handle, provisioner, driver = BUILT_IN.get(kind, ("", own, own))
        for each in self.kinds("PersistentVolume"):
            source = each["spec"].pop("csi")
            if handle:
                each["spec"].pop("volumeAttributesClassName", None)  # only volumes of CSI drivers have one
            each["spec"][kind] = {handle: f"vol-{source['volumeHandle']}"} if handle else {**source, "driver": driver}
        for each in self.kinds("StorageClass"):
            each["provisioner"] = provisioner if each["provisioner"] == DRIVER else each["provisioner"]
        self.install(driver)
        # What cases share must be the same in all of them.
        said = True if handle else self.random.choice((True, True, True, True, False, None, ABSENT))
        if said != ABSENT:
            spec = {"attachRequired": True, **({} if said is None else {"preventPodSchedulingIfMissing": said})}
            self.made.objects.append({"apiVersion": GROUP, "kind": "CSIDriver", "metadata": {"name": driver}, "spec": spec})

    def install(self, driver: str) -> None:
        """Put the driver on some nodes, beside another one or instead of it; others have no CSINode at all."""
        there = {each["metadata"]["name"]: each for each in self.kinds("CSINode")}
        for node in self.made.nodes:
            name = node["metadata"]["name"]
            if name not in there and self.chance(0.7):
                spec: Object = {"drivers": [{"name": DRIVER, "nodeID": name}]}
                there[name] = {"apiVersion": GROUP, "kind": "CSINode", "metadata": {"name": name}, "spec": spec}
                self.made.objects.append(there[name])
        for name, each in there.items():
            mine = [{**one, "name": driver} for one in each["spec"]["drivers"] if self.chance(0.6)]
            if self.has_disk:  # disks without a claim count too, which is named and not modelled
                mine = [{field: value for field, value in one.items() if field != "allocatable"} for one in mine]
            other = [{"name": f"other.{DRIVER}", "nodeID": name}] if self.chance(OFTEN) else []
            each["spec"]["drivers"] = [] if self.chance(SELDOM) else [*mine, *other]

    def chance(self, share: float) -> bool:
        return self.random.random() < share
