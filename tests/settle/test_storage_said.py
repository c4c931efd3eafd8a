"""What a plan says of volumes whose place it does not know, and of what a node can take of them."""

from dataclasses import replace

import pytest

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster, Statement
from models.kubernetes.node import Node, NodeShape
from models.kubernetes.pod import Pod
from models.kubernetes.resources import ATTACHED
from models.kubernetes.storage import Capacity, Claim, StorageClass, Volume, by_label
from models.kubernetes.workload import Workload, WorkloadId
from planner.settle.disclosures import volumes
from planner.settle.disclosures.volumes import NAMED as NAMED_KIND
from planner.wording.disclosures import all_said


def statements(cluster):
    return all_said(volumes.statements(cluster))


CLASSES = (
    StorageClass("made", "csi.test.dev", waits=True),
    StorageClass("local", waits=True),
    StorageClass("at-once", "csi.test.dev"),
)
CLAIMS = (
    Claim("shop", "bound", "pv"),
    Claim("shop", "lost", "gone"),
    Claim("shop", "late", storage_class="made"),
    Claim("shop", "early", storage_class="at-once"),
    Claim("shop", "data-db-0", "pv"),
)
CLUSTER = Cluster(
    claims=FrozenMap({f"shop/{one.name}": one for one in CLAIMS}),
    volumes=FrozenMap({"pv": Volume("pv")}),
    storage_classes=FrozenMap({one.name: one for one in CLASSES}),
)
DB = Workload(WorkloadId("StatefulSet", "shop", "db"), "apps/v1", Pod("shop"), 2)
NOT_KNOWN = ": where its volume will be is not known"
TMP, DATA, OLD = Claim(name="tmp", storage_class="local"), Claim(name="data", storage_class="fast"), Claim(name="data")
NAMED = [
    ("a claim that is bound", ("bound",), ()),
    ("a claim that waits for a volume to be made, and is shared", ("late",),
     ("PersistentVolumeClaim late is shared by 2 pods: that its volume will be where the first of them goes is not modelled",)),
    ("a claim that is not there", ("other",), (f"PersistentVolumeClaim other is not in the input{NOT_KNOWN}",)),
    ("a claim of a volume that is not there", ("lost",),
     ("PersistentVolumeClaim lost is bound to volume gone, which is not in the input",)),
    ("a claim that does not wait", ("early",),
     (f"PersistentVolumeClaim early is bound before its pod is scheduled (storage class at-once){NOT_KNOWN}",)),
    ("several of one kind are said together", ("other", "another"),
     (f"PersistentVolumeClaim other, another is not in the input{NOT_KNOWN}",)),
]  # fmt: skip
MADE = [
    ("a volume that is made", (replace(DATA, storage_class="made"),), ()),
    ("local volumes", (TMP,),
     ("ephemeral volume tmp takes a volume of storage class local that is there: that each serves one claim only is not "
      "modelled",)),
    ("a class that is not there", (DATA,),
     (f"volumeClaimTemplate data is not bound, and of storage class fast, which is not in the input{NOT_KNOWN}",)),
    ("a volume by name", (replace(DATA, volume="pv"),),
     ("volumeClaimTemplate data asks for volume pv by name, which serves one claim only: that is not modelled",)),
    ("no class, and no default one", (OLD,),
     (f"volumeClaimTemplate data is not bound, and of a storage class that is not in the input{NOT_KNOWN}",)),
]  # fmt: skip


UNSEEN = "are not in the input (kubectl get pvc,pv -A -o yaml has them): where their volumes are is not known"


def said(made: Workload) -> tuple[str, ...]:
    found = statements(replace(CLUSTER, workloads=(made,)))
    return tuple(one.message for one in found if one.subject != "volumes")


@pytest.mark.parametrize(("claims", "wanted"), [row[1:] for row in NAMED], ids=[row[0] for row in NAMED])
def test_of_claims_by_name(claims, wanted):
    assert said(replace(DB, template=Pod("shop", claims=claims))) == wanted


@pytest.mark.parametrize(
    ("live", "unread", "message"),
    [
        pytest.param(True, (), "does not exist: pods that name it stay pending until it is made", id="that does not exist"),
        pytest.param(
            True,
            (Statement(NAMED_KIND, "may not be listed"),),
            f"is not in the input{NOT_KNOWN}",
            id="of which nobody knows whether it exists, as claims may not be listed",
        ),
        pytest.param(False, (), f"is not in the input{NOT_KNOWN}", id="that is in no file"),
    ],
)
def test_of_a_claim(live, unread, message):
    found = statements(
        replace(CLUSTER, workloads=(replace(DB, template=Pod("shop", claims=("other",))),), live=live, unread=unread)
    )
    assert [one.message for one in found if one.subject != "volumes"] == [f"PersistentVolumeClaim other {message}"]


BARE = replace(DATA, storage_class="")
ONE_EACH = "asks for a volume without a storage class: that each serves one claim only, and where that is, is not modelled"
NONE = (
    'asks for a volume without a storage class (storageClassName ""), and none is in the input: without one its pods stay pending'
)


@pytest.mark.parametrize(
    ("volume", "message"),
    [
        pytest.param(Volume("pv"), ONE_EACH, id="one that is there"),
        pytest.param(Volume("pv", claim="shop/data"), ONE_EACH, id="one that is kept for it"),
        pytest.param(Volume("pv", claim="shop/other"), NONE, id="one that is kept for another claim"),
        pytest.param(Volume("pv", storage_class="made"), NONE, id="none, but one with a class"),
    ],
)
def test_a_claim_that_wants_no_class_finds(volume, message):
    workload = replace(DB, template=Pod("shop", new_claims=(BARE,)), claim_templates=("data",))
    found = statements(replace(CLUSTER, workloads=(workload,), volumes=FrozenMap({"pv": volume})))
    assert [one.message for one in found if one.subject != "volumes"] == [f"volumeClaimTemplate data {message}"]


def test_a_claim_of_one_pod_goes_where_its_pod_goes():
    assert said(replace(DB, pods=1, template=Pod("shop", claims=("late",)))) == ()


@pytest.mark.parametrize(("claims", "wanted"), [row[1:] for row in MADE], ids=[row[0] for row in MADE])
def test_of_claims_that_are_made_for_pods(claims, wanted):
    templates = tuple(one.name for one in claims if one != TMP)
    assert said(replace(DB, template=Pod("shop", new_claims=claims), claim_templates=templates)) == wanted


@pytest.mark.parametrize(
    ("workload", "is_said"),
    [
        pytest.param(replace(DB, template=Pod("shop", claims=("late",))), True, id="a claim by name"),
        pytest.param(replace(DB, template=Pod("shop", claims=("bound",))), False, id="not one that is bound"),
        pytest.param(replace(DB, template=Pod("shop", claims=("early",))), False, id="nor one that is bound at once"),
        pytest.param(
            replace(DB, template=Pod("shop", new_claims=(replace(DATA, storage_class="made"),)), claim_templates=("data",)),
            True,
            id="a claim of a StatefulSet",
        ),
        pytest.param(
            replace(DB, template=Pod("shop", new_claims=(replace(TMP, storage_class="made"),))),
            False,
            id="not an ephemeral volume, which goes with its pod",
        ),
        pytest.param(replace(DB, template=Pod("shop", new_claims=(TMP,)), claim_templates=("tmp",)), False, id="nor a local one"),
    ],
)
def test_that_what_is_made_stays_where_it_is_made_is_said_of(workload, is_said):
    found = [
        one for one in statements(replace(CLUSTER, workloads=(workload,))) if "made where their pods run first" in one.message
    ]
    assert [(one.subject, one.message.split(": ")[0]) for one in found] == [("volumes", "StatefulSet/shop/db")] * is_said


def test_of_ordinals_whose_claims_are_all_there_nothing_is_said():
    assert said(replace(DB, pods=1, template=Pod("shop", new_claims=(DATA,)), claim_templates=("data",))) == ()


@pytest.mark.parametrize(
    ("room", "message"), [({}, "is not in the input"), ({ATTACHED + "csi.test.dev": 3}, "counted for each of them")]
)
def test_whether_nodes_are_limited_is_said(room, message):
    nodes = (Node("a", allocatable=FrozenMap(room)),)
    (found,) = statements(replace(CLUSTER, nodes=nodes, workloads=(replace(DB, template=Pod("shop", claims=("bound",))),)))
    assert message in found.message


MEASURED = replace(CLASSES[0], counted=True, capacities=by_label([Capacity(None, 1)]))


@pytest.mark.parametrize(
    ("given", "shapes", "message"),
    [
        pytest.param(CLASSES[0], (), "how much storage there is for new ones is known of no driver", id="not known"),
        pytest.param(MEASURED, (), "that they use it up together is not modelled", id="known"),
        pytest.param(
            MEASURED,
            (NodeShape("m5", FrozenMap(), ("a",), 1),),
            "nodes that are bought are taken to have enough where no CSIStorageCapacity selects them",
            id="known, beside nodes that can be bought",
        ),
    ],
)
def test_what_is_known_of_storage_for_new_volumes_is_said(given, shapes, message):
    workload = replace(DB, template=Pod("shop", claims=("bound",)))
    cluster = replace(CLUSTER, storage_classes=FrozenMap({"made": given}), workloads=(workload,), shapes=shapes)
    (found,) = statements(cluster)
    assert found.message.endswith(message) is (given is MEASURED)
    assert message in found.message


@pytest.mark.parametrize(
    ("running", "start", "name", "wanted"),
    [
        pytest.param({}, 0, "db", (), id="none of pods that do not run"),
        pytest.param({"n": 1}, 0, "db", (), id="none where the claims of as many are there"),
        pytest.param(
            {"n": 1, "m": 1},
            0,
            "db",
            (f"volumeClaimTemplate data: the claims of 1 of its 2 running pods {UNSEEN}",),
            id="one is missing",
        ),
        pytest.param(
            {"n": 1},
            1,
            "db",
            (f"volumeClaimTemplate data: the claims of 1 of its 1 running pods {UNSEEN}",),
            id="of another ordinal",
        ),
        pytest.param(
            {"n": 9},
            0,
            "other",
            (f"volumeClaimTemplate data: the claims of 2 of its 2 running pods {UNSEEN}",),
            id="of as many as are wanted",
        ),
    ],
)
def test_of_pods_that_run_whose_claims_were_not_read(running, start, name, wanted):
    """Of the template's claims `data-db-0` was read."""
    made = replace(DB, id=replace(DB.id, name=name), claim_templates=("data",), start_ordinal=start, running=FrozenMap(running))
    template = Pod("shop", new_claims=(replace(DATA, storage_class="made"),))
    assert said(replace(made, template=template)) == wanted
