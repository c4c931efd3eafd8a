"""What containers and nodes were seen to use, and what somebody recommends that containers request."""

from dataclasses import dataclass

from models.frozen_map import EMPTY
from models.kubernetes.labels import Labels
from models.kubernetes.resources import NOTHING, Resources


@dataclass(frozen=True, slots=True)
class Measure:
    """What one container of a pod uses, or what it is recommended to request (`is_advice`).

    It is of the workload of that `kind` and name; where the kind is empty, of the pod of that name, which has these `labels`.
    """

    namespace: str
    kind: str
    name: str
    container: str
    amounts: Resources = NOTHING
    is_advice: bool = False
    labels: Labels = EMPTY

    @property
    def owner(self) -> str:
        """Write of whom it is: KIND/NAMESPACE/NAME."""
        return f"{self.kind or 'Pod'}/{self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True)
class Measures:
    """All that was read of use: of containers, and of whole nodes by name."""

    containers: tuple[Measure, ...] = ()
    nodes: tuple[tuple[str, Resources], ...] = ()
