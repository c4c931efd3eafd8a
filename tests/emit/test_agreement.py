"""What the patch makes of a manifest, read again, is what planner.rules.ring_membership said that it would make of the pod."""

import copy
import json
import random
from dataclasses import replace
from functools import cache
from itertools import product

import pytest

from models.answer.plan import Guide
from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels, Taint
from models.kubernetes.node import Node
from models.trust import Membership, PolicyNodes
from planner.emit.patches.workload import changes, operations
from planner.rules import FILTERS
from planner.rules.affinity_hint import guided
from planner.rules.daemonset import daemon_pod
from planner.rules.plugins import podtopologyspread
from planner.rules.ring_membership import everywhere_pod, ring_pod
from tests.emit.emit_plans import LABEL, REQUIRED, TAINT, Document, manifest, pod_spec
from tests.read.cluster_reader import cluster_of

KEYS = PolicyNodes(LABEL, TAINT)
KINDS = ("Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job", "CronJob", "Rollout")
RINGS = ("red", "blue", "7")
RUNTIMES = {
    "plain": {},
    "here": {"tolerations": [{"key": TAINT, "operator": "Equal", "value": "red"}]},
    "anywhere": {"nodeSelector": {"disk": "ssd"}, "tolerations": [{"key": TAINT, "operator": "Exists"}]},
}
BATCHES, SIZE = 12, 60


class Draw:
    """Random placement fields, in which the ring's own keys turn up often."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)

    def some(self, make, most=3):
        return [make() for _ in range(self.rng.randint(0, most))]

    def manifest(self, kind: str, name: str) -> Document:
        fields = {
            "tolerations": lambda: self.some(self.toleration),
            "nodeSelector": self.selector,
            "affinity": self.affinity,
            "topologySpreadConstraints": self.spread,
            "runtimeClassName": lambda: self.rng.choice(list(RUNTIMES)),
        }
        placement = {field: make() for field, make in fields.items() if self.rng.random() < 0.6}
        for field in ("tolerations", "nodeSelector", "affinity", "topologySpreadConstraints"):
            if self.rng.random() < 0.05:
                placement[field] = None
        return manifest(kind, name, **placement)

    def toleration(self) -> Document:
        key = self.rng.choice((TAINT, TAINT, "gpu", ""))
        found = {"key": key, "operator": self.rng.choice(("Exists", "Equal", "", None)) if key else "Exists"}
        if found["operator"] != "Exists":
            found["value"] = self.rng.choice((*RINGS, "", None))
        found["effect"] = self.rng.choice(("NoSchedule", "NoExecute", "PreferNoSchedule", "", None, None))
        if found["effect"] == "NoExecute" and self.rng.random() < 0.3:
            found["tolerationSeconds"] = 30
        return {field: value for field, value in found.items() if value is not None or self.rng.random() < 0.2}

    def selector(self) -> Document:
        return {
            key: self.rng.choice(values)
            for key, values in ((LABEL, RINGS), ("disk", ("ssd",)), ("zone", ("a", "b")))
            if self.rng.random() < 0.4
        }

    def affinity(self) -> Document | None:
        found = {}
        if self.rng.random() < 0.9:
            found[REQUIRED] = {"nodeSelectorTerms": [self.term() for _ in range(self.rng.randint(1, 3))]}
        if self.rng.random() < 0.3:
            wish = {"weight": 1, "preference": {"matchExpressions": [self.expression()]}}
            found["preferredDuringSchedulingIgnoredDuringExecution"] = [wish]
        return self.rng.choice(({"nodeAffinity": found}, {"nodeAffinity": found}, {"nodeAffinity": found}, {}))

    def term(self) -> Document:
        found = {}
        if self.rng.random() < 0.9:
            found["matchExpressions"] = self.some(self.expression)
        if self.rng.random() < 0.2:
            found["matchFields"] = [{"key": "metadata.name", "operator": "In", "values": [self.rng.choice(("n0", "n1"))]}]
        return found

    def expression(self) -> Document:
        key = self.rng.choice((LABEL, LABEL, "disk", "zone"))
        operator = self.rng.choice(("In", "In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"))
        known = {LABEL: RINGS, "disk": ("ssd", "hdd"), "zone": ("a", "b")}[key]
        if operator in ("Exists", "DoesNotExist"):
            return {"key": key, "operator": operator, **({"values": []} if self.rng.random() < 0.2 else {})}
        if operator in ("Gt", "Lt"):
            return {"key": key, "operator": operator, "values": [self.rng.choice(("6", "7", "8", "+6", "007"))]}
        return {"key": key, "operator": operator, "values": self.rng.sample(known, self.rng.randint(1, len(known)))}

    def guide(self, workload) -> Guide | None:
        if self.rng.random() < 0.4:
            return None
        values = self.rng.sample(("a", "b", "c"), self.rng.randint(1, 2))
        return Guide(workload.id, self.rng.choice(("zone", "disk")), tuple(sorted(values)), self.rng.random() < 0.5)

    def spread(self) -> list[Document]:
        ways = self.rng.sample(list(product(("zone", "disk"), ("DoNotSchedule", "ScheduleAnyway"))), self.rng.randint(0, 3))
        return [self.constraint(key, way) for key, way in ways]

    def constraint(self, key: str, way: str) -> Document:
        found = {"maxSkew": 1, "topologyKey": key, "whenUnsatisfiable": way, "labelSelector": {"matchLabels": {"app": "web"}}}
        for policy in ("nodeAffinityPolicy", "nodeTaintsPolicy"):
            value = self.rng.choice(("Honor", "Ignore", "Ignore", None))
            found |= {policy: value} if value else {}
        return found


def applied(document: Document, found: list[Document]) -> Document:
    """Apply JSON6902 operations as kustomize does: a `test` of null is content with what is absent."""
    after = copy.deepcopy(document)
    for one in found:
        *path, last = [part.replace("~1", "/").replace("~0", "~") for part in one["path"].split("/")[1:]]
        there = after
        for part in path:
            there = there[int(part)] if isinstance(there, list) else there[part]
        last = int(last) if isinstance(there, list) and last != "-" else last
        if one["op"] == "test":
            assert there.get(last) == one["value"]
        elif last == "-":
            there.append(one["value"])
        else:
            assert one["op"] == "add" or (last < len(there) if isinstance(last, int) else last in there)
            assert one["op"] == "replace" or not isinstance(last, int)
            there[last] = one["value"]
    return after


def read(documents: list[Document]):
    runtimes = [
        {"apiVersion": "node.k8s.io/v1", "kind": "RuntimeClass", "metadata": {"name": name}, "handler": name, "scheduling": inner}
        for name, inner in RUNTIMES.items()
    ]
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}, "status": {"allocatable": {"cpu": 1, "pods": 9}}}
    found = cluster_of(nodes=json.dumps({"apiVersion": "v1", "kind": "List", "items": [*documents, *runtimes, node]}))
    return {workload.id.name: workload for workload in found.workloads}


@cache
def nodes() -> tuple[Node, ...]:
    """Nodes in every state of the two keys, in both zones, also such as no plan would leave behind."""
    taints = [(), (Taint("gpu", ""),)]
    taints += [(Taint(TAINT, value, effect),) for value in ("red", "7", "") for effect in ("NoSchedule", "NoExecute")]
    labels = [{LABEL: ring} if ring else {} for ring in (*RINGS, None)]
    kinds = product(labels, (("a", "ssd"), ("b", "hdd"), ("b", "ssd")), taints)
    return tuple(
        Node(f"n{at % 3}", Labels({**label, "zone": zone, "disk": disk}), taint)
        for at, (label, (zone, disk), taint) in enumerate(kinds)
    )


def meaning(pod):
    """Return on which nodes the pod may run, and which nodes each of its constraints counts."""
    may_run = [all(rejects(pod, node, Cluster()) is None for rejects in FILTERS.values()) for node in nodes()]
    counted = [[podtopologyspread.counted(one, pod, node) for node in nodes()] for one in pod.topology_spread_constraints]
    return may_run, counted


@pytest.mark.parametrize("seed", range(BATCHES))
def test_a_patched_manifest_reads_as_the_pod_that_was_planned(seed: int) -> None:
    draw, placed = Draw(seed), 0
    documents = {f"w{at}": draw.manifest(draw.rng.choice(KINDS), f"w{at}") for at in range(SIZE)}
    members = {
        name: Membership(everywhere=True) if draw.rng.random() < 0.2 else Membership("group", draw.rng.choice(RINGS))
        for name in documents
    }
    before = read(list(documents.values()))
    guides = {name: draw.guide(before[name]) for name, member in members.items() if member.ring and not before[name].is_daemon}
    patched = {
        name: applied(documents[name], operations(before[name], members[name], KEYS, guides.get(name))) for name in documents
    }
    after = read(list(patched.values()))
    for name, member in members.items():
        assert changes(after[name], member, KEYS, guides.get(name)) == [], f"{name} is patched a second time"
        template, found = before[name].template, after[name].template
        planned = everywhere_pod(template, KEYS) if member.everywhere else ring_pod(template, member.ring, KEYS)
        planned = guided(planned, guides.get(name))
        # The selector may be implied by the affinity, a toleration by the RuntimeClass: those two are compared by what they do.
        assert replace(found, node_selector=planned.node_selector, tolerations=planned.tolerations) == planned
        placed += judged_alike(planned, found, before[name].is_daemon)
        assert documents[name] == patched[name] or pod_spec(documents[name]) != pod_spec(patched[name])
    assert placed > SIZE / 4, "too few of these pods may run anywhere"


def judged_alike(planned, found, is_daemon: bool) -> bool:
    if is_daemon:
        planned, found = daemon_pod(planned), daemon_pod(found)
    assert meaning(found) == meaning(planned)
    return any(meaning(planned)[0])
