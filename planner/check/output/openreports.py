"""Findings as reports of openreports.io/v1alpha1: one for each namespace, and one for what is in none.

Source: https://github.com/openreports/reports-api.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from models.answer.finding import ERROR, INFO, WARNING
from planner.check.finding import Finding
from planner.check.report import Report
from planner.check.story import stories
from planner.emit import yaml

_RESULTS = {ERROR: "fail", WARNING: "warn", INFO: "warn"}
_SEVERITIES = {ERROR: "high", WARNING: "medium", INFO: "info"}
_API, _NAME = "openreports.io/v1alpha1", "ringfence"


def write(report: Report) -> str:
    """Write the reports as YAML documents."""
    return "---\n".join(yaml.dump({"apiVersion": _API, **told, "source": _NAME, **body}) for told, body in documents(report, ""))


def documents(report: Report, prefix: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield what each report is, by a kind with this prefix, and what is in it."""
    ordered = sorted(report.findings, key=_namespace)
    for namespace, group in groupby(ordered, key=_namespace):
        kind = f"{prefix}Report" if namespace else f"Cluster{prefix}Report"
        meta = {"name": _NAME, "namespace": namespace} if namespace else {"name": _NAME}
        results = [_result(finding) for finding in group]
        told = [result["result"] for result in results]
        summary = {"pass": 0, "fail": told.count("fail"), "warn": told.count("warn"), "error": 0, "skip": 0}
        yield {"kind": kind, "metadata": meta}, {"summary": summary, "results": results}


def _namespace(finding: Finding) -> str:
    """Return the namespace of what the finding is about, by its name KIND/NAMESPACE/NAME."""
    parts = finding.subject.split("/")
    return parts[1] if len(parts) == 3 and " " not in finding.subject else ""


def _result(finding: Finding) -> dict[str, Any]:
    return {
        "source": _NAME,
        "policy": finding.id,
        "category": stories()[finding.id].breaks,
        "severity": _SEVERITIES[finding.severity],
        "result": _RESULTS[finding.severity],
        "message": f"{finding.subject}: {finding.message}; {finding.fix}",
        "properties": {"subject": finding.subject, "where": str(finding.where)},
        **_subjects(finding),
    }


def _subjects(finding: Finding) -> dict[str, Any]:
    parts = finding.subject.split("/")
    if len(parts) != 3 or " " in finding.subject:
        return {}
    return {"resources": [{"kind": parts[0].partition(".")[0], "namespace": parts[1], "name": parts[2]}]}
