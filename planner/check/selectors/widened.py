"""Terms of node affinity are alternatives: one more widens the choice."""

from collections.abc import Iterator

from models.answer.finding import ERROR
from planner.check.estate.dedicated import is_pool_label
from planner.check.estate.estate import Estate
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting
from planner.words import some


def _question(estate: Estate) -> Iterator[Sighting]:
    for template in estate.templates:
        if len(template.terms) < 2:
            continue
        by_term = [{requirement.key for requirement in term if is_pool_label(requirement.key)} for term in template.terms]
        lacking = {key for keys in by_term for key in keys} - set(template.node_selector)
        if lacking and not all(by_term):
            path = "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"
            yield template.sighting(f"{some(sorted(lacking))} is not in every one of its nodeSelectorTerms", path)


RULE = Rule(
    id="affinity-widened",
    breaks=SECURITY,
    severity=ERROR,
    sentence="One of several affinity terms leaves the pool open",
    why="nodeSelectorTerms are ORed: the pod may go wherever any one of them matches.",
    how="A second term about zones alone turns a pool that was required into one of two choices.",
    fix="repeat the pool's expression in every term, or select the pool with a nodeSelector",
    source="https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-affinity",
    question=_question,
)
