"""Random ends of claims and volumes: lost, being deleted, never bound, or meant for another claim of that name."""

from collections.abc import Iterable
from random import Random

from tests.cluster.case_wishes import CASE, OFTEN, SELDOM, SOMETIMES, Case, Object

BIND_COMPLETED = "pv.kubernetes.io/bind-completed"
NOW = "2026-01-02T03:04:05Z"
"""Any time will do: the API server has its own."""
CLAIM, VOLUME = "PersistentVolumeClaim", "PersistentVolume"
OWN, ANOTHER = "own", "00000000-0000-0000-0000-000000000001"
"""The uids of the claim of a name: the one that it has, which is known once it is created, and one that it never has."""


class Claims:
    """Changes what a case has of claims and volumes; its luck is its own, so that cases without any are what they were."""

    def __init__(self, made: Case, seed: int) -> None:
        self.random, self.made = Random(f"claims {seed}"), made
        mine = [each for each in made.objects if each["kind"] in (CLAIM, VOLUME) and "held-" not in each["metadata"]["name"]]
        self.volumes = {each["metadata"]["name"]: each for each in mine if each["kind"] == VOLUME}
        self.claims = [each for each in mine if each["kind"] == CLAIM]

    def add(self) -> None:
        """Choose whether anything is unusual, and what."""
        if not self.claims or not self.chance(0.6):
            return
        if self.chance(0.8):
            self.simplify()
        is_bound = "volumeName" in self.claims[0]["spec"]
        if is_bound:
            for claim in self.claims:
                self.bound(claim, self.volumes[claim["spec"]["volumeName"]])
        else:
            for volume in self.volumes.values():
                if self.chance(0.6):
                    self.waiting(volume)
            if self.chance(SOMETIMES):
                self.random.choice(self.claims)["spec"]["volumeAttributesClassName"] = "gold"
        for claim in self.claims:
            if self.chance(SOMETIMES if is_bound else SELDOM):
                self.end(claim)

    def simplify(self) -> None:
        """Leave the pod nothing but its volumes that keeps it off nodes."""
        spec, claims = self.made.pod["spec"], [each["metadata"]["name"] for each in self.claims]
        container = {"name": "main", "image": "registry.test/image:1", "resources": {"requests": {"cpu": "0", "memory": "0"}}}
        everywhere = {"tolerations": [{"operator": "Exists"}], "nodeSelector": {CASE: self.made.name}}
        volumes = [{"name": f"v-{name}", "persistentVolumeClaim": {"claimName": name}} for name in claims]
        spec.clear()
        spec.update({"containers": [container], **everywhere, "volumes": volumes})

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def end(self, claim: Object) -> None:
        """Have the claim lose its volume, or be deleted while somebody still has it."""
        ways = self.random.choice((("lost",), ("deleted",), ("lost", "deleted")))
        if "lost" in ways:
            claim["status"] = {"phase": "Lost"}
        if "deleted" in ways:
            claim["metadata"]["deletionTimestamp"] = NOW

    def bound(self, claim: Object, volume: Object) -> None:
        """Have the two be bound, whatever else is said of them, or never."""
        if self.chance(SOMETIMES):
            self.random.choice((claim, volume))["spec"]["volumeAttributesClassName"] = "gold"
        if self.chance(SOMETIMES):
            volume["metadata"]["deletionTimestamp"] = NOW
        if self.chance(SOMETIMES):
            volume["spec"]["claimRef"]["uid"] = self.random.choice((OWN, ANOTHER))
        if self.chance(0.3):
            del claim["metadata"]["annotations"][BIND_COMPLETED], claim["status"]
            self.part(claim, volume)

    def part(self, claim: Object, volume: Object) -> None:
        """Have the claim ask for a volume that it never gets: no controller binds here those that it would."""
        way = self.random.choice(
            ("gone", "another's", "an earlier one's", "class", "size", "mode", "access", "attributes", "deleted")
        )
        if way == "gone":
            claim["spec"]["volumeName"] += "-gone"
        elif way == "another's":
            volume["spec"]["claimRef"] |= {"name": "nobodys", "uid": ANOTHER}
        elif way == "an earlier one's":
            volume["spec"]["claimRef"]["uid"] = ANOTHER
        else:
            del volume["spec"]["claimRef"]
            self.differ(claim, volume, way)

    def differ(self, claim: Object, volume: Object, way: str) -> None:
        if way == "class":
            volume["spec"]["storageClassName"] = "another"
        elif way == "size":
            claim["spec"]["resources"]["requests"]["storage"] = "2Gi"
        elif way == "mode":
            claim["spec"]["volumeMode"] = "Block"
        elif way == "access":
            claim["spec"]["accessModes"] = ["ReadWriteMany"]
        elif way == "attributes":
            claim["spec"]["volumeAttributesClassName"] = "silver"
        else:
            volume["metadata"]["deletionTimestamp"] = NOW

    def waiting(self, volume: Object) -> None:
        """Have a volume that claims might take be another's, of other attributes, or deleted."""
        way = self.random.choice(("uid", "uid", "attributes", "deleted"))
        if way == "attributes":
            volume["spec"]["volumeAttributesClassName"] = "gold"
        elif way == "deleted":
            volume["metadata"]["deletionTimestamp"] = NOW
        else:
            self.keep(volume)

    def keep(self, volume: Object) -> None:
        """Say which claim of the name a volume is kept for; of several that are kept for one kube-scheduler takes any."""
        name = self.random.choice(self.claims)["metadata"]["name"]
        reference = {"apiVersion": "v1", "kind": CLAIM, "namespace": self.made.name, "name": name}
        is_kept = "claimRef" in volume["spec"]
        kept = volume["spec"].setdefault("claimRef", reference)
        is_first = is_kept or not any(_keeps(each, name) for each in self.volumes.values() if each is not volume)
        kept["uid"] = OWN if is_first and kept["name"] != "nobodys" and self.chance(OFTEN) else ANOTHER
        volume["status"]["phase"] = self.random.choice(("Available", "Released", "Bound"))


def _keeps(volume: Object, claim: str) -> bool:
    reference = volume["spec"].get("claimRef", {})
    return reference.get("name") == claim and reference.get("uid") != ANOTHER


def tell_uids(objects: Iterable[Object], claims: Iterable[Object]) -> None:
    """Write the uids of claims, which have been created, into the volumes that are kept for them."""
    uids = {(each["metadata"]["namespace"], each["metadata"]["name"]): each["metadata"]["uid"] for each in claims}
    for each in objects:
        reference = each["spec"].get("claimRef", {}) if each["kind"] == VOLUME else {}
        if reference.get("uid") == OWN:
            reference["uid"] = uids[reference["namespace"], reference["name"]]
