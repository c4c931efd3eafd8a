"""What a finding says: its message, why it matters, and what to do."""

from collections.abc import Mapping
from typing import NamedTuple

from models.answer.finding import FindingCode
from planner.wording.template import Phrased

PLAN_AGAIN = "plan again; a plan is not to be edited by hand"
MAKE_AGAIN = "make the plan again with: ringfence plan"


Sentence = str | Phrased


class Wording(NamedTuple):
    """The sentences of one case; `fix` is empty where nothing is to be done."""

    message: Sentence
    why: str
    fix: str = PLAN_AGAIN


Cases = Mapping[str, Wording]
Table = Mapping[FindingCode, Wording | Cases]


def cases(why: str, fix: str = PLAN_AGAIN, /, **messages: Sentence) -> Cases:
    """Return the sentences of cases that matter for the same reason; an underscore of their names is a blank."""
    return {name.replace("_", " "): Wording(message, why, fix) for name, message in messages.items()}
