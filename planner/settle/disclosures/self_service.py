"""Who could get a level, or a tenant, by himself: names, kinds, labels and images are written by whoever writes the workload.

A namespace is not: who may create what in which is a matter of RBAC. So what the policy says of namespaces binds, and rules
that lift a workload without naming any are said; and which of the things that decide a level the patches cannot guard.
"""

from collections import Counter
from collections.abc import Iterator

from models.disclosure import Disclosure, DisclosureCode
from models.frozen_map import EMPTY
from models.kubernetes.cluster import Cluster
from models.trust import Trust, TrustPolicy

_ANYWHERE = "*"


def statements(cluster: Cluster, policy: TrustPolicy, trust: Trust) -> Iterator[Disclosure]:
    """Yield who could lift himself, and what of the reasons for a level no patch guards."""
    yield from _unclaimed(policy, trust)
    yield from _lifting(policy)
    yield from _tenants(cluster, policy, trust)
    for number, entry in enumerate(policy.everywhere):
        if not _are_named(entry.namespaces):
            yield Disclosure.of(DisclosureCode.EVERYWHERE_OPEN, f"everywhere[{number}]")
    yield from _by_image(policy)
    yield from _by_namespace(cluster, policy, trust)


def _unclaimed(policy: TrustPolicy, trust: Trust) -> Iterator[Disclosure]:
    """Count the workloads that gave themselves a level above the least trusted, where no claim limits who may carry it."""
    counts = Counter(member.group.partition("/")[0] for member in trust.members.values() if member.believed)
    for level in policy.levels[:-1]:
        if count := counts[level]:
            case = "one" if count == 1 else "several"
            yield Disclosure.of(DisclosureCode.LEVEL_UNCLAIMED, f"level {level}", case=case, count=count)


def _lifting(policy: TrustPolicy) -> Iterator[Disclosure]:
    """Name the rules that give a level above the least trusted to whoever asks, where no claim limits who may carry it."""
    claimed = {claim.level for claim in policy.claims}
    # A claim for every namespace limits nobody.
    claimed -= {claim.level for claim in policy.claims if not _are_named(claim.namespaces)}
    open_levels = set(policy.levels[:-1]) - claimed
    for number, rule in enumerate(policy.assign):
        if rule.level in open_levels and not _are_named(rule.match.namespaces):
            yield Disclosure.of(DisclosureCode.LEVEL_OPEN, f"assign[{number}]", case="rule", level=rule.level)
    if policy.untagged in open_levels:
        yield Disclosure.of(DisclosureCode.LEVEL_OPEN, "untagged", case="untagged", level=policy.untagged)


def _tenants(cluster: Cluster, policy: TrustPolicy, trust: Trust) -> Iterator[Disclosure]:
    """Name the tenants that workloads and rules give to whoever asks: claims limit levels, and a Namespace's label tenants."""
    key, by_group = policy.labels.tenant, dict[str, Counter[str]]()
    for workload in cluster.workloads:
        group, space = trust.members[str(workload.id)].group, workload.id.namespace
        is_said = any(key in labels for labels in (workload.template.labels, workload.run_labels, workload.labels))
        if is_said and group.partition("/")[2] and key not in cluster.namespaces.get(space, EMPTY):
            by_group.setdefault(group, Counter())[space] += 1
    for group, spaces in sorted(by_group.items()):
        case, names = "one" if spaces.total() == 1 else "several", tuple(sorted(spaces))
        yield Disclosure.of(DisclosureCode.TENANT_OPEN, f"tenant {group}", case=case, count=spaces.total(), namespaces=names)
    for number, rule in enumerate(policy.assign):
        if rule.tenant and rule.level in policy.separate_tenants and not _are_named(rule.match.namespaces):
            given = {"case": "rule", "level": rule.level, "tenant": rule.tenant}
            yield Disclosure.of(DisclosureCode.TENANT_OPEN, f"assign[{number}]", **given)


def _are_named(namespaces: tuple[str, ...]) -> bool:
    """Say whether not every namespace is meant."""
    return bool(namespaces) and all(pattern.strip(_ANYWHERE) for pattern in namespaces)


def _by_image(policy: TrustPolicy) -> Iterator[Disclosure]:
    """Say which images the patches guard; and of a rule that is to keep workloads down, that one more image evades it."""
    numbers = [number for number, rule in enumerate(policy.assign) if rule.match.asks_for_images]
    if numbers:
        rules = tuple(f"assign[{number}]" for number in numbers)
        yield Disclosure.of(DisclosureCode.IMAGES_DECIDE, "images", rules=rules)
    for number in numbers:
        rule = policy.assign[number]
        above = policy.levels[: policy.levels.index(rule.level)] if rule.level in policy.levels else ()
        later = (*(other.level for other in policy.assign[number + 1 :]), policy.untagged)
        if rule.match.images and any(level in above for level in later):
            yield Disclosure.of(DisclosureCode.IMAGES_EVADED, f"assign[{number}]")


def _by_namespace(cluster: Cluster, policy: TrustPolicy, trust: Trust) -> Iterator[Disclosure]:
    """Count the workloads whose level their Namespace says alone: no patch of a workload notices when it says another."""
    key, counts = policy.labels.level, Counter[str]()
    for workload in cluster.workloads:
        own = (workload.template.labels, workload.run_labels, workload.labels)
        inherits = key in cluster.namespaces.get(workload.id.namespace, EMPTY) and not any(key in labels for labels in own)
        if inherits and trust.members[str(workload.id)].group:
            counts[workload.id.namespace] += 1
    if counts:
        case, names = "several" if counts.total() > 1 else "one", tuple(sorted(counts))
        yield Disclosure.of(DisclosureCode.NAMESPACES_DECIDE, "Namespaces", case=case, count=counts.total(), namespaces=names)
