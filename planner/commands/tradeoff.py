"""`ringfence plan --tradeoff`: print what sharing saves instead of a plan."""

import sys
from time import monotonic
from typing import Any, NoReturn

import click

from planner import outlet
from planner.commands.exit_codes import NO, NO_ANSWER, YES
from planner.commands.sources import check_sources, inputs_of
from planner.commands.terminal import bad_input, paper_of, progress_shown, review, say_limit

LEFT_OUT = ("out", "any_order", "objective", "strict")
"""What is asked of a plan, and not of a curve."""


def print_tradeoff(options: dict[str, Any]) -> NoReturn:
    """Print the cheapest way to divide the groups for each number of rings, and leave."""
    from planner import formats, pipeline

    began = monotonic()
    check_sources(options)
    for name in LEFT_OUT:
        if options[name]:
            raise click.UsageError(f"Leave out --{name.replace('_', '-')}: --tradeoff prints a curve, and makes no plan.")
    with bad_input(), progress_shown() as progress, pipeline.interruptible() as halt:
        curve = pipeline.tradeoff(inputs_of(options), progress, options["time_limit"], options["gap"])
        stopped, took = halt.asked, monotonic() - began
    paper = paper_of()
    review(formats.tradeoff_text(curve, options["output"], paper), options["output"], paper.colour)
    if any(point.goal is None or point.goal.gap for point in curve.points):
        say_limit(options["time_limit"], took, "with more time ways that cost less may be found")
    if stopped:
        outlet.say("stopped: these are the best ways so far")
    verdicts = {point.verdict for point in curve.points}
    sys.exit(NO_ANSWER if stopped else YES if "feasible" in verdicts else NO if verdicts == {"infeasible"} else NO_ANSWER)
