"""What has changed since a plan was made: of its inputs, thing by thing; and of their files, byte by byte."""

from dataclasses import replace

import pytest

from models.answer.finding import Difference
from models.answer.plan import Input
from models.disclosure import DisclosureCode
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import AdmissionHook, Statement
from models.kubernetes.labels import Labels, Taint, Toleration
from models.kubernetes.node import Node, NodeShape
from models.kubernetes.resources import Resources
from models.kubernetes.workload import Workload
from models.source import Source
from planner.admission.digest import digest
from planner.admission.policies import policies
from planner.verify import against
from planner.wording.findings import notice
from tests.verify.conftest import CLUSTER, ROOM, WORKLOADS, node, workload

ELSEWHERE = Source("/other/checkout/x.yaml", 9)
SHAPE = NodeShape("big", ROOM, ("a",), 1000)


def found(findings):
    return [(one.severity, one.subject) for one in findings]


def with_node(name, **fields):
    return replace(CLUSTER, nodes=tuple(replace(one, **fields) if one.name == name else one for one in CLUSTER.nodes))


def with_workload(name, **fields):
    own = {key: value for key, value in fields.items() if key in Workload.__slots__}
    pod = {key: value for key, value in fields.items() if key not in own}
    changed = (
        replace(one, **own, template=replace(one.template, **pod)) if str(one.id) == name else one for one in CLUSTER.workloads
    )
    return replace(CLUSTER, workloads=tuple(changed))


def test_the_same_again_differs_in_nothing(plan):
    assert list(against.cluster(plan, CLUSTER)) == []
    assert list(against.policy(plan, plan.policy)) == []


def test_where_it_was_read_is_no_difference(plan):
    moved = replace(
        CLUSTER,
        nodes=tuple(replace(one, where=ELSEWHERE) for one in CLUSTER.nodes),
        workloads=tuple(replace(one, where=ELSEWHERE) for one in CLUSTER.workloads),
        residents=tuple(replace(one, where=ELSEWHERE) for one in CLUSTER.residents),
    )
    assert list(against.cluster(plan, moved)) == []
    assert list(against.policy(plan, replace(plan.policy, where=ELSEWHERE))) == []


def test_nodes_that_the_plan_buys_are_not_missing(plan):
    bought = Node("big@a#1", Labels({"zone": "a"}), allocatable=ROOM, price=1000, shape="big")
    made = replace(plan, cluster=replace(CLUSTER, nodes=(*CLUSTER.nodes, bought), shapes=(SHAPE,)))
    assert list(against.cluster(made, replace(CLUSTER, shapes=(SHAPE,)))) == []


@pytest.mark.parametrize(("tolerates", "is_patched"), [(True, True), (False, False)])
def test_a_manifest_that_carries_its_ring_is_told_from_one_that_has_changed(plan, tolerates, is_patched):
    keys = plan.policy.nodes
    tolerations = (Toleration(keys.taint_key, "Equal", "x"),) if tolerates else ()
    again = with_workload("Deployment/pay/api", node_selector=Labels({keys.label_key: "x"}), tolerations=tolerations)
    (finding,) = against.cluster(plan, again)
    told = notice(finding)
    assert ("already carries its ring" in told.message, "give the base" in told.fix) == (is_patched, is_patched)


CHANGES = [
    pytest.param(
        with_node("a1", labels=Labels({"zone": "b", "host": "a1"})), "node a1", Difference("labels.zone", "a", "b"), id="a label"
    ),
    pytest.param(with_node("a1", taints=(Taint("x"),)), "node a1", Difference("taints[0].key", None, "x"), id="a taint more"),
    pytest.param(
        with_node("a1", allocatable=Resources({"cpu": 1, "pods": 10})),
        "node a1",
        Difference("allocatable.cpu", "4000", "1"),
        id="less room",
    ),
    pytest.param(with_node("a1", unschedulable=True), "node a1", Difference("unschedulable", None, "True"), id="a cordoned node"),
    pytest.param(replace(CLUSTER, nodes=CLUSTER.nodes[1:]), "node a1", "gone", id="a node less"),
    pytest.param(replace(CLUSTER, nodes=(*CLUSTER.nodes, node("e1"))), "node e1", "new", id="a node more"),
    pytest.param(replace(CLUSTER, shapes=(SHAPE,)), "NodeShape big", "new", id="a shape more"),
    pytest.param(
        with_workload("Deployment/pay/api", pods=3), "Deployment/pay/api", Difference("pods", "2", "3"), id="a pod more"
    ),
    pytest.param(
        with_workload("Deployment/pay/api", labels=Labels({"ringfence.dev/trust-level": "untrusted"})),
        "Deployment/pay/api",
        Difference("labels[ringfence.dev/trust-level]", None, "untrusted"),
        id="another level",
    ),
    pytest.param(
        with_workload("Deployment/pay/api", spec_path="spec.pod.spec"),
        "Deployment/pay/api",
        Difference("specPath", None, "spec.pod.spec"),
        id="another path",
    ),
    pytest.param(replace(CLUSTER, workloads=WORKLOADS[1:]), "DaemonSet/kube-system/agent", "gone", id="a workload less"),
    pytest.param(
        replace(CLUSTER, workloads=(*WORKLOADS, workload("Job", "shop", "run", 1))), "Job/shop/run", "new", id="one more"
    ),
    pytest.param(
        replace(CLUSTER, namespaces=FrozenMap({"shop": Labels({"ringfence.dev/trust-level": "untrusted"})})),
        "Namespace shop",
        Difference("[ringfence.dev/trust-level]", "internal", "untrusted"),
        id="another level of a namespace",
    ),
    pytest.param(replace(CLUSTER, claims=FrozenMap()), "PersistentVolumeClaim pay/data-db-0", "gone", id="claims less"),
    pytest.param(replace(CLUSTER, residents=()), "static pod kube-system/static-a1 on a1", "gone", id="a static pod less"),
    pytest.param(replace(CLUSTER, unread=(Statement("Kafka/x/y", "hides pods"),)), "Kafka/x/y", "new", id="hidden pods"),
]


CHECKS = {
    "node": "against-node",
    "NodeShape": "against-node",
    "Namespace": "against-object",
    "PersistentVolumeClaim": "against-object",
    "static": "against-object",
    "Kafka/x/y": "against-unread",
}


@pytest.mark.parametrize(("now", "subject", "told"), CHANGES)
def test_what_the_plan_would_judge_anew_is_an_error(plan, now, subject, told):
    one = next(iter(against.cluster(plan, now)))
    assert (one.severity, one.subject) == ("error", subject)
    assert one.code == CHECKS.get(subject.split()[0], "against-workload")
    assert told in (one.case, *one.parameters.get("differences", ()))


def test_hidden_pods_that_the_plan_takes_for_something_else_are_an_error(plan):
    hidden = Statement("Kafka/x/y", "its pods are not planned", code=DisclosureCode.HIDES_PODS)
    told = replace(plan, cluster=replace(CLUSTER, unread=(replace(hidden, code=DisclosureCode.NOT_MODELLED),)))
    (one,) = against.cluster(told, replace(CLUSTER, unread=(hidden,)))
    assert (one.severity, one.subject, one.code) == ("error", "Kafka/x/y", "against-unread")
    codes = {"now": DisclosureCode.HIDES_PODS, "said": DisclosureCode.NOT_MODELLED}
    assert one.parameters == {"case": "code", **codes, "message": hidden.message}


OF_1_36 = with_node("a1", kubelet_version="v1.36.2").nodes


@pytest.mark.parametrize(
    ("said", "now", "severities"),
    [
        pytest.param({"live": True}, {}, ["error"], id="what is said to be live is files"),
        pytest.param({"live": True}, {"live": True}, [], id="both are live"),
        pytest.param({}, {"live": True}, [], id="what was files is live: less was promised"),
        pytest.param({"kubernetes": "1.34"}, {"nodes": OF_1_36}, ["warning"], id="older rules"),
        pytest.param({"kubernetes": "1.36"}, {"nodes": OF_1_36}, [], id="the same rules"),
        pytest.param({"kubernetes": "1.36"}, {}, [], id="no kubelet says its version"),
    ],
)
def test_what_a_cluster_says_of_itself(plan, said, now, severities):
    told = replace(plan, cluster=replace(CLUSTER, nodes=now.get("nodes", CLUSTER.nodes), **said))
    assert [one.severity for one in against.cluster(told, replace(CLUSTER, **now))] == severities


def test_doors_that_were_shut_and_are_open_are_an_error(plan):
    shut = FrozenMap({one.name: digest(one.spec()) for one in policies(plan.policy, plan.trust, plan.cluster, plan.rings)})
    less = FrozenMap({name: text for name, text in shut.items() if name != "ringfence-nodes"})
    told = replace(plan, cluster=replace(CLUSTER, denying=shut))
    (one,) = against.cluster(told, replace(CLUSTER, denying=less))
    assert (one.severity, one.subject, one.code) == ("error", "every ring", "against-object")
    assert found(against.cluster(told, replace(CLUSTER, denying=shut))) == []
    assert found(against.cluster(plan, replace(CLUSTER, denying=shut))) == []


def test_policies_of_the_plan_that_were_applied_are_no_change_and_others_are(plan):
    own = tuple(
        AdmissionHook(one.kind, one.name, digest=digest(one.spec()))
        for one in policies(plan.policy, plan.trust, CLUSTER, plan.rings)
    )
    assert found(against.cluster(plan, replace(CLUSTER, hooks=own))) == []
    (one,) = against.cluster(plan, replace(CLUSTER, hooks=(*own[1:], replace(own[0], digest="0"))))
    assert (one.severity, one.subject, one.code) == ("error", "admission", "against-unread")
    assert (one.case, "ringfence-pods" in one.parameters["message"]) == ("new", True)


def test_where_pods_run_is_a_warning(plan):
    (one,) = against.cluster(plan, with_workload("Deployment/shop/gate", running=FrozenMap({"d1": 2})))
    assert (one.severity, one.subject) == ("warning", "Deployment/shop/gate")
    assert one.parameters == {"now": {"d1": 2}, "said": {"c1": 1, "c2": 1}}


def test_another_policy_is_one_error_that_says_how(plan):
    (one,) = against.policy(plan, replace(plan.policy, max_rings=2, untagged="untrusted", levels=("a", "b")))
    assert one.severity == "error"
    assert one.parameters["differences"][:3] == (
        Difference("levels[0]", "restricted", "a"),
        Difference("levels[1]", "internal", "b"),
        Difference("levels[2]", "untrusted", None),
    )
    assert len(one.parameters["differences"]) == 5


def test_read_alone_nodes_have_nothing_that_only_pods_ask_for(plan):
    asked = Resources({**ROOM, "disks.kubernetes.io/x": 10**6, "devices.resource.k8s.io/gpu": 1})
    made = replace(plan, cluster=with_node("a1", allocatable=asked))
    assert list(against.nodes(made, CLUSTER, alone=True)) == []
    assert found(against.nodes(made, CLUSTER)) == [("error", "node a1")]


def sha(letter):
    return f"sha256:{letter * 64}"


BEFORE = (
    Input("nodes", "nodes.yaml", sha("a")),
    Input("policy", "trust.yaml", sha("b")),
    Input("workloads", "apps/api.yaml", sha("c")),
    Input("workloads", "apps/web.yaml", sha("d")),
)
FILES = [
    pytest.param(BEFORE, [], id="the same files"),
    pytest.param(BEFORE[:2], [], id="some roles alone"),
    pytest.param([replace(one, name=f"/ci/{one.name}") for one in BEFORE], [], id="the same files on another machine"),
    pytest.param(
        [*BEFORE[:1], replace(BEFORE[1], digest=sha("e"))],
        [("trust.yaml", {"case": "bytes", "role": "policy", "was": ""})],
        id="other bytes",
    ),
    pytest.param(
        [Input("policy", "/ci/trust.yaml", sha("e"))],
        [("/ci/trust.yaml", {"case": "bytes", "role": "policy", "was": "trust.yaml"})],
        id="other bytes on another machine",
    ),
    pytest.param(BEFORE[:3], [("apps/web.yaml", {"case": "gone", "role": "workloads"})], id="a file less"),
    pytest.param(
        [*BEFORE, Input("workloads", "new.yaml", sha("e"))],
        [("new.yaml", {"case": "new", "role": "workloads"})],
        id="a file more",
    ),
    pytest.param(
        [Input("cluster", "prod", sha("e"))], [("cluster", {"case": "role", "role": "cluster"})], id="what it was not made from"
    ),
]


@pytest.mark.parametrize(("now", "expected"), FILES)
def test_files_are_told_by_their_bytes(plan, now, expected):
    notes = list(against.files(replace(plan, digests=BEFORE), now))
    assert {one.severity for one in notes} <= {"info"}
    assert [(one.subject, one.parameters) for one in notes] == expected
