"""How many nodes a ring may have, by the policy: all that is said of every ring, and of the groups that it holds."""

from collections.abc import Iterable

from models.solver.problem import RingSize
from models.trust import RingNodes, TrustPolicy


def size_of(groups: Iterable[str], policy: TrustPolicy) -> RingSize:
    """Return the limits of a ring of these groups; at most less than at least where no ring can obey all that is said."""
    mine = tuple(groups)
    rules = [rule for rule in policy.ring_nodes if _speaks_of(rule, mine)]
    least = max((rule.min for rule in rules), default=0)
    return RingSize(least, min((rule.max for rule in rules if rule.max is not None), default=RingSize().most))


def _speaks_of(rule: RingNodes, groups: tuple[str, ...]) -> bool:
    return not rule.groups or any(name in (group, group.partition("/")[0]) for group in groups for name in rule.groups)
