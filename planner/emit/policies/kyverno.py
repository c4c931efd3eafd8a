"""The policies of a plan as Kyverno's own kinds: the same expressions, which Kyverno's webhooks evaluate.

Source: github.com/kyverno/api, api/policies.kyverno.io/v1.
"""

from models.answer.plan import IsolationPlan
from planner.admission.document import DENY, LABELS, Document, MutatingPolicy, Policy
from planner.admission.policies import joining_policies, mutating_policies, policies
from planner.emit.policies.files import applied

FOLDER = "kyverno-policy"
_API = "policies.kyverno.io/v1"
_AT_ADMISSION = {"admission": {"enabled": True}}
_BY_THEMSELVES: Document = {"podControllers": {"controllers": []}}
"""No rules for what makes pods are to be derived from those of pods: there are policies for it."""
_HOW = (
    "# For Kyverno 1.18 or later. By default it sees neither nodes, bindings and ReplicaSets, nor kubelets, nor kube-system.\n"
    "# Take from resourceFilters of its ConfigMap [Node,*,*], [Node/?*,*,*], [Binding,*,*], [Pod/binding,*,*], [ReplicaSet,*,*]\n"
    "# and [*/*,kube-system,*], from excludeGroups system:nodes, and kube-system from the namespaceSelector of its webhooks, or\n"
    "# these doors stay open. Whoever may delete its webhooks opens them.\n"
    "#   kubectl apply -k {folder}\n"
    "# Take them back:\n"
    "#   kubectl delete -k {folder}\n"
)


def files(plan: IsolationPlan, origin: str) -> dict[str, str]:
    """Return path -> content; `origin` says by which version and from what."""
    given, rings = (plan.policy, plan.trust, plan.cluster), plan.rings
    refusing = [(policy, [_refuses(policy)]) for policy in policies(*given, rings)]
    lifting = (*mutating_policies(*given), *joining_policies(plan.policy, plan.cluster, rings))
    adding = [(policy, [_adds(policy)]) for policy in lifting]
    return applied(FOLDER, _HOW.format(folder=FOLDER), [*refusing, *adding], origin)


def _refuses(policy: Policy) -> Document:
    evaluation = {**_AT_ADMISSION, "background": {"enabled": False}}
    spec = {"validationActions": list(DENY), "evaluation": evaluation, "autogen": _BY_THEMSELVES, **policy.spec()}
    return _document("ValidatingPolicy", policy.name, spec)


def _adds(policy: MutatingPolicy) -> Document:
    evaluation = {**_AT_ADMISSION, "mutateExisting": {"enabled": False}}
    return _document("MutatingPolicy", policy.name, {"evaluation": evaluation, "autogen": _BY_THEMSELVES, **policy.spec()})


def _document(kind: str, name: str, spec: Document) -> Document:
    return {"apiVersion": _API, "kind": kind, "metadata": {"name": name, "labels": dict(LABELS)}, "spec": spec}
