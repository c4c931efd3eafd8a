"""Policies that look at new pods only."""

from collections.abc import Iterator

from models.answer.finding import ERROR
from planner.check.estate.estate import Estate
from planner.check.estate.gates import policies
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Change, Sighting
from planner.read.documents.tree import texts


def _question(estate: Estate) -> Iterator[Sighting]:
    for gate in policies(estate):
        is_blind = gate.is_asked("", "pods", "CREATE") and not gate.is_asked("", "pods", "UPDATE")
        if is_blind and "tolerations" in " ".join(gate.texts):
            message = "judges tolerations when pods are created, and not when they are updated"
            path = f"{gate.path}.matchConstraints.resourceRules"
            changes = tuple(
                Change(f"{path}[{index}].operations", rule.get("operations"), ["CREATE", "UPDATE"])
                for index, rule in enumerate(gate.rules)
                if texts(rule, "operations") == ("CREATE",)
            )
            yield gate.item.sighting(message, gate.path, changes=changes)


RULE = Rule(
    id="policy-create-only",
    breaks=SECURITY,
    severity=ERROR,
    sentence="A policy about tolerations looks at new pods only",
    why="Tolerations may be added to a pod that is there: an update is all that it takes to go past the policy.",
    how="Create a pod without tolerations that stays pending, then patch one in.",
    fix="add UPDATE to the operations of its rule",
    source="https://kubernetes.io/docs/concepts/workloads/pods/#pod-update-and-replacement",
    question=_question,
)
