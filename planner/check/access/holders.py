"""Whose pods hold a right."""

from planner.check.estate.access import Grant
from planner.check.estate.estate import Estate
from planner.words import some


def holders(grant: Grant, estate: Estate) -> str:
    """Name the workloads whose pods have the token of the subject; nothing where there are none."""
    if grant.subject.kind != "ServiceAccount":
        return ""
    names = [template.subject for template in estate.holders(grant.subject.account) if estate.mounts_token(template)]
    return f"; its token is in pods of {some(sorted(set(names)))}" if names else ""
