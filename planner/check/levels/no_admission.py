"""Rings that no admission policy guards."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.estate import Estate
from planner.check.estate.gates import legacy, policies
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting


def _question(estate: Estate) -> Iterator[Sighting]:
    policy = estate.policy
    if policy is None or not _is_whole(estate):
        return
    guards = [gate for gate in (*policies(estate), *legacy(estate)) if gate.places_pods]
    if not guards:
        message = "no admission policy of the input speaks of tolerations, selectors or node names"
        yield Sighting(f"TrustPolicy/{policy.name}", message, policy.where)


def _is_whole(estate: Estate) -> bool:
    """Say whether a cluster told its namespaces, and so would have told its policies: an application's manifests have none."""
    told = (item for item in estate.of_kind("", "Namespace") if item.document.is_inventory)
    return estate.is_live or any(item.get("metadata", "uid") for item in told)


RULE = Rule(
    id="no-admission",
    breaks=SECURITY,
    severity=WARNING,
    sentence="No admission policy keeps strangers out of rings",
    why="A toleration is self-service, and spec.nodeName asks nobody: whoever may create pods may enter any ring.",
    how="One line in a pod template of any namespace.",
    fix="apply the policies that ringfence patch writes to policy/",
    source="https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/",
    question=_question,
)
