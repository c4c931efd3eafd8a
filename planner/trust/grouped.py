"""Faults of what one owner makes, said once: it is the owner that is to be changed, not each of its pods."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from models.kubernetes.workload import Workload
from planner.errors import Fault


def once_per_maker(workloads: Iterable[Workload], faults: Mapping[str, Sequence[Fault]]) -> list[Fault]:
    """Return the faults of all workloads; of those of what one owner makes the first of each, and how many more there are.

    They are given by the name of the workload. Faults are alike if they are of one field and are mended alike.
    """
    kept: list[Fault] = []
    seen: dict[tuple[str, str, str], int] = {}
    more: dict[int, tuple[str, int]] = {}
    for workload in workloads:
        for fault in faults.get(str(workload.id), ()):
            key = (workload.made_by, fault.field, fault.fix)
            if workload.made_by and key in seen:
                _, before = more.get(seen[key], ("", 0))
                more[seen[key]] = (workload.made_by, before + 1)
                continue
            seen[key] = len(kept)
            kept.append(fault)
    return [_counted(fault, *more[number]) if number in more else fault for number, fault in enumerate(kept)]


def _counted(fault: Fault, owner: str, more: int) -> Fault:
    return replace(fault, reason=f"{fault.reason}; so it is with {more} more that {owner} makes")
