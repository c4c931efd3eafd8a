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


def _rule(code: DisclosureCode, sentence: str, why: str, how: str, fix: str) -> Rule:
    return Rule(code.value, SECURITY, WARNING, sentence, why, how, fix, _SOURCE, _asking(code))


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
