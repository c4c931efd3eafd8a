"""Node groups as their providers spell them: the label and the taint of a ring where they belong, and groups to be made."""

from collections.abc import Callable, Mapping, Sequence

from models.answer.plan import IsolationPlan
from models.kubernetes.node_group import AKS, CAPI, EKS, EKSCTL, GKE, KARPENTER, KOPS, MACHINE_API, Provider
from planner import MARK
from planner.emit.groups import aks, cluster_api, eks, gke, karpenter, kops
from planner.emit.groups.plan import GroupPlan, group_plans, left_out
from planner.emit.groups.words import comment
from planner.emit.nodes.karpenter import NodeClass

FOLDER = "groups"
Writer = Callable[[Sequence[GroupPlan], NodeClass], str]
_WRITERS: Mapping[Provider, Mapping[str, Writer]] = {
    EKS: {"eksctl.yaml": eks.eksctl, "eks.tf": eks.terraform},
    EKSCTL: {"eksctl.yaml": eks.unmanaged},
    GKE: {"gke.yaml": gke.config_connector, "gke.tf": gke.terraform},
    AKS: {"aks.yaml": aks.service_operator, "aks.tf": aks.terraform},
    KARPENTER: {"karpenter.yaml": karpenter.node_pools},
    KOPS: {"kops.yaml": kops.instance_groups},
    CAPI: {"cluster-api.yaml": cluster_api.machine_deployments},
    MACHINE_API: {"openshift.yaml": cluster_api.machine_sets},
}


def group_files(plan: IsolationPlan, origin: str, node_class: NodeClass) -> dict[str, str]:
    """Return path -> content of a file for each provider whose groups are in a ring; `origin` says by which version it is."""
    plans, others = group_plans(plan), left_out(plan)
    files: dict[str, str] = {}
    for provider, writers in _WRITERS.items():
        mine = [group for group in plans if group.provider is provider]
        for name, write in writers.items() if mine else ():
            about = comment(*(f"Left out: {left.sentence}" for left in others if left.group.provider is provider))
            before = files.get(f"{FOLDER}/{name}", "")
            text = about + write(mine, node_class)
            files[f"{FOLDER}/{name}"] = f"{before}---\n{text}" if before else f"{MARK} {origin}.\n{text}"
    return files
