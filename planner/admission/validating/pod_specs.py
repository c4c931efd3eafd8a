"""What must hold of a pod spec, in a pod or in a template: whose pods may be on nodes of a ring, and that they stay there.

A pod is confined where it selects one of its namespace's rings: nodeSelector is ANDed with every term of an affinity, and
without one each term must ask for such a ring. Whoever tolerates the taint of a ring, or all taints, must be confined.
"""

from collections.abc import Mapping

from models.trust import PolicyLabels, PolicyNodes
from planner.admission import cel
from planner.admission.allowances import Allowances
from planner.admission.document import Validation
from planner.admission.validating import tags

SPACE = "request.namespace"
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def variables(
    spec: str, places: str, resident: str, allowed: Allowances, labels: PolicyLabels, nodes: PolicyNodes
) -> dict[str, str]:
    """Return what the validations rest on.

    `spec` and `places` are expressions for the pod spec and for the labels that say its level, `resident` asks whether it runs
    everywhere.
    """
    return {
        "spec": spec,
        "places": places,
        **tags.variables("variables.places", labels.level, labels.tenant, allowed),
        "rings": tags.allowed_rings(SPACE, allowed),
        "groups": cel.lists(allowed.groups),
        "mine": _mine(bool(allowed.tenants)),
        "allowance": _allowance(nodes.label_key),
        "selected": f"variables.spec.?nodeSelector[?{cel.text(nodes.label_key)}].orValue({cel.text('')})",
        # Lists that are null or left out are absent: `?` reads these as empty, where failing would refuse harmless pods.
        "terms": f"variables.spec.?affinity.?nodeAffinity.?{_REQUIRED}.?nodeSelectorTerms.orValue([])",
        "confined": _is_confined(nodes.label_key),
        "resident": resident,
    }


def validations(allowed: Allowances, nodes: PolicyNodes, applies: Mapping[str, str]) -> list[Validation]:
    """Return what must hold; `applies` says for node names and for homes when they are asked about, "" for always."""
    return [
        Validation(
            f"{applies['node names']}!has(variables.spec.nodeName)",
            message="spec.nodeName passes by kube-scheduler and the taints of rings: leave it out",
        ),
        Validation(
            f"variables.confined || variables.resident ||\n!{_reaches(nodes.taint_key)}",
            message_expression=_message("tolerates the taint of a ring and does not select one of its own"),
        ),
        Validation(_selects_own(nodes.label_key), message_expression=_message("selects a ring that is not its own")),
        Validation(
            f"{applies['homes']}variables.confined || variables.resident ||\n!({SPACE} in {cel.texts(allowed.homes)})",
            message_expression=_message("is in no ring, as all of its namespace must be"),
        ),
    ]


def _mine(parted: bool) -> str:
    """Return the namespace's rings that hold the levels that the labels say, and the tenants where these are parted."""
    if not parted:
        return "variables.rings.filter(r, variables.levels.all(l, l in variables.groups[r]))"
    return (
        "variables.rings.filter(r, variables.groups[r].exists(g,\n"
        '  variables.levels.all(l, g == l || g.startsWith(l + "/")) &&\n'
        '  variables.tenants.all(t, !g.contains("/") || g.endsWith("/" + t))))'
    )


def _allowance(key: str) -> str:
    """Return the half of a message that says what the pods may do instead."""
    return (
        f'"pods of namespace " + {SPACE} +\n'
        '(variables.levels == [] ? "" : " that say level " + variables.levels.join(", ")) + " may enter " +\n'
        f'(variables.mine == [] ? "no ring" : variables.mine.join(", ") + ", by nodeSelector {key}")'
    )


def _message(reason: str) -> str:
    return f'"{reason}: " + variables.allowance'


def _is_confined(key: str) -> str:
    asks = f'e.key == {cel.text(key)} && e.operator == "In" && e.values.all(v, v in variables.mine)'
    return (
        'variables.selected != "" ? variables.selected in variables.mine :\n'
        "variables.terms != [] && variables.terms.all(t, t.?matchExpressions.orValue([]).exists(e,\n"
        f"  {asks}))"
    )


def _reaches(key: str) -> str:
    """Ask whether it tolerates a ring's taint; NoExecute alone lets nobody past one, as its effect is NoSchedule."""
    return (
        "variables.spec.?tolerations.orValue([]).exists(t,\n"
        f'  t.?key.orValue("") in {cel.texts(["", key])} && t.?effect.orValue("") in ["", "NoSchedule"])'
    )


def _selects_own(key: str) -> str:
    return (
        '(variables.selected == "" || variables.selected in variables.mine) &&\n'
        "variables.terms.all(t, t.?matchExpressions.orValue([]).all(e,\n"
        f'  e.key != {cel.text(key)} || e.operator != "In" || e.values.all(v, v in variables.mine)))'
    )
