"""The policies of what makes pods: refused is the template, where its author sees it, and not only the pods that come of it."""

from models.trust import PolicyLabels, PolicyNodes
from planner.admission.allowances import Allowances
from planner.admission.document import Policy, Rule
from planner.admission.validating import pod_specs, tags
from planner.admission.validating.residents import are_everywhere

_ABOUT = "What makes pods is refused where its pods would be; it is looked at when it is created, or its template changes."
_LINES = ",\n "
_METADATA = "object.metadata.?labels.orValue({})"
_APPS = ("daemonsets", "deployments", "replicasets", "statefulsets")
_STATUS = ("statefulsets/status",)


def templates(allowed: Allowances, labels: PolicyLabels, nodes: PolicyNodes) -> Policy:
    """Return the policy of all that have their template under spec."""
    rules = [
        Rule("apps", (*_APPS, *_STATUS)),
        Rule("batch", ("jobs", "jobs/status")),
        Rule("", ("replicationcontrollers", "replicationcontrollers/status")),
    ]
    everywhere = are_everywhere(allowed, "object.metadata.name")
    resident = f'request.resource.resource == "daemonsets" &&\n  ({everywhere})'
    return _policy("ringfence-templates", rules, "spec.template", [], resident, allowed, labels, nodes)


def cron_jobs(allowed: Allowances, labels: PolicyLabels, nodes: PolicyNodes) -> Policy:
    """Return the policy of CronJobs, whose Jobs may say their level, too."""
    rules = [Rule("batch", ("cronjobs", "cronjobs/status"))]
    jobs = ["object.spec.jobTemplate.?metadata.?labels.orValue({})"]
    return _policy("ringfence-cronjobs", rules, "spec.jobTemplate.spec.template", jobs, "false", allowed, labels, nodes)


def _policy(
    name: str,
    rules: list[Rule],
    path: str,
    places: list[str],
    resident: str,
    allowed: Allowances,
    labels: PolicyLabels,
    nodes: PolicyNodes,
) -> Policy:
    whole = path.removesuffix(".spec.template")
    changed = tags.are_changed(tags.keys(labels.level, labels.tenant, allowed))
    told = [f"object.{path}.?metadata.?labels.orValue({{}})", *places, _METADATA]
    return Policy(
        name,
        _ABOUT,
        rules,
        {"makes-other-pods": f'request.operation == "CREATE" ||\nobject.{whole} != oldObject.{whole} ||\n{changed}'},
        pod_specs.variables(f"object.{path}.spec", f"[{_LINES.join(told)}]", resident, allowed, labels, nodes),
        [
            *tags.validations(pod_specs.SPACE, allowed),
            *pod_specs.validations(allowed, nodes, {"node names": "", "homes": ""}),
        ],
    )
