from dataclasses import replace

import pytest

from models.kubernetes.labels import Labels, LabelSelector, NodeSelectorTerm, Requirement, Taint, Toleration
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod, TopologySpreadConstraint
from planner.rules.plugins import podtopologyspread

WEB = LabelSelector(Labels({"app": "web"}))
BY_ZONE = TopologySpreadConstraint(1, "zone", label_selector=WEB)
BY_HOST = TopologySpreadConstraint(1, "host", label_selector=WEB)
POD = Pod("shop", Labels({"app": "web"}), topology_spread_constraints=(BY_ZONE,))


def test_only_constraints_with_do_not_schedule_are_hard() -> None:
    soft = replace(BY_HOST, when_unsatisfiable="ScheduleAnyway")
    assert podtopologyspread.hard(replace(POD, topology_spread_constraints=(soft, BY_ZONE, soft))) == (BY_ZONE,)


COUNTS = [
    ("a pod that the selector matches counts", WEB, "shop", {"app": "web", "more": "x"}, True),
    ("a pod that the selector does not match does not", WEB, "shop", {"app": "db"}, False),
    ("a pod of another namespace does not", WEB, "other", {"app": "web"}, False),
    ("no selector counts nothing", None, "shop", {"app": "web"}, False),
    ("an empty selector counts nothing", LabelSelector(), "shop", {"app": "web"}, False),
    ("expressions count", LabelSelector(match_expressions=(Requirement("app", "NotIn", ("db",)),)), "shop", {}, True),
]


@pytest.mark.parametrize(
    ("selector", "namespace", "labels", "expected"), [row[1:] for row in COUNTS], ids=[row[0] for row in COUNTS]
)
def test_which_pods_count(selector: LabelSelector | None, namespace: str, labels: dict[str, str], expected: bool) -> None:
    constraint = replace(BY_ZONE, label_selector=selector)
    assert podtopologyspread.counts(constraint, POD, Pod(namespace, Labels(labels))) is expected


SELF = [
    ("a pod that its selector matches", WEB, True),
    ("a pod that its selector does not match", LabelSelector(Labels({"app": "db"})), False),
    ("no selector", None, False),
    ("an empty selector, although it counts nobody else", LabelSelector(), True),
]


@pytest.mark.parametrize(("selector", "expected"), [row[1:] for row in SELF], ids=[row[0] for row in SELF])
def test_whether_the_pod_itself_adds_to_the_skew(selector: LabelSelector | None, expected: bool) -> None:
    assert podtopologyspread.counts_self(replace(BY_ZONE, label_selector=selector), POD) is expected


IN_A = (NodeSelectorTerm((Requirement("zone", "In", ("a",)),)),)
TAINTED = (Taint("ring", "x"),)
NODES = [
    ("a node with the key is counted", {}, {}, {"zone": "a"}, (), True),
    ("a node without the key is not", {}, {}, {"host": "h"}, (), False),
    ("a node without the key of another hard constraint is not", {}, {"topology_spread_constraints": (BY_ZONE, BY_HOST)},
     {"zone": "a"}, (), False),
    ("a soft constraint's key is not asked for", {},
     {"topology_spread_constraints": (BY_ZONE, replace(BY_HOST, when_unsatisfiable="ScheduleAnyway"))}, {"zone": "a"}, (), True),
    ("a node that the pod's selector excludes is not", {}, {"node_selector": Labels({"zone": "b"})}, {"zone": "a"}, (), False),
    ("a node that the pod's affinity excludes is not", {}, {"node_affinity": IN_A}, {"zone": "b"}, (), False),
    ("a node that the pod's affinity includes is", {}, {"node_affinity": IN_A}, {"zone": "a"}, (), True),
    ("it is where the affinity policy ignores that", {"node_affinity_policy": "Ignore"}, {"node_affinity": IN_A}, {"zone": "b"},
     (), True),
    ("a tainted node is counted, for taints are ignored by default", {}, {}, {"zone": "a"}, TAINTED, True),
    ("it is not where the taint policy honours them", {"node_taints_policy": "Honor"}, {}, {"zone": "a"}, TAINTED, False),
    ("it is where the pod tolerates the taint", {"node_taints_policy": "Honor"},
     {"tolerations": (Toleration("ring", "Exists"),)}, {"zone": "a"}, TAINTED, True),
    ("NoExecute counts as a taint", {"node_taints_policy": "Honor"}, {}, {"zone": "a"}, (Taint("r", "", "NoExecute"),), False),
    ("PreferNoSchedule does not",
     {"node_taints_policy": "Honor"}, {}, {"zone": "a"}, (Taint("r", "", "PreferNoSchedule"),), True),
]  # fmt: skip


@pytest.mark.parametrize(
    ("options", "fields", "labels", "taints", "expected"), [row[1:] for row in NODES], ids=[row[0] for row in NODES]
)
def test_which_nodes_are_counted(
    options: dict[str, str], fields: dict[str, object], labels: dict[str, str], taints: tuple[Taint, ...], expected: bool
) -> None:
    constraint = replace(BY_ZONE, **options)
    pod = replace(POD, **fields)
    assert podtopologyspread.counted(constraint, pod, Node("n", Labels(labels), taints)) is expected


def test_the_reasons_are_in_kube_schedulers_words() -> None:
    assert podtopologyspread.REASON == "node(s) didn't match pod topology spread constraints"
    assert podtopologyspread.MISSING_LABEL == "node(s) didn't match pod topology spread constraints (missing required label)"
