"""A pod that tolerates the taint of a ring that is not its own."""

from collections.abc import Iterator

from models.answer.finding import ERROR
from planner.check.estate.estate import Estate
from planner.check.estate.template import Template
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Change, Sighting
from planner.rules.plugins.tainttoleration import tolerates
from planner.rules.ring_membership import ring_taint


def _question(estate: Estate) -> Iterator[Sighting]:
    policy, trust = estate.policy, estate.trust
    if policy is None or trust is None:
        return
    taints = {ring.name: ring_taint(ring.name, policy.nodes) for ring in trust.rings}
    for template in estate.templates:
        own = estate.ring_of(template)
        for index, toleration in template.tolerations:
            if toleration.key != policy.nodes.taint_key or toleration.operator == "Exists" or estate.is_shared(template):
                continue
            for ring, taint in taints.items():
                if ring != own and tolerates(toleration, taint):
                    whose = f"is of ring {own}" if own else "is of no ring that is known"
                    message = f"{whose}, and tolerates the taint of ring {ring}"
                    changes = (*template.without_tolerations([index]), *_selected(template, policy.nodes.label_key, ring))
                    yield template.sighting(message, f"tolerations[{index}]", changes=changes)


def _selected(template: Template, key: str, ring: str) -> tuple[Change, ...]:
    """Return the change that takes away the selection of the other ring."""
    is_chosen = template.node_selector.get(key) == ring
    return (Change(f"nodeSelector[{key}]", ring),) if is_chosen else ()


RULE = Rule(
    id="tolerates-other-ring",
    breaks=SECURITY,
    severity=ERROR,
    sentence="A pod tolerates the taint of a ring that is not its own",
    why="The taint keeps everybody out who does not tolerate it: this pod may be scheduled beside those that it must not meet.",
    how="Copy the toleration of a trusted workload into one's own pod template.",
    fix="remove the toleration; the patches of ringfence add that of its own ring",
    source="https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#concepts",
    question=_question,
)
