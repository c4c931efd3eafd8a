"""What a plan is made from, and how it is read: the policy first, as it says how manifests are read."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO

from planner.errors import BadInput, Fault

if TYPE_CHECKING:
    from models.answer.plan import Input
    from models.kubernetes.cluster import Cluster
    from models.trust import TrustPolicy
    from planner.read.documents.document import Document


@dataclass(frozen=True, slots=True)
class Inputs:
    """Where to read: manifests and inventory as files, or a live cluster (and files of NodeShapes), and the policy.

    `kubernetes` is the version of the cluster; empty means that of its newest kubelet. `most` is how many bytes a list of a
    live cluster may have.
    """

    workloads: tuple[str, ...]
    nodes: tuple[str, ...]
    policy: str
    stdin: BinaryIO | None = None
    live: bool = False
    context: str | None = None
    kubeconfig: str | None = None
    timeout: float = 60.0
    kubernetes: str = ""
    most: int | None = None


def read_inputs(inputs: Inputs, digests: "list[Input]") -> "tuple[TrustPolicy, Cluster]":
    """Read the policy and the cluster, and note what was read; when both are faulty, say so of both."""
    from planner import read
    from planner.trust import unknown_levels
    from planner.trust.growing_groups import with_growth_for_rings
    from planner.trust.left_alone import without_left_alone

    faults: list[Fault] = []
    document, policy, more = None, None, 0
    try:
        document = read.policy_document(inputs.policy, inputs.stdin, digests)
        policy = read.policy_of(document)
    except BadInput as error:
        faults, more = [*error.faults], error.more
    try:
        if inputs.live:
            where = inputs.context, inputs.kubeconfig, policy, inputs.timeout, inputs.nodes
            cluster = read.read_live(*where, inputs.stdin, inputs.kubernetes, digests, inputs.most)
        else:
            cluster = read.read_cluster(inputs.workloads, inputs.nodes, policy, inputs.stdin, inputs.kubernetes, digests)
    except BadInput as error:
        also = unknown_levels(policy, error.rest) if policy and error.rest else ()
        raise BadInput([*faults, *error.faults, *also], more=more + error.more) from None
    if policy is None or document is None:
        raise BadInput(faults, more=more)
    policy = fitted(policy, document, cluster)
    return policy, without_left_alone(policy, with_growth_for_rings(policy, cluster))


def fitted(policy: "TrustPolicy", document: "Document", cluster: "Cluster") -> "TrustPolicy":
    """Return the policy as the nodes of a cluster allow it, or raise BadInput that names the line in its document."""
    from planner.trust.group_label import check_group_label
    from planner.trust.ring_label import with_accepted_label

    try:
        check_group_label(policy, cluster)
        return with_accepted_label(policy, cluster)
    except BadInput as error:
        raise BadInput(replace(fault, where=document.where_of(fault.field)) for fault in error.faults) from None
