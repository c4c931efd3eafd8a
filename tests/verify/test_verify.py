"""The table tests beside this file leave no finding out."""

import re
from pathlib import Path

import planner.verify
from models.answer.finding import FindingCode
from planner.rules.placement import placement_validity

ROOM = Path(planner.verify.__file__).parent
CALLS = re.compile(r"(?:error|_finding)\(\s*FindingCode\.([A-Z_]+)|FindingCode\.((?:GROUP|LEVEL|TENANT|TAGS)_[A-Z_]+)")


def test_every_finding_that_the_source_can_raise_is_raised_by_a_row() -> None:
    rows = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_verify_*.py"))
    sources = (*ROOM.rglob("*.py"), Path(placement_validity.__file__))
    named = {
        FindingCode[one or other].value for path in sources for one, other in CALLS.findall(path.read_text(encoding="utf-8"))
    }
    named |= {f"goal-{name}" for name in ("unplaced", "moves", "relabels")} | set(placement_validity.IDS.values())
    tried = set(re.findall(r'"([a-z-]+)"\),\n', rows))
    assert len(named) >= 30
    assert named <= tried
