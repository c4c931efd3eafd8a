"""Who may give nodes labels and taints, and so rings."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.admission.provisioners import USUAL
from planner.check.estate.estate import Estate
from planner.check.estate.rights import driving, holders
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting


def _question(estate: Estate) -> Iterator[Sighting]:
    told_elsewhere, named = driving(estate), estate.access.admission.provisioners
    for grant in estate.access.allowing(("update", "patch"), "", "nodes"):
        subject = grant.subject
        is_agent = any(template.is_daemon for template in estate.holders(subject.account))
        is_named = subject.user in (USUAL if named is None else named)
        if grant.namespace or grant.names or is_agent or is_named or subject in told_elsewhere:
            continue
        yield grant.sighting(f"{subject} may change labels and taints of every node{holders(grant, estate)}")


RULE = Rule(
    id="may-edit-nodes",
    breaks=SECURITY,
    severity=WARNING,
    sentence="Somebody may change which ring a node is in",
    why="A ring is a label and a taint: whoever may write these takes the taint off a trusted node, or lures pods to his own.",
    how="Remove the taint of a trusted node and schedule a pod there; or give the ring's label to a node that was taken over.",
    fix="take the right away, or name the subject under admission.provisioners of the policy, which guards these keys",
    source="https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
    question=_question,
)
