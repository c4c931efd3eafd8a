"""What `verify` says of kube-scheduler: orders of arrival, how sure they are, and losses, foreseen again."""

from collections.abc import Mapping

from models.answer.finding import FindingCode
from models.answer.grade import Grade, Remedy
from planner.wording.findings.wording import MAKE_AGAIN, Table, Wording, cases
from planner.wording.template import Parameters, Phrased

NAMED = 3
"""So many of the workloads that are left pending are named."""
_ORDERS = (
    "kube-scheduler binds pods one by one, as they come, to the nodes it likes best: it may miss the packing that was found."
)
_PROMISE = "What a plan says of the order of arrival is a promise about kube-scheduler, so it is foreseen again here."
_SAID = "Who reads the plan relies on its saying what it does not guarantee and who could break it."
_GRADE = "Who patches a plan accepts the risk that its grade names."
_PLAYED = "Who loses a node acts on what the plan foretold of it, so losses are played through again here."
_FORETOLD = "Who loses a node acts on what the plan foretold of it."
_PACKING = "A packing that nobody promised is read as one that kube-scheduler finds, unless the plan is marked as a packing."


def _left(given: Parameters) -> Mapping[str, str]:
    """Say how many pods are left pending, and whose the most of them are."""
    count, beyond, left = given["pods"], given["beyond"], given["left"]
    named = [f"{pending.workload} {pending.pods} ({pending.message})" for pending in left[:NAMED]]
    named += [f"and {len(left) - NAMED} workloads more"] * (len(left) > NAMED)
    return {
        "pods": "1 pod" if count == 1 else f"{count} pods",
        "beyond": f", {beyond} more than the plan says," if beyond else "",
        "left": "; ".join(named),
    }


def _tried(given: Parameters) -> Mapping[str, str]:
    """Name the orders where they are given, and say what else is known of pods that stay pending."""
    rest = " but those that the plan names" if given["unplaced"] else ""
    if given["said"]:
        rest += f"; that it is {given['said']} was found with ties between nodes broken in another way"
    return {"orders": f" ({', '.join(given['orders'])})" if given["orders"] is not None else "", "rest": rest}


def _because(given: Parameters) -> Mapping[str, str]:
    """Add what keeps a ring from being proven, where that is known."""
    return {"because": f" ({given['because']})" if given["because"] else ""}


def _grades(given: Parameters) -> Mapping[str, str]:
    return {"said": _grade(given["said"]), "true": _grade(given["true"])}


def _grade(grade: Grade | None) -> str:
    """Write a grade in full."""
    if grade is None:
        return "not graded"
    whose = "".join(f", {name} {pods}" for name, pods in grade.workloads.items())
    return f"{grade.kind}: in {grade.failed} of {grade.scenarios} scenarios up to {grade.pending} pods pending{whose}"


def _helped(given: Parameters) -> Mapping[str, str]:
    """Say what a ring is said to be helped by."""
    remedy: Remedy = given["remedy"]
    what = f"a node more like {remedy.node} ({remedy.price})" if remedy.node else f"guide: {remedy.guide}"
    return {"help": f"{what}, with {remedy.pending} pods pending at most in {remedy.scenarios} scenarios"}


_STUCK = Phrased(
    "kube-scheduler leaves {pods} pending{beyond} when they arrive {order} (so or similar in {such} of {runs} orders tried): "
    "{left}",
    _left,
)
_HELPED = "is said to be helped by {help}, which was tried again and is not what came of it"
TABLE: Table = {
    FindingCode.ANY_ORDER: {
        "stuck": Wording(_STUCK, _ORDERS, "give the ring another node, or let its nodes be more alike"),
        "proven": Wording("{result}: its pods find room in whatever order they arrive", "", ""),
        "tried": Wording(
            Phrased("{result}{orders}: no pod stays pending{rest}", _tried), "Not proven for every order: {because}.", ""
        ),
    },
    FindingCode.PROMISE: {
        **cases(_SAID, MAKE_AGAIN, other_orders="is said to be {said}, and kube-scheduler was simulated for others"),
        **cases(
            _PROMISE,
            MAKE_AGAIN,
            outside="the plan is called feasible, but pods outside every ring stay pending when all arrive {order}",
            unmarked=Phrased(
                "the plan is called feasible, and not marked as a packing, but the ring is {foreseen}{because}", _because
            ),
            overstated=Phrased(
                "the plan says that the ring is {said} for its order of arrival, but it is {foreseen}{because}", _because
            ),
            orders=Phrased(
                "the plan says that {said} orders of arrival were tried, but there are only {orders} to try{because}", _because
            ),
            proven="says that it is {said}, and its pods find room in any order",
            reason="says that it is not proven since {said!r}, and it is since {foreseen!r}",
            stuck="is said to be {said}, and it is {foreseen}",
            stuck_since="is said to be {result} since {said!r}, and it is since {foreseen!r}",
        ),
    },
    FindingCode.PROMISE_MISSING: cases(
        _PACKING,
        unmarked="is no marked packing, and does not say in which orders the pods of {rings:all} find room",
        some="says in which orders pods find room, but for those of {rings:all}",
    ),
    FindingCode.PROMISE_BASELESS: cases(
        _PACKING,
        order=Phrased(
            "is {kind}, and promises an order of arrival for {rings:all}",
            lambda given: {"kind": "a packing" if given["packing"] else "infeasible"},
        ),
        led="is a packing, and leads pods to nodes, or keeps room for them",
        reason=Phrased(
            "gives a reason for not being proven: {because}; it is {known}",
            lambda given: {"known": str(given["result"] or "not said to be anything")},
        ),
    ),
    FindingCode.PACKING_UNKNOWN: Wording("is marked as {packing!r}, which means nothing", _PACKING),
    FindingCode.GRADE_MISSING: Wording(
        "says in which orders pods find room, and not how sure that is, or the other way round", _GRADE
    ),
    FindingCode.GRADE_UNTRUE: {
        **cases(_GRADE, MAKE_AGAIN, foreseen=Phrased("is said to be {said}, and it is {true}", _grades)),
        **cases(
            _GRADE,
            kind="is called {said}, and what else the plan says makes it {kind}",
            numbers=(
                "counts {grade.failed} of {grade.scenarios} scenarios with {grade.pending} pods pending, of {named} that it names"
            ),
            order="is {result} for its order of arrival, and {failed} scenarios left pods pending",
            scenarios="counts other scenarios than its rings do",
            fewer="says that fewer pods stay pending than in one of its rings",
        ),
    },
    FindingCode.REMEDY_UNTRUE: {
        **cases(_GRADE, MAKE_AGAIN, foreseen=Phrased(_HELPED, _helped)),
        **cases(
            _GRADE,
            ungraded="names what helps against a risk, and no risk",
            safe="names what helps against a risk, and is not at risk",
        ),
    },
    FindingCode.LOSSES_MISSING: Wording("does not say what is pending after the loss of a {of}", _PLAYED, MAKE_AGAIN),
    FindingCode.DOES_NOT_SURVIVE: {
        "simulated": Wording(
            "kube-scheduler leaves {pods:of} pending once {of} {lost} is lost, when they come again {order}",
            _PLAYED,
            MAKE_AGAIN,
        ),
        "packed": Wording(
            "no way was found to place {pods:of} elsewhere in the ring once {of} {lost} is lost",
            "The policy asks that every ring goes on without any one of these.",
        ),
    },
    FindingCode.LOSSES_UNTRUE: {
        **cases(
            _PLAYED,
            MAKE_AGAIN,
            unplayed="foretells what kube-scheduler leaves pending after the loss of a {of}, and none was played through",
            simulated=(
                "foretells that kube-scheduler leaves more pending than packing does after {said.stuck} losses of a {true.of}, "
                "of {said.simulated} simulated and {said.proven} proven; it is {true.stuck} of {true.simulated} and {true.proven}"
            ),
        ),
        **cases(
            _FORETOLD,
            twice="foretells the losses of a ring twice",
            untold=(
                "does not say how many losses of a {true.of} leave pods pending: counting gives {true.failing} of {true.tried}"
            ),
            pods="foretells other pods pending after the loss of a {true.of} than counting gives",
            count=(
                "foretells pending pods after {said.failing} of {said.tried} losses of a {true.of}: counting gives "
                "{true.failing} of {true.tried}"
            ),
            no_pods="foretells losses of a {of}, but the ring has no pods to lose",
        ),
    },
    FindingCode.NOT_SIMULATED: Wording(
        "kube-scheduler was not simulated: {pods:,} pods are more than the {most:,} that are played through",
        "What the plan says of orders and losses was not checked.",
        "",
    ),
}
