"""Documents -> nouns: manifests, node inventories, policies and plans from files, stdin or a live cluster."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from models.cluster import Cluster
    from models.plan import IsolationPlan
    from models.trust import TrustPolicy
    from planner.read.document import Document


def read_policy(path: str, stdin: BinaryIO | None = None) -> "TrustPolicy":
    """Read the TrustPolicy in a file, or raise BadInput with everything wrong with it."""
    from planner.read import policy

    return policy.policy(_only(path, stdin, policy.KIND))


def read_plan(path: str, stdin: BinaryIO | None = None) -> "IsolationPlan":
    """Read an IsolationPlan back, or raise BadInput with everything wrong with it."""
    from planner.read import plan
    from planner.read.part import LARGEST_PLAN

    return plan.plan(_only(path, stdin, "IsolationPlan", LARGEST_PLAN))


def read_cluster(
    workloads: Sequence[str],
    nodes: Sequence[str],
    policy: "TrustPolicy | None",
    stdin: BinaryIO | None = None,
    kubernetes: str = "",
) -> "Cluster":
    """Read manifests and inventory from files, folders and stdin ("-"), or raise BadInput with everything wrong with them.

    Nodes may be among the workloads and the other way round; a file that is named twice is read once. `kubernetes` is the version
    of the cluster; empty means that of the newest kubelet.
    """
    from planner.read.cluster import Intake
    from planner.read.document import Loading, collector_at_rest

    loading, intake = Loading([*workloads, *nodes], stdin), Intake(policy, kubernetes)
    with collector_at_rest():
        for document in loading:
            intake.add(document)
            if intake.notebook.faults.are_endless:
                break
        intake.notebook.faults += loading.faults
        return intake.cluster(loading.ignored)


def read_live(
    context: str | None,
    kubeconfig: str | None,
    policy: "TrustPolicy | None",
    timeout: float = 60.0,
    shapes: Sequence[str] = (),
    stdin: BinaryIO | None = None,
    kubernetes: str = "",
) -> "Cluster":
    """Read a running cluster through its API server, or raise BadInput with what kept it from being read.

    `context` and `kubeconfig` None mean what kubectl would use; `timeout` in seconds bounds the whole reading. `shapes` are files
    of NodeShapes, which no cluster has. `kubernetes` is as for `read_cluster`.
    """
    from planner.errors import Fault
    from planner.read.cluster import Intake
    from planner.read.document import Loading
    from planner.read.live import Live
    from planner.read.shapes import KIND

    loading, intake = Loading(shapes, stdin), Intake(policy, kubernetes, live=True)
    for document in loading:
        if document.kind == KIND:
            intake.add(document)
        else:
            reason = f"{document.kind} in a file beside a live cluster, where only NodeShapes are read"
            loading.faults.append(Fault(document.where, "kind", reason, "leave it out: the cluster has its own"))
    intake.notebook.faults += loading.faults
    live = Live(context, kubeconfig, policy, timeout)
    for document in live:
        intake.add(document)
    return intake.cluster(live.unread)


def _only(path: str, stdin: BinaryIO | None, kind: str, largest: int = 0) -> "Document":
    """Return the one document of a file; it may be larger than any Kubernetes object where `largest` says how large."""
    from planner.errors import BadInput, Fault
    from planner.read.document import documents
    from planner.read.part import LARGEST_OBJECT

    found = documents([path], stdin, f"the {kind}", largest or LARGEST_OBJECT).documents
    if len(found) == 1:
        return found[0]
    of_kind = [document for document in found if document.kind == kind]
    if len(of_kind) == 1:
        extra = next(document for document in found if document is not of_kind[0])
        raise BadInput([Fault(extra.where, "kind", f"{extra.kind} beside a {kind}", f"keep the {kind} in a file of its own")])
    where = of_kind[1].where if of_kind else found[0].where
    raise BadInput([Fault(where, "kind", f"{len(of_kind)} documents of kind {kind}", f"name a file with one {kind}")])
