"""A node's group is the one that its provider's label says, or an annotation where no label does."""

import json

import pytest

from models.kubernetes.node_group import CLUSTER_API, OPENSHIFT, group_of
from models.trust import TrustPolicy
from planner.read import read_cluster

OWNER = {"cluster.x-k8s.io/owner-kind": "MachineSet", CLUSTER_API: "md-0-7f9c4"}


def node_of(tmp_path, labels, annotations):
    metadata = {"name": "n1", "labels": labels, "annotations": annotations}
    status = {"allocatable": {"cpu": "4", "memory": "8Gi", "pods": "50"}}
    node = {"apiVersion": "v1", "kind": "Node", "metadata": metadata, "status": status}
    (tmp_path / "nodes.json").write_text(json.dumps(node))
    return read_cluster((), (str(tmp_path / "nodes.json"),), TrustPolicy("p", ("a",)), None, whole=False).nodes[0]


@pytest.mark.parametrize(
    ("labels", "annotations", "by", "said"),
    [
        pytest.param({"eks.amazonaws.com/nodegroup": "web"}, {}, "", ("EKS", "web"), id="a managed node group of EKS"),
        pytest.param({"alpha.eksctl.io/nodegroup-name": "web"}, {}, "", ("eksctl", "web"), id="a node group of eksctl"),
        pytest.param({"cloud.google.com/gke-nodepool": "web"}, {}, "", ("GKE", "web"), id="a node pool of GKE"),
        pytest.param({"kubernetes.azure.com/agentpool": "web"}, {}, "", ("AKS", "web"), id="a node pool of AKS"),
        pytest.param({"agentpool": "web"}, {}, "", ("AKS", "web"), id="a node pool of AKS, by its old label"),
        pytest.param({"karpenter.sh/nodepool": "web"}, {}, "", ("Karpenter", "web"), id="a NodePool of Karpenter"),
        pytest.param({"kops.k8s.io/instancegroup": "web"}, {}, "", ("kOps", "web"), id="an instance group of kOps"),
        pytest.param({}, OWNER, "", ("Cluster API", "md-0"), id="a MachineDeployment of Cluster API"),
        pytest.param({}, {**OWNER, "cluster.x-k8s.io/owner-kind": "Other"}, "", None, id="what another owner made"),
        pytest.param({}, {OPENSHIFT: "openshift-machine-api/web-a-x2b4z"}, "", ("OpenShift", "web-a"), id="a MachineSet"),
        pytest.param(
            {"alpha.eksctl.io/nodegroup-name": "eksctl", "eks.amazonaws.com/nodegroup": "web"}, {}, "", ("EKS", "web"),
            id="the more specific label counts",
        ),
        pytest.param({"eks.amazonaws.com/nodegroup": "web"}, OWNER, "", ("EKS", "web"), id="a label before an annotation"),
        pytest.param({"eks.amazonaws.com/nodegroup": "web", "pool": "a"}, {}, "pool", ("", "a"), id="the policy names the label"),
        pytest.param({"eks.amazonaws.com/nodegroup": "web"}, {}, "pool", None, id="the policy names a label that it lacks"),
        pytest.param({"eks.amazonaws.com/nodegroup": ""}, {}, "", None, id="an empty label"),
        pytest.param({}, {}, "", None, id="nothing says so: the node stands alone"),
    ],
)  # fmt: skip
def test_the_group_of_a_node(tmp_path, labels, annotations, by, said):
    group = group_of(node_of(tmp_path, labels, annotations), by)
    assert (group and (group.provider.name, group.name)) == said
