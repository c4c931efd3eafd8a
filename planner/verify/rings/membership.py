"""Says again from the policy which group each workload belongs to, without asking planner.trust."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from models.answer.finding import Finding, FindingCode
from models.answer.plan import IsolationPlan
from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels
from models.kubernetes.workload import Workload
from models.trust import Group, Match, Membership, TrustPolicy
from planner.rules import selectors
from planner.verify.finding import error
from planner.verify.rings import demotion
from planner.verify.rings.images import is_like

WHY = "The ring follows from the group: a workload in the wrong group shares nodes with those it must be kept from."
WHY_RULE = "Patches guard what this rule of the policy looks at: guarding another's, they build what has changed its level."


@dataclass(frozen=True, slots=True)
class Belonging:
    """What a workload is by the policy: a group's member, a shared resident, or neither because of a fault (check, reason).

    `rule` is the number of the policy's rule that gave the level, or of the entry that lets it into every ring, `demoted` the
    level that it was given and does not meet.
    """

    group: Group | None = None
    everywhere: bool = False
    believed: bool = False
    fault: tuple[FindingCode, str] | None = None
    rule: int | None = None
    demoted: str = ""


def belonging(workload: Workload, policy: TrustPolicy, cluster: Cluster) -> Belonging:
    """Find the group of a workload."""
    entry = _first(policy.everywhere, workload) if workload.is_daemon else None
    if entry is not None:
        return Belonging(everywhere=True, fault=_tagged_against(workload, policy, entry), rule=entry)
    given, tagged, fault = _level(workload, policy, cluster)
    level = "" if fault else demotion.level_met(given, workload, policy, cluster)
    if not level:
        return Belonging(
            fault=fault or (FindingCode.LEVEL_UNMET, f"is given level {given!r}, and meets neither that nor a lower one")
        )
    tenant = ""
    if level in policy.separate_tenants:
        tenant, fault = _tenant(workload, policy, cluster, level)
    if fault:
        return Belonging(fault=fault)
    rule = None if tagged else _first([rule.match for rule in policy.assign], workload)
    believed = tagged and not demotion.claimants(policy, given)
    return Belonging(Group(level, tenant), believed=believed, rule=rule, demoted=given if level != given else "")


def _first(rules: Iterable[Match], workload: Workload) -> int | None:
    return next((number for number, rule in enumerate(rules) if matches(rule, workload)), None)


def _tagged_against(workload: Workload, policy: TrustPolicy, entry: int) -> tuple[FindingCode, str] | None:
    """Say what is wrong where a resident of every ring says a level of its own; its Namespace's is that of the others in it."""
    said = {labels.get(policy.labels.level) for labels in (workload.template.labels, workload.run_labels, workload.labels)}
    own = sorted(said - {None}, key=str)
    if not own:
        return None
    return (
        FindingCode.EVERYWHERE_TAGGED,
        f"says level {', '.join(map(str, own))}, and spec.everywhere[{entry}] lets it into every ring",
    )


def _tags(workload: Workload, cluster: Cluster, key: str) -> list[str]:
    namespace = cluster.namespaces.get(workload.id.namespace, Labels())
    return [
        labels[key] for labels in (workload.template.labels, workload.run_labels, workload.labels, namespace) if key in labels
    ]


def _level(workload: Workload, policy: TrustPolicy, cluster: Cluster) -> tuple[str, bool, tuple[FindingCode, str] | None]:
    tags = _tags(workload, cluster, policy.labels.level)
    if len(set(tags)) > 1:
        return "", True, (FindingCode.TAGS_DISAGREE, f"says {', then '.join(tags)}: template, workload and Namespace must agree")
    rules = (rule.level for rule in policy.assign if matches(rule.match, workload))
    level, how = (tags[0], "says") if tags else (next(rules, policy.untagged), "is assigned")
    claimants = demotion.claimants(policy, level)
    if level == "refuse" and not tags:
        return "", False, (FindingCode.LEVEL_MISSING, "carries no level, and the policy refuses the untagged")
    if level not in policy.levels:
        return "", bool(tags), (FindingCode.LEVEL_UNKNOWN, f"{how} level {level!r}, which the policy does not know")
    if claimants and not any(fnmatchcase(workload.id.namespace, pattern) for pattern in claimants):
        return (
            "",
            bool(tags),
            (FindingCode.LEVEL_NOT_CLAIMED, f"{how} level {level!r}, which only {', '.join(claimants)} may carry"),
        )
    return level, bool(tags), None


def _tenant(workload: Workload, policy: TrustPolicy, cluster: Cluster, level: str) -> tuple[str, tuple[FindingCode, str] | None]:
    tags = _tags(workload, cluster, policy.labels.tenant)
    if len(set(tags)) > 1:
        return "", (FindingCode.TAGS_DISAGREE, f"says tenant {', then '.join(tags)}: template, workload and Namespace must agree")
    if tags:
        return tags[0], None
    rules = (rule.tenant for rule in policy.assign if rule.tenant and rule.level == level and matches(rule.match, workload))
    tenant = next(rules, "")
    return tenant, None if tenant else (
        FindingCode.TENANT_MISSING,
        f"is {level!r}, whose tenants are separated, and names no tenant",
    )


def matches(match: Match, workload: Workload) -> bool:
    """Say whether all that the match asks is true of the workload."""
    if match.kind not in ("", workload.id.kind, workload.id.full_kind):
        return False
    if match.namespaces and not any(fnmatchcase(workload.id.namespace, pattern) for pattern in match.namespaces):
        return False
    if match.names and not any(fnmatchcase(workload.id.name, pattern) for pattern in match.names):
        return False
    brought = _brought(workload) if match.asks_for_images else set()
    if match.images and any(not is_like(image, match.images) for image in brought):
        return False
    if match.any_image and not any(is_like(image, match.any_image) for image in brought):
        return False
    return match.labels is None or selectors.matches(match.labels, workload.template.labels)


def _brought(workload: Workload) -> set[str]:
    """Return every image that a pod brings onto its node."""
    pod = workload.template
    return {*pod.other_images}.union(*({container.image for container in them} for them in (pod.containers, pod.init_containers)))


def check(plan: IsolationPlan, belongings: dict[str, Belonging]) -> Iterator[Finding]:
    """Yield every membership that is not what the policy says."""
    for name, belongs in belongings.items():
        said = plan.trust.members.get(name)
        if said is None:
            yield error(FindingCode.MEMBERSHIP_MISSING, name, "belongs to no group and is no shared resident", WHY)
        elif belongs.fault:
            yield error(belongs.fault[0], name, belongs.fault[1], WHY, "correct the label or the policy, and plan again")
        else:
            yield from _differences(name, said, belongs, plan)
    yield from _templates(plan)
    for name in plan.trust.members:
        if name not in belongings:
            yield error(FindingCode.MEMBERSHIP_UNKNOWN, name, "has a membership, but there is no such workload", WHY)


def _templates(plan: IsolationPlan) -> Iterator[Finding]:
    """Yield workloads that are named after another pod template than the one that is patched."""
    for workload in plan.cluster.workloads:
        if workload.id.template not in ("", workload.template_path):
            message = f"is patched at {workload.template_path}, which is another pod template than its name says"
            yield error(FindingCode.TEMPLATE_DIFFERS, workload.id, message, WHY_RULE)
        for path, labels in _labelled(workload):
            if labels and {path, f"{path}.labels"} & {*workload.absent}:
                message = (
                    f"is said to have no labels at {path}, and has {', '.join(sorted(labels))}: its tag would not be guarded"
                )
                yield error(FindingCode.LABELS_ABSENT, workload.id, message, WHY_RULE)


def _labelled(workload: Workload) -> Iterator[tuple[str, set[str]]]:
    """Yield the paths of the metadata that a manifest may have, and the labels there; a Job's name is one that nobody writes."""
    by_the_job = {"job-name", "batch.kubernetes.io/job-name"} if workload.id.full_kind == "Job" else set()
    yield "metadata", set(workload.labels)
    yield f"{workload.template_path}.metadata".lstrip("."), set(workload.template.labels) - by_the_job
    yield "spec.jobTemplate.metadata", set(workload.run_labels)


def _differences(name: str, said: Membership, belongs: Belonging, plan: IsolationPlan) -> Iterator[Finding]:
    group = belongs.group.name if belongs.group else ""
    if said.everywhere != belongs.everywhere:
        claim = "a shared resident" if said.everywhere else "no shared resident"
        yield error(FindingCode.MEMBERSHIP_EVERYWHERE, name, f"is said to be {claim}, against spec.everywhere of the policy", WHY)
    if said.group != group:
        yield error(FindingCode.MEMBERSHIP_GROUP, name, f"is said to be in group {said.group!r}; the policy says {group!r}", WHY)
    homes = [ring.name for ring in plan.trust.rings if group and group in ring.groups]
    if said.ring != (homes[0] if homes else ""):
        yield error(
            FindingCode.MEMBERSHIP_RING, name, f"is said to be in ring {said.ring!r}; its group is in {', '.join(homes)}", WHY
        )
    if said.rule != belongs.rule:
        names = ["none" if number is None else f"number {number}" for number in (said.rule, belongs.rule)]
        yield error(
            FindingCode.MEMBERSHIP_RULE,
            name,
            f"the rule that it is there by is said to be {names[0]}; it is {names[1]}",
            WHY_RULE,
        )
    if said.demoted != belongs.demoted:
        levels = [f"from {level!r}" if level else "from none" for level in (said.demoted, belongs.demoted)]
        message = f"is said to fall {levels[0]}; by what the policy requires it falls {levels[1]}"
        yield error(FindingCode.MEMBERSHIP_DEMOTED, name, message, WHY_RULE)
    if said.believed != belongs.believed:
        truth = "only the workload itself says its level" if belongs.believed else "somebody else vouches for its level"
        yield error(
            FindingCode.MEMBERSHIP_BELIEVED, name, f"believed is {said.believed}, but {truth}", "Believed levels are reported."
        )
