"""Policies that compare keys, and forget tolerations without one."""

import re
from collections.abc import Iterator

from models.answer.finding import ERROR
from planner.check.estate.estate import Estate
from planner.check.estate.gates import expressions, policies
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting

_READS_KEY = re.compile(r"\.\??key\b")


def _question(estate: Estate) -> Iterator[Sighting]:
    for gate in policies(estate):
        told = list(expressions(gate))
        whole = " ".join(expression for _, expression in told)
        if "tolerations" not in whole or not _READS_KEY.search(whole) or "operator" in whole or _forbids_absence(whole):
            continue
        path = next(path for path, expression in told if _READS_KEY.search(expression))
        yield gate.item.sighting("compares the keys of tolerations, and says nothing of one that has no key", path)


def _forbids_absence(expression: str) -> bool:
    """Say whether it asks that every toleration has a key."""
    return bool(re.search(r"(?<!!)has\(\w+\.key\) *&&", expression)) and "all(" in expression


RULE = Rule(
    id="policy-misses-keyless",
    breaks=SECURITY,
    severity=ERROR,
    sentence="A policy about tolerations overlooks those without a key",
    why="A toleration with operator Exists and no key tolerates every taint, and is in no list of keys.",
    how="Write `tolerations: [{operator: Exists}]`: the policy finds no forbidden key in it.",
    fix="refuse tolerations whose operator is Exists and whose key is empty, and those with an empty effect",
    source="https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#concepts",
    question=_question,
)
