"""Pools that the autoscaler knows nothing of while they are empty."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.estate import Estate
from planner.check.estate.item import Item
from planner.check.rule import AVAILABILITY, Rule
from planner.check.sighting import Sighting
from planner.read.documents.tree import entries, pairs

_MINIMUM = "cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size"
_TOLD = ("capacity.cluster-autoscaler.kubernetes.io/labels", "capacity.cluster-autoscaler.kubernetes.io/taints")
_TAGS = "k8s.io/cluster-autoscaler/node-template/"


def _question(estate: Estate) -> Iterator[Sighting]:
    for item in estate.of_kind("cluster.x-k8s.io", "MachineDeployment", "MachineSet", "MachinePool"):
        if item.annotations.get(_MINIMUM) == "0" and not any(name in item.annotations for name in _TOLD):
            yield item.sighting(
                "may be empty, and no annotation tells the labels and taints of its nodes", "metadata.annotations"
            )
    for item in estate.of_kind("eksctl.io", "ClusterConfig"):
        yield from _groups(item)


def _groups(item: Item) -> Iterator[Sighting]:
    for index, group in enumerate(entries(item.tree, "nodeGroups")):
        is_told = group.get("propagateASGTags") is True or any(tag.startswith(_TAGS) for tag in pairs(group, "tags"))
        if group.get("minSize") == 0 and entries(group, "taints") and not is_told:
            yield item.sighting("a node group may be empty, and no tag tells the autoscaler its taints", f"nodeGroups[{index}]")


RULE = Rule(
    id="scale-from-zero-blind",
    breaks=AVAILABILITY,
    severity=WARNING,
    sentence="The autoscaler does not know what nodes an empty pool would have",
    why="It grows a pool only if pending pods would fit: without labels and taints it grows none, or the wrong one.",
    how="After a quiet night the ring is empty, and its pods stay pending.",
    fix="write the nodes' labels and taints into the pool's annotations or tags, or keep one node",
    source="https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md",
    question=_question,
)
