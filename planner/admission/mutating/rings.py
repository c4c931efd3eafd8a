"""Gives pod specs their ring, in pods and in what makes them, where the policies that refuse would let them enter one alone.

Who says no level is in the ring of a namespace all of whose pods are in that one; elsewhere a level must be said, by the pod or
by its namespace. A selector that is there already stays: whether it is right the policies that refuse say, which come after.
"""

from collections.abc import Mapping, Sequence

from models.trust import PolicyLabels, PolicyNodes
from planner.admission import cel
from planner.admission.allowances import Allowances
from planner.admission.document import MutatingPolicy, Rule
from planner.admission.validating import pod_specs
from planner.admission.validating.pod_specs import SPACE

_ASKED = ("levels", "tenants", "rings", "groups", "mine", "selected")
"""What is asked for of the variables of the policies that refuse."""


def gives_ring(
    name: str,
    about: str,
    rules: Sequence[Rule],
    conditions: Mapping[str, str],
    path: str,
    places: Sequence[str],
    allowed: Allowances,
    labels: PolicyLabels,
    nodes: PolicyNodes,
) -> MutatingPolicy:
    """Return a policy; `path` leads to the pod spec ("spec.template.spec"), `places` are expressions for labels of the pod."""
    asked = pod_specs.variables(f"object.{path}", "", "", allowed, labels, nodes)
    return MutatingPolicy(
        name,
        about,
        rules,
        {"may-be-in-a-ring": _may_be_in_a_ring(allowed), **conditions},
        {
            "spec": asked["spec"],
            "told": f"[{', '.join(places)}]",
            "places": _places(labels.level, allowed),
            **{variable: text for variable, text in asked.items() if variable in _ASKED},
            "ring": _ring(allowed),
            "tolerated": _is_tolerated(nodes.taint_key),
        },
        _patches(f"/{path.replace('.', '/')}", nodes),
    )


def _may_be_in_a_ring(allowed: Allowances) -> str:
    return " ||\n".join((f"{SPACE} in {cel.texts(allowed.rings)}", *(cel.fits(SPACE, claim) for claim in allowed.claimed_rings)))


def _places(level: str, allowed: Allowances) -> str:
    """Where no label near a pod says its level its namespace may, as for a plan, unless that plan knows what is in it."""
    return (
        f"{SPACE} in {cel.texts(allowed.homes)} || variables.told.exists(l, {cel.text(level)} in l) ? variables.told :\n"
        "variables.told + [namespaceObject.metadata.?labels.orValue({})]"
    )


def _ring(allowed: Allowances) -> str:
    only = f"variables.mine.size() == 1 && ({SPACE} in {cel.texts(allowed.homes)} || variables.levels != [])"
    return f'{only} && variables.selected in ["", variables.mine[0]] ?\nvariables.mine[0] : ""'


def _is_tolerated(key: str) -> str:
    """Ask whether both effects of the ring's taint are tolerated, that of today and NoExecute."""
    return (
        "variables.spec.?tolerations.orValue([]).exists(t,\n"
        f'  t.?key.orValue("") in {cel.texts(["", key])} && t.?effect.orValue("") == "" &&\n'
        '  (t.?operator.orValue("") == "Exists" || t.?value.orValue("") == variables.ring))'
    )


def _patches(path: str, nodes: PolicyNodes) -> str:
    """Return an expression for the list of JSON patches: what is not there yet of selector and toleration."""
    label, toleration = cel.text(nodes.label_key), _toleration(nodes.taint_key)
    selector = f"{path}/nodeSelector"
    return (
        'variables.ring == "" ? [] :\n'
        '(variables.selected != "" ? [] :\n'
        f"  has(variables.spec.nodeSelector) ? [{add(f'{selector}/{escaped(nodes.label_key)}', 'variables.ring')}] :\n"
        f"  [{add(selector, f'{{{label}: variables.ring}}')}]) +\n"
        "(variables.tolerated ? [] :\n"
        f"  has(variables.spec.tolerations) ? [{add(f'{path}/tolerations/-', toleration)}] :\n"
        f"  [{add(f'{path}/tolerations', f'[{toleration}]')}])"
    )


def _toleration(key: str) -> str:
    return f'{{"key": {cel.text(key)}, "operator": "Equal", "value": variables.ring}}'


def add(path: str, value: str) -> str:
    """Write the patch that adds what an expression gives."""
    return f'JSONPatch{{op: "add", path: {cel.text(path)}, value: {value}}}'


def escaped(key: str) -> str:
    """Write a key as a step of a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1")
