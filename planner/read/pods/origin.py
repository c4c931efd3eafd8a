"""Where a pod comes from, as far as what is read in its spec hangs on it."""

from dataclasses import dataclass

from models.frozen_map import EMPTY
from models.kubernetes.labels import Labels


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a pod comes from: its namespace, its labels, and whether it lives already and so passed admission before."""

    namespace: str
    labels: Labels = EMPTY
    is_live: bool = False
