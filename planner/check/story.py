"""The story of a finding: what it is, what it does, how it is used, what to do, and who says so."""

from functools import cache

from planner.check import baseline, judge
from planner.check.rule import Rule
from planner.read.documents.did_you_mean import alike

_NEAR = 3
"""So many ids are named where somebody asks for one that there is not."""


@cache
def stories() -> dict[str, Rule]:
    """Return every rule by its id, those of the baseline and of annotations too."""
    from planner.check.table import RULES

    return {rule.id: rule for rule in (*RULES, *baseline.RULES, judge.REASONLESS)}


def sentence_of(name: str) -> str:
    """Return what a finding of this id is, in a sentence."""
    return stories()[name].sentence


def story(name: str) -> str:
    """Tell the story of a finding; ValueError that says which ids are near, and where all of them are."""
    rule = stories().get(name)
    if rule is None:
        near = alike(name, stories(), _NEAR)
        hint = f"Did you mean {' or '.join(near)}? " if near else ""
        list_of_all = f"docs/reference/check.md has all {len(stories())} ids."
        raise ValueError(f"{name!r} is no finding of ringfence check. {hint}{list_of_all}")
    lines = (
        f"{rule.id} ({rule.severity}, {rule.breaks})",
        f"{rule.sentence}.",
        "",
        f"Why it matters: {rule.why}",
        f"How it is used: {rule.how}",
        f"What to do: {rule.fix}",
        f"Source: {rule.source}",
    )
    return "".join(f"{line}\n" for line in lines)
