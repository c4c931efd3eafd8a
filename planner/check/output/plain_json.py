"""Findings as JSON: everything that there is."""

import json
from typing import Any

from planner.check.finding import Finding
from planner.check.report import Report
from planner.words import visible_json


def write(report: Report) -> str:
    """Write the report as one JSON document."""
    data = {
        "counts": report.counts,
        "objects": report.objects,
        "templates": report.templates,
        "planned": report.planned,
        "findings": [finding_data(finding) for finding in report.findings],
        "accepted": [{**finding_data(entry.finding), "reason": entry.reason, "by": entry.by} for entry in report.accepted],
        "reach": [{"workload": row.workload, "ring": row.ring, "ways": dict(row.ways)} for row in report.reach],
        "blast": [
            {
                "node": blast.node,
                "planned": blast.planned,
                "rings": list(blast.rings),
                "workloads": blast.workloads,
                "nodes": blast.nodes,
                "secrets": blast.secrets,
                "accounts": blast.accounts,
                "through": blast.through,
            }
            for blast in report.blast
        ],
        "stages": [{"name": stage.name, "lacks": list(stage.lacks)} for stage in report.stages],
        "images": [
            {"image": use.image, "level": use.level, "ring": use.ring, "workloads": list(use.workloads)} for use in report.images
        ],
        "notRead": list(report.notes),
    }
    return dumped(data)


def finding_data(finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON has it; where it was read stands there if it is known."""
    where = {"where": {"file": finding.where.file, "line": finding.where.line}} if finding.where.file else {}
    return {
        "id": finding.id,
        "severity": finding.severity,
        "subject": finding.subject,
        "message": finding.message,
        "why": finding.why,
        "fix": finding.fix,
        "source": finding.source,
        **where,
    }


def dumped(data: Any) -> str:
    """Write JSON in which every character is seen."""
    return visible_json(json.dumps(data, indent=2, ensure_ascii=False)) + "\n"
