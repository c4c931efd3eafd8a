"""The policy of pods: when they are created, get tolerations later, leave a gate, or get a debugger."""

from models.trust import Admission, PolicyLabels, PolicyNodes
from planner.admission import cel
from planner.admission.allowances import Allowances
from planner.admission.document import Policy, Rule
from planner.admission.validating import pod_specs, tags
from planner.admission.validating.residents import are_everywhere

_ABOUT = "Pods enter rings of their own alone, however they were made; only what changes where a pod may go is looked at."
_MAKERS = ("system:serviceaccount:kube-system:daemon-set-controller", "system:kube-controller-manager")
_FIELDS = ("tolerations", "nodeSelector", "affinity")
_MIRROR = (
    '!(request.operation == "CREATE" && "system:nodes" in request.userInfo.?groups.orValue([]) &&\n'
    '  request.userInfo.username == "system:node:" + object.spec.?nodeName.orValue("") &&\n'
    '  "kubernetes.io/config.mirror" in object.metadata.?annotations.orValue({}))'
)


def pods(allowed: Allowances, labels: PolicyLabels, nodes: PolicyNodes, admission: Admission) -> Policy:
    """Return the policy."""
    places = "[object.metadata.?labels.orValue({})]"
    created = 'request.operation != "CREATE" ||\n'
    return Policy(
        "ringfence-pods",
        _ABOUT,
        # Labels can be changed through the status, too, and labels say the level.
        [Rule("", ("pods", "pods/ephemeralcontainers", "pods/status"))],
        {
            "not-an-admin": f"!({cel.is_user(admission.admins)})",
            "no-static-pod": _MIRROR,
            "may-go-elsewhere": _changes(tags.keys(labels.level, labels.tenant, allowed)),
        },
        pod_specs.variables("object.spec", places, _resident(allowed), allowed, labels, nodes),
        [
            *tags.validations(pod_specs.SPACE, allowed),
            *pod_specs.validations(allowed, nodes, {"node names": created, "homes": created}),
        ],
    )


def _changes(keys: tuple[str, ...]) -> str:
    # A request for a whole object has no subResource: without `?` the expression would fail, and so refuse it.
    asked = 'request.operation == "CREATE" || request.?subResource.orValue("") == "ephemeralcontainers"'
    fields = (f"object.spec.?{field} != oldObject.spec.?{field}" for field in _FIELDS)
    return " ||\n".join((asked, *fields, tags.are_changed(keys)))


def _resident(allowed: Allowances) -> str:
    """Ask whether the DaemonSet controller makes it for a shared resident; who owns a pod anybody may write later."""
    return (
        f'request.operation == "CREATE" && request.userInfo.username in {cel.texts(_MAKERS)} &&\n'
        "object.metadata.?ownerReferences.orValue([]).exists(o,\n"
        f'  o.kind == "DaemonSet" && o.?controller.orValue(false) &&\n  ({are_everywhere(allowed, "o.name")}))'
    )
