"""Random disks that pods attach without a claim, and features that nodes declare and pods need."""

from random import Random

from models.kubernetes.version import known
from tests.cluster.build import chosen
from tests.cluster.case_wishes import CASE, Case, Object

RESTARTS = "RestartAllContainersOnContainerExits"
OTHER = "InPlacePodLevelResourcesVerticalScaling"
"""A feature that bears on running pods only."""
ONLY_ITSELF, ALL = "Restart", "RestartAllContainers"
KNOWS_ALL = known(chosen().kubernetes) >= (1, 36)


class Disks:
    """Adds disks and features to a case; its luck is its own, so that cases without any are what they were."""

    def __init__(self, made: Case, seed: int) -> None:
        self.random, self.made = Random(f"disks {seed}"), made

    def add(self) -> None:
        """Choose whether there are any, and who has or needs them."""
        has_disks, has_features = self.chance(0.15), self.chance(0.1)
        if (has_disks or has_features) and self.chance(0.8):
            self.simplify()
        if has_disks:
            kind = self.random.choice((self.elastic, self.persistent, self.target, self.image))
            self.made.residents += [self.neighbour(node["metadata"]["name"]) for node in self.made.nodes if self.chance(0.8)]
            for pod in (*self.made.residents, self.made.pod):
                if self.chance(0.7):
                    volumes = [kind() for _ in range(self.random.choice((1, 1, 2)))]
                    named = [{"name": f"disk-{at}", **volume} for at, volume in enumerate(volumes)]
                    pod["spec"]["volumes"] = [*pod["spec"].get("volumes", ()), *named]
        if has_features:
            for node in self.made.nodes:
                declared = [name for name in (OTHER, RESTARTS) if self.chance(0.5)]
                node["status"] |= {"declaredFeatures": declared} if declared else {}
            spec = self.made.pod["spec"]
            container = self.random.choice((*spec["containers"], *spec.get("initContainers", ())))
            self.restart_all(container)

    def simplify(self) -> None:
        """Leave the pod little else that keeps it off nodes."""
        spec, container = self.made.pod["spec"], {"name": "main", "image": "registry.test/image:1"}
        kept = {name: spec[name] for name in ("volumes", "resourceClaims") if name in spec and self.chance(0.3)}
        everywhere = {"tolerations": [{"operator": "Exists"}], "nodeSelector": {CASE: self.made.name}}
        self.made.pod["spec"] = {"containers": [container], **everywhere, **kept}

    def neighbour(self, node: str) -> Object:
        """Return a resident that takes no more than a slot, for disks to be its."""
        container = {"name": "main", "image": "registry.test/image:1"}
        metadata = {"namespace": self.made.name, "name": f"beside-{node}"}
        return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": [container], "nodeName": node}}

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def reading(self) -> Object:
        return self.random.choice(({}, {"readOnly": False}, {"readOnly": True}, {"readOnly": True}))

    def elastic(self) -> Object:
        return {"awsElasticBlockStore": {"volumeID": self.random.choice(("vol-1", "vol-2")), **self.reading()}}

    def persistent(self) -> Object:
        return {"gcePersistentDisk": {"pdName": self.random.choice(("disk-1", "disk-2")), **self.reading()}}

    def target(self) -> Object:
        iqn = f"iqn.2001-04.test.example:{self.random.choice('ab')}"
        return {"iscsi": {"targetPortal": "10.0.0.1:3260", "iqn": iqn, "lun": self.random.choice((0, 1)), **self.reading()}}

    def image(self) -> Object:
        monitors = self.random.sample(("10.0.0.1", "10.0.0.2", "10.0.0.3"), self.random.choice((1, 2)))
        pool = self.random.choice(({}, {"pool": "rbd"}, {"pool": "fast"}))
        return {"rbd": {"monitors": monitors, "image": self.random.choice(("i", "i", "j")), **pool, **self.reading()}}

    def restart_all(self, container: Object) -> None:
        """Have all containers start again where this one ends with a code; or only this one, which needs no feature.

        Until 1.36 the API server knows only the latter.
        """
        action = self.random.choice((ALL, ALL, ONLY_ITSELF)) if KNOWS_ALL else ONLY_ITSELF
        container.setdefault("restartPolicy", "Never")
        container["restartPolicyRules"] = [{"action": action, "exitCodes": {"operator": "In", "values": [3]}}]
