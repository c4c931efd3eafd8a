"""Policies of a kind that is being retired."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.estate import Estate
from planner.check.estate.gates import legacy
from planner.check.rule import OUTPUT, Rule
from planner.check.sighting import Sighting


def _question(estate: Estate) -> Iterator[Sighting]:
    for gate in legacy(estate):
        if gate.places_pods:
            yield gate.item.sighting(f"says where pods may run, as {gate.item.document.api_version} {gate.item.kind}")


RULE = Rule(
    id="kyverno-legacy",
    breaks=OUTPUT,
    severity=WARNING,
    sentence="Isolation rests on a kind of Kyverno policy that is being retired",
    why="Kyverno deprecated ClusterPolicy in 1.17 and means to refuse new ones from 1.20 on: an upgrade leaves the door open.",
    how="The upgrade of the engine keeps the objects and stops judging by them.",
    fix="write it as policies.kyverno.io ValidatingPolicy or MutatingPolicy, or as a ValidatingAdmissionPolicy",
    source="https://github.com/kyverno/kyverno/issues/17214",
    question=_question,
)
