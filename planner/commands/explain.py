"""`ringfence explain`: say why a workload or a node is where it is."""

import click

from planner import outlet
from planner.commands.options import SUMMARIES, option
from planner.commands.sources import stdin
from planner.commands.terminal import bad_input, paper_of, review


@click.command(short_help="Say why a workload or a node is where it is.")
@click.argument("plan_file", required=False, metavar="[PLAN]")
@click.argument("name", required=False, metavar="[KIND/NAMESPACE/NAME | NODE | NODE GROUP | RING]")
@option("--finding", metavar="ID", help="Tell the story of a finding of ringfence check instead; no plan is read.")
@option("-O", "--output", type=click.Choice(SUMMARIES), default="table", help="How to write the answer.")
def explain(plan_file: str | None, name: str | None, finding: str | None, output: str) -> None:
    """Say why a workload, a node or a node group is where the plan has it, why not elsewhere, and what would change it.

    Of a ring it says which node groups it has.

    Without a name it lists all that can be asked about.
    """
    from planner import formats, pipeline

    if finding:
        return _tell(finding, plan_file)
    if not plan_file:
        raise click.UsageError("Missing PLAN: name a plan, or a finding with --finding.")
    paper = paper_of()
    with bad_input():
        text = formats.explain(pipeline.load(plan_file, stdin()), name or "", output, paper)
    return review(text, output, paper.colour)


def _tell(finding: str, plan_file: str | None) -> None:
    """Write the story of a finding."""
    from planner import pipeline

    if plan_file:
        raise click.UsageError("Give a plan or --finding, not both.")
    try:
        outlet.answer(pipeline.story(finding))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--finding") from None
