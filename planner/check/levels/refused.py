"""Workloads whose level the policy refuses; each reason is a rule of its own, with the id that `ringfence verify` uses."""

from collections.abc import Callable, Iterator

from models.answer.finding import ERROR, FindingCode
from models.kubernetes.labels import Labels
from models.kubernetes.workload import Workload
from planner.check.estate.estate import Estate
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting
from planner.trust.members import has_no_level, meets_no_level, tags, unknown

_SOURCE = "docs/reference/policy.md"


def _kind(workload: Workload, estate: Estate) -> FindingCode:
    """Say which rule of the policy a workload breaks, the first that planning would name."""
    policy, cluster = estate.policy, estate.cluster
    if policy is None or has_no_level(workload, policy, cluster):
        return FindingCode.LEVEL_MISSING
    if any(unknown(workload, policy, cluster)):
        return FindingCode.LEVEL_UNKNOWN
    namespace = cluster.namespaces.get(workload.id.namespace, Labels())
    if len({tag.value for tag in tags(workload, namespace, policy.labels.level)}) > 1:
        return FindingCode.TAGS_DISAGREE
    return FindingCode.LEVEL_UNMET if meets_no_level(workload, policy, cluster) else FindingCode.LEVEL_NOT_CLAIMED


def asking(kind: FindingCode) -> Callable[[Estate], Iterator[Sighting]]:
    """Return the question that finds the workloads which are refused for this reason."""

    def question(estate: Estate) -> Iterator[Sighting]:
        for refused in estate.refused:
            if _kind(refused.workload, estate) is kind:
                subject = str(refused.workload.id)
                message = refused.fault.reason.removeprefix(subject).lstrip(": ")
                yield Sighting(subject, message, refused.fault.where, refused.fault.fix)

    return question


def _rule(kind: FindingCode, sentence: str, why: str, how: str, fix: str) -> Rule:
    return Rule(kind.value, SECURITY, ERROR, sentence, why, how, fix, _SOURCE, asking(kind))


RULES = (
    _rule(
        FindingCode.LEVEL_MISSING,
        "A workload has no level",
        "Nobody said how far it is trusted, so no ring is its own, and it runs wherever there is room.",
        "Leave the label away, and start on a node of anybody's.",
        "label it, or add a rule to spec.assign of the policy",
    ),
    _rule(
        FindingCode.LEVEL_UNKNOWN,
        "A workload says a level that the policy does not know",
        "A slip of the pen leaves it without a ring.",
        "A level that was renamed in the policy, and not in a manifest.",
        "use a level of the policy, or add it to spec.levels",
    ),
    _rule(
        FindingCode.TAGS_DISAGREE,
        "A workload says two levels",
        "Its template, its object and its namespace must say the same; else its author chooses the one that he likes.",
        "Label the pod template with a trusted level in a namespace of low trust.",
        "make all say the same, or remove all but one",
    ),
    _rule(
        FindingCode.LEVEL_NOT_CLAIMED,
        "A workload says a level that it may not have",
        "Claims limit a level to namespaces: it would be let in where it was not meant to be.",
        "A team writes the label of the most trusted level into its own manifest.",
        "correct the level, or add the namespace to spec.claims of the policy",
    ),
)
