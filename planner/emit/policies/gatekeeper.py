"""The policies of a plan for Gatekeeper: the same expressions, in ConstraintTemplates that its webhook evaluates.

A constraint names kinds alone, so each expression asks first whether the request is one that its policy is about. That stands
in no matchCondition, as other versions may spell that field otherwise, and read over it.
Source: github.com/open-policy-agent/gatekeeper, pkg/drivers/k8scel.
"""

from collections.abc import Iterable, Iterator

from models.answer.plan import IsolationPlan
from planner.admission import cel
from planner.admission.document import LABELS, Document, Policy, Rule
from planner.admission.policies import policies
from planner.emit.policies import objects
from planner.emit.policies.files import applied

FOLDER = "gatekeeper-policy"
TEMPLATES, CONSTRAINTS = f"{FOLDER}/templates", f"{FOLDER}/constraints"
_ENGINE = "K8sNativeValidation"
_KINDS = {
    "bindings": "Binding",
    "cronjobs": "CronJob",
    "daemonsets": "DaemonSet",
    "deployments": "Deployment",
    "jobs": "Job",
    "namespaces": "Namespace",
    "nodes": "Node",
    "pods": "Pod",
    "pods/binding": "Binding",
    "replicasets": "ReplicaSet",
    "replicationcontrollers": "ReplicationController",
    "statefulsets": "StatefulSet",
}
"""What is asked about, by its resource; a status is of the kind of its object."""
_SEEN = ("pods/binding", "pods/ephemeralcontainers")
"""Subresources that Gatekeeper's webhook is asked about as it is installed."""
_RESOURCE = 'request.resource.resource + (request.?subResource.orValue("") == "" ? "" : "/" + request.subResource)'
_HOW = (
    "# For Gatekeeper 3.18 or later. As it is installed it fails open, and is not asked about every door. Its chart takes:\n"
    "#   validatingWebhookFailurePolicy: Fail\n"
    "#   validatingWebhookSubResources, beside those that stand there:\n"
    "{subresources}"
    "# It is never asked about its own namespace, those with the label admission.gatekeeper.sh/ignore, and those of its Config.\n"
    "# Whoever may set these, or delete its webhook, opens the doors. Its audit looks at no request, and so at no door.\n"
    "# First the templates, and then the constraints, which shut the doors:\n"
    "#   kubectl apply -k {templates}\n"
    "#   kubectl wait --for=jsonpath='{{.status.created}}'=true constrainttemplates -l {selector}\n"
    "#   kubectl apply -k {constraints}\n"
    "# Take them back:\n"
    "#   kubectl delete -k {constraints}\n"
    "#   kubectl delete -k {templates}\n"
)


def files(plan: IsolationPlan, origin: str) -> dict[str, str]:
    """Return path -> content; what adds stays with the API server, as Gatekeeper's mutations know no expressions."""
    written = policies(plan.policy, plan.trust, plan.cluster, plan.rings)
    selector = ",".join(f"{key}={value}" for key, value in LABELS.items())
    unseen = "".join(f"#     - {resource}\n" for resource in _unseen(written))
    head = _HOW.format(templates=TEMPLATES, constraints=CONSTRAINTS, selector=selector, subresources=unseen)
    return {
        **applied(TEMPLATES, head, [(policy, [_template(policy)]) for policy in written], origin),
        **applied(CONSTRAINTS, head, [(policy, [_constraint(policy)]) for policy in written], origin),
        **objects.adding(plan, origin, CONSTRAINTS),
        **objects.joining(plan, origin),
    }


def _unseen(written: Iterable[Policy]) -> list[str]:
    """Return the subresources that the webhook must be asked about, too."""
    resources = {resource for policy in written for rule in policy.rules for resource in rule.resources}
    return sorted(resource for resource in resources if "/" in resource and resource not in _SEEN)


def _kind(policy: Policy) -> str:
    return "".join(part.capitalize() for part in policy.name.split("-"))


def _template(policy: Policy) -> Document:
    kind = _kind(policy)
    asked = {"about these requests": _is_meant(policy.rules), **policy.conditions}
    source = {
        "failurePolicy": "Fail",
        "generateVAP": False,
        "variables": [
            {"name": "resource", "expression": _RESOURCE},
            {"name": "asked", "expression": " &&\n".join(f"({condition})" for condition in asked.values())},
            *({"name": name, "expression": text} for name, text in policy.variables.items()),
        ],
        "validations": [_validation(validation) for validation in policy.spec()["validations"]],
    }
    target = {"target": "admission.k8s.gatekeeper.sh", "code": [{"engine": _ENGINE, "source": source}]}
    spec = {"crd": {"spec": {"names": {"kind": kind}}}, "targets": [target]}
    # Gatekeeper wants a template to be called like its kind, in small letters.
    return _document("templates.gatekeeper.sh/v1", "ConstraintTemplate", kind.lower(), spec)


def _validation(validation: Document) -> Document:
    said = {key: value for key, value in validation.items() if key in ("message", "messageExpression")}
    return {"expression": f"!variables.asked ||\n({validation['expression']})", **said}


def _constraint(policy: Policy) -> Document:
    kinds = [{"apiGroups": [rule.group], "kinds": list(_kinds(rule))} for rule in policy.rules]
    return _document(
        "constraints.gatekeeper.sh/v1beta1", _kind(policy), policy.name, {"enforcementAction": "deny", "match": {"kinds": kinds}}
    )


def _kinds(rule: Rule) -> Iterator[str]:
    kinds = (_KINDS.get(resource, _KINDS[resource.partition("/")[0]]) for resource in rule.resources)
    return iter(dict.fromkeys(kinds))


def _is_meant(rules: Iterable[Rule]) -> str:
    """Ask whether it is a request of one of these rules."""
    return " ||\n".join(
        f'request.?operation.orValue("") in {cel.texts(rule.operations)} && request.resource.group == {cel.text(rule.group)} &&\n'
        f"  variables.resource in {cel.texts(rule.resources)}"
        for rule in rules
    )


def _document(version: str, kind: str, name: str, spec: Document) -> Document:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, "labels": dict(LABELS)}, "spec": spec}
