"""Providers of node groups that the policies refuse, as nobody has named them."""

from models.answer.plan import IsolationPlan
from models.kubernetes.node_group import EKS, EKSCTL, KARPENTER
from planner.emit.groups.plan import group_plans

_ABOUT = (
    "You named nobody under `admission.provisioners` of the policy: {} will be refused when it labels nodes. Name it first; "
    "docs/how-to/{}.md says how"
)


def about_unnamed(plan: IsolationPlan) -> str:
    """Say who is refused when it gives nodes their ring, as the trust policy names nobody; empty where nobody is.

    Karpenter is let through unasked, and of eksctl's own groups kubelets say the label as they join.
    """
    providers = {group.provider for group in group_plans(plan)} - {KARPENTER, EKSCTL}
    if not providers or plan.policy.admission.provisioners is not None:
        return ""
    names = sorted(f"{provider.name} itself" if provider.name else "who makes the groups" for provider in providers)
    return _ABOUT.format(" and ".join(names), "eks" if providers == {EKS} else "node-groups")
