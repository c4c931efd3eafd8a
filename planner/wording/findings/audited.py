"""What `verify` says where it makes a plan anew: from its inputs, from what is written, and with the solver."""

from collections.abc import Mapping

from models.answer.finding import FindingCode
from models.answer.plan import Repair, Shortage
from planner.wording.findings.wording import MAKE_AGAIN, Table, Wording, cases
from planner.wording.order_reports import UNTRIED
from planner.wording.template import Parameters, Phrased

_SAID = "Who reads the plan relies on its saying what it does not guarantee and who could break it."
_ANEW = "Who reads the plan acts on what it says; all of it follows from its inputs and from what is placed where."
_AGAIN = "Who reads that something is proven, or would help, acts on it; so small plans are solved once more here."
_WRITTEN = "The patches change what is written, where it is said to be; what the plan proves is of the template."
_ACTED_ON = "The reasons are what somebody acts on."
_COST = "A cost that the prices do not bear out, or a bound that nothing proves, makes a plan look cheaper than it is."
_PARTS = {
    "bounds": "bounds of goals",
    "verdict": "that not all pods fit",
    "conflict": "the contradiction",
    "repairs": "repairs",
    "separation": "what separation costs",
}
"""What of a plan is not solved once more where it is large."""
_DUE = "is not said: {statement.message}"
_UNTRUE = cases(
    _SAID,
    MAKE_AGAIN,
    not_due="is said, and not so: {statement.message}",
    too_often="is said {times} times: {statement.message}",
)


def _shortages(given: Parameters) -> Mapping[str, str]:
    """Say which shortages there are."""
    due: tuple[Shortage, ...] = given["due"]
    listed = "; ".join(f"ring {short.ring} needs {short.needed} {short.resource} and has {short.available}" for short in due)
    return {"due": listed or "there are, which is none"}


def _repairs(given: Parameters) -> Mapping[str, str]:
    """Say which repairs there are."""
    due: tuple[Repair, ...] = given["due"]
    named = [f"{repair.count} like {repair.node}{f' for ring {repair.ring}' if repair.ring else ''}" for repair in due]
    return {"due": ", ".join(named) or "none"}


def _useless(given: Parameters) -> Mapping[str, str]:
    """Say which repairs do not help, and whom not."""
    repairs: tuple[Repair, ...] = given["repairs"]
    nodes = " and ".join(f"{repair.count} more nodes like {repair.node}" for repair in repairs)
    return {"nodes": nodes, "whom": repairs[0].ring or "all"}


TABLE: Table = {
    FindingCode.NOT_MODELLED_MISSING: {
        **cases(
            _SAID,
            MAKE_AGAIN,
            orders=f"is not said: for which orders of arrival it was simulated, and that {UNTRIED}",
            due=_DUE,
        ),
        **cases(_SAID, unread=_DUE, binding="is not said: it binds in its own order"),
    },
    FindingCode.NOT_MODELLED_UNTRUE: _UNTRUE,
    FindingCode.BY_HAND_MISSING: cases(_SAID, MAKE_AGAIN, due=_DUE),
    FindingCode.BY_HAND_UNTRUE: {
        **_UNTRUE,
        **cases(_ANEW, MAKE_AGAIN, none_run="says that pods which nothing patches may have to be moved by hand, and none run"),
    },
    FindingCode.UNENFORCED_MISSING: {
        **cases(_SAID, MAKE_AGAIN, due=_DUE),
        **cases(_SAID, open="is not said: no admission policy is seen to keep others out"),
    },
    FindingCode.UNENFORCED_UNTRUE: _UNTRUE,
    FindingCode.INPUTS_REFUSED: Wording("{reason}", _ANEW, MAKE_AGAIN),
    FindingCode.MEMBERSHIP_BECAUSE: Wording(
        Phrased(
            "is said to be in {home} because of {said!r}, and is because of {true!r}",
            lambda given: {"home": given["group"] or "no group"},
        ),
        _ANEW,
        MAKE_AGAIN,
    ),
    FindingCode.TRUST_DIFFERS: Wording("its groups are {groups:all}, each once and in this order", _ANEW, MAKE_AGAIN),
    FindingCode.SHORTAGE_UNTRUE: {
        **cases(_ANEW, MAKE_AGAIN, others=Phrased("says other shortages than {due}", _shortages)),
        **cases(
            _ACTED_ON,
            none="needs {short.needed} {short.resource} and has {short.available}, which is no shortage of a ring",
        ),
    },
    FindingCode.WRITTEN_ELSEWHERE: cases(
        _WRITTEN,
        MAKE_AGAIN,
        manifest="is left to hands, and a manifest gives it",
        no_manifest="is not left to hands, and no manifest of those that are there gives it",
        misnamed="{wrong}",
        namespace="has pods in namespace {namespace!r}",
    ),
    FindingCode.WRITTEN_OTHERWISE: cases(
        _WRITTEN,
        MAKE_AGAIN,
        init_containers="has init containers that are written as {written}",
        unwritable="cannot be written so: {faults}",
        field=Phrased("has another {name} than is written", lambda given: {"name": given["field"].replace("_", " ")}),
    ),
    FindingCode.BOUND_UNPROVEN: {
        **cases(
            _AGAIN,
            MAKE_AGAIN,
            refuted="says that {bound:g} is proven, and there is a placement with {value:g}",
            packing="says that {bound:g} is proven, and of the packing {packing:g}, which is the same bound",
        ),
        **cases(_COST, cost="at least {bound:.6f} is said, and nothing proves it"),
    },
    FindingCode.NOT_SOLVED_AGAIN: cases(
        _AGAIN,
        "",
        large=Phrased(
            "too large to be solved once more: {names} held against sums only",
            lambda given: {"names": ", ".join(_PARTS[part] for part in given["parts"])},
        ),
        bound="not shown once more: that {bound:g} is proven: here no more is than {here:g}",
        verdict="not shown once more: that not all pods fit",
        new_groups="not shown once more: that the new groups would do",
        conflict="not shown once more: that each of {demands} demands is needed for the contradiction",
        separation="not shown once more: what it costs",
        nodes=(
            "not shown once more: that {said[1]} to {said[0]} nodes hold the pods {how} rings: here it is {true[1]} to {true[0]}"
        ),
    ),
    FindingCode.VERDICT: {
        **cases(_AGAIN, MAKE_AGAIN, packable="is called infeasible, but all pods can be packed"),
        **cases(
            "Feasible means that every pod has a place.",
            unknown="{verdict!r} is no verdict",
            unplaced="is called feasible with {workloads} workloads unplaced",
            placed="is called infeasible with every pod placed",
        ),
    },
    FindingCode.REPAIR_UNTRUE: {
        **cases(
            _AGAIN,
            MAKE_AGAIN,
            others=Phrased("names other repairs than those that are found: {due}", _repairs),
            twice="names a node twice, or repairs of all beside repairs of a ring",
            useless=Phrased("says that {nodes} repair {whom}, and they do not", _useless),
        ),
        **cases(_ACTED_ON, nothing="{count} more nodes like it repair nothing"),
    },
    FindingCode.NEW_GROUP_UNTRUE: {
        **cases(_AGAIN, MAKE_AGAIN, useless="says that new groups would do, and pods have no place then either"),
        **cases(
            "Who makes the groups reads there which nodes leave theirs.",
            untold="is not said to be a new group: {nodes} of {group}",
            none="is said to be a new group, and is none: {nodes} of {group}",
            no_part="is no part of the group {group} for one of the rings",
            taken="is the name of another group: {name}",
            misnamed="is not the name that it gets: {name}",
        ),
    },
    FindingCode.CONFLICT_UNTRUE: cases(
        _AGAIN,
        MAKE_AGAIN,
        packable="names demands that contradict each other, and all of them can be packed",
        needless="is said to be needed for the contradiction, and the others contradict each other without it",
    ),
    FindingCode.SEPARATION_UNTRUE: cases(
        _AGAIN,
        MAKE_AGAIN,
        bought="says what separation costs, where nodes are bought, which were not there to be counted",
        nodes="says that {said[1]} to {said[0]} nodes hold the pods {how} rings: it is {true[1]} to {true[0]}",
    ),
}
