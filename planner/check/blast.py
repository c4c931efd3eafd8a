"""If a container breaks out of a node: which workloads, levels, secrets, service accounts and other nodes are within reach.

The node has every pod on it; a pod has its secrets and the token of its service account; the token has what RBAC grants.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from planner.check.estate.access import Grant
from planner.check.estate.estate import Estate
from planner.check.estate.rights import MAKERS, WRITES
from planner.check.estate.template import Template
from planner.check.report import Blast
from planner.read.documents.tree import entries, text

if TYPE_CHECKING:
    import networkx as nx

    Graph = nx.DiGraph[tuple[str, str]]

NODE, WORKLOAD, ACCOUNT, SECRET, EVERY_NODE = "node", "workload", "account", "secret", "every node"
_EVERY = (EVERY_NODE, "")
_TO_NODES = (
    *((("create", "get"), "", "nodes/proxy"), (("create",), "", "pods/binding")),
    *(((*WRITES,), group, resource) for group, resource in MAKERS),
)
"""Rights in every namespace with which a pod of one's own, or the kubelet's API, is to be had on any node."""
_TO_PODS = ((("create", "get"), "", "pods/exec"), (("update", "patch"), "", "pods/ephemeralcontainers"))
Placed = Iterable[tuple[str, str]]
"""Node and workload."""


def blast(estate: Estate) -> tuple[Blast, ...]:
    """Return what is within reach of each node, today and by the plan, the worst first; nothing where nobody knows what runs."""
    reach = _Reach(estate)
    told = [*reach.of(_today(estate), planned=False), *reach.of(_planned(estate), planned=True)]
    return tuple(sorted(told, key=_order))


def _order(blast: Blast) -> tuple[bool, int, int, int, int, str]:
    """Sort the worst first, those of today before those of the plan."""
    return blast.planned, -len(blast.rings), -blast.nodes, -blast.secrets, -blast.workloads, blast.node


def _today(estate: Estate) -> Placed:
    pods = [(text(pod.spec, "nodeName"), estate.maker(pod.item)) for pod in estate.running]
    return pods or [(node, str(workload.id)) for workload in estate.cluster.workloads for node in workload.running]


def _planned(estate: Estate) -> Iterator[tuple[str, str]]:
    plan = estate.plan
    if plan is None:
        return
    yield from ((node, str(placement.workload)) for placement in plan.placements for node in placement.on)
    nodes = {ring.name: ring.nodes for ring in plan.rings}
    for resident in plan.shared:
        yield from ((node, str(resident.workload)) for ring in resident.rings for node in nodes[ring])


def levels(estate: Estate) -> dict[str, int]:
    """Return for each ring the place in the policy of the most trusted level that it holds."""
    places = {level: place for place, level in enumerate(estate.policy.levels)} if estate.policy else {}
    rings = estate.trust.rings if estate.trust else ()
    return {ring.name: min(places.get(group.partition("/")[0], len(places)) for group in ring.groups) for ring in rings}


class _Reach:
    """Who leads where, beside which pods are on which node: that is the same today and by the plan."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._specs: dict[str, list[Template]] = {}
        for template in (*estate.templates, *estate.running):
            self._specs.setdefault(estate.maker(template.item), []).append(template)

    def of(self, placed: Placed, planned: bool) -> Iterator[Blast]:
        """Yield what is within reach of each node on which anything is placed."""
        import networkx as nx  # which takes a while, and without pods nobody needs it

        pairs = sorted(set(placed))
        if not pairs:
            return
        graph: Graph = nx.DiGraph()
        graph.add_edges_from(((NODE, node), (WORKLOAD, name)) for node, name in pairs)
        graph.add_edges_from((_EVERY, (NODE, node)) for node, _ in pairs)
        workloads = sorted({name for _, name in pairs})
        for name in workloads:
            graph.add_edges_from(((WORKLOAD, name), target) for target in self._held(name))
        for account in [vertex for vertex in graph if vertex[0] == ACCOUNT]:
            graph.add_edges_from((account, target) for target in self._granted(account[1], workloads))
        for node in sorted({node for node, _ in pairs}):
            yield self._blast(graph, node, planned)

    def _blast(self, graph: "Graph", node: str, planned: bool) -> Blast:
        import networkx as nx

        reached = nx.descendants(graph, (NODE, node))
        by_kind = {kind: sorted(name for sort, name in reached if sort == kind) for kind in (NODE, WORKLOAD, ACCOUNT, SECRET)}
        members = (self._estate.membership(name) for name in by_kind[WORKLOAD])
        rings = tuple(sorted({member.ring for member in members if member and member.ring}))
        path = nx.shortest_path(graph, (NODE, node), _EVERY) if _EVERY in reached else []
        through = next((name for sort, name in reversed(path) if sort == ACCOUNT), "")
        others = set(by_kind[NODE]) - {node}
        numbers = len(by_kind[SECRET]), len(by_kind[ACCOUNT]), len(others)
        return Blast(node, planned, len(by_kind[WORKLOAD]), rings, *numbers, through)

    def _held(self, name: str) -> Iterator[tuple[str, str]]:
        """Yield what the pods of a workload have: secrets, and the token of their service account."""
        for template in self._specs.get(name, ()):
            yield from ((SECRET, f"{template.namespace}/{secret}") for secret in _secrets(template))
            if self._estate.mounts_token(template):
                yield ACCOUNT, "/".join(template.account)

    def _granted(self, account: str, workloads: list[str]) -> Iterator[tuple[str, str]]:
        """Yield what the token of a service account leads to."""
        namespace, _, name = account.partition("/")
        for grant in self._estate.access.of_account((namespace, name), is_placed=True):
            if grant.names:
                continue
            if _allows(grant, ((("get", "list"), "", "secrets"),)):
                yield SECRET, f"{grant.namespace or '*'}/*"
            if not grant.namespace and _allows(grant, _TO_NODES):
                yield _EVERY
            if _allows(grant, _TO_PODS):
                inside = (workload for workload in workloads if grant.namespace in ("", workload.split("/")[1]))
                yield from ((WORKLOAD, workload) for workload in inside)


def _allows(grant: Grant, rights: Iterable[tuple[tuple[str, ...], str, str]]) -> bool:
    return any(grant.allows(verb, group, resource) for verbs, group, resource in rights for verb in verbs)


def _secrets(template: Template) -> Iterator[str]:
    """Yield the names of the secrets that a pod spec mounts, reads into variables, or pulls images with."""
    for volume in entries(template.spec, "volumes"):
        yield from filter(None, (text(volume, "secret", "secretName"),))
        yield from (text(source, "secret", "name") for source in entries(volume, "projected", "sources") if source.get("secret"))
    for _, container in template.containers:
        yield from (text(entry, "secretRef", "name") for entry in entries(container, "envFrom") if entry.get("secretRef"))
        for variable in entries(container, "env"):
            yield from filter(None, (text(variable, "valueFrom", "secretKeyRef", "name"),))
    yield from (text(secret, "name") for secret in entries(template.spec, "imagePullSecrets"))
