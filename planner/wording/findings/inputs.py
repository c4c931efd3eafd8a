"""What `verify` says of inputs that contradict themselves, and of groups and rings that are not the policy's."""

from collections.abc import Mapping

from models.answer.finding import FindingCode
from planner.wording.findings.wording import Table, Wording, cases
from planner.wording.template import Parameters, Phrased

_JUDGED = (
    "The plan is judged by what it was made from; where that contradicts itself, nothing that is said of it can be relied on."
)
_GROUP = "The ring follows from the group: a workload in the wrong group shares nodes with those it must be kept from."
_RULE = "Patches guard what this rule of the policy looks at: guarding another's, they build what has changed its level."
_RING = "A ring is the set of those who may meet on a node: it must hold each group once, and no strangers."
_NODE = "A node in two rings, or in one that the policy leaves alone, has no boundary that could be enforced."
_MEND = "correct the label or the policy, and plan again"


def _how(given: Parameters) -> Mapping[str, str]:
    return {"how": "says" if given["tagged"] else "is assigned"}


def _claim(given: Parameters) -> Mapping[str, str]:
    return {"claim": "a shared resident" if given["said"] else "no shared resident"}


def _rules(given: Parameters) -> Mapping[str, str]:
    return {name: "none" if given[name] is None else f"number {given[name]}" for name in ("said", "true")}


def _falls(given: Parameters) -> Mapping[str, str]:
    return {name: f"level {given[name]!r}" if given[name] else "none" for name in ("said", "true")}


def _truth(given: Parameters) -> Mapping[str, str]:
    return {"truth": "only the workload itself says its level" if given["true"] else "somebody else vouches for its level"}


TABLE: Table = {
    FindingCode.PLAN_NAME: Wording("is not the name of its policy, {policy}", _JUDGED),
    FindingCode.INPUT_TWICE: Wording("is {count} times a {kind} of the inputs", _JUDGED),
    FindingCode.INPUT_MISNAMED: Wording("stands in the inputs for {name}", _JUDGED),
    FindingCode.BUDGET_AMOUNT: Wording("keeps {amounts:and} of its pods, which is no number of them", _JUDGED),
    FindingCode.WORKLOAD_CONTRADICTS: cases(
        _JUDGED,
        counts=(
            "has {surge} pods during rollouts only and {later} that come later, of {pods}; {away} may be missing, and the first "
            "has number {first}"
        ),
        daemon="has {pods} pods to place ({counted}), and its controller makes one on each node",
        ordinals="numbers its pods, which a {kind} does not",
        jobs="has labels for Jobs that it makes, which a {kind} does not",
        no_place="has no {path}, it says, where there is none to have",
        labels="has no {path}, it says, where it has labels",
    ),
    FindingCode.MEMBERSHIP_MISSING: Wording("belongs to no group and is no shared resident", _GROUP),
    FindingCode.MEMBERSHIP_UNKNOWN: Wording("has a membership, but there is no such workload", _GROUP),
    FindingCode.MEMBERSHIP_EVERYWHERE: Wording(
        Phrased("is said to be {claim}, against spec.everywhere of the policy", _claim), _GROUP
    ),
    FindingCode.MEMBERSHIP_GROUP: Wording("is said to be in group {said!r}; the policy says {true!r}", _GROUP),
    FindingCode.MEMBERSHIP_RING: Wording("is said to be in ring {said!r}; its group is in {true:all}", _GROUP),
    FindingCode.MEMBERSHIP_RULE: Wording(
        Phrased("the rule that it is there by is said to be {said}; it is {true}", _rules), _RULE
    ),
    FindingCode.MEMBERSHIP_DEMOTED: Wording(
        Phrased("is said to fall from {said}; by what the policy requires it falls from {true}", _falls), _RULE
    ),
    FindingCode.MEMBERSHIP_BELIEVED: Wording(Phrased("believed is {said}, but {truth}", _truth), "Believed levels are reported."),
    FindingCode.EVERYWHERE_TAGGED: Wording(
        "says level {levels:all}, and spec.everywhere[{entry}] lets it into every ring", _GROUP, _MEND
    ),
    FindingCode.TAGS_DISAGREE: cases(
        _GROUP,
        _MEND,
        levels="says {tags:then}: template, workload and Namespace must agree",
        tenants="says tenant {tags:then}: template, workload and Namespace must agree",
    ),
    FindingCode.LEVEL_MISSING: Wording("carries no level, and the policy refuses the untagged", _GROUP, _MEND),
    FindingCode.LEVEL_UNKNOWN: Wording(Phrased("{how} level {level!r}, which the policy does not know", _how), _GROUP, _MEND),
    FindingCode.LEVEL_NOT_CLAIMED: Wording(
        Phrased("{how} level {level!r}, which only {claimants:all} may carry", _how), _GROUP, _MEND
    ),
    FindingCode.LEVEL_UNMET: Wording("is given level {level!r}, and meets neither that nor a lower one", _GROUP, _MEND),
    FindingCode.TENANT_MISSING: Wording("is {level!r}, whose tenants are separated, and names no tenant", _GROUP, _MEND),
    FindingCode.TEMPLATE_DIFFERS: Wording("is patched at {path}, which is another pod template than its name says", _RULE),
    FindingCode.LABELS_ABSENT: Wording(
        "is said to have no labels at {path}, and has {labels:all}: its tag would not be guarded", _RULE
    ),
    FindingCode.GROUPS_DIFFER: Wording("the workloads form the groups {groups:all}", _RING),
    FindingCode.GROUP_UNKNOWN: Wording("is in a ring, but no workload belongs to it", _RING),
    FindingCode.GROUP_TWICE: Wording("is in {rings} rings", _RING),
    FindingCode.GROUP_NOWHERE: Wording("is in {rings} rings", _RING),
    FindingCode.SHARING_DIFFERS: Wording("by mayShare {pairs} pairs of groups trust each other", _RING),
    FindingCode.RING_MIXES: Wording("holds {group} and {other}, which do not trust each other", _RING),
    FindingCode.STATIC_POD_DOUBTED: Wording("holds the static pod {pod}, which says {doubt}, and is in a ring", _RING),
    FindingCode.STATIC_POD_MIXES: Wording("holds the static pod {pod} of {group}, and is in ring {ring}", _RING),
    FindingCode.STATIC_POD_LIFTS: Wording("holds the static pod {pod}, and only its word brings it into ring {ring}", _RING),
    FindingCode.RING_TWICE: Wording("is the name of {count} rings", _RING),
    FindingCode.RING_NAME: cases(
        _RING,
        no_label="is no valid label value, so no node can carry it",
        another="is the ring of {groups:all}, which is named {name}",
    ),
    FindingCode.RINGS_DIFFER: Wording("the plan's rings are not those that its trust section defines", _RING),
    FindingCode.NODE_UNKNOWN: Wording("is in a ring, but not among the cluster's nodes", _NODE),
    FindingCode.NODE_EXCLUDED: Wording("is in a ring, but the policy excludes it", _NODE),
    FindingCode.NODE_TWICE: Wording("is in {rings} rings", _NODE),
    FindingCode.EXCLUDED_IN_RING: Wording(
        "is excluded by the policy, but carries the label of ring {ring}, whose pods may land there",
        _NODE,
        "take the label away, or do not exclude the node",
    ),
}
