"""Who may change or delete the policies that keep strangers out."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.access import Grant, Subject
from planner.check.estate.estate import Estate
from planner.check.estate.rights import holders
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting
from planner.words import some

_VERBS = ("update", "patch", "delete", "deletecollection")
_ADMISSION = "admissionregistration.k8s.io"
_KINDS = (
    (_ADMISSION, "validatingadmissionpolicies"),
    (_ADMISSION, "validatingadmissionpolicybindings"),
    (_ADMISSION, "mutatingadmissionpolicies"),
    (_ADMISSION, "mutatingadmissionpolicybindings"),
    (_ADMISSION, "validatingwebhookconfigurations"),
    (_ADMISSION, "mutatingwebhookconfigurations"),
    ("kyverno.io", "clusterpolicies"),
    ("policies.kyverno.io", "validatingpolicies"),
    ("templates.gatekeeper.sh", "constrainttemplates"),
)


def _question(estate: Estate) -> Iterator[Sighting]:
    first: dict[Subject, Grant] = {}
    kinds: dict[Subject, list[str]] = {}
    for group, resource in _KINDS:
        for grant in estate.access.of_all(_VERBS, group, resource):
            first.setdefault(grant.subject, grant)
            kinds.setdefault(grant.subject, []).append(resource)
    for subject, grant in first.items():
        yield grant.sighting(f"{subject} may change or delete {some(kinds[subject])}{holders(grant, estate)}")


RULE = Rule(
    id="may-edit-policies",
    breaks=SECURITY,
    severity=WARNING,
    sentence="Somebody may take down the policies that keep strangers out",
    why="A policy keeps out whom it names, until somebody deletes it or adds an exemption.",
    how="Delete the binding, create the pod, put the binding back: no later check sees it.",
    fix="limit the right by resourceNames to its own objects; manifest-based policies (.static.k8s.io) cannot be edited at all",
    source="https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/",
    question=_question,
)
