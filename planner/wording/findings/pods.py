"""What `verify` says of pods: each is accounted for once, and what is said of those without a place is true."""

from models.answer.finding import FindingCode
from models.kubernetes.resources import PODS
from planner.wording.findings.wording import PLAN_AGAIN, Table, Wording, cases
from planner.wording.template import Phrased

_FORGOTTEN = "A pod that the plan forgets has no place reserved, and may end up anywhere."
_PLACE = "The patch binds a workload to the nodes of its ring; pods planned elsewhere would stay pending."
_CONFLICT = "Who gets a no needs to know which demands to change; a set that is none sends them to the wrong ones."
_GUIDE = "The patches write guides into workloads: one that leads nowhere, or to a single node, keeps pods pending later."
_RESERVE = "Reserved room is read as what a ring has left for a workload of its own."
_FITS = "A pod is called unplaced only where no node takes it."
_ACTED_ON = "The reasons are what somebody acts on."
_SHARED = "Whoever takes over a shared resident reaches every ring it runs in, so none may be left out."


_COUNTED = Phrased(
    "says {said!r} of how its pods were counted, and it is {true!r}",
    lambda given: {name: given[name] or "nothing" for name in ("said", "true")},
)
_AGAINST = Phrased(
    "is {led} to {key}, against the policy's guide: {policy}",
    lambda given: {"led": "made to go" if given["required"] else "led"},
)
_ELSEWHERE = Phrased(
    "has room reserved in ring {ring}, and is in {where}",
    lambda given: {"where": f"ring {given['home']}" if given["home"] else "none"},
)
_TOGETHER = Phrased(
    "has room reserved for pods that take {asked} of {what} together, and has {free} left",
    lambda given: {"what": "pod slots" if given["resource"] == PODS else given["resource"]},
)
_REASONS = Phrased("says {said!r}, but {truth!r} is true", lambda given: {"truth": given["true"] or "every daemon has room"})
_ALONE = Phrased("{claim}, which is not so", lambda given: {"claim": _claim(given["said"])})


def _claim(alone: str) -> str:
    return f"says that by itself {alone!r}" if alone else "does not say that it fits nowhere even by itself"


TABLE: Table = {
    FindingCode.WORKLOAD_UNKNOWN: Wording("is in the plan, but there is no such workload", _FORGOTTEN),
    FindingCode.WORKLOAD_DROPPED: Wording("is neither placed, unplaced, shared nor stated", _FORGOTTEN),
    FindingCode.PLACEMENT_TWICE: Wording("is placed or shared {count} times", _FORGOTTEN),
    FindingCode.PLACEMENT_SUM: Wording("{pods} pods are not the sum of those on its nodes", _FORGOTTEN),
    FindingCode.PODS_MISCOUNTED: Wording("{placed} placed and {unplaced} unplaced pods are not {pods}", _FORGOTTEN),
    FindingCode.UNPLACED_COUNT: Wording("{pods} pods are unplaced", _FORGOTTEN),
    FindingCode.COUNTED_UNTRUE: Wording(_COUNTED, "Who reads why there are so many pods would trust a wrong reason."),
    FindingCode.PLACEMENT_GROUP: Wording("is placed as {said!r}, but is {true!r}", _PLACE),
    FindingCode.PLACEMENT_RING: Wording("is placed in ring {ring!r}, which its group is not in", _PLACE),
    FindingCode.PLACEMENT_NODE_UNKNOWN: Wording("is placed on {node!r}, which is no node of the cluster", _PLACE),
    FindingCode.PLACEMENT_OUTSIDE_RING: Wording("is placed on {node}, outside ring {ring!r}", _PLACE),
    FindingCode.NODE_MIXES: Wording(
        "holds pods of the rings {rings:all}", "No node may hold pods of two rings: this is what the plan is for."
    ),
    FindingCode.STATEFUL_VOLUMES: Wording(
        "{pods} pods are planned where none of its volumes reach", "A StatefulSet's pod goes where its volume can be reached."
    ),
    FindingCode.CONFLICT_MISSING: cases(
        _CONFLICT,
        due="does not say which demands contradict each other",
        smallest="calls a conflict the smallest, but names none",
    ),
    FindingCode.CONFLICT_BASELESS: Wording("names demands that contradict each other, but is {verdict}", _CONFLICT),
    FindingCode.CONFLICT_PLACED: Wording("places all pods of the demands that are said to contradict each other", _CONFLICT),
    FindingCode.CONFLICT_SMALLEST: Wording("one demand alone is the smallest conflict there can be", _CONFLICT),
    FindingCode.CONFLICT_MEMBER: cases(
        _CONFLICT,
        no_pods="asks for no pod that the plan has to place, and contradicts nobody",
        twice="names a demand twice",
    ),
    FindingCode.GUIDE_UNTRUE: cases(
        _GUIDE,
        policy=_AGAINST,
        unknown="is led, but there is no such workload",
        daemon="is led, but its controller chooses the nodes of a DaemonSet",
        no_values="is led to nodes of which {key} has one of no values",
        unsorted="is led to values of {key} that are not sorted, or named twice",
        single="is led to single nodes: {nodes:all}",
        nowhere="is led to {key} {values:all}, which no node of its ring has",
        often="is led {count} times, and can follow one guide",
    ),
    FindingCode.RESERVE_UNTRUE: cases(
        _RESERVE,
        twice="has room reserved twice",
        unknown="has room reserved, but there is no such workload",
        elsewhere=_ELSEWHERE,
        no_pods="has room reserved for {pods} pods",
        beyond="has room reserved for {pods} pods in ring {ring}, which has room for {room} more of them",
        together=_TOGETHER,
    ),
    FindingCode.DAEMON_PENDING: Wording("{said} daemons are called unplaced, {true} find no room on their node", _ACTED_ON),
    FindingCode.UNPLACED_REASONS: Wording(_REASONS, _ACTED_ON),
    FindingCode.UNPLACED_ALONE: Wording(_ALONE, _ACTED_ON),
    FindingCode.UNPLACED_FITS: {
        "undecided": Wording("is called unplaced, but fits on {node}", _FITS, "give the solver more time"),
        "daemon": Wording(
            "is called unplaced, but fits on {node}, where room is kept for a daemon that waits",
            _FITS,
            "make room for the daemon, or drop it",
        ),
        "fits": Wording("is called unplaced, but fits on {node}", _FITS, PLAN_AGAIN),
    },
    FindingCode.SHARED_UNTRUE: Wording("is listed as shared, but the policy does not say so", _SHARED),
    FindingCode.SHARED_MISSING: Wording("runs on nodes of every ring, and is not listed as shared", _SHARED),
    FindingCode.SHARED_RINGS: Wording("reaches the rings {rings:all}", _SHARED),
    FindingCode.SHARED_NODES: Wording("reaches {reached} nodes, not {said}", _SHARED),
    FindingCode.SHARED_REQUESTS: Wording("takes another amount on each node than is listed", _SHARED),
    FindingCode.DAEMON_NODES: Wording(
        "is planned on {said} nodes, but reaches {reached}, one pod each",
        "The DaemonSet controller puts a pod on every node that the patched template reaches, whatever the plan says.",
    ),
}
