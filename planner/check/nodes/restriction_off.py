"""API servers that do not run NodeRestriction."""

from collections.abc import Iterator

from models.answer.finding import ERROR
from planner.check.estate.estate import Estate
from planner.check.estate.version import api_servers, flags
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting


def _question(estate: Estate) -> Iterator[Sighting]:
    for template in api_servers(estate):
        told = flags(template)
        if "NodeRestriction" not in told.get("enable-admission-plugins", "").split(","):
            yield template.sighting("its --enable-admission-plugins do not name NodeRestriction", "containers")
        elif "Node" not in told.get("authorization-mode", "Node").split(","):
            yield template.sighting("its --authorization-mode does not name Node", "containers")


RULE = Rule(
    id="node-restriction-off",
    breaks=SECURITY,
    severity=ERROR,
    sentence="The API server lets kubelets change any node",
    why="Without NodeRestriction and the Node authorizer, a kubelet may label and untaint every node, and read every secret.",
    how="With the credentials of one node its attacker puts the ring's label on it, and trusted pods come.",
    fix="add NodeRestriction to --enable-admission-plugins, and Node to --authorization-mode",
    source="https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction",
    question=_question,
)
