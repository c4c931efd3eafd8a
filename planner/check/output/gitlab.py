"""Findings as a Code Quality report of GitLab.

Source: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format.
"""

from typing import Any

from models.answer.finding import ERROR, INFO, WARNING
from planner.check.finding import Finding
from planner.check.output.plain_json import dumped
from planner.check.output.sarif import fingerprint
from planner.check.report import Report

_SEVERITIES = {ERROR: "critical", WARNING: "major", INFO: "info"}


def write(report: Report) -> str:
    """Write a list with one entry for each finding."""
    return dumped([_entry(finding) for finding in report.findings])


def _entry(finding: Finding) -> dict[str, Any]:
    return {
        "description": f"{finding.subject}: {finding.message}; {finding.fix}",
        "check_name": finding.id,
        "fingerprint": fingerprint(finding),
        "severity": _SEVERITIES[finding.severity],
        "location": {"path": finding.where.file or finding.subject, "lines": {"begin": max(1, finding.where.line)}},
    }
