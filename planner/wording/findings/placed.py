"""What `verify` says of pods where they are placed: kube-scheduler would not bind them there, in its words."""

from models.answer.finding import FindingCode
from planner.wording.findings.wording import Table, Wording, cases

_UNBOUND = "kube-scheduler would not bind the pod to this node, so the plan cannot come true."
_REFUSED = Wording("node {node}: {reason}", _UNBOUND, "plan again")
TABLE: Table = {
    FindingCode.NODE_UNSCHEDULABLE: _REFUSED,
    FindingCode.NODE_NAME: _REFUSED,
    FindingCode.TAINT_TOLERATION: _REFUSED,
    FindingCode.NODE_AFFINITY: _REFUSED,
    FindingCode.VOLUME_BINDING: _REFUSED,
    FindingCode.VOLUME_ZONE: _REFUSED,
    FindingCode.NODE_RESOURCES: cases(
        _UNBOUND,
        "move pods elsewhere",
        amount="node {node}: {reason}: {requested} requested, {allocatable} allocatable",
        claim="node {node}: {reason}: {resource}",
    ),
    FindingCode.NODE_PORTS: Wording("node {node}: {reason}: {ports:all} is also wanted by {other}", _UNBOUND, "plan again"),
    FindingCode.READ_WRITE_ONCE_POD: Wording("node {node}: {reason}: {claim} has {users} users", _UNBOUND, "plan again"),
    FindingCode.POD_TOPOLOGY_SPREAD: cases(
        _UNBOUND,
        "plan again",
        no_domain="node {node}: {reason}",
        skew="node {node}: {reason}: {key}={domain} has skew {skew}, at most {most} is allowed",
    ),
    FindingCode.POD_ANTI_AFFINITY: Wording(
        "node {node}: {reason}: {key}={domain} holds {pods} pods it must be away from", _UNBOUND, "plan again"
    ),
    FindingCode.POD_AFFINITY: Wording(
        "node {node}: {reason}: in no order of arrival does it find the pods it must be near", _UNBOUND, "plan again"
    ),
}
