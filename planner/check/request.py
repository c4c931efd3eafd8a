"""What `ringfence check` is asked."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.inputs import Inputs


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: where to read, and what was accepted. `today` is a date as 2027-01-31; empty: nothing expires."""

    inputs: "Inputs"
    plan: str = ""
    baseline: str = ""
    today: str = ""
    heeds_annotations: bool = True
    wants_blast: bool = False
