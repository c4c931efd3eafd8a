"""Findings as reports of wgpolicyk8s.io/v1alpha2, which came before OpenReports and which many clusters still have."""

from planner.check.output.openreports import documents
from planner.check.report import Report
from planner.emit import yaml

_API = "wgpolicyk8s.io/v1alpha2"


def write(report: Report) -> str:
    """Write the reports as YAML documents."""
    return "---\n".join(yaml.dump({"apiVersion": _API, **told, **body}) for told, body in documents(report, "Policy"))
