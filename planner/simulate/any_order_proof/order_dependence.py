"""What makes a pod wait for more than room: a ring with such pods is at best tried, never proven."""

from collections import Counter
from collections.abc import Iterable, Iterator

from models.answer.order_result import Reason
from models.answer.plan import IsolationPlan
from models.disclosure import DisclosureCode
from models.kubernetes.cluster import Cluster, Statement
from models.kubernetes.pod import HostPort, Pod, PodAffinityTerm
from models.kubernetes.storage import Claim, StorageClass, class_of
from planner.rules import statefulset
from planner.rules.plugins import interpodaffinity, nodeports, podtopologyspread, volumebinding, volumerestrictions
from planner.simulate.any_order_proof.ring_pods import Crowd, Member
from planner.wording.disclosures import is_any_of
from planner.wording.unread import ONLY_RANKS

HOST = "kubernetes.io/hostname"
DEFAULT_SCHEDULER = "default-scheduler"


def dependence(arriving: Crowd, plan: IsolationPlan) -> Reason | None:
    """Say what about the ring's pods a sum of resources cannot prove; nothing where they only need room."""
    unread = {statement.subject: statement.message for statement in plan.cluster.unread if not _only_ranks(statement)}
    users = _users(plan.cluster)
    for member in arriving.members:
        for reason in _alone(member, plan.cluster, users):
            return Reason(member.name, f" {reason}")
        if member.name in unread:
            return Reason(member.name, f": {unread[member.name]}")
    return _ports(arriving) or _away(arriving, plan.cluster)


def _only_ranks(statement: Statement) -> bool:
    """Say whether what was left out of a pod only ranks nodes."""
    return is_any_of(statement, DisclosureCode.NOT_MODELLED, ONLY_RANKS)


def _alone(member: Member, cluster: Cluster, users: Counter[str]) -> Iterator[str]:
    pod = member.pod
    if pod.node_name:
        yield "names its node, and so goes past kube-scheduler"
    if pod.scheduler_name != DEFAULT_SCHEDULER:
        yield f"is bound by {pod.scheduler_name}, whose rules are not known"
    if pod.pod_affinity:
        yield "has to find the pods that its affinity asks for, so it depends on who came before"
    if podtopologyspread.hard(pod):
        yield "has a DoNotSchedule spread constraint, so it depends on where the others are"
    yield from _claims(member, cluster, users)


def _claims(member: Member, cluster: Cluster, users: Counter[str]) -> Iterator[str]:
    pod = member.pod
    for name in pod.claims:
        yield from _by_name(member, name, cluster, users[f"{pod.namespace}/{name}"])
    for claim in pod.new_claims:
        yield from _unbound(claim, cluster, stays=member.keeps)
    for key in volumerestrictions.exclusive(pod, cluster):
        if users[key] > 1:
            yield f"shares {key}, which one pod at a time may use (ReadWriteOncePod)"


def _by_name(member: Member, name: str, cluster: Cluster, users: int) -> Iterator[str]:
    known = cluster.claims.get(f"{member.pod.namespace}/{name}")
    if known is None or (known.volume and known.volume not in cluster.volumes):
        yield f"claims {name}, which is not bound to a known volume"
    elif not known.volume and users > 1:
        yield f"shares {name}, whose volume will be where the first of its pods goes"
    elif not known.volume:
        yield from _unbound(known, cluster, stays=True)
    elif not known.bound and not cluster.volumes[known.volume].claim:
        yield f"claims {name}, and another claim may take the volume that it asks for first"
    elif member.daemon and cluster.volumes[known.volume].node_affinity is not None:
        yield f"claims {name}, and pods of it are made also where its volume is out of reach"


def _unbound(claim: Claim, cluster: Cluster, *, stays: bool) -> Iterator[str]:
    """Say what a claim that is not bound depends on; nothing where each pod has its own made, wherever the class may make one."""
    given = class_of(claim, cluster.storage_classes)
    if given is None or not given.waits:
        yield f"claims {claim.name}, which is not bound to a known volume"
    elif not volumebinding.makes_volumes(given) or _on_offer(given, cluster):
        yield f"claims {claim.name}, which may take one of the volumes of storage class {given.name} that others may take"
    elif stays:
        yield f"claims {claim.name}, whose volume stays where its pod was first, and may be out of reach of the next one"
    elif given.counted:
        yield f"claims {claim.name}, for whose volume there may be no storage left where others have theirs (CSIStorageCapacity)"


def _on_offer(given: StorageClass, cluster: Cluster) -> bool:
    volumes = (volume for volume in cluster.volumes.values() if volume.storage_class == given.name)
    return any(candidate.available or candidate.claim for candidate in volumes)


def _users(cluster: Cluster) -> Counter[str]:
    """Count the pods that use each claim."""
    users: Counter[str] = Counter()
    workloads = (workload for workload in cluster.workloads if not workload.is_daemon)
    wanting = [
        pair for controller in workloads for pair in statefulset.variants(controller, controller.template, cluster).items()
    ]
    # A DaemonSet has as many pods as nodes: two stand for them, which is enough to share a claim.
    wanting += [(workload.template, 2) for workload in cluster.workloads if workload.is_daemon]
    wanting += [(resident.pod, 1) for resident in cluster.residents]
    for pod, count in wanting:
        users.update(dict.fromkeys((f"{pod.namespace}/{name}" for name in pod.claims), count))
    return users


def _ports(arriving: Crowd) -> Reason | None:
    """Look for two pods of the ring that could never be on one node; those of one DaemonSet (one a node) never meet."""
    holders = [(member, ports) for member in arriving.members if (ports := nodeports.ports(member.pod))]
    held = [port for site in arriving.world.sites.values() for port, count in site.ports.items() if count > 0]
    for index, (member, ports) in enumerate(holders):
        again = () if member.count == 1 else (holders[index],)
        for other, taken in (*again, *holders[index + 1 :]):
            if port := _clash(ports, taken):
                whom = "its like" if other.name == member.name else other.name
                return Reason(member.name, f" cannot be on one node with {whom}: both want host port {port}")
        if member.daemon and (port := _clash(ports, held)):
            return Reason(member.name, f" cannot be on every node of its own: a resident holds host port {port}")
    return None


def _clash(ports: Iterable[HostPort], taken: Iterable[HostPort]) -> int:
    """Return a port that cannot be had twice, 0 where there is none."""
    return next((port.port for port in ports for two in taken if nodeports.conflict(port, two)), 0)


def _away(arriving: Crowd, cluster: Cluster) -> Reason | None:
    """Look for anti-affinity between pods of the ring and any others that they may meet."""
    inside = [(member.name, member.pod) for member in arriving.members]
    elsewhere = [(str(workload.id), workload.template) for workload in cluster.workloads if workload.pods or workload.is_daemon]
    others = [*elsewhere, *((f"the pod {resident.name}", resident.pod) for resident in cluster.residents)]
    # Only whether there are several matters: two stand for any number.
    many = Counter(member.name for member in arriving.members for _ in range(2 if member.daemon else min(member.count, 2)))
    for name, owner in inside:
        for other, pod in others if owner.pod_anti_affinity else ():
            if (other != name or many[name] > 1) and _selects(owner.pod_anti_affinity, owner, pod, cluster):
                return Reason(name, f" has to stay away from {'its like' if other == name else other}")
    names = {member.name for member in arriving.members}
    for name, owner in others:
        terms = tuple(term for term in owner.pod_anti_affinity if name not in names and _reaches(term, name))
        for met, pod in inside if terms else ():
            if _selects(terms, owner, pod, cluster):
                return Reason(met, f" has to be kept away from {name}")
    return None


def _selects(terms: Iterable[PodAffinityTerm], owner: Pod, other: Pod, cluster: Cluster) -> bool:
    return any(interpodaffinity.selects(term, owner, other, cluster) for term in terms)


def _reaches(term: PodAffinityTerm, name: str) -> bool:
    """Say whether pods of another ring are near enough to matter: never on one's own host, where only residents may be."""
    return term.topology_key != HOST or name.startswith("the pod ")
