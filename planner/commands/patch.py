"""`ringfence patch`: write what makes a plan true."""

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from planner import outlet
from planner.commands.exit_codes import NO, YES, verdict_code
from planner.commands.options import STDOUT, accept_pending, option
from planner.commands.sources import stdin
from planner.commands.terminal import bad_input

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
@option("--stages", is_flag=True, help="Five folders, from labels to eviction, with scripts that apply, check and undo each.")
@option(
    "--engine",
    type=click.Choice(("kubernetes", "static", "kyverno", "gatekeeper")),
    default="kubernetes",
    show_default=True,
    help="Who evaluates the admission policies.",
)
@accept_pending()
def patch(plan_file: str, out: str, accept_pending: "Accepted", **form: Any) -> None:
    """Write what makes a plan true: kustomize Components for the workloads, scripts and pools for the nodes."""
    _patch(plan_file, out, accept_pending, form)


def _patch(plan_file: str, folder: str, accepted: "Accepted", form: dict[str, Any]) -> None:
    from planner import formats, pipeline

    _check_form(folder, form)
    with bad_input():
        plan = pipeline.load(plan_file, stdin())
        _check_before_patch(plan_file, plan, accepted)
        written = pipeline.patch(plan, folder, **{**form, "node_class": form["node_class"].split("/")})
    if plan.hidden:
        outlet.say(f"{plan.name} is {formats.headline(plan)}: {formats.hidden(plan)}")
    if plan.is_at_risk:
        outlet.say(f"{plan.name} is at risk: {formats.risk(plan)}")
    if plan.packing:
        outlet.say(f"{plan.name} is a packing: whether kube-scheduler finds it was not tried")
    for pool in pipeline.unwritten(plan):
        outlet.say(f"NodePool {pool} is not written, as the plan does not know its NodeShape: keep it as it is")
    guide = os.path.join(folder, "README.md")
    outlet.say(f"{folder}: {len(written)} files; {guide} says what changes, and in which order to apply them")


def _check_form(folder: str, form: dict[str, Any]) -> None:
    """Refuse what cannot be written so."""
    parts = form["node_class"].split("/")
    if folder == STDOUT:
        raise click.UsageError("patch writes a folder of files: name one with -o DIR; it cannot go to stdout.")
    if len(parts) != 3 or not all(parts):
        raise click.UsageError(f"{form['node_class']!r} is no node class: write GROUP/KIND/NAME.")
    if form["stages"] and form["engine"] != "kubernetes":
        raise click.UsageError("the policies of --stages are objects of Kubernetes: leave --engine out.")


def _check_before_patch(plan_file: str, plan: "IsolationPlan", accepted: "Accepted") -> None:
    """End where there is nothing to make true, the risk is not accepted, or the plan is not what it says."""
    from planner import formats, pipeline

    code = verdict_code(plan, accepted)
    if code != YES:
        why = ": there is nothing to make true, and nothing was written"
        if plan.is_at_risk:
            why = f" at risk: {formats.risk(plan)}; nothing was written: --accept-pending {plan.most_pending} takes the risk"
        outlet.say(f"{plan.name} is {plan.verdict}{why}")
        sys.exit(code)
    if findings := pipeline.before_patch(plan):
        for finding in findings:
            outlet.answer(formats.finding_text(finding), err=True)
        outlet.say(f"nothing was written; all that is wrong: ringfence verify {plan_file}")
        sys.exit(NO)
