"""Says again from the policy which group each workload belongs to, without asking planner.trust."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from models.answer.finding import Finding, FindingCode
from models.answer.plan import IsolationPlan
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels
from models.kubernetes.workload import Workload
from models.trust import Group, Match, Membership, TrustPolicy
from planner.rules import selectors
from planner.verify.finding import error
from planner.verify.rings import demotion
from planner.verify.rings.images import is_like

Fault = tuple[FindingCode, FrozenMap[Any]]
"""Why a workload belongs nowhere: of which kind that is, and what its sentence names."""


@dataclass(frozen=True, slots=True)
class Belonging:
    """What a workload is by the policy: a group's member, a shared resident, or neither because of a fault.

    `rule` is the number of the policy's rule that gave the level, or of the entry that lets it into every ring, `demoted` the
    level that it was given and does not meet.
    """

    group: Group | None = None
    everywhere: bool = False
    believed: bool = False
    fault: Fault | None = None
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
        return Belonging(fault=fault or _fault(FindingCode.LEVEL_UNMET, level=given))
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


def _tagged_against(workload: Workload, policy: TrustPolicy, entry: int) -> Fault | None:
    """Say what is wrong where a resident of every ring says a level of its own; its Namespace's is that of the others in it."""
    said = {labels.get(policy.labels.level) for labels in (workload.template.labels, workload.run_labels, workload.labels)}
    own = tuple(sorted(level for level in said if level is not None))
    return _fault(FindingCode.EVERYWHERE_TAGGED, levels=own, entry=entry) if own else None


def _fault(code: FindingCode, **facts: Any) -> Fault:
    return code, FrozenMap(facts)


def _tags(workload: Workload, cluster: Cluster, key: str) -> list[str]:
    namespace = cluster.namespaces.get(workload.id.namespace, Labels())
    return [
        labels[key] for labels in (workload.template.labels, workload.run_labels, workload.labels, namespace) if key in labels
    ]


def _level(workload: Workload, policy: TrustPolicy, cluster: Cluster) -> tuple[str, bool, Fault | None]:
    tags = _tags(workload, cluster, policy.labels.level)
    space = cluster.namespaces.get(workload.id.namespace, Labels()).get(policy.labels.level, "")
    own = tags[:-1] if tags and demotion.lets_fall(space, tags[0], policy) else tags
    if len(set(own)) > 1:
        return "", True, _fault(FindingCode.TAGS_DISAGREE, case="levels", tags=tuple(tags))
    rules = (rule.level for rule in policy.assign if matches(rule.match, workload))
    level, is_tagged = tags[0] if tags else next(rules, policy.untagged), bool(tags)
    claimants = tuple(demotion.claimants(policy, level))
    if level == "refuse" and not is_tagged:
        return "", False, _fault(FindingCode.LEVEL_MISSING)
    if level not in policy.levels:
        return "", is_tagged, _fault(FindingCode.LEVEL_UNKNOWN, tagged=is_tagged, level=level)
    if claimants and not any(fnmatchcase(workload.id.namespace, pattern) for pattern in claimants):
        fault = _fault(FindingCode.LEVEL_NOT_CLAIMED, tagged=is_tagged, level=level, claimants=claimants)
        return "", is_tagged, fault
    return level, is_tagged, None


def _tenant(workload: Workload, policy: TrustPolicy, cluster: Cluster, level: str) -> tuple[str, Fault | None]:
    tags = _tags(workload, cluster, policy.labels.tenant)
    if len(set(tags)) > 1:
        return "", _fault(FindingCode.TAGS_DISAGREE, case="tenants", tags=tuple(tags))
    if tags:
        return tags[0], None
    rules = (rule.tenant for rule in policy.assign if rule.tenant and rule.level == level and matches(rule.match, workload))
    tenant = next(rules, "")
    return tenant, None if tenant else _fault(FindingCode.TENANT_MISSING, level=level)


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
            yield error(FindingCode.MEMBERSHIP_MISSING, name)
        elif belongs.fault:
            code, facts = belongs.fault
            yield error(code, name, **facts)
        else:
            yield from _differences(name, said, belongs, plan)
    yield from _templates(plan)
    for name in plan.trust.members:
        if name not in belongings:
            yield error(FindingCode.MEMBERSHIP_UNKNOWN, name)


def _templates(plan: IsolationPlan) -> Iterator[Finding]:
    """Yield workloads that are named after another pod template than the one that is patched."""
    for workload in plan.cluster.workloads:
        if workload.id.template not in ("", workload.template_path):
            yield error(FindingCode.TEMPLATE_DIFFERS, workload.id, path=workload.template_path)
        for path, labels in _labelled(workload):
            if labels and {path, f"{path}.labels"} & {*workload.absent}:
                yield error(FindingCode.LABELS_ABSENT, workload.id, path=path, labels=tuple(sorted(labels)))


def _labelled(workload: Workload) -> Iterator[tuple[str, set[str]]]:
    """Yield the paths of the metadata that a manifest may have, and the labels there; a Job's name is one that nobody writes."""
    by_the_job = {"job-name", "batch.kubernetes.io/job-name"} if workload.id.full_kind == "Job" else set()
    yield "metadata", set(workload.labels)
    yield f"{workload.template_path}.metadata".lstrip("."), set(workload.template.labels) - by_the_job
    yield "spec.jobTemplate.metadata", set(workload.run_labels)


def _differences(name: str, said: Membership, belongs: Belonging, plan: IsolationPlan) -> Iterator[Finding]:
    group = belongs.group.name if belongs.group else ""
    if said.everywhere != belongs.everywhere:
        yield error(FindingCode.MEMBERSHIP_EVERYWHERE, name, said=said.everywhere)
    if said.group != group:
        yield error(FindingCode.MEMBERSHIP_GROUP, name, said=said.group, true=group)
    homes = tuple(ring.name for ring in plan.trust.rings if group and group in ring.groups)
    if said.ring != (homes[0] if homes else ""):
        yield error(FindingCode.MEMBERSHIP_RING, name, said=said.ring, true=homes)
    if said.rule != belongs.rule:
        yield error(FindingCode.MEMBERSHIP_RULE, name, said=said.rule, true=belongs.rule)
    if said.demoted != belongs.demoted:
        yield error(FindingCode.MEMBERSHIP_DEMOTED, name, said=said.demoted, true=belongs.demoted)
    if said.believed != belongs.believed:
        yield error(FindingCode.MEMBERSHIP_BELIEVED, name, said=said.believed, true=belongs.believed)
