"""The policy of nodes that join: each has the taint of its group's ring from its first moment.

And its label, unless NodeRestriction keeps kubelets from it: what a kubelet asks for is looked at again after it was changed
(staging/src/k8s.io/apiserver/pkg/admission/reinvocation.go). Such a label is given by whoever provisions nodes, a moment later.
"""

from models.trust import PolicyNodes
from planner.admission import cel
from planner.admission.document import CREATE, MutatingPolicy, Rule
from planner.admission.group_rings import GroupRings
from planner.admission.mutating.rings import add, escaped

_ABOUT = (
    "A node that joins gets the taint of its group's ring in the same moment, so that no stranger comes first; and its label."
)


def rings_of_nodes(groups: GroupRings, keys: PolicyNodes) -> MutatingPolicy:
    """Return the policy.

    It believes what a node says of its group: a kubelet that joins under a name that no node has may say another than its own.
    """
    label = f"object.metadata.?labels[?{cel.text(keys.label_key)}]"
    taint = f'{{"key": {cel.text(keys.taint_key)}, "value": variables.ring, "effect": "NoSchedule"}}'
    path = f"/metadata/labels/{escaped(keys.label_key)}"
    return MutatingPolicy(
        "ringfence-rings-of-nodes",
        _ABOUT,
        [Rule("", ("nodes",), (CREATE,))],
        {},
        {"ring": groups.ring_of("object"), "mayBeLabelled": _may_be_labelled(keys)},
        f'variables.ring == "" || !({label}.orValue("") in ["", variables.ring]) ? [] :\n'
        f"(!variables.mayBeLabelled || {label}.hasValue() ? [] : [{add(path, 'variables.ring')}]) +\n"
        f"(object.spec.?taints.orValue([]).exists(t, t.key == {cel.text(keys.taint_key)}) ? [] :\n"
        f"  has(object.spec.taints) ? [{add('/spec/taints/-', taint)}] :\n"
        f"  [{add('/spec/taints', f'[{taint}]')}])",
    )


def _may_be_labelled(keys: PolicyNodes) -> str:
    """Ask whether the label may be added: NodeRestriction looks again at what a kubelet asks for and others have changed."""
    return '!("system:nodes" in request.userInfo.?groups.orValue([]))' if keys.is_kubelet_proof else "true"
