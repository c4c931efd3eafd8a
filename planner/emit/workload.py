"""The patch of one workload: the ring's toleration, its label, and nothing that is already so."""

from models.plan import Guide
from models.trust import Membership, PolicyNodes
from models.workload import Workload
from planner.emit.guide import lead
from planner.emit.operations import Operation, pointer
from planner.emit.selector import keep_in_ring
from planner.emit.spread import count_own_ring
from planner.emit.toleration import tolerate_every_ring, tolerate_ring


def operations(workload: Workload, member: Membership, nodes: PolicyNodes, guide: Guide | None = None) -> list[Operation]:
    """Return the guarded operations that make a workload what the plan says; nothing if it is."""
    spec, written, tolerations = pointer(*workload.spec_path.split(".")), workload.written, workload.template.tolerations
    if member.everywhere:
        return tolerate_every_ring(spec, written.tolerations, nodes.taint_key)
    if not member.ring:
        return []
    selected = keep_in_ring(spec, written, nodes.label_key, member.ring)
    guarded = any(one["op"] == "test" and one["path"] == f"{spec}/affinity" for one in selected)
    return [
        *tolerate_ring(spec, written.tolerations, nodes.taint_key, member.ring),
        *selected,
        *(lead(spec, written.affinity, guide, guarded) if guide else ()),
        *count_own_ring(spec, written.topology_spread_constraints, tolerations, nodes.taint_key, member.ring),
    ]
