"""Namespaces whose annotations say where pods go."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.estate import Estate
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting

_ALPHA = "scheduler.alpha.kubernetes.io/"
_NAMES = ("node-selector", "defaultTolerations", "tolerationsWhitelist")
_OPENSHIFT = "openshift.io/node-selector"


def _question(estate: Estate) -> Iterator[Sighting]:
    for item in estate.of_kind("", "Namespace"):
        keys = [key for key in (*(f"{_ALPHA}{name}" for name in _NAMES), _OPENSHIFT) if item.annotations.get(key)]
        for key in keys:
            yield item.sighting(f"its annotation {key} says where its pods go", f"metadata.annotations[{key}]")


RULE = Rule(
    id="namespace-drives-placement",
    breaks=SECURITY,
    severity=WARNING,
    sentence="An annotation of a namespace says where its pods go",
    why="Whoever may edit the namespace edits the isolation; and the plug-ins that read it are off in most clusters.",
    how="Patch the annotation to the selector of a trusted pool, or to tolerations for it.",
    fix="select the ring in the pod templates, and let an admission policy guard it",
    source="https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#podnodeselector",
    question=_question,
)
