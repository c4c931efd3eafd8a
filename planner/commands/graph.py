"""`ringfence graph`: draw who shares a node with whom."""

import os

import click

from planner import outlet
from planner.commands.options import STDOUT, option
from planner.commands.sources import spare, stdin
from planner.commands.terminal import bad_input

GRAPHS = ("svg", "png", "html", "mmd", "dot", "graphml")


@click.command(short_help="Draw who shares a node with whom.")
@click.argument("plan_file", metavar="PLAN")
@option("-o", "--out", is_flag=False, flag_value=STDOUT, required=True, metavar="FILE", help="Its ending says how.")
@option(
    "--format",
    "kind",
    envvar="RINGFENCE_GRAPH_FORMAT",
    type=click.Choice(GRAPHS),
    help="Instead of FILE's ending; needed for stdout.",
)
def graph(plan_file: str, out: str, kind: str | None) -> None:
    """Draw who shares a node with whom: .svg .png .html .mmd .dot .graphml."""
    from planner import formats, pipeline

    kind = kind or os.path.splitext(out)[1].removeprefix(".")
    if kind not in GRAPHS:
        raise click.UsageError(f"{out}: end the file in one of .{', .'.join(GRAPHS)}, or give --format.")
    spare([plan_file], out, kind)
    with bad_input():
        drawing = formats.graph(pipeline.load(plan_file, stdin()), kind)
        if out != STDOUT:
            pipeline.save(out, drawing)
    if out == STDOUT:
        outlet.document(drawing)
