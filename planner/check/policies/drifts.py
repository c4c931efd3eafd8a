"""Templates that admission changes, and Git does not know it."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.estate import Estate
from planner.check.estate.gates import mutating_policies, webhooks
from planner.check.estate.item import Item
from planner.check.rule import OUTPUT, Rule
from planner.check.sighting import Sighting
from planner.words import some

_MAKERS = ("deployments", "statefulsets", "daemonsets")
_OPTION = "argocd.argoproj.io/compare-options"


def _question(estate: Estate) -> Iterator[Sighting]:
    applications = [item for item in estate.of_kind("argoproj.io", "Application") if not _is_told(item)]
    if not applications:
        return
    for gate in (*mutating_policies(estate), *webhooks(estate, "MutatingWebhookConfiguration")):
        if any(gate.is_asked("apps", resource, "CREATE") for resource in _MAKERS):
            names = some([item.name for item in applications])
            yield gate.item.sighting(
                f"changes objects that Argo CD compares with Git ({names}): they show as OutOfSync", gate.path
            )


def _is_told(item: Item) -> bool:
    return "ServerSideDiff=true" in item.annotations.get(_OPTION, "") or bool(item.spec().get("ignoreDifferences"))


RULE = Rule(
    id="mutation-drifts",
    breaks=OUTPUT,
    severity=WARNING,
    sentence="Admission changes what Git describes",
    why="The controller of Git sees a difference that nobody wrote, and puts it back or reports it for ever.",
    how="Placement comes and goes with each sync, and pods with it.",
    fix="patch the templates in Git, let admission change pods only, or compare with ServerSideDiff=true",
    source="https://argo-cd.readthedocs.io/en/stable/user-guide/diff-strategies/",
    question=_question,
)
