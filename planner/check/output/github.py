"""Findings as annotations of GitHub Actions, which show them beside the lines of a change.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands.
"""

from models.answer.finding import ERROR, INFO, WARNING
from planner.check.finding import Finding
from planner.check.report import Report
from planner.words import visible

_COMMANDS = {ERROR: "error", WARNING: "warning", INFO: "notice"}


def write(report: Report) -> str:
    """Write one command a line."""
    return "".join(f"{_command(finding)}\n" for finding in report.findings)


def _command(finding: Finding) -> str:
    fields = {"file": finding.where.file, "line": str(finding.where.line or ""), "title": f"ringfence {finding.id}"}
    told = ",".join(f"{name}={_property(value)}" for name, value in fields.items() if value)
    return f"::{_COMMANDS[finding.severity]} {told}::{_data(f'{finding.subject}: {finding.message}; {finding.fix}')}"


def _data(text: str) -> str:
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
