from dataclasses import replace

import pytest

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels, LabelSelector, NodeSelectorTerm, Requirement
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from models.kubernetes.storage import Capacity, Claim, StorageClass, Volume, by_label, class_of
from planner.rules.plugins import volumebinding

NODE = Node("node-a", Labels({"zone": "a"}))
CONFLICT = "node(s) didn't match PersistentVolume's node affinity"
MISSING = "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)"
IN_A, IN_B = (NodeSelectorTerm((Requirement("zone", "In", (zone,)),)) for zone in "ab")
BY_NAME = NodeSelectorTerm(match_fields=(Requirement("metadata.name", "In", ("node-a",)),))
VOLUMES = {
    "anywhere": Volume("anywhere"),
    "near": Volume("near", node_affinity=(IN_A,)),
    "far": Volume("far", node_affinity=(IN_B,)),
    "either": Volume("either", node_affinity=(IN_B, IN_A)),
    "nowhere": Volume("nowhere", node_affinity=()),
    "named": Volume("named", node_affinity=(BY_NAME,)),
}
CLUSTER = Cluster(
    claims=FrozenMap(
        {
            **{f"shop/{name}": Claim("shop", name, name) for name in VOLUMES},
            "shop/gone": Claim("shop", "gone", "gone", bound=True),
            "shop/unbound": Claim("shop", "unbound"),
        }
    ),
    volumes=FrozenMap(VOLUMES),
)
ROWS = [
    ("no claims", "shop", (), None),
    ("a volume without affinity is reached from everywhere", "shop", ("anywhere",), None),
    ("a volume of the node's zone is reached", "shop", ("near",), None),
    ("a volume of another zone is not", "shop", ("far",), CONFLICT),
    ("one term that holds is enough", "shop", ("either",), None),
    ("a volume whose affinity has no terms is reached from nowhere", "shop", ("nowhere",), CONFLICT),
    ("a volume does not see the node's name", "shop", ("named",), CONFLICT),
    ("all volumes must be reached", "shop", ("near", "far"), CONFLICT),
    ("a volume that does not exist keeps the pod off every node", "shop", ("gone",), MISSING),
    ("a volume that does not exist is said first", "shop", ("far", "gone"), MISSING),
    ("an unbound claim binds the pod to no node", "shop", ("unbound",), None),
    ("a claim that was not read binds the pod to no node", "shop", ("unknown",), None),
    ("claims belong to the pod's namespace", "other", ("far",), None),
]


@pytest.mark.parametrize(("namespace", "claims", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_volume_binding(namespace: str, claims: tuple[str, ...], expected: str | None) -> None:
    assert volumebinding.rejects(Pod(namespace, claims=claims), NODE, CLUSTER) == expected


UNBOUND = "node(s) didn't find available persistent volumes to bind"
ONCE, MANY = ("ReadWriteOnce",), ("ReadWriteMany",)
GIB = 1 << 30
CLASSES = {
    "made": StorageClass("made", "csi.test.dev", waits=True),
    "made-in-a": StorageClass("made-in-a", "csi.test.dev", waits=True, topologies=(IN_A,)),
    "made-in-b": StorageClass("made-in-b", "csi.test.dev", waits=True, topologies=(IN_B,)),
    "made-in-either": StorageClass("made-in-either", "csi.test.dev", waits=True, topologies=(IN_B, IN_A)),
    "made-nowhere": StorageClass("made-nowhere", "csi.test.dev", waits=True, topologies=(NodeSelectorTerm(),)),
    "at-once": StorageClass("at-once", "csi.test.dev", topologies=(IN_B,)),
    "local": StorageClass("local", "kubernetes.io/no-provisioner", waits=True),
}


def local(name: str, **fields) -> Volume:
    given = {"storage_class": "local", "size": GIB, "access_modes": ONCE, "node_affinity": (IN_A,), **fields}
    return Volume(name, **given)


def wants(**fields) -> Claim:
    return Claim("shop", "data", **{"storage_class": "local", "size": GIB, "access_modes": ONCE, **fields})


WAITING = [
    ("a class that makes volumes makes them everywhere", wants(storage_class="made"), (), True),
    ("a class of the node's zone makes one", wants(storage_class="made-in-a"), (), True),
    ("a class of another zone does not", wants(storage_class="made-in-b"), (), False),
    ("one of its zones is enough", wants(storage_class="made-in-either"), (), True),
    ("a topology that asks for nothing allows nothing", wants(storage_class="made-nowhere"), (), False),
    ("a class that does not wait binds the pod to no node", wants(storage_class="at-once"), (), True),
    ("a class that was not read binds the pod to no node", wants(storage_class="unknown"), (), True),
    ("no class at all binds the pod to no node", wants(storage_class=""), (), True),
    ("a volume of another zone's class serves as well", wants(storage_class="made-in-b"),
     (local("pv", storage_class="made-in-b"),), True),
    ("nothing makes local volumes", wants(), (), False),
    ("a local volume of the node", wants(), (local("pv"),), True),
    ("a volume for all nodes", wants(), (local("pv", node_affinity=None),), True),
    ("a local volume of another node", wants(), (local("pv", node_affinity=(IN_B,)),), False),
    ("a volume of another class", wants(), (local("pv", storage_class="made"),), False),
    ("a volume that is too small", wants(size=GIB + 1), (local("pv"),), False),
    ("a larger volume", wants(size=1), (local("pv"),), True),
    ("a claim that asks for no size", wants(size=0), (local("pv", size=0),), True),
    ("a volume of blocks for files", wants(), (local("pv", volume_mode="Block"),), False),
    ("a volume of blocks for blocks", wants(volume_mode="Block"), (local("pv", volume_mode="Block"),), True),
    ("a mode that the volume lacks", wants(access_modes=MANY), (local("pv"),), False),
    ("one of the volume's modes", wants(), (local("pv", access_modes=(*MANY, *ONCE)),), True),
    ("a volume that somebody has", wants(), (local("pv", available=False),), False),
    ("a volume that is kept for another claim", wants(), (local("pv", claim="shop/other"),), False),
    ("a volume that is kept for the claim of that name elsewhere", wants(), (local("pv", claim="pay/data"),), False),
    ("a volume that is kept for it, whatever its modes", wants(access_modes=MANY), (local("pv", claim="shop/data"),), True),
    ("a volume that is kept for it elsewhere rules out others", wants(),
     (local("pv", claim="shop/data", node_affinity=(IN_B,)), local("other")), False),
    ("of two that are kept for it any may be taken, here the first", wants(),
     (local("pv", claim="shop/data", node_affinity=(IN_B,)), local("other", claim="shop/data")), False),
    ("of two that are kept for it any may be taken, here the second", wants(),
     (local("pv", claim="shop/data"), local("other", claim="shop/data", node_affinity=(IN_B,))), False),
    ("a volume that is being deleted", wants(), (local("pv", deleting=True),), False),
    ("a volume that is kept for it and being deleted", wants(), (local("pv", claim="shop/data", deleting=True),), False),
    ("a volume whose attributes are of another class", wants(attributes_class="gold"), (local("pv"),), False),
    ("a volume with attributes of a class for a claim without one", wants(), (local("pv", attributes_class="gold"),), False),
    ("a volume with attributes of the same class", wants(attributes_class="gold"), (local("pv", attributes_class="gold"),), True),
    ("a volume that is kept for it, with attributes of another class", wants(attributes_class="gold"),
     (local("pv", claim="shop/data"),), False),
    ("a volume that an earlier claim of that name had", wants(uid="new"),
     (local("pv", claim="shop/data", claim_uid="old"),), False),
    ("which leaves others to it", wants(uid="new"),
     (local("pv", claim="shop/data", claim_uid="old", node_affinity=(IN_B,)), local("other")), True),
    ("a volume that is kept for this very claim", wants(uid="new"), (local("pv", claim="shop/data", claim_uid="new"),), True),
    ("a volume that a claim had which is made anew", wants(), (local("pv", claim="shop/data", claim_uid="old"),), False),
    ("a volume that the claim in the cluster has", wants(), (local("pv", claim="shop/data", claim_uid="old", bound=True),), True),
    ("a volume that another claim in the cluster has", wants(uid="new"),
     (local("pv", claim="shop/data", claim_uid="old", bound=True),), False),
    ("two that are kept for it and reach the node", wants(), (local("pv", claim="shop/data"), local("other", claim="shop/data")),
     True),
    ("a volume with the labels asked for", wants(selector=LabelSelector(FrozenMap({"disk": "ssd"}))),
     (local("pv", labels=Labels({"disk": "ssd"})),), True),
    ("a volume without them", wants(selector=LabelSelector(FrozenMap({"disk": "ssd"}))), (local("pv"),), False),
    ("a pod that was sent to this node", wants(storage_class="made", selected_node="node-a"), (), True),
    ("a pod that was sent to another node", wants(storage_class="made", selected_node="node-b"), (), False),
    ("a pod that was sent to this node, where nothing is made", wants(selected_node="node-a"), (local("pv"),), False),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "volumes", "fits"), [row[1:] for row in WAITING], ids=[row[0] for row in WAITING])
@pytest.mark.parametrize("is_new", [False, True], ids=["claimed before", "claimed anew"])
def test_claims_that_wait_for_their_pod(claim: Claim, volumes: tuple[Volume, ...], fits: bool, is_new: bool) -> None:
    cluster = Cluster(
        claims=FrozenMap({} if is_new else {"shop/data": claim}),
        volumes=FrozenMap({one.name: one for one in volumes}),
        storage_classes=FrozenMap(CLASSES),
    )
    pod = Pod("shop", new_claims=(replace(claim, namespace=""),)) if is_new else Pod("shop", claims=("data",))
    assert volumebinding.rejects(pod, NODE, cluster) == (None if fits else UNBOUND)


TWO = [
    ("two claims need two volumes", (GIB, GIB), (GIB,), False),
    ("and have them", (GIB, GIB), (GIB, GIB), True),
    ("the small claim takes the small volume, in whatever order they come", (2 * GIB, GIB), (GIB, 2 * GIB), True),
    ("two large claims do not fit on a small volume", (2 * GIB, 2 * GIB), (GIB, 2 * GIB), False),
]


@pytest.mark.parametrize(("claims", "volumes", "fits"), [row[1:] for row in TWO], ids=[row[0] for row in TWO])
def test_each_claim_of_a_pod_takes_a_volume_of_its_own(claims: tuple[int, ...], volumes: tuple[int, ...], fits: bool) -> None:
    given = {f"pv-{at}": local(f"pv-{at}", size=size) for at, size in enumerate(volumes)}
    wanted = tuple(replace(wants(size=size), name=f"data-{at}") for at, size in enumerate(claims))
    cluster = Cluster(volumes=FrozenMap(given), storage_classes=FrozenMap(CLASSES))
    assert volumebinding.rejects(Pod("shop", new_claims=wanted), NODE, cluster) == (None if fits else UNBOUND)


def test_a_claim_without_a_class_is_of_the_default_one() -> None:
    claim = wants(storage_class=None)
    classes = {name: replace(one, is_default=name in ("made-in-b", "made-in-either")) for name, one in CLASSES.items()}
    none, two = (Cluster(storage_classes=FrozenMap(given)) for given in (CLASSES, classes))
    assert class_of(claim, none.storage_classes) is None
    assert class_of(claim, two.storage_classes) == classes["made-in-b"]
    assert volumebinding.rejects(Pod("shop", new_claims=(claim,)), NODE, two) == UNBOUND


IMMEDIATE = "pod has unbound immediate PersistentVolumeClaims"
ASKS = Claim("shop", "data", "pv", ONCE, "local", GIB)
ASKING = [
    ("a volume that is like it", ASKS, (local("pv"),), None),
    ("a volume in use elsewhere, as long as nobody else claims it", ASKS, (local("pv", available=False),), None),
    ("a volume that it has, like it or not", replace(ASKS, bound=True), (local("pv", size=1, storage_class="made"),), None),
    ("a volume that is not there", ASKS, (), IMMEDIATE),
    ("a volume that is not there any more", replace(ASKS, bound=True), (), MISSING),
    ("a volume of another class", ASKS, (local("pv", storage_class="made"),), IMMEDIATE),
    ("a volume that is too small", ASKS, (local("pv", size=GIB - 1),), IMMEDIATE),
    ("a volume of blocks for files", ASKS, (local("pv", volume_mode="Block"),), IMMEDIATE),
    ("a volume that lacks its mode", ASKS, (local("pv", access_modes=MANY),), IMMEDIATE),
    ("a volume whose attributes are of another class", ASKS, (local("pv", attributes_class="gold"),), IMMEDIATE),
    ("a volume that is being deleted", ASKS, (local("pv", deleting=True),), IMMEDIATE),
    ("a volume that is kept for it, like it or not", ASKS, (local("pv", claim="shop/data", size=1),), None),
    ("a volume that is kept for another", ASKS, (local("pv", claim="shop/other"),), IMMEDIATE),
    ("a volume that an earlier claim of that name had", replace(ASKS, uid="new"),
     (local("pv", claim="shop/data", claim_uid="old"),), IMMEDIATE),
    ("a volume without a class for a claim without one, where there is a default class", replace(ASKS, storage_class=None),
     (local("pv", storage_class=""),), IMMEDIATE),
    ("a volume of the default class for a claim without one", replace(ASKS, storage_class=None),
     (local("pv", storage_class="default"),), None),
    ("a volume without a class for a claim that came before the default class", replace(ASKS, storage_class=None, uid="old"),
     (local("pv", storage_class=""),), None),
    ("a claim that is being deleted", replace(ASKS, bound=True, deleting=True), (local("pv"),),
     'persistentvolumeclaim "data" is being deleted'),
    ("a claim that has lost its volume", replace(ASKS, bound=True, lost=True), (local("pv"),),
     'persistentvolumeclaim "data" bound to non-existent persistentvolume "pv"'),
    ("a claim that has lost its volume and is being deleted", replace(ASKS, lost=True, deleting=True), (),
     'persistentvolumeclaim "data" bound to non-existent persistentvolume "pv"'),
    ("a claim that waits for its pod and is being deleted", replace(ASKS, volume="", deleting=True), (local("pv"),),
     'persistentvolumeclaim "data" is being deleted'),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "volumes", "expected"), [row[1:] for row in ASKING], ids=[row[0] for row in ASKING])
def test_claims_that_have_or_ask_for(claim: Claim, volumes: tuple[Volume, ...], expected: str | None) -> None:
    cluster = Cluster(
        claims=FrozenMap({"shop/data": claim}),
        volumes=FrozenMap({one.name: one for one in volumes}),
        storage_classes=FrozenMap({**CLASSES, "default": StorageClass("default", is_default=True)}),
    )
    assert volumebinding.rejects(Pod("shop", claims=("data",)), NODE, cluster) == expected


NO_STORAGE = "node(s) did not have enough free storage"
ALL, HERE, ELSEWHERE = LabelSelector(), *(LabelSelector(Labels({"zone": zone})) for zone in "ab")
KNOWN = LabelSelector(match_expressions=(Requirement("zone", "Exists"), Requirement("zone", "NotIn", ("b",))))


def room(nodes: LabelSelector | None = ALL, largest: int = GIB) -> Capacity:
    return Capacity(nodes, largest, largest)


STORED = [
    ("storage for every node", wants(), (room(),), None),
    ("no storage anywhere", wants(), (), NO_STORAGE),
    ("just enough", wants(size=GIB), (room(largest=GIB),), None),
    ("a byte too little", wants(size=GIB + 1), (room(largest=GIB),), NO_STORAGE),
    ("storage for nodes of the zone", wants(), (room(HERE),), None),
    ("storage for nodes of another zone", wants(), (room(ELSEWHERE),), NO_STORAGE),
    ("storage for nodes that expressions select", wants(), (room(KNOWN),), None),
    ("storage for nodes of the zone that expressions leave out", wants(),
     (room(replace(HERE, match_expressions=(Requirement("zone", "DoesNotExist"),))),), NO_STORAGE),
    ("storage that selects no nodes", wants(), (room(None),), NO_STORAGE),
    ("an object that says nothing of how much", wants(), (room(largest=0),), NO_STORAGE),
    ("one of several is enough", wants(), (room(ELSEWHERE), room(largest=1), room(HERE)), None),
    ("two that are too small do not add up", wants(size=2 * GIB), (room(), room(HERE)), NO_STORAGE),
    ("a claim that asks for no size", wants(size=0), (), None),
    ("a pod that was sent to this node", wants(selected_node="node-a"), (), NO_STORAGE),
    ("a pod that was sent to another node", wants(selected_node="node-b"), (), UNBOUND),
]  # fmt: skip


def stored(*capacities: Capacity, **fields) -> StorageClass:
    return replace(CLASSES["made"], counted=True, capacities=by_label(capacities), **fields)


@pytest.mark.parametrize(("claim", "capacities", "expected"), [row[1:] for row in STORED], ids=[row[0] for row in STORED])
@pytest.mark.parametrize("is_new", [False, True], ids=["claimed before", "claimed anew"])
def test_storage_for_volumes_to_be_made(claim: Claim, capacities: tuple[Capacity, ...], expected: str, is_new: bool) -> None:
    claim = replace(claim, storage_class="made")
    cluster = Cluster(
        claims=FrozenMap({} if is_new else {"shop/data": claim}), storage_classes=FrozenMap({"made": stored(*capacities)})
    )
    pod = Pod("shop", new_claims=(replace(claim, namespace=""),)) if is_new else Pod("shop", claims=("data",))
    assert volumebinding.rejects(pod, NODE, cluster) == expected


@pytest.mark.parametrize(
    ("given", "volumes", "expected"),
    [
        pytest.param(stored(), (local("pv", storage_class="made"),), None, id="a volume that is there needs none"),
        pytest.param(stored(topologies=(IN_B,)), (), UNBOUND, id="where no volume is made it is not asked for"),
        pytest.param(stored(provisioner="kubernetes.io/no-provisioner"), (), UNBOUND, id="nor where a class makes none"),
        pytest.param(replace(stored(), waits=False), (), None, id="nor for claims that do not wait"),
        pytest.param(replace(stored(), capacities=None), (), None, id="nor where nobody knows how much there is"),
    ],
)
def test_storage_is_asked_for_last(given: StorageClass, volumes: tuple[Volume, ...], expected: str | None) -> None:
    cluster = Cluster(volumes=FrozenMap({one.name: one for one in volumes}), storage_classes=FrozenMap({"made": given}))
    assert volumebinding.rejects(Pod("shop", new_claims=(wants(storage_class="made"),)), NODE, cluster) == expected


SEVERAL = [
    ("each claim is held against all the storage", (GIB, GIB, GIB), (), (room(),), None),
    ("one that is too large keeps the pod off", (1, GIB + 1), (), (room(),), NO_STORAGE),
    ("a small claim takes the volume that a large one would need", (GIB, 2 * GIB), (2 * GIB,), (room(),), NO_STORAGE),
    ("a small claim takes the small volume", (GIB, 2 * GIB), (GIB, 2 * GIB), (), None),
    ("storage serves the claim that finds no volume", (GIB, 2 * GIB), (2 * GIB,), (room(largest=2 * GIB),), None),
]


@pytest.mark.parametrize(
    ("claims", "volumes", "capacities", "expected"), [row[1:] for row in SEVERAL], ids=[row[0] for row in SEVERAL]
)
def test_storage_for_several_claims(
    claims: tuple[int, ...], volumes: tuple[int, ...], capacities: tuple[Capacity, ...], expected: str | None
) -> None:
    given = {f"pv-{at}": local(f"pv-{at}", storage_class="made", size=size) for at, size in enumerate(volumes)}
    wanted = tuple(replace(wants(size=size, storage_class="made"), name=f"data-{at}") for at, size in enumerate(claims))
    cluster = Cluster(volumes=FrozenMap(given), storage_classes=FrozenMap({"made": stored(*capacities)}))
    assert volumebinding.rejects(Pod("shop", new_claims=wanted), NODE, cluster) == expected


@pytest.mark.parametrize(
    ("capacities", "expected"),
    [
        pytest.param((), None, id="has enough where nobody speaks of it"),
        pytest.param((room(ELSEWHERE),), None, id="nor of nodes like it"),
        pytest.param((room(HERE),), None, id="has what is said of nodes like it"),
        pytest.param((room(HERE, 1),), NO_STORAGE, id="and no more"),
    ],
)
def test_a_node_that_is_bought(capacities: tuple[Capacity, ...], expected: str | None) -> None:
    cluster = Cluster(storage_classes=FrozenMap({"made": stored(*capacities)}))
    pod = Pod("shop", new_claims=(wants(storage_class="made"),))
    assert volumebinding.rejects(pod, replace(NODE, shape="m5"), cluster) == expected


FILLED = [
    ("nothing where nobody tells", {"made": 1}, (), {}, ()),
    ("what a claim asks for of what there is", {"made": GIB}, (), {"made": (room(largest=4 * GIB),)}, ((GIB, 4 * GIB),)),
    ("what there is altogether, not the largest volume", {"made": 3}, (), {"made": (Capacity(ALL, 4, 9),)}, ((3, 9),)),
    ("the first object that has enough", {"made": 3}, (), {"made": (room(largest=2), room(largest=4), room())}, ((3, 4),)),
    ("volumes that are there before storage", {"made": 3, "local": GIB}, (local("pv", size=2 * GIB),), {"made": (room(),)},
     ((GIB, 2 * GIB),)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("claims", "volumes", "capacities", "expected"), [row[1:] for row in FILLED], ids=[row[0] for row in FILLED]
)
def test_what_claims_fill(claims: dict[str, int], volumes: tuple[Volume, ...], capacities: dict, expected: tuple) -> None:
    classes = {name: replace(stored(*capacities[name]), name=name) if name in capacities else CLASSES[name] for name in claims}
    wanted = tuple(replace(wants(size=size, storage_class=name), name=name) for name, size in claims.items())
    cluster = Cluster(volumes=FrozenMap({one.name: one for one in volumes}), storage_classes=FrozenMap(classes))
    assert volumebinding.filled(Pod("shop", new_claims=wanted), NODE, cluster) == expected


def test_claims_of_one_class_fill_it_together() -> None:
    wanted = tuple(replace(wants(size=size, storage_class="made"), name=f"data-{size}") for size in (2, 3))
    cluster = Cluster(storage_classes=FrozenMap({"made": stored(room(largest=4))}))
    assert volumebinding.filled(Pod("shop", new_claims=wanted), NODE, cluster) == ((5, 4),)
