"""How much of a resource is taken."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """One resource of one place: what the pods there ask for and what there is."""

    requested: int
    allocatable: int

    @property
    def free(self) -> int:
        """Return what is left; negative where pods that nothing may move ask for more than there is."""
        return self.allocatable - self.requested

    @property
    def share(self) -> float:
        """Return the part that is taken, 1 where something is asked for and nothing is there."""
        if self.allocatable <= 0:
            return 1.0 if self.requested > 0 else 0.0
        return self.requested / self.allocatable
