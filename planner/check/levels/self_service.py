"""What the policy leaves to whoever writes a workload: the same that a plan discloses, under the same ids."""

from collections.abc import Callable, Iterator

from models.answer.finding import WARNING
from models.disclosure import DisclosureCode
from planner.check.estate.estate import Estate
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting
from planner.settle.disclosures import self_service
from planner.wording.disclosures import all_said

_SOURCE = "docs/reference/policy.md"


def _asking(code: DisclosureCode) -> Callable[[Estate], Iterator[Sighting]]:
    def question(estate: Estate) -> Iterator[Sighting]:
        if estate.policy is None or estate.trust is None:
            return
        for statement in all_said(self_service.statements(estate.cluster, estate.policy, estate.trust)):
            if statement.code is code:
                yield Sighting(
                    f"TrustPolicy/{estate.policy.name}", f"{statement.subject}: {statement.message}", estate.policy.where
                )

    return question


def _unclaimed(estate: Estate) -> Iterator[Sighting]:
    """Name the groups of which a workload says itself that it belongs to them."""
    policy, trust = estate.policy, estate.trust
    if policy is None or trust is None:
        return
    lowest = policy.levels[-1]
    believed = {member.group for member in trust.members.values() if member.believed}
    for group in sorted(believed):
        if group.partition("/")[0] != lowest:
            yield Sighting(f"TrustPolicy/{policy.name}", f"level {group}: no claim limits who may carry it", policy.where)


def _rule(code: DisclosureCode, sentence: str, why: str, how: str, fix: str) -> Rule:
    question = _unclaimed if code is DisclosureCode.LEVEL_UNCLAIMED else _asking(code)
    return Rule(code.value, SECURITY, WARNING, sentence, why, how, fix, _SOURCE, question)


RULES = (
    _rule(
        DisclosureCode.LEVEL_UNCLAIMED,
        "A level is believed because workloads say it",
        "Who writes a manifest gives himself the level, and with it the ring.",
        "Add the label of the trusted level to one's own pod template.",
        "add a claim to the policy: the namespaces that may carry the level",
    ),
    _rule(
        DisclosureCode.LEVEL_OPEN,
        "A rule of the policy lets workloads raise their own level",
        "Kind, name, labels and images are written by whoever writes the workload.",
        "Name the workload as the rule asks, in any namespace.",
        "name namespaces in the rule, or claim the level",
    ),
    _rule(
        DisclosureCode.TENANT_OPEN,
        "A tenant is believed because workloads say it",
        "Claims limit levels, not tenants: any workload of the level can become any tenant.",
        "Add another tenant's label to one's own pod template.",
        "label namespaces with their tenants",
    ),
    _rule(
        DisclosureCode.EVERYWHERE_OPEN,
        "A rule of the policy lets any DaemonSet into every ring",
        "A DaemonSet in any namespace becomes a resident of every ring.",
        "Create a DaemonSet that looks as the rule asks.",
        "name the namespaces, and the DaemonSets, that it is about",
    ),
    _rule(
        DisclosureCode.IMAGES_EVADED,
        "A rule of the policy is evaded by one more image",
        "The rule asks that all images fit: with one image of another registry a later rule speaks.",
        "Add a container of another image to the pod.",
        "use anyImage in the rule",
    ),
)
