"""Findings as SARIF 2.1.0, for what shows them beside the code: GitHub code scanning, editors.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html.
"""

import hashlib
from typing import Any
from urllib.parse import quote

from models.answer.finding import ERROR, INFO, WARNING
from planner import VERSION
from planner.check.finding import Finding
from planner.check.output.plain_json import dumped
from planner.check.report import Accepted, Report
from planner.check.story import stories

_LEVELS = {ERROR: "error", WARNING: "warning", INFO: "note"}
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_HOME = "https://github.com/ringfence/ringfence"


def write(report: Report) -> str:
    """Write one run with every finding; what was accepted is there as suppressed."""
    results = [*map(_result, report.findings), *map(_suppressed, report.accepted)]
    names = sorted({result["ruleId"] for result in results})
    for result in results:
        result["ruleIndex"] = names.index(result["ruleId"])
    driver = {"name": "ringfence", "semanticVersion": VERSION, "rules": [_rule(name) for name in names]}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return dumped({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(name: str) -> dict[str, Any]:
    rule = stories()[name]
    help_uri = {"helpUri": rule.source} if rule.source.startswith("https://") else {}
    return {
        "id": name,
        "shortDescription": {"text": f"{rule.sentence}."},
        "fullDescription": {"text": rule.why},
        "help": {"text": f"{rule.how}\n{rule.fix}"},
        **help_uri,
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": [rule.breaks, "kubernetes"]},
    }


def _result(finding: Finding) -> dict[str, Any]:
    physical = {}
    if finding.where.file:
        region = {"region": {"startLine": finding.where.line}} if finding.where.line else {}
        physical = {"physicalLocation": {"artifactLocation": {"uri": _uri(finding.where.file)}, **region}}
    logical = {"logicalLocations": [{"fullyQualifiedName": finding.subject, "kind": "resource"}]}
    return {
        "ruleId": finding.id,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.subject}: {finding.message}; {finding.fix}"},
        "locations": [{**physical, **logical}],
        "partialFingerprints": {"ringfence/v1": fingerprint(finding)},
    }


def _suppressed(accepted: Accepted) -> dict[str, Any]:
    kind = "inSource" if accepted.by == "annotation" else "external"
    return {**_result(accepted.finding), "suppressions": [{"kind": kind, "justification": accepted.reason}]}


def _uri(file: str) -> str:
    return quote(file.replace("\\", "/"), safe="/._-~:")


def fingerprint(finding: Finding) -> str:
    """Name a finding so that it is the same one after lines have moved."""
    told = "\0".join((finding.id, finding.subject, finding.message))
    return hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest()[:40]
