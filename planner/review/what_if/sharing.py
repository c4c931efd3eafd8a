"""Groups come to trust each other, or cease to: the policy says otherwise who may share a node."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import permutations

from models.answer.plan import IsolationPlan
from planner.review.what_if.base import PlannedFrom, check_groups, refused
from planner.trust.rings import relation

TENANTS = "tenants="


@dataclass(frozen=True, slots=True)
class Merge:
    """Groups come to trust each other, so that they may share a node."""

    groups: tuple[str, ...]

    @property
    def name(self) -> str:
        """Say what is changed."""
        return f"{' and '.join(self.groups)} may share"

    def change(self, plan: IsolationPlan, given: PlannedFrom) -> PlannedFrom:
        """Let them share."""
        check_groups("--merge", self.groups, plan)
        return replace(given, policy=replace(given.policy, may_share=(*given.policy.may_share, self.groups)))


@dataclass(frozen=True, slots=True)
class Split:
    """Groups cease to trust each other; one that is named alone trusts nobody."""

    groups: tuple[str, ...]

    @property
    def name(self) -> str:
        """Say what is changed."""
        alone = len(self.groups) == 1
        return f"{self.groups[0]} shares with nobody" if alone else f"{' and '.join(self.groups)} may not share"

    def change(self, plan: IsolationPlan, given: PlannedFrom) -> PlannedFrom:
        """Write down who may share all the same, pair by pair."""
        check_groups("--split", self.groups, plan)
        sharing = relation(plan.trust.groups, given.policy)
        left = tuple(pair for pair in sharing if not self._parts(*pair))
        if left == sharing:
            raise refused("--split", f"{self.name} already", "name trust groups that share: mayShare says who does")
        return replace(given, policy=replace(given.policy, may_share=left))

    def _parts(self, first: str, second: str) -> bool:
        """Say whether two groups are to be kept apart."""
        if len(self.groups) == 1:
            return _is(self.groups[0], first) or _is(self.groups[0], second)
        return any(_is(name, first) and _is(other, second) for name, other in permutations(self.groups, 2))


def _is(name: str, group: str) -> bool:
    return name in (group, group.partition("/")[0])


@dataclass(frozen=True, slots=True)
class SplitTenants:
    """The tenants of a level cease to share nodes."""

    level: str

    @property
    def name(self) -> str:
        """Say what is changed."""
        return f"tenants of {self.level} may not share"

    def change(self, _: IsolationPlan, given: PlannedFrom) -> PlannedFrom:
        """Keep them apart, as the policy can."""
        policy = given.policy
        if self.level not in policy.levels:
            raise refused("--split", f"no level is called {self.level!r}", f"name one of {', '.join(policy.levels)}")
        if self.level in policy.separate_tenants:
            raise refused("--split", f"{self.name} already", "leave it out: the level is among separateTenants")
        return replace(given, policy=replace(policy, separate_tenants=(*policy.separate_tenants, self.level)))


def parsed_merge(text: str) -> Merge:
    """Read GROUP,GROUP; ValueError that says why it is none."""
    groups = _listed(text)
    if len(groups) < 2:
        raise ValueError(f"{text!r} names no two trust groups: write internal,batch")
    return Merge(groups)


def parsed_split(text: str) -> Split | SplitTenants:
    """Read GROUP, GROUP,GROUP or tenants=LEVEL; ValueError that says why it is none."""
    level = text.removeprefix(TENANTS).strip()
    if text.startswith(TENANTS) and level:
        return SplitTenants(level)
    groups = _listed(text)
    if not groups or text.startswith(TENANTS):
        raise ValueError(f"{text!r} names no trust group: write internal,batch or tenants=LEVEL")
    return Split(groups)


def _listed(text: str) -> tuple[str, ...]:
    parts: Iterable[str] = (part.strip() for part in text.split(","))
    return tuple(sorted({*parts} - {""}))
