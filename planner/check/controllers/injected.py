"""What adds tolerations and selectors to pods behind their templates."""

from collections.abc import Iterator

from models.answer.finding import INFO, WARNING
from planner.check.estate.estate import Estate
from planner.check.estate.gates import mutating_policies, webhooks
from planner.check.rule import AVAILABILITY, Rule
from planner.check.sighting import Sighting
from planner.read.documents.tree import entries, text
from planner.words import some


def _question(estate: Estate) -> Iterator[Sighting]:
    yield from _by_runtime(estate)
    for item in estate.of_kind("kueue.x-k8s.io", "ResourceFlavor"):
        for index, toleration in enumerate(entries(item.tree, "spec", "tolerations")):
            if text(toleration, "operator") == "Exists" and not text(toleration, "key"):
                message = "lets every workload of this flavor past every taint"
                yield item.sighting(message, f"spec.tolerations[{index}]", severity=WARNING)
    changing = (gate for gate in mutating_policies(estate) if gate.places_pods)
    for gate in (*webhooks(estate, "MutatingWebhookConfiguration"), *changing):
        if gate.is_asked("", "pods", "CREATE"):
            yield gate.item.sighting("may change where pods go when they are made", gate.path)


def _by_runtime(estate: Estate) -> Iterator[Sighting]:
    for item in estate.of_kind("node.k8s.io", "RuntimeClass"):
        tolerations = entries(item.tree, "scheduling", "tolerations")
        users = [template.subject for template in estate.templates if text(template.spec, "runtimeClassName") == item.name]
        if tolerations and users:
            keys = some([text(toleration, "key") or "every taint" for toleration in tolerations])
            yield item.sighting(f"lets pods of {some(users)} past {keys}", "scheduling.tolerations")


RULE = Rule(
    id="placement-injected",
    breaks=AVAILABILITY,
    severity=INFO,
    sentence="Something changes where pods go after their template was written",
    why="What is planned from templates is not what runs: selectors and tolerations may be added behind them.",
    how="A RuntimeClass, a Kueue flavor or a webhook adds a toleration, and its pods enter another ring.",
    fix="look at what it adds; let it name the ring's own label and taint",
    source="https://kubernetes.io/docs/concepts/containers/runtime-class/#scheduling",
    question=_question,
)
