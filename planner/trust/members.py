"""Which group each workload belongs to: its tags, or else the policy's assignment rules."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels
from models.kubernetes.workload import Workload
from models.trust import Assurance, Group, Membership, TrustPolicy
from planner.errors import Fault
from planner.rules import assurance
from planner.trust.match import any_image, any_pattern, matches
from planner.words import some

UNTAGGED = "spec.untagged of the policy"


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag's value and the place that carries it."""

    value: str
    place: str


def tags(workload: Workload, namespace: Labels, key: str) -> list[Tag]:
    """Return every tag under `key`, nearest first: the pod template, a CronJob's Job, the workload, its Namespace."""
    places = (
        (workload.template.labels, "the pod template"),
        (workload.run_labels, "the job template"),
        (workload.labels, f"the {workload.id.kind}"),
        (namespace, f"Namespace {workload.id.namespace}"),
    )
    return [Tag(labels[key], place) for labels, place in places if key in labels]


@dataclass(frozen=True, slots=True)
class _Level:
    """A level and where it came from: a tag, or the policy, by the rule of this number if it was one."""

    value: str
    because: str
    tagged: bool = False
    rule: int | None = None
    demoted: str = ""


def member(workload: Workload, policy: TrustPolicy, cluster: Cluster, faults: list[Fault]) -> tuple[Group | None, Membership]:
    """Find the group of a workload; None for a shared resident, or where a fault was added."""
    if workload.is_daemon:
        for number, match in enumerate(policy.everywhere):
            if matches(match, workload):
                faults += _contradictions(workload, policy, number)
                return None, Membership(everywhere=True, because="the policy's everywhere", rule=number)
    namespace = cluster.namespaces.get(workload.id.namespace, Labels())
    given = _level(workload, namespace, policy, faults)
    level = _met(given, workload, policy, cluster, faults) if given else None
    if given is None or level is None:
        return None, Membership()
    tenant = _tenant(workload, namespace, policy, level.value, faults)
    if tenant is None:
        return None, Membership()
    group, believed = Group(level.value, tenant), given.tagged and not _claims(policy, given.value)
    return group, Membership(group.name, because=level.because, believed=believed, rule=level.rule, demoted=level.demoted)


def _contradictions(workload: Workload, policy: TrustPolicy, entry: int) -> Iterator[Fault]:
    """Yield a fault if a shared resident carries a level itself: it cannot be of one ring and run in all.

    The tag of its Namespace is none: that is the default of what is in it, and an entry under everywhere speaks of the
    DaemonSet itself (kube-system is restricted, and its CNI agent runs on all nodes).
    """
    key = policy.labels.level
    for tag in tags(workload, Labels(), key)[:1]:
        reason = (
            f"{workload.id} says level {tag.value!r} on {tag.place}, "
            f"and spec.everywhere[{entry}] of the policy ({policy.where}) lets it into every ring"
        )
        yield Fault(workload.where, _field(key), reason, "remove the label, or narrow spec.everywhere")


def _level(workload: Workload, namespace: Labels, policy: TrustPolicy, faults: list[Fault]) -> _Level | None:
    key = policy.labels.level
    own_tags = tags(workload, namespace, key)
    if not own_tags:
        return _assigned(workload, policy, faults)
    tag = own_tags[0]
    faults += _disagreement(workload, key, [other for other in own_tags if not _lets_fall(other, tag, workload, policy)])
    if tag.value not in policy.levels:
        faults.append(_unknown(workload, policy, tag))
        return None
    return _claimed(workload, policy, _Level(tag.value, f"label {key} on {tag.place}", tagged=True), faults)


def _claimed(workload: Workload, policy: TrustPolicy, level: _Level, faults: list[Fault]) -> _Level | None:
    """Return the level, or add a fault if claims keep it for other namespaces, however the workload came by it."""
    claims = _claims(policy, level.value)
    if not claims or any_pattern(claims, workload.id.namespace):
        return level
    who = f"{workload.id} says" if level.tagged else f"{workload.id}: {level.because} gives it"
    reason = f"{who} level {level.value!r}, which only namespaces {', '.join(claims)} may carry"
    fix = f"change {'the label' if level.tagged else level.because}, or add the namespace to spec.claims"
    faults.append(Fault(workload.where, _field(policy.labels.level), reason, fix))
    return None


def meets_no_level(workload: Workload, policy: TrustPolicy, cluster: Cluster) -> bool:
    """Say whether it has a level and does not meet that, and no lower one either."""
    level = _level(workload, cluster.namespaces.get(workload.id.namespace, Labels()), policy, [])
    return level is not None and _met(level, workload, policy, cluster, []) is None


def _met(level: _Level, workload: Workload, policy: TrustPolicy, cluster: Cluster, faults: list[Fault]) -> _Level | None:
    """Return the level, or where that demotes the next that the workload meets and may have; or add a fault."""
    asked = {entry.level: entry for entry in policy.requires}
    lacking = _lacking(workload, asked.get(level.value), cluster)
    if not lacking or not asked[level.value].demote:
        return level
    is_held = policy.labels.level in workload.held
    for lower in () if is_held else policy.levels[policy.levels.index(level.value) + 1 :]:
        claims = _claims(policy, lower)
        may = not claims or any_pattern(claims, workload.id.namespace)
        if may and not _lacking(workload, asked.get(lower), cluster):
            because = f"{level.because}; not {level.value}, which requires {some(lacking, 4)}"
            return replace(level, value=lower, because=because, demoted=level.value)
    why = "its selector holds on to the label of that level" if is_held else "meets no lower level that it may have"
    reason = f"{workload.id} does not meet what level {level.value!r} requires ({some(lacking, 4)}), and {why}"
    other = "take the label out of spec.selector" if is_held else "let a lower level require less (spec.requires)"
    fix = f"mend what is named, or {other}"
    faults.append(Fault(workload.where, _field(policy.labels.level), reason, fix))
    return None


def _lets_fall(tag: Tag, nearest: Tag, workload: Workload, policy: TrustPolicy) -> bool:
    """Say whether it is the tag of a Namespace whose level demotes, and the workload says a lower one, as its patch then does."""
    demotes = any(entry.demote for entry in policy.requires if entry.level == tag.value)
    is_of_namespace = tag.place == f"Namespace {workload.id.namespace}"
    return demotes and is_of_namespace and nearest.value in policy.levels[policy.levels.index(tag.value) + 1 :]


def _lacking(workload: Workload, asked: Assurance | None, cluster: Cluster) -> tuple[str, ...]:
    """Return what it does not meet of what a level requires."""
    if asked is None:
        return ()
    strange = (image for image in assurance.images(workload) if asked.images and not any_image(asked.images, image))
    return (*assurance.unmet(workload, asked, cluster), *(f"images, which {image} does not fit" for image in strange))


def unknown(workload: Workload, policy: TrustPolicy, cluster: Cluster) -> Iterator[Fault]:
    """Yield a fault if the workload carries a level that the policy does not know."""
    namespace = cluster.namespaces.get(workload.id.namespace, Labels())
    for tag in tags(workload, namespace, policy.labels.level)[:1]:
        if tag.value not in policy.levels:
            yield _unknown(workload, policy, tag)


def _unknown(workload: Workload, policy: TrustPolicy, tag: Tag) -> Fault:
    known = ", ".join(policy.levels)
    reason = f"{workload.id}: unknown level {tag.value!r} on {tag.place}"
    fix = f"the policy knows {known}: use one, or add it to spec.levels"
    return Fault(workload.where, _field(policy.labels.level), reason, fix)


def _field(key: str) -> str:
    return f"label {key}"


def _claims(policy: TrustPolicy, level: str) -> tuple[str, ...]:
    return tuple(namespace for claim in policy.claims if claim.level == level for namespace in claim.namespaces)


def _disagreement(workload: Workload, key: str, own_tags: list[Tag]) -> Iterator[Fault]:
    for other in own_tags[1:]:
        if other.value != own_tags[0].value:
            reason = (
                f"{workload.id}: tags disagree: {own_tags[0].value!r} on {own_tags[0].place}, {other.value!r} on {other.place}"
            )
            yield Fault(workload.where, _field(key), reason, "make both say the same, or remove one")


def _assigned(workload: Workload, policy: TrustPolicy, faults: list[Fault]) -> _Level | None:
    level = _by_rule(workload, policy)
    if level is not None:
        return _claimed(workload, policy, level, faults)
    reason = f"{workload.id} carries no level, and no spec.assign rule of the policy matches it"
    fix = f"label it {policy.labels.level}=<level>, add a rule to spec.assign, or set spec.untagged"
    if workload.is_daemon:
        fix = f"name it under spec.everywhere if nodes of every ring are to run it; else {fix}"
    faults.append(Fault(workload.where, _field(policy.labels.level), reason, fix))
    return None


def has_no_level(workload: Workload, policy: TrustPolicy, cluster: Cluster) -> bool:
    """Say whether neither a tag nor the policy gives the workload a level."""
    namespace = cluster.namespaces.get(workload.id.namespace, Labels())
    return not tags(workload, namespace, policy.labels.level) and _by_rule(workload, policy) is None


def _by_rule(workload: Workload, policy: TrustPolicy) -> _Level | None:
    """Return the level that the policy gives to what carries none: by the first rule that matches, or to all of it."""
    for number, rule in enumerate(policy.assign):
        if matches(rule.match, workload):
            return _Level(rule.level, f"spec.assign[{number}] of the policy", rule=number)
    return None if policy.untagged == "refuse" else _Level(policy.untagged, UNTAGGED)


def _tenant(workload: Workload, namespace: Labels, policy: TrustPolicy, level: str, faults: list[Fault]) -> str | None:
    if level not in policy.separate_tenants:
        return ""
    key = policy.labels.tenant
    own_tags = tags(workload, namespace, key)
    if own_tags:
        faults += _disagreement(workload, key, own_tags)
        return own_tags[0].value
    for rule in policy.assign:
        if rule.tenant and rule.level == level and matches(rule.match, workload):
            return rule.tenant
    reason = f"{workload.id} is {level!r}, whose tenants the policy separates, but it names no tenant"
    faults.append(Fault(workload.where, _field(key), reason, f"label it or its Namespace {key}=<tenant>"))
    return None
