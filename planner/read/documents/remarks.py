"""What is read and not modelled, as data: a remark is made where that is seen, and a statement where it is known of whom."""

from dataclasses import replace

from models.disclosure import Disclosure, DisclosureCode, Parameter
from models.kubernetes.cluster import Statement
from models.source import Source
from planner.wording.disclosures import said


def remark(case: str, /, **facts: Parameter) -> Disclosure:
    """Return that something is not modelled, about nobody yet."""
    return Disclosure.of(DisclosureCode.NOT_MODELLED, "", case=case, **facts)


def hides(case: str, /, **facts: Parameter) -> Disclosure:
    """Return that pods are hidden, by nobody yet."""
    return Disclosure.of(DisclosureCode.HIDES_PODS, "", case=case, **facts)


def statement(subject: str, where: Source, told: Disclosure) -> Statement:
    """Say a remark of somebody, and where that was read."""
    return said(replace(told, subject=subject, where=where))
