"""Who runs on nodes of every ring: the DaemonSets that the policy's `everywhere` names, and those of kube-system."""

from planner.admission import cel
from planner.admission.allowances import Allowances
from planner.admission.validating.pod_specs import SPACE


def are_everywhere(allowed: Allowances, name: str) -> str:
    """Ask whether the DaemonSet of the name that an expression gives, in the namespace of the request, runs everywhere."""
    questions = []
    for resident in allowed.residents:
        space = cel.fits_any(SPACE, resident.namespaces)
        questions.append(f"({space}) && ({cel.fits_any(name, resident.names)})" if resident.names else space)
    return " ||\n   ".join(questions)
