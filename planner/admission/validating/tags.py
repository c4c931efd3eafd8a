"""Which levels and tenants a namespace may say: those that it has in the plan, and those that a claim gives it."""

from planner.admission import cel
from planner.admission.allowances import Allowances, Names
from planner.admission.document import Validation

_FIX = "claim it in the trust policy, plan again, and apply the policies that ringfence patch writes"


def keys(level: str, tenant: str, allowed: Allowances) -> tuple[str, ...]:
    """Return the labels that decide: the tenant's only where the plan keeps tenants apart."""
    return (level, tenant) if allowed.tenants else (level,)


def are_changed(labels: tuple[str, ...]) -> str:
    """Ask whether an object carries other tags than before."""
    return " || ".join(
        f"object.metadata.?labels[?{cel.text(key)}] != oldObject.metadata.?labels[?{cel.text(key)}]" for key in labels
    )


def variables(places: str, level: str, tenant: str, allowed: Allowances) -> dict[str, str]:
    """Return the levels that a list of maps of labels says, and the tenants where the plan keeps these apart."""
    named = {"levels": level, **({"tenants": tenant} if allowed.tenants else {})}
    return {name: f"{places}.filter(l, {cel.text(key)} in l).map(l, l[{cel.text(key)}])" for name, key in named.items()}


def allowed_levels(space: str, allowed: Allowances) -> str:
    """Return an expression for the levels that the namespace `space` gives may carry."""
    return _with_claims(allowed.levels, allowed.claimed_levels, space, allowed.free)


def allowed_rings(space: str, allowed: Allowances) -> str:
    """Return an expression for the rings that it may enter."""
    rings = _with_claims(allowed.rings, allowed.claimed_rings, space, ())
    if not allowed.unsaid:
        return rings
    unsaid = cel.lists(allowed.unsaid)
    return f"variables.levels == [] && {space} in {unsaid} ?\n{unsaid}[{space}] :\n{rings}"


def validations(space: str, allowed: Allowances) -> list[Validation]:
    """Return what must hold of `variables.levels` and `variables.tenants`."""
    checks = [_validation("levels", "level", allowed_levels(space, allowed), space)]
    if allowed.tenants:
        checks.append(_validation("tenants", "tenant", _with_claims(allowed.tenants, {}, space, ()), space))
    return checks


def _validation(variable: str, what: str, allowed: str, space: str) -> Validation:
    return Validation(
        f"variables.{variable}.all(v, v in (\n{allowed}\n))",
        message_expression=f'"namespace " + {space} + " may not carry {what} " + variables.{variable}.join(", ") + ": {_FIX}"',
    )


def _with_claims(exact: Names, claimed: Names, space: str, free: tuple[str, ...]) -> str:
    parts = [f"{cel.lists(exact)}[?{space}].orValue([])"]
    parts += [f"({cel.fits(space, pattern)} ? {cel.texts(values)} : [])" for pattern, values in claimed.items()]
    return "\n+ ".join([*parts, *([cel.texts(free)] if free else [])])
