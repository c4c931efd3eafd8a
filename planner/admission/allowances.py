"""What each namespace may use: the rings, levels and tenants that its workloads have in the plan, or that a claim gives it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels
from models.kubernetes.workload import Workload
from models.trust import Match, Membership, Trust, TrustPolicy
from planner.admission import cel

SYSTEM = "kube-system"
"""Its DaemonSets keep nodes alive and run everywhere, and what else runs there no plan need know: it must not be in a ring."""
Names = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Resident:
    """DaemonSets that run everywhere: patterns of their namespaces and names, none for any name."""

    namespaces: tuple[str, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Allowances:
    """Who may use what: namespace -> rings, levels and tenants, and the same for patterns of namespaces.

    `unsaid` are the rings of pods that say no level, where these are not all: in a namespace of several rings labels tell which.
    `homes` are namespaces all of whose pods belong to a ring. `groups` says whom each ring holds, `free` which level everybody
    may carry, if there is one.
    """

    rings: Names
    unsaid: Names
    levels: Names
    tenants: Names
    claimed_rings: Names
    claimed_levels: Names
    homes: tuple[str, ...]
    groups: Names
    free: tuple[str, ...]
    residents: tuple[Resident, ...]


def allowances(policy: TrustPolicy, trust: Trust, cluster: Cluster) -> Allowances:
    """Collect them from a policy and what a plan makes of it."""
    members = {workload.id: _member(trust, workload) for workload in cluster.workloads}
    in_rings = [(id_.namespace, member) for id_, member in members.items() if member.ring]
    claims = [(space, claim.level) for claim in policy.claims for space in claim.namespaces]
    exact, patterns = ([claim for claim in claims if cel.is_pattern(claim[0]) is wanted] for wanted in (False, True))
    rings = _rings_of_levels(policy, trust)
    of_levels = [(space, member.group.partition("/")[0]) for space, member in in_rings]
    of_members = [(space, member.ring) for space, member in in_rings]
    all_rings = _gather([*of_members, *_rings_of_claims(exact, rings)])
    return Allowances(
        rings=all_rings,
        unsaid=_rings_of_unlabelled(policy, trust, cluster, all_rings),
        levels=_gather([*of_levels, *exact, *_unclaimed_levels(policy, cluster)]),
        tenants=_gather(_tenants(policy, trust, cluster)) if policy.separate_tenants else {},
        claimed_rings=_gather(_rings_of_claims(patterns, rings)),
        claimed_levels=_gather(patterns),
        homes=tuple(sorted({space for space, _ in in_rings} - {SYSTEM})),
        groups={ring.name: ring.groups for ring in trust.rings},
        free=_free(policy),
        residents=tuple(_residents(policy, trust, cluster)),
    )


def _unclaimed_levels(policy: TrustPolicy, cluster: Cluster) -> Iterator[tuple[str, str]]:
    """Yield the levels that namespaces of the input say and no claim keeps; shared residents may be all that is in them."""
    claimed = {claim.level for claim in policy.claims}
    for space, labels in cluster.namespaces.items():
        level = labels.get(policy.labels.level, "")
        if level in policy.levels and level not in claimed:
            yield space, level


def _tenants(policy: TrustPolicy, trust: Trust, cluster: Cluster) -> Iterator[tuple[str, str]]:
    """Yield the tenants of all groups, and those that are said without being kept apart."""
    key = policy.labels.tenant
    for space, labels in cluster.namespaces.items():
        if key in labels:
            yield space, labels[key]
    for workload in cluster.workloads:
        space = workload.id.namespace
        yield from ((space, labels[key]) for labels in _places(workload) if key in labels)
        tenant = _member(trust, workload).group.partition("/")[2]
        if tenant:
            yield space, tenant


def _member(trust: Trust, workload: Workload) -> Membership:
    return trust.members.get(str(workload.id), Membership())


def _places(workload: Workload) -> tuple[Labels, ...]:
    return workload.template.labels, workload.run_labels, workload.labels


def _rings_of_unlabelled(policy: TrustPolicy, trust: Trust, cluster: Cluster, all_rings: Names) -> Names:
    """Return, for namespaces of several rings, those of the workloads whose pods carry no level."""
    key, unlabelled = policy.labels.level, {space: set[str]() for space, rings in all_rings.items() if len(rings) > 1}
    for workload in cluster.workloads:
        ring = _member(trust, workload).ring
        if ring and workload.id.namespace in unlabelled and key not in workload.template.labels:
            unlabelled[workload.id.namespace].add(ring)
    return {space: tuple(sorted(rings)) for space, rings in unlabelled.items() if len(rings) < len(all_rings[space])}


def _rings_of_levels(policy: TrustPolicy, trust: Trust) -> dict[str, list[str]]:
    """Return the rings that hold a level whose tenants are not kept apart: of another a claim does not say which is meant."""
    return {
        level: [ring.name for ring in trust.rings if level in ring.groups]
        for level in policy.levels
        if level not in policy.separate_tenants
    }


def _rings_of_claims(claims: Iterable[tuple[str, str]], rings: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    return ((space, ring) for space, level in claims for ring in rings.get(level, ()))


def _gather(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    gathered: dict[str, set[str]] = {}
    for key, value in pairs:
        gathered.setdefault(key, set()).add(value)
    return {key: tuple(sorted(values)) for key, values in sorted(gathered.items())}


def _free(policy: TrustPolicy) -> tuple[str, ...]:
    """Return the least trusted level, unless a claim keeps it."""
    return tuple(level for level in policy.levels[-1:] if level not in {claim.level for claim in policy.claims})


def _residents(policy: TrustPolicy, trust: Trust, cluster: Cluster) -> Iterator[Resident]:
    """Yield the entries that name namespaces, and else the DaemonSets of the plan that an entry let in, each by its name."""
    yield Resident((SYSTEM,))
    # An entry by labels or images would let in whoever copies these, so its DaemonSets are listed by their names.
    wide = {number for number, entry in enumerate(policy.everywhere) if not _is_by_place(entry)}
    for number, entry in enumerate(policy.everywhere):
        spaces = tuple(pattern for pattern in entry.namespaces if pattern != SYSTEM)
        if number not in wide and spaces:
            yield Resident(spaces, entry.names)
    for workload in sorted(cluster.workloads, key=lambda workload: workload.id):
        member = _member(trust, workload)
        if member.everywhere and member.rule in wide and workload.id.namespace != SYSTEM:
            yield Resident((workload.id.namespace,), (workload.id.name,))


def _is_by_place(entry: Match) -> bool:
    """Say whether namespace and name tell who is meant, and not every namespace is."""
    by_place = bool(entry.namespaces) and all(set(pattern) - {"*"} for pattern in entry.namespaces)
    return by_place and entry.labels is None and not entry.asks_for_images
