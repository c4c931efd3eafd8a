"""`ringfence patch`: write what makes a plan true."""

import os
import sys
from typing import TYPE_CHECKING

import click

from planner import outlet
from planner.commands.exit_codes import NO, YES, verdict_code
from planner.commands.options import STDOUT, accept_pending, option
from planner.commands.sources import stdin
from planner.commands.terminal import bad_input, finding_text

if TYPE_CHECKING:
    from models.answer.plan import IsolationPlan
    from planner.accepted import Accepted


@click.command(short_help="Write patches and scripts for Git.")
@click.argument("plan_file", metavar="PLAN")
@option("-o", "--out", required=True, metavar="DIR", help="The folder to write, for Git.")
@option(
    "--node-class",
    default="karpenter.k8s.aws/EC2NodeClass/default",
    show_default=True,
    metavar="GROUP/KIND/NAME",
    help="What the NodePools of bought nodes refer to.",
)
@option("--static", is_flag=True, help="NodePools of exact numbers (Karpenter's StaticCapacity) instead of limits.")
@accept_pending()
def patch(plan_file: str, out: str, node_class: str, static: bool, accept_pending: "Accepted") -> None:
    """Write what makes a plan true: kustomize Components for the workloads, scripts and pools for the nodes."""
    _patch(plan_file, out, node_class, static, accept_pending)


def _patch(plan_file: str, folder: str, node_class: str, static: bool, accepted: "Accepted") -> None:
    from planner import pipeline

    if folder == STDOUT:
        raise click.UsageError("patch writes a folder of files: name one with -o DIR; it cannot go to stdout.")
    parts = node_class.split("/")
    if len(parts) != 3 or not all(parts):
        raise click.UsageError(f"{node_class!r} is no node class: write GROUP/KIND/NAME.")
    with bad_input():
        plan = pipeline.load(plan_file, stdin())
        _check_before_patch(plan_file, plan, accepted)
        written = pipeline.patch(plan, folder, parts, static)
    if plan.hidden:
        outlet.say(f"{plan.name} is {pipeline.headline(plan)}: {pipeline.hidden(plan)}")
    if plan.is_at_risk:
        outlet.say(f"{plan.name} is at risk: {pipeline.risk(plan)}")
    if plan.packing:
        outlet.say(f"{plan.name} is a packing: whether kube-scheduler finds it was not tried")
    for pool in pipeline.unwritten(plan):
        outlet.say(f"NodePool {pool} is not written, as the plan does not know its NodeShape: keep it as it is")
    guide = os.path.join(folder, "README.md")
    outlet.say(f"{folder}: {len(written)} files; {guide} says what changes, and in which order to apply them")


def _check_before_patch(plan_file: str, plan: "IsolationPlan", accepted: "Accepted") -> None:
    """End where there is nothing to make true, the risk is not accepted, or the plan is not what it says."""
    from planner import pipeline

    code = verdict_code(plan, accepted)
    if code != YES:
        why = ": there is nothing to make true, and nothing was written"
        if plan.is_at_risk:
            why = f" at risk: {pipeline.risk(plan)}; nothing was written: --accept-pending {plan.most_pending} takes the risk"
        outlet.say(f"{plan.name} is {plan.verdict}{why}")
        sys.exit(code)
    if findings := pipeline.before_patch(plan):
        for finding in findings:
            outlet.answer(finding_text(finding), err=True)
        outlet.say(f"nothing was written; all that is wrong: ringfence verify {plan_file}")
        sys.exit(NO)
