"""Required affinity holds if there is an order of arrival in which each pod finds the pods it wants to be near.

Source: pkg/scheduler/framework/plugins/interpodaffinity/filtering.go satisfyPodAffinity.

A pod arrives if each of its terms finds, in the node's domain, an earlier pod that matches all of its terms at once; or, as the
first of its kind, if no such pod is in any domain yet and it matches its own terms. So for each set of terms at most one pod may
start without company, and where it does it comes before all that match them; whom to let start is searched for.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from models.kubernetes.pod import PodAffinityTerm
from planner.rules.placement.cluster_state import World
from planner.rules.placement.pod_class import Kind, Site
from planner.rules.placement.topology_counts import Domain, domain_of

# all who judge a placement give up at the same point: else it would be valid for one and not for another
TRIES = 500
Unit = tuple[Site, Kind]
"""Equal pods on one node: where one has arrived the others may follow."""
Starters = dict[int, int]
"""Which unit may start without company, per set of terms."""
Present = dict[int, set[Domain]]
"""The domains in which pods that match have arrived, per set of terms."""


@dataclass(slots=True, eq=False)
class _Terms:
    """One set of affinity terms: who carries it, who matches all of it, and the domains where residents do so already."""

    terms: tuple[PodAffinityTerm, ...]
    matched: frozenset[Kind]
    present: frozenset[Domain]

    def domains(self, site: Site) -> tuple[Domain, ...]:
        return tuple(domain for term in self.terms for domain in domain_of(site.node, term.topology_key))


def stuck(world: World) -> tuple[Unit, ...]:
    """Return pods that can arrive in no order that was found, as few as possible; empty if all can."""
    own: dict[Kind, int] = {}
    sets: list[_Terms] = []
    known: dict[object, int] = {}
    kinds = list(dict.fromkeys(kind for _, kind, _ in world.placed()))
    for kind in kinds:
        if kind.pod.pod_affinity:
            own[kind] = known.setdefault((kind.pod.namespace, kind.pod.pod_affinity), len(known))
            if own[kind] == len(sets):
                sets.append(_terms(kind, kinds, world))
    matching: dict[Kind, list[int]] = {kind: [] for kind in own}
    for number, rule in enumerate(sets):
        for kind in kinds:
            if kind in rule.matched:
                matching.setdefault(kind, []).append(number)
    groups = _apart(world, own, matching)
    return tuple(unit for units in groups for unit in _Search(units, sets, own, matching).best())


def _apart(world: World, own: Mapping[Kind, int], matching: Mapping[Kind, list[int]]) -> list[list[Unit]]:
    """Divide the units into groups that have nothing to do with each other; those that nobody waits for are left out."""
    home: dict[int, int] = {}

    def root(number: int) -> int:
        while home.setdefault(number, number) != number:
            number = home[number]
        return number

    for kind, sets in matching.items():
        linked = [*sets, *([own[kind]] if kind in own else [])]
        for number in linked[1:]:
            home[root(number)] = root(linked[0])
    groups: dict[int, list[Unit]] = {}
    for site, kind, _ in world.judged():
        if matching.get(kind) or kind in own:
            number = own[kind] if kind in own else matching[kind][0]
            groups.setdefault(root(number), []).append((site, kind))
    return list(groups.values())


class _Search:
    """Tries whom to let start."""

    def __init__(
        self, units: list[Unit], sets: list[_Terms], own: Mapping[Kind, int], matching: Mapping[Kind, list[int]]
    ) -> None:
        self.units, self.sets, self.own, self.matching = units, sets, own, matching
        self.used = sorted({number for _, kind in units for number in (*matching[kind], *([own[kind]] if kind in own else []))})
        self.tries = 0

    def best(self) -> list[Unit]:
        """Return the units of the smallest set left behind that was found."""
        best = self._left({})
        for left in self._tried({}, best):
            best = min(best, left, key=len)
            if not best:
                break
        return [self.units[number] for number in best]

    def _tried(self, starters: Starters, left: list[int]) -> Iterator[list[int]]:
        """Let one of those left behind start, for each set of terms in turn, and see who is left then."""
        for number, unit in self._candidates(starters, left):
            if self.tries >= TRIES:
                return
            more = {**starters, number: unit}
            behind = self._left(more)
            yield behind
            yield from self._tried(more, behind)

    def _candidates(self, starters: Starters, left: list[int]) -> Iterator[tuple[int, int]]:
        seen: set[object] = set()
        for unit in left:
            site, kind = self.units[unit]
            number = self.own.get(kind)
            # nobody is the first where residents match already
            if number is None or number in starters or number not in self.matching[kind] or self.sets[number].present:
                continue
            place = (number, self.sets[number].domains(site), tuple(self.matching[kind]))
            if place not in seen:
                seen.add(place)
                yield number, unit

    def _left(self, starters: Starters) -> list[int]:
        """Let pods arrive as long as any can, and return the units that cannot."""
        self.tries += 1
        present = {number: set(self.sets[number].present) for number in self.used}
        waiting, arrived = list(range(len(self.units))), set[int]()
        while True:
            # who arrives is company for those behind it in the same pass
            still = [unit for unit in waiting if not self._arrives(unit, starters, present, arrived)]
            if len(still) == len(waiting):
                return still
            waiting = still

    def _arrives(self, unit: int, starters: Starters, present: Present, arrived: set[int]) -> bool:
        site, kind = self.units[unit]
        if self._must_wait(unit, starters, arrived) or not self._has_company(unit, starters, present):
            return False
        arrived.add(unit)
        for number in self.matching[kind]:
            present[number].update(self.sets[number].domains(site))
        return True

    def _must_wait(self, unit: int, starters: Mapping[int, int], arrived: set[int]) -> bool:
        """Say whether the unit would take from one that has yet to start the right to be the first."""
        site, kind = self.units[unit]
        return bool(starters) and any(
            number in starters
            and starters[number] != unit
            and starters[number] not in arrived
            and self.sets[number].domains(site)
            for number in self.matching[kind]
        )

    def _has_company(self, unit: int, starters: Mapping[int, int], present: Present) -> bool:
        site, kind = self.units[unit]
        number = self.own.get(kind)
        if number is None:
            return True
        domains = self.sets[number].domains(site)
        if len(domains) < len(self.sets[number].terms):
            return False
        return all(domain in present[number] for domain in domains) or (starters.get(number) == unit and not present[number])


def _terms(owner: Kind, kinds: list[Kind], world: World) -> _Terms:
    tally = world.attraction(owner)
    matched = frozenset(kind for kind in kinds if tally in kind.counted_by)
    there = (site for site in world.sites.values() if any(kind in matched for kind in site.residents))
    present = frozenset(domain for site in there for domain in tally.ground.of(site.node))
    return _Terms(owner.pod.pod_affinity, matched, present)
