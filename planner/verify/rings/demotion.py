"""Says again which level a workload meets, without asking planner.trust."""

from fnmatch import fnmatchcase

from models.kubernetes.cluster import Cluster
from models.kubernetes.workload import Workload
from models.trust import TrustPolicy
from planner.rules import assurance
from planner.verify.rings.images import is_like


def claimants(policy: TrustPolicy, level: str) -> list[str]:
    """Return the patterns of the namespaces that alone may carry a level; nothing where all may."""
    return [pattern for claim in policy.claims if claim.level == level for pattern in claim.namespaces]


def level_met(given: str, workload: Workload, policy: TrustPolicy, cluster: Cluster) -> str:
    """Return the level that the workload has in the end; empty where it meets none, or its selector lets it have none."""
    demotes = any(entry.demote for entry in policy.requires if entry.level == given)
    if not demotes or _meets(given, workload, policy, cluster):
        return given
    if policy.labels.level in workload.held:
        return ""
    lower = list(policy.levels)[policy.levels.index(given) + 1 :]
    return next((level for level in lower if _may(level, workload, policy) and _meets(level, workload, policy, cluster)), "")


def lets_fall(given: str, said: str, policy: TrustPolicy) -> bool:
    """Say whether workloads of a Namespace that is given one level may say the other: a lower one, where the first demotes."""
    order = list(policy.levels)
    demotes = any(entry.demote for entry in policy.requires if entry.level == given)
    return demotes and given in order and said in order[order.index(given) + 1 :]


def _may(level: str, workload: Workload, policy: TrustPolicy) -> bool:
    patterns = claimants(policy, level)
    return not patterns or any(fnmatchcase(workload.id.namespace, pattern) for pattern in patterns)


def _meets(level: str, workload: Workload, policy: TrustPolicy, cluster: Cluster) -> bool:
    for entry in policy.requires:
        if entry.level == level:
            if entry.images and not all(is_like(image, entry.images) for image in assurance.images(workload)):
                return False
            if any(assurance.unmet(workload, entry, cluster)):
                return False
    return True
