"""The policies of a plan as files: one for each policy with its binding, and what applies them all."""

from models.answer.plan import IsolationPlan
from planner import MARK
from planner.admission.document import LABELS, Policy
from planner.admission.policies import policies
from planner.emit import yaml

FOLDER = "policy"
_SELECTOR = ",".join(f"{key}={value}" for key, value in LABELS.items())
_HOW = (
    "# Shuts the doors of the rings. Apply it once every rollout of the patches is complete and the nodes are tainted:\n"
    "#   kubectl apply -k {folder}\n"
    "# Open them again:\n"
    "#   kubectl delete validatingadmissionpolicybindings,validatingadmissionpolicies -l {selector}\n"
    "# The values are this plan's: plan again and apply this again where a namespace is to enter a ring.\n"
)


def policy_files(plan: IsolationPlan, origin: str) -> dict[str, str]:
    """Return path -> content of what puts them in force; `origin` says by which version and from what."""
    texts = {
        f"{policy.name.removeprefix('ringfence-')}.yaml": _file(policy, origin)
        for policy in policies(plan.policy, plan.trust, plan.cluster)
    }
    top = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": sorted(texts)}
    how = _HOW.format(folder=FOLDER, selector=_SELECTOR)
    files = {"kustomization.yaml": f"{MARK} {origin}.\n{how}{yaml.dump(top)}", **texts}
    return {f"{FOLDER}/{name}": content for name, content in files.items()}


def _file(policy: Policy, origin: str) -> str:
    return f"{MARK} {origin}.\n# {policy.about}\n" + "---\n".join(yaml.dump(document) for document in policy.documents())
