"""A report in the format that is asked for: for people, for programs, for what shows findings beside a change."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.check.report import Report
    from planner.paper import Paper

_MODULES: Mapping[str, str] = {"table": "terminal", "json": "plain_json"}


def write(report: "Report", kind: str, paper: "Paper") -> str:
    """Write a report in one of the formats that planner.formats names; only a table is written on paper of some width."""
    module = import_module(f"planner.check.output.{_MODULES.get(kind, kind)}")
    writer: Callable[..., str] = module.write
    return writer(report, paper) if kind == "table" else writer(report)
