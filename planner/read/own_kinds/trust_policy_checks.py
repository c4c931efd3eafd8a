"""What a policy's fields must mean together: levels that exist, names that can be labels, groups that can share."""

import re
from collections.abc import Iterable, Set

from models.kubernetes.labels import LabelSelector
from models.kubernetes.node_group import SPLITS
from models.trust import Match, TrustPolicy
from planner.read.documents.field import Spot
from planner.read.own_kinds.node_label_keys import check_owners
from planner.read.own_kinds.review_thresholds import check_thresholds
from planner.read.own_kinds.ring_sizes import check_sizes
from planner.read.schema import pod_schema
from planner.read.schema.known_kinds import SERVED
from planner.read.values import name_syntax
from planner.read.values.selectors import read_label_selector

REFUSE = "refuse"
GUIDES = ("none", "prefer", "require")
POD_SECURITY = ("baseline", "restricted")
_VERSION = re.compile(r"\d{1,4}(\.\d{1,4}){1,2}")
HPA = {"max": "what the autoscaler allows", "now": "what runs today"}
CRON_JOBS = {"overlap": "the runs that may overlap", "one": "a single run"}
_TEMPLATE_PATH = re.compile(r"[^.\[\]*$]+(\[\*\]|\.\*|\.[^.\[\]*]+)*")
"""Names with dots between them; [*] or .* stands for every item of a list, or every key of a map (RFC 9535)."""
_BUILT_IN = {f"{version}/{kind}" for (_, kind), version in SERVED.items()}


def check_policy(spot: Spot, policy: TrustPolicy, faulty: Set[str]) -> None:
    """Note everything wrong with a policy at `spot`; where `faulty` names a list of levels, nobody is compared with it."""
    if policy.levels or "levels" not in faulty:
        _check_levels(spot.at("levels"), policy.levels)
    if "levels" not in faulty:
        _check_uses(spot, policy)
        _check_sharing(spot, policy, "separateTenants" not in faulty)
    _check_keys(spot, policy)
    for index, rule in enumerate(policy.assign):
        _check_match(spot.at(f"assign[{index}].match"), rule.match)
        if not name_syntax.is_label_value(rule.tenant):
            spot.at(f"assign[{index}].tenant").fault(f"{rule.tenant!r} is no label value", name_syntax.VALUE)
    for index, match in enumerate(policy.everywhere):
        here = spot.at(f"everywhere[{index}]")
        _check_match(here, match)
        if match.kind.partition(".")[0] not in ("", "DaemonSet"):
            here.at("kind").fault(f"{match.kind} has no pod on every node", "write kind: DaemonSet, or leave the rule out")
    _check_templates(spot.at("podTemplates"), policy)
    _check_survive(spot.at("survive"), policy)
    _check_demand(spot.at("demand"), policy)
    check_sizes(spot, policy)
    _check_assurances(spot, policy)
    check_thresholds(spot.at("review"), policy.review)
    if policy.guide not in GUIDES:
        spot.at("guide").fault(f"{policy.guide!r} is no way to guide pods", f"write {', '.join(GUIDES)}")


def _check_levels(spot: Spot, levels: tuple[str, ...]) -> None:
    if not levels:
        spot.fault("is empty", "list the trust levels, most trusted first: levels: [restricted, internal]")
    for index, level in enumerate(levels):
        here = spot.at(f"[{index}]")
        if not level or not name_syntax.is_label_value(level):
            here.fault(f"{level!r} cannot be a label value", name_syntax.VALUE)
        if level == REFUSE:
            here.fault(f"{REFUSE} is the word for untagged workloads", "name the level otherwise")
        if level and level in levels[:index]:
            here.fault(f"level {level} is listed twice", "list every level once")


def _check_uses(spot: Spot, policy: TrustPolicy) -> None:
    """Refuse levels that the list of levels does not have."""
    uses = [
        *((f"claims[{index}].level", claim.level) for index, claim in enumerate(policy.claims)),
        *((f"assign[{index}].level", rule.level) for index, rule in enumerate(policy.assign)),
        *((f"requires[{index}].level", entry.level) for index, entry in enumerate(policy.requires)),
        *((f"separateTenants[{index}]", level) for index, level in enumerate(policy.separate_tenants)),
    ]
    if policy.untagged != REFUSE:
        uses.append(("untagged", policy.untagged))
    for path, level in uses:
        _check_level(spot.at(path), level, policy.levels)
    for index, claim in enumerate(policy.claims):
        if not claim.namespaces:
            spot.at(f"claims[{index}].namespaces").fault("names no namespace, so that nobody may carry the level", "name some")


def _check_level(spot: Spot, level: str, levels: Iterable[str]) -> None:
    if level not in levels:
        known = ", ".join(levels)
        spot.fault(f"unknown level {level!r}", f"levels are {known}: use one, or add it to spec.levels")


def _check_sharing(spot: Spot, policy: TrustPolicy, tenants_known: bool) -> None:
    for index, limit in enumerate(policy.ring_nodes):
        _check_groups(spot.at(f"ringNodes[{index}].groups"), limit.groups, policy, tenants_known)
    for index, names in enumerate(policy.may_share):
        here = spot.at(f"mayShare[{index}]")
        if len(names) < 2:
            here.fault("needs two groups that trust each other", "name the groups: [internal, batch]")
        _check_groups(here, names, policy, tenants_known)


def _check_groups(spot: Spot, names: tuple[str, ...], policy: TrustPolicy, tenants_known: bool) -> None:
    for index, name in enumerate(names):
        here = spot.at(f"[{index}]")
        level, slash, tenant = name.partition("/")
        _check_level(here, level, policy.levels)
        if name in names[:index]:
            here.fault(f"{name} is named twice", "name every group once")
        if slash and tenants_known and level in policy.levels and level not in policy.separate_tenants:
            here.fault(f"tenants of {level} are not kept apart", f"write {level}, or add it to separateTenants")
        if slash and not (tenant and name_syntax.is_label_value(tenant)):
            here.fault(f"{tenant!r} is no tenant", "write LEVEL or LEVEL/TENANT")


def _check_keys(spot: Spot, policy: TrustPolicy) -> None:
    keys = {
        "labels.level": policy.labels.level,
        "labels.tenant": policy.labels.tenant,
        "nodes.labelKey": policy.nodes.label_key,
        "nodes.taintKey": policy.nodes.taint_key,
        "nodes.poolKey": policy.nodes.pool_key,
        **({"nodes.groups.by": policy.nodes.groups.by} if policy.nodes.groups.by else {}),
    }
    for path, key in keys.items():
        if not name_syntax.is_label_key(key):
            spot.at(path).fault(f"{key!r} is no label key", name_syntax.KEY)
    if policy.labels.level == policy.labels.tenant:
        spot.at("labels.tenant").fault("is the key of the level, too", "give level and tenant keys of their own")
    check_owners(spot.at("nodes"), policy.nodes)
    if policy.nodes.groups.split not in SPLITS:
        spot.at("nodes.groups.split").fault(f"{policy.nodes.groups.split!r} is no answer", f"write {' or '.join(SPLITS)}")
    _check_selector(spot.at("nodes.exclude"), policy.nodes.exclude)
    _check_selector(spot.at("nodes.include"), policy.nodes.include)


def _check_match(spot: Spot, match: Match) -> None:
    _check_selector(spot.at("labels"), match.labels)


def _check_selector(spot: Spot, selector: LabelSelector | None) -> None:
    if selector is not None:
        expressions = [
            pod_schema.Expression(match_expression.key, match_expression.operator, list(match_expression.values))
            for match_expression in selector.match_expressions
        ]
        read_label_selector(spot, pod_schema.Selector(dict(selector.match_labels), expressions))


def _check_templates(spot: Spot, policy: TrustPolicy) -> None:
    for name in policy.pod_templates:
        here, paths = spot.key(name), policy.template_paths(name)
        if name in _BUILT_IN:
            here.fault("is read already", "leave it out")
        elif name.count("/") not in (1, 2) or not all(name.split("/")):
            here.fault("is no apiVersion and kind", "write it like argoproj.io/v1alpha1/Rollout: spec.template")
        if not paths:
            here.fault("names no path", "write the way to the pod template: spec.template")
        for index, path in enumerate(paths):
            there = here if isinstance(policy.pod_templates[name], str) else here.at(f"[{index}]")
            if not _TEMPLATE_PATH.fullmatch(path):
                there.fault(f"{path!r} is no path", "write the way to the pod template: spec.template, spec.groups[*].template")
            elif path in paths[:index]:
                there.fault(f"{path} is named twice", "name every path once")


def _check_assurances(spot: Spot, policy: TrustPolicy) -> None:
    for index, entry in enumerate(policy.requires):
        here = spot.at(f"requires[{index}]")
        if entry.pod_security not in ("", *POD_SECURITY):
            here.at("podSecurity").fault(f"{entry.pod_security!r} is no standard", f"write {' or '.join(POD_SECURITY)}")
        for name, version in (("kubelet", entry.kubelet), ("kernel", entry.kernel)):
            if version and not _VERSION.fullmatch(version):
                here.at(name).fault(f"{version!r} is no version", 'write it as "1.36" or "6.8.2", in quotes')
        if entry.demote and not entry.asks_workloads:
            here.at("demote").fault("nothing is required of workloads", "require something of them, or leave it out")
        if entry.demote and entry.level in policy.levels[-1:]:
            here.at("demote").fault(f"no level is below {entry.level}", "leave it out: what does not meet it is named by check")
        if entry.level in (other.level for other in policy.requires[:index]):
            here.at("level").fault(f"level {entry.level} has two entries", "write all that it requires into one")


def _check_survive(spot: Spot, policy: TrustPolicy) -> None:
    for name, value in (("nodes", policy.survive.nodes), ("zones", policy.survive.zones)):
        if value not in (0, 1):
            fix = f"write {name}: 1 to plan for the loss of any one of them, or leave it out"
            spot.at(name).fault(f"{value} at once cannot be planned for, only 0 or 1", fix)


def _check_demand(spot: Spot, policy: TrustPolicy) -> None:
    fields = (("hpa", policy.demand.hpa, HPA), ("cronJobs", policy.demand.cron_jobs, CRON_JOBS))
    for name, value, choices in fields:
        if value not in choices:
            fix = " or ".join(f"{choice} to count {what}" for choice, what in choices.items())
            spot.at(name).fault(f"{value!r} is not a choice", f"write {fix}")
