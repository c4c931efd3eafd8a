"""Policies and webhooks that let in what they cannot judge."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.estate import Estate
from planner.check.estate.gates import policies, webhooks
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Change, Sighting
from planner.read.documents.tree import text


def _question(estate: Estate) -> Iterator[Sighting]:
    for gate in (*policies(estate), *webhooks(estate, "ValidatingWebhookConfiguration")):
        if gate.fails_open and gate.is_asked("", "pods", "CREATE"):
            name = text(gate.tree, "name")
            message = "failurePolicy Ignore: an expression that fails lets the pod in"
            if name:
                message = f"webhook {name}: failurePolicy Ignore lets pods in while it does not answer"
            path = f"{gate.path}.failurePolicy"
            yield gate.item.sighting(message, path, changes=(Change(path, "Ignore", "Fail"),))


RULE = Rule(
    id="policy-fails-open",
    breaks=SECURITY,
    severity=WARNING,
    sentence="What judges pods lets them in when it fails",
    why="While the policy errs, or its webhook is slow, every pod is let in, and stays.",
    how="Make the webhook slow, or the expression fail on a field that is not there, and create the pod then.",
    fix="set failurePolicy: Fail, and exempt the namespaces of the engine itself by name",
    source="https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#failure-policy",
    question=_question,
)
