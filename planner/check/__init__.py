"""Every door: what in manifests, in a plan or in a cluster lets pods of one trust level reach the nodes of another."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.check.report import Report
    from planner.check.request import Request

Progress = Callable[[str], None]


def check(request: "Request", progress: Progress = lambda _: None) -> "Report":
    """Read what is named and ask every rule; BadInput says what is wrong with what cannot be read."""
    from planner import read
    from planner.check.baseline import read_baseline
    from planner.check.blast import blast, levels
    from planner.check.inventory import images
    from planner.check.judge import judge
    from planner.check.reachability import matrix
    from planner.check.read import notes, read_estate
    from planner.check.stages import stages
    from planner.check.table import RULES

    progress("reading")
    stdin = request.inputs.stdin
    baseline = read_baseline(request.baseline, request.today, stdin)
    plan = read.read_plan(request.plan, stdin) if request.plan else None
    estate = read_estate(request.inputs, plan)
    progress("asking every rule")
    report = judge(estate, RULES, baseline, request.heeds_annotations)
    return replace(
        report,
        notes=tuple(notes(estate)),
        reach=matrix(estate),
        blast=blast(estate) if request.wants_blast else (),
        images=images(estate),
        stages=stages(estate),
        levels=levels(estate),
    )
