"""Who could make pods of a level that is more trusted than his own."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from models.answer.finding import ERROR
from models.trust import TrustPolicy
from planner.check.estate.access import Grant, Subject
from planner.check.estate.estate import Estate
from planner.check.estate.promotions import best_by_namespace, rank
from planner.check.estate.rights import MAKERS, WRITES
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting
from planner.words import some


def _question(estate: Estate) -> Iterator[Sighting]:
    policy, trust = estate.policy, estate.trust
    if policy is None or trust is None:
        return
    best = _best(estate, policy)
    told = set[tuple[Subject, str]]()
    for grant in _making(estate):
        key = grant.subject, grant.namespace
        pods = filter(estate.mounts_token, estate.holders(grant.subject.account))
        holders = [(template, own) for template in pods if (own := rank(template, estate))]
        lowest = max(holders, key=lambda holder: holder[1], default=None)
        above = sorted(name for name, own in best.items() if lowest and own < lowest[1] and _holds_in(grant, name))
        if above and lowest and key not in told:
            told.add(key)
            level = policy.levels[lowest[1] - 1]
            message = f"{grant.subject}, whose token is in pods of {lowest[0].subject} ({level}), may make pods in {some(above)}"
            yield grant.sighting(f"{message}, which are more trusted")


def _best(estate: Estate, policy: TrustPolicy) -> dict[str, int]:
    """Return the most trusted level that pods of a namespace may have, by its name or by the pattern of a claim."""
    best = dict(best_by_namespace(estate))
    for claim in policy.claims:
        own = policy.levels.index(claim.level) + 1
        best |= {space: min(own, best.get(space, own)) for space in claim.namespaces}
    return best


def _holds_in(grant: Grant, space: str) -> bool:
    return not grant.namespace or fnmatchcase(grant.namespace, space)


def _making(estate: Estate) -> Iterator[Grant]:
    """Yield the grants to service accounts that make pods; of those that may do everything others tell."""
    for group, resource in MAKERS:
        for grant in estate.access.allowing(WRITES, group, resource):
            if grant.subject.kind == "ServiceAccount" and not grant.names:
                yield grant


RULE = Rule(
    id="may-raise-level",
    breaks=SECURITY,
    severity=ERROR,
    sentence="A workload could make pods of a level that is more trusted than its own",
    why="A claim limits a level to namespaces; whoever may make pods in one of these has the level.",
    how="Read the token in the pod of low trust, and create a pod in the trusted namespace, which goes to its ring.",
    fix="bind the right in namespaces of its own level, or give the workload the level of those that it makes",
    source="https://kubernetes.io/docs/concepts/security/rbac-good-practices/#workload-creation",
    question=_question,
)
