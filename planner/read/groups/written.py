"""A node group as somebody wrote it: how large it may be, and what its nodes are like as far as that is said."""

from dataclasses import dataclass

from models.frozen_map import EMPTY, FrozenMap
from models.kubernetes.labels import Labels, Taint
from models.kubernetes.resources import Resources
from models.source import Source
from planner.read.documents.field import Spot


@dataclass(frozen=True, slots=True)
class WrittenGroup:
    """A group; `spot` is where its fields stand, and `fields` how they are called there if not like these.

    What was left out is empty, or None. `types` are the instance types that its nodes may have. It `is_own` if it is a NodeGroup.
    """

    name: str
    max: int
    spot: Spot
    min: int = 0
    by: str = ""
    shape: str = ""
    types: tuple[str, ...] = ()
    allocatable: Resources | None = None
    labels: Labels = EMPTY
    taints: tuple[Taint, ...] | None = None
    zones: tuple[str, ...] = ()
    price: int | None = None
    fields: FrozenMap[str] = EMPTY
    is_own: bool = False

    @property
    def where(self) -> Source:
        """Return where it was read."""
        return self.spot.where

    def at(self, field: str) -> Spot:
        """Go to a field."""
        return self.spot.at(self.fields.get(field, field))
