"""The policies of pods that no patch of a template reaches, and of what makes such pods."""

from models.trust import PolicyLabels, PolicyNodes
from planner.admission.allowances import Allowances
from planner.admission.document import CREATE, MutatingPolicy, Rule
from planner.admission.mutating.rings import gives_ring
from planner.admission.validating.residents import are_everywhere

_ABOUT = "Pods get the ring of their namespace or level, where only one can be meant: those of operators, and of kubectl run."
_ABOUT_MAKERS = "What makes pods, operators' Jobs for example, gets their ring as it is created, or as its template changes."
_OF_DAEMON_SET = 'o.kind == "DaemonSet" && o.?controller.orValue(false)'
_METADATA = "object.metadata.?labels.orValue({})"
_NEW = 'request.operation == "CREATE" || object.{0} != oldObject.{0}'


def rings_of_pods(allowed: Allowances, labels: PolicyLabels, nodes: PolicyNodes) -> MutatingPolicy:
    """Return the policy of pods; those of a DaemonSet are left as its controller made them, each for its node."""
    conditions = {
        "of-no-daemonset": f"!object.metadata.?ownerReferences.orValue([]).exists(o, {_OF_DAEMON_SET})",
        "names-no-node": "!has(object.spec.nodeName)",
    }
    rules = [Rule("", ("pods",), (CREATE,))]
    return gives_ring("ringfence-rings-of-pods", _ABOUT, rules, conditions, "spec", [_METADATA], allowed, labels, nodes)


def rings_of_templates(allowed: Allowances, labels: PolicyLabels, nodes: PolicyNodes) -> MutatingPolicy:
    """Return the policy of what has its template under spec.

    ReplicaSets are left alone: a Deployment that does not know its template again makes another, and never ends. Templates of
    Jobs cannot change.
    """
    rules = [Rule("apps", ("daemonsets", "deployments", "statefulsets")), Rule("batch", ("jobs",), (CREATE,))]
    everywhere = are_everywhere(allowed, "object.metadata.name")
    conditions = {
        "not-everywhere": f'!(request.resource.resource == "daemonsets" &&\n  ({everywhere}))',
        "makes-other-pods": _NEW.format("spec.template"),
    }
    places = ["object.spec.template.?metadata.?labels.orValue({})", _METADATA]
    return gives_ring(
        "ringfence-rings-of-templates", _ABOUT_MAKERS, rules, conditions, "spec.template.spec", places, allowed, labels, nodes
    )


def rings_of_cron_jobs(allowed: Allowances, labels: PolicyLabels, nodes: PolicyNodes) -> MutatingPolicy:
    """Return the policy of CronJobs."""
    path = "spec.jobTemplate.spec.template"
    places = [
        f"object.{path}.?metadata.?labels.orValue({{}})",
        "object.spec.jobTemplate.?metadata.?labels.orValue({})",
        _METADATA,
    ]
    return gives_ring(
        "ringfence-rings-of-cronjobs",
        _ABOUT_MAKERS,
        [Rule("batch", ("cronjobs",))],
        {"makes-other-pods": _NEW.format(path)},
        f"{path}.spec",
        places,
        allowed,
        labels,
        nodes,
    )
