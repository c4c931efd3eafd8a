"""A static pod's level is its node's word alone: it may keep the node from a ring, and never brings it into a better one."""

import pytest

from models.kubernetes.cluster import Cluster, Resident
from models.kubernetes.labels import Labels
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from models.trust import Claimant, Ring, TrustPolicy
from planner.rules import static_pods

LEVEL = "ringfence.dev/trust-level"
POLICY = TrustPolicy("p", ("restricted", "internal", "untrusted"), claims=(Claimant("restricted", ("pay*",)),))
TENANTS = TrustPolicy("p", ("restricted", "internal", "untrusted"), separate_tenants=("untrusted",))
RINGS = tuple(Ring(name, (name,)) for name in ("internal", "restricted", "untrusted"))
SHARED = (Ring("restricted", ("restricted",)), Ring("internal_untrusted", ("internal", "untrusted")))


def resident(level, namespace="pay", **labels):
    return Resident("lie-n1", "n1", Pod(namespace, Labels({LEVEL: level, **labels})))


def ring_of(*residents, today="", rings=RINGS, policy=POLICY):
    node = Node("n1", Labels({policy.nodes.label_key: today} if today else {}))
    cluster = Cluster(nodes=(node,), residents=residents)
    return static_pods.ring_of(node, static_pods.by_node(cluster, policy)["n1"], rings, policy)


ROWS = [
    ("a node of no ring is not lifted into a better one", (resident("restricted"),), {}, ""),
    ("nor into one in the middle", (resident("internal"),), {}, ""),
    ("but it may be of the least trusted there is", (resident("untrusted"),), {}, "untrusted"),
    ("which is that in the middle if there is no other", (resident("internal"),), {"rings": RINGS[:2]}, "internal"),
    ("a node stays in the ring that it has", (resident("restricted"),), {"today": "restricted"}, "restricted"),
    ("it may go into one that is trusted less", (resident("internal"),), {"today": "restricted"}, "internal"),
    ("not into one that is trusted more", (resident("internal"),), {"today": "untrusted"}, ""),
    ("a ring that is gone is none", (resident("restricted"),), {"today": "old"}, ""),
    ("a shared ring is as trusted as the best in it", (resident("internal"),), {"rings": SHARED}, "internal_untrusted"),
    ("and nobody in it lifts the other", (resident("restricted"),), {"rings": SHARED, "today": "internal_untrusted"}, ""),
    ("two that contradict each other leave none", (resident("internal"), resident("untrusted")), {}, ""),
    ("two that share a ring do not", (resident("internal"), resident("untrusted")), {"rings": SHARED}, "internal_untrusted"),
    ("a level that claims keep for others leaves none", (resident("restricted", "partner"),), {"today": "restricted"}, ""),
    ("nor does one that the policy does not know", (resident("unheard-of"),), {"today": "restricted"}, ""),
    ("nor one that no workload has", (resident("untrusted"),), {"rings": RINGS[:2]}, ""),
    ("nor one of a tenant that is not named", (resident("untrusted"),), {"policy": TENANTS}, ""),
]


@pytest.mark.parametrize(("residents", "given", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_the_ring_that_a_node_may_be_in(residents, given, expected):
    assert ring_of(*residents, **given) == expected


def test_a_tenant_that_is_named_has_a_ring_of_its_own():
    rings = (*RINGS[:2], Ring("untrusted.acme", ("untrusted/acme",)))
    acme = resident("untrusted", **{"ringfence.dev/tenant": "acme"})
    assert ring_of(acme, rings=rings, policy=TENANTS) == "untrusted.acme"


def test_one_without_a_level_says_nothing():
    assert static_pods.said(Resident("etcd-n1", "n1", Pod("kube-system")), POLICY) is None


DOUBTS = [
    ("claims", resident("restricted", "partner"), POLICY, "level 'restricted', which only namespaces pay* may carry"),
    ("levels", resident("x"), POLICY, "level 'x', which the policy does not know"),
    ("tenants", resident("untrusted"), TENANTS, "level 'untrusted', whose tenants the policy separates, and names no tenant"),
    ("nothing", resident("restricted"), POLICY, ""),
]


@pytest.mark.parametrize(("one", "policy", "doubt"), [row[1:] for row in DOUBTS], ids=[row[0] for row in DOUBTS])
def test_why_a_level_is_not_believed(one, policy, doubt):
    told = static_pods.said(one, policy)
    assert told is not None
    assert told.doubt == doubt
