"""`ringfence review`: say whether each ring is big enough, what could go, what isolation costs, and what if."""

import os
import sys
from typing import Any

import click
from click.core import ParameterSource

from planner import outlet
from planner.commands.exit_codes import NO, NO_ANSWER, YES
from planner.commands.options import STDOUT, option
from planner.commands.sources import spare, stdin
from planner.commands.terminal import bad_input, paper_of, progress_shown
from planner.commands.terminal import review as write

FAULTS = ("short", "tight")
REVIEWS, TABLES = ("html", "md", "json", "csv"), ("charges", "rings", "nodes", "scenarios", "usage")


KINDS = {"table": "", **{kind: kind for kind in REVIEWS}, "markdown": "md"}
"""What may be named as the format, and the ending of a file that has it; none of what is for the screen alone."""


def _schema(context: click.Context, _: click.Parameter, is_asked: bool) -> None:
    """Write the schema of the JSON, and leave."""
    if is_asked:
        from planner import formats

        outlet.document(formats.review_schema())
        context.exit()


@click.command(short_help="Review the capacity of a plan: room, savings, what isolation costs, what if.")
@click.argument("plan_files", nargs=-1, required=True, metavar="PLAN...")
@option("-o", "--out", is_flag=False, flag_value=STDOUT, metavar="FILE", help="Write all of it: .html .md .json .csv.")
@option(
    "-O",
    "--output",
    "--format",
    "kind",
    envvar="RINGFENCE_REVIEW_FORMAT",
    type=click.Choice(tuple(KINDS)),
    help="Instead of FILE's ending; goes to stdout where no FILE is named.",
)
@option("--table", type=click.Choice(TABLES), default="charges", show_default=True, help="Which table .csv has.")
@option("--grow", multiple=True, metavar="[LEVEL=]20%", help="What if all workloads, or those of a level, had so many more pods?")
@option("--growth", multiple=True, metavar="[LEVEL=]3%/month", help="For how many months does each ring hold its pods then?")
@option("--lose", multiple=True, metavar="KIND=NAME", help="What if a zone, a node or a node group were gone: zone=eu-west-1a.")
@option("--merge", multiple=True, metavar="GROUP,GROUP", help="What if these trust groups shared nodes?")
@option("--split", multiple=True, metavar="GROUP[,GROUP]", help="What if these trust groups kept apart, or one from all others?")
@option("--reshape", multiple=True, metavar="TYPE=TYPE", help="What if nodes of one instance type were of the other?")
@option("--sandbox", multiple=True, metavar="LEVEL=FILE", help="What if the level had this RuntimeClass, and no own nodes?")
@option("--onboard", multiple=True, metavar="FILE", help="What if the workloads of these manifests came?")
@option("--usage", multiple=True, metavar="FILE", help="What pods use: PodMetrics, NodeMetrics, VPAs, krr's JSON or .csv.")
@option("--rightsize", multiple=True, metavar="20%", help="What if they requested what is recommended, or used and a fifth more?")
@option(
    "--fail-on",
    type=click.Choice(FAULTS),
    default="short",
    show_default=True,
    help="Exit with 1 if a ring is that, or worse.",
)
@option("--buffers", metavar="FILE.yaml", help="Write spare nodes, for what rings survive, as CapacityBuffers.")
@click.option("--schema", is_flag=True, is_eager=True, expose_value=False, callback=_schema, help="Write the schema of .json.")
@option("--quick", is_flag=True, help="Count only; ask the solver nothing: no savings, nor what isolation costs.")
def review(
    plan_files: tuple[str, ...], out: str | None, kind: str | None, table: str, fail_on: str, buffers: str | None, **asked: Any
) -> None:
    """Say of a plan whether each ring is big enough, which nodes could go, and what isolation costs and who causes it.

    Each what-if is a full plan of the changed input. Of several plans the last is reviewed, and held against those before. The
    exit code is 1 also if a ring is beyond a threshold of the policy.
    """
    from planner import formats, pipeline

    out, kind = _target(out, kind, buffers)
    if [*plan_files, *asked["usage"]].count(STDOUT) > 1:
        raise click.UsageError("Name - once: stdin can be read only once.")
    inputs = [*plan_files, *asked["onboard"], *asked["usage"], *(text.partition("=")[2] for text in asked["sandbox"])]
    spare(inputs, out, kind)
    spare([*inputs, *filter(None, (out,))], buffers, "yaml")
    paper = paper_of(err=out == STDOUT)
    with bad_input(), progress_shown() as progress, pipeline.interruptible() as halt:
        try:
            *before, (name, plan) = [(file, pipeline.load(file, stdin())) for file in plan_files]
            if buffers:
                formats.check_buffers(plan)
            answer = pipeline.review(plan, progress, **asked, stdin=stdin(), before=before, name=name)
        except ValueError as error:
            raise click.UsageError(f"{error}.") from None
        text = formats.review(answer, kind, paper, table) if out else ""
        spares = formats.buffers(plan, answer) if buffers else ""
        written = [(path, content) for path, content in ((out, text), (buffers, spares)) if path and path != STDOUT]
        for path, content in written:
            pipeline.save(path, content)
    write(formats.review(answer, "table", paper), "table", paper.colour, err=out == STDOUT)
    if out == STDOUT:
        outlet.document(text)
    outlet.say(*(f"wrote {path}" for path, _ in written))
    if halt.asked:
        outlet.say("stopped: what was not answered by then is missing, or not as close as it could be")
    failing = FAULTS[: FAULTS.index(fail_on) + 1]
    is_short = not answer.holds or any(ring.status in failing or ring.beyond for ring in answer.rings)
    sys.exit(NO_ANSWER if halt.asked else NO if is_short else YES)


def _target(out: str | None, kind: str | None, buffers: str | None) -> tuple[str | None, str]:
    """Return which file is written, and in which format; a format that is named alone goes to stdout."""
    is_named = click.get_current_context().get_parameter_source("kind") is ParameterSource.COMMANDLINE
    out = out or (STDOUT if is_named and KINDS[kind or "table"] else None)
    kind = KINDS[kind or "table"] or os.path.splitext(out or "")[1].removeprefix(".")
    if out and kind not in REVIEWS:
        raise click.UsageError(f"{out}: end the file in one of .{', .'.join(REVIEWS)}, or give --output.")
    if buffers == STDOUT:
        raise click.UsageError("--buffers: name a file; stdout is for the review.")
    return out, kind
