"""Random claims: with a volume that some nodes reach, or waiting for their pod, and for a volume that is there or can be made."""

from tests.cluster.case_wishes import OFTEN, SELDOM, SOMETIMES, ZONE, Object, Wishes

MODES = ("ReadWriteOnce", "ReadWriteOncePod", "ReadOnlyMany", "ReadWriteMany")
NO_PROVISIONER = "kubernetes.io/no-provisioner"
SELECTED = "volume.kubernetes.io/selected-node"
DRIVER = "csi.test.dev"
DISK = {"disk": "ssd"}


class Volumes(Wishes):
    """Chooses volumes, claims, and storage classes."""

    def volumes(self) -> None:
        """Make claims that are bound already, or that wait for their pod: of a node that neither allows, two reasons are said."""
        if self.chance(OFTEN):
            self.bound()
        else:
            self.waiting()
        if self.chance(OFTEN):
            self.limits()

    def bound(self) -> None:
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
            "csi": {"driver": DRIVER, "volumeHandle": name},
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

    def waiting(self) -> None:
        name = f"{self.name}-class"
        self.made.objects.append(self.storage_class(name))
        self.claims = [f"later-{at}" for at in range(self.random.randint(1, 2))]
        # All of different sizes: among equal ones kube-scheduler takes any, and so may fail or not.
        wanted = self.random.sample(("1Gi", "2Gi", "1500M"), len(self.claims))
        self.made.objects += [self.unbound(claim, name, size) for claim, size in zip(self.claims, wanted, strict=True)]
        there = self.random.sample(("1Gi", "2Gi", "3Gi", "5Gi"), self.random.randint(0, 4))
        self.made.objects += [self.free(f"{self.name}-free{at}", name, size) for at, size in enumerate(there)]

    def storage_class(self, name: str) -> Object:
        made: Object = {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {"name": name},
            "provisioner": self.random.choice((DRIVER, NO_PROVISIONER)),
            "volumeBindingMode": "WaitForFirstConsumer",
        }
        if self.chance(0.7):
            first, second = self.topology_term(), self.topology_term()
            made["allowedTopologies"] = [first] if first == second or self.chance(0.6) else [first, second]
        return made

    def limits(self) -> None:
        """Limit how many volumes nodes take; residents have volumes of their own then: shared ones we count more than once."""
        self.is_limited = True
        for node in self.made.nodes:
            driver: Object = {"name": DRIVER, "nodeID": node["metadata"]["name"]}
            if self.chance(0.9):
                driver["allocatable"] = {"count": self.random.choice((0, 1, 1, 2, 2, 3))}
            made = {"apiVersion": "storage.k8s.io/v1", "kind": "CSINode", "metadata": {"name": node["metadata"]["name"]}}
            self.made.objects += [{**made, "spec": {"drivers": [driver]}}] if self.chance(0.9) else []

    def held(self, at: int) -> list[str]:
        """Make claims that the resident of this number alone has."""
        names = [f"held-{at}-{number}" for number in range(self.random.choice((0, 1, 1, 2)))]
        for name in names:
            volume = f"{self.name}-{name}"
            self.made.objects += [self.volume(volume, name, ["ReadWriteOnce"]), self.claim(name, volume, ["ReadWriteOnce"])]
        return names

    def topology_term(self) -> Object:
        given = {self.zone: ("z1", "z2", "z3"), self.rack: ("r1", "r2")}
        keys = self.random.sample(list(given), self.random.choice((1, 1, 2)))
        chosen = [
            {"key": key, "values": sorted(self.random.sample(given[key], self.random.randint(1, 2)))} for key in sorted(keys)
        ]
        return {"matchLabelExpressions": chosen}

    def unbound(self, name: str, storage_class: str, size: str) -> Object:
        metadata: Object = {"namespace": self.name, "name": name}
        if self.chance(SELDOM):
            metadata["annotations"] = {SELECTED: self.random.choice(self.made.nodes)["metadata"]["name"]}
        spec: Object = {
            "accessModes": self.random.sample(MODES[::2], self.random.choice((1, 1, 2))),
            "storageClassName": storage_class,
            "resources": {"requests": {"storage": size}},
        }
        if self.chance(SELDOM):
            spec["volumeMode"] = "Block"
        if self.chance(SELDOM):
            spec["selector"] = {"matchLabels": DISK}
        return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": spec}

    def free(self, name: str, storage_class: str, size: str) -> Object:
        """Return a volume that nobody has, or that is kept for a claim."""
        spec: Object = {
            "capacity": {"storage": size},
            "accessModes": self.random.sample(MODES[::2], self.random.choice((1, 2, 2))),
            "storageClassName": storage_class if self.chance(0.9) else "",
            "csi": {"driver": DRIVER, "volumeHandle": name},
        }
        if self.chance(SELDOM):
            spec["volumeMode"] = "Block"
        if self.chance(0.7):
            spec["nodeAffinity"] = {"required": {"nodeSelectorTerms": self.terms(fields=False)}}
        if self.chance(0.2):
            claim = self.random.choice((*self.claims, "nobodys"))
            # Of several that are kept for a claim kube-scheduler takes any too.
            if claim not in self.kept:
                self.kept.add(claim)
                spec["claimRef"] = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "namespace": self.name, "name": claim}
        phase = self.random.choice(("Available", "Available", "Available", "Released"))
        metadata = {"name": name, "labels": DISK if self.chance(OFTEN) else {}}
        return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": metadata, "spec": spec, "status": {"phase": phase}}
