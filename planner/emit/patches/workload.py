"""The patch of one workload: the ring's toleration and its label where they are not there, and guards of both."""

from models.answer.plan import Guide
from models.kubernetes.workload import Workload
from models.trust import Membership, PolicyNodes
from planner.emit.patches.affinity_hint import lead
from planner.emit.patches.operations import Operation, guard, pointer_of
from planner.emit.patches.selector import keep_in_ring
from planner.emit.patches.spread import count_own_ring
from planner.emit.patches.toleration import tolerate_every_ring, tolerate_ring


def operations(workload: Workload, member: Membership, nodes: PolicyNodes, guide: Guide | None = None) -> list[Operation]:
    """Return the guarded operations that make a workload what the plan says; guards alone if it is, as it must stay so."""
    is_confined = member.ring or member.everywhere
    return _guarded(workload, changes(workload, member, nodes, guide)) if is_confined else []


def changes(workload: Workload, member: Membership, nodes: PolicyNodes, guide: Guide | None = None) -> list[Operation]:
    """Return what makes a workload what the plan says; nothing if it is."""
    spec, written, tolerations = pointer_of(workload.spec_path), workload.written, workload.template.tolerations
    if member.everywhere:
        return tolerate_every_ring(spec, written.tolerations, nodes.taint_key)
    if not member.ring:
        return []
    selected = keep_in_ring(spec, written, nodes.label_key, member.ring)
    # Operations run one after the other: a second guard would test what the first change has made of the affinity.
    guarded = any(operation["op"] == "test" and operation["path"] == f"{spec}/affinity" for operation in selected)
    return [
        *tolerate_ring(spec, written.tolerations, nodes.taint_key, member.ring),
        *selected,
        *(lead(spec, written.affinity, guide, guarded) if guide else ()),
        *count_own_ring(spec, written.topology_spread_constraints, tolerations, nodes.taint_key, member.ring),
    ]


def _guarded(workload: Workload, operations: list[Operation]) -> list[Operation]:
    """Guard also what stays as it is, or absent: with another selector or affinity a pod may fit on no node of its ring."""
    spec, written = pointer_of(workload.spec_path), workload.written
    fields = {
        f"{spec}/tolerations": written.tolerations,
        f"{spec}/nodeSelector": written.node_selector,
        f"{spec}/affinity": written.affinity,
    }
    untouched = (
        path
        for path in fields
        if not any(operation["path"] == path or operation["path"].startswith(f"{path}/") for operation in operations)
    )
    return [*(guard(path, fields[path]) for path in untouched), *operations]
