"""Rights by which a subject may get more than it has, where that crosses levels or nobody vouches for the subject."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from models.answer.finding import ERROR
from planner.check.estate.access import Grant, Subject
from planner.check.estate.estate import Estate
from planner.check.estate.rights import holders
from planner.check.estate.template import Template
from planner.check.sighting import Sighting

Right = tuple[str, str, str]
"""A verb, an API group and a resource."""
_OF_THE_CLUSTER = frozenset(("users", "groups", "signers"))
"""Resources in no namespace: a right to them that is bound in one is none."""


def promotions(estate: Estate, rights: Sequence[Right], names: frozenset[str] = frozenset()) -> Iterator[Grant]:
    """Yield the grants of any of these rights by which their subjects reach up, once for each subject and namespace.

    A grant that names its objects counts if any of them is one of `names`; those of everything are told elsewhere.
    """
    told = set[tuple[Subject, str]]()
    for grant in estate.access.grants:
        key = grant.subject, grant.namespace
        if key in told or grant.is_everything or (grant.names and names.isdisjoint(grant.names)):
            continue
        if any(_allows(grant, right) for right in rights) and _reaches_up(grant, estate):
            told.add(key)
            yield grant


def promotion(grant: Grant, what: str, estate: Estate) -> Sighting:
    """Tell of a grant what it lets its subject do; pods of a less trusted level than others of the input make it an error."""
    least = lowest(grant.subject, estate)
    if least is None:
        return grant.sighting(f"{grant.subject} may {what}, {grant.scope}{holders(grant, estate)}")
    level = f"{least.subject} ({estate.level_of(least)})"
    message = f"{grant.subject}, whose token is in pods of {level}, may {what}, {grant.scope}"
    is_crossing = grant.namespace or min(best_by_namespace(estate).values()) < rank(least, estate)
    return grant.sighting(message, severity=ERROR if is_crossing else "")


def rank(template: Template, estate: Estate) -> int:
    """Return how little a workload is trusted, from 1; 0 where it has no level, or is in every ring."""
    levels = estate.policy.levels if estate.policy else ()
    level = estate.level_of(template)
    return levels.index(level) + 1 if level in levels else 0


@lru_cache(maxsize=1)
def best_by_namespace(estate: Estate) -> dict[str, int]:
    """Return the most trusted level of each namespace's workloads, as a number: the smaller, the more trusted."""
    best: dict[str, int] = {}
    for template in estate.templates:
        if own := rank(template, estate):
            best[template.namespace] = min(own, best.get(template.namespace, own))
    return best


def _allows(grant: Grant, right: Right) -> bool:
    return grant.allows(*right) and not (grant.namespace and right[2] in _OF_THE_CLUSTER)


def _reaches_up(grant: Grant, estate: Estate) -> bool:
    """Say whether pods of a level that is less trusted have the token, or it is known of no pod who has it.

    A right in every namespace reaches levels that are nowhere in the input, too: those of other teams, or of tomorrow.
    """
    least = lowest(grant.subject, estate)
    if least is None:
        return not grant.namespace and not _is_vouched_for(grant.subject, estate)
    own = rank(least, estate)
    return own > 1 if not grant.namespace else _best(grant, estate) < own


def _best(grant: Grant, estate: Estate) -> int:
    return best_by_namespace(estate).get(grant.namespace, len(estate.policy.levels) + 1 if estate.policy else 0)


def lowest(subject: Subject, estate: Estate) -> Template | None:
    """Return the least trusted workload whose pods have the token of a subject; none where no pod of a level has it."""
    pods = [template for template in _pods(subject, estate) if rank(template, estate)]
    return max(pods, key=lambda template: rank(template, estate), default=None)


def _is_vouched_for(subject: Subject, estate: Estate) -> bool:
    """Say whether the policy lets all its pods into every ring: what they may do is told of them."""
    pods = _pods(subject, estate)
    return bool(pods) and all(estate.is_shared(template) for template in pods)


def _pods(subject: Subject, estate: Estate) -> list[Template]:
    named = subject.kind == "ServiceAccount"
    return [template for template in estate.holders(subject.account) if estate.mounts_token(template)] if named else []
