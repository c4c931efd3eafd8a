"""What stays on nodes that the policy leaves alone: a row each for what does, and what does not."""

from dataclasses import replace

import pytest

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels, LabelSelector, Toleration
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from models.kubernetes.workload import Workload, WorkloadId
from models.trust import Assignment, Match, PolicyNodes, TrustPolicy
from planner.trust.left_alone import without_left_alone

LEVEL, RING = "ringfence.dev/trust-level", "ringfence.dev/ring"
POLICY = TrustPolicy("shop", ("high", "low"), nodes=PolicyNodes(exclude=LabelSelector(FrozenMap({"pool": "system"}))))
DNS = Workload(WorkloadId("Pod", "kube-system", "dns-1"), "v1", Pod(namespace="kube-system"), stored=True)
NODES = (Node("system", labels=Labels({"pool": "system"})), Node("worker", labels=Labels({"pool": "main"})))


def stays(policy=POLICY, runs=(("system", 1),), tolerations=(), labels=None, **fields):
    template = replace(DNS.template, tolerations=tolerations, labels=Labels(labels or {}))
    given = replace(DNS, template=template, running=FrozenMap(dict(runs)), **fields)
    left = without_left_alone(policy, Cluster(nodes=NODES, workloads=(given,)))
    assert bool(left.unread) is not bool(left.workloads)
    return [(one.subject, "Pod/kube-system/dns-1" in one.message) for one in left.unread] == [("nodes.exclude", True)]


RULE = replace(POLICY, assign=(Assignment("low", Match(namespaces=("kube-*",))),))
ROWS = [
    pytest.param({}, True, id="a pod that runs there"),
    pytest.param({"tolerations": (Toleration("CriticalAddonsOnly", "Exists"),)}, True, id="one that tolerates other taints"),
    pytest.param({"pods": 3, "surge": 1, "runs": (("system", 2),)}, True, id="all pods of a Deployment, but for a rollout's"),
    pytest.param({"runs": (("worker", 1),)}, False, id="a pod that runs elsewhere"),
    pytest.param({"pods": 2, "runs": (("system", 1), ("worker", 1))}, False, id="pods of which one runs elsewhere"),
    pytest.param({"pods": 2}, False, id="pods of which one is pending"),
    pytest.param({"runs": ()}, False, id="a pod that is pending"),
    pytest.param({"pods": 0, "runs": ()}, False, id="what has no pods now"),
    pytest.param({"stored": False}, False, id="a manifest"),
    pytest.param({"tolerations": (Toleration("", "Exists"),)}, False, id="a pod that tolerates everything"),
    pytest.param({"tolerations": (Toleration(RING, "Equal", "high"),)}, False, id="a pod that tolerates a ring"),
    pytest.param({"labels": {LEVEL: "low"}}, False, id="a pod with a level"),
    pytest.param({"policy": RULE}, False, id="a pod to which a rule gives a level"),
    pytest.param({"policy": replace(POLICY, untagged="low")}, False, id="a pod to which the policy gives a level"),
    pytest.param({"policy": TrustPolicy("shop", ("high", "low"))}, False, id="where no node is left alone"),
]


@pytest.mark.parametrize(("fields", "expected"), ROWS)
def test_what_stays_on_a_node_that_is_left_alone_needs_no_level(fields, expected):
    assert stays(**fields) is expected
