"""The policy of nodes: a kubelet may taint itself as it joins, which keeps strangers out, and nobody else's hand moves a node."""

from collections.abc import Sequence

from models.kubernetes.node_group import ANNOTATIONS, OWNER_KIND
from models.trust import PolicyNodes
from planner.admission import cel
from planner.admission.document import Policy, Rule, Validation
from planner.admission.group_rings import GroupRings

_ABOUT = "Nodes get their ring from those whom the trust policy names under admission, and from nobody else, kubelets included."
_AS_THEY_JOIN = (
    "Nodes get their ring from their group as they join, later from those whom the trust policy names under admission alone."
)
_RING = "variables.ring == variables.oldRing"
_WHO = "only {} may (admission of the trust policy)"
_JOINS = " ||\nvariables.joins"
_IN_ITS_GROUPS = ' && variables.groupRing in ["", variables.ring]'
_KEEPS_GROUP = (
    'request.operation == "CREATE" || !("system:nodes" in request.userInfo.?groups.orValue([])) ||\n'
    "variables.group == variables.oldGroup"
)


def nodes(
    keys: PolicyNodes,
    trusted: Sequence[str],
    groups: GroupRings,
    joins_with_label: bool = False,
    telling: Sequence[str] = (),
) -> Policy:
    """Return the policy: only who is `trusted` gives a node its ring.

    A node that `joins_with_label` has the ring of its group, or any where its group is none of these. Of one that has joined no
    kubelet changes the labels and annotations `telling` its group.
    """
    has_rings = joins_with_label and bool(groups)
    label, who = cel.text(keys.label_key), _WHO.format(", ".join(trusted))
    own = f".spec.?taints.orValue([]).filter(t, t.key == {cel.text(keys.taint_key)})"
    # CEL has no sets: taints are compared as texts, in both directions, so that their order changes nothing.
    taints = f'{own}\n  .map(t, t.?value.orValue("") + ":" + t.effect)'
    before = 'request.operation == "CREATE" ? {} : {}'
    return Policy(
        "ringfence-nodes",
        _AS_THEY_JOIN if joins_with_label else _ABOUT,
        [Rule("", ("nodes", "nodes/status"))],
        {"not-trusted": f"!({cel.is_user(trusted)})"},
        {
            "ring": f'object.metadata.?labels[?{label}].orValue("")',
            "oldRing": before.format('""', f'oldObject.metadata.?labels[?{label}].orValue("")'),
            "taints": f"object{taints}",
            "oldTaints": before.format("[]", f"oldObject{taints}"),
            "joins": 'request.operation == "CREATE" && "system:nodes" in request.userInfo.?groups.orValue([])',
            **({"groupRing": groups.ring_of("object")} if has_rings else {}),
            **(_groups(telling) if telling else {}),
        },
        [
            Validation(
                _RING + (_JOINS if joins_with_label else "") + (_IN_ITS_GROUPS if has_rings else ""),
                message=f"changes the ring of a node ({keys.label_key}): {who}",
            ),
            Validation(
                "variables.joins ||\n"
                "variables.taints.all(t, t in variables.oldTaints) && variables.oldTaints.all(t, t in variables.taints)",
                message=f"changes the taint of a ring ({keys.taint_key}): {who}",
            ),
            *([Validation(_KEEPS_GROUP, message="changes the label of a node's group: no kubelet may")] if telling else []),
        ],
    )


def _groups(telling: Sequence[str]) -> dict[str, str]:
    """Return what tells the group of a node, now and before."""

    def of(node: str) -> str:
        fields = ((key, "annotations" if key in (*ANNOTATIONS, OWNER_KIND) else "labels") for key in telling)
        return "[\n" + ",\n".join(f'  {node}.metadata.?{field}[?{cel.text(key)}].orValue("")' for key, field in fields) + "\n]"

    return {"group": of("object"), "oldGroup": f'request.operation == "CREATE" ? [] : {of("oldObject")}'}
