"""Second places: pods stand in several zones, so many times that those zones that are left hold all of them.

What a zone's loss asks for is written as pods: a class of n pods has places in k zones, of which without any one zone there are
n. Whichever n of them the pods take, the others are room to come to, so that any packing of the places survives each zone.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from models.frozen_map import FrozenMap
from models.solver.problem import Affinity, AntiAffinity, FailureDomain, PodClass, PortConflict, Problem
from models.solver.purchase import Purchase
from planner.solve.buy.pack.assignment import Candidate


@dataclass(frozen=True, slots=True)
class ReplicasPerZone:
    """A problem of places; `places[c]` are its classes for those of class c, the first of which is c."""

    problem: Problem
    places: tuple[tuple[int, ...], ...]

    def place_pods(self, problem: Problem, purchase: Purchase) -> Candidate:
        """Return where pods are to be on the nodes of a purchase of all places: in as many zones as can be, as evenly."""
        candidate = Candidate(list(purchase.bought), list(purchase.ring_of), [{} for _ in problem.classes])
        for c, pod_class in enumerate(problem.classes):
            if not pod_class.daemon:
                rooms = [dict(purchase.counts[place]) for place in self.places[c]]
                for on in _evenly(rooms, pod_class.count):
                    for n, pods in on.items():
                        candidate.counts[c][n] = candidate.counts[c].get(n, 0) + pods
        return candidate.with_daemons(problem)


def problems_of_replicas(problem: Problem, most: int) -> Iterator[ReplicasPerZone]:
    """Yield problems of places in all zones, and in each two of up to so many; none where no two zones may be lost."""
    zones = [loss for loss in problem.losses if loss.zone]
    if len(zones) < 2:
        return
    yield _problem_of_replicas(problem, zones)
    if 2 < len(zones) <= most:
        yield from (_problem_of_replicas(problem, pair) for pair in combinations(zones, 2))


def without_implied_failures(problem: Problem) -> Problem:
    """Return the problem without the losses of nodes that a zone takes along: who survives that survives them, but for rules.

    Pods that are lost with a zone, as no other lets them in, must survive the loss of one of its nodes.
    """
    zones = [loss for loss in problem.losses if loss.zone]
    kept = (loss for loss in problem.losses if loss.zone or not any(_takes_along(zone, loss) for zone in zones))
    return replace(problem, losses=tuple(kept))


def _takes_along(zone: FailureDomain, loss: FailureDomain) -> bool:
    """Say whether all that is lost, and must find another place, is and must as well when the zone is lost."""
    pairs = ((loss.nodes, zone.nodes), (loss.offers, zone.offers), (zone.tied, loss.tied))
    return all(set(some) <= set(others) for some, others in pairs)


def _problem_of_replicas(problem: Problem, zones: Sequence[FailureDomain]) -> ReplicasPerZone:
    classes = list(problem.classes)
    places = []
    for c in range(len(problem.classes)):
        pods = _places(problem, c, zones)
        places.append((c, *range(len(classes), len(classes) + len(pods) - 1)))
        classes[c] = pods[0]
        classes += pods[1:]
    return ReplicasPerZone(_of_all(replace(problem, classes=tuple(classes), spreads=(), losses=()), places), tuple(places))


def _places(problem: Problem, c: int, zones: Sequence[FailureDomain]) -> list[PodClass]:
    """Return the classes of the places of a class, one for each of the zones that it may be in."""
    pod_class = problem.classes[c]
    nodes, offers = set(pod_class.candidates), set(pod_class.offers)
    open_ = [zone for zone in zones if not (nodes.isdisjoint(zone.nodes) and offers.isdisjoint(zone.offers))]
    if pod_class.daemon or pod_class.ring < 0 or len(open_) < 2 or any(c in loss.tied for loss in problem.losses):
        return [pod_class]
    # so many, divided evenly, that any k - 1 of k zones have places for all pods, and no more
    count, among = pod_class.count + -(-pod_class.count // (len(open_) - 1)), len(open_)
    result = []
    for number, zone in enumerate(open_):
        others = [loss for loss in problem.losses if loss.zone and loss is not zone]
        away, apart = {n for loss in others for n in loss.nodes}, {o for loss in others for o in loss.offers}
        result.append(
            replace(
                pod_class,
                # each class begins with another zone: else the first would get what is over of every class
                count=count // among + ((number - c) % among < count % among),
                candidates=tuple(n for n in pod_class.candidates if n not in away),
                offers=tuple(o for o in pod_class.offers if o not in apart),
                parts=(),
                # places are room to come to: none of them runs anywhere
                running=FrozenMap(),
            )
        )
    return result


def _of_all(problem: Problem, places: Sequence[tuple[int, ...]]) -> Problem:
    """Return the problem with rules for all places of the classes that they name; what is spread is spread already."""

    def every(classes: Iterable[int]) -> tuple[int, ...]:
        return tuple(sorted({place for c in classes for place in places[c]}))

    clashes = {tuple(sorted((a, b))) for x in problem.clashes for a in places[x.first] for b in places[x.second]}
    return replace(
        problem,
        clashes=tuple(PortConflict(first, second) for first, second in sorted(clashes)),
        aparts=tuple(AntiAffinity(c, every(x.others), x.domains, x.joins) for x in problem.aparts for c in places[x.owner]),
        togethers=tuple(Affinity(c, every(x.targets), x.keys, x.joins) for x in problem.togethers for c in places[x.owner]),
    )


def _evenly(rooms: Sequence[dict[int, int]], pods: int) -> Iterator[dict[int, int]]:
    """Yield how many pods take which of the places of each zone, so many in all."""
    free = [sum(room.values()) for room in rooms]
    taken = [0] * len(rooms)
    for _ in range(pods):
        zone = min((zone for zone in range(len(rooms)) if taken[zone] < free[zone]), key=lambda zone: (taken[zone], zone))
        taken[zone] += 1
    for room, count in zip(rooms, taken, strict=True):
        left, on = count, {}
        for n, places in sorted(room.items()):
            on[n] = min(left, places)
            left -= on[n]
        yield {n: here for n, here in on.items() if here}
