"""The policies of a plan as objects of Kubernetes, which the API server evaluates.

Those that refuse and those that add stand in folders of their own, as they need different versions of Kubernetes; so do those
for nodes that join, as the taint of a ring has its own time.
"""

from collections.abc import Sequence

from models.answer.plan import IsolationPlan
from planner.admission.document import DENY, LABELS
from planner.admission.policies import joining_policies, mutating_policies, policies
from planner.emit.policies.files import applied

FOLDER, MUTATING_FOLDER, JOINING_FOLDER = "policy", "mutating-policy", "joining-policy"
_SELECTOR = ",".join(f"{key}={value}" for key, value in LABELS.items())
_REFUSE = (
    "# Shuts the doors of the rings. Apply it once every rollout of the patches is complete and the nodes are tainted:\n"
    "#   kubectl apply -k {folder}\n"
    "# Open them again:\n"
    "#   kubectl delete validatingadmissionpolicybindings,validatingadmissionpolicies -l {selector}\n"
    "# The values are this plan's: plan again and apply this again where a namespace is to enter a ring.\n"
)
_WARN = (
    "# Refuses nothing yet: the audit log and a warning say what the policies of the last stages would refuse.\n"
    "#   kubectl apply -k {folder}\n"
    "# Take it back:\n"
    "#   kubectl delete validatingadmissionpolicybindings,validatingadmissionpolicies -l {selector}\n"
)
_ADD = (
    "# Gives pods their ring that no patch reaches, those of operators and of kubectl run. Kubernetes 1.36 or later.\n"
    "# Apply it once the nodes have their labels, before what needs it and before {refusing}/:\n"
    "#   kubectl apply -k {folder}\n"
    "# Take it back:\n"
    "#   kubectl delete -k {folder}\n"
)
_JOIN = (
    "# Gives nodes that join the ring of their group in the same moment. Kubernetes 1.36 or later.\n"
    "# Apply it once the nodes that run have their taint:\n"
    "#   kubectl apply -k {folder}\n"
    "# Take it back before they lose it:\n"
    "#   kubectl delete -k {folder}\n"
    "# The groups are this plan's: plan again and apply this again where one is to be of another ring.\n"
)


def files(plan: IsolationPlan, origin: str) -> dict[str, str]:
    """Return path -> content of what puts them in force; `origin` says by which version and from what."""
    return {**refusing(plan, origin), **adding(plan, origin), **joining(plan, origin)}


def refusing(plan: IsolationPlan, origin: str, actions: Sequence[str] = DENY) -> dict[str, str]:
    """Return the files of the policies that refuse, or do instead what the actions say."""
    written = policies(plan.policy, plan.trust, plan.cluster, plan.rings)
    head = _REFUSE if actions == DENY else _WARN
    head = head.format(folder=FOLDER, selector=_SELECTOR)
    return applied(FOLDER, head, [(policy, policy.documents(actions)) for policy in written], origin)


def adding(plan: IsolationPlan, origin: str, refusing: str = FOLDER) -> dict[str, str]:
    """Return the files of the policies that give pods their ring; none where no namespace may enter one.

    Those that refuse are in the folder `refusing`.
    """
    written = mutating_policies(plan.policy, plan.trust, plan.cluster)
    head = _ADD.format(folder=MUTATING_FOLDER, refusing=refusing)
    return applied(MUTATING_FOLDER, head, [(policy, policy.documents()) for policy in written], origin)


def joining(plan: IsolationPlan, origin: str) -> dict[str, str]:
    """Return the files of the policy that gives nodes the ring of their group; none where no group has one."""
    written = joining_policies(plan.policy, plan.cluster, plan.rings)
    head = _JOIN.format(folder=JOINING_FOLDER)
    return applied(JOINING_FOLDER, head, [(policy, policy.documents()) for policy in written], origin)
