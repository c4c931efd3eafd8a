"""Policies that compare keys, and forget tolerations without one."""

import re
from collections.abc import Iterator

from models.answer.finding import ERROR
from planner.check.estate.estate import Estate
from planner.check.estate.gates import expressions, policies
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting

_READS = re.compile(r"\.\?key\b|has\(\w+\.key\)|\[\?['\"]key['\"]\]")
"""How an expression reads a key that may be absent; one that does not provide for that fails, and so refuses."""
_DENIES = (
    re.compile(r"!\s*[\w.?()]*tolerations[\w.?()\[\]]*\.exists\("),
    re.compile(r"tolerations[\w.?()\[\]]*\.all\(\s*\w+\s*,[^&]*(!=|!\s*[\w(])"),
)
"""Lists of keys that are refused; a list of those that are allowed has no place for an absent one."""


def _question(estate: Estate) -> Iterator[Sighting]:
    for gate in policies(estate):
        told = list(expressions(gate))
        if "operator" in " ".join(expression for _, expression in told):
            continue
        for path, expression in told:
            if _READS.search(expression) and any(denied.search(expression) for denied in _DENIES):
                yield gate.item.sighting("refuses keys of tolerations, and says nothing of one that has no key", path)
                break


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
