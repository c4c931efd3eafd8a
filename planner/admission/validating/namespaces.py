"""The policy of namespaces: their labels are the level, or tenant, of all that is in them."""

from models.trust import Admission, PolicyLabels
from planner.admission import cel
from planner.admission.allowances import Allowances
from planner.admission.document import Policy, Rule
from planner.admission.validating import tags

_ABOUT = "A namespace says no other level, or tenant, than the plan has for it or a claim gives it."


def namespaces(allowed: Allowances, labels: PolicyLabels, admission: Admission) -> Policy:
    """Return the policy."""
    changed = tags.are_changed(tags.keys(labels.level, labels.tenant, allowed))
    places = "[object.metadata.?labels.orValue({})]"
    return Policy(
        "ringfence-namespaces",
        _ABOUT,
        [Rule("", ("namespaces", "namespaces/finalize", "namespaces/status"))],
        {
            "not-an-admin": f"!({cel.is_user(admission.admins)})",
            "says-another": f'request.operation == "CREATE" || {changed}',
        },
        tags.variables(places, labels.level, labels.tenant, allowed),
        tags.validations("object.metadata.name", allowed),
    )
