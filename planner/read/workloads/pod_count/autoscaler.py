"""Autoscalers of workloads: how many pods they may make of one."""

from dataclasses import dataclass

from models.source import Source
from planner.read.documents.identity import Key


@dataclass(frozen=True, slots=True)
class Autoscaler:
    """A HorizontalPodAutoscaler: what it scales and how far, and whether from nothing, where it has itself scaled it to that."""

    name: str
    target: Key
    least: int
    most: int
    where: Source
    from_zero: bool = False
