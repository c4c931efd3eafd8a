"""Groups of nodes as their provider labels them, and the ring of each."""

from collections.abc import Mapping
from dataclasses import dataclass

from planner.admission import cel


@dataclass(frozen=True, slots=True)
class GroupRings:
    """The label by which a node says its group ("eks.amazonaws.com/nodegroup"), and the rings of groups."""

    key: str
    rings: Mapping[str, str]

    def group_of(self, node: str) -> str:
        """Return an expression for the group that a node says, "" where it says none."""
        return f'{node}.metadata.?labels[?{cel.text(self.key)}].orValue("")'

    def table(self) -> str:
        """Return an expression for the rings by group."""
        return f"{{{', '.join(f'{cel.text(group)}: {cel.text(ring)}' for group, ring in sorted(self.rings.items()))}}}"
