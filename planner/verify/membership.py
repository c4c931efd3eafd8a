"""Says again from the policy which group each workload belongs to, without asking planner.trust."""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache

from models.cluster import Cluster
from models.finding import Finding
from models.labels import Labels
from models.plan import IsolationPlan
from models.trust import Group, Match, Membership, TrustPolicy
from models.workload import Workload
from planner.rules import image_pattern, selectors
from planner.verify.finding import error

WHY = "The ring follows from the group: a workload in the wrong group shares nodes with those it must be kept from."


@dataclass(frozen=True, slots=True)
class Belonging:
    """What a workload is by the policy: a group's member, a shared resident, or neither because of a fault (check, reason)."""

    group: Group | None = None
    everywhere: bool = False
    believed: bool = False
    fault: tuple[str, str] | None = None


def belonging(workload: Workload, policy: TrustPolicy, cluster: Cluster) -> Belonging:
    """Find the group of a workload."""
    if workload.is_daemon and any(matches(match, workload) for match in policy.everywhere):
        return Belonging(everywhere=True)
    level, tagged, fault = _level(workload, policy, cluster)
    if fault:
        return Belonging(fault=fault)
    tenant = ""
    if level in policy.separate_tenants:
        tenant, fault = _tenant(workload, policy, cluster, level)
    if fault:
        return Belonging(fault=fault)
    return Belonging(Group(level, tenant), believed=tagged and not _claimants(policy, level))


def _tags(workload: Workload, cluster: Cluster, key: str) -> list[str]:
    namespace = cluster.namespaces.get(workload.id.namespace, Labels())
    return [
        labels[key] for labels in (workload.template.labels, workload.run_labels, workload.labels, namespace) if key in labels
    ]


def _level(workload: Workload, policy: TrustPolicy, cluster: Cluster) -> tuple[str, bool, tuple[str, str] | None]:
    tags = _tags(workload, cluster, policy.labels.level)
    if not tags:
        assigned = next((rule.level for rule in policy.assign if matches(rule.match, workload)), policy.untagged)
        fault = ("level-missing", "carries no level, and the policy refuses the untagged") if assigned == "refuse" else None
        return assigned, False, fault
    if len(set(tags)) > 1:
        return "", True, ("tags-disagree", f"says {', then '.join(tags)}: template, workload and Namespace must agree")
    level, claimants = tags[0], _claimants(policy, tags[0])
    if level not in policy.levels:
        return "", True, ("level-unknown", f"says level {level!r}, which the policy does not know")
    if claimants and not any(fnmatchcase(workload.id.namespace, pattern) for pattern in claimants):
        return "", True, ("level-not-claimed", f"says level {level!r}, which only {', '.join(claimants)} may carry")
    return level, True, None


def _claimants(policy: TrustPolicy, level: str) -> list[str]:
    return [pattern for claim in policy.claims if claim.level == level for pattern in claim.namespaces]


def _tenant(workload: Workload, policy: TrustPolicy, cluster: Cluster, level: str) -> tuple[str, tuple[str, str] | None]:
    tags = _tags(workload, cluster, policy.labels.tenant)
    if len(set(tags)) > 1:
        return "", ("tags-disagree", f"says tenant {', then '.join(tags)}: template, workload and Namespace must agree")
    if tags:
        return tags[0], None
    rules = (rule.tenant for rule in policy.assign if rule.tenant and rule.level == level and matches(rule.match, workload))
    tenant = next(rules, "")
    return tenant, None if tenant else ("tenant-missing", f"is {level!r}, whose tenants are separated, and names no tenant")


def matches(match: Match, workload: Workload) -> bool:
    """Say whether all that the match asks is true of the workload."""
    if match.kind not in ("", workload.id.kind, workload.id.full_kind):
        return False
    if match.namespaces and not any(fnmatchcase(workload.id.namespace, pattern) for pattern in match.namespaces):
        return False
    if match.names and not any(fnmatchcase(workload.id.name, pattern) for pattern in match.names):
        return False
    if match.images and not any(_runs(workload, pattern) for pattern in match.images):
        return False
    return match.labels is None or selectors.matches(match.labels, workload.template.labels)


def _runs(workload: Workload, pattern: str) -> bool:
    containers = (*workload.template.containers, *workload.template.init_containers)
    return any(image_pattern.expression(pattern).fullmatch(_full(container.image)) for container in containers)


@cache
def _full(image: str) -> str:
    """Write the registry and the library folder out, as the container runtime does."""
    first, slash, _ = image.partition("/")
    if not slash:
        return f"docker.io/library/{image}"
    return image if first == "localhost" or set(".:") & set(first) else f"docker.io/{image}"


def check(plan: IsolationPlan, found: dict[str, Belonging]) -> Iterator[Finding]:
    """Yield every membership that is not what the policy says."""
    for name, belongs in found.items():
        said = plan.trust.members.get(name)
        if said is None:
            yield error("membership-missing", name, "belongs to no group and is no shared resident", WHY)
        elif belongs.fault:
            yield error(belongs.fault[0], name, belongs.fault[1], WHY, "correct the tag or the policy, and plan again")
        else:
            yield from _differences(name, said, belongs, plan)
    for name in plan.trust.members:
        if name not in found:
            yield error("membership-unknown", name, "has a membership, but there is no such workload", WHY)


def _differences(name: str, said: Membership, belongs: Belonging, plan: IsolationPlan) -> Iterator[Finding]:
    group = belongs.group.name if belongs.group else ""
    if said.everywhere != belongs.everywhere:
        claim = "a shared resident" if said.everywhere else "no shared resident"
        yield error("membership-everywhere", name, f"is said to be {claim}, against spec.everywhere of the policy", WHY)
    if said.group != group:
        yield error("membership-group", name, f"is said to be in group {said.group!r}; the policy says {group!r}", WHY)
    homes = [ring.name for ring in plan.trust.rings if group and group in ring.groups]
    if said.ring != (homes[0] if homes else ""):
        yield error("membership-ring", name, f"is said to be in ring {said.ring!r}; its group is in {', '.join(homes)}", WHY)
    if said.believed != belongs.believed:
        truth = "only the workload itself says its level" if belongs.believed else "somebody else vouches for its level"
        yield error("membership-believed", name, f"believed is {said.believed}, but {truth}", "Believed levels are reported.")
