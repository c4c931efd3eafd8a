"""`ringfence explain`: say why a workload or a node is where it is."""

import click

from planner.commands.options import SUMMARIES, option
from planner.commands.sources import stdin
from planner.commands.terminal import bad_input, paper_of, review


@click.command(short_help="Say why a workload or a node is where it is.")
@click.argument("plan_file", metavar="PLAN")
@click.argument("name", required=False, metavar="[KIND/NAMESPACE/NAME | NODE]")
@option("-O", "--output", type=click.Choice(SUMMARIES), default="table", help="How to write the answer.")
def explain(plan_file: str, name: str | None, output: str) -> None:
    """Say why a workload, or a node, is where the plan has it, why not elsewhere, and what would change it.

    Without a name it lists all that can be asked about.
    """
    from planner import formats, pipeline

    paper = paper_of()
    with bad_input():
        text = formats.explain(pipeline.load(plan_file, stdin()), name or "", output, paper)
    review(text, output, paper.colour)
