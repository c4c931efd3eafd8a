"""Findings as JUnit XML: each rule is a test suite, each finding a test that fails; warnings and infos do not."""

from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from models.answer.finding import ERROR
from planner.check.finding import Finding
from planner.check.report import Report
from planner.words import visible


def write(report: Report) -> str:
    """Write a suite for each rule that found something."""
    ordered = sorted(report.findings, key=lambda finding: finding.id)
    suites = [_suite(name, list(group)) for name, group in groupby(ordered, key=lambda finding: finding.id)]
    total, failed = len(ordered), sum(finding.severity == ERROR for finding in ordered)
    head = f'<testsuites name="ringfence check" tests="{total}" failures="{failed}">'
    return "\n".join(('<?xml version="1.0" encoding="UTF-8"?>', head, *suites, "</testsuites>", ""))


def _suite(name: str, findings: list[Finding]) -> str:
    failed = sum(finding.severity == ERROR for finding in findings)
    head = f'  <testsuite name={_attribute(name)} tests="{len(findings)}" failures="{failed}">'
    return "\n".join((head, *map(_case, findings), "  </testsuite>"))


def _case(finding: Finding) -> str:
    place = f" ({finding.where})" if finding.where.file else ""
    text = escape(visible(f"{finding.message}{place}; {finding.fix}"))
    if finding.severity == ERROR:
        inner = f"<failure message={_attribute(finding.message)}>{text}</failure>"
    else:
        inner = f"<system-out>{finding.severity}: {text}</system-out>"
    where = f" file={_attribute(finding.where.file)}" if finding.where.file else ""
    return f"    <testcase classname={_attribute(finding.id)} name={_attribute(finding.subject)}{where}>{inner}</testcase>"


def _attribute(text: str) -> str:
    return quoteattr(visible(text))
