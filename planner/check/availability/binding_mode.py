"""Volumes that are bound before anybody knows where the pod goes."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.estate import Estate
from planner.check.estate.item import Item
from planner.check.rule import AVAILABILITY, Rule
from planner.check.sighting import Change, Sighting
from planner.read.documents.tree import text

_ZONAL = ("ebs.csi.aws.com", "pd.csi.storage.gke.io", "disk.csi.azure.com", "kubernetes.io/aws-ebs", "kubernetes.io/gce-pd")
_ZONAL_TOO = ("kubernetes.io/azure-disk", "cinder.csi.openstack.org", "csi.hetzner.cloud", "dobs.csi.digitalocean.com")


def _question(estate: Estate) -> Iterator[Sighting]:
    for item in estate.of_kind("storage.k8s.io", "StorageClass"):
        mode, driver = text(item.tree, "volumeBindingMode") or "Immediate", text(item.tree, "provisioner")
        if mode == "Immediate" and driver in (*_ZONAL, *_ZONAL_TOO) and not _is_in_one_zone(item):
            message = f"binds volumes of {driver} at once, in a zone of its own choice"
            wait = Change("volumeBindingMode", item.tree.get("volumeBindingMode"), "WaitForFirstConsumer")
            yield item.sighting(message, "volumeBindingMode", changes=(wait,))


def _is_in_one_zone(item: Item) -> bool:
    return bool(item.tree.get("allowedTopologies"))


RULE = Rule(
    id="volume-binds-first",
    breaks=AVAILABILITY,
    severity=WARNING,
    sentence="Volumes are bound before their pods have a node",
    why="The volume may lie in a zone in which the ring has no node: its pod stays pending.",
    how="A ring of two zones, a volume in the third.",
    fix="set volumeBindingMode: WaitForFirstConsumer",
    source="https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode",
    question=_question,
)
