"""Holds a ring against the thresholds of the policy."""

from collections.abc import Iterable, Iterator

from models.answer.review import More, Part
from models.trust import Thresholds
from planner.view.format import count, percent


def beyond(thresholds: Thresholds, whole: Part, standard: Iterable[More]) -> Iterator[str]:
    """Say of each threshold that a ring is beyond how far it is; of a resource that the ring lacks nothing is said."""
    for name, share in thresholds.max_requested.items():
        known = whole.amounts.get(name)
        if known and 100 * known.requested > int(share.removesuffix("%")) * known.allocatable:
            yield f"{percent(known.share)} of its {name} is requested, more than the {share.removesuffix('%')} % of the policy"
    rooms = {room.name: room for room in standard}
    for name, least in thresholds.min_free_pods.items():
        room = rooms[name]
        if room.pods is None:
            yield f"room for {count(least, f'{name} pod')} is asked for by the policy, and was not counted"
        elif room.pods < least and not room.or_more:
            yield f"it has room for {count(room.pods, f'more {name} pod')}, fewer than the {least:,} of the policy"
