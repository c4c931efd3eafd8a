"""Who could get a level, or a tenant, by himself: names, kinds, labels and images are written by whoever writes the workload.

A namespace is not: who may create what in which is a matter of RBAC. So what the policy says of namespaces binds, and rules
that lift a workload without naming any are said; and which of the things that decide a level the patches cannot guard.
"""

from collections import Counter
from collections.abc import Iterator

from models.disclosure import DisclosureCode
from models.frozen_map import EMPTY
from models.kubernetes.cluster import Cluster, Statement
from models.trust import Trust, TrustPolicy
from planner.words import some

_SELF_SERVICE = "names no namespaces, and kind, name, labels and images are written by whoever writes a workload"
_ANYWHERE = "*"


def statements(cluster: Cluster, policy: TrustPolicy, trust: Trust) -> Iterator[Statement]:
    """Yield who could lift himself, and what of the reasons for a level no patch guards."""
    yield from _lifting(policy)
    yield from _tenants(cluster, policy, trust)
    for number, entry in enumerate(policy.everywhere):
        if not _are_named(entry.namespaces):
            message = f"{_SELF_SERVICE}: any DaemonSet can enter every ring"
            yield Statement(f"everywhere[{number}]", message, code=DisclosureCode.EVERYWHERE_OPEN)
    yield from _by_image(policy)
    yield from _by_namespace(cluster, policy, trust)


def _lifting(policy: TrustPolicy) -> Iterator[Statement]:
    """Name the rules that give a level above the least trusted to whoever asks, where no claim limits who may carry it."""
    claimed = {claim.level for claim in policy.claims}
    claimed -= {claim.level for claim in policy.claims if not _are_named(claim.namespaces)}
    open_levels = set(policy.levels[:-1]) - claimed
    for number, rule in enumerate(policy.assign):
        if rule.level in open_levels and not _are_named(rule.match.namespaces):
            message = f"{_SELF_SERVICE}: any can become {rule.level}; name namespaces, or claim the level"
            yield Statement(f"assign[{number}]", message, code=DisclosureCode.LEVEL_OPEN)
    if policy.untagged in open_levels:
        message = f"who leaves the tag away becomes {policy.untagged}, unless a rule says otherwise; claim the level, or refuse"
        yield Statement("untagged", message, code=DisclosureCode.LEVEL_OPEN)


def _tenants(cluster: Cluster, policy: TrustPolicy, trust: Trust) -> Iterator[Statement]:
    """Name the tenants that workloads and rules give to whoever asks: claims limit levels, and a Namespace's label tenants."""
    key, by_group = policy.labels.tenant, dict[str, Counter[str]]()
    for workload in cluster.workloads:
        group, space = trust.members[str(workload.id)].group, workload.id.namespace
        is_said = any(key in labels for labels in (workload.template.labels, workload.run_labels, workload.labels))
        if is_said and group.partition("/")[2] and key not in cluster.namespaces.get(space, EMPTY):
            by_group.setdefault(group, Counter())[space] += 1
    for group, spaces in sorted(by_group.items()):
        count = "1 workload says so itself" if spaces.total() == 1 else f"{spaces.total()} workloads say so themselves"
        message = (
            f"{count} ({some(sorted(spaces))}): claims limit levels, not tenants, so any of the level can take it; "
            "label Namespaces with their tenants"
        )
        yield Statement(f"tenant {group}", message, code=DisclosureCode.TENANT_OPEN)
    for number, rule in enumerate(policy.assign):
        if rule.tenant and rule.level in policy.separate_tenants and not _are_named(rule.match.namespaces):
            message = f"{_SELF_SERVICE}: any of {rule.level} can become tenant {rule.tenant}; name namespaces"
            yield Statement(f"assign[{number}]", message, code=DisclosureCode.TENANT_OPEN)


def _are_named(namespaces: tuple[str, ...]) -> bool:
    """Say whether not every namespace is meant."""
    return bool(namespaces) and all(pattern.strip(_ANYWHERE) for pattern in namespaces)


def _by_image(policy: TrustPolicy) -> Iterator[Statement]:
    """Say which images the patches guard; and of a rule that is to keep workloads down, that one more image evades it."""
    numbers = [number for number, rule in enumerate(policy.assign) if rule.match.asks_for_images]
    if numbers:
        message = (
            f"decide levels by {some([f'assign[{number}]' for number in numbers])}, "
            "and patches guard those of containers that they lift: "
            "what changes other images, or image volumes, keeps its ring until it is planned again"
        )
        yield Statement("images", message, code=DisclosureCode.IMAGES_DECIDE)
    for number in numbers:
        rule = policy.assign[number]
        above = policy.levels[: policy.levels.index(rule.level)] if rule.level in policy.levels else ()
        later = (*(other.level for other in policy.assign[number + 1 :]), policy.untagged)
        if rule.match.images and any(level in above for level in later):
            message = "asks that all images fit, so one more image evades it and a later rule lifts; anyImage asks for one"
            yield Statement(f"assign[{number}]", message, code=DisclosureCode.IMAGES_EVADED)


def _by_namespace(cluster: Cluster, policy: TrustPolicy, trust: Trust) -> Iterator[Statement]:
    """Count the workloads whose level their Namespace says alone: no patch of a workload notices when it says another."""
    key, counts = policy.labels.level, Counter[str]()
    for workload in cluster.workloads:
        own = (workload.template.labels, workload.run_labels, workload.labels)
        inherits = key in cluster.namespaces.get(workload.id.namespace, EMPTY) and not any(key in labels for labels in own)
        if inherits and trust.members[str(workload.id)].group:
            counts[workload.id.namespace] += 1
    if counts:
        count = f"{sum(counts.values())} workload{'s' if sum(counts.values()) > 1 else ''}"
        message = (
            f"say the level of {count} ({some(sorted(counts))}): no patch guards their labels, so plan again when one changes"
        )
        yield Statement("Namespaces", message, code=DisclosureCode.NAMESPACES_DECIDE)
