"""Devices, those who ask for them and those who have them: counted where that is enough, and said where it is not."""

import pytest

from models.kubernetes.resources import DEVICES
from planner.read.devices.cel_subset import Term, terms
from tests.read.cluster_reader import NODE, cluster_of, container, deployment, only

GPU = DEVICES + "gpu"
OTHER = NODE.replace("node-a", "node-b")
POD = f"resourceClaims: [{{name: card, resourceClaimTemplateName: card}}], containers: [{container()}]"
WEB = deployment(POD)


def device_class(expression='device.driver == "gpu.example.com"', name="gpu", more=""):
    selectors = f"selectors: [{{cel: {{expression: '{expression}'}}}}]" if expression else ""
    return f"{{apiVersion: resource.k8s.io/v1, kind: DeviceClass, metadata: {{name: {name}}}, spec: {{{selectors}{more}}}}}"


def template(request="deviceClassName: gpu", name="card", more="", namespace="shop", version="v1"):
    meta = f"metadata: {{name: {name}, namespace: {namespace}}}"
    spec = f"spec: {{spec: {{devices: {{requests: [{{name: r, exactly: {{{request}}}}}]{more}}}}}}}"
    return f"{{apiVersion: resource.k8s.io/{version}, kind: ResourceClaimTemplate, {meta}, {spec}}}"


def card(name, model="a", more=""):
    return f"{{name: {name}, attributes: {{model: {{string: {model}}}, big: {{bool: true}}, lanes: {{int: 4}}}}{more}}}"


def cards(*devices, node="node-a", name="", driver="gpu.example.com", generation=1, count=1, where=""):
    where = where or f"nodeName: {node}"
    pool = f"pool: {{name: {node}, generation: {generation}, resourceSliceCount: {count}}}"
    spec = f"spec: {{driver: {driver}, {where}, {pool}, devices: [{', '.join(devices)}]}}"
    return f"{{apiVersion: resource.k8s.io/v1, kind: ResourceSlice, metadata: {{name: {name or node + driver}}}, {spec}}}"


TWO = cards(card("d0"), card("d1"))


def counted(*texts):
    """Return what a pod is given, what each node has, and what is said of the pod."""
    cluster = cluster_of(*texts, OTHER)
    (workload,) = cluster.workloads
    rooms = {node.name: {name: n for name, n in node.allocatable.items() if name.startswith(DEVICES)} for node in cluster.nodes}
    said = [one.message for one in cluster.unread]
    return dict(workload.template.attached), {name: room for name, room in rooms.items() if room}, said


COUNTS = {
    "each pod is given one, and a node has two": ((TWO,), {GPU: 1}, {"node-a": {GPU: 2}}),
    "as many as it says": ((TWO, "count: 3"), {GPU: 3}, {"node-a": {GPU: 2}}),
    "several nodes": ((cards(card("d0")), cards(card("d0"), node="node-b")), {GPU: 1}, {"node-a": {GPU: 1}, "node-b": {GPU: 1}}),
    "those of another driver are none": ((TWO, cards(card("x"), driver="nic.example.com")), {GPU: 1}, {"node-a": {GPU: 2}}),
    "a slice that another has replaced is none": (
        (cards(card("old"), name="s1"), cards(card("d0"), card("d1"), name="s2", generation=2)),
        {GPU: 1},
        {"node-a": {GPU: 2}},
    ),
    "both slices of a pool count": (
        (cards(card("d0"), name="s1", count=2), cards(card("d1"), name="s2", count=2)),
        {GPU: 1},
        {"node-a": {GPU: 2}},
    ),
    "a pool that lacks a slice is not given from": ((cards(card("d0"), count=2),), {GPU: 1}, {}),
    "where nobody has any": ((cards(card("x"), driver="nic.example.com"),), {GPU: 1}, {}),
}


@pytest.mark.parametrize(("given", "asked", "rooms"), COUNTS.values(), ids=COUNTS)
def test_devices_are_counted(given, asked, rooms):
    slices = [text for text in given if text.startswith("{")]
    more = "".join(f", {text}" for text in given if not text.startswith("{"))
    assert counted(WEB, device_class(), template(f"deviceClassName: gpu{more}"), *slices) == (asked, rooms, [])


def test_classes_that_have_the_same_devices_are_one_and_others_are_counted_apart():
    small = device_class('device.driver == "gpu.example.com" && device.attributes["gpu.example.com"].model == "b"', "small")
    large = device_class('device.attributes["gpu.example.com"].model != "b"', "large")
    again = device_class('device.attributes["gpu.example.com"].model == "b"', "again")
    asked = template("deviceClassName: small}}, {name: s, exactly: {deviceClassName: large, count: 2}}, "
                     "{name: t, exactly: {deviceClassName: again")  # fmt: skip
    found = counted(WEB, small, large, again, asked, cards(card("d0", "b"), card("d1"), card("d2")))
    assert found == ({DEVICES + "again": 2, DEVICES + "large": 2}, {"node-a": {DEVICES + "again": 1, DEVICES + "large": 2}}, [])


ODD = {
    "no slice at all": ((device_class(), template()), "no ResourceSlice is in the input (kubectl get resourceslices -o yaml)"),
    "no class": ((template(), TWO), "DeviceClass gpu is not in the input (kubectl get deviceclasses -o yaml)"),
    "no template": ((device_class(), TWO), "ResourceClaimTemplate card is not in the input"),
    "a template of another namespace": (
        (device_class(), template(namespace="x"), TWO),
        "ResourceClaimTemplate card is not in the input",
    ),
    "a class that is more than comparisons": (
        (device_class("device.driver.startsWith(\"gpu\")"), template(), TWO),
        "what DeviceClass gpu selects is no comparison of drivers and attributes",
    ),
    "an attribute that some lack": (
        (device_class("device.attributes[\"gpu.example.com\"].speed == 3"), template(), TWO),
        "DeviceClass gpu asks for an attribute that some of its devices lack",
    ),
    "a choice": ((device_class(), template().replace("exactly: {", "firstAvailable: [{name: s, ").replace("}}]}}}}", "}]}]}}}}"),
                  TWO),
                 "request r offers a choice of devices (firstAvailable)"),
    "selectors of its own": (
        (device_class(), template("deviceClassName: gpu, selectors: [{cel: {expression: 'true'}}]"), TWO),
        "request r has selectors of its own",
    ),
    "all of a node": (
        (device_class(), template("deviceClassName: gpu, allocationMode: All"), TWO),
        "request r has allocationMode All",
    ),
    "access beside others": (
        (device_class(), template("deviceClassName: gpu, adminAccess: true"), TWO),
        "request r asks for adminAccess",
    ),
    "a part of a device": (
        (device_class(), template("deviceClassName: gpu, capacity: {requests: {memory: 1Gi}}"), TWO),
        "request r asks for a part of a device (capacity)",
    ),
    "requests that hang on each other": (
        (device_class(), template(more=", constraints: [{matchAttribute: x/y}]"), TWO),
        "its requests are bound to each other (constraints)",
    ),
    "devices that several nodes reach": (
        (device_class(), template(), cards(card("d0"), where="allNodes: true")),
        "some of its devices are of several nodes",
    ),
    "tainted devices": (
        (device_class(), template(), cards(card("d0", more=", taints: [{key: x, effect: NoSchedule}]"))),
        "some of its devices are tainted",
    ),
    "parts of devices": (
        (device_class(), template(), cards(card("d0", more=", consumesCounters: [{counterSet: x}]"))),
        "some of its devices are parts of others",
    ),
    "devices that are shared": (
        (device_class(), template(), cards(card("d0", more=", allowMultipleAllocations: true"))),
        "some of its devices are shared",
    ),
    "devices that are bound in steps": (
        (device_class(), template(), cards(card("d0", more=", bindsToNode: true"))),
        "some of its devices are bound in several steps",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("texts", "why"), ODD.values(), ids=ODD)
def test_what_cannot_be_counted_is_said(texts, why):
    said = f"resourceClaims card: which nodes have such devices is not modelled, since {why}"
    assert counted(WEB, *texts)[::2] == ({}, [said])


def test_classes_that_share_only_some_of_their_devices_are_not_counted():
    part = device_class('device.attributes["gpu.example.com"].model == "b"', "part")
    asked = template("deviceClassName: gpu}}, {name: s, exactly: {deviceClassName: part")
    _, rooms, (said,) = counted(WEB, device_class(), part, asked, cards(card("d0", "b"), card("d1")))
    assert said.endswith("since DeviceClass part has some of its devices, but not all")
    assert rooms == {}


def test_a_claim_that_is_there_already_is_not_counted():
    _, _, (said,) = counted(deployment(POD.replace("resourceClaimTemplateName", "resourceClaimName")), device_class(), TWO)
    assert said.endswith("since a claim that is there already may be shared")


def test_what_one_of_several_claims_asks_for_is_counted_where_another_is_said():
    spec = POD.replace("card}],", "card}, {name: odd, resourceClaimTemplateName: none}],")
    asked, _, (said,) = counted(deployment(spec), device_class(), template(), TWO)
    assert asked == {GPU: 1}
    assert said.startswith("resourceClaims odd: ")


def test_devices_that_stand_in_for_an_extended_resource_are_said():
    more = ", extendedResourceName: example.com/gpu"
    said = [one.message for one in cluster_of(WEB, device_class(more=more), template(), TWO).unread]
    assert said == ["its devices serve those who request example.com/gpu too: that is not modelled"]


def test_devices_as_they_were_written_before_are_passed_over():
    said = {one.subject: one.message for one in cluster_of(WEB, device_class(), template(version="v1beta1"), TWO).unread}
    assert "as resource.k8s.io/v1 has them" in said["ResourceClaimTemplate/card"]
    assert said["Deployment/shop/web"].endswith("since ResourceClaimTemplate card is not in the input")


def test_devices_and_volumes_are_charged_together():
    drivers = "drivers: [{name: x, allocatable: {count: 3}}]"
    text = f"{{apiVersion: storage.k8s.io/v1, kind: CSINode, metadata: {{name: node-a}}, spec: {{{drivers}}}}}"
    storage = "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: f}, provisioner: x}"
    claim = "storageClassName: f, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1}}"
    spec = f"{POD}, volumes: [{{name: v, ephemeral: {{volumeClaimTemplate: {{spec: {{{claim}}}}}}}}}]"
    workload = only(deployment(spec), text, storage, device_class(), template(), TWO)
    assert workload.template.attached == {"attachable-volumes-csi-x": 1, GPU: 1}


DRIVER = Term("", "d")
EXPRESSIONS = {
    'device.driver == "d"': (DRIVER,),
    "device.driver == 'd'": (DRIVER,),
    '(device.driver == "d")': (DRIVER,),
    'device.driver=="d"&&device.attributes["x.y"].big': (DRIVER, Term("x.y/big", True)),
    'device.driver == "d" && (device.attributes["x.y"].model != "a && b")': (DRIVER, Term("x.y/model", "a && b", True)),
    'device.attributes["x.y"].lanes == 4': (Term("x.y/lanes", 4),),
    'device.attributes["x.y"].big == false': (Term("x.y/big", False),),
    'device.driver != "d"': (Term("", "d", True),),
    'device.driver == "d" || device.driver == "e"': None,
    '!device.attributes["x.y"].big': None,
    'device.attributes["x.y"].lanes > 4': None,
    "device.driver": None,
    "true": None,
    "": None,
    '"x" in device.attributes': None,
    'device.driver == "a\\"b"': None,
    '(device.driver == "d") && (device.driver == "d")': (DRIVER, DRIVER),
}


@pytest.mark.parametrize(("text", "found"), EXPRESSIONS.items())
def test_expressions_are_taken_apart_where_they_are_comparisons(text, found):
    assert terms(text) == found


HOLDS = [
    (Term("", "d"), True),
    (Term("", "e"), False),
    (Term("x/model", "a"), True),
    (Term("x/model", "a", True), False),
    (Term("x/lanes", 4), True),
    (Term("x/big", True), True),
    (Term("x/lanes", True), None),
    (Term("x/none", 1), None),
]


@pytest.mark.parametrize(("term", "holds"), HOLDS)
def test_a_comparison_holds_or_not_or_cannot_be_told(term, holds):
    assert term.holds("d", {"x/model": "a", "x/lanes": 4, "x/big": True}) is holds


def shape(devices):
    spec = f"{{zones: [a], price: 1, allocatable: {{cpu: 4, memory: 8Gi, pods: 10, {devices}}}}}"
    return f"{{apiVersion: ringfence.dev/v1alpha1, kind: NodeShape, metadata: {{name: s}}, spec: {spec}}}"


def test_what_can_be_bought_says_how_many_devices_it_has_where_no_node_has_any_yet():
    cluster = cluster_of(WEB, device_class(), template(), shape(f"{GPU}: 2"))
    assert only(WEB, device_class(), template(), shape(f"{GPU}: 2")).template.attached == {GPU: 1}
    assert [one.allocatable[GPU] for one in cluster.shapes] == [2]
    assert cluster.unread == ()


def test_classes_of_the_same_devices_go_by_the_name_that_a_shape_says():
    asked = template("deviceClassName: another")
    given = counted(WEB, device_class(), device_class(name="another"), asked, template(name="x"), TWO, shape(f"{GPU}: 2"))
    assert given == ({GPU: 1}, {"node-a": {GPU: 2}}, [])
