"""Pods that come later, and that the policy does not count."""

from collections.abc import Iterator

from models.answer.finding import INFO
from planner.check.estate.estate import Estate
from planner.check.rule import AVAILABILITY, Rule
from planner.check.sighting import Sighting


def _question(estate: Estate) -> Iterator[Sighting]:
    policy = estate.policy
    scalers = [item.subject for item in estate.of_kind("autoscaling", "HorizontalPodAutoscaler")]
    if policy and policy.demand.hpa == "now" and scalers:
        message = f"counts workloads at what they run now; {scalers[0]} may add pods that find no place"
        yield Sighting(f"TrustPolicy/{policy.name}", message, policy.where)


RULE = Rule(
    id="autoscalers-now",
    breaks=AVAILABILITY,
    severity=INFO,
    sentence="Pods that autoscalers add are not counted",
    why="A ring that is sized for what runs now has no room when load comes; its pods may not go elsewhere.",
    how="An autoscaler at its maximum, or a rollout at the same time.",
    fix="set demand.hpa: max in the policy",
    source="https://kubernetes.io/docs/concepts/workloads/autoscaling/",
    question=_question,
)
