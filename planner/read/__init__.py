"""Documents -> nouns: manifests, node inventories, policies and plans from files, stdin or a live cluster."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO

# Functions import what they need: --help must not wait for the parsers of what it does not read.
if TYPE_CHECKING:
    from models.answer.plan import Input, IsolationPlan
    from models.kubernetes.cluster import Cluster
    from models.kubernetes.labels import Labels
    from models.kubernetes.pod import Pod
    from models.kubernetes.resources import Resources
    from models.kubernetes.workload import Added, Workload, Written
    from models.trust import TrustPolicy
    from planner.errors import Fault
    from planner.read.documents.document import Document


def read_policy(path: str, stdin: BinaryIO | None = None, digests: "list[Input] | None" = None) -> "TrustPolicy":
    """Read the TrustPolicy in a file, or raise BadInput with everything wrong with it; what was read goes to `digests`."""
    return policy_of(policy_document(path, stdin, digests))


def policy_document(path: str, stdin: BinaryIO | None = None, digests: "list[Input] | None" = None) -> "Document":
    """Read the document that a TrustPolicy is in, and that tells the lines of its fields."""
    from planner.read.own_kinds import trust_policy

    return _only(path, stdin, trust_policy.KIND, digests)


def policy_of(document: "Document") -> "TrustPolicy":
    """Return the policy of a document, or raise BadInput with everything wrong with it."""
    from planner.read.own_kinds import trust_policy

    return trust_policy.read_policy(document)


def read_plan(path: str, stdin: BinaryIO | None = None) -> "IsolationPlan":
    """Read an IsolationPlan back, or raise BadInput with everything wrong with it."""
    from planner.read.documents.location import LARGEST_PLAN
    from planner.read.own_kinds.plan import isolation_plan

    return isolation_plan.read_plan(_only(path, stdin, "IsolationPlan", largest=LARGEST_PLAN))


def read_cluster(
    workloads: Sequence[str],
    nodes: Sequence[str],
    policy: "TrustPolicy | None",
    stdin: BinaryIO | None = None,
    kubernetes: str = "",
    digests: "list[Input] | None" = None,
    whole: bool = True,
) -> "Cluster":
    """Read manifests and inventory from files, folders and stdin ("-"), or raise BadInput with everything wrong with them.

    A file that is named twice is read once; one that both name is read as `nodes`, which are the operator's own: what manifests
    say of nodes, classes of pods and namespaces is refused, and what they say of status and uid is not believed. `kubernetes` is
    the version of the cluster; empty means that of the newest kubelet. What was read goes to `digests`. Of a part that is not
    `whole`, nodes or workloads may be missing.
    """
    from planner.read.cluster.build import Intake
    from planner.read.documents.digest import of_files
    from planner.read.documents.document import Loading, collector_at_rest

    loading, intake = Loading(workloads, stdin, nodes=nodes), Intake(policy, kubernetes)
    with collector_at_rest():
        for document in loading:
            intake.add(document)
            if intake.notebook.faults.are_endless:
                break
        intake.notebook.faults += loading.faults
        if digests is not None:
            digests += of_files(loading.digests)
        return intake.cluster(loading.ignored, loading.has_read, whole)


def read_live(
    context: str | None,
    kubeconfig: str | None,
    policy: "TrustPolicy | None",
    timeout: float = 60.0,
    shapes: Sequence[str] = (),
    stdin: BinaryIO | None = None,
    kubernetes: str = "",
    digests: "list[Input] | None" = None,
    most: int | None = None,
) -> "Cluster":
    """Read a running cluster through its API server, or raise BadInput with what kept it from being read.

    `context` and `kubeconfig` None mean what kubectl would use; `timeout` in seconds bounds the whole reading. `shapes` are files
    of NodeShapes and NodeGroups, which no cluster has. `kubernetes` and `digests` are as for `read_cluster`. No list may be of
    more than `most` bytes.
    """
    from planner.errors import Fault
    from planner.read.cluster.build import Intake
    from planner.read.documents.digest import of_cluster, of_files
    from planner.read.documents.document import Loading
    from planner.read.groups import node_group
    from planner.read.live.documents import Live
    from planner.read.own_kinds import node_shape

    loading, intake = Loading((), stdin, nodes=shapes), Intake(policy, kubernetes, live=True)
    for document in loading:
        if document.kind in (node_shape.KIND, node_group.KIND):
            intake.add(document)
        else:
            reason = f"{document.kind} in a file beside a live cluster, where only NodeShapes and NodeGroups are read"
            loading.faults.append(Fault(document.where, "kind", reason, "leave it out: the cluster has its own"))
    intake.notebook.faults += loading.faults
    live = Live(context, kubeconfig, policy, timeout, most)
    # Faults quote what the cluster answers, which may repeat a credential.
    with live.secrets.struck():
        for document in live:
            intake.add(document)
        cluster = intake.cluster(live.unread)
    if digests is not None:
        digests += [*of_files(loading.digests), of_cluster(live.name, cluster)]
    return cluster


def read_again(written: "Written", added: "Added", namespace: str, labels: "Labels") -> "tuple[Pod, tuple[Fault, ...]]":
    """Return a pod with nothing but where it may run, as a plan has it written, and what is wrong with that."""
    from planner.read.own_kinds.plan import pods

    return pods.read_again(written, added, namespace, labels)


def why_misnamed(workload: "Workload", policy: "TrustPolicy") -> str:
    """Say why an object of its kind has no pod template where the workload's is said to be; nothing where it has."""
    from planner.read.own_kinds.plan import pods

    return pods.why_misnamed(workload, policy)


def read_runtime_class(path: str) -> "tuple[str, Resources, Added]":
    """Read the RuntimeClass in a file: its name, what it adds to what a pod takes, and to where it may run; or raise BadInput."""
    from planner.read.pods.admission import runtime_of

    name, runtime = runtime_of(_only(path, None, "RuntimeClass"))
    return name, runtime.overhead, runtime.added


def _only(path: str, stdin: BinaryIO | None, kind: str, digests: "list[Input] | None" = None, largest: int = 0) -> "Document":
    """Return the one document of a file; it may be larger than any Kubernetes object where `largest` says how large."""
    from models.source import Source
    from planner.errors import BadInput, Fault
    from planner.read.documents.digest import of_policy
    from planner.read.documents.document import documents
    from planner.read.documents.files import STDIN
    from planner.read.documents.location import LARGEST_OBJECT

    loaded = documents([path], stdin, f"the {kind}", largest or LARGEST_OBJECT)
    items = loaded.documents
    if digests is not None:
        digests += of_policy(loaded.digests)
    if len(items) == 1:
        return items[0]
    of_kind = [document for document in items if document.kind == kind]
    if len(of_kind) == 1:
        extra = next(document for document in items if document is not of_kind[0])
        raise BadInput([Fault(extra.where, "kind", f"{extra.kind} beside a {kind}", f"keep the {kind} in a file of its own")])
    named = of_kind[1:] or items
    where = named[0].where if named else Source(STDIN if path == "-" else path)
    raise BadInput([Fault(where, "kind", f"{len(of_kind)} documents of kind {kind}", f"name a file with one {kind}")])
