"""The policy of bindings: they name a node for a pod and ask nobody, no taint and no selector."""

from models.trust import Admission
from planner.admission import cel
from planner.admission.document import CREATE, Policy, Rule, Validation

_ABOUT = "Only kube-scheduler, and whom the trust policy names under admission.schedulers, binds pods."
_MESSAGE = "binds a pod past the taints of rings: only {} may (admission.schedulers of the trust policy)"


def bindings(admission: Admission) -> Policy:
    """Return the policy."""
    return Policy(
        "ringfence-bindings",
        _ABOUT,
        [Rule("", ("bindings", "pods/binding"), (CREATE,))],
        {},
        {},
        [
            Validation(
                cel.is_user((*admission.schedulers, *admission.admins)), message=_MESSAGE.format(", ".join(admission.schedulers))
            )
        ],
    )
