"""`ringfence plan`: divide the nodes and place every workload, or say why that is impossible."""

import sys
from time import monotonic
from typing import TYPE_CHECKING, Any, NoReturn

import click

from planner import outlet
from planner.commands.exit_codes import NO, NO_ANSWER, YES, verdict_code
from planner.commands.options import STDOUT, SUMMARIES, accept_pending, amount, live_cluster, option
from planner.commands.sources import check_sources, inputs_of
from planner.commands.terminal import bad_input, paper_of, progress_shown, review, say_limit
from planner.commands.tradeoff import print_tradeoff

if TYPE_CHECKING:
    from models.answer.plan import IsolationPlan
    from planner.accepted import Accepted


@click.command(short_help="Divide the nodes and place every workload.")
@click.argument("workloads", nargs=-1, metavar="WORKLOADS...")
@option("--nodes", multiple=True, metavar="NODES", help="Inventory, believed: kubectl get nodes -o yaml, NodeShapes, NodeGroups.")
@option("--policy", required=True, metavar="FILE", help="The TrustPolicy.")
@option("-o", "--out", is_flag=False, flag_value=STDOUT, metavar="FILE", help="Write the plan ('-': stdout).")
@live_cluster()
@option("--kubernetes-version", metavar="VERSION", help="Of the cluster, as 1.36; without it that of the newest kubelet.")
@option(
    "--time-limit",
    type=amount(above=True),
    metavar="SECONDS",
    help="Search and simulate no longer; reading and writing come on top.",
)
@option(
    "--packing",
    type=click.Choice(("kept", "exact")),
    default="kept",
    show_default=True,
    help="'kept': simulate kube-scheduler, lead it and leave it room until it keeps the plan; 'exact': the best packing.",
)
@option(
    "--objective",
    type=click.Choice(("cost", "churn")),
    help="Where nodes can be bought: save costs first (the default), or leave running pods where they are first.",
)
@option(
    "--gap",
    type=amount(),
    default=0.0,
    metavar="SHARE",
    help="A packing is good enough if proven to be within this share of its cost of the least: 0.005.",
)
@option(
    "--thorough",
    is_flag=True,
    help="Take minutes for the last proof of what separation costs, for repairs, and for more ways to break ties.",
)
@option(
    "--tradeoff",
    is_flag=True,
    help="Print what sharing saves instead: for each number of rings the cheapest way to divide the groups.",
)
@option("--any-order", is_flag=True, help="Only a plan whose rings are proven for every order in which pods may arrive.")
@accept_pending()
@option("--strict", is_flag=True, help="Exit with 1 if anything of the input makes pods that are not planned.")
@option("-O", "--output", type=click.Choice(SUMMARIES), default="table", help="How to write the summary.")
@option("--verbose", is_flag=True, help="Write all of the summary: goals and bounds, every resource, every statement.")
def plan(**options: Any) -> None:
    """Divide the nodes among the trust rings and place every workload, or say why that is impossible.

    WORKLOADS and NODES are files, folders (searched) or '-' for stdin; YAML or JSON.
    """
    print_tradeoff(options) if options["tradeoff"] else _plan(options)


def _plan(options: dict[str, Any]) -> NoReturn:
    from planner import formats, pipeline

    limit, began = options["time_limit"], monotonic()
    check_sources(options)
    with bad_input(), progress_shown() as progress, pipeline.interruptible() as halt:
        plan = pipeline.plan(
            inputs_of(options),
            progress,
            limit,
            exact=options["packing"] == "exact",
            any_order=options["any_order"],
            gap=options["gap"],
            objective=options["objective"] or "",
            thorough=options["thorough"],
        )
        took = monotonic() - began
        stopped = halt.asked or (plan.packing == "exact" and options["packing"] != "exact")
        text = pipeline.plan_text(plan) if options["out"] else ""
        if options["out"] not in (None, STDOUT):
            pipeline.save(options["out"], text)
    accepted = options["accept_pending"]
    to_stdout, code = options["out"] == STDOUT, _plan_code(plan, options["strict"], accepted)
    _print_summary(plan, options["output"], options["verbose"], err=to_stdout)
    if to_stdout:
        outlet.document(text)
    elif options["out"]:
        outlet.say(f"wrote {options['out']}{_next_step(plan, options['out'], code)}")
    _say_missed_gap(plan, options["gap"])
    say_limit(limit, took, "with more time there may be a better plan")
    if stopped:
        outlet.say("stopped: this is the best plan so far, and kube-scheduler was not simulated on it to the end")
    if code != verdict_code(plan, accepted):
        outlet.say(f"--strict: {formats.headline(plan)}: {formats.hidden(plan)}")
    sys.exit(NO_ANSWER if stopped else code)


def _print_summary(plan: "IsolationPlan", output: str, is_verbose: bool, err: bool) -> None:
    from planner import formats

    paper = paper_of(err)
    review(formats.summary(plan, output, paper, is_verbose), output, paper.colour, err)


def _next_step(plan: "IsolationPlan", path: str, code: int) -> str:
    """Say what to do with a plan that holds, with its risk if it has one."""
    accepting = f" --accept-pending {plan.most_pending}" if plan.is_at_risk else ""
    if code == YES:
        return f"; next: ringfence patch {path} -o DIR{accepting}"
    return f"; who takes the risk: ringfence patch {path} -o DIR{accepting}" if plan.is_at_risk and code == NO_ANSWER else ""


def _plan_code(plan: "IsolationPlan", strict: bool, accepted: "Accepted") -> int:
    """Return the exit code of a plan; where it is to be `strict`, a yes that leaves pods out is a no."""
    code = verdict_code(plan, accepted)
    return NO if strict and plan.hidden and code == YES else code


def _say_missed_gap(plan: "IsolationPlan", asked: float) -> None:
    """Say that the packing is not as close to its bound as was asked for: what was tried found, or proved, no more."""
    from models.solver.outcome import COST

    goals = plan.packing_goals or plan.goals
    cost = next((goal for goal in goals if goal.name == COST), None)
    if asked and cost is not None and cost.gap > asked and not plan.unplaced:
        outlet.say(f"the packing's cost is within {cost.gap:.2%} of its bound, not within the {asked:.2%} asked for")
